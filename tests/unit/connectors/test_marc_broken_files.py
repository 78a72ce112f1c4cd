"""HARVESTING 65 to 73: files broken in one way each, made from real ones; no record is lost.

Each is made of the first records of a real file, and compared with what the same records give
when nothing is wrong.
"""

import gzip
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aggregator.errors import SkipRecord, SourceBroken
from aggregator.record import Record
from connectors import iso2709
from connectors.crosswalks import CROSSWALKS
from tests.shared import shared
from tests.unit.connectors.breaks import HARMLESS, HURTING, intact
from tests.unit.connectors.marc import framed, harvest

pytestmark = pytest.mark.slow

RECORDS = ("data", "records")
COUNT = 200

Bodies = list[bytes]


def real_marc21() -> Bodies:
    path = shared(*RECORDS, "solrmarc+solrmarc", "test", "data", "records", "uva_001_2000.mrc")
    return [piece.body for piece in iso2709.pieces([path.read_bytes()])][:COUNT]


def real_rusmarc() -> Bodies:
    path = shared(*RECORDS, "loge-gh+rusmarc", "tests", "data", "TEST1.ISO")
    return [piece.body for piece in iso2709.pieces([path.read_bytes()])]


@pytest.mark.parametrize("real", [real_marc21, real_rusmarc])
@pytest.mark.parametrize("way", HARMLESS)
async def test_all_records_come_out(real: Callable[[], Bodies], way: str, tmp_path: Path) -> None:
    bodies = real()
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "a.mrc").write_bytes(b"".join(bodies))
    (tmp_path / "a.mrc").write_bytes(HARMLESS[way](bodies))
    expected = await _records(tmp_path / "whole")
    assert len(expected) == len(bodies)
    assert await _records(tmp_path / "a.mrc") == expected


@pytest.mark.parametrize("real", [real_marc21, real_rusmarc])
@pytest.mark.parametrize("way", HURTING)
async def test_intact_records_come_out_and_the_others_are_told(
    real: Callable[[], Bodies], way: str, tmp_path: Path
) -> None:
    bodies = real()
    path = tmp_path / "a.mrc"
    path.write_bytes(gzip.compress(HURTING[way](bodies)))
    raws, rejects, problem = await harvest(path)
    arrived = [raw.body for raw in raws]
    assert [body for body in arrived if body in intact(bodies)] == intact(bodies)
    hurt = len(bodies) - len(intact(bodies))
    repaired = sum(bool(raw.problems) for raw in raws if raw.body not in intact(bodies))
    assert repaired + len(rejects) >= hurt
    assert all(re.match(r"a\.mrc, byte [\d,]+: ", reject.reason) for reject in rejects)
    assert problem == ""
    assert len(raws) == len(bodies) or rejects


@pytest.mark.parametrize("real", [real_marc21, real_rusmarc])
async def test_of_a_file_that_is_cut_anywhere_all_records_before_come(
    real: Callable[[], Bodies], tmp_path: Path
) -> None:
    bodies = real()
    whole = b"".join(bodies)
    chance = random.Random(66)
    path = tmp_path / "a.mrc"
    for _ in range(20):
        cut = chance.randrange(1, len(whole))
        path.write_bytes(whole[:cut])
        before = whole[:cut].count(b"\x1d")
        raws, rejects, problem = await harvest(path)
        assert [raw.body for raw in raws][:before] == bodies[:before]
        at_an_end = whole[:cut].endswith(b"\x1d")
        assert at_an_end or len(raws) > before or (rejects and "may be missing" in problem)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "cp866", "koi8-r"])
async def test_russian_records_in_any_encoding(charset: str, tmp_path: Path) -> None:
    """67 and 68: RUSMARC with a blank leader/09, whatever 100 $a says; nobody is told."""
    bodies = [body for body in real_rusmarc() if _fits(body, charset)]
    assert len(bodies) > 75
    path = tmp_path / "a.iso"
    path.write_bytes(b"".join(_rewritten(body, charset) for body in bodies))
    raws, rejects, problem = await harvest(path)
    assert (rejects, problem) == ([], "")
    name = "rusmarc" if charset == "utf-8" else f"rusmarc+{charset}"
    assert {raw.format for raw in raws} == {name}
    (tmp_path / "true.iso").write_bytes(b"".join(bodies))
    expected = await _records(tmp_path / "true.iso")
    found = await _records(path)
    assert [record.titles for record in found] == [record.titles for record in expected]
    assert [record.creators for record in found] == [record.creators for record in expected]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "cp866", "koi8-r"])
async def test_a_file_of_one_record_is_enough(charset: str, tmp_path: Path) -> None:
    """67 and 68: each record alone, and by twos and threes."""
    bodies = [body for body in real_rusmarc() if _fits(body, charset)]
    path = tmp_path / "a.iso"
    name = "rusmarc" if charset == "utf-8" else f"rusmarc+{charset}"
    for size in (1, 2, 3):
        for at in range(0, len(bodies), size):
            path.write_bytes(b"".join(_rewritten(body, charset) for body in bodies[at : at + size]))
            raws, _, _ = await harvest(path)
            assert {raw.format for raw in raws} == {name}


@pytest.mark.parametrize("pair", [("windows-1251", "cp866"), ("koi8-r", "windows-1251")])
async def test_a_file_put_together_of_two_encodings(pair: tuple[str, str], tmp_path: Path) -> None:
    bodies = [body for body in real_rusmarc() if all(_fits(body, one) for one in pair)]
    written = [_rewritten(body, pair[n % 3 == 0]) for n, body in enumerate(bodies)]
    path = tmp_path / "a.iso"
    path.write_bytes(b"".join(written))
    raws, rejects, problem = await harvest(path)
    assert (rejects, problem) == ([], "")
    assert [raw.format for raw in raws] == [f"rusmarc+{pair[n % 3 == 0]}" for n in range(len(raws))]


