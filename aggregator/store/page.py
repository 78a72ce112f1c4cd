"""One batch as the store takes it in, and how it is written."""

import json
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store import tables as t
from aggregator.store.bulk import (
    among,
    chunks,
    delete_rows,
    insert_rows,
    lock_rows,
    update_rows,
    upsert_rows,
    upserting,
)
from aggregator.store.numbers import allocate
from aggregator.store.payload import pack


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of a record: enough to tell what a payload changes."""

    id: int
    raw_hash: bytes
    record_hash: bytes
    format: str
    crosswalk: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A record ready to be stored. ``raw`` is its payload as sent and ``body`` what the crosswalk
    made of it, both compressed. ``id`` is None for a new one."""

    id: int | None
    local_id: str
    format: str
    crosswalk: int
    raw: bytes
    raw_hash: bytes
    body: bytes
    record_hash: bytes
    stamp: str
    sets: tuple[str, ...]
    problems: tuple[str, ...]
    seen: int = 0
    """The run it came in, where that is not the run that writes it."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deletion; ``id`` is None when the record never was here."""

    id: int | None
    local_id: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A payload for the quarantine."""

    local_id: str
    reason: str
    raw: bytes
    format: str = ""
    stamp: str = ""
    sets: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    seen: int = 0
    """The run it came in, where that is not the run that writes it."""


@dataclass(slots=True)
class Counts:
    """What came in a run; they add up to ``received``."""

    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(slots=True)
class Page:
    """All that one batch changes.

    ``entries`` take a new number, ``refreshed`` (another payload, the same record) do not,
    ``seen`` are records that stay as they are: id and the stamp it came under (None: unknown).
    """

    entries: list[Entry] = field(default_factory=list)
    refreshed: list[Entry] = field(default_factory=list)
    seen: list[tuple[int, str | None]] = field(default_factory=list)
    tombstones: list[Tombstone] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)


def now() -> str:
    """The time as stored: ISO, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def days_since(moment: str) -> float:
    """How long ago a stored time is."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)) / timedelta(days=1)


async def write_page(connection: AsyncConnection, source: str, run: int | None, page: Page) -> None:
    """Write a page's records. Change numbers are taken here, within the transaction, in order, and
    as late as may be: others wait for the next ones until this transaction ends.

    Without ``run`` each keeps the run it came in.
    """
    numbered: list[Entry | Tombstone] = [*page.entries, *page.tombstones]
    old = [item.id for item in numbered if item.id is not None]
    again = [item.id for item in page.refreshed if item.id is not None]
    # Resolve writes to records too (their work), whichever source they are of.
    await lock_rows(connection, t.records.c.id, {*old, *again, *(id for id, _ in page.seen)})
    rewritten = [{"record": id} for id in (*old, *again)]
    await delete_rows(connection, t.payloads, rewritten)
    await _mark_seen(connection, run, page.seen)
    await _write_quarantine(connection, source, run, page)
    refreshed = [
        {"id": id} | _row(item) | {"seen_run": _seen(item, run)}
        for id, item in zip(again, page.refreshed, strict=True)
    ]
    await update_rows(connection, t.records, refreshed, ("id",))
    await insert_rows(connection, t.payloads, _bodies(again, page.refreshed))
    if numbered:
        await _write_numbered(connection, source, run, numbered, page.entries)


async def _write_numbered(
    connection: AsyncConnection,
    source: str,
    run: int | None,
    numbered: list[Entry | Tombstone],
    bodied: list[Entry],
) -> None:
    """Write what takes a change number: first those that have bodies, then tombstones."""
    await _tally(connection, source, numbered)
    numbers = await allocate(connection, "record", len(numbered))
    time = now()
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    ids = []
    for item, number in zip(numbered, numbers, strict=True):
        id = number if item.id is None else item.id
        row = {"id": id} | _row(item)
        row |= {"change": number, "changed": time, "seen_run": _seen(item, run)}
        row["deleted"] = isinstance(item, Tombstone)
        ids.append(id)
        if item.id is None:
            new.append(row | {"source": source, "local_id": item.local_id})
        else:
            old.append(row)
    await insert_rows(connection, t.records, new)
    await update_rows(connection, t.records, old, ("id",))
    await insert_rows(connection, t.payloads, _bodies(ids[: len(bodied)], bodied))


async def _tally(
    connection: AsyncConnection, source: str, numbered: list[Entry | Tombstone]
) -> None:
    """Count what comes and what goes (`tables.tallies`), before it is written."""
    r = t.records.c
    ids = [item.id for item in numbered if item.id is not None]
    were_deleted: set[int] = set()
    for chunk in chunks(ids):
        query = select(r.id).where(among(connection, r.id, chunk), r.deleted.is_(True))
        were_deleted.update(row.id for row in await connection.execute(query))
    living = sum(isinstance(item, Entry) for item in numbered)
    change = {
        "source": source,
        "living": living - (len(ids) - len(were_deleted)),
        "deleted": len(numbered) - living - len(were_deleted),
    }
    adding = upserting(connection, t.tallies).values(change)
    more = {name: t.tallies.c[name] + adding.excluded[name] for name in ("living", "deleted")}
    await connection.execute(adding.on_conflict_do_update(index_elements=["source"], set_=more))


def _bodies(ids: list[int], bodied: list[Entry]) -> list[dict[str, Any]]:
    return [
        {"record": id, "raw": entry.raw, "body": entry.body}
        for id, entry in zip(ids, bodied, strict=True)
    ]


async def _mark_seen(
    connection: AsyncConnection, run: int | None, seen: list[tuple[int, str | None]]
) -> None:
    """Note the run in which records came unchanged, and the stamps they came under."""
    if run is None:
        return
    stamped = [{"id": id, "seen_run": run, "stamp": s} for id, s in seen if s is not None]
    await update_rows(connection, t.records, stamped, ("id",))
    others = [{"id": id, "seen_run": run} for id, stamp in seen if stamp is None]
    await update_rows(connection, t.records, others, ("id",))


async def _write_quarantine(
    connection: AsyncConnection, source: str, run: int | None, page: Page
) -> None:
    q = t.quarantine.c
    held: list[str] = []  # looked up by hundreds: hardly any of them is there
    for chunk in chunks(page.cleared):
        query = select(q.local_id).where(q.source == source, among(connection, q.local_id, chunk))
        held += (await connection.execute(query)).scalars()
    cleared = [{"source": source, "local_id": name} for name in held]
    await delete_rows(connection, t.quarantine, cleared)
    refused = {
        refusal.local_id: {
            "source": source,
            "local_id": refusal.local_id,
            "format": refusal.format,
            "stamp": refusal.stamp,
            "sets": _listed(refusal.sets),
            "problems": _listed(refusal.problems),
            "reason": refusal.reason,
            "bytes": len(refusal.raw),
            "raw": pack(refusal.raw),
            "run": _seen(refusal, run),
        }
        for refusal in page.refusals
    }
    await upsert_rows(connection, t.quarantine, list(refused.values()), ("source", "local_id"))


def _seen(item: Entry | Tombstone | Refusal, run: int | None) -> int:
    """The run an item was seen in: the one that writes it, or the one it came in."""
    if run is not None:
        return run
    return 0 if isinstance(item, Tombstone) else item.seen


def _row(item: Entry | Tombstone) -> dict[str, Any]:
    if isinstance(item, Tombstone):
        return {
            "format": "", "crosswalk": 0, "raw_hash": b"", "record_hash": b"",
            "stamp": item.stamp, "sets": "[]", "problems": "[]",
        }  # fmt: skip
    return {
        "format": item.format,
        "crosswalk": item.crosswalk,
        "raw_hash": item.raw_hash,
        "record_hash": item.record_hash,
        "stamp": item.stamp,
        "sets": _listed(item.sets),
        "problems": _listed(item.problems),
    }


@lru_cache(maxsize=4096)
def _listed(words: tuple[str, ...]) -> str:
    """Words as a JSON list: the same few come again and again."""
    return json.dumps(words, ensure_ascii=False)
