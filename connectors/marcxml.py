"""MARCXML files, record by record, in bounded memory: strictly, or repaired where that fails.

Records are those elements named ``record`` that hold MARC fields, whatever the namespace and
whatever is wrapped around them (a collection, an OAI-PMH or SRU response).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from xml.sax.saxutils import unescape

from lxml import etree

from aggregator.wording import later, say
from connectors.files import Ended, chunks, unreadable
from connectors.iso2709 import LONGEST, Piece
from connectors.marc_charset import as_utf8
from connectors.marc_formats import UTF_8
from connectors.oai_charset import codec

_PARTS = frozenset({"leader", "controlfield", "datafield"})
_TOKENS = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?P<end>/?)(?:[\w.-]+:)?record(?=[\s/>])[^<>]*>", re.DOTALL
)
_FIELDS = re.compile(rb"<(?:[\w.-]+:)?(?:leader|controlfield|datafield)\b")
_NO_FIELDS = later("the record has no MARC fields")
_PAD = b"\r\n\x00\x1a\t "
_ROOT = re.compile(rb"<(?![?!])([\w.:-]+)(\s[^<>]*?)?>")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ENCODING = re.compile(rb"[\s\xef\xbb\xbf]*<\?xml[^<>]*encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_PREFIX = re.compile(rb"</?([\w.-]+):")
_SLIM = b"http://www.loc.gov/MARC21/slim"
_CONTROL_NUMBER = re.compile(rb"<(?:[\w.-]+:)?controlfield[^<>]*tag=.001.[^<>]*>([^<]*)<")
_NAMESPACE = re.compile(rb"(xmlns(?::[\w.-]+)?)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
_MENDS = (
    (re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]"), b" ",
     later("control characters were replaced by spaces")),
    (re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)"), b"&amp;",
     later("bare & were escaped")),
    (re.compile(rb"<(?![/\w!?])"), b"&lt;", later("bare < were escaped")),
)  # fmt: skip
_PARSER = etree.XMLParser(recover=False, **_SAFE)


def pieces(opened: Callable[[], BinaryIO]) -> Iterator[Piece]:
    """The records of one file; ``opened`` opens it anew.

    A file that is not well-formed, or not read to its end, is cut at its tags, so that one bad
    record costs only itself (HARVESTING 64). A record is cut out with the namespaces that it
    stands in, as UTF-8.
    """
    with opened() as stream:
        fault = _fault(stream)
    with opened() as stream:
        if fault:
            readable = Ended(chunks(stream))
            yield from _by_tags(iter(readable), fault)
            readable.check()
        else:
            yield from _strict(stream)


class _Nothing:
    """A target for a parser that only checks."""

    def close(self) -> None:
        pass


def _fault(stream: BinaryIO) -> str:
    """Why a file is not well-formed XML to its end; "" if it is."""
    parser = etree.XMLParser(target=cast(Any, _Nothing()), huge_tree=True, **_SAFE)
    readable = Ended(chunks(stream))
    since = 0
    try:
        for chunk in readable:
            parser.feed(chunk)
            end = chunk.rfind(b"record>")
            since = len(chunk) - end if end >= 0 else since + len(chunk)
            if since > LONGEST:
                return say("no end of record within {limit} bytes", limit=LONGEST)
        parser.close()
    except etree.XMLSyntaxError as error:
        return _short(error)
    if readable.error:
        return unreadable(readable.error)
    undeclared = parser.feed_error_log.filter_from_errors()  # of prefixes: no error to a target
    return str(undeclared[0].message) if len(undeclared) else ""


def is_in(text: bytes) -> bool:
    """Whether there are MARCXML records in a text, wherever they begin."""
    found = _TOKENS.search(text)
    return found is not None and _FIELDS.search(text, found.end()) is not None


def control_number(body: bytes) -> str:
    """The 001 in bytes that may be no XML at all; "" if there is none."""
    match = _CONTROL_NUMBER.search(body)
    return unescape(match[1].decode("utf-8", "replace")).strip() if match else ""


def _strict(stream: BinaryIO) -> Iterator[Piece]:
    for _, element in etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}record", "record"),
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        **_SAFE,
    ):
        if element.find(".//{*}record") is None:  # else it is wrapped around one given before
            body = etree.tostring(element, encoding="utf-8", with_tail=False)
            without = "" if any(_local(child) in _PARTS for child in element) else _NO_FIELDS
            place = say("line {line}", line=str(element.sourceline))
            yield Piece(place, body, reason=say(without))
        _forget(element)


def _forget(element: etree._Element) -> None:
    """Free what has been read: the tree of a large file must not grow."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


