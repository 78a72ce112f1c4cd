"""What a connector must know of a MARC record: number, time, whether it is deleted. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.normalize import clean
from connectors import irbis_text, iso2709, marc_charset, marcxml
from connectors.marc_formats import MarcFormat, frame

_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d)?")
_XML_LEADER = re.compile(rb"<(?:[\w.-]+:)?leader[^<>]*>.{5}(.)", re.DOTALL)
_XML_STAMP = re.compile(rb"<(?:[\w.-]+:)?controlfield[^<>]*tag=\"005\"[^<>]*>([^<]*)<")


@dataclass(frozen=True, slots=True)
class Label:
    """``number`` is field 001, in IRBIS the record's cipher in its database (903)."""

    number: str
    deleted: bool
    stamp: str


def label(body: bytes, known: MarcFormat) -> Label:
    """The label of one payload, whatever its frame."""
    written = frame(body)
    if written == "marcxml":
        return _of_xml(body)
    if written == "json":
        return _of_json(body)
    if written == "text":
        return _of_fields(False, irbis_text.fields(body), known)
    leader, fields = iso2709.fields(body)
    return _of_fields(leader[5:6] == b"d", fields, known)


def _of_fields(deleted: bool, fields: Iterable[tuple[bytes, bytes]], known: MarcFormat) -> Label:
    first: dict[bytes, bytes] = {}
    for tag, data in fields:
        if tag in (b"001", b"005", b"903"):
            first.setdefault(tag, data)
    number = first.get(b"001", b"")
    if known.dialect == "irbis":
        number = first.get(b"903") or number
    text = clean(marc_charset.decode(number, known.charset))
    return Label(text, deleted, _stamp(first.get(b"005", b"").decode("latin-1")))


def _of_xml(body: bytes) -> Label:
    leader, stamp = _XML_LEADER.search(body), _XML_STAMP.search(body)
    return Label(
        clean(marcxml.control_number(body)),
        leader is not None and leader[1] == b"d",
        _stamp(stamp[1].decode() if stamp is not None else ""),
    )


def _of_json(body: bytes) -> Label:
    record = json.loads(body, strict=False)
    first: dict[str, str] = {}
    for entry in record["fields"]:
        tag, value = next(iter(entry.items())) if isinstance(entry, dict) else entry[:2]
        if isinstance(value, str):
            first.setdefault(tag, value)
    leader = str(record.get("leader", ""))
    return Label(clean(first.get("001", "")), leader[5:6] == "d", _stamp(first.get("005", "")))


def _stamp(text: str) -> str:
    """MARC 005 as ISO 8601, "" if it is no time."""
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second = match.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}"
