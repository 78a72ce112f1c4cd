"""Read stored payloads again when crosswalks or a source's own rules have changed. Asks no partner.

A source's harvest begins with it, and the worker does it for sources whose turn is far off
(`Rereading`). Which versions a source was last read with is kept in the store, so where nothing has
changed it is one look.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aggregator.errors import RetryLater
from aggregator.intake import take_again
from aggregator.reader import Reader
from aggregator.source import Crosswalks, SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.leases import Lease
from aggregator.store.page import Counts
from aggregator.wording import say

log = logging.getLogger(__name__)

Progress = Callable[[Counts, int | None], None]
"""Told what was read again so far."""

LEFT_TO_HARVEST = 10.0
"""Seconds: a changed file starts the source's harvest at once, which reads again first."""


async def recrosswalk(
    catalogue: Catalogue,
    crosswalks: Crosswalks,
    sources: Mapping[str, SourceConfig],
    source: str | None = None,
    progress: Progress | None = None,
) -> Counts:
    """Crosswalk stored payloads again, of one source or of all there are.

    Taken are those whose crosswalk or rules have changed since, and all in quarantine. ``sources``
    are those configured now: each may have a language, crosswalks and overrides of its own.
    Raises RetryLater while a source is harvested.
    """
    counts, reader = Counts(), Reader()
    names = [source] if source is not None else list(await catalogue.sources())
    for name in names:
        config = sources.get(name)
        language = config.language if config is not None else ""
        known = config.reading(crosswalks) if config is not None else crosswalks
        lease = await catalogue.leases.take(f"harvest:{name}")
        if lease is None:
            raise RetryLater(
                say("{source} is being harvested now: try again when that is done.", source=name)
            )
        told = progress and _on_top_of(counts, progress)
        try:
            async with reader.needed():
                counts += await _reread(catalogue, lease, name, language, known, reader, told)
        finally:
            await asyncio.shield(catalogue.leases.release(lease))
    return counts


async def catch_up(
    catalogue: Catalogue,
    lease: Lease,
    config: SourceConfig,
    crosswalks: Crosswalks,
    reader: Reader,
) -> None:
    """The same for one source whose harvest's lease is held; nothing is read where nothing has
    changed since it was read last. To be called while the reader is needed."""
    known = config.reading(crosswalks)
    if await catalogue.ledger.read_with(config.id) == _mark(known):
        return
    counts = await _reread(catalogue, lease, config.id, config.language, known, reader, None)
    if counts.received:
        log.info(
            "%s: %d stored records read again, %d changed, %d come out of quarantine",
            config.id, counts.received, counts.changed, counts.new,
        )  # fmt: skip


def _on_top_of(before: Counts, progress: Progress) -> Progress:
    return lambda counts, total: progress(before + counts, total)


async def _reread(
    catalogue: Catalogue,
    lease: Lease,
    source: str,
    language: str,
    known: Crosswalks,
    reader: Reader,
    progress: Progress | None,
) -> Counts:
    counts = Counts()
    versions = {format: crosswalk.version for format, crosswalk in known.items()}
    async for some in catalogue.ledger.outdated(source, versions):
        page, more = await take_again(some, source, language, known, reader)
        counts += more
        await catalogue.ledger.rewrite(lease, source, page)
        if progress is not None:
            progress(counts, None)
    await catalogue.ledger.note_read(lease, source, _mark(known))
    return counts


def _mark(known: Crosswalks) -> int:
    """A number that changes with the version of any crosswalk (63 bits, never 0)."""
    words = " ".join(f"{format}={known[format].version}" for format in sorted(known))
    digest = hashlib.blake2b(words.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1 or 1


@dataclass(slots=True)
class Rereading:
    """Keeps what is stored as files and crosswalks make it now, also of sources that are off.

    ``sources`` may change at any time. What a harvest will read again is left to it for a while.
    """

    catalogue: Catalogue
    crosswalks: Crosswalks
    sources: Mapping[str, SourceConfig]
    left_to_harvest: float = LEFT_TO_HARVEST
    clock: Callable[[], float] = time.monotonic
    reader: Reader = field(default_factory=Reader)
    _done: dict[str, SourceConfig] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)

    async def once(self) -> bool:
        """Read again what is due; True if any source was looked at."""
        looked = False
        for id, config in list(self.sources.items()):
            if self._done.get(id) == config:
                continue
            now = self.clock()
            if now - self._since.setdefault(id, now) < self.left_to_harvest:
                continue
            looked = True
            del self._since[id]
            if await self._is_read(config):
                self._done[id] = config
        return looked

    async def _is_read(self, config: SourceConfig) -> bool:
        """Whether the source is read as its file says, by this or by who holds its lease."""
        mark = _mark(config.reading(self.crosswalks))
        ledger = self.catalogue.ledger
        if await ledger.read_with(config.id) == mark or not await ledger.holds(config.id):
            return True  # the lease of a source that waits for its first harvest is left to that
        lease = await self.catalogue.leases.take(f"harvest:{config.id}")
        if lease is None:
            return False
        try:
            async with self.reader.needed():
                await catch_up(self.catalogue, lease, config, self.crosswalks, self.reader)
        finally:
            await asyncio.shield(self.catalogue.leases.release(lease))
        return True
