"""Make what is stored searchable: resolve, then follow, here or by whoever holds the lease."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aggregator.follow import Follower
from aggregator.resolve import LEASE as RESOLVE
from aggregator.resolve import is_behind, resolve
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.leases import Lease
from aggregator.wording import say

Progress = Callable[[str, int, int], None]
"""Told what is being done ("resolve" or "index"), how much of it is done and how much there is."""

POLL = 0.5
"""Seconds between looks at another process's work."""


@dataclass(slots=True)
class Upkeep:
    """The two stages behind a harvest."""

    catalogue: Catalogue
    keep: Keep
    follower: Follower
    engine: str

    @property
    def index_lease(self) -> str:
        return f"index:{self.engine}"

    async def resolve_once(self) -> bool:
        """Resolve what is new, unless another process does; tells whether nothing is left."""
        if not await is_behind(self.catalogue, self.keep):
            return True
        async with self._held(RESOLVE) as lease:
            if lease is None:
                return False
            await resolve(self.catalogue, self.keep, lease)
        return True

    async def index_once(self, progress: Progress | None = None) -> bool:
        """Bring the index up, unless another process does; tells whether nothing is left."""
        if await self.is_indexed():
            return True
        async with self._held(self.index_lease) as lease:
            if lease is None:
                return False
            await self.follower.catch_up(lease, _told(progress))
        return True

    async def rebuild(self, progress: Progress | None = None, *, take_over: bool = False) -> int:
        """Fill the index anew while the old one serves; gives the number of work changes.

        Raises ConfigError where it would replace another installation's, unless ``take_over``.
        """
        while True:
            async with self._held(self.index_lease) as lease:
                if lease is not None:
                    told = _told(progress)
                    return await self.follower.rebuild(lease, told, take_over=take_over)
            await asyncio.sleep(POLL)

    async def is_indexed(self) -> bool:
        """Whether all works are searchable."""
        return await self.follower.index.state() == "ready" and await self.follower.is_caught_up()

    async def until_searchable(self, progress: Progress | None = None) -> None:
        """Return when all that is stored is searchable, whoever makes it so."""
        while True:
            if await self.resolve_once() and await self.index_once(progress):
                return
            await asyncio.sleep(POLL)

    @asynccontextmanager
    async def _held(self, name: str) -> AsyncIterator[Lease | None]:
        lease = await self.catalogue.leases.take(name)
        try:
            yield lease
        finally:
            if lease is not None:
                await asyncio.shield(self.catalogue.leases.release(lease))


def _told(progress: Progress | None) -> Callable[[int, int], None] | None:
    """The index's own progress, told under its name."""
    if progress is None:
        return None
    return lambda done, total: progress(say("index"), done, total)
