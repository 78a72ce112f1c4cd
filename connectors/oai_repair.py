"""Mending of OAI-PMH pages that are not well-formed. Pure; each repair is named.

Used only after a strict parse failed and the page's closing root tag was seen. The cases are
51 to 64 of HARVESTING §2. Every pattern here takes linear time, whatever a page holds.
"""

import codecs
import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from typing import NamedTuple

_NAME = r"[A-Za-z_][\w.-]*"
_BYTE_NAME = rb"(?:[A-Za-z_][\w.-]*:)?"
ROOT = re.compile(rb"<" + _BYTE_NAME + rb"OAI-PMH(?=[\s/>])")
ROOT_TAG = re.compile(rf"<(?:{_NAME}:)?OAI-PMH(?=[\s/>])")
_ROOT_END = re.compile(rb"</" + _BYTE_NAME + rb"OAI-PMH\s*>")
_RECORD = re.compile(rb"<(" + _BYTE_NAME + rb")record(?:\s[^<>]*)?>(?=\s*<\1header[\s/>])")
_RECORD_END = re.compile(rb"</" + _BYTE_NAME + rb"record\s*>")
_LIST_END = re.compile(
    rb"<%(p)sresumptionToken\b|</%(p)s(?:ListRecords|GetRecord)\b" % {b"p": _BYTE_NAME}
)
_LIST_PART = re.compile(rb"</?" + _BYTE_NAME + rb"(?:record|header|resumptionToken|ListRecords)\b")
_HEADER = re.compile(
    rb"<(?P<p>%s)identifier\s*>([^<]{1,1000})</(?P=p)identifier\s*>\s*<(?P=p)datestamp\b"
    % _BYTE_NAME
)
_HEADER_START = re.compile(rb"<" + _BYTE_NAME + rb"header\b")
_HEADER_END = re.compile(rb"</" + _BYTE_NAME + rb"header\b")
_METADATA_END = re.compile(rb"</" + _BYTE_NAME + rb"metadata\b")
_IDENTIFIER = re.compile(rb"<" + _BYTE_NAME + rb"identifier[^<>]*>([^<]{1,1000})<")

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INNER_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>")
_ISLAND = re.compile(r"<!\[CDATA\[|<!--")
_REFERENCE = re.compile(r"&(?:#(\d{1,9});|#[xX]([0-9A-Fa-f]{1,8});|([A-Za-z][A-Za-z0-9]{1,31});)?")
_TWO_REFERENCES = re.compile(
    r"&#([xX][dD][89abAB][0-9a-fA-F]{2}|5[56]\d{3});&#([xX][dD][c-fC-F][0-9a-fA-F]{2}|5[67]\d{3});"
)
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_PREFIX = re.compile(rf"</?({_NAME}):[A-Za-z_]|\s({_NAME}):{_NAME}\s*=\s*[\"']")
_MOST_PREFIXES = 100
_XMLNS = re.compile(rf"\sxmlns:({_NAME})\s*=")

NAMESPACES = {
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dim": "http://www.dspace.org/xmlns/dspace/dim",
    "marc": "http://www.loc.gov/MARC21/slim",
    "mods": "http://www.loc.gov/mods/v3",
    "mets": "http://www.loc.gov/METS/",
    "xlink": "http://www.w3.org/1999/xlink",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "etdms": "http://www.ndltd.org/standards/metadata/etdms/1.0/",
}
"""What well-known prefixes stand for, where a page uses them without saying so."""


def has_doctype(body: bytes) -> bool:
    """Whether a page may have a DTD: it never reaches the parser as it is. What looks like the root
    may stand in a comment, so that no place is safe; elsewhere these words are text of a record.
    """
    return b"<!DOCTYPE" in body


class Parts(NamedTuple):
    """A page cut at its records: head + records + tail is the page."""

    head: bytes
    records: list[bytes]
    tail: bytes


def trim(body: bytes) -> tuple[bytes, list[str]] | None:
    """The page from its root tag to its closing one, and the names of what stood around it.

    None where the closing tag is missing, or parts of a list come after it: then nothing proves
    that the page is whole.
    """
    start = ROOT.search(body)
    ends = [end.end() for end in _ROOT_END.finditer(body)]
    if start is None or not ends or ends[-1] < start.end():
        return None
    if _LIST_PART.search(body, ends[-1]):
        return None
    notes = []
    before = body[: start.start()].removeprefix(codecs.BOM_UTF8)
    if has_doctype(body[: start.start()]):
        notes.append("DTD left out")
    misplaced = b"<?xml" in before[1:].replace(b"<?xml-", b"")
    if misplaced or (before and not before.startswith(b"<")):
        notes.append("text before the XML declaration cut off")
    if body[ends[-1] :].strip():
        notes.append("text after the end cut off")
    return body[start.start() : ends[-1]], notes


def count_records(page: bytes) -> int:
    """How many pieces `split` would make."""
    return sum(1 for _ in _RECORD.finditer(page))


