"""Broken files to the end: what is stored, what lies in quarantine, and what a librarian is told.

HARVESTING 65 to 73 and 81. Real records where there are any; the invariant of all: an intact record
is stored as ever, and a run with something missing does not end without a word.
"""

import gzip
from pathlib import Path
from typing import Any

import pytest

from aggregator.source import SourceConfig
from connectors import iso2709
from connectors.marc_file import MarcFile, MarcFileConfig
from connectors.registry import connect
from tests.integration.faults.ending import Ending, bring
from tests.shared import shared
from tests.unit.connectors.breaks import HARMLESS, HURTING, intact
from tests.unit.connectors.oai_server import NAMES
from tests.unit.connectors.tables import config as table_config
from tests.unit.connectors.tables import workbook

pytestmark = pytest.mark.slow

RUSMARC = ("data", "records", "loge-gh+rusmarc", "tests", "data", "TEST1.ISO")


def real() -> list[bytes]:
    return [piece.body for piece in iso2709.pieces([shared(*RUSMARC).read_bytes()])]


def source(path: Path, **settings: Any) -> MarcFileConfig:
    return MarcFileConfig(id="x", name=NAMES, connector="marc_file", path=path, **settings)


async def marc(folder: Path, data: bytes, name: str = "a.iso") -> Ending:
    path = folder / name
    path.write_bytes(data)
    config = source(path)
    return await bring(folder / "data", config, MarcFile(config))


async def table(folder: Path, config: SourceConfig) -> Ending:
    async with connect(config) as connector:
        return await bring(folder / "data", config, connector)


@pytest.fixture
async def titles(tmp_path: Path) -> list[str]:
    """Of the unbroken file."""
    (tmp_path / "whole").mkdir()
    ending = await marc(tmp_path / "whole", b"".join(real()))
    assert (ending.verdict, ending.run.reason, ending.quarantine) == ("complete", "", {})
    return sorted(ending.titles.values())


@pytest.mark.parametrize("way", HARMLESS)
async def test_what_hurts_no_record_changes_nothing(
    way: str, titles: list[str], tmp_path: Path
) -> None:
    ending = await marc(tmp_path, HARMLESS[way](real()))
    assert sorted(ending.titles.values()) == titles
    assert (ending.verdict, ending.quarantine) == ("complete", {})


@pytest.mark.parametrize("way", HURTING)
async def test_records_that_are_hurt_are_repaired_or_told(
    way: str, titles: list[str], tmp_path: Path
) -> None:
    ending = await marc(tmp_path, HURTING[way](real()))
    (tmp_path / "some").mkdir()
    expected = await marc(tmp_path / "some", b"".join(intact(real())))
    assert expected.titles.items() <= ending.titles.items()
    assert ending.verdict == "complete"
    missing = len(titles) - len(ending.titles)
    assert ending.run.rejected >= missing
    if missing:
        assert "could not be read" in ending.words  # 8 of 81: more than a reader may overlook
    for reason in ending.quarantine.values():
        assert reason.startswith("a.iso, byte ")


async def test_a_file_that_is_cut_is_incomplete(titles: list[str], tmp_path: Path) -> None:
    whole = b"".join(real())
    ending = await marc(tmp_path, whole[: len(whole) // 2])
    assert (ending.verdict, ending.cause) == ("incomplete", "gaps")
    assert "the file ends in the middle of a record, so records may be missing" in ending.run.reason
    packed = gzip.compress(whole)
    ending = await marc(tmp_path, packed[: len(packed) // 2], "a.iso")
    assert ending.verdict == "incomplete"
    assert "cannot be read to its end" in ending.run.reason
    assert set(ending.titles.values()) < set(titles)


PLAIN = "id,title,year\n1,Ак кеме,1970\n2,Жамийла,1958\n3,Саманчынын жолу,1963\n"


@pytest.mark.parametrize(
    ("text", "stored", "rejected"),
    [
        (PLAIN, 3, 0),
        (PLAIN.replace("Жамийла", '"Жамийла'), 2, 1),
        (PLAIN.replace("Жамийла", "Жамийла, повесть"), 2, 1),
        (PLAIN.replace("2,Жамийла,1958", "2,Жамийла"), 3, 0),
        (PLAIN.replace("2,", ",", 1), 2, 1),
        (PLAIN.replace("2,", "1,", 1), 3, 0),
        (PLAIN.replace("title", "title,title").replace("кеме", "кеме,"), 3, 0),
        (PLAIN.replace("Ак кеме", "#REF!"), 2, 1),  # no title is left
    ],
)
async def test_tables(text: str, stored: int, rejected: int, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    ending = await table(tmp_path, table_config({"local_id": "id", "title": "title"}, path=path))
    assert (ending.run.new, ending.run.rejected, ending.verdict) == (stored, rejected, "complete")
    assert len(ending.quarantine) == rejected


async def test_a_mapping_to_nothing_ends_before_anything_is_stored(tmp_path: Path) -> None:
    rows = [("id", "title"), (1, "a")]
    workbook(tmp_path / "a.xlsx", {"now": rows})
    (tmp_path / "a.csv").write_text("id;title\n1;a\n")
    (tmp_path / "a.jsonl").write_text('{"id": 1, "title": "a"}\n')
    for name in ("a.xlsx", "a.csv", "a.jsonl"):
        config = table_config({"local_id": "id", "title": "titel"}, path=tmp_path / name)
        ending = await table(tmp_path, config)
        assert (ending.verdict, ending.run.received) == ("failed", 0)
        assert "'titel' (did you mean 'title'?)" in ending.run.reason


async def test_an_endless_pattern_does_not_hold_up_the_harvest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,title\n" + "".join(f"{n},{'a' * 60}b\n" for n in range(300)))
    mapping = {"local_id": "id", "title": {"column": "title", "regex": "(a|a)*$"}}
    config = table_config(mapping, path=path)
    ending = await table(tmp_path, config)
    assert (ending.run.rejected, ending.titles) == (300, {})
    assert "takes too long on" in next(iter(ending.quarantine.values()))
