"""From payloads to what the store takes in: crosswalk, compare with what is held, count."""

import logging
from dataclasses import replace

from aggregator.errors import SkipRecord
from aggregator.record import Record, describes_something
from aggregator.source import LOST_LETTERS, Batch, Crosswalks, Raw, SourceConfig
from aggregator.store.ledger import Ledger, Stored
from aggregator.store.names import fit, flaw, is_fit, stand_in
from aggregator.store.page import Counts, Entry, Known, Page, Refusal, Tombstone
from aggregator.store.payload import decode_record, digest, encode_record, unpack
from aggregator.wording import later, say

log = logging.getLogger(__name__)

EMPTY = later("the source sent this record without content")


async def take_in(
    batch: Batch, source: SourceConfig, crosswalks: Crosswalks, ledger: Ledger
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
    for name, raw in raws.items():
        if name in flaws:
            _refuse_name(name, raw.body or b"", flaws[name], page)
            counts.rejected += 1
        else:
            _take(_fit(raw), known.get(name), source, crosswalks, page, counts)
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


def _take(
    raw: Raw,
    held: Known | None,
    source: SourceConfig,
    crosswalks: Crosswalks,
    page: Page,
    counts: Counts,
) -> None:
    if raw.body is None:
        page.cleared.append(raw.id)
        if held is not None and held.deleted:
            page.seen.append((held.id, raw.stamp))
            counts.unchanged += 1
        else:
            page.tombstones.append(Tombstone(held.id if held else None, raw.id, raw.stamp))
            counts.deleted += 1
        return
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
        return
    try:
        entry = _read(raw, raw_hash, source.id, source.language, crosswalks)
    except SkipRecord as reason:
        _refuse(raw, str(reason), held, page)
        counts.rejected += 1
        return
    page.cleared.append(raw.id)
    if held is None:
        page.entries.append(entry)
        counts.new += 1
    elif not held.deleted and held.record_hash == entry.record_hash:
        page.refreshed.append(replace(entry, id=held.id))
        counts.unchanged += 1
    else:
        page.entries.append(replace(entry, id=held.id))
        counts.changed += 1


def again(
    stored: Stored,
    source: str,
    language: str,
    crosswalks: Crosswalks,
    page: Page,
    counts: Counts,
) -> None:
    """Crosswalk a stored payload again. One that cannot be read any more keeps its record."""
    raw = Raw(
        stored.local_id, unpack(stored.raw), stored.format, stored.stamp, stored.sets,
        stored.problems,
    )  # fmt: skip
    counts.received += 1
    try:
        entry = _read(raw, digest(raw.body or b""), source, language, crosswalks)
    except SkipRecord as reason:
        if stored.quarantined:
            _refuse(raw, str(reason), None, page, stored.seen)
        counts.rejected += 1
        return
    entry = replace(entry, id=stored.id, seen=stored.seen)
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


def understand(
    raw: Raw, source: str, language: str, crosswalks: Crosswalks
) -> tuple[Record, bytes, int]:
    """A payload as a Record, the Record as it is kept, and the version of the crosswalk.

    Raises SkipRecord, also when the crosswalk itself fails: one record never stops a source.
    """
    assert raw.body is not None
    crosswalk = crosswalks.get(raw.format)
    if crosswalk is None:
        raise SkipRecord(
            say(
                "no crosswalk reads the format {format}; known are {known}",
                format=repr(raw.format),
                known=", ".join(crosswalks),
            )
        )
    try:
        record = crosswalk.read(raw.body, source, raw.id, raw.stamp, language)
        if not describes_something(record):
            raise SkipRecord(f"The record describes nothing{_all_it_says(record)}.")
        body = encode_record(record)
        decode_record(body, "")  # a field of a wrong type would stop every later reader
    except SkipRecord:
        raise
    except Exception as error:
        log.exception("The crosswalk %s failed on %s/%s", raw.format, source, raw.id)
        raise SkipRecord(
            say(
                "the crosswalk {format} failed: {error}",
                format=raw.format,
                error=f"{type(error).__name__}: {error}",
            )
        ) from error
    return record, body, crosswalk.version


_QUOTED = 120
"""Characters of a hollow record's own words in the reason why it is refused."""


def _all_it_says(record: Record) -> str:
    said = [f"{one.label}: {one.text}" for one in record.other]
    said += [record.issued.text, *record.languages, *(text.value for text in record.rights)]
    words = "; ".join(filter(None, said))
    more = "…" if len(words) > _QUOTED else ""
    return f": all it says is “{words[:_QUOTED]}{more}”" if words else ""


def _read(raw: Raw, raw_hash: bytes, source: str, language: str, crosswalks: Crosswalks) -> Entry:
    assert raw.body is not None
    record, body, version = understand(raw, source, language, crosswalks)
    if LOST_LETTERS in raw.problems and _is_maimed(record):
        raise SkipRecord(
            "letters of its title or of a name came as bytes that no encoding explains; if the "
            "source's pages are all in another encoding, write it as `encoding` in its file"
        )
    return Entry(
        None, raw.id, raw.format, version, raw.body, raw_hash, body,
        digest(body), raw.stamp, raw.sets, raw.problems,
    )  # fmt: skip


def _is_maimed(record: Record) -> bool:
    """Whether a title or a name lacks letters: elsewhere in a text readers can do without."""
    words = (*(title.value for title in record.titles), *(one.name for one in record.creators))
    return any("\ufffd" in word for word in words)


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
