"""From payloads to what the store takes in: crosswalk, compare with what is held, count."""

from collections.abc import Sequence
from dataclasses import replace

from aggregator.reader import Reader
from aggregator.reading import Reading
from aggregator.source import Batch, Crosswalks, Raw, SourceConfig
from aggregator.store.ledger import Ledger, Stored
from aggregator.store.names import fit, flaw, is_fit, stand_in
from aggregator.store.page import Counts, Entry, Known, Page, Refusal, Tombstone
from aggregator.store.payload import digest, unpack
from aggregator.wording import later, say

EMPTY = later("the source sent this record without content")


async def take_in(
    batch: Batch,
    source: SourceConfig,
    crosswalks: Crosswalks,
    ledger: Ledger,
    reader: Reader,
) -> tuple[Page, Counts]:
    """What a batch changes in the store, and its counts, which add up to what was received.

    Of a record that comes twice in a batch the last one counts.
    """
    page, counts = Page(), Counts()
    raws = {raw.id: raw for raw in batch.records}
    named = {reject.id or f"#{digest(reject.body).hex()}": reject for reject in batch.rejects}
    still = dict.fromkeys(batch.still)
    flaws = {name: why for name in (*raws, *named, *still) if (why := flaw(name))}
    known = await ledger.known(source.id, [n for n in (*raws, *named, *still) if n not in flaws])
    counts.received = len(batch.records) + len(batch.rejects) + len(batch.still)
    counts.unchanged = len(batch.records) - len(raws)
    waiting: list[tuple[Raw, bytes]] = []
    for name, raw in raws.items():
        if name in flaws:
            _refuse_name(name, raw.body or b"", flaws[name], page)
            counts.rejected += 1
        else:
            waiting += _unread(_fit(raw), known.get(name), crosswalks, page, counts)
    unread = [raw for raw, _ in waiting]
    readings = await reader.read(unread, source.id, source.language, crosswalks)
    for (raw, raw_hash), reading in zip(waiting, readings, strict=True):
        _place(raw, raw_hash, reading, known.get(raw.id), page, counts)
    for name, reject in named.items():
        if name in flaws:
            _refuse_name(name, reject.body, f"{fit(reject.reason)}; {flaws[name]}", page)
        else:
            _refuse(Raw(name, reject.body, ""), reject.reason, known.get(name), page)
    counts.rejected += len(batch.rejects)
    for name in still:
        if name in flaws:
            _refuse_name(name, b"", flaws[name], page)
            counts.rejected += 1
            continue
        held = known.get(name)
        if held is None or held.deleted:
            _refuse(Raw(name, b"", ""), say(EMPTY), held, page)
            counts.rejected += 1
        else:
            page.seen.append((held.id, None))
            counts.unchanged += 1
    return page, counts


def _fit(raw: Raw) -> Raw:
    """The same with all its words such as every database keeps them; seldom another one."""
    words = (raw.format, raw.stamp, *raw.sets, *raw.problems)
    if all(map(is_fit, words)):
        return raw
    return replace(
        raw, format=fit(raw.format), stamp=fit(raw.stamp), sets=tuple(map(fit, raw.sets)),
        problems=tuple(map(fit, raw.problems)),
    )  # fmt: skip


def _unread(
    raw: Raw, held: Known | None, crosswalks: Crosswalks, page: Page, counts: Counts
) -> list[tuple[Raw, bytes]]:
    """The payload and its hash where it has to be read: not a tombstone, and not what is held
    already as the crosswalk of today reads it. Those are taken in at once."""
    if raw.body is None:
        page.cleared.append(raw.id)
        if held is not None and held.deleted:
            page.seen.append((held.id, raw.stamp))
            counts.unchanged += 1
        else:
            page.tombstones.append(Tombstone(held.id if held else None, raw.id, raw.stamp))
            counts.deleted += 1
        return []
    raw_hash = digest(raw.body)
    crosswalk = crosswalks.get(raw.format)
    if (
        held is not None
        and crosswalk is not None
        and (held.raw_hash, held.format) == (raw_hash, raw.format)
        and held.crosswalk == crosswalk.version
    ):
        page.seen.append((held.id, raw.stamp))
        page.cleared.append(raw.id)
        counts.unchanged += 1
        return []
    return [(raw, raw_hash)]


def _place(
    raw: Raw,
    raw_hash: bytes,
    reading: Reading | str,
    held: Known | None,
    page: Page,
    counts: Counts,
) -> None:
    """Take in a payload that was read."""
    if isinstance(reading, str):
        _refuse(raw, reading, held, page)
        counts.rejected += 1
        return
    page.cleared.append(raw.id)
    entry = _entry(raw, raw_hash, reading, held.id if held else None)
    if held is None:
        page.entries.append(entry)
        counts.new += 1
    elif not held.deleted and held.record_hash == entry.record_hash:
        page.refreshed.append(entry)
        counts.unchanged += 1
    else:
        page.entries.append(entry)
        counts.changed += 1


async def take_again(
    some: Sequence[Stored],
    source: str,
    language: str,
    crosswalks: Crosswalks,
    reader: Reader,
) -> tuple[Page, Counts]:
    """What reading stored payloads again changes. One that cannot be read any more keeps its
    record."""
    page, counts = Page(), Counts(received=len(some))
    raws = [
        Raw(one.local_id, unpack(one.raw), one.format, one.stamp, one.sets, one.problems)
        for one in some
    ]
    readings = await reader.read(raws, source, language, crosswalks)
    for stored, raw, reading in zip(some, raws, readings, strict=True):
        if isinstance(reading, str):
            if stored.quarantined:
                _refuse(raw, reading, None, page, stored.seen)
            counts.rejected += 1
            continue
        entry = _entry(raw, digest(raw.body or b""), reading, stored.id, stored.seen)
        if stored.quarantined:
            page.cleared.append(raw.id)
        if stored.id is None:
            page.entries.append(entry)
            counts.new += 1
        elif stored.record_hash == entry.record_hash:
            page.refreshed.append(entry)
            counts.unchanged += 1
        else:
            page.entries.append(entry)
            counts.changed += 1
    return page, counts


def _entry(raw: Raw, raw_hash: bytes, reading: Reading, id: int | None, seen: int = 0) -> Entry:
    return Entry(
        id, raw.id, raw.format, reading.version, reading.raw, raw_hash, reading.body,
        reading.record_hash, raw.stamp, raw.sets, raw.problems, seen,
    )  # fmt: skip


def _refuse_name(name: str, body: bytes, why: str, page: Page) -> None:
    """Quarantine what has a name that cannot be kept. Without a format: no better crosswalk would
    help, and the name it lies under is not its own."""
    page.refusals.append(Refusal(stand_in(name), why, body))


def _refuse(raw: Raw, reason: str, held: Known | None, page: Page, seen: int = 0) -> None:
    body = raw.body or b""
    page.refusals.append(
        Refusal(raw.id, fit(reason), body, raw.format, raw.stamp, raw.sets, raw.problems, seen)
    )
    if held is not None:
        page.seen.append((held.id, None))