async def test_a_record_over_the_limit(tmp_path: Path) -> None:
    """70: 260,000 bytes in one record, lengths and positions cut to their five digits."""
    notes = [("300", b"  \x1fa" + b"x" * 12_990) for _ in range(20)]
    bodies = real_rusmarc()
    long = framed([("001", b"long"), ("200", b"1 \x1faLong"), *notes], mark=b" ")
    path = tmp_path / "a.iso"
    path.write_bytes(bodies[0] + long + bodies[1])
    raws, rejects, _ = await harvest(path)
    assert rejects == []
    assert [raw.body for raw in raws] == [bodies[0], long, bodies[1]]
    record = CROSSWALKS[raws[1].format].read(long, "s", "1", "", "")
    assert sum(len(note.value) for note in record.notes) == 12_990  # twenty equal notes are one


async def test_indicators_that_are_missing_or_letters(tmp_path: Path) -> None:
    """71: no indicators, one, a Cyrillic letter of two bytes."""
    for marks in (b"", b"1", "Я ".encode(), "ЯЯ".encode()):
        path = tmp_path / "a.iso"
        path.write_bytes(framed([("001", b"k"), ("245", marks + b"\x1faTitle")]))
        [record] = await _records(path)
        assert record.titles[0].value == "Title"


async def test_marks_and_diacritics_of_marc8(tmp_path: Path) -> None:
    """72 and 73: marks that do not sort are gone, combining signs stand behind their letter."""
    fields = [("001", b"k"), ("245", b"10\x1fa\x88The \x89\xe8Uber-\xe2Etude")]
    path = tmp_path / "a.mrc"
    path.write_bytes(framed(fields, mark=b" "))
    [record] = await _records(path)
    assert record.titles[0].value == "The Über-Étude"
    for record in await _records(
        shared(*RECORDS, "solrmarc+solrmarc", "test", "data", "records", "uva_001_2000.mrc")
    ):
        for title in record.titles:
            assert unicodedata.is_normalized("NFC", title.value)
            assert not re.search("[\x80-\x9f]", title.value)


async def test_any_byte_may_be_hit(tmp_path: Path) -> None:
    """One byte of every twentieth record is changed at random: the others are untouched, and
    none of the hit ones vanishes without a word."""
    bodies = real_marc21()
    chance = random.Random(65)
    hit = set(range(0, len(bodies), 20))
    stream = b"".join(
        _one_byte_changed(body, chance) if n in hit else body for n, body in enumerate(bodies)
    )
    path = tmp_path / "a.mrc"
    path.write_bytes(stream)
    raws, rejects, _ = await harvest(path)
    arrived = {raw.body for raw in raws}
    assert {body for n, body in enumerate(bodies) if n not in hit} <= arrived
    assert len(raws) + len(rejects) == len(bodies)


DAMAGED = (
    "amironov73+ManagedIrbis/TestData/KZD.MST",
    "amironov73+ManagedIrbis/TestData/Reports/001/records.txt",
    "loge-gh+rusmarc/tests/data/TEST1.ISO",
    "traject+traject/test/test_support/test_data.utf8.json",
    "traject+traject/test/test_support/test_data.utf8.marc.xml",
)


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("seed", range(8))
async def test_no_damage_ends_a_run_by_surprise(name: str, seed: int, tmp_path: Path) -> None:
    """Bytes changed all over a file: what arrives is a Record or says why it is none."""
    chance = random.Random(seed)
    real = shared(*RECORDS, name)
    files = [real, real.with_suffix(".XRF")] if real.suffix == ".MST" else [real]
    for file in files:
        data = bytearray(file.read_bytes())
        for _ in range(chance.randrange(1, 300 if file is real else 20)):
            place = chance.randrange(len(data))
            data[place] = chance.choice(
                [0, 255, 0x1D, 0x1E, 0x1F, 10, 35, 94, chance.randrange(256)]
            )
        (tmp_path / file.name).write_bytes(data)
    try:
        raws, rejects, problem = await harvest(tmp_path / real.name)
    except SourceBroken as error:
        assert real.name in str(error)
        return
    assert raws or rejects or problem
    for raw in raws:
        if raw.body is not None:
            try:
                CROSSWALKS[raw.format].read(raw.body, "s", raw.id, raw.stamp, "")
            except SkipRecord as reason:
                assert len(str(reason)) > 20


def _one_byte_changed(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(0, len(body) - 1)
    other = chance.choice([b"?", b"\x00", b"9", b"\xff"])
    return body[:at] + other + body[at + 1 :]


def _fits(body: bytes, charset: str) -> bool:
    try:
        body.decode("cp1251").encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _rewritten(body: bytes, charset: str) -> bytes:
    """The same record in another encoding, with a true directory."""
    _, fields = iso2709.fields(body)
    return framed(
        [(tag.decode(), data.decode("cp1251").encode(charset)) for tag, data in fields],
        mark=b" ",
    )


async def _records(path: Path) -> list[Record]:
    return list(_read(await harvest(path)))


def _read(result: tuple[list, list, str]) -> Iterator[Record]:  # type: ignore[type-arg]
    raws, rejects, problem = result
    assert (rejects, problem) == ([], "")
    for raw in raws:
        record = CROSSWALKS[raw.format].read(raw.body, "s", "1", "", "")
        yield _without_leader(record)


def _without_leader(record: Record) -> Record:
    """The Record but for the leader, which is broken on purpose."""
    kept = tuple(one for one in record.other if not one.label.endswith(" leader"))
    return type(record)(
        **{**{f: getattr(record, f) for f in record.__struct_fields__}, "other": kept}
    )
