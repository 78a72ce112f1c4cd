"""Moving a store: both databases copied to another address, the same to the last number.

Rows go in order of their primary key, some at a time, each batch in one transaction, so a copy that
was cut off goes on after the last row that arrived. A mark in the target says whose copy it is and
how far: ``begun``; ``stale`` (the source changed meanwhile: begin anew); ``done``. Leases are not
copied: they belong to processes at the source.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Row, Select, Table, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.errors import ConfigError, LeaseLost, RetryLater, Unavailable
from aggregator.store import tables as t
from aggregator.store.address import Address
from aggregator.store.bulk import insert_rows, is_postgres, upsert_rows
from aggregator.store.catalogue import COPY, Catalogue
from aggregator.store.database import Database, Name
from aggregator.store.leases import LIFETIME, Lease, host_of
from aggregator.wording import say

Progress = Callable[[str, int, int], None]
"""Told a table, how many of its rows are done, and how many there are."""

BATCH_ROWS, BATCH_BYTES = 500, 4_000_000
"""A batch ends with whichever comes first: payloads may be large."""
_AT_ONCE = 50
"""Rows that come from the server in one answer."""

_STAGES = ("resolve", "index:embedded", "index:elasticsearch")
_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: its rows, how many this run brought, and the hash that both sides have."""

    table: str
    rows: int
    copied: int
    hash: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """What stands in the target: ``source`` is the fingerprint of the store it is a copy of."""

    source: str
    state: str

    def __str__(self) -> str:
        return f"{self.state} {self.source}"


class Transfer:
    """One copy from a store to an address."""

    def __init__(self, source: Address, target: Address, progress: Progress) -> None:
        self._addresses = source, target
        self._progress = progress

    async def run(self) -> list[Copied]:
        """Copy all, compare both sides, and give a line for each table.

        Raises ConfigError when the target is the source itself or holds something else, and when
        a living process writes to the source; RetryLater when the source changed meanwhile (the
        same command then begins anew); Unavailable when one of the two does not answer.
        """
        source, target = self._addresses
        async with AsyncExitStack() as stack:
            catalogue = await stack.enter_async_context(Catalogue.open(source.of("catalogue")))
            fingerprint = await catalogue.fingerprint()
            held = await stack.enter_async_context(_all_held(catalogue))
            pairs: list[tuple[Database, Database, Sequence[Table]]] = []
            names: tuple[tuple[Name, Any], ...] = (("catalogue", t.catalogue), ("keep", t.keep))
            for name, metadata in names:
                ends = [
                    await Database(end.of(name), name, long=True).open() for end in (source, target)
                ]
                for end in ends:
                    stack.push_async_callback(end.close)
                chosen = [table for table in metadata.sorted_tables if table is not t.leases]
                pairs.append((ends[0], ends[1], chosen))
            marked = pairs[0][1]
            done = await self._prepare(marked, pairs, fingerprint, held)
            copied: dict[str, int] = {}
            for old, new, tables in pairs if not done else ():
                for table in tables:
                    copied[table.name] = await self._copy(old, new, table)
            found = await self._compare(pairs, copied, marked, fingerprint, finished=done)
            if not done:
                for _, new, tables in pairs:
                    await _set_sequences(new, tables)
                await _mark(marked, _Mark(fingerprint, "done"))
        return found

    async def _prepare(
        self,
        marked: Database,
        pairs: list[tuple[Database, Database, Sequence[Table]]],
        fingerprint: str,
        held: Sequence[Lease],
    ) -> bool:
        """Make sure that the target is ours to fill; tells whether the copy is done already."""
        target = self._addresses[1]
        if await _holds(marked, held):
            raise ConfigError(
                say(
                    "{place} is the very database that is to be copied: name another.", place=target
                )
            )
        mark = await _read_mark(marked)
        if mark is not None and mark.source == fingerprint and mark.state != "stale":
            return mark.state == "done"
        if mark is None or mark.source != fingerprint:
            for _, new, tables in pairs:
                for table in tables:
                    if table is not t.meta and await _count(new, table):
                        raise ConfigError(
                            say(
                                "{place} holds other data already (in its table {table}): name an "
                                "empty database, or empty this one first. Nothing was changed.",
                                place=target,
                                table=table.name,
                            )
                        )
        await _mark(marked, _Mark(fingerprint, "stale"))
        for _, new, tables in pairs:
            for table in tables:
                async with new.write() as connection:
                    await connection.execute(_without_mark(table, delete(table)))
        await _mark(marked, _Mark(fingerprint, "begun"))
        return False

    async def _copy(self, source: Database, target: Database, table: Table) -> int:
        """Bring the rows that are not there yet; gives their number."""
        total, done = await _count(source, table), await _count(target, table)
        key = list(table.primary_key.columns)
        async with target.read() as connection:
            query = _without_mark(table, select(*key)).order_by(*(c.desc() for c in key)).limit(1)
            last = (await connection.execute(query)).one_or_none()
        query = _without_mark(table, select(table)).order_by(*key)
        if last is not None:
            query = query.where(tuple_(*key) > tuple(last))
        copied = 0
        async with source.read() as connection:
            async for batch in _batches(connection, query):
                async with target.write() as writing:
                    await insert_rows(writing, table, [dict(row._mapping) for row in batch])
                copied += len(batch)
                self._progress(table.name, done + copied, max(total, done + copied))
        return copied

    async def _compare(
        self,
        pairs: list[tuple[Database, Database, Sequence[Table]]],
        copied: dict[str, int],
        marked: Database,
        fingerprint: str,
        *,
        finished: bool,
    ) -> list[Copied]:
        """Read both sides once more, in the same order, and hold them against each other."""
        found = []
        for old, new, tables in pairs:
            for table in tables:
                left, right = await asyncio.gather(self._read(old, table), self._read(new, table))
                if left != right and finished:
                    raise ConfigError(
                        say(
                            "{place} was copied from this store before, and since then one of the "
                            "two has changed (the table {table} differs): nothing was changed now. "
                            "To copy again, name an empty database.",
                            place=self._addresses[1],
                            table=table.name,
                        )
                    )
                if left != right:
                    await _mark(marked, _Mark(fingerprint, "stale"))
                    raise RetryLater(
                        say(
                            "The table {table} differs after copying ({here} rows here, {there} "
                            "there): somebody wrote meanwhile. Stop every Ilim that uses either "
                            "database, then run the same command: it begins anew.",
                            table=table.name,
                            here=left[0],
                            there=right[0],
                        )
                    )
                found.append(Copied(table.name, left[0], copied.get(table.name, 0), left[1]))
        return found

    async def _read(self, database: Database, table: Table) -> tuple[int, str]:
        """How many rows a table has, and the hash of them all in order of their key."""
        hash, rows = blake2b(digest_size=16), 0
        query = _without_mark(table, select(table)).order_by(*table.primary_key.columns)
        async with database.read() as connection:
            async for batch in _batches(connection, query):
                for row in batch:
                    hash.update(_encoder.encode(tuple(row)))
                rows += len(batch)
                self._progress(say("compare {table}", table=table.name), rows, 0)
        return rows, hash.hexdigest()


