"""The worker process: try every enabled partner once, and keep works and index up meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aggregator.errors import ConfigError, LeaseLost, RetryLater, Unavailable
from aggregator.store.state import Run
from aggregator.upkeep import Upkeep

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Sources harvested at the same time; each host sees one request at a time."""

Harvest = Callable[[str], Awaitable[Run]]
"""Harvest one source by its id."""


@dataclass(slots=True)
class Worker:
    """Runs until cancelled. A source's failure, or the index's, never ends anything else."""

    upkeep: Upkeep
    harvest: Harvest
    sources: Iterable[str]
    pause: float = 1.0
    """Seconds between looks for new work."""
    settle: float = 5.0
    """Seconds between two commits of the index while records keep coming."""

    async def run(self) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_up("resolve", self.upkeep.resolve_once, self.pause))
            group.create_task(self._keep_up("index", self.upkeep.index_once, self.settle))
            for source in self.sources:
                group.create_task(self._try(source, places))

    async def _try(self, source: str, places: asyncio.Semaphore) -> None:
        try:
            async with places:
                run = await self.harvest(source)
        except (ConfigError, LeaseLost, RetryLater, Unavailable) as error:
            log.warning("%s: %s", source, error)
        except Exception:
            log.exception("Harvesting %s failed; nothing else suffers", source)
        else:
            said = f" ({run.reason})" if run.reason else ""
            log.info(
                "%s: %s%s; %d new, %d changed, %d deleted, %d rejected",
                source, run.verdict, said, run.new, run.changed, run.deleted, run.rejected,
            )  # fmt: skip

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
