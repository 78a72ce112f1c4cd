"""A MARC record from any frame: leader, control fields, fields that know what was read.

ISO 2709, MARCXML, MARC-in-JSON and IRBIS text, told by the first byte. Nothing is looked up by a
name here: the crosswalks of all dialects share it.
"""

import json
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from aggregator.errors import SkipRecord
from aggregator.normalize import clean
from aggregator.wording import say
from connectors import irbis_text, iso2709
from connectors.crosswalks.strict_xml import of_another_kind, parse_xml
from connectors.marc_charset import MARC_8, decode, is_utf8
from connectors.marc_formats import UTF_8, frame


class Field:
    """A data field. Subfields that are read are taken; what is left at the end goes to ``other``.

    ``tag`` of an 880 is that of the field it writes in another script, ``script`` then says in
    which one (ISO 15924).
    """

    __slots__ = ("_left", "first", "script", "second", "tag")

    def __init__(
        self, tag: str, first: str, second: str, subfields: list[tuple[str, str]], script: str = ""
    ) -> None:
        self.tag = tag
        self.first = first
        self.second = second
        self.script = script
        self._left = subfields

    def take(self, codes: str) -> list[str]:
        """The values of all subfields with one of ``codes``, in the record's order."""
        return [value for _, value in self.pairs(codes)]

    def pairs(self, codes: str) -> list[tuple[str, str]]:
        """(code, value) of all subfields with one of ``codes``, in the record's order."""
        taken = [pair for pair in self._left if pair[0] in codes]
        if taken:
            self._left = [pair for pair in self._left if pair[0] not in codes]
        return taken

    def has(self, code: str) -> bool:
        """Whether a subfield ``code`` is there and not taken yet."""
        return any(pair[0] == code for pair in self._left)

    def text(self, codes: str, between: str = " ") -> str:
        """The values of `take` as one text."""
        return between.join(self.take(codes))

    def everything(self, but: str = "") -> str:
        """All that is left, except the codes ``but``, as one text."""
        codes = "".join(code for code, _ in self._left if code not in but)
        return self.text(codes) if codes else ""

    @property
    def left(self) -> list[tuple[str, str]]:
        """What nobody has taken."""
        return self._left


@dataclass(slots=True)
class MarcRecord:
    """``controls`` are (tag, text) of 001 to 009 as they are, ``loose`` (label, text) of what
    is no part of a MARC record."""

    leader: str
    controls: list[tuple[str, str]] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    loose: list[tuple[str, str]] = field(default_factory=list)

    def control(self, tag: str) -> str:
        """The first control field ``tag``, "" if there is none."""
        return next((text for known, text in self.controls if known == tag), "")


_NONE: frozenset[str] = frozenset()


def parse(
    body: bytes, charset: str, *, indicators: bool = True, positional: Set[str] = _NONE
) -> MarcRecord:
    """The record in ``body``: XML, JSON, or IRBIS text and ISO 2709 in ``charset``.

    ``charset`` "" means: UTF-8 if it is, else what leader/09 says. ``indicators`` False: what
    stands before the first subfield is text, as in IRBIS. ``positional`` are tags of data fields
    whose blanks count. Raises SkipRecord.
    """
    written = frame(body)
    if written == "marcxml":
        return _from_xml(body, positional)
    if written == "json":
        return _from_json(body, positional)
    if written == "text":
        return _from_text(body, charset)
    return _from_iso2709(body, charset, indicators, positional)


def _from_iso2709(body: bytes, charset: str, indicators: bool, positional: Set[str]) -> MarcRecord:
    try:
        leader, fields = iso2709.fields(body)
    except iso2709.NotARecordError as error:
        raise SkipRecord(say("The record is not ISO 2709: {reason}.", reason=error)) from error
    if not charset:
        charset = UTF_8 if leader[9:10] == b"a" or is_utf8(body) else MARC_8
    record = MarcRecord(leader.decode("latin-1"))
    for raw_tag, data in fields:
        tag = raw_tag.decode("latin-1")
        if iso2709.SUBFIELD not in data and (tag < "010" or not tag.isdigit()):
            record.controls.append((tag, decode(data, charset)))
        elif indicators:
            record.fields.append(_data_field(tag, data, charset, positional))
        else:
            record.fields.append(_bare_field(tag, data, charset, iso2709.SUBFIELD))
    return record


def _from_text(body: bytes, charset: str) -> MarcRecord:
    record = MarcRecord("")
    for raw_tag, data in irbis_text.fields(body):
        tag = raw_tag.decode("ascii")
        if tag < "010" and irbis_text.MARK not in data:
            record.controls.append((tag, decode(data, charset or UTF_8)))
        else:
            record.fields.append(_bare_field(tag, data, charset or UTF_8, irbis_text.MARK))
    if not record.fields:
        raise SkipRecord(say("The record is empty: its text has no fields such as '#200: ^A…'."))
    return record


