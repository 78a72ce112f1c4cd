"""Identifiers in what people paste: DOI, ISBN, ISSN, handle, arXiv, patent number. Pure.

Whoever pastes one wants that very work. Shapes and checks are those by which records' identifiers
are normalised (`aggregator.normalize.identifiers`), so that both meet in the index.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.normalize.identifiers import identifier, isbn, issn, patent

_DOI = (
    r"(?:\bdoi[:\s]*)?(?:(?:https?://)?(?:[\w-]+\.)?doi\.org/|info:doi/)?\b10\.\d{4,9}/[^\s\"<>«»]+"
    r"(?:<\d[^\s\"<>«»]*>[^\s\"<>«»]+)?"  # made of a SICI (ANSI/NISO Z39.56), as Wiley's were
)
_HANDLE = r"(?:https?://)?hdl\.handle\.net/\d[\w.]*/[^\s\"<>«»]+|\bhdl:\s*\d[\w.]*/[^\s\"<>«»]+"
_ARXIV = r"(?:\barxiv:\s*|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)[^\s\"<>«»]+"
_NUMBER_OF_A_BOOK = (
    r"(?:\bisbn(?:-1[03])?[:\s№]*)?\b(?:97[89][\s–-]?)?\d(?:[\s–-]?\d){8}[\s–-]?[\dXxХх]\b"
)
_NUMBER_OF_A_SERIAL = r"(?:\b[ep]?-?issn(?:-l)?[:\s№]*)?\b\d{4}[-–]\d{3}[\dXxХх]\b"
_PATENT = r"\b[A-Z]{2}\s?\d(?:[\d./,-]|\s(?=\d)){2,14}(?:\s?[A-Z]\d?)?\b"

_FOUND = re.compile(
    f"(?P<doi>{_DOI})|(?P<hdl>{_HANDLE})|(?P<arxiv>{_ARXIV})|(?P<isbn>{_NUMBER_OF_A_BOOK})"
    f"|(?P<issn>{_NUMBER_OF_A_SERIAL})"
)
_FOUND_ANY_CASE = re.compile(_FOUND.pattern, re.IGNORECASE)
_FOUND_PATENT = re.compile(_PATENT)  # upper case only: "kg 1234" in a sentence is a weight
_ADDRESS = re.compile(r"https?://\S+")
_LABEL = re.compile(r"^(?:[ep]?-?is[bs]n(?:-1[03]|-l)?)?[^\d]*", re.IGNORECASE)
_DASH = str.maketrans("–", "-")

_CODES = (
    "AD AE AF AG AI AL AM AN AO AP AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW "
    "BX BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CS CU CV CY CZ DD DE DJ DK DM DO DZ EA EC EE EG "
    "EM EP ER ES ET FI FR GA GB GC GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU IB ID IE IL IN IQ "
    "IR IS IT JM JO JP KE KG KH KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MG MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OA OM PA PE PG PH PK PL PT "
    "PY QA RO RS RU RW SA SC SD SE SG SI SK SL SM SN SR ST SU SV SY SZ TD TG TH TJ TM TN TR TT TW "
    "TZ UA UG US UY UZ VA VC VE VN WO YE YU ZA ZM ZW"
)
_OFFICES = frozenset(_CODES.split())
"""Those that give patents (WIPO ST.3)."""

_CALLED_PATENT = re.compile(r"\b(?:patent|патент)\w*[\s:№]*$", re.IGNORECASE)
_SURE_DIGITS = 6
"""Digits from which an office's letters and a number are a patent without more; fewer may be a year
("IN 1917", "AT 1500 m")."""

_KINDS = ("", "A", "A1", "A2", "B", "B1", "B2", "C", "C1", "C2", "S", "S1", "U", "U1", "Y1")
"""Kind codes (WIPO ST.16) that a patent number is tried with when it came without one."""

_MOST = 4
"""Identifiers of one query that are looked for."""


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An identifier at ``text[start:end]``: ``values`` are the forms an index may hold."""

    scheme: str
    values: tuple[str, ...]
    start: int
    end: int


def known_items(text: str) -> tuple[KnownItem, ...]:
    """The identifiers in ``text`` in order, at most four; values in lower case."""
    found: list[KnownItem] = []
    end = 0
    for item in sorted(_items(text), key=lambda item: item.start):
        if item.start >= end and len(found) < _MOST:
            found.append(item)
            end = item.end
    return tuple(found)


def _items(text: str) -> Iterator[KnownItem]:
    if not any(map(str.isdigit, text)):
        return
    for match in _FOUND_ANY_CASE.finditer(text):
        scheme = match.lastgroup or ""
        value = _value(scheme, match[0], alone=match[0] == text.strip())
        if value:
            yield KnownItem(scheme, (value.casefold(),), match.start(), match.end())
    for match in _FOUND_PATENT.finditer(text):
        number = patent(match[0])
        if number and _is_patent(number.value, text[: match.start()], match[0] == text.strip()):
            kinds = ("",) if number.value[-1].isalpha() or number.value[-2].isalpha() else _KINDS
            forms = tuple(f"{number.value}{kind}".casefold() for kind in kinds)
            yield KnownItem("patent", forms, match.start(), match.end())
    if address := _ADDRESS.fullmatch(text.strip()):
        owned = identifier(address[0])
        start = text.index(address[0])
        end = start + len(address[0])
        yield KnownItem(owned.scheme, (owned.value.casefold(),), start, end)


def _is_patent(number: str, before: str, alone: bool) -> bool:
    """Whether a patent is meant and not a year or a measure behind two capital letters."""
    digits = sum(map(str.isdigit, number[2:]))
    kind = number[-1].isalpha() or number[-2].isalpha()
    sure = kind or alone or digits >= _SURE_DIGITS or _CALLED_PATENT.search(before) is not None
    return number[:2] in _OFFICES and sure


def _value(scheme: str, text: str, *, alone: bool) -> str:
    """The normalised identifier, "" when its check fails or when it is more likely a number."""
    labelled = scheme in text.lower()
    number = _LABEL.sub("", text).translate(_DASH)
    if scheme == "isbn":
        sure = labelled or alone or number.startswith(("978", "979"))
        return isbn(number) if sure else ""
    if scheme == "issn":
        return issn(number)
    found = identifier(text.rstrip("*"))
    return found.value if found.scheme == scheme else ""
