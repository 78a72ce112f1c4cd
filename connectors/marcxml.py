"""MARCXML files, record by record, in bounded memory. Strict first, repaired where that fails.

Records are those elements named ``record`` that hold MARC fields, whatever the namespace and
whatever is wrapped around them (a collection, an OAI-PMH or SRU response).
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.sax.saxutils import unescape

from lxml import etree

from connectors.iso2709 import LONGEST, Piece
from connectors.marc_charset import decode, is_utf8
from connectors.marc_formats import UTF_8

_PARTS = frozenset({"leader", "controlfield", "datafield"})
_TOKENS = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?P<end>/?)(?:[\w.-]+:)?record(?=[\s/>])[^<>]*>", re.DOTALL
)
_ROOT = re.compile(rb"<(?![?!])([\w.:-]+)(\s[^<>]*?)?>")
_DECLARATION = re.compile(rb"\s*<\?xml[^<>]*\?>")
_CONTROL_NUMBER = re.compile(rb"<(?:[\w.-]+:)?controlfield[^<>]*tag=.001.[^<>]*>([^<]*)<")
_NAMESPACE = re.compile(rb"(xmlns(?::[\w.-]+)?)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_CHUNK = 1 << 18
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=False)


def pieces(opened: Callable[[], BinaryIO]) -> Iterator[Piece]:
    """The records of one file; ``opened`` opens it anew.

    A file that is not well-formed is read strictly to its first error and then cut at its tags,
    so that one bad record costs only itself (HARVESTING 64). A record is cut out with the
    namespaces that it stands in, as UTF-8.
    """
    read = 0
    try:
        with opened() as stream:
            for piece in _strict(stream):
                yield piece
                read += 1
    except etree.XMLSyntaxError as error:
        note = f"cut out by its tags, the file is not well-formed XML ({_short(error)})"
        with opened() as stream:
            for number, piece in enumerate(_by_tags(stream, note)):
                if number >= read:
                    yield piece


def control_number(body: bytes) -> str:
    """The 001 in bytes that may be no XML at all; "" if there is none."""
    match = _CONTROL_NUMBER.search(body)
    return unescape(match[1].decode("utf-8", "replace")).strip() if match else ""


def _strict(stream: BinaryIO) -> Iterator[Piece]:
    inner = False
    for _, element in etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}record", "record"),
        huge_tree=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    ):
        place = f"line {element.sourceline}"
        if any(_local(child) in _PARTS for child in element):
            yield Piece(place, etree.tostring(element, encoding="utf-8", with_tail=False))
            inner = True
        elif inner:
            inner = False  # the wrapper of the record that has just been given
        else:
            body = etree.tostring(element, encoding="utf-8", with_tail=False)
            yield Piece(place, body, reason="the record has no MARC fields")
        _forget(element)


def _forget(element: etree._Element) -> None:
    """Free what has been read: the tree of a large file must not grow."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _by_tags(stream: BinaryIO, note: str) -> Iterator[Piece]:
    """Cut at ``<record`` and ``</record>``; each piece is parsed alone, with its namespaces."""
    head = stream.read(_CHUNK)
    before, closing = _surroundings(head)
    buffer, base, start, end_of_file = head, 0, -1, not head
    while True:
        done = 0
        for token in _TOKENS.finditer(buffer):
            if token["end"] is None:
                continue
            if not token["end"]:
                start = token.start()
            elif start >= 0:
                yield _alone(buffer[start : token.end()], before, f"byte {base + start:,}", note)
                start, done = -1, token.end()
        if end_of_file:
            break
        keep = start if start >= 0 else max(done, buffer.rfind(b"<"))
        if len(buffer) - keep > LONGEST:
            yield Piece(f"byte {base + keep:,}", buffer[keep:], reason="the record has no end")
            keep, start = len(buffer), -1
        chunk = stream.read(_CHUNK)
        end_of_file = not chunk
        base, buffer = base + keep, buffer[keep:] + chunk
        start = min(start, 0)
    if start >= 0:
        reason = "the file ends in the middle of a record"
        yield Piece(f"byte {base + start:,}", buffer[start:], reason=reason, cut=True)
    elif not buffer.rstrip().endswith(closing):
        yield Piece("its end", b"", reason="the file ends before its last closing tag", cut=True)


def _surroundings(head: bytes) -> tuple[bytes, bytes]:
    """What to put before a piece so that it reads as in its file, and the file's last tag."""
    declaration = _DECLARATION.match(head)
    root = _ROOT.search(head)
    first = next((token for token in _TOKENS.finditer(head) if token["end"] == b""), None)
    spaces = {
        match[1]: match[0] for match in _NAMESPACE.finditer(head, 0, first.start() if first else 0)
    }
    before = (declaration[0].strip() if declaration else b"") + b"<around "
    return before + b" ".join(spaces.values()) + b">", b"</" + (root[1] if root else b"") + b">"


def _alone(piece: bytes, before: bytes, place: str, note: str) -> Piece:
    problems = [note]
    try:
        try:
            body = _cut_out(before + piece)
        except etree.XMLSyntaxError:
            body = _cut_out(before + _repaired(piece, problems))
    except etree.XMLSyntaxError as error:
        reason = f"the record is not well-formed XML ({_short(error)})"
        return Piece(place, piece, reason=reason)
    return Piece(place, body, tuple(problems))


def _cut_out(around: bytes) -> bytes:
    root = etree.fromstring(around + b"</around>", _PARSER)
    return etree.tostring(root[0], encoding="utf-8", with_tail=False)


def _repaired(piece: bytes, problems: list[str]) -> bytes:
    """Control characters become spaces, stray bytes and ``&`` what they were meant for."""
    fixed = _CONTROL.sub(b" ", piece)
    if fixed != piece:
        problems.append("control characters were replaced by spaces")
    if not is_utf8(fixed):
        fixed = decode(fixed, UTF_8).encode()
        problems.append("bytes that are not UTF-8 were repaired")
    plain = _BARE_AMPERSAND.sub(b"&amp;", fixed)
    if plain != fixed:
        problems.append("bare & were escaped")
    return plain


def _local(element: etree._Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _short(error: Exception) -> str:
    return str(error).removesuffix(" (<string>, line 1)")
