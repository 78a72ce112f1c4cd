"""Harvest: run one source's connector and store what it brings, a page and its checkpoint at once.

The verdict is "complete", "incomplete" (more is to come: the next run goes on) or "failed". Records
missing from a complete full run are taken as deleted (the sweep), but never too many at once.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass, field, replace

from aggregator.errors import (
    ConfigError,
    IlimError,
    LeaseLost,
    RetryLater,
    SourceBroken,
    Unavailable,
)
from aggregator.intake import take_in
from aggregator.reader import Reader
from aggregator.recrosswalk import catch_up
from aggregator.source import AsksByName, Batch, Checkpoint, Connector, Crosswalks, SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.leases import LIFETIME, Lease
from aggregator.store.ledger import Ending, Pass
from aggregator.store.page import Counts, days_since, now
from aggregator.store.state import Run
from aggregator.sweep import Limits, Sweep
from aggregator.watch import Watch
from aggregator.wording import say

__all__ = ["Harvester", "Limits", "Progress"]

log = logging.getLogger(__name__)

LONGEST_REASON = 1000
"""Characters of a run's reason that are kept."""

Progress = Callable[[Counts, int | None], None]
"""Told of each page: what came so far, and what the source claims in all."""


@dataclass(slots=True)
class Harvester:
    """Runs connectors. One run of a source at a time, wherever it runs: the lease sees to it."""

    catalogue: Catalogue
    crosswalks: Crosswalks
    limits: Limits
    reader: Reader = field(default_factory=Reader)

    async def run(
        self,
        source: SourceConfig,
        connector: Connector,
        *,
        full: bool = False,
        limit: int | None = None,
        allow_deletions: bool = False,
        progress: Progress | None = None,
    ) -> Run:
        """Harvest one source from where it left off (``full``: from the beginning, which is also
        its turn when the last full run is `SourceConfig.full_every` days old).

        A source that fails ends as a verdict, not as an error; raised are only Unavailable and
        LeaseLost, which concern this side, and cancellation, after the run is closed.
        """
        lease = await self.catalogue.leases.take(f"harvest:{source.id}")
        if lease is None:
            return Run(
                source.id, "incomplete", **asdict(Counts()), seconds=0.0, started=now(), full=full,
                reason=say("another process is harvesting this source now"), cause="taken",
            )  # fmt: skip
        held = asyncio.create_task(self._hold(lease))
        try:
            async with self.reader.needed():
                await catch_up(self.catalogue, lease, source, self.crosswalks, self.reader)
                return await _OneRun(self, source, connector, lease, progress).go(
                    full, limit, allow_deletions
                )
        finally:
            held.cancel()
            await asyncio.shield(self._release(lease))

    async def _hold(self, lease: Lease) -> None:
        """Renew the lease while the source is waited for, which may take minutes."""
        while True:
            await asyncio.sleep(LIFETIME / 3)
            with suppress(RetryLater, Unavailable, LeaseLost):  # the next page will tell
                await self.catalogue.leases.renew(lease)

    async def _release(self, lease: Lease) -> None:
        try:
            await self.catalogue.leases.release(lease)
        except (RetryLater, Unavailable) as error:
            log.warning("%s is not free before its time runs out: %s", lease.name, error)


