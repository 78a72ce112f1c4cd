"""The catalogue: what partners said, the works that follow from it, and how far each stage is.

This class opens the database and answers those who read. Harvests write through ``ledger``, resolve
through ``resolution``; who may write is settled by ``leases``.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.errors import ConfigError
from aggregator.record import Deleted, Record
from aggregator.store import tables as t
from aggregator.store.bulk import CHUNK, among, chunks, clock, upserting
from aggregator.store.database import URL, Database
from aggregator.store.leases import Leases
from aggregator.store.ledger import Ledger
from aggregator.store.names import is_fit
from aggregator.store.numbers import read_cursor
from aggregator.store.payload import decode_record, unpack
from aggregator.store.resolution import HIDDEN, Resolution
from aggregator.store.state import (
    Quarantined,
    RawPayload,
    Redirected,
    Run,
    SourceFigures,
    Standing,
    StoredRecord,
    Withdrawn,
    WorkChange,
)
from aggregator.store.workbody import decode_work
from aggregator.wording import say
from aggregator.works import Work

COPY = "copy"
"""The entry of `meta` that a copy of another store bears (`store.transfer`)."""


class Catalogue:
    """Sources, records, works, logs, quarantine and leases in one database.

    What pages wait for fails at once when the server is away; `changes` waits about a minute, and
    so do the ledger, resolution and leases.
    """

    def __init__(self, database: Database, fingerprint: str) -> None:
        self._database = database
        self._fingerprint = fingerprint
        self.leases = Leases(database)
        self.ledger = Ledger(database)
        self.resolution = Resolution(database)

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str | URL) -> AsyncIterator[Self]:
        """Open the catalogue at a SQLAlchemy address; a new one is given its tables.

        Raises ConfigError (wrong version) or Unavailable (cannot be opened), in plain words.
        """
        database = await Database(url, "catalogue").open()
        try:
            yield cls(database, await _fingerprint(database))
        finally:
            await database.close()

    async def fingerprint(self) -> str:
        """The name of this very store: an index made from another one is foreign."""
        return self._fingerprint

    def __str__(self) -> str:
        """Where it is kept, without secrets."""
        return str(self._database)

    async def clock(self) -> float:
        """The time by which leases expire, in seconds since 1970: the database server's, where
        there is one."""
        async with self._database.read() as connection:
            return float(await connection.scalar(select(clock(connection))) or 0)

    # Works, for pages and indexes

    async def last_change(self) -> int:
        """The greatest work change number given so far."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(t.works.c.change))) or 0

    async def changes(self, after: int, limit: int) -> Sequence[WorkChange]:
        """The work change log after a number, in order; a work stands at its latest change."""
        query = (
            select(t.works.c.change, t.works.c.id, t.works.c.state, t.works.c.body)
            .where(t.works.c.change > after)
            .order_by(t.works.c.change)
            .limit(limit)
        )
        rows = await self._database.rows(query)
        return [
            WorkChange(
                row.change, row.id, decode_work(unpack(row.body)) if row.state == "live" else None
            )
            for row in rows
        ]

    async def mark(self, number: int) -> str:
        """The mark of a work change number: the word written when it was given.

        A catalogue restored from a backup gives numbers out again, with other marks: so whoever
        followed it notices that it went back. "" for 0 and for numbers that were never given.
        """
        if number <= 0:
            return ""
        query = (
            select(t.marks.c.mark)
            .where(t.marks.c.number >= number)
            .order_by(t.marks.c.number)
            .limit(1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or ""

    async def pending(self, after: int) -> int:
        """How many work changes come after a number."""
        query = select(func.count()).select_from(t.works).where(t.works.c.change > after)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def count_works(self) -> int:
        """Living works."""
        query = select(func.count()).select_from(t.works).where(t.works.c.state == "live")
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def works(self, ids: Sequence[str]) -> dict[str, Work]:
        """Living works by id; ids that are not living works are left out."""
        found: dict[str, Work] = {}
        async with self._database.read() as connection:
            for chunk in chunks(filter(is_fit, ids)):
                rows = await connection.execute(
                    select(t.works.c.id, t.works.c.body).where(
                        among(connection, t.works.c.id, chunk), t.works.c.state == "live"
                    )
                )
                found.update((row.id, decode_work(unpack(row.body))) for row in rows)
        return found

    async def find_work(self, id: str) -> Work | Redirected | Withdrawn | None:
        """What stands at a work's address; None where there never was one."""
        if not is_fit(id):
            return None
        query = select(t.works).where(t.works.c.id == id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
            hops = 0
            while row is not None and row.state == "redirected" and hops < CHUNK:
                target = row.target
                query = select(t.works).where(t.works.c.id == target)
                row = (await connection.execute(query)).one_or_none()
                hops += 1
        if row is None:
            return None
        if row.state == "withdrawn":
            return Withdrawn()
        return Redirected(row.id) if hops else decode_work(unpack(row.body))

    # Records

    async def records(self, names: Sequence[tuple[str, str]]) -> Sequence[StoredRecord]:
        """Records by (source, local id), in the order asked; unknown ones are left out."""
        found: dict[tuple[str, str], StoredRecord] = {}
        async with self._database.read() as connection:
            kept = [name for name in names if is_fit("".join(name))]
            for start in range(0, len(kept), CHUNK // 2):
                chunk = kept[start : start + CHUNK // 2]
                rows = await connection.execute(
                    _stored().where(tuple_(t.records.c.source, t.records.c.local_id).in_(chunk))
                )
                found.update(((row.source, row.local_id), _as_stored(row)) for row in rows)
        return [found[name] for name in names if name in found]

    async def work_of(self, source: str, local_id: str) -> str | None:
        """The id of the work that a record belongs to, "" if none; None for an unknown record."""
        if not is_fit(source + local_id):
            return None
        query = select(t.records.c.work).where(
            t.records.c.source == source, t.records.c.local_id == local_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else row.work or ""

    async def each_record(self, source: str | None = None) -> AsyncIterator[StoredRecord]:
        """Every living record in the order of arrival, a page at a time in memory."""
        after = 0
        while True:
            query = _stored().where(t.records.c.deleted.is_(False), t.records.c.id > after)
            if source is not None:
                query = query.where(t.records.c.source == source)
            async with self._database.read() as connection:
                rows = (await connection.execute(query.order_by(t.records.c.id).limit(CHUNK))).all()
            for row in rows:
                yield _as_stored(row)
            if len(rows) < CHUNK:
                return
            after = rows[-1].id

    async def raw(self, source: str, local_id: str) -> RawPayload | None:
        """A record's payload as sent; None when there is none (unknown or deleted)."""
        if not is_fit(source + local_id):
            return None
        query = (
            select(t.payloads.c.raw, t.records.c.format)
            .join(t.records, t.records.c.id == t.payloads.c.record)
            .where(t.records.c.source == source, t.records.c.local_id == local_id)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else RawPayload(unpack(row.raw), row.format)

    # Sources

    async def sources(self) -> Mapping[str, SourceFigures]:
        """Figures of every source the store has heard of."""
        r = t.records.c
        held = select(t.quarantine.c.source, func.count()).group_by(t.quarantine.c.source)
        async with self._database.read() as connection:
            cursor = await read_cursor(connection, "resolve")
            kept_back = select(r.source, func.count()).where(
                r.work.is_(None), r.deleted.is_(False), r.change <= cursor
            )
            suppressed = {
                row[0]: row[1] for row in await connection.execute(kept_back.group_by(r.source))
            }
            tallies = {row.source: row for row in await connection.execute(select(t.tallies))}
            quarantined = {row[0]: row[1] for row in await connection.execute(held)}
            standings = await _standings(connection)
            applied = await connection.scalar(select(t.meta.c.value).where(t.meta.c.name == HIDDEN))
        removed = set((applied or "").split()[1:])
        figures: dict[str, SourceFigures] = {}
        for source in sorted({*tallies, *quarantined, *standings, *removed}):
            standing, tally = standings.get(source, Standing()), tallies.get(source)
            hidden = suppressed.get(source, 0)
            figures[source] = SourceFigures(
                last_run=standing.last_run,
                last_success=standing.last_success,
                last_full=standing.last_full,
                failures=standing.failures,
                records=tally.living - hidden if tally else 0,
                deleted=tally.deleted if tally else 0,
                quarantined=quarantined.get(source, 0),
                suppressed=hidden,
                removed=source in removed,
            )
        return figures

    async def standings(self) -> Mapping[str, Standing]:
        """What the runs of each source tell; counts no records, so it may be asked often."""
        async with self._database.read() as connection:
            return await _standings(connection)

    async def sample(self, source: str, size: int) -> Sequence[Record]:
        """Living records of a source, at most ``size``, spread over all of it; the same ones while
        nothing changes. Fewer where most are deleted."""
        r = t.records.c
        some = (  # of the deleted too: so it is read from an index alone, where that holds the id
            select(r.id)
            .where(r.source == source)
            .order_by(r.id * 7919 % 10007, r.id)  # any two primes: neighbours come apart
            .limit(2 * size)
        )
        query = (
            select(r.stamp, t.payloads.c.body)
            .join(t.payloads, t.payloads.c.record == r.id)
            .where(r.id.in_(some), r.deleted.is_(False))
            .order_by(r.id * 7919 % 10007, r.id)
            .limit(size)
        )
        rows = await self._database.rows(query)
        return [decode_record(unpack(row.body), row.stamp) for row in rows]

    async def quarantined(self, source: str | None = None) -> AsyncIterator[Quarantined]:
        """What no crosswalk could read, in order of name."""
        after = ("", "")
        q = t.quarantine.c
        while True:
            query = (
                select(q.source, q.local_id, q.reason, q.bytes)
                .where(tuple_(q.source, q.local_id) > after)
                .order_by(q.source, q.local_id)
                .limit(CHUNK)
            )
            if source is not None:
                query = query.where(q.source == source)
            async with self._database.read() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                yield Quarantined(row.source, row.local_id, row.reason, row.bytes)
            if len(rows) < CHUNK:
                return
            after = (rows[-1].source, rows[-1].local_id)


async def _standings(connection: AsyncConnection) -> dict[str, Standing]:
    r = t.runs.c
    complete = r.verdict == "complete"
    sources = select(r.source, func.max(r.id).label("last")).group_by(r.source).subquery()

    def newest(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        # Found from the newest on, through the index: a year of hourly runs is not read.
        query = select(r.id).where(r.source == sources.c.source, *conditions)
        return query.order_by(r.id.desc()).limit(1).correlate(sources).scalar_subquery()

    fruitful = newest(or_(complete, r.new + r.changed + r.deleted > 0))
    failures = (
        select(func.count())
        .where(r.source == sources.c.source, r.id > func.coalesce(fruitful, 0))
        .where(r.verdict != "", r.cause != "limit")
        .correlate(sources)
        .scalar_subquery()
    )
    found = (
        await connection.execute(
            select(
                sources.c.source,
                sources.c.last,
                newest(complete).label("success"),
                newest(complete, r.full).label("full"),
                failures.label("failures"),
            )
        )
    ).all()
    wanted = {id for row in found for id in (row.last, row.success, row.full) if id is not None}
    runs: dict[int, Run] = {}
    for chunk in chunks(sorted(wanted)):
        rows = await connection.execute(select(t.runs).where(r.id.in_(chunk)))
        runs.update((row.id, _as_run(row)) for row in rows)
    return {
        row.source: Standing(
            last_run=runs[row.last],
            last_success=runs[row.success].started if row.success else None,
            last_full=runs.get(row.full),
            failures=row.failures,
        )
        for row in found
    }


async def _fingerprint(database: Database) -> str:
    async with database.read() as connection:
        found = {row.name: row.value for row in await connection.execute(select(t.meta))}
    if not found.get(COPY, "done").startswith("done"):
        raise ConfigError(
            say(
                "{place} is the target of an `ilim copy` that did not end: run that command again, "
                "it goes on where it was.",
                place=database,
            )
        )
    if "fingerprint" in found:
        return str(found["fingerprint"])
    mine = {"name": "fingerprint", "value": uuid4().hex}
    async with database.write() as connection:
        await connection.execute(
            upserting(connection, t.meta).values(mine).on_conflict_do_nothing()
        )
    return await _fingerprint(database)


def _stored() -> Select[Any]:
    r = t.records.c
    return select(
        r.id, r.source, r.local_id, r.stamp, r.deleted, r.change, r.changed, r.format, r.crosswalk,
        r.problems, t.payloads.c.body,
    ).join(t.payloads, t.payloads.c.record == r.id, isouter=True)  # fmt: skip


def _as_stored(row: Row[Any]) -> StoredRecord:
    record: Record | Deleted
    if row.deleted:
        record = Deleted(source=row.source, local_id=row.local_id, stamp=row.stamp)
    else:
        record = decode_record(unpack(row.body), row.stamp)
    return StoredRecord(
        record, row.change, row.changed, row.format, row.crosswalk, tuple(json.loads(row.problems))
    )


def _as_run(row: Row[Any]) -> Run:
    return Run(
        row.source, row.verdict, row.received, row.new, row.changed, row.unchanged, row.deleted,
        row.rejected, row.seconds, row.reason, row.started, row.full, row.cause, row.wait,
    )  # fmt: skip
