"""MARC 21 bibliographic records, from MARCXML, ISO 2709 or JSON, to a Record.

Source: MARC 21 Format for Bibliographic Data (Library of Congress), ISBD for the punctuation.
An 880 is read as the field it writes in another script. Leader, 006, 007 and 008 are read for
type, years and language and kept as they are; every subfield that nothing reads is kept in
``other`` as "MARC 541 $a".
"""

import re
from collections.abc import Callable, Iterable

from aggregator.errors import SkipRecord
from aggregator.normalize import dates, languages
from aggregator.record import Dates, Record
from aggregator.wording import say
from connectors.crosswalks import marc_access_points as points
from connectors.crosswalks import marc_description as description
from connectors.crosswalks import marc_fields as common
from connectors.crosswalks import marc_holdings as holdings
from connectors.crosswalks import marc_numbers as numbers
from connectors.crosswalks.marc_draft import BLANK, Draft
from connectors.crosswalks.marc_fixed import (
    fixed_language,
    not_bibliographic,
    years,
)
from connectors.crosswalks.marc_fixed import resource_type as fixed_type
from connectors.crosswalks.marc_record import Field, MarcRecord, no_title, parse
from connectors.crosswalks.remainder import Remainder

VERSION = 4

Reader = Callable[[Draft, Field], None]

_TAGS: tuple[tuple[str, Reader], ...] = (
    ("245", description.title),
    ("130 210 222 240 242 246 247 730 740", description.other_title),
    ("250", description.edition_statement),
    ("260 264", description.imprint),
    ("300", description.physical),
    ("440 490 800 810 811 830", description.series_statement),
    ("502", description.dissertation),
    ("505", description.table_of_contents),
    ("506 540 542", description.terms_of_use),
    ("520", description.abstract),
    ("521", common.audience),
    (
        "500 501 503 504 507 508 510 511 513 515 516 518 522 524 525 530 533 534 535 538 544 545"
        " 546 547 550 552 555 556 561 562 563 580 581 583 584 585 586 588 590",
        description.note,
    ),
    ("100 110 111 700 710 711 720", points.creator),
    ("600 610 611 630 647 648 650 651 653 654 655 656 657 690 691", points.subject),
    ("050 060 072 080 082 083 084", common.classification(points.CLASS_SCHEMES)),
    ("013", numbers.patent_number),
    ("020", common.book_number),
    ("022", numbers.serial_number),
    ("024", numbers.other_number),
    ("035", numbers.system_number),
    (" ".join(numbers.NUMBERS), common.number(numbers.NUMBERS)),
    ("856", numbers.location),
    ("773", holdings.host),
    ("760 762 765 767 770 772 774 775 776 777 780 785 786 787", holdings.relation),
    ("850", holdings.holding_institution),
    ("852", holdings.holding),
)
_READERS: dict[str, Reader] = {tag: read for tags, read in _TAGS for tag in tags.split()}

_LINKED = re.compile(r"(\d{3})-\d{2}(?:/([^/]+))?")
_SCRIPTS = {"(N": "Cyrl", "(Q": "Cyrl", "(3": "Arab", "(4": "Arab", "(B": "Latn", "(2": "Hebr",
            "(S": "Grek", "$1": "Hans"}  # fmt: skip
"""MARC 21 880 $6: code of the script -> ISO 15924; newer records write that themselves."""


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
    """The Record of one MARC 21 payload; ``year`` is the current one, a bound for dates.

    ``charset`` is that of ISO 2709 (`connectors.marc_charset`), "" where the record may tell.
    Raises SkipRecord for what cannot be read, for authority and holdings records, and for records
    without any title.
    """
    marc = parse(body, charset)
    kind = not_bibliographic(marc.leader)
    if kind:
        raise SkipRecord(say("The record is {kind}, it describes no work.", kind=say(kind)))
    rest = Remainder()
    fields = [_unlinked(field, rest) for field in marc.fields]
    tongues = _languages(marc, fields, rest)
    draft = Draft(language, tongues, rest)
    draft.take_in(fields, _READERS)
    draft.keep_controls(marc)
    if not draft.titles:
        words = no_title("245")
        if any(field.tag == "200" for field in marc.fields):
            words += f" {say('It has a field 200: is it UNIMARC?')}"
        raise SkipRecord(words)
    return draft.record(source, local_id, stamp, _type(marc, draft), _issued(marc, draft, year))


def _unlinked(field: Field, rest: Remainder) -> Field:
    """An 880 as the field it stands for; $6 and $8 only link fields and are taken away."""
    if field.tag != "880":
        field.take("6")
        return field
    match = _LINKED.match(field.text("6"))
    if match is None:
        return field
    code = match[2] or ""
    other = Field(
        match[1], field.first, field.second, list(field.left), _SCRIPTS.get(code, code) or "Zyyy"
    )
    rest.keep_unless("MARC 880 $6", code, other.script)
    return other


def _languages(marc: MarcRecord, fields: Iterable[Field], rest: Remainder) -> tuple[str, ...]:
    """041 $a and $d, else 008/35-37. $h and $k are of the original: kept apart."""
    found: list[str] = []
    for field in fields:
        if field.tag != "041":
            continue
        for code, text in field.pairs("ad"):
            codes = languages(text)
            found += codes
            rest.keep_unless(f"MARC 041 ${code}", text, *codes)
    fixed = fixed_language(marc.control("008"))
    return tuple(dict.fromkeys(found)) or ((fixed,) if fixed else ())


_TEXTBOOK = re.compile(r"textbook|учебник|учебные пособ|окуу китеп|окуу курал", re.IGNORECASE)


def _type(marc: MarcRecord, draft: Draft) -> str:
    kind = fixed_type(marc.leader, marc.control("008"), thesis=draft.thesis is not None)
    if kind == "book" and any(_TEXTBOOK.search(subject.term) for subject in draft.subjects):
        return "textbook"
    return kind


def _issued(marc: MarcRecord, draft: Draft, year: int) -> Dates:
    """The years of 008; where the imprint tells quite others, one of the two is a slip of the pen,
    and nobody knows which: then all that it can be. Of a reprint the imprint may have the first."""
    words = "; ".join(dict.fromkeys(draft.issued))
    coded = marc.control("008")
    fixed = years(coded, year, words, marc.leader)
    if not fixed.text:
        return BLANK.issued
    told = dates(words, year) if words else BLANK.issued
    if not fixed.min:
        return told if words else fixed
    if coded[6:7] != "r" and told.min and (told.max < fixed.min or told.min > fixed.max):
        return Dates(min(told.min, fixed.min), max(told.max, fixed.max), fixed.text)
    return fixed
