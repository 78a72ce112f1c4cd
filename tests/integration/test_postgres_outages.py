"""PostgreSQL goes away and comes back: runs go on, and nothing is stored twice."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from aggregator.errors import Unavailable
from aggregator.harvest import Harvester, Limits
from aggregator.resolve import LEASE, resolve
from aggregator.source import Batch, Checkpoint
from aggregator.store import patience
from aggregator.store import postgres as postgres_kind
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.ledger import Ending
from aggregator.store.page import Counts, Page
from connectors.crosswalks import CROSSWALKS
from tests.contracts.test_store import begin, entry, record
from tests.postgres import Server
from tests.scripted import SOURCE, Script, raw
from tests.wire import Cut, Wire, wire

pytestmark = pytest.mark.slow

PAGES, A_PAGE = 60, 20


@dataclass
class Slow(Script):
    """Takes its time; ``at`` is set once page ``at_page`` was asked for."""

    at_page: int = 15

    def __post_init__(self) -> None:
        self.at = asyncio.Event()

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        async for batch in super().harvest(checkpoint):
            if batch.checkpoint.get("page") == self.at_page:
                self.at.set()
            await asyncio.sleep(0.02)
            yield batch


def pages() -> list[list[str]]:
    return [[f"{page:03}-{place:02}" for place in range(A_PAGE)] for page in range(PAGES)]


@pytest.mark.parametrize("mode", ["immediate", "fast"])
async def test_a_run_goes_on_over_a_restart(postgres: Server, postgres_url: str, mode: str) -> None:
    script = Slow([[raw(id) for id in page] for page in pages()])
    async with Catalogue.open(postgres_url) as catalogue:
        running = asyncio.create_task(
            Harvester(catalogue, CROSSWALKS, Limits()).run(SOURCE, script)
        )
        for page in (15, 35):
            script.at_page = page
            await script.at.wait()
            script.at.clear()
            await asyncio.to_thread(postgres.control, "restart", "-m", mode)
        run = await asyncio.wait_for(running, 120)
        assert (run.verdict, run.reason) == ("complete", "")
        assert (run.received, run.new) == (PAGES * A_PAGE, PAGES * A_PAGE)
        stored = [s async for s in catalogue.each_record()]
        assert [s.record.local_id for s in stored] == [id for page in pages() for id in page]
        assert len({s.change for s in stored}) == len(stored)
        last = (await catalogue.sources())[SOURCE.id].last_run
        assert last is not None and (last.verdict, last.new) == ("complete", PAGES * A_PAGE)
        assert script.asked == [{}]
        assert await catalogue.leases.holder(f"harvest:{SOURCE.id}") is None


@pytest.fixture
async def cable(postgres: Server) -> AsyncIterator[Wire]:
    async with wire(postgres.port) as laid:
        yield laid


@pytest.fixture
async def over(cable: Wire, postgres_url: str) -> AsyncIterator[Catalogue]:
    """A catalogue over that cable."""
    url = make_url(postgres_url).set(port=cable.port, query={"sslmode": "disable"})
    async with Catalogue.open(url) as opened:
        yield opened


@pytest.mark.parametrize("cut", ["before", "during", "after"])
async def test_what_was_not_answered_is_done_once(over: Catalogue, cable: Wire, cut: Cut) -> None:
    for number in range(5):
        cable.cuts = [cut, cut, cut]
        lease, run = await begin(over)  # two transactions: the lease, and the run
        page = Page(entries=[entry(str(number), record(str(number)))])
        await over.ledger.save(lease, "s", run, page, Counts(received=1), 0.0, {"at": number})
        cable.cuts = [cut, cut]
        await over.ledger.finish(lease, run, Ending("complete"), Counts(received=1), 0.0)
        await over.leases.release(lease)
        assert cable.cuts == []
    stored = [s async for s in over.each_record()]
    assert [s.record.local_id for s in stored] == list("01234")
    async with over._database.read() as connection:
        runs = (await connection.execute(text("SELECT verdict, received FROM runs"))).all()
    assert [tuple(row) for row in runs] == [("complete", 1)] * 5


async def test_resolving_over_a_bad_cable_gives_each_work_once(
    over: Catalogue, cable: Wire, postgres_url: str
) -> None:
    chance = random.Random(5)
    async with Keep.open(postgres_url) as keep:
        for round in range(6):
            names = [f"{round}-{number}" for number in range(20)]
            lease, run = await begin(over)
            page = Page(entries=[entry(name, record(name)) for name in names])
            cuts: list[Cut] = ["before", "during", "after"]
            cable.cuts = chance.choices(cuts, k=3)
            await over.ledger.save(lease, "s", run, page, Counts(), 0.0, {})
            await over.leases.release(lease)
            held = await over.leases.take(LEASE)
            assert held is not None
            cable.cuts = chance.choices(cuts, k=4)
            assert await resolve(over, keep, held, at_once=7) == 20
            await over.leases.release(held)
    changes = await over.changes(0, 1000)
    assert sorted(c.work.added for c in changes if c.work) == list(range(1, 121))
    assert [c.number for c in changes] == list(range(1, 121))


async def test_an_outage_that_lasts_ends_the_run_and_names_the_server(
    postgres: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SECONDS", 1.0)
    monkeypatch.setattr("aggregator.store.leases.LIFETIME", 2.0)
    script = Slow([[raw(id) for id in page] for page in pages()])
    async with Catalogue.open(postgres_url) as catalogue:
        running = asyncio.create_task(
            Harvester(catalogue, CROSSWALKS, Limits()).run(SOURCE, script)
        )
        await script.at.wait()
        await asyncio.to_thread(postgres.control, "stop", "-m", "immediate")
        try:
            with pytest.raises(Unavailable, match=f"127.0.0.1, port {postgres.port} does not"):
                await asyncio.wait_for(running, 60)
        finally:
            await asyncio.to_thread(postgres.control, "start")
        await asyncio.sleep(2)  # the lease could not be given back
        rest = await Harvester(catalogue, CROSSWALKS, Limits()).run(SOURCE, script)
        assert rest.verdict == "complete"
        stored = [s.record.local_id async for s in catalogue.each_record()]
        assert stored == [id for page in pages() for id in page]


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """The server keeps its connections and answers nothing."""
    main = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    processes = [main, *map(int, children)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


async def fails_within(seconds: float, reading: Awaitable[object]) -> Unavailable:
    """Wait for the failure; gives it."""
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer") as raised:
        await asyncio.wait_for(reading, 30)
    assert time.monotonic() - begun < seconds
    return raised.value


async def test_a_server_that_hangs_is_given_up_and_comes_back(
    postgres: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_kind, "STATEMENT", 1.0)
    monkeypatch.setattr(postgres_kind, "PING", 0.5)
    url = make_url(postgres_url).set(query={"connect_timeout": "1"})
    async with Catalogue.open(url) as catalogue:
        assert await catalogue.pending(0) == 0
        reached, stopped = asyncio.Event(), asyncio.Event()

        async def halfway() -> None:
            async with catalogue._database.read() as connection:
                await connection.execute(text("SELECT 1"))
                reached.set()
                await stopped.wait()
                await connection.execute(text("SELECT 2"))

        reading = asyncio.create_task(halfway())
        await reached.wait()
        with frozen(postgres):
            stopped.set()
            since = (await fails_within(5, reading)).since
            assert since is not None and datetime.now(UTC) - since < timedelta(seconds=10)
            for another in (catalogue.pending, catalogue.mark):
                assert (await fails_within(5, another(1))).since == since
            waiting = asyncio.create_task(begin(catalogue))
            await asyncio.sleep(3)
            assert not waiting.done()
        lease, run = await asyncio.wait_for(waiting, 30)
        page = Page(entries=[entry("1", record("1"))])
        await catalogue.ledger.save(lease, "s", run, page, Counts(), 0.0, {})
        assert (await catalogue.sources())["s"].records == 1


async def test_pages_do_not_wait_for_a_server_that_is_away(
    postgres: Server, postgres_url: str
) -> None:
    async with Catalogue.open(postgres_url) as catalogue:
        await catalogue.sources()
        await asyncio.to_thread(postgres.control, "stop", "-m", "immediate")
        try:
            first = await fails_within(3, catalogue.last_change())
            assert first.since is not None
            for reading in (
                catalogue.pending(0), catalogue.mark(1), catalogue.count_works(),
                catalogue.works(["w"]), catalogue.find_work("w"), catalogue.records([("s", "1")]),
                catalogue.raw("s", "1"), catalogue.sources(),
            ):  # fmt: skip
                assert (await fails_within(3, reading)).since == first.since
            following = asyncio.create_task(catalogue.changes(0, 10))
            await asyncio.sleep(1)
            assert not following.done()
        finally:
            await asyncio.to_thread(postgres.control, "start")
        assert await asyncio.wait_for(following, 30) == []
        await asyncio.to_thread(postgres.control, "stop", "-m", "immediate")
        try:
            again = await fails_within(3, catalogue.last_change())
            assert again.since is not None and again.since > first.since
        finally:
            await asyncio.to_thread(postgres.control, "start")
