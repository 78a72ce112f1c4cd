"""Follow: take work changes, in order of number, into an index or into a new generation of it."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from aggregator.errors import ConfigError, RetryLater, Unavailable
from aggregator.index.document import analyse_work
from aggregator.index.fields import FieldTable
from aggregator.index.port import MOST_REFUSED, Gone, IndexWriter, Position, SearchIndex
from aggregator.store.catalogue import Catalogue
from aggregator.store.leases import Lease
from aggregator.wording import say

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told after each batch: work changes taken in, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Commit after so many works or seconds, whichever comes first (DESIGN §6)."""

    works: int = 10_000
    seconds: float = 5.0
    at_once: int = 500


@dataclass(slots=True)
class Follower:
    """Keeps one index up with the catalogue's work change log."""

    catalogue: Catalogue
    index: SearchIndex
    table: FieldTable
    pace: Pace

    async def catch_up(self, lease: Lease, progress: Progress | None = None) -> int:
        """Take in all changes there are; gives how many.

        An index that is empty, damaged, or was made from another store, field table or analysis is
        filled anew; so is one that followed changes which the store has lost (a store restored
        from a backup). Raises LeaseLost when another writer took over, ConfigError as `rebuild`.
        """
        state = await self.index.state()
        position = await self.index.position()
        if state != "ready" or position is None or not await self._is_known(position):
            if state != "empty":
                log.warning("The index does not fit the store: it is filled again from it.")
            return await self.rebuild(lease, progress)
        if position.number == await self.catalogue.last_change():
            return 0
        async with self.index.writer() as writer:
            return await self._take_in(writer, lease, progress)

    async def is_caught_up(self) -> bool:
        """Whether all works are searchable."""
        position = await self.index.position()
        return (
            position is not None
            and position.number == await self.catalogue.last_change()
            and await self._is_known(position)
        )

    async def _is_known(self, position: Position) -> bool:
        """Whether the store has the changes up to there, and not others under their numbers."""
        return not position.number or (await self.catalogue.mark(position.number) == position.mark)

    async def rebuild(
        self, lease: Lease, progress: Progress | None = None, *, take_over: bool = False
    ) -> int:
        """Fill a new generation from number zero while the old one serves and follows; it serves
        once it has caught up and holds as many works as the store.

        An interrupted one goes on where it was. Raises Unavailable when the counts do not agree:
        then the old one goes on serving. Raises ConfigError where another installation's index
        would be replaced, unless ``take_over``.
        """
        if not take_over and self.index.shared and await self.index.state() == "stranger":
            raise ConfigError(
                say(
                    "The {engine} index of this name was made from another store. If it belongs to "
                    "another installation, write another name as 'index' under '{engine}' in "
                    "ilim.yaml; if this one shall replace it, run `ilim reindex --take-over`. "
                    "Nothing was changed.",
                    engine=self.index.engine,
                )
            )
        while True:
            async with self.index.writer(rebuild=True) as writer:
                if await self._is_known(await writer.position()):
                    done = await self._fill_beside(writer, lease, progress)
                    await writer.promote()
                    return done
                await writer.discard()  # it followed changes that the store has lost

    async def _fill_beside(
        self, writer: IndexWriter, lease: Lease, progress: Progress | None
    ) -> int:
        serving = asyncio.create_task(self._keep_serving(lease))
        try:
            return await self._fill(writer, lease, progress)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)  # `_fill` meets the same failure

    async def _keep_serving(self, lease: Lease) -> None:
        """Bring the old generation up again and again, as long as there is one to be used."""
        while True:
            await asyncio.sleep(self.pace.seconds)
            try:
                position = await self.index.position()
                if position is None or not await self._is_known(position):
                    continue
                if position.number == await self.catalogue.last_change():
                    continue
                async with self.index.writer() as writer:
                    await self._take_in(writer, lease, None)
            except (RetryLater, Unavailable) as error:
                log.warning("The index that serves waits meanwhile: %s", error)

    async def _fill(self, writer: IndexWriter, lease: Lease, progress: Progress | None) -> int:
        """Take in everything, until nothing has changed between the last commit and counting."""
        done = 0
        while True:
            done += await self._take_in(writer, lease, progress)
            held, refused = await writer.count(), await writer.refused()
            works = await self.catalogue.count_works()
            if await self.catalogue.last_change() > (await writer.position()).number:
                continue
            lacking = works - held - len(refused)
            if lacking == 0 or (lacking > 0 and len(refused) >= MOST_REFUSED):
                return done
            await writer.discard()
            first = ""
            if refused:
                first = say("The first that was refused: {reason}.", reason=refused[0].reason)
            said = say(
                "The new index held {held} works and the store has {works}: it was thrown away, "
                "and the old one goes on serving. Run `ilim reindex` again; if this comes again, "
                "please report it.",
                held=held,
                works=works,
            )
            raise Unavailable(f"{said} {first}".strip())

    async def _take_in(self, writer: IndexWriter, lease: Lease, progress: Progress | None) -> int:
        """Write all changes there are, and commit in between: one batch is analysed while the one
        before it is written."""
        number = (await writer.position()).number
        total = await self.catalogue.pending(number)
        done = uncommitted = 0
        committed = time.monotonic()
        writing: asyncio.Task[None] | None = None
        try:
            while True:
                changes = await self.catalogue.changes(number, self.pace.at_once)
                documents = [
                    analyse_work(c.work, c.number, self.table)
                    for c in changes
                    if c.work is not None
                ]
                gone = [Gone(c.id, c.number) for c in changes if c.work is None]
                if writing is not None:
                    await writing
                if not changes or self._is_due(uncommitted, committed):
                    await self.catalogue.leases.renew(lease)
                    await writer.commit(number, await self.catalogue.mark(number))
                    uncommitted, committed = 0, time.monotonic()
                if not changes:
                    return done
                writing = asyncio.create_task(writer.write(documents, gone))
                number = changes[-1].number
                done += len(changes)
                uncommitted += len(changes)
                if progress is not None:
                    progress(done, max(total, done))
        finally:
            if writing is not None and not writing.done():
                await asyncio.wait([writing])

    def _is_due(self, uncommitted: int, committed: float) -> bool:
        waited = time.monotonic() - committed
        return uncommitted >= self.pace.works or (uncommitted > 0 and waited >= self.pace.seconds)
