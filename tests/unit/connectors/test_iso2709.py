"""Framing, and the memory for identifiers: laws that hold for any bytes."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import iso2709
from connectors.seen import Seen
from tests.unit.connectors.marc import record


@settings(max_examples=60)
@given(
    st.lists(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30), max_size=8),
    st.sampled_from([b"", b"\n", b"\r\n", b"\x1a"]),
    st.integers(1, 50),
)
def test_framing_gives_back_what_was_framed(titles: list[str], between: bytes, chunk: int) -> None:
    bodies = [record(f"k{n}", text) for n, text in enumerate(titles)]
    stream = between.join([*bodies, b""])
    chunks = [stream[at : at + chunk] for at in range(0, len(stream), chunk)]
    assert [piece.body for piece in iso2709.pieces(chunks)] == bodies


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_pieces_or_padding(chunks: list[bytes]) -> None:
    stream = b"".join(chunks)
    found = list(iso2709.pieces(chunks))
    for piece in found:
        at = int(piece.place.removeprefix("byte ").replace(",", ""))
        assert piece.problems or piece.body.rstrip(b"\x1d") in stream[at : at + len(piece.body)]
    left = re.sub(rb"[\r\n\x00\x1a\t \x1d]|\xef\xbb\xbf", b"", stream)
    if left:
        assert found


NO_RECORD = st.binary(max_size=60).filter(lambda text: b"\x1d" not in text)


@settings(max_examples=60)
@given(st.lists(st.tuples(NO_RECORD, st.booleans()), min_size=1, max_size=6), st.integers(1, 50))
def test_rubbish_and_lost_terminators_cost_no_record(
    between: list[tuple[bytes, bool]], chunk: int
) -> None:
    bodies = [record(f"k{n}", f"Title {n}") for n in range(len(between) + 1)]
    stream = bodies[0]
    for (rubbish, ended), body in zip(between, bodies[1:], strict=True):
        stream += rubbish + body if ended else body
        if not ended:
            stream = stream[: -len(body) - 1] + body  # the one before has lost its terminator
    chunks = [stream[at : at + chunk] for at in range(0, len(stream), chunk)]
    assert [piece.body for piece in iso2709.pieces(chunks) if not piece.reason] == bodies


@settings(max_examples=60)
@given(st.integers(1, 8), st.data())
def test_what_is_cut_off_costs_only_the_last_record(count: int, data: st.DataObject) -> None:
    bodies = [record(f"k{n}", f"Title {n}") for n in range(count)]
    stream = b"".join(bodies)
    cut = stream[: data.draw(st.integers(0, len(stream)))]
    found = list(iso2709.pieces([cut]))
    whole = cut.count(b"\x1d")
    assert [piece.body for piece in found[:whole]] == bodies[:whole]
    assert len(found) > whole or cut.endswith(b"\x1d") or not cut


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=200))
def test_seen_remembers_the_first_content_of_each_key(keys: list[tuple[int, bool]]) -> None:
    seen, known = Seen(), dict[int, bool]()
    for key, content in keys:
        expected = known.setdefault(key, content) == content
        assert seen.first(str(key).encode(), str(content).encode()) is expected
    assert len(seen) == len(known)


def test_seen_grows() -> None:
    seen = Seen()
    for number in range(20_000):
        assert seen.first(b"%d" % number, b"x")
    assert not seen.first(b"19999", b"y")
    assert len(seen) == 20_000