@asynccontextmanager
async def _all_held(catalogue: Catalogue) -> AsyncIterator[Sequence[Lease]]:
    """Hold every lease there is at the source: whoever writes there is refused meanwhile.

    Raises ConfigError while a living process holds one. A source that is harvested for the first
    time has no lease yet; the comparison at the end finds what it wrote.
    """
    names = [*_STAGES, *(f"harvest:{source}" for source in await catalogue.sources())]
    held: list[Lease] = []
    keeping: asyncio.Task[None] | None = None
    try:
        for name in names:
            lease = await catalogue.leases.take(name)
            if lease is None:
                host = host_of(await catalogue.leases.holder(name) or "somebody")
                raise ConfigError(
                    say(
                        "A process writes to this store now ({name}, held on {host}): stop every "
                        "Ilim that uses it, then copy.",
                        name=name,
                        host=host,
                    )
                )
            held.append(lease)
        keeping = asyncio.create_task(_keep(catalogue, held))
        yield held
    finally:
        if keeping is not None:
            keeping.cancel()
        for lease in held:
            with suppress(Unavailable, RetryLater):
                await asyncio.shield(catalogue.leases.release(lease))


async def _keep(catalogue: Catalogue, held: Sequence[Lease]) -> None:
    while True:
        await asyncio.sleep(LIFETIME / 3)
        for lease in held:
            with suppress(Unavailable, RetryLater, LeaseLost):  # the comparison will tell
                await catalogue.leases.renew(lease)


async def _holds(database: Database, held: Sequence[Lease]) -> bool:
    """Whether our own leases stand there: leases are never copied, so it is the source itself,
    whatever its address says."""
    query = select(t.leases.c.seal).where(
        t.leases.c.name == held[0].name,
        t.leases.c.holder == held[0].holder,
        t.leases.c.token == held[0].token,
        t.leases.c.expires > 0,
    )
    return bool(await database.rows(query))


async def _batches(
    connection: AsyncConnection, query: Select[Any]
) -> AsyncIterator[list[Row[Any]]]:
    """Rows as they come, in pieces small enough for memory whatever the size of a row."""
    streaming = await connection.stream(query, execution_options={"yield_per": _AT_ONCE})
    batch: list[Row[Any]] = []
    size = 0
    async for row in streaming:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _without_mark(table: Table, statement: Any) -> Any:
    """The mark of a copy is not part of what is copied."""
    return statement.where(t.meta.c.name != COPY) if table is t.meta else statement


async def _count(database: Database, table: Table) -> int:
    query = _without_mark(table, select(func.count()).select_from(table))
    return int((await database.rows(query))[0][0])


async def _read_mark(database: Database) -> _Mark | None:
    rows = await database.rows(select(t.meta.c.value).where(t.meta.c.name == COPY))
    if not rows:
        return None
    state, _, source = rows[0].value.partition(" ")
    return _Mark(source, state)


async def _mark(database: Database, mark: _Mark) -> None:
    async with database.write() as connection:
        await upsert_rows(connection, t.meta, [{"name": COPY, "value": str(mark)}], ("name",))


async def _set_sequences(database: Database, tables: Sequence[Table]) -> None:
    """Let PostgreSQL's own numbers go on after those that came along; SQLite looks by itself."""
    async with database.write() as connection:
        if not is_postgres(connection):
            return
        for table in tables:
            own = table.autoincrement_column
            if own is None:
                continue
            greatest = await connection.scalar(select(func.max(own)))
            sequence = func.pg_get_serial_sequence(table.name, own.name)
            await connection.execute(
                select(func.setval(sequence, greatest or 1, greatest is not None))
            )
