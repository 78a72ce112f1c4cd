"""Intervals, granularity and state between runs: cases 16 to 22 of HARVESTING §2, and resuming."""

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from aggregator.errors import RetryLater
from tests.unit.connectors.oai_server import (
    Answer,
    Harvest,
    Item,
    Query,
    Repository,
    config,
    harvest,
    items,
    listing,
    oai_error,
    serving,
)

FIRST = "2026-11-23T10:00:00Z"


async def test_the_first_run_sends_no_dates_and_the_next_begins_at_the_first_answer() -> None:
    clock = iter(["2026-11-23T10:00:00Z", "2026-11-23T10:09:00Z", "2026-11-24T10:00:00Z"])

    def mangle(_query: Query, body: bytes) -> bytes:
        return body.replace(FIRST.encode(), next(clock, FIRST).encode())

    repository = Repository(items(8), mangle=mangle)
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint)
    begun = [query for query in repository.lists if "metadataPrefix" in query]
    assert "from" not in begun[0]
    assert repository.since == ["2026-11-22T10:00:00Z"]
    assert all("until" not in query for query in begun)  # case 22
    assert (first.verdict, second.verdict) == ("complete", "complete")


async def test_an_incremental_run_brings_what_changed_and_what_was_deleted() -> None:
    repository = Repository(items(8))
    async with serving(repository) as url:
        first = await harvest(url)
        repository.records = [
            *items(8)[1:],
            Item("oai:x:0", "2026-11-23T11:00:00Z", deleted=True),
            Item("oai:x:8", "2026-11-23T11:00:00Z"),
        ]
        second = await harvest(url, first.checkpoint)
    assert second.ids == ["oai:x:0", "oai:x:8"]
    assert second.records["oai:x:0"].body is None


async def test_20_a_record_indexed_late_is_found_by_the_overlap() -> None:
    repository = Repository(items(3))
    async with serving(repository) as url:
        first = await harvest(url)
        repository.records = [*items(3), Item("oai:x:9", "2026-11-23T01:00:00Z")]
        assert (await harvest(url, first.checkpoint)).ids == ["oai:x:9"]
        assert (await harvest(url, first.checkpoint, overlap_hours=2)).ids == []


async def test_16_a_server_that_knows_days_only_is_asked_in_days() -> None:
    repository = Repository(items(3), granularity="YYYY-MM-DD", days_only=True)
    async with serving(repository) as url:
        first = await harvest(url)
        await harvest(url, first.checkpoint)
    assert repository.since[-1] == "2026-11-22"


async def test_16_a_server_that_lies_about_seconds_is_asked_again_in_days() -> None:
    repository = Repository(items(3), days_only=True)
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint)
        third = await harvest(url, second.checkpoint)
    assert (second.verdict, third.verdict) == ("complete", "complete")
    sent = ["2026-11-22T10:00:00Z", "2026-11-22", "2026-11-22"]
    assert repository.since == sent  # remembered


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("yyyy-mm-ddThh:MM:ssz", "2026-11-22T10:00:00Z"),
        ("YYYY-MM-DDTHH:MM:SSZ", "2026-11-22T10:00:00Z"),
        ("yyyy-mm-dd", "2026-11-22"),
        ("", "2026-11-22T10:00:00Z"),  # its earliest datestamp has a time
    ],
)
async def test_17_granularity_in_odd_case(said: str, sent: str) -> None:
    repository = Repository(items(3), granularity=said)
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint)
    assert repository.since[-1] == sent
    assert second.verdict == "complete"


async def test_granularity_can_be_said_in_the_sources_file() -> None:
    repository = Repository(items(3))
    async with serving(repository) as url:
        first = await harvest(url)
        await harvest(url, first.checkpoint, granularity="day")
    assert repository.since[-1] == "2026-11-22"


async def test_a_server_without_identify_is_asked_in_days() -> None:
    def fault(query: Query, _: int) -> Answer:
        return web.Response(status=500) if query["verb"] == "Identify" else None

    repository = Repository(items(3), fault=fault)
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint)
    assert second.verdict == "complete"
    assert repository.since[-1] == "2026-11-22"


