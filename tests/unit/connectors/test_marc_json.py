"""MARC-in-JSON files: lines, an array, one record; and what is broken in them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import marc_json
from connectors.crosswalks import CROSSWALKS
from tests.unit.connectors.marc import harvest

LEADER = "00000nam a2200000 a 4500"


def record(number: str, title: str = "Ак кеме", leader: str = LEADER) -> str:
    subfields = [{"a": title}]
    fields = [{"001": number}, {"245": {"subfields": subfields, "ind1": "1", "ind2": "0"}}]
    return json.dumps({"leader": leader, "fields": fields}, ensure_ascii=False)


def title(body: bytes | None, name: str = "marc21") -> str:
    assert body is not None
    return CROSSWALKS[name].read(body, "s", "1", "", "").titles[0].value


ONE, TWO = record("k1"), record("k2", 'Жамиля {["а\\')


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (f"{ONE}\n{TWO}\n", ["k1", "k2"]),
        (f"{ONE}\r\n\r\n{TWO}", ["k1", "k2"]),
        (f"[{ONE}, {TWO}]", ["k1", "k2"]),
        (f"[\n{ONE},\n{TWO}\n]\n", ["k1", "k2"]),
        (json.dumps([json.loads(ONE), json.loads(TWO)], indent=2), ["k1", "k2"]),
        (json.dumps(json.loads(ONE), indent=1), ["k1"]),
        ("\ufeff" + ONE, ["k1"]),
        (f"{ONE}{TWO}", ["k1", "k2"]),
    ],
)
async def test_every_frame(tmp_path: Path, text: str, ids: list[str]) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    raws, rejects, problem = await harvest(tmp_path)
    assert [raw.id for raw in raws] == ids
    assert {raw.format for raw in raws} == {"marc21"}
    assert [title(raw.body) for raw in raws] == ["Ак кеме", 'Жамиля {["а\\'][: len(ids)]
    assert (rejects, problem) == ([], "")


async def test_marc_hash_deleted_records_and_unimarc(tmp_path: Path) -> None:
    hashed = {
        "type": "marc-hash", "version": [1, 0], "leader": LEADER,
        "fields": [["001", "k1"], ["005", "20200102030405.0"],
                   ["200", "1", " ", [["a", "Тил"]]], ["801", " ", "0", [["a", "KG"]]]],
    }  # fmt: skip
    gone = record("k2", leader="00000dam a2200000 a 4500")
    (tmp_path / "a.jsonl").write_text(json.dumps(hashed) + "\n" + gone, "utf-8")
    first, second = (await harvest(tmp_path))[0]
    assert (first.id, first.format, first.stamp) == ("k1", "unimarc", "2020-01-02T03:04:05")
    assert title(first.body, first.format) == "Тил"
    assert (second.id, second.body) == ("k2", None)


async def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    bad = ONE.replace('"fields"', "fields").encode()
    control = record("k4", "А?к").encode().replace(b"?", b"\x1b")
    stray = record("k3", "Т?л").encode().replace(b"?", b"\xe8")
    path = tmp_path / "a.json"
    path.write_bytes(b"\n".join([bad, ONE.encode(), b'{"fields": [{"title": 1}]}', control, stray]))
    raws, rejects, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["k1", "k4", "k3"]
    assert raws[2].problems == ("bytes that are not UTF-8 were repaired",)
    assert [reject.reason.split(": ", 1)[1][:22] for reject in rejects] == [
        "the record is not JSON", "a field of the JSON be",
    ]  # fmt: skip
    assert problem == ""


@pytest.mark.parametrize("text", [f"[{ONE},{TWO[:-9]}", f"{ONE}\n{TWO[:-9]}"])
async def test_a_file_that_is_cut_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    raws, [reject], problem = await harvest(tmp_path)
    assert [raw.id for raw in raws] == ["k1"]
    assert "in the middle of a record" in reject.reason
    assert "missing" in problem


async def test_other_json_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "readme.txt").write_text("# a heading")
    (tmp_path / "a.json").write_text(ONE, "utf-8")
    raws, rejects, problem = await harvest(tmp_path)
    assert ([raw.id for raw in raws], rejects, problem) == (["k1"], [], "")


_TITLES = st.lists(
    st.text(st.characters(exclude_categories=["C"]), max_size=20), min_size=1, max_size=5
)


@given(_TITLES, st.sampled_from(["\n", ",\n", ", ", ""]), st.integers(1, 60))
def test_framing_gives_back_what_was_framed(titles: list[str], between: str, chunk: int) -> None:
    records = [record(f"k{n}", text).encode() for n, text in enumerate(titles)]
    stream = between.encode().join(records)
    stream = b"[" + stream + b"]" if "," in between else stream
    chunks = [stream[at : at + chunk] for at in range(0, len(stream), chunk)]
    assert [piece.body for piece in marc_json.pieces(chunks)] == records


@given(st.binary(max_size=80), st.integers(1, 9))
def test_any_bytes_are_pieces_or_brackets(stream: bytes, chunk: int) -> None:
    chunks = [stream[at : at + chunk] for at in range(0, len(stream), chunk)]
    found = list(marc_json.pieces(chunks))
    assert found or not stream.removeprefix(b"\xef\xbb\xbf").strip(b"\r\n\x00\x1a\t ,[]")


BROKEN: dict[str, Callable[[str], str]] = {
    "a bracket": lambda text: text[:-1],
    "a quotation mark": lambda text: text.replace('"', "", 1),
    "a bracket too many": lambda text: f"{text}}}",
    "an end": lambda text: text[: len(text) // 2],
    "a comma too many": lambda text: text.replace(",", ",,", 1),
}


@pytest.mark.parametrize("missing", BROKEN)
@pytest.mark.parametrize("between", ["\n", ",", ", \n", ""])
@pytest.mark.parametrize("around", ["{}", "[{}]", '{{"total": 3, "records": [{}]}}'])
def test_a_broken_record_costs_only_itself(missing: str, between: str, around: str) -> None:
    texts = [record(f"k{n}") for n in range(4)]
    texts[1] = BROKEN[missing](texts[1])
    stream = around.format(between.join(texts)).encode()
    for size in (7, len(stream)):
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        found = list(marc_json.pieces(chunks))
        read = [json.loads(one.body)["fields"][0]["001"] for one in found if not one.reason]
        assert read in (["k0", "k2", "k3"], ["k0", "k1", "k2", "k3"])
        assert len(read) == 4 or any(one.reason for one in found)


def test_a_list_that_does_not_end_is_told() -> None:
    whole = f"[{record('k1')},\n{record('k2')}]".encode()
    assert not [one for one in marc_json.pieces([whole]) if one.reason]
    *read, last = marc_json.pieces([whole.removesuffix(b"]")])
    assert [one.reason for one in read] == ["", ""]
    assert last.cut
    assert last.reason == "the file ends before the ] that closes it"
