"""One batch as the store takes it in, and how it is written."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store import tables as t
from aggregator.store.numbers import allocate
from aggregator.store.payload import Packer, pack

Packed = list[tuple[bytes, bytes]]
"""Payload and record of each entry, compressed."""

CHUNK = 500
"""Values in one statement: SQLite takes a limited number."""


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
    """A record ready to be stored: its payload as sent, and as crosswalked. ``id`` is None for a
    new one."""

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


def chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    """The values in pieces of `CHUNK`."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]


_renumber = (
    update(t.records)
    .where(t.records.c.id == bindparam("the_id"))
    .values(
        change=bindparam("change"),
        changed=bindparam("changed"),
        format=bindparam("format"),
        crosswalk=bindparam("crosswalk"),
        raw_hash=bindparam("raw_hash"),
        record_hash=bindparam("record_hash"),
        stamp=bindparam("stamp"),
        sets=bindparam("sets"),
        problems=bindparam("problems"),
        deleted=bindparam("deleted"),
        seen_run=bindparam("run"),
    )
)
_refresh = (
    update(t.records)
    .where(t.records.c.id == bindparam("the_id"))
    .values(
        format=bindparam("format"),
        crosswalk=bindparam("crosswalk"),
        raw_hash=bindparam("raw_hash"),
        stamp=bindparam("stamp"),
        sets=bindparam("sets"),
        problems=bindparam("problems"),
        seen_run=bindparam("run"),
    )
)

_touch = (
    update(t.records)
    .where(t.records.c.id == bindparam("the_id"))
    .values(seen_run=bindparam("run"), stamp=func.coalesce(bindparam("stamp"), t.records.c.stamp))
)


async def pack_page(page: Page) -> Packed:
    """The compressed payloads of a page, made in a thread: compression leaves the loop free."""

    def work() -> Packed:
        packer = Packer()
        return [(packer.pack(e.raw), packer.pack(e.body)) for e in _bodied(page)]

    return await asyncio.to_thread(work)


def _bodied(page: Page) -> list[Entry]:
    return [*page.entries, *page.refreshed]


async def write_page(
    connection: AsyncConnection, source: str, run: int | None, page: Page, packed: Packed
) -> None:
    """Write a page's records. Change numbers are taken here, within the transaction, in order.

    ``packed`` is what `pack_page` gave. Without ``run`` each keeps the run it came in.
    """
    numbered: list[Entry | Tombstone] = [*page.entries, *page.tombstones]
    numbers = await allocate(connection, "record", len(numbered)) if numbered else range(0)
    time = now()
    new: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    owners: list[int | None] = []
    for item, number in zip(numbered, numbers, strict=True):
        id = number if item.id is None else item.id
        row = _row(item) | {"change": number, "changed": time}
        if item.id is None:
            name = {"id": id, "source": source, "local_id": item.local_id}
            new.append(row | name | {"seen_run": _seen(item, run), "work": None})
        else:
            old.append(row | {"the_id": id, "run": _seen(item, run)})
        if isinstance(item, Entry):
            owners.append(id)
    again = [_row(item) | {"the_id": item.id, "run": _seen(item, run)} for item in page.refreshed]
    owners += [item.id for item in page.refreshed]
    bodies = [
        {"record": id, "raw": raw, "body": body}
        for id, (raw, body) in zip(owners, packed, strict=True)
    ]

    for chunk in chunks([row["the_id"] for row in (*old, *again)]):
        await connection.execute(delete(t.payloads).where(t.payloads.c.record.in_(chunk)))
    for statement, rows in (
        (insert(t.records), new),
        (_renumber, old),
        (_refresh, again),
        (insert(t.payloads), bodies),
        (_touch, [{"the_id": id, "run": run, "stamp": stamp} for id, stamp in page.seen]),
    ):
        if rows:
            await connection.execute(statement, rows)
    for chunk in chunks(page.cleared):
        await connection.execute(
            delete(t.quarantine).where(
                t.quarantine.c.source == source, t.quarantine.c.local_id.in_(chunk)
            )
        )
    for refusal in page.refusals:
        values = {
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
        await connection.execute(
            upsert(t.quarantine)
            .values(values)
            .on_conflict_do_update(index_elements=["source", "local_id"], set_=values)
        )


def _seen(item: Entry | Tombstone | Refusal, run: int | None) -> int:
    """The run an item was seen in: the one that writes it, or the one it came in."""
    if run is not None:
        return run
    return 0 if isinstance(item, Tombstone) else item.seen


def _row(item: Entry | Tombstone) -> dict[str, Any]:
    if isinstance(item, Tombstone):
        return {
            "format": "", "crosswalk": 0, "raw_hash": b"", "record_hash": b"",
            "stamp": item.stamp, "sets": "[]", "problems": "[]", "deleted": True,
        }  # fmt: skip
    return {
        "format": item.format,
        "crosswalk": item.crosswalk,
        "raw_hash": item.raw_hash,
        "record_hash": item.record_hash,
        "stamp": item.stamp,
        "sets": _listed(item.sets),
        "problems": _listed(item.problems),
        "deleted": False,
    }


@lru_cache(maxsize=4096)
def _listed(words: tuple[str, ...]) -> str:
    """Words as a JSON list: the same few come again and again."""
    return json.dumps(words, ensure_ascii=False)
