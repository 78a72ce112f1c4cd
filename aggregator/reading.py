"""A payload as what the store keeps of it: crosswalked, checked, hashed and compressed. Pure."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from aggregator.errors import SkipRecord
from aggregator.record import Record, describes_something
from aggregator.source import LOST_LETTERS, Crosswalks, Raw
from aggregator.store.payload import Packer, decode_record, digest, encode_record
from aggregator.wording import say

log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """What became of one payload: ``raw`` and ``body`` (its Record) compressed, the hash of the
    Record, and the version of the crosswalk that read it."""

    raw: bytes
    body: bytes
    record_hash: bytes
    version: int


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
            raise SkipRecord(_hollow(record))
        if LOST_LETTERS in raw.problems and _is_maimed(record):
            raise SkipRecord(
                say(
                    "letters of its title or of a name came as bytes that no encoding explains; if "
                    "the source's pages are all in another encoding, write it as `encoding` in its "
                    "file"
                )
            )
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


def _hollow(record: Record) -> str:
    said = [f"{one.label}: {one.text}" for one in record.other]
    said += [record.issued.text, *record.languages, *(text.value for text in record.rights)]
    words = "; ".join(filter(None, said))
    more = "…" if len(words) > _QUOTED else ""
    if not words:
        return say("The record describes nothing.")
    return say(
        "The record describes nothing: all it says is “{words}”.", words=words[:_QUOTED] + more
    )


def _is_maimed(record: Record) -> bool:
    """Whether a title or a name lacks letters: elsewhere in a text readers can do without."""
    words = (*(title.value for title in record.titles), *(one.name for one in record.creators))
    return any("\ufffd" in word for word in words)


def read_all(
    raws: Sequence[Raw], source: str, language: str, crosswalks: Crosswalks
) -> list[Reading | str]:
    """What becomes of each payload; of one that cannot be read, the reason."""
    packer = Packer()
    found: list[Reading | str] = []
    for raw in raws:
        try:
            _, body, version = understand(raw, source, language, crosswalks)
        except SkipRecord as reason:
            found.append(str(reason))
            continue
        assert raw.body is not None
        found.append(Reading(packer.pack(raw.body), packer.pack(body), digest(body), version))
    return found
