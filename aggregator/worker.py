"""The worker process: harvest each source when its turn comes, and keep works and index up.

When a source's turn is follows from its runs in the store (`aggregator.health`), so nothing is
forgotten by a restart.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aggregator.errors import ConfigError, LeaseLost, RetryLater, Unavailable
from aggregator.health import BACK_OFF, SOON, next_run
from aggregator.source import SourceConfig
from aggregator.store.state import Run, Standing
from aggregator.upkeep import Upkeep

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Sources harvested at the same time; each host sees one request at a time. Twenty store no more:
eight fast ones keep two cores busy, and each holds about 7 MB of pages (docs/adr/0011)."""

REFRESH = timedelta(minutes=1)
"""The store is asked again after this long, for `ilim harvest` runs sources too."""

Harvest = Callable[[str], Awaitable[Run]]
"""Harvest one source by its id."""

Standings = Callable[[], Awaitable[Mapping[str, Standing]]]
"""What the runs of each source tell."""

Start = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]
"""Runs something in the background, as `asyncio.TaskGroup.create_task` does."""


@dataclass(slots=True)
class _Going:
    """A harvest that goes on, and the file it began with."""

    config: SourceConfig
    task: asyncio.Task[None]
    stopped: bool = False


@dataclass(slots=True)
class Turns:
    """Whose turn it is. No source runs twice at once, and at most ``at_once`` run.

    ``sources`` may change at any time: a source whose file has changed is stopped where it is and
    goes on at once as its file now says; one that is off or gone is stopped.
    """

    sources: Mapping[str, SourceConfig]
    standings: Standings
    harvest: Harvest
    clock: Callable[[], datetime]
    at_once: int = AT_ONCE
    _seen: dict[str, SourceConfig] | None = None
    """Enabled sources as of the last turn."""
    _going: dict[str, _Going] = field(default_factory=dict)
    _due: dict[str, datetime] = field(default_factory=dict)
    _read: datetime | None = None
    """When the store was asked last; None when it must be asked again."""
    _asked: set[str] = field(default_factory=set)
    """Sources to run at once, for their files have changed."""
    _not_before: dict[str, datetime] = field(default_factory=dict)
    """Whatever the store says: a run may have left no trace there."""
    _faults: dict[str, int] = field(default_factory=dict)

    async def turn(self, start: Start) -> bool:
        """Stop what is not wanted any more and start what is due; True if anything was started."""
        now = self.clock()
        wanted = {id: config for id, config in self.sources.items() if config.enabled}
        self._notice(wanted)
        if self._read is None or now - self._read >= REFRESH:
            standings = await self.standings()
            self._due = {id: next_run(config, standings.get(id)) for id, config in wanted.items()}
            self._read = now
        due = sorted((at, id) for id in wanted if (at := self._when(id)) <= now)
        free = self.at_once - len(self._going)
        chosen = [id for _, id in due if id not in self._going][: max(0, free)]
        for id in chosen:
            self._asked.discard(id)
            task = start(self._try(id))
            self._going[id] = _Going(wanted[id], task)
            task.add_done_callback(partial(self._ended, id))
        return bool(chosen)

    def _notice(self, wanted: dict[str, SourceConfig]) -> None:
        """See which files have changed since the last turn."""
        if self._seen is not None and wanted != self._seen:
            for id, config in wanted.items():
                if self._seen.get(id) != config:
                    self._asked.add(id)
                    self._not_before.pop(id, None)
                    self._faults.pop(id, None)
            self._asked &= wanted.keys()
            self._read = None
        self._seen = wanted
        for id, going in self._going.items():
            if wanted.get(id) != going.config and not going.stopped:
                going.stopped = True
                going.task.cancel()

    def _when(self, id: str) -> datetime:
        due = self._due[id]
        if id in self._asked:
            due = min(due, self.clock())
        return max(due, self._not_before.get(id, due))

    async def _try(self, source: str) -> None:
        try:
            run = await self.harvest(source)
        except (ConfigError, LeaseLost, RetryLater, Unavailable) as error:
            log.warning("%s: %s", source, error)
            wait = self._fault(source)
        except Exception:
            log.exception("Harvesting %s failed; nothing else suffers", source)
            wait = self._fault(source)
        else:
            self._faults.pop(source, None)
            wait = SOON
            said = f" ({run.reason})" if run.reason else ""
            log.info(
                "%s: %s%s; %d new, %d changed, %d deleted, %d rejected",
                source, run.verdict, said, run.new, run.changed, run.deleted, run.rejected,
            )  # fmt: skip
        self._not_before[source] = self.clock() + wait

    def _ended(self, source: str, _task: asyncio.Task[None]) -> None:
        del self._going[source]
        self._read = None

    def _fault(self, source: str) -> timedelta:
        """The wait after a failure that the store may know nothing of."""
        self._faults[source] = self._faults.get(source, 0) + 1
        return BACK_OFF[min(self._faults[source], len(BACK_OFF) - 1)]


@dataclass(slots=True)
class Worker:
    """Runs until cancelled. A source's failure, or the index's, never ends anything else."""

    upkeep: Upkeep
    turns: Turns
    reread: Callable[[], Awaitable[bool]]
    """Reads stored payloads again whose crosswalk or rules have changed."""
    pause: float = 1.0
    """Seconds between looks for new work."""
    settle: float = 5.0
    """Seconds between two commits of the index while records keep coming."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:

            async def turn() -> bool:
                return await self.turns.turn(group.create_task)

            group.create_task(self._keep_up("resolve", self.upkeep.resolve_once, self.pause))
            group.create_task(self._keep_up("index", self.upkeep.index_once, self.settle))
            group.create_task(self._keep_up("schedule", turn, self.pause))
            group.create_task(self._keep_up("crosswalk", self.reread, self.pause))

    async def _keep_up(self, what: str, once: Callable[[], Awaitable[bool]], pause: float) -> None:
        trouble = 0
        while True:
            try:
                await once()
                trouble = 0
            except (ConfigError, LeaseLost, RetryLater, Unavailable) as error:
                trouble += 1
                log.warning("The %s stage waits: %s", what, error)
            except Exception:
                trouble += 1
                log.exception("The %s stage failed; it is tried again", what)
            await asyncio.sleep(min(60.0, pause * 2 ** min(trouble, 6)))
