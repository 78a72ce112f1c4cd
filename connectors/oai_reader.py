"""What an OAI-PMH response holds, and the strict reading of its XML. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml import etree
from sickle import oaiexceptions

from aggregator.errors import RetryLater, SourceBroken
from aggregator.source import Raw, Reject
from aggregator.wording import say

OAI = "http://www.openarchives.org/OAI/2.0/"

ERRORS: dict[str, type[Exception]] = {
    "badargument": oaiexceptions.BadArgument,
    "badresumptiontoken": oaiexceptions.BadResumptionToken,
    "badverb": oaiexceptions.BadVerb,
    "cannotdisseminateformat": oaiexceptions.CannotDisseminateFormat,
    "iddoesnotexist": oaiexceptions.IdDoesNotExist,
    "nometadataformats": oaiexceptions.NoMetadataFormat,
    "norecordsmatch": oaiexceptions.NoRecordsMatch,
    "nosethierarchy": oaiexceptions.NoSetHierarchy,
}
"""The protocol's codes, in lower case, as Sickle's exceptions; any other is an OAIError."""

ERROR_KINDS = (*ERRORS.values(), oaiexceptions.OAIError)
"""All that an answer may say as an error."""

HEAVY = 500_000
"""Tags, attributes and references: up to 340 bytes in the parser for each, however short [M]."""

MOST_RECORDS = 100_000
"""Records of one page: each takes a kilobyte while it is read."""

MOST_PREFIXES = 1_000
"""Prefixes declared around the records: each record carries all of them with it."""

_LISTS = {"listrecords": "ListRecords", "getrecord": "GetRecord"}
_SHOWN = 300


class NotOai(RetryLater):
    """Something else than an OAI-PMH response: an error page, a login, a notice."""

    cause = "address"


class Damaged(RetryLater):
    """An OAI-PMH response that cannot be read as a whole, even mended; ``body`` is what came.

    ``truncated``: its closing root tag is missing, so nobody knows what else is.
    """

    cause = "damaged"

    def __init__(self, message: str, body: bytes, *, truncated: bool = False) -> None:
        super().__init__(message)
        self.body = body
        self.truncated = truncated


@dataclass(frozen=True, slots=True)
class Page:
    """What one response says.

    ``token`` is "" where the list ends; ``total`` is its completeListSize, ``cursor`` the number
    of its records before this page, both as claimed; ``still`` names the live records that came
    without metadata; ``errors`` are Sickle's exceptions, unraised;
    ``repairs`` names what had to be done to read the page as a whole.
    """

    records: tuple[Raw, ...] = ()
    rejects: tuple[Reject, ...] = ()
    still: tuple[str, ...] = ()
    token: str = ""
    total: int | None = None
    response_date: str = ""
    verb: str = ""
    errors: tuple[Exception, ...] = ()
    repairs: tuple[str, ...] = ()
    cursor: int | None = None

    def plus(self, *others: "Page") -> "Page":
        """This page with the records of others."""
        pages = (self, *others)
        return replace(
            self,
            records=tuple(raw for page in pages for raw in page.records),
            rejects=tuple(reject for page in pages for reject in page.rejects),
            still=tuple(name for page in pages for name in page.still),
        )

    @property
    def count(self) -> int:
        """How many records of the list came, in whatever state."""
        return len(self.records) + len(self.rejects) + len(self.still)

    def ids(self) -> Iterator[str]:
        """The identifiers of all of them that have one."""
        yield from (raw.id for raw in self.records)
        yield from (reject.id for reject in self.rejects if reject.id)
        yield from self.still


def strict(body: bytes, encoding: str = "utf-8") -> etree._Element:
    # The encoding is always ours: the parser by itself knows some (EBCDIC, UCS-4) in which it would
    # see what we do not. No DTD can reach it (see repair.has_doctype), so its size limits, which
    # are there against entity bombs, may be lifted: a node over 10 MB is legal (HARVESTING 62).
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        encoding=encoding,
    )
    return etree.fromstring(body, parser)


def is_heavy(part: bytes) -> bool:
    """Whether reading a page, or a record, would take far more memory than it has bytes."""
    if len(part) < 4 * HEAVY:
        return False
    return sum(part.count(sign) for sign in (b"<", b"&", b'="', b"='")) > HEAVY


def too_much(what: str) -> str:
    """Why more than anybody can have meant is not read, in words."""
    return say("A page of the source holds {what}: it was not read.", what=what)


def _weigh(records: etree._Element) -> None:
    if len(records.nsmap) > MOST_PREFIXES:
        what = say("more than {number} declared prefixes", number=MOST_PREFIXES)
        raise SourceBroken(too_much(what), "damaged")


def local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def text_of(element: etree._Element) -> str:
    """All text inside, whatever comments stand in it."""
    return "".join(str(piece) for piece in element.itertext()).strip()


def first_words(body: bytes) -> str:
    shown = " ".join(body[:_SHOWN].decode("utf-8", "replace").split())
    return say("The answer is not OAI-PMH. It begins: “{words}”.", words=shown)


def _said(marks: Iterable[etree._Element], name: str) -> int | None:
    """The first number that resumption tokens give in an attribute."""
    numbers = (number(mark.get(name, "")) for mark in marks)
    return next((found for found in numbers if found is not None), None)


class Reader:
    """Makes pages from parsed responses."""

    def __init__(self, prefix: str, own_prefix: bool) -> None:
        self._prefix = prefix
        self._own_prefix = own_prefix

    def page(self, root: etree._Element, notes: Iterable[str]) -> Page:
        """The page under ``root``; ``notes`` are repairs that touch all of its records."""
        namespace = str(root.tag).rpartition("}")[0].lstrip("{")
        problems = tuple(notes)
        if namespace != OAI:
            note = f"OAI-PMH namespace is {namespace or 'missing'}"
            problems = tuple(dict.fromkeys((*problems, note)))
        records: list[Raw] = []
        rejects: list[Reject] = []
        still: list[str] = []
        errors: list[Exception] = []
        marks: list[etree._Element] = []
        date = verb = ""
        prefix = self._prefix
        for part in root.iterchildren("*"):
            name = local(part)
            if name == "responseDate":
                date = (part.text or "").strip()
            elif name == "request":
                if self._own_prefix:
                    prefix = part.get("metadataPrefix", "").strip() or prefix
            elif name == "error":
                errors.append(error_of(part))
            elif listed := _LISTS.get(name.casefold()):
                verb = listed
                _weigh(part)
                for item in part.iterchildren("*"):
                    kind = local(item)
                    if kind == "record":
                        self._record(item, prefix, problems, records, rejects, still)
                    elif kind == "resumptionToken":
                        marks.append(item)
            elif name == "resumptionToken":  # some servers put it behind the list
                marks.append(part)
            else:
                verb = verb or name
        return Page(
            tuple(records),
            tuple(rejects),
            tuple(still),
            next(filter(None, map(text_of, marks)), ""),
            _said(marks, "completeListSize"),
            date,
            verb,
            tuple(errors),
            problems,
            _said(marks, "cursor"),
        )

    def _record(
        self,
        record: etree._Element,
        prefix: str,
        problems: tuple[str, ...],
        records: list[Raw],
        rejects: list[Reject],
        still: list[str],
    ) -> None:
        """Sort one record element into records, rejects or still. The hot loop: no find()."""
        local_id = stamp = ""
        sets: list[str] = []
        deleted = False
        body: bytes | None = None
        for part in record.iterchildren("*"):
            name = part.tag.rpartition("}")[2]
            if name == "header":
                deleted = part.get("status", "").strip().casefold() == "deleted"
                for field in part.iterchildren("*"):
                    key = field.tag.rpartition("}")[2]
                    text = text_of(field) if len(field) else (field.text or "").strip()
                    if key == "identifier":
                        local_id = text
                    elif key == "datestamp":
                        stamp = text
                    elif key == "setSpec" and text:
                        sets.append(text)
            elif name == "metadata" and body is None:
                for child in part.iterchildren("*"):
                    body = etree.tostring(child, encoding="utf-8", with_tail=False)
                    break
        if not local_id:
            whole = etree.tostring(record, encoding="utf-8", with_tail=False)
            rejects.append(Reject(say("The record has no identifier."), whole))
        elif deleted:
            records.append(Raw(local_id, None, prefix, stamp, tuple(sets), problems))
        elif body is None:
            still.append(local_id)
        else:
            records.append(Raw(local_id, body, prefix, stamp, tuple(sets), problems))


def error_of(element: etree._Element) -> Exception:
    code = element.get("code", "").strip()[:_SHOWN]
    text = " ".join(text_of(element).split())[:_SHOWN]
    kind = ERRORS.get(code.casefold(), oaiexceptions.OAIError)
    code, text = code or say("an error without a code"), text or say("no explanation")
    error: Exception = kind(f"{code}: {text}")
    return error


def number(text: str) -> int | None:
    """A whole number as servers write it, None for anything else."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 16 else None