def split(page: bytes) -> Parts:
    """Cut a trimmed page at the start of each of its records.

    Only a record element directly followed by a header counts, so that MARCXML's own record
    elements stay inside theirs.
    """
    starts = [found.start() for found in _RECORD.finditer(page)]
    last = starts[-1] if starts else 0
    ends = [end.end() for end in _RECORD_END.finditer(page, last)] if starts else []
    if not ends:
        found = _LIST_END.search(page, last) or _ROOT_END.search(page, last)
        ends = [found.start() if found else len(page)]
    if not starts:
        return Parts(page[: ends[-1]], [], page[ends[-1] :])
    bounds = [*starts, ends[-1]]
    records = [page[bounds[i] : bounds[i + 1]] for i in range(len(starts))]
    return Parts(page[: starts[0]], records, page[ends[-1] :])


def identifier(chunk: bytes) -> str:
    """The identifier a damaged record shows, "" if none can be seen."""
    found = _IDENTIFIER.search(chunk)
    return _text(found.group(1)) if found else ""


def _text(piece: bytes) -> str:
    return unescape(piece.decode("utf-8", "replace")).strip()


def identifiers(chunk: bytes) -> list[str]:
    """The identifier of each record of a damaged piece, "" for one that shows none.

    Where the tags between two records are broken, both lie in one piece.
    """
    shown = (identifier(chunk), *(_text(found[2]) for found in _HEADER.finditer(chunk)))
    names = [name for name in dict.fromkeys(shown) if name]
    starts, ends, records, metadata = (
        len(tag.findall(chunk)) for tag in (_HEADER_START, _HEADER_END, _RECORD_END, _METADATA_END)
    )
    # Formats have elements called record or metadata too, but not both.
    count = max(1, starts, ends, min(records, metadata))
    return names + [""] * (count - len(names))


def without_rest(chunk: bytes) -> bytes:
    """A record without what a server's program printed after it."""
    ends = [end.end() for end in _RECORD_END.finditer(chunk)]
    return chunk[: ends[-1]] if ends else chunk


def mend(text: str) -> tuple[str, tuple[str, ...]]:
    """Make XML text well-formed where the fault is known, and name what was done."""
    notes: dict[str, None] = {}  # in order, each once
    for note, pattern, replacement in (
        ("XML declaration inside the page removed", _INNER_DECLARATION, ""),
        ("control characters replaced by spaces", _CONTROL, " "),
    ):
        text, count = pattern.subn(replacement, text)
        if count:
            notes[note] = None

    def paired(found: re.Match[str]) -> str:
        high, low = (int(one[1:], 16) if one[0] in "xX" else int(one) for one in found.groups())
        if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
            return found.group()
        notes["halves of a sign put together"] = None
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)

    def reference(found: re.Match[str]) -> str:
        whole = found.group()
        decimal, hexadecimal, name = found.groups()
        if name in _XML_ENTITIES:
            return whole
        if decimal or hexadecimal:
            number = int(decimal) if decimal else int(hexadecimal, 16)
            if number <= 0x10FFFF and not _CONTROL.match(chr(number)):
                return whole
            notes["control characters replaced by spaces"] = None
            return " "
        characters = html5.get(f"{name};") if name else None
        if characters is not None:
            notes["HTML entities replaced"] = None
            return "".join(f"&#{ord(one)};" for one in characters)
        notes["bare & escaped"] = None
        return "&amp;" + whole[1:]

    def less(_: re.Match[str]) -> str:
        notes["bare < escaped"] = None
        return "&lt;"

    text = _TWO_REFERENCES.sub(paired, text)
    text = "".join(
        piece if island else _BARE_LESS.sub(less, _REFERENCE.sub(reference, piece))
        for piece, island in _pieces(text)
    )
    return text, tuple(notes)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """``text`` in order, in pieces; True for CDATA sections and comments, left as they are."""
    at = begin = 0
    endless: set[str] = set()
    while (found := _ISLAND.search(text, at)) is not None:
        closing = "-->" if found.group() == "<!--" else "]]>"
        end = -1 if closing in endless else text.find(closing, found.end())
        at = found.end()
        if end < 0:
            endless.add(closing)
            continue
        yield text[begin : found.start()], False
        at = begin = end + len(closing)
        yield text[found.start() : at], True
    yield text[begin:], False


def declare(root_tag: str, text: str) -> tuple[str, tuple[str, ...]]:
    """``root_tag`` with the prefixes declared that ``text`` uses undeclared; the repairs."""
    known = {"xml", "xmlns", *_XMLNS.findall(root_tag), *_XMLNS.findall(text)}
    used = dict.fromkeys(one or other for one, other in _PREFIX.findall(text))
    missing = [name for name in used if name not in known]
    if len(missing) > _MOST_PREFIXES:
        return root_tag, ()
    added = "".join(
        f' xmlns:{name}="{NAMESPACES.get(name, f"urn:undeclared:{name}")}"' for name in missing
    )
    at = ROOT_TAG.match(root_tag)
    if at is None:
        return root_tag, ()
    declared = root_tag[: at.end()] + added + root_tag[at.end() :]
    return declared, tuple(f"undeclared prefix {name} declared" for name in missing)