def no_title(tag: str) -> str:
    """Why a record without a title is none, for the quarantine."""
    return say("The record has no title: its field {tag} is missing or empty.", tag=tag)


def _bare_field(tag: str, data: bytes, charset: str, mark: bytes) -> Field:
    """A field without indicators; text before its first subfield has the code " "."""
    head, *parts = decode(data, charset).split(mark.decode("ascii"))
    pairs = [(" ", head), *((part[:1].lower(), part[1:]) for part in parts)]
    said = [(code, clean(value)) for code, value in pairs]
    return Field(tag, " ", " ", [(code, value) for code, value in said if value])


def _from_json(body: bytes, positional: Set[str]) -> MarcRecord:
    try:
        said = json.loads(body, strict=False)
        record = MarcRecord(str(said.get("leader") or ""))
        for entry in said["fields"]:
            if isinstance(entry, list):  # marc-hash
                tag, *rest = entry
                _add_json(record, str(tag), rest[0] if len(rest) == 1 else rest, positional)
            else:
                for tag, value in entry.items():
                    _add_json(record, str(tag), value, positional)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SkipRecord(
            say("The record is not MARC-in-JSON: {reason}.", reason=f"{error!r:.200}")
        ) from error
    if not record.fields and not record.controls:
        raise SkipRecord(say("The record is empty: its JSON has no fields."))
    return record


def _add_json(record: MarcRecord, tag: str, value: Any, positional: Set[str]) -> None:
    if isinstance(value, str):
        record.controls.append((tag, value))
        return
    if isinstance(value, list):
        first, second, pairs = value
    else:
        first, second = value.get("ind1"), value.get("ind2")
        pairs = [pair for one in value.get("subfields", ()) for pair in one.items()]
    kept = str if tag in positional else clean
    said = [(str(code).lower()[:1] or " ", kept(str(text))) for code, text in pairs]
    subfields = [(code, text) for code, text in said if text]
    record.fields.append(Field(tag, str(first or " ")[:1], str(second or " ")[:1], subfields))


def _data_field(tag: str, data: bytes, charset: str, positional: Set[str]) -> Field:
    """Indicators are the last two signs before the first subfield, wherever that is (71)."""
    head, *parts = data.split(iso2709.SUBFIELD)
    marks = decode(head, charset)
    subfields = []
    if len(marks.strip()) > 2:  # text that stands where only indicators may
        subfields.append((" ", clean(marks)))
        marks = ""
    for part in parts:
        text = decode(part, charset)
        value = text[1:] if tag in positional else clean(text[1:])
        if value:
            subfields.append((text[:1].lower(), value))
    return Field(tag, marks[:1] or " ", marks[1:2] or " ", subfields)


def _from_xml(body: bytes, positional: Set[str]) -> MarcRecord:
    root = parse_xml(body)
    if _local(root) == "collection":
        inner = [child for child in root if _local(child) == "record"]
        if len(inner) != 1:
            raise SkipRecord(
                say("One MARCXML record was expected, {count} came.", count=len(inner))
            )
        root = inner[0]
    if _local(root) != "record":
        raise of_another_kind("MARCXML", _local(root))
    record = MarcRecord("")
    for element in root:
        _add_element(record, element, positional)
    if not record.fields and not record.controls:
        raise SkipRecord(say("The record is empty: its MARCXML has no fields."))
    return record


def _add_element(record: MarcRecord, element: etree._Element, positional: Set[str]) -> None:
    kind = _local(element)
    if kind == "leader":
        record.leader = element.text or ""
    elif kind == "controlfield" and not len(element):
        record.controls.append((element.get("tag") or "", element.text or ""))
    elif kind == "datafield":
        subfields = []
        kept = str if element.get("tag") in positional else clean
        for part in element:
            value = kept(" ".join(map(str, part.itertext())) if len(part) else part.text or "")
            if value:
                subfields.append(((part.get("code") or " ").lower(), value))
            if part.tail and not part.tail.isspace():
                subfields.append((" ", clean(part.tail)))
        if element.text and not element.text.isspace():
            subfields.append((" ", clean(element.text)))
        first, second = element.get("ind1") or " ", element.get("ind2") or " "
        record.fields.append(Field(element.get("tag") or "", first, second, subfields))
    else:
        record.loose.append((f"MARCXML {kind}", clean(" ".join(map(str, element.itertext())))))
    if element.tail and not element.tail.isspace():
        record.loose.append(("MARCXML text", clean(element.tail)))


def _local(element: etree._Element) -> str:
    return element.tag.rsplit("}", 1)[-1]
