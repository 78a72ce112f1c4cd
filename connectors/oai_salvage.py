"""The second step of reading an OAI-PMH page: what a strict parse refused, record by record.

Only a page whose closing root tag came is touched; what cannot be mended is given back as a
reject with its bytes, and its neighbours are not harmed (HARVESTING §0.3 and case 64).
"""

import re
from dataclasses import dataclass

from lxml import etree

from aggregator.errors import SourceBroken
from aggregator.source import Reject
from aggregator.wording import say
from connectors import oai_repair as repair
from connectors.fetch import TooLarge
from connectors.oai_charset import Charset
from connectors.oai_reader import (
    HEAVY,
    MOST_RECORDS,
    Damaged,
    NotOai,
    Page,
    Reader,
    first_words,
    is_heavy,
    local,
    strict,
    too_much,
)

_VERB_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:ListRecords|GetRecord)\b[^<>]*>")
_REQUEST = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?request)\b[^<>]*>[^<]*</\1\s*>")


def salvage(body: bytes, reader: Reader, charset: Charset) -> Page:
    """The second step: cut off what stands around the root, then read record by record."""
    cut = repair.trim(body)
    if cut is None:
        raise Damaged(
            say(
                "The page is cut short: its end (</OAI-PMH>) is missing after {count} bytes.",
                count=len(body),
            ),
            body,
            truncated=True,
        )
    if repair.count_records(cut[0]) > MOST_RECORDS:
        what = say("more than {number} records", number=MOST_RECORDS)
        raise TooLarge(too_much(what), "damaged")
    parts = repair.split(cut[0])
    if is_heavy(parts.head + parts.tail):
        what = say("more than {number} tags around its records", number=HEAVY)
        raise SourceBroken(too_much(what), "damaged")
    text, notes = charset.decode(parts.head + parts.tail)
    notes = (*cut[1], *notes)
    root = _parsed(text)
    if root is None:
        text, more = repair.mend(text)
        tag, rest = root_tag(text)
        tag, declared = repair.declare(tag, rest)
        text, notes = tag + rest, (*notes, *more, *declared)
        root = _parsed(text)
    if root is None:
        raise Damaged(say("The page around its records cannot be read, even mended."), body)
    if local(root) != "OAI-PMH":
        raise NotOai(first_words(body))
    frame = reader.page(root, notes)
    if not parts.records:
        return frame
    envelope = _Envelope.of(text, frame)
    return frame.plus(*(_chunk(chunk, envelope, reader, charset) for chunk in parts.records))


def _parsed(text: str) -> etree._Element | None:
    try:
        return strict(text.encode())
    except etree.XMLSyntaxError:
        return None


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What one record of a mended page is put into, to be read by itself."""

    tag: str
    before: str
    after: str
    notes: tuple[str, ...]

    @classmethod
    def of(cls, frame: str, page: Page) -> "_Envelope":
        """Root tag, request and list tag of ``frame``, the page without its records."""
        tag, rest = root_tag(frame)
        name = tag[1:].split(">")[0].split()[0]
        verb = _VERB_TAG.search(rest)
        request = _REQUEST.search(rest)
        opening = verb.group() if verb else "<ListRecords>"
        closing = opening[1:-1].split()[0]
        return cls(
            tag,
            (request.group() if request else "") + opening,
            f"</{closing}></{name}>",
            page.repairs,
        )


def _chunk(chunk: bytes, envelope: _Envelope, reader: Reader, charset: Charset) -> Page:
    """One record of a mended page: as it is, else without what follows it, else mended."""
    if is_heavy(chunk):
        reason = say("The record has more than {number} tags: it was not read.", number=HEAVY)
        return _refused(reason, chunk)
    whole, notes = charset.decode(chunk)
    bare, _ = charset.decode(repair.without_rest(chunk))
    mended, more = repair.mend(bare)
    tag, declared = repair.declare(envelope.tag, mended)
    rest = ("text after a record cut off",) if bare != whole else ()
    for start, text, done in (
        (envelope.tag, whole, ()),
        (envelope.tag, bare, rest),
        (tag, mended, (*rest, *more, *declared)),
    ):
        root = _parsed(start + envelope.before + text + envelope.after)
        if root is not None:
            page = reader.page(root, tuple(dict.fromkeys((*envelope.notes, *notes, *done))))
            if page.count:
                return page
    return _refused(say("The record is not well-formed XML, even mended."), chunk)


def _refused(reason: str, chunk: bytes) -> Page:
    first, *others = repair.identifiers(chunk)
    return Page(
        rejects=(Reject(reason, chunk, first), *(Reject(reason, b"", name) for name in others))
    )


def root_tag(text: str) -> tuple[str, str]:
    """The root's start tag, and what follows it."""
    at = text.find(">") + 1
    return text[:at], text[at:]
