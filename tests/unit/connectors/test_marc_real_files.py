"""Real MARC files: every record accounted for, one by one."""

from pathlib import Path

import pymarc
import pytest

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
         {"marc21", "marc21+marc-8", "marc21+windows-1251"}),
        (("edsu+pymarc", "test", "bad_records.mrc"), 6, 2, {"marc21"}),
        (("lcnetdev+marc2bibframe2", "dataset"), 693, 0, {"marcxml"}),
        (("loge-gh+rusmarc", "tests", "data", "TEST1.ISO"), 81, 0, {"marc21+windows-1251"}),
        (("loge-gh+rusmarc", "tests", "data", "ur.iso"), 1, 0, {"marc21"}),
        (("amironov73+ManagedIrbis", "TestData", "TEST1.ISO"), 81, 0, {"marc21+windows-1251"}),
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
