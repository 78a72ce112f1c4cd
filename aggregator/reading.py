"""A payload as what the store keeps of it: crosswalked, checked, hashed and compressed. Pure."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from aggregator.errors import SkipRecord
from aggregator.record import Record
from aggregator.source import Crosswalks, Raw
from aggregator.store.payload import Packer, decode_record, digest, encode_record

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
            f"no crosswalk reads the format {raw.format!r}; known are {', '.join(crosswalks)}"
        )
    try:
        record = crosswalk.read(raw.body, source, raw.id, raw.stamp, language)
        body = encode_record(record)
        decode_record(body, "")  # a field of a wrong type would stop every later reader
    except SkipRecord:
        raise
    except Exception as error:
        log.exception("The crosswalk %s failed on %s/%s", raw.format, source, raw.id)
        raise SkipRecord(
            f"the crosswalk {raw.format} failed: {type(error).__name__}: {error}"
        ) from error
    return record, body, crosswalk.version


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
