"""What a harvest writes: records, payloads, tombstones, quarantine, run and checkpoint.

One page is one transaction: a run killed at any point goes on where it was.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.source import Checkpoint
from aggregator.store import tables as t
from aggregator.store.bulk import CHUNK, among, chunks, upsert_rows
from aggregator.store.database import Database
from aggregator.store.leases import Lease, once
from aggregator.store.names import fit
from aggregator.store.numbers import move_cursor, read_cursor
from aggregator.store.page import Counts, Known, Page, Tombstone, now, write_page


@dataclass(frozen=True, slots=True)
class Pass:
    """Where a source's harvest goes on. ``full_since`` is the first run of the full pass under
    way, 0 when the pass is incremental or done."""

    fingerprint: str
    checkpoint: Checkpoint
    full_since: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: see `store.state.Run`."""

    verdict: str
    reason: str = ""
    cause: str = ""
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Stored:
    """A payload in the store, for crosswalking again.

    ``id`` and ``record_hash`` are those of its record, None and empty where there is none;
    ``quarantined`` payloads are newer than their record. ``seen`` is the run it last came in.
    """

    id: int | None
    local_id: str
    format: str
    stamp: str
    sets: tuple[str, ...]
    problems: tuple[str, ...]
    raw: bytes
    record_hash: bytes
    seen: int
    quarantined: bool


