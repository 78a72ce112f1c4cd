"""Which MARC a record is: MARC 21, UNIMARC, RUSMARC or IRBIS's own fields. Pure.

Told by the fields that only one of them has (a title in 245 or in 200, the agency in 801, coded
data in 008 or 100), never by the leader, which systems fill in as they like.
"""

import re
from collections import Counter
from collections.abc import Iterable

from connectors import irbis_text
from connectors.marc_formats import Dialect, frame

_MARC21 = frozenset({b"245", b"008", b"260", b"264", b"040", b"082", b"490", b"852", b"110"})
_UNIMARC = frozenset({b"200", b"801", b"101", b"102", b"105", b"106", b"215", b"675", b"899"})
_IRBIS = frozenset({b"920", b"903"})

_RUSSIAN = re.compile(rb"PSBO|RCR|rusmarc|rubbk|nlr[-_]sh")
"""Rules of cataloguing and vocabularies of RUSMARC, as they stand in 801, 686 and 606."""

_XML_TAG = re.compile(rb"\btag\s*=\s*[\"'](\d{3})[\"']")
_JSON_TAG = re.compile(rb"[{\[]\s*\"(\d{3})\"\s*[:,]")
_DIRECTORY = re.compile(rb".{24}((?:[0-9A-Za-z]{3}.{9})*)\x1e", re.DOTALL)


def dialect(body: bytes) -> Dialect | None:
    """The dialect of one payload by its fields, None if they tell nothing."""
    tags = _tags(body)
    if tags >= _IRBIS and b"245" not in tags:
        return "irbis"
    difference = len(tags & _MARC21) - len(tags & _UNIMARC)
    if b"245" in tags and b"200" not in tags:
        return "marc21"
    if difference > 0:
        return "marc21"
    if difference < 0:
        return "rusmarc" if _RUSSIAN.search(body) else "unimarc"
    return None


def vote(bodies: Iterable[bytes]) -> Dialect | None:
    """What most of the records of a file are, None if none of them tells."""
    told = Counter(one for one in map(dialect, bodies) if one is not None)
    return told.most_common(1)[0][0] if told else None


def _tags(body: bytes) -> frozenset[bytes]:
    written = frame(body)
    if written == "marcxml":
        return frozenset(_XML_TAG.findall(body))
    if written == "json":
        return frozenset(_JSON_TAG.findall(body))
    if written == "text":
        return frozenset(tag for tag, _ in irbis_text.fields(body))
    directory = _DIRECTORY.match(body)
    entries = directory[1] if directory is not None else b""
    return frozenset(entries[at : at + 3] for at in range(0, len(entries), 12))