class _OneRun:
    """One run's figures on their way to a verdict."""

    def __init__(
        self,
        harvester: Harvester,
        source: SourceConfig,
        connector: Connector,
        lease: Lease,
        progress: Progress | None,
    ) -> None:
        self._ledger = harvester.catalogue.ledger
        self._crosswalks = source.reading(harvester.crosswalks)
        self._limits = harvester.limits
        self._reader = harvester.reader
        self._source = source
        self._connector = connector
        self._lease = lease
        self._progress = progress
        self._counts = Counts()
        self._before = 0
        self._started = time.monotonic()
        self._total: int | None = None
        self._checkpoint: Checkpoint = {}
        self._doubled = 0
        """Records that came twice on one page: a source counts them twice too."""
        self._problems: dict[str, str] = {}
        """What had to be left behind, and the cause of each in one word."""
        self._saving: asyncio.Task[None] | None = None
        self._being_saved: set[str] = set()

    async def go(self, full: bool, limit: int | None, allow_deletions: bool) -> Run:
        started = now()
        kept = await self._ledger.resume(self._source.id)
        full = full or await self._full_is_due(kept)
        _, self._before = await self._ledger.count_missing(self._source.id, 0)
        fingerprint = self._connector.fingerprint()
        checkpoint = {} if full or kept.fingerprint != fingerprint else kept.checkpoint
        # A full pass that was cut off after its last page still has its sweep to come.
        covers_all = self._connector.is_full(checkpoint) or bool(checkpoint and kept.full_since)
        run = await self._ledger.begin(
            self._lease, self._source.id, fingerprint, checkpoint, covers_all
        )
        # "complete" only once the last page is stored and the sweep done, whatever comes between.
        ending = Ending("incomplete", "interrupted", "interrupted")
        try:
            found = await self._all(run, checkpoint, limit)
            await self._saved()
            if found.verdict == "complete" and covers_all:
                found = await self._sweep(run, allow_deletions)
            if found.verdict == "complete" and not found.reason:
                found = await self._compare()
            ending = found
        except RetryLater as error:
            ending = _ending("incomplete", error)
        except (LeaseLost, Unavailable) as error:
            ending = _ending("incomplete", error)
            raise
        finally:
            await asyncio.shield(self._finish(run, ending))
        return Run(
            self._source.id, **asdict(ending), **asdict(self._counts), seconds=self._seconds(),
            started=started, full=covers_all,
        )  # fmt: skip

    async def _full_is_due(self, kept: Pass) -> bool:
        """Whether the last full run is so old that all is asked for anew; one that was cut off goes
        on."""
        days = self._source.full_every
        last = await self._ledger.last_full(self._source.id) if days and not kept.full_since else ""
        return bool(last) and days_since(last) >= days

    async def _finish(self, run: int, ending: Ending) -> None:
        try:
            with suppress(LeaseLost, Unavailable, RetryLater):  # told already
                await self._saved()
            await self._ledger.finish(self._lease, run, ending, self._counts, self._seconds())
        except (LeaseLost, Unavailable, RetryLater) as error:
            log.warning("Run %d of %s was not closed: %s", run, self._source.id, error)

    async def _all(self, run: int, checkpoint: Checkpoint, limit: int | None) -> Ending:
        """Store every batch."""
        watch = Watch()
        try:
            async with aclosing(self._connector.harvest(checkpoint)) as batches:
                async for batch in batches:
                    left = None if limit is None else limit - self._counts.received
                    if left is not None and len(batch.records) > left:
                        # The page is cut, so its checkpoint must not move: it will come again.
                        cut = Batch(batch.records[:left], checkpoint, batch.total)
                        await self._store(run, cut)
                        return Ending("incomplete", "limit", "limit")
                    checkpoint = batch.checkpoint
                    circling = watch.page(_ids(batch), checkpoint)
                    if circling:
                        # From inside a circle no run would get out: the next one begins anew.
                        last = replace(batch, checkpoint={}, problem=circling, cause="circle")
                        await self._store(run, last)
                        return Ending("incomplete", self._told(), "circle")
                    self._checkpoint = checkpoint
                    await self._store(run, batch)
                    del batch  # not kept while the next one is waited for
                    if limit is not None and self._counts.received >= limit:
                        return Ending("incomplete", "limit", "limit")
        except (SourceBroken, ConfigError) as error:
            return _ending("failed", error)
        except RetryLater as error:
            return _ending("incomplete" if self._counts.received else "failed", error)
        except (LeaseLost, Unavailable):
            raise
        except Exception as error:
            log.exception("The connector of %s failed", self._source.id)
            said = say("the connector failed: {error}", error=f"{type(error).__name__}: {error}")
            return Ending("failed", _brief(said), "fault")
        if self._problems:
            return Ending("incomplete", self._told(), next(iter(self._problems.values())))
        return Ending("complete")

    def _told(self) -> str:
        return _brief("; ".join(self._problems))

    async def _store(self, run: int, batch: Batch) -> None:
        """Store a batch once the one before is stored; returns while this one is being written.

        So the connector reads the next page meanwhile: one page ahead, never more. A batch is
        crosswalked while the one before is written, unless that holds some of its records: they
        must be seen as they are then.
        """
        names = set(_ids(batch))
        if not names.isdisjoint(self._being_saved):
            await self._saved()
        page, counts = await take_in(
            batch, self._source, self._crosswalks, self._ledger, self._reader
        )
        await self._saved()
        self._being_saved = names
        self._counts += counts
        self._saving = asyncio.create_task(
            self._ledger.save(
                self._lease,
                self._source.id,
                run,
                page,
                replace(self._counts),
                self._seconds(),
                batch.checkpoint,
            )
        )
        if batch.total is not None:
            self._total = batch.total
        self._doubled += len(batch.records) - len({raw.id for raw in batch.records})
        if batch.problem:
            self._problems.setdefault(batch.problem, batch.cause)
        if self._progress is not None:
            self._progress(self._counts, self._total)

    async def _saved(self) -> None:
        """Wait until the batch under way is stored; its failure is raised here, once."""
        if self._saving is None:
            return
        try:
            await asyncio.shield(self._saving)
        finally:
            if self._saving.done():
                self._saving = None

    async def _sweep(self, run: int, allowed: bool) -> Ending:
        """Take what a complete full pass did not bring as deleted, or say why not."""
        source = self._source.id
        since = (await self._ledger.resume(source)).full_since
        sweep = Sweep(self._ledger, self._lease, source, run, since, self._limits)

        async def ask(names: Sequence[str]) -> int:
            if not isinstance(self._connector, AsksByName):
                return 0
            here = await self._connector.still_has(names, self._checkpoint)
            if here:
                await self._store(run, Batch(here, self._checkpoint))
                await self._saved()
            return len({raw.id for raw in here} & set(names))

        total = None if self._total is None else max(0, self._total - self._doubled)
        ending, gone = await sweep.end(await sweep.find(total), ask, allowed=allowed)
        self._counts.deleted += gone
        if ending.verdict != "complete" and ending.cause != "renamed":
            await self._store(run, Batch((), {}))  # no later run is to build on this list
            await self._saved()
        return ending

    async def _compare(self) -> Ending:
        """The end of a complete run; it says so when far fewer records are left than there were."""
        if self._counts.deleted < self._limits.few_records:
            return Ending("complete")
        # Deletions of records that were never here take nothing away.
        _, living = await self._ledger.count_missing(self._source.id, 0)
        before = self._before
        gone = before + self._counts.new - living
        if gone < self._limits.few_records or gone <= self._limits.few_share * before:
            return Ending("complete")
        return Ending(
            "complete",
            say(
                "{gone} of {before} records are gone with this run. If that is wrong, ask the "
                "source what has happened.",
                gone=gone,
                before=before,
            ),
            "fewer",
        )

    def _seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)


def _ending(verdict: str, error: IlimError) -> Ending:
    wait = error.after if isinstance(error, RetryLater) else None
    return Ending(verdict, _brief(str(error)), error.cause, wait or 0.0)


def _brief(words: str) -> str:
    """What may hold a source's own words, which can be long."""
    return words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]}…"


def _ids(batch: Batch) -> list[str]:
    """All that a page names."""
    rejected = [reject.id for reject in batch.rejects if reject.id]
    return [*(raw.id for raw in batch.records), *rejected, *batch.still]