class Ledger:
    """The harvest's side of the catalogue. An outage of the database is waited out, for about a
    minute, in all it reads and writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def resume(self, source: str) -> Pass:
        """Where the source's harvest goes on; an empty checkpoint when it never began."""
        rows = await self._database.rows(select(t.sources).where(t.sources.c.source == source))
        if not rows:
            return Pass("", {}, 0)
        [row] = rows
        return Pass(row.fingerprint, json.loads(row.checkpoint), row.full_since)

    async def last_full(self, source: str) -> str:
        """When the last complete run that covered the whole source began, "" if there is none."""
        r = t.runs.c
        query = select(r.started).where(r.source == source, r.verdict == "complete", r.full)
        rows = await self._database.rows(query.order_by(r.id.desc()).limit(1))
        return str(rows[0].started) if rows else ""

    async def begin(
        self, lease: Lease, source: str, fingerprint: str, checkpoint: Checkpoint, full: bool
    ) -> int:
        """Open a run and give its number; runs of this source that were cut off are closed.

        With ``full`` a full pass is under way: it began with this run, unless one goes on.
        """

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(
                update(t.runs)
                .where(t.runs.c.source == source, t.runs.c.verdict == "")
                .values(verdict="incomplete", reason="interrupted", cause="interrupted")
            )
            run = (
                await connection.execute(
                    insert(t.runs).values(
                        source=source, started=now(), full=full, verdict="", reason="",
                        cause="", wait=0.0, seconds=0.0, received=0, new=0, changed=0, unchanged=0,
                        deleted=0, rejected=0,
                    )
                )
            ).inserted_primary_key  # fmt: skip
            assert run is not None
            since = await connection.scalar(
                select(t.sources.c.full_since).where(t.sources.c.source == source)
            )
            goes_on = bool(since) and bool(checkpoint)
            values = {
                "source": source,
                "fingerprint": fingerprint,
                "checkpoint": json.dumps(checkpoint),
                "full_since": (since if goes_on else run[0]) if full else 0,
            }
            await upsert_rows(connection, t.sources, [values], ("source",))
            return int(run[0])

        return await once(self._database, lease, work)

    async def known(self, source: str, ids: Sequence[str]) -> Mapping[str, Known]:
        """What the store holds of these local ids."""
        r = t.records.c

        async def work(connection: AsyncConnection) -> dict[str, Known]:
            found: dict[str, Known] = {}
            for chunk in chunks(ids):
                rows = await connection.execute(
                    select(
                        r.local_id, r.id, r.raw_hash, r.record_hash, r.format, r.crosswalk,
                        r.deleted,
                    ).where(r.source == source, among(connection, r.local_id, chunk))
                )  # fmt: skip
                found.update((row[0], Known(*row[1:])) for row in rows)
            return found

        return await self._database.reading(work)

    async def save(
        self,
        lease: Lease,
        source: str,
        run: int,
        page: Page,
        counts: Counts,
        seconds: float,
        checkpoint: Checkpoint,
    ) -> None:
        """Store a page, the run's figures and the checkpoint in one transaction.

        Raises LeaseLost, Unavailable (disk full); then nothing of the page is stored.
        """

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                update(t.sources)
                .where(t.sources.c.source == source)
                .values(checkpoint=json.dumps(checkpoint))
            )
            await connection.execute(
                update(t.runs).where(t.runs.c.id == run).values(seconds=seconds, **_figures(counts))
            )
            await write_page(connection, source, run, page)

        await once(self._database, lease, work)

    async def finish(
        self, lease: Lease, run: int, ending: Ending, counts: Counts, seconds: float
    ) -> None:
        """Close a run. A complete one ends the full pass that was under way."""

        async def work(connection: AsyncConnection) -> None:
            source = (
                await connection.execute(
                    update(t.runs)
                    .where(t.runs.c.id == run)
                    .values(
                        verdict=ending.verdict,
                        reason=fit(ending.reason),
                        cause=ending.cause,
                        wait=ending.wait,
                        seconds=seconds,
                        **_figures(counts),
                    )
                    .returning(t.runs.c.source)
                )
            ).scalar_one()
            if ending.verdict == "complete":
                await connection.execute(
                    update(t.sources).where(t.sources.c.source == source).values(full_since=0)
                )

        await once(self._database, lease, work)

    # The sweep

    async def count_seen(self, source: str, since: int) -> int:
        """Records (tombstones too) that came since a run, and payloads that only quarantine has."""
        r, q = t.records.c, t.quarantine.c
        kept = exists().where(r.source == q.source, r.local_id == q.local_id, r.seen_run >= since)
        records = select(func.count()).where(r.source == source, r.seen_run >= since)
        held = select(func.count()).where(q.source == source, q.run >= since, ~kept)
        return await self._count(records) + await self._count(held)

    async def count_missing(self, source: str, since: int) -> tuple[int, int]:
        """Living records not seen since a run, and all living ones, of a source."""
        r = t.records.c
        living = select(func.count()).where(r.source == source, r.deleted.is_(False))
        return await self._count(living.where(r.seen_run < since)), await self._count(living)

    async def names_missing(self, source: str, since: int, limit: int) -> list[str]:
        """The names of at most ``limit`` living records not seen since a run, the oldest and the
        newest of them."""
        r = t.records.c
        query = (
            select(r.id, r.local_id)
            .where(r.source == source, r.deleted.is_(False), r.seen_run < since)
            .limit((limit + 1) // 2)
        )
        rows = [
            *await self._database.rows(query.order_by(r.id)),
            *await self._database.rows(query.order_by(r.id.desc())),
        ]
        return list(dict.fromkeys(row.local_id for row in rows))[:limit]

    async def count_new(self, source: str, since: int) -> int:
        """Records that came for the first time since a run."""
        u = t.runs.c
        return await self._count(
            select(func.coalesce(func.sum(u.new), 0)).where(u.source == source, u.id >= since)
        )

    async def count_nameless(self, source: str, since: int) -> int:
        """Pieces without a readable name that came since a run: any record may be among them."""
        q = t.quarantine.c
        return await self._count(
            select(func.count()).where(
                q.source == source, q.run >= since, q.local_id.startswith("#")
            )
        )

    async def _count(self, query: Select[int]) -> int:
        return int((await self._database.rows(query))[0][0])

    async def sweep(self, lease: Lease, source: str, run: int, since: int) -> int:
        """Take living records not seen since a run as deleted; gives their number.

        Quarantined payloads not seen since are dropped too.
        """
        r, q = t.records.c, t.quarantine.c

        async def work(connection: AsyncConnection) -> int:
            rows = await connection.execute(
                select(r.id, r.local_id, r.stamp).where(
                    r.source == source, r.deleted.is_(False), r.seen_run < since
                )
            )
            gone = [Tombstone(*row) for row in rows]
            await connection.execute(delete(t.quarantine).where(q.source == source, q.run < since))
            await write_page(connection, source, run, Page(tombstones=gone))
            return len(gone)

        return await once(self._database, lease, work)

    # Crosswalking again

    async def outdated(
        self, source: str, versions: Mapping[str, int]
    ) -> AsyncIterator[list[Stored]]:
        """Payloads of a source whose record was made by another version of its crosswalk, then all
        in quarantine that have a format; some hundred at a time. Hold the harvest's lease."""
        r, q, p = t.records.c, t.quarantine.c, t.payloads.c
        held = await self._database.rows(select(r.format).where(r.source == source).distinct())
        for format in sorted({row.format for row in held} & versions.keys()):
            version, after = versions[format], 0
            while True:
                query = (
                    select(
                        r.id, r.local_id, r.format, r.stamp, r.sets, r.problems, p.raw,
                        r.record_hash, r.seen_run.label("seen"),
                    )
                    .join(t.payloads, p.record == r.id)
                    .where(r.source == source, r.format == format)
                    .where(r.crosswalk != version, r.id > after)
                    .order_by(r.id)
                    .limit(CHUNK)
                )  # fmt: skip
                rows = await self._database.rows(query)
                if rows:
                    yield [_stored(row, quarantined=False) for row in rows]
                if len(rows) < CHUNK:
                    break
                after = rows[-1].id
        name = ""
        while True:
            refused = (
                select(
                    r.id, q.local_id, q.format, q.stamp, q.sets, q.problems, q.raw, r.record_hash,
                    q.run.label("seen"),
                )
                .join(
                    t.records, and_(r.source == q.source, r.local_id == q.local_id), isouter=True
                )
                .where(q.source == source, q.format.in_(list(versions)), q.local_id > name)
                .order_by(q.local_id)
                .limit(CHUNK)
            )  # fmt: skip
            rows = await self._database.rows(refused)
            if rows:
                yield [_stored(row, quarantined=True) for row in rows]
            if len(rows) < CHUNK:
                return
            name = rows[-1].local_id

    async def read_with(self, source: str) -> int:
        """What `note_read` noted last of a source, 0 where it never did."""

        async def work(connection: AsyncConnection) -> int:
            return await read_cursor(connection, f"crosswalk:{source}")

        return await self._database.reading(work)

    async def holds(self, source: str) -> bool:
        """Whether anything was ever stored of a source, if only in quarantine."""
        q = t.quarantine.c
        stored = await self._database.rows(
            select(t.tallies.c.source).where(t.tallies.c.source == source)
        )
        held = await self._database.rows(select(q.source).where(q.source == source).limit(1))
        return bool(stored or held)

    async def note_read(self, lease: Lease, source: str, mark: int) -> None:
        """Note that all payloads of a source were read with the crosswalks that ``mark`` stands
        for. Hold the harvest's lease."""
        await once(
            self._database,
            lease,
            lambda connection: move_cursor(connection, f"crosswalk:{source}", mark),
        )

    async def rewrite(self, lease: Lease, source: str, page: Page) -> None:
        """Store what a newer crosswalk made; records already here do not count as seen by it."""
        await once(
            self._database,
            lease,
            lambda connection: write_page(connection, source, None, page),
        )


def _figures(counts: Counts) -> dict[str, int]:
    return {
        "received": counts.received,
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "deleted": counts.deleted,
        "rejected": counts.rejected,
    }


def _stored(row: Any, *, quarantined: bool) -> Stored:
    return Stored(
        row.id, row.local_id, row.format, row.stamp, tuple(json.loads(row.sets)),
        tuple(json.loads(row.problems)), row.raw, row.record_hash or b"", row.seen, quarantined,
    )  # fmt: skip
