"""UNIMARC and RUSMARC bibliographic records, from MARCXML, ISO 2709 or JSON, to a Record.

Source: UNIMARC Manual, bibliographic format (IFLA); the Russian communicative format RUSMARC,
which adds 899 and uses 686 with rubbk and rugasnti. Leader and coded fields are read for type and
years and kept as they are; every subfield that nothing reads is kept in ``other`` as
"UNIMARC 801 $a".
"""

from collections.abc import Callable, Iterable

from aggregator.errors import SkipRecord
from aggregator.normalize import languages
from aggregator.record import Record
from aggregator.wording import say
from connectors.crosswalks import marc_fields as common
from connectors.crosswalks import marc_numbers, unimarc_fixed
from connectors.crosswalks import unimarc_access_points as points
from connectors.crosswalks import unimarc_description as description
from connectors.crosswalks import unimarc_links as links
from connectors.crosswalks import unimarc_numbers as numbers
from connectors.crosswalks.marc_draft import BLANK
from connectors.crosswalks.marc_record import Field, MarcRecord, no_title, parse
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.unimarc_draft import UnimarcDraft
from connectors.marc_formats import UTF_8

VERSION = 2

_LABEL = "UNIMARC"

Reader = Callable[[UnimarcDraft, Field], None]

_CODED = "100 105 106 110 115 116 117 120 121 123 125 126 127 128 130 135 140"
_POSITIONAL = frozenset(_CODED.split())

_TAGS: tuple[tuple[str, Reader], ...] = (
    ("010", common.book_number),
    ("011", numbers.serial_number),
    ("014 015 017", numbers.other_number),
    (" ".join(numbers.NUMBERS), common.number(numbers.NUMBERS)),
    ("020", numbers.national_number),
    ("035", numbers.system_number),
    (_CODED, description.coded),
    ("200", description.title),
    (
        "500 501 503 510 512 513 514 515 516 517 518 520 530 531 532 540 541 545",
        description.other_title,
    ),
    ("205", description.edition),
    ("210 214", description.imprint),
    ("215", description.physical),
    ("225", description.series),
    (
        "300 301 302 303 304 305 306 307 308 310 311 312 313 314 315 316 317 318 320 321 322 323"
        " 324 325 326 332 334 336 337 345 207 208 230",
        description.note,
    ),
    ("327", description.contents),
    ("328", description.dissertation),
    ("330 331", description.abstract),
    ("333", common.audience),
    ("371", description.terms_of_use),
    ("410", links.series),
    ("461 462 463", links.host),
    (
        "411 412 413 421 422 423 424 425 430 431 432 433 434 435 436 437 440 441 442 443 444 445"
        " 446 447 448 451 452 453 454 455 456 464 470 481 482 488",
        links.relation,
    ),
    ("600 601 602 605", points.named_subject),
    ("606 607 608 615 620", points.subject),
    ("610", points.free_terms),
    ("675 676 680 686", common.classification(points.CLASS_SCHEMES)),
    ("700 701 702 710 711 712 720 721 722", points.creator),
    ("856", marc_numbers.location),
    ("899 995", links.holding),
)  # fmt: skip
READERS: dict[str, Reader] = {tag: read for tags, read in _TAGS for tag in tags.split()}


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
    """The Record of one UNIMARC payload; ``year`` is the current one, a bound for dates.

    ``charset`` is that of ISO 2709 (`connectors.marc_charset`), "" for UTF-8. Raises SkipRecord
    for what cannot be read, describes no work or has no title.
    """
    marc = parse(body, charset or UTF_8, positional=_POSITIONAL)
    kind = unimarc_fixed.not_bibliographic(marc.leader)
    if kind:
        raise SkipRecord(say("The record is {kind}, it describes no work.", kind=say(kind)))
    rest = Remainder()
    draft = UnimarcDraft(language, tongues(marc.fields, _LABEL, rest), rest, _LABEL)
    for field in marc.fields:
        field.take("6")  # it only links fields
    draft.take_in(marc.fields, READERS)
    draft.keep_controls(marc)
    links.placed(draft, analytic=marc.leader[7:8] == "a")
    if not draft.titles:
        raise SkipRecord(no_title("200"))
    words = "; ".join(dict.fromkeys(draft.issued))
    issued = unimarc_fixed.years(draft.coded.get("100", ""), year, words)
    if not issued.text:
        issued = BLANK.issued
    return draft.record(source, local_id, stamp, _type(marc, draft), issued)


def tongues(fields: Iterable[Field], label: str, rest: Remainder) -> tuple[str, ...]:
    """101 $a: the languages of the text; $b $c are of what it was translated from."""
    found: list[str] = []
    for field in fields:
        if field.tag != "101":
            continue
        for code, text in field.pairs(" a"):
            codes = languages(text)
            found += codes
            rest.keep_unless(f"{label} 101 ${code}".removesuffix(" $ "), text, *codes)
    return tuple(dict.fromkeys(found))


def _type(marc: MarcRecord, draft: UnimarcDraft) -> str:
    known = draft.container
    kind = unimarc_fixed.resource_type(
        marc.leader,
        draft.coded.get("105", ""),
        draft.coded.get("135", ""),
        in_serial=bool(known.issn or known.issue or known.volume),
    )
    return description.refined(kind, draft)
