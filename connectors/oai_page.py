"""Reads one OAI-PMH response: bytes in, a `Page` out, no network and no clock.

Strict first. A page that is not well-formed is mended only in a second step, and only when its
closing root tag proves that all of it came (HARVESTING §0.3): then each record is read by
itself, so that one bad record costs itself and not its neighbours.
"""

import re
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import NamedTuple

from lxml import etree
from sickle.models import Header, Identify, MetadataFormat, Set

from aggregator.wording import say
from connectors import oai_charset as encodings
from connectors import oai_repair as repair
from connectors.oai_reader import (
    OAI,
    Damaged,
    NotOai,
    Page,
    Reader,
    error_of,
    first_words,
    is_heavy,
    local,
    number,
    strict,
    text_of,
)
from connectors.oai_salvage import root_tag, salvage

__all__ = [
    "Damaged", "Headers", "NotOai", "Page", "parse_page", "read_formats", "read_headers",
    "read_identify", "read_sets", "tail_token",
]  # fmt: skip

_TAIL = 4096
_TAIL_TOKEN = re.compile(rb"<(?:[\w.-]+:)?resumptionToken\b[^>]*>([^<]*)</")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos);")
_PREDEFINED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def parse_page(
    body: bytes, prefix: str, *, charset: str = "", encoding: str = "", own_prefix: bool = False
) -> Page:
    """Read a ListRecords or GetRecord response whose records are in format ``prefix``.

    ``charset`` is what the HTTP header says, a hint; ``encoding`` is what the administrator
    says, obeyed. With ``own_prefix`` the page's own request element may name another format.
    Raises NotOai or Damaged; any other bytes give a Page.
    """
    body = encodings.as_ascii_superset(body)
    start = repair.ROOT.search(body)
    if start is None:
        raise NotOai(first_words(body))
    reader = Reader(prefix, own_prefix)
    root_at = start.start()
    claim = encodings.declared(body, root_at)
    true = encoding or encodings.true_encoding(body, root_at, charset)
    read_as = true or (claim if encodings.codec(claim) else "" if claim else "utf-8")
    doubtful = not encoding and encodings.needs_reading(body, read_as)
    if read_as and not (doubtful or repair.has_doctype(body) or is_heavy(body)):
        try:
            root = strict(body, read_as)
        except (etree.XMLSyntaxError, LookupError):
            pass
        else:
            if local(root) != "OAI-PMH":
                raise NotOai(first_words(body))
            return reader.page(root, [encodings.read_as(true)] if true and not encoding else [])
    return salvage(body, reader, encodings.Charset.of(body, root_at, charset, encoding))


def tail_token(body: bytes) -> str:
    """The resumption token as the last 4 KB show it, "" if they show none.

    Only for asking for the next page early; what `parse_page` reads is what counts.
    """
    found = _TAIL_TOKEN.findall(body, max(0, len(body) - _TAIL))
    if not found:
        return ""
    text = str(found[-1], "utf-8", "replace").strip()
    if "&#" in text or "\r" in text:
        return ""  # rare enough to leave to the parser
    return _ENTITY.sub(lambda ref: _PREDEFINED[ref.group(1)], text)


def read_identify(body: bytes) -> Identify | None:
    """Sickle's Identify, or None where the response holds none."""
    root = _small(body)
    if not any(local(child) == "Identify" for child in root.iterchildren("*")):
        return None
    return Identify(SimpleNamespace(xml=root))


def read_formats(body: bytes) -> list[MetadataFormat]:
    """Sickle's MetadataFormat for each of a ListMetadataFormats response."""
    return [MetadataFormat(found) for found in _items(_small(body), "metadataFormat")]


def read_sets(body: bytes) -> tuple[list[Set], str]:
    """Sickle's Set for each of one page of a ListSets response, and its token."""
    root = _small(body)
    return [Set(found) for found in _items(root, "set")], _token(root)


class Headers(NamedTuple):
    """A page of ListIdentifiers: its token is "" at the end, ``total`` its completeListSize,
    ``cursor`` the number of records before it."""

    headers: Sequence[Header]
    token: str
    total: int | None = None
    cursor: int | None = None


def read_headers(body: bytes) -> Headers:
    """Sickle's Header for each of one page of a ListIdentifiers response.

    ``deleted`` is set whatever the case of the status (HARVESTING case 28). Raises what the
    response says as an error (`oai_reader.ERROR_KINDS`), Damaged where it says nothing at all.
    """
    root = _small(body)
    parts = {local(child): child for child in root.iterchildren("*")}
    if "error" in parts:
        raise error_of(parts["error"])
    if "ListIdentifiers" not in parts:
        raise Damaged(say("The answer holds no list of identifiers."), body)
    headers = []
    for element in _items(root, "header"):
        header = Header(element)
        header.deleted = element.get("status", "").strip().casefold() == "deleted"
        headers.append(header)
    last = next(_items(root, "resumptionToken"), etree.Element("none"))
    size, place = last.get("completeListSize", ""), last.get("cursor", "")
    return Headers(headers, _token(root), number(size), number(place))


def _small(body: bytes) -> etree._Element:
    """The root of one of the short answers, its envelope in the OAI namespace as Sickle needs.

    Raises NotOai or Damaged.
    """
    body = encodings.as_ascii_superset(body)
    start = repair.ROOT.search(body)
    if start is None:
        raise NotOai(first_words(body))
    cut = repair.trim(body)
    if cut is None:
        raise Damaged(say("A short answer of the source is cut short."), body, truncated=True)
    text, _ = encodings.Charset.of(body, start.start()).decode(cut[0])
    try:
        root = strict(text.encode())
    except etree.XMLSyntaxError:
        text, _ = repair.mend(text)
        tag, rest = root_tag(text)
        try:
            root = strict((repair.declare(tag, rest)[0] + rest).encode())
        except etree.XMLSyntaxError as error:
            raise Damaged(
                say("A short answer of the source cannot be read: {reason}.", reason=error), body
            ) from error
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)  # Sickle trips over them
    for element in root.iter("*"):
        if not str(element.tag).startswith("{"):
            element.tag = f"{{{OAI}}}{element.tag}"
    return root


def _token(root: etree._Element) -> str:
    return next((text_of(found) for found in _items(root, "resumptionToken")), "")


def _items(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """The grandchildren of the root that are called ``name``."""
    for verb in root.iterchildren("*"):
        yield from (child for child in verb.iterchildren("*") if local(child) == name)
