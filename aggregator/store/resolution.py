"""What resolve reads and writes: changed records, their keys, and the works they form."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import asdict, dataclass
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Column, Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.record import Record, record_name
from aggregator.store import tables as t
from aggregator.store.bulk import (
    CHUNK,
    among,
    chunks,
    delete_rows,
    insert_rows,
    lock_rows,
    update_rows,
    upsert_rows,
)
from aggregator.store.database import Database
from aggregator.store.leases import Lease, once
from aggregator.store.numbers import allocate, move_cursor, read_cursor
from aggregator.store.payload import decode_record, digest, unpack
from aggregator.works import Hidden

HIDDEN = "hidden"
"""The entry of `meta` that says what the works leave out: a hash of what was hidden when they were
last held against it, then the ids of removed sources."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """A record as resolve sees it; ``record`` is None when it is deleted or hidden."""

    id: int
    name: str
    change: int
    work: str | None
    record: Record | None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work as it stands; ``body`` packed."""

    id: str
    founder: str
    added: int
    state: str
    target: str
    body: bytes


class Resolution:
    """Resolve's side of the catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def behind(self) -> int:
        """How many record changes are not resolved yet."""
        async with self._database.read() as connection:
            cursor = await read_cursor(connection, "resolve")
            return (
                await connection.scalar(
                    select(func.count()).select_from(t.records).where(t.records.c.change > cursor)
                )
                or 0
            )

    async def is_applied(self, hidden: Hidden) -> bool:
        """Whether the works that are resolved leave out just what is hidden."""
        rows = await self._database.rows(select(t.meta.c.value).where(t.meta.c.name == HIDDEN))
        return (rows[0].value if rows else _applied(Hidden())) == _applied(hidden)

    async def misplaced(self, hidden: Hidden) -> AsyncIterator[list[int]]:
        """Resolved records that are hidden and stand in a work, or are not and stand in none; some
        hundred at a time. To be given new numbers (`Step.renumber`), so that they are resolved
        again. Hold the lease of resolve.
        """
        async with self._database.read() as connection:
            cursor = await read_cursor(connection, "resolve")
        r = t.records.c
        shown = and_(r.work.is_not(None), r.change <= cursor)
        for chunk in chunks(tuple(name.split("/", 1)) for name in hidden.records):
            rows = await self._database.rows(
                select(r.id).where(tuple_(r.source, r.local_id).in_(chunk), shown)
            )
            yield [row.id for row in rows]
        for source in sorted(hidden.sources):
            of_source: Select[Any] = select(r.id, r.local_id).where(r.source == source, shown)
            async for rows in self._pages(of_source, r.local_id):
                yield [row.id for row in rows]
        query: Select[Any] = select(r.id, r.source, r.local_id).where(
            r.work.is_(None),
            r.deleted.is_(False),
            r.change <= cursor,
            r.source.not_in(hidden.sources),
        )
        async for rows in self._pages(query, r.id):
            yield [row.id for row in rows if record_name(row.source, row.local_id) not in hidden]

    async def _pages(self, query: Select[Any], key: Column[Any]) -> AsyncIterator[Sequence[Any]]:
        """The rows of a query in order of a key that it gives, some hundred at a time."""
        further = query
        while True:
            rows = await self._database.rows(further.order_by(key).limit(CHUNK))
            if rows:
                yield rows
            if len(rows) < CHUNK:
                return
            further = query.where(key > getattr(rows[-1], key.name))

    async def sharing(self, keys: Collection[str], at_most: int) -> dict[str, Record]:
        """The living records that hold any of these keys, by name. Keys that more than
        ``at_most`` records share say nothing and are passed over. Nothing is written."""
        async with self._database.read() as connection:
            step = Step(connection, Hidden())
            counts = await step.counts(keys)
            telling = [key for key, count in counts.items() if count <= at_most]
            rows = await step.rows(await step.holders(telling))
        return {row.name: row.record for row in rows if row.record is not None}

    async def step(self, lease: Lease, hidden: Hidden, work: Callable[["Step"], Awaitable[T]]) -> T:
        """One transaction: what it reads, what it writes and the cursor stand or fall together.

        Records that are ``hidden`` look deleted to it.
        An outage is waited out, and the work then done again from its beginning.

        On PostgreSQL a harvest may commit between two reads of a step. A record may then be seen
        newer than the change the step was called for, never older, and its newer number is still
        to come: the step that takes it decides again, as after any cut between two steps.
        """
        return await once(self._database, lease, lambda connection: work(Step(connection, hidden)))


class Step:
    """The reads and writes of one step of resolve."""

    def __init__(self, connection: AsyncConnection, hidden: Hidden) -> None:
        self._connection = connection
        self._hidden = hidden

    async def renumber(self, ids: Collection[int]) -> None:
        """Give records new change numbers, and nothing else: so they are resolved again."""
        await lock_rows(self._connection, t.records.c.id, ids)  # harvests write there too
        numbers = await allocate(self._connection, "record", len(ids))
        rows = [
            {"id": id, "change": number} for id, number in zip(sorted(ids), numbers, strict=True)
        ]
        await update_rows(self._connection, t.records, rows, ("id",))

    async def note_applied(self) -> None:
        """Note that all misplaced records have new numbers."""
        row = {"name": HIDDEN, "value": _applied(self._hidden)}
        await upsert_rows(self._connection, t.meta, [row], ("name",))

    async def changed(self, limit: int) -> list[Row]:
        """The next changed records in order of number."""
        after = await read_cursor(self._connection, "resolve")
        rows = await self._connection.execute(
            _rows().where(t.records.c.change > after).order_by(t.records.c.change).limit(limit)
        )
        return [self._as_row(row) for row in rows]

    async def rows(self, ids: Iterable[int]) -> list[Row]:
        """Records by id."""
        found: list[Row] = []
        for chunk in chunks(ids):
            rows = await self._connection.execute(
                _rows().where(among(self._connection, t.records.c.id, chunk))
            )
            found += [self._as_row(row) for row in rows]
        return found

    async def named(self, names: Iterable[str]) -> set[int]:
        """The records of these names."""
        pairs = [tuple(name.split("/", 1)) for name in names]
        found: set[int] = set()
        for chunk in chunks(pairs):
            rows = await self._connection.execute(
                select(t.records.c.id).where(
                    tuple_(t.records.c.source, t.records.c.local_id).in_(chunk)
                )
            )
            found.update(row.id for row in rows)
        return found

    async def members(self, works: Iterable[str]) -> set[int]:
        """The records that make up these works."""
        found: set[int] = set()
        for chunk in chunks(works):
            rows = await self._connection.execute(
                select(t.records.c.id).where(among(self._connection, t.records.c.work, chunk))
            )
            found.update(row.id for row in rows)
        return found

    async def keys_of(self, ids: Iterable[int]) -> dict[int, set[str]]:
        """The stored keys of these records."""
        found: dict[int, set[str]] = {}
        for chunk in chunks(ids):
            rows = await self._connection.execute(
                select(t.keys.c.record, t.keys.c.key).where(
                    among(self._connection, t.keys.c.record, chunk)
                )
            )
            for row in rows:
                found.setdefault(row.record, set()).add(row.key)
        return found

    async def counts(self, keys: Iterable[str]) -> dict[str, int]:
        """How many living records hold each key."""
        found: dict[str, int] = {}
        for chunk in chunks(keys):
            rows = await self._connection.execute(
                select(t.keys.c.key, func.count())
                .where(among(self._connection, t.keys.c.key, chunk))
                .group_by(t.keys.c.key)
            )
            found.update((row[0], row[1]) for row in rows)
        return found

    async def holders(self, keys: Iterable[str]) -> set[int]:
        """The living records that hold any of these keys."""
        found: set[int] = set()
        for chunk in chunks(keys):
            rows = await self._connection.execute(
                select(t.keys.c.record).where(among(self._connection, t.keys.c.key, chunk))
            )
            found.update(row.record for row in rows)
        return found

    async def set_keys(
        self, added: Collection[tuple[str, int]], removed: Collection[tuple[str, int]]
    ) -> None:
        """Add and remove (key, record) pairs."""
        for write, pairs in ((delete_rows, removed), (insert_rows, added)):
            rows = [{"key": key, "record": record} for key, record in sorted(pairs)]
            await write(self._connection, t.keys, rows)

    async def works(self, ids: Iterable[str]) -> dict[str, WorkRow]:
        """Works by id, whatever their state."""
        found: dict[str, WorkRow] = {}
        for chunk in chunks(ids):
            rows = await self._connection.execute(
                select(
                    t.works.c.id,
                    t.works.c.founder,
                    t.works.c.added,
                    t.works.c.state,
                    t.works.c.target,
                    t.works.c.body,
                ).where(among(self._connection, t.works.c.id, chunk))
            )
            found.update((row.id, WorkRow(*row)) for row in rows)
        return found

    async def added(self, count: int) -> range:
        """The next ``added`` numbers."""
        return await allocate(self._connection, "added", count)

    async def save(
        self, works: Sequence[WorkRow], moved: Mapping[int, str | None], cursor: int
    ) -> None:
        """Write works under new change numbers, move records to their works, move the cursor.

        The numbers get a mark of their own (`Catalogue.mark`).
        """
        await lock_rows(self._connection, t.records.c.id, moved)  # harvests write there too
        rows = [{"id": id, "work": work} for id, work in moved.items()]
        await update_rows(self._connection, t.records, rows, ("id",))
        await move_cursor(self._connection, "resolve", cursor)
        if works:
            numbers = await allocate(self._connection, "work", len(works))
            changed = [
                asdict(work) | {"change": number}
                for work, number in zip(works, numbers, strict=True)
            ]
            await upsert_rows(self._connection, t.works, changed, ("id",))
            mark = {"number": numbers[-1], "mark": uuid4().hex[:12]}
            await insert_rows(self._connection, t.marks, [mark])

    def _as_row(self, row: Any) -> Row:
        name = record_name(row.source, row.local_id)
        gone = row.deleted or name in self._hidden
        record = None if gone else decode_record(unpack(row.body), "")
        return Row(row.id, name, row.change, row.work, record)


def _rows() -> Select[Any]:
    r = t.records.c
    return select(r.id, r.source, r.local_id, r.change, r.work, r.deleted, t.payloads.c.body).join(
        t.payloads, t.payloads.c.record == r.id, isouter=True
    )


def _applied(hidden: Hidden) -> str:
    words = "\n".join([*sorted(hidden.sources), "", *sorted(hidden.records)])
    return " ".join([digest(words.encode()).hex(), *sorted(hidden.sources)])
