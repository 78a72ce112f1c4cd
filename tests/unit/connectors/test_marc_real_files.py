"""Real MARC files: every record accounted for, one by one."""

import json
from pathlib import Path

import pymarc
import pytest

from connectors import irbis_master, irbis_text
from connectors.crosswalks import CROSSWALKS
from tests.shared import shared
from tests.unit.connectors.marc import harvest

pytestmark = pytest.mark.slow

RECORDS = ("data", "records")


async def test_two_thousand_real_records_one_by_one() -> None:
    """Every record of the file arrives under its control number, byte for byte, and reads as
    pymarc reads it."""
    path = shared(*RECORDS, "solrmarc+solrmarc", "test", "data", "records", "uva_001_2000.mrc")
    raws, rejects, problem = await harvest(path)
    assert (rejects, problem) == ([], "")
    assert b"".join(raw.body or b"" for raw in raws) == path.read_bytes()
    assert len({raw.id for raw in raws}) == 2000
    assert all(raw.problems == () for raw in raws)
    with path.open("rb") as stream:
        for raw, known in zip(raws, pymarc.MARCReader(stream), strict=True):
            assert raw.body is not None
            assert known is not None
            assert raw.id == known["001"].data
            record = CROSSWALKS[raw.format].read(raw.body, "uva", raw.id, raw.stamp, "")
            first = known["245"].get_subfields("a")[0].split()[0].strip("[]:;/,.=")
            assert first in record.titles[0].value


@pytest.mark.parametrize(
    ("parts", "records", "rejects", "formats"),
    [
        (("solrmarc+solrmarc", "test", "data", "records"), 2418, 0,
         {"marc21", "marc21+marc-8", "marcxml"}),
        (("traject+traject", "test", "test_support", "test_data.utf8.mrc.gz"), 30, 0, {"marc21"}),
        (("traject+traject", "test", "test_support", "*.m*rc"), 56, 0, {"marc21", "marc21+marc-8"}),
        (("edsu+pymarc", "test", "*.dat"), 61, 0,
         {"marc21", "marc21+marc-8", "marc21+windows-1251", "unimarc"}),
        (("edsu+pymarc", "test", "bad_records.mrc"), 6, 2, {"marc21"}),
        (("lcnetdev+marc2bibframe2", "dataset"), 693, 0, {"marcxml"}),
        (("loge-gh+rusmarc", "tests", "data", "TEST1.ISO"), 81, 0,
         {"rusmarc+windows-1251"}),
        (("loge-gh+rusmarc", "tests", "data", "ur.iso"), 1, 0, {"rusmarc"}),
        (("amironov73+ManagedIrbis", "TestData", "TEST1.ISO"), 81, 0,
         {"rusmarc+windows-1251"}),
        (("traject+traject", "test", "test_support", "*.json"), 30, 0, {"marc21"}),
        (("edsu+pymarc", "test", "batch.json"), 2, 0, {"marc21"}),
        (("sul-dlss+searchworks_traject_indexer", "spec", "fixtures", "files", "*.jsonl"), 651, 0,
         {"marc21"}),
        (("amironov73+ManagedIrbis", "TestData", "record.txt"), 1, 0, {"irbis"}),
        (("amironov73+ManagedIrbis", "TestData", "Reports", "001", "records.txt"), 10, 0,
         {"irbis"}),
    ],
)  # fmt: skip
async def test_real_files(
    parts: tuple[str, ...], records: int, rejects: int, formats: set[str]
) -> None:
    shared(*RECORDS, parts[0])
    raws, refused, problem = await harvest(shared(*RECORDS).joinpath(*parts))
    assert (len(raws), len(refused), problem) == (records, rejects, "")
    assert {raw.format for raw in raws} == formats


async def test_the_russian_test_file_broken_into_lines_gives_the_same_records(
    tmp_path: Path,
) -> None:
    source = shared(*RECORDS, "loge-gh+rusmarc", "tests", "data", "TEST1.ISO").read_bytes()
    path = tmp_path / "lines.iso"
    path.write_bytes(b"\r\n".join(source[at : at + 80] for at in range(0, len(source), 80)))
    raws, rejects, _ = await harvest(path)
    assert rejects == []
    assert b"".join(raw.body or b"" for raw in raws) == source.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("master", "derived", "charset"),
    [
        ("Irbis32/ibis.mst", "ibis32", "cp1251"),
        ("Irbis64/Datai/ISTU/istu.mst", "istu64", "utf-8"),
        ("KZD.MST", "kzd64", "utf-8"),
    ],
)
async def test_master_files_field_by_field(master: str, derived: str, charset: str) -> None:
    """Every live record of a master file, as another reader of the same file has it."""
    folder = shared(*RECORDS, "amironov73+ManagedIrbis", "TestData")
    oracle = shared(*RECORDS, "derived", "irbis", f"{derived}.jsonl").read_text("utf-8")
    expected = [json.loads(line) for line in oracle.splitlines()]
    pieces = list(irbis_master.pieces(folder / master))
    assert [int(piece.number) for piece in pieces] == [one["mfn"] for one in expected]
    for piece, one in zip(pieces, expected, strict=True):
        fields = irbis_text.fields(piece.body)
        assert [[int(tag), data.decode(charset)] for tag, data in fields] == one["fields"]
    raws, rejects, problem = await harvest(folder / master)
    assert (len(raws), rejects, problem) == (len(expected), [], "")
    assert len({raw.id for raw in raws}) == len(raws)
