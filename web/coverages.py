"""What each source covers, kept for a while: it is read from many records and changes slowly."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from aggregator.errors import ConfigError, RetryLater, Unavailable
from aggregator.search import Coverage

LOG = logging.getLogger(__name__)

KEPT = 600.0
"""Seconds until it is asked for again; meanwhile, and while that goes on, the old one is told."""
PATIENCE = 2.0
"""Seconds a page waits for what nobody has asked for yet."""
AT_ONCE = 2
"""Sources asked for at the same time, so that readers' searches are not held up."""


class Coverages:
    """One for a site."""

    def __init__(
        self,
        ask: Callable[[str], Awaitable[Coverage]],
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._patience = patience
        self._kept: dict[str, tuple[float, Coverage]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def of(self, sources: Iterable[str]) -> Mapping[str, Coverage]:
        """What is known of ``sources`` within a moment; the rest is there at the next visit."""
        wanted = list(sources)
        for source in wanted:
            at, _ = self._kept.get(source, (-KEPT, None))
            if self._clock() - at >= KEPT and source not in self._asking:
                self._asking[source] = asyncio.create_task(self._learn(source))
        new = [self._asking[s] for s in wanted if s in self._asking and s not in self._kept]
        if new:
            await asyncio.wait(new, timeout=self._patience)
        return {source: self._kept[source][1] for source in wanted if source in self._kept}

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _learn(self, source: str) -> None:
        try:
            async with self._places:
                found = await self._ask(source)
            self._kept[source] = (self._clock(), found)
        except (ConfigError, RetryLater, Unavailable) as error:
            LOG.warning("What %s covers could not be found out: %s", source, error)
        except Exception:
            LOG.exception("What %s covers could not be found out", source)
        finally:
            del self._asking[source]
