"""What a harvest writes: records, payloads, tombstones, quarantine, run and checkpoint.

One page is one transaction: a run killed at any point goes on where it was.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from aggregator.source import Checkpoint
from aggregator.store import tables as t
from aggregator.store.database import Database
from aggregator.store.leases import Lease, guard
from aggregator.store.page import (
    CHUNK,
    Counts,
    Known,
    Page,
    Tombstone,
    chunks,
    now,
    pack_page,
    write_page,
)


@dataclass(frozen=True, slots=True)
class Pass:
    """Where a source's harvest goes on. ``full_since`` is the first run of the full pass under
    way, 0 when the pass is incremental or done."""

    fingerprint: str
    checkpoint: Checkpoint
    full_since: int


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
    """The harvest's side of the catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def resume(self, source: str) -> Pass:
        """Where the source's harvest goes on; an empty checkpoint when it never began."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(t.sources).where(t.sources.c.source == source))
            ).one_or_none()
        if row is None:
            return Pass("", {}, 0)
        return Pass(row.fingerprint, json.loads(row.checkpoint), row.full_since)

    async def begin(
        self, lease: Lease, source: str, fingerprint: str, checkpoint: Checkpoint, full: bool
    ) -> int:
        """Open a run and give its number; runs of this source that were cut off are closed.

        With ``full`` a full pass is under way: it began with this run, unless one goes on.
        """
        async with self._database.write() as connection:
            await guard(connection, lease)
            await connection.execute(
                update(t.runs)
                .where(t.runs.c.source == source, t.runs.c.verdict == "")
                .values(verdict="incomplete", reason="interrupted")
            )
            run = (
                await connection.execute(
                    insert(t.runs).values(
                        source=source, started=now(), full=full, verdict="", reason="",
                        seconds=0.0, received=0, new=0, changed=0, unchanged=0, deleted=0,
                        rejected=0,
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
            await connection.execute(
                upsert(t.sources)
                .values(values)
                .on_conflict_do_update(index_elements=["source"], set_=values)
            )
        return int(run[0])

    async def known(self, source: str, ids: Sequence[str]) -> Mapping[str, Known]:
        """What the store holds of these local ids."""
        r = t.records.c
        found: dict[str, Known] = {}
        async with self._database.read() as connection:
            for chunk in chunks(ids):
                rows = await connection.execute(
                    select(
                        r.local_id, r.id, r.raw_hash, r.record_hash, r.format, r.crosswalk,
                        r.deleted,
                    ).where(r.source == source, r.local_id.in_(chunk))
                )  # fmt: skip
                found.update((row[0], Known(*row[1:])) for row in rows)
        return found

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
        packed = await pack_page(page)
        async with self._database.write() as connection:
            await guard(connection, lease)
            await write_page(connection, source, run, page, packed)
            await connection.execute(
                update(t.sources)
                .where(t.sources.c.source == source)
                .values(checkpoint=json.dumps(checkpoint))
            )
            await connection.execute(
                update(t.runs).where(t.runs.c.id == run).values(seconds=seconds, **_figures(counts))
            )

    async def finish(
        self, lease: Lease, run: int, verdict: str, reason: str, counts: Counts, seconds: float
    ) -> None:
        """Close a run. A complete one ends the full pass that was under way."""
        async with self._database.write() as connection:
            await guard(connection, lease)
            source = (
                await connection.execute(
                    update(t.runs)
                    .where(t.runs.c.id == run)
                    .values(verdict=verdict, reason=reason, seconds=seconds, **_figures(counts))
                    .returning(t.runs.c.source)
                )
            ).scalar_one()
            if verdict == "complete":
                await connection.execute(
                    update(t.sources).where(t.sources.c.source == source).values(full_since=0)
                )

    # The sweep

    async def count_seen(self, source: str, since: int) -> int:
        """Records (tombstones too) that came since a run, and payloads that only quarantine has."""
        r, q = t.records.c, t.quarantine.c
        kept = exists().where(r.source == q.source, r.local_id == q.local_id, r.seen_run >= since)
        async with self._database.read() as connection:
            records = await connection.scalar(
                select(func.count()).where(r.source == source, r.seen_run >= since)
            )
            held = await connection.scalar(
                select(func.count()).where(q.source == source, q.run >= since, ~kept)
            )
        return (records or 0) + (held or 0)

    async def count_missing(self, source: str, since: int) -> tuple[int, int]:
        """Living records not seen since a run, and all living ones, of a source."""
        r = t.records.c
        living = select(func.count()).where(r.source == source, r.deleted.is_(False))
        async with self._database.read() as connection:
            missing = await connection.scalar(living.where(r.seen_run < since))
            return missing or 0, await connection.scalar(living) or 0

    async def count_nameless(self, source: str, since: int) -> int:
        """Pieces without a readable name that came since a run: any record may be among them."""
        q = t.quarantine.c
        query = select(func.count()).where(
            q.source == source, q.run >= since, q.local_id.startswith("#")
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def sweep(self, lease: Lease, source: str, run: int, since: int) -> int:
        """Take living records not seen since a run as deleted; gives their number.

        Quarantined payloads not seen since are dropped too.
        """
        r = t.records.c
        async with self._database.write() as connection:
            await guard(connection, lease)
            rows = await connection.execute(
                select(r.id, r.local_id, r.stamp).where(
                    r.source == source, r.deleted.is_(False), r.seen_run < since
                )
            )
            gone = [Tombstone(*row) for row in rows]
            await write_page(connection, source, run, Page(tombstones=gone), [])
            await connection.execute(
                delete(t.quarantine).where(
                    t.quarantine.c.source == source, t.quarantine.c.run < since
                )
            )
        return len(gone)

    # Crosswalking again

    async def outdated(
        self, source: str, versions: Mapping[str, int]
    ) -> AsyncIterator[list[Stored]]:
        """Payloads of a source whose record was made by another version of its crosswalk, then all
        in quarantine that have a format; some hundred at a time. Hold the harvest's lease."""
        r, q, p = t.records.c, t.quarantine.c, t.payloads.c
        for format, version in versions.items():
            after = 0
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
                rows = await self._rows(query)
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
            rows = await self._rows(refused)
            if rows:
                yield [_stored(row, quarantined=True) for row in rows]
            if len(rows) < CHUNK:
                return
            name = rows[-1].local_id

    async def _rows(self, query: Select[Any]) -> list[Any]:
        async with self._database.read() as connection:
            return list(await connection.execute(query))

    async def rewrite(self, lease: Lease, source: str, page: Page) -> None:
        """Store what a newer crosswalk made; records already here do not count as seen by it."""
        packed = await pack_page(page)
        async with self._database.write() as connection:
            await guard(connection, lease)
            await write_page(connection, source, None, page, packed)


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