async def test_18_an_earliest_date_that_lies_loses_nothing() -> None:
    def fault(query: Query, _: int) -> Answer:
        token = query.get("resumptionToken", "")
        return oai_error("badResumptionToken") if token.startswith("10|") else None

    old = [Item(f"oai:x:{number}", f"19{80 + number}-01-01T00:00:00Z") for number in range(19)]
    repository = Repository(old, fault=fault, earliest="2026-11-23T10:00:00Z")
    async with serving(repository) as url:
        found = await harvest(url)
    assert len(found.records) == 19
    assert found.verdict == "complete"


async def test_21_the_http_clock_serves_where_the_answer_has_none() -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        return body.replace(f"<responseDate>{FIRST}</responseDate>".encode(), b"")

    def fault(query: Query, _: int) -> Answer:
        return web.Response(
            body=mangle(query, listing(items(2), "")),
            headers={"Date": "Sun, 22 Nov 2026 09:00:00 GMT"},
        )

    async with serving(Repository([], fault=fault)) as url:
        found = await harvest(url)
    assert found.checkpoint["closed"] == {"": [["", "2026-11-22T09:00:00Z"]]}


async def test_a_run_resumed_at_any_page_brings_the_same() -> None:
    repository = Repository(items(31))
    async with serving(repository) as url:
        whole = await harvest(url)
        for place, checkpoint in enumerate(whole.checkpoints[:-1]):
            kept = json.loads(json.dumps(checkpoint))
            rest = await harvest(url, kept)
            before = [f"oai:x:{number}" for number in range(5 * (place + 1))]
            assert [*before, *rest.ids] == whole.ids
            assert rest.checkpoint["closed"] == whole.checkpoint["closed"]
            assert rest.verdict == "complete"


async def test_a_run_broken_off_by_the_network_goes_on_where_it_was() -> None:
    down: list[bool] = [True]

    def fault(query: Query, _: int) -> Answer:
        if down and query.get("resumptionToken", "").startswith("10|"):
            return web.Response(status=503)
        return None

    repository = Repository(items(23), fault=fault)
    async with serving(repository) as url:
        first = await harvest(url)
        assert isinstance(first.error, RetryLater)
        assert len(first.records) == 10
        down.clear()
        second = await harvest(url, first.checkpoint)
    assert second.verdict == "complete"
    assert sorted(first.records | second.records) == sorted(item.id for item in items(23))
    assert not first.records.keys() & second.records.keys()


async def test_sets_are_harvested_one_after_another_each_with_its_state() -> None:
    records = [*items(6, sets=("a",)), Item("oai:x:6", sets=("b",)), Item("oai:x:7", sets=("c",))]
    repository = Repository(records)
    async with serving(repository) as url:
        found = await harvest(url, sets=["a", "b"])
        again = await harvest(url, found.checkpoints[0], sets=["a", "b"])
    assert found.ids == [f"oai:x:{number}" for number in range(7)]
    assert sorted(found.checkpoint["closed"]) == ["a", "b"]
    assert again.ids == ["oai:x:5", "oai:x:6"]
    assert found.records["oai:x:6"].sets == ("b",)


async def test_another_format_or_set_begins_a_full_run() -> None:
    repository = Repository(items(6, sets=("a",)))
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint, sets=["a"])
    assert len(second.records) == 6
    assert "from" not in repository.lists[-1]
    assert config(url).fingerprint() != config(url, sets=["a"]).fingerprint()
    assert config(url).fingerprint() == config(url, overlap_hours=1).fingerprint()


async def test_a_run_cancelled_while_it_waits_leaves_nothing_behind() -> None:
    reached = asyncio.Event()
    healed: list[bool] = []
    repository = Repository(items(23))

    async def slow(request: web.Request) -> web.StreamResponse:
        if request.query.get("resumptionToken", "").startswith("10|") and not healed:
            reached.set()
            await asyncio.sleep(60)
        return await repository.handle(request)

    app = web.Application()
    app.router.add_get("/oai", slow)
    async with TestServer(app) as server:
        url = str(server.make_url("/oai"))
        found = Harvest()
        task = asyncio.create_task(harvest(url, into=found, http={"read_timeout": 60}))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = [one for one in asyncio.all_tasks() if "Fetcher.get" in repr(one.get_coro())]
        assert left == []
        healed.append(True)
        rest = await harvest(url, found.checkpoint)
    assert sorted(found.records | rest.records) == sorted(item.id for item in items(23))
    assert rest.verdict == "complete"
