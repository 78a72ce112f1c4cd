"""Records with IRBIS's own fields, from its text, master files or ISO 2709, to a Record.

They look like UNIMARC (200 title, 210 imprint, 700 author) and are not: no indicators, codes in
either case, text before the first subfield, worksheets (920) that say what a record is, copies in
910. Most fields are read by UNIMARC's readers, the others in `irbis_fields`. Everything else,
the library's bookkeeping too, is kept in ``other`` as "IRBIS 907 $a".
"""

from collections.abc import Callable

from aggregator.errors import SkipRecord
from aggregator.normalize import dates
from aggregator.record import Container, Record
from aggregator.wording import say
from connectors.crosswalks import irbis_fields as fields
from connectors.crosswalks import marc_fields as common
from connectors.crosswalks import unimarc, unimarc_links
from connectors.crosswalks import unimarc_access_points as points
from connectors.crosswalks import unimarc_description as description
from connectors.crosswalks import unimarc_numbers as numbers
from connectors.crosswalks.marc_draft import BLANK
from connectors.crosswalks.marc_record import Field, no_title, parse
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.unimarc_draft import IrbisDraft
from connectors.marc_formats import UTF_8

VERSION = 2

_LABEL = "IRBIS"

Reader = Callable[[IrbisDraft, Field], None]

_TAGS: tuple[tuple[str, Reader], ...] = (
    ("920", fields.worksheet),
    ("010", common.book_number),
    ("011", numbers.serial_number),
    ("020", numbers.national_number),
    ("903", fields.cipher),
    ("982", fields.document_number),
    ("200", fields.title),
    ("046 510 517 541", fields.other_title),
    ("205", description.edition),
    ("210", fields.imprint),
    ("215", fields.physical),
    ("225", fields.series),
    ("300 314 316 317 318 320 337 391 399 912", description.note),
    ("330 922 925", fields.contents),
    ("331", description.abstract),
    ("461", fields.host),
    ("463", fields.source_of),
    ("963", fields.source_number),
    ("421 422 423 430 440 454 470 481 488", fields.relation),
    ("600", fields.person_subject),
    ("606 607", fields.subject),
    ("061", fields.section),
    ("610", points.free_terms),
    ("675 621 686 964", common.classification(points.CLASS_SCHEMES)),
    ("700 701 702 710 711", points.creator),
    ("961 962", fields.host_creator),
    ("309 972", fields.event),
    ("902", fields.located),
    ("906", fields.shelf_mark),
    ("908", fields.author_mark),
    ("910", fields.copy),
    ("933 934 935 936", fields.issue_part),
    ("951", fields.address),
)
_READERS: dict[str, Reader] = {tag: read for tags, read in _TAGS for tag in tags.split()}

_FIRST = ("920", "200")
"""Read before the others, which ask for the worksheet and the number of the volume."""

_TYPES = {"J": "journal", "NJ": "journal", "NJP": "journal", "NJK": "journal", "ASP": "article"}
_NOT_BOOKS = frozenset({"MUSP", "SOB", "PERS", "PREDM", "KF", "VS"})
"""Things of a museum, and the database of memorable dates: events, people, conferences."""


def read(
    body: bytes,
    source: str,
    local_id: str,
    stamp: str,
    language: str,
    *,
    year: int,
    charset: str = "",
) -> Record:
    """The Record of one IRBIS payload in ``charset`` ("" is UTF-8); ``year`` bounds dates.

    Raises SkipRecord for what cannot be read or has no title: an issue of a journal whose own
    record is not there, or a record with nothing but the library's bookkeeping.
    """
    marc = parse(body, charset or UTF_8, indicators=False)
    rest = Remainder()
    draft = IrbisDraft(language, unimarc.tongues(marc.fields, _LABEL, rest), rest, _LABEL)
    draft.take_in(sorted(marc.fields, key=lambda one: one.tag not in _FIRST), _READERS)
    draft.keep_controls(marc)
    fields.shelved(draft)
    issue = bool(draft.numbering.get("933")) and not draft.own
    if issue:
        _issue(draft)
    _named_by_event(draft)
    unimarc_links.placed(draft, analytic=draft.worksheet == "ASP")
    if not draft.titles:
        raise SkipRecord(_without_title(draft))
    if issue:
        draft.container = Container(
            next((one.title for one in draft.hosts if one.title), ""),
            volume=draft.numbering.get("935", ""),
            issue=draft.numbering.get("936", ""),
        )
    words = "; ".join(dict.fromkeys(draft.issued))
    issued = dates(words, year) if words else BLANK.issued
    return draft.record(source, local_id, stamp, _type(draft), issued)


def _issue(draft: IrbisDraft) -> None:
    """Title and year of an issue: its number stands behind its journal's title."""
    number, volume = draft.numbering.get("936", ""), draft.numbering.get("935", "")
    year = draft.numbering.get("934", "")
    if year and not draft.issued:
        draft.issued.append(year)
    if any(one.title for one in draft.hosts):
        said = [
            year,
            f"Т. {volume}" if volume else "",
            f"№ {number}" if number[:1].isdigit() else number,
        ]
        draft.own = draft.designation = ", ".join(filter(None, said)) or "№"


def _named_by_event(draft: IrbisDraft) -> None:
    """The first of 972 and 309 is the title where there is none, or whom the record is about."""
    events = sorted(draft.events, key=lambda one: one[0] != "972")
    if events and not draft.own and not draft.titles and not draft.hosts:
        draft.own = events.pop(0)[1]
    if draft.worksheet == "PERS" and not draft.own and draft.creators:
        draft.own = draft.creators[0].name
    for tag, text in events:
        draft.rest.keep(f"{_LABEL} {tag}", text)


def _without_title(draft: IrbisDraft) -> str:
    journal = draft.numbering.get("933")
    if journal:
        return say(
            "The record is an issue of the journal '{journal}' (field 933), whose own record with "
            "the title is not among those that came: add it to the export.",
            journal=journal,
        )
    return no_title("200")


def _type(draft: IrbisDraft) -> str:
    if draft.kind:
        return draft.kind
    if draft.worksheet in _NOT_BOOKS:
        return "other"
    kind = _TYPES.get(draft.worksheet, "book")
    known = draft.container
    if kind == "article" and not (known.issn or known.issue):
        kind = "chapter"
    return description.refined(kind, draft)
