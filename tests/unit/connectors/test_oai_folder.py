"""A folder of saved responses."""

import gzip
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import SourceBroken
from aggregator.source import Checkpoint
from connectors.fetch import Fetcher
from connectors.http_settings import HttpSettings
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from tests.shared import shared
from tests.unit.connectors.oai_server import NAMES, Harvest, Item, envelope, listing, oai_error


async def read(folder: Path, checkpoint: Checkpoint | None = None, **options: Any) -> Harvest:
    config = OaiPmhConfig(id="x", name=NAMES, connector="oai_pmh", path=folder, **options)
    found = Harvest()
    async with Fetcher(HttpSettings()) as fetcher:
        connector = OaiPmh(config, fetcher)
        assert connector.is_full(checkpoint or {})
        async with aclosing(connector.harvest(checkpoint or {})) as batches:
            async for batch in batches:
                found.take(batch)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "01.xml").write_bytes(listing([Item("oai:x:0"), Item("oai:x:1")], "next"))
    (tmp_path / "02.xml.gz").write_bytes(gzip.compress(listing([Item("oai:x:2")], "")))
    (tmp_path / "03.xml").write_bytes(envelope(f"<GetRecord>{Item('oai:x:3').xml()}</GetRecord>"))
    (tmp_path / "notes.txt").write_text("not ours")
    return tmp_path


async def test_all_files_in_order(folder: Path) -> None:
    found = await read(folder)
    assert list(found.records) == [f"oai:x:{number}" for number in range(4)]
    assert found.verdict == "complete"
    assert len(found.checkpoints) == 3


async def test_it_goes_on_after_any_file_and_begins_anew_when_done(folder: Path) -> None:
    whole = await read(folder)
    assert list((await read(folder, whole.checkpoints[0])).records) == ["oai:x:2", "oai:x:3"]
    assert list((await read(folder, whole.checkpoints[1])).records) == ["oai:x:3"]
    assert list((await read(folder, whole.checkpoint)).records) == list(whole.records)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>oops</html>",
        listing([Item("oai:x:9")])[:300],
        gzip.compress(listing([Item("oai:x:9")]), mtime=0)[:100],
        b"",
        envelope("<ListIdentifiers/>"),
    ],
)
async def test_a_file_that_cannot_be_read_is_named(folder: Path, body: bytes) -> None:
    (folder / "02a.xml").write_bytes(body)
    found = await read(folder)
    assert len(found.records) == 4
    assert [reject.body for reject in found.rejects] == [body]
    assert "02a.xml" in found.rejects[0].reason
    assert found.verdict == "incomplete"


async def test_a_file_over_the_limit_is_named(folder: Path) -> None:
    (folder / "04.xml.gz").write_bytes(gzip.compress(b" " * 50_000))
    found = await read(folder, http=HttpSettings(max_bytes=10_000))
    assert "max_bytes" in found.rejects[0].reason


async def test_saved_errors_and_other_answers(folder: Path) -> None:
    (folder / "04.xml").write_bytes(oai_error("noRecordsMatch"))
    (folder / "05.xml").write_bytes(envelope("<Identify/>"))
    assert (await read(folder)).verdict == "complete"
    (folder / "06.xml").write_bytes(oai_error("badResumptionToken"))
    found = await read(folder)
    assert found.verdict == "incomplete"
    assert "06.xml" in found.problems[0]


async def test_the_request_a_file_repeats_names_its_format(folder: Path) -> None:
    body = listing([Item("oai:x:9")]).replace(
        b'verb="ListRecords"', b'verb="ListRecords" metadataPrefix="marcxml"'
    )
    (folder / "04.xml").write_bytes(body)
    found = await read(folder)
    assert [raw.format for raw in found.records.values()] == ["oai_dc"] * 4 + ["marcxml"]


async def test_a_missing_or_empty_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceBroken, match="There is no folder"):
        await read(tmp_path / "nowhere")
    with pytest.raises(SourceBroken, match="no file"):
        await read(tmp_path)


async def test_the_recorded_replies_as_a_folder(tmp_path: Path) -> None:
    replies = shared("data", "records", "CenterForOpenScience+scrapi")
    for file in sorted(replies.glob("a*.xml*")):
        (tmp_path / file.name).symlink_to(file)
    found = await read(tmp_path)
    assert len(found.records) > 900
    assert found.verdict == "complete"


def test_either_a_folder_or_an_address() -> None:
    base = {"id": "x", "name": NAMES, "connector": "oai_pmh"}
    for wrong in (
        {},
        {"url": "http://x/", "path": "/x"},
        {"url": "http://x/", "encoding": "rot13"},
    ):
        with pytest.raises(ValueError, match=r"either|encoding"):
            OaiPmhConfig.model_validate(base | wrong)