@dataclass(frozen=True, slots=True)
class _Around:
    """What the records of a file stand in: declarations of namespaces by their names, and the
    encoding that the file claims."""

    spaces: Mapping[bytes, bytes]
    encoding: str

    def opening(self, piece: bytes = b"") -> bytes:
        """A tag in which a piece reads as in its file. Prefixes of ``piece`` that nobody declares
        are declared: local names tell what is meant."""
        missing = {
            prefix: b'xmlns:%s="%s"' % (prefix, _SLIM)
            for prefix in _PREFIX.findall(piece)
            if b"xmlns:" + prefix not in self.spaces and b"xmlns:%s=" % prefix not in piece
        }
        return b"<around " + b" ".join([*self.spaces.values(), *missing.values()]) + b">"

    def text(self, piece: bytes) -> tuple[bytes, list[str]]:
        """A piece in UTF-8, and what that took: its claim is believed while its bytes allow it."""
        try:
            return piece.decode(self.encoding or UTF_8).encode(), []
        except (LookupError, UnicodeDecodeError):
            mended, note = as_utf8(piece)
            return mended, [note]


def _by_tags(chunks: Iterator[bytes], fault: str) -> Iterator[Piece]:
    """Cut at ``<record`` and ``</record>``; each piece is parsed alone, with its namespaces."""
    buffer = next(chunks, b"")
    around, closing = _surroundings(buffer)
    base, start, chunk = 0, -1, buffer
    while chunk:
        done = 0
        for token in _TOKENS.finditer(buffer):
            if token["end"] is None:
                continue
            if not token["end"]:
                if start >= 0 and _FIELDS.search(buffer, start, token.start()):
                    why = say("the next record begins in the middle of it")
                    part = buffer[start : token.start()]
                    yield Piece(_at(base + start), part, reason=f"{why} ({fault})")
                start = token.start()
                if not token[0].endswith(b"/>"):
                    continue
            if start >= 0:
                yield _alone(buffer[start : token.end()], around, _at(base + start))
                start, done = -1, token.end()
        keep = start if start >= 0 else max(done, buffer.rfind(b"<"))
        if len(buffer) - keep > LONGEST:
            yield Piece(_at(base + keep), buffer[keep:], reason=say("the record has no end"))
            keep, start = len(buffer), -1
        chunk = next(chunks, b"")
        base, buffer = base + keep, buffer[keep:] + chunk
        start = min(start, 0)
    if start >= 0 and _FIELDS.search(buffer, start):
        cause = say("the file ends in the middle of a record")
        yield Piece(_at(base + start), buffer[start:], reason=cause, cut=True)
    elif not buffer.rstrip(_PAD).endswith(closing):
        cause = say("the file ends before its last closing tag")
        yield Piece(say("its end"), b"", reason=cause, cut=True)


def _surroundings(head: bytes) -> tuple[_Around, bytes]:
    """What a piece stands in, and the file's last tag."""
    root = _ROOT.search(_COMMENT.sub(b"", head))
    first = next((token for token in _TOKENS.finditer(head) if token["end"] == b""), None)
    spaces = {
        match[1]: match[0] for match in _NAMESPACE.finditer(head, 0, first.start() if first else 0)
    }
    said = _ENCODING.match(head)
    encoding = codec(said[1].decode()) if said else ""
    return _Around(spaces, encoding), b"</" + (root[1] if root else b"") + b">"


def _alone(piece: bytes, around: _Around, place: str) -> Piece:
    problems: list[str] = []
    try:
        try:
            body = _cut_out(around.opening(), piece, around.encoding)
        except etree.XMLSyntaxError:
            mended = _mended(piece, around, problems)
            body = _cut_out(around.opening(mended), mended)
    except etree.XMLSyntaxError as error:
        why = say("the record is not well-formed XML ({reason})", reason=_short(error))
        return Piece(place, piece, reason=why)
    return Piece(place, body, tuple(problems), "" if _FIELDS.search(body) else say(_NO_FIELDS))


def _cut_out(opening: bytes, piece: bytes, encoding: str = "") -> bytes:
    said = f"<?xml version='1.0' encoding='{encoding}'?>".encode() if encoding else b""
    root = etree.fromstring(said + opening + piece + b"</around>", _PARSER)
    return etree.tostring(root[0], encoding="utf-8", with_tail=False)


def _mended(piece: bytes, around: _Around, problems: list[str]) -> bytes:
    """As UTF-8; control characters become spaces, stray bytes, ``&`` and ``<`` what they were
    meant for."""
    mended, note = around.text(piece)
    problems += note
    for pattern, sign, what in _MENDS:
        before, mended = mended, pattern.sub(sign, mended)
        if mended != before:
            problems.append(what)
    return mended


def _local(element: etree._Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _at(offset: int) -> str:
    return say("byte {number}", number=offset)


def _short(error: Exception) -> str:
    return str(error).removesuffix(" (<string>, line 1)")
