"""Words about a date → the first and the last year they can mean.

Sources of the rules: ISO 8601 and W3CDTF; MARC 21 008/06-14 and ISBD area 4 for ``19--?``,
``[1988]`` and ``c1995``; the cases of HARVESTING 34 and 36. Years outside 1000 to two years
from now are never believed. All functions are pure: the current year is an argument.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from aggregator.record import Dates

FIRST_YEAR = 1000
"""Before this nothing a catalogue describes was issued (HARVESTING 34)."""

YEARS_AHEAD = 2
"""Publishers date books ahead, but no further than this (HARVESTING 34)."""

_READ = 300  # characters: no statement of a date is longer

OTHER_CALENDAR = 200
"""Years: two that are further apart are one year in two calendars, not a range."""

Span = tuple[int, int]

_W3CDTF = re.compile(
    r"(\d{4})(?:(-(?:0[1-9]|1[0-2]))(?:(-\d{2})([T ]\d{2}:\d{2}.*)?)?)?(?:Z|[+-]\d{2}:\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{4,6}Z?)?")
_UNKNOWN_DIGITS = re.compile(r"(?<!\d)(?<!\d[./])([12]\d)([\dux?_*-])([ux?_*-])(?![\dux_*]|-\d)")
_DECADE = re.compile(r"(?<!\d)(\d{3})0(?:['’]?s\b|\s?-?\s?(?:ые|е|ых|х|жылдар\w*)\b)")
_OPEN = re.compile(r"(?<!\d)(\d{4})\s*[-–—]\s*(?:[\]).,;\s]*$|present|now|наст|н\.\s?в|азыр|9999)")
_SHORT_RANGE = re.compile(r"(?<!\d)(\d{4})\s?([-–—/])\s?(\d{2})(?![\d.-])")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_BRACKETED = re.compile(r"\[\D{0,6}(\d{4})\D{0,3}\]")
_BEFORE_OUR_ERA = re.compile(r"до\s+н\.?\s?э|до нашей эры|\d\s?b\.?\s?c\b|б\.\s?з\.\s?ч")

_CENTURY = r"\s?-?\s?(?:в\.|вв\.|век|столети|ст\.|кылым|cent|c\.)"
_ROMAN = "[ivxlcdmіхсм]+"  # with the Cyrillic letters that are typed for Roman digits
_CENTURIES = re.compile(
    rf"(?<!\w)(\d{{2}}|{_ROMAN})(?:st|nd|rd|th)?"
    rf"(?:\s?[-–—/]\s?(\d{{2}}|{_ROMAN})(?:st|nd|rd|th)?)?{_CENTURY}"
)
_ROMAN_ALONE = re.compile(rf"({_ROMAN})(?:\s?[-–—/]\s?({_ROMAN}))?")
_LATIN = str.maketrans("іхсм", "ixcm")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@lru_cache(maxsize=16384)
def dates(text: str, year: int) -> Dates:
    """The years that ``text`` can mean, ``year`` being the current one; (0, 0) if it says none.

    The text is kept as it is. ``[19--?]`` is 1900–1999, ``198u`` 1980–1989, ``XIX в.``
    1801–1900, ``1988 (1987)`` 1987–1988, ``1998-`` 1998 to now. ``1920?`` and ``ca. 1920`` are
    1920: no standard says how wide a guess is. ``2001-02`` is a month (ISO 8601), ``1998-99``
    a range.
    """
    spans = _bounded(_spans(text[:_READ].strip().lower(), year), year)
    if not spans:
        return Dates(text=text)
    return Dates(min(first for first, _ in spans), max(last for _, last in spans), text)


def span(first: int, last: int, year: int, text: str = "") -> Dates:
    """``Dates`` of two years that are known as numbers; (0, 0) where they cannot be true."""
    spans = _bounded([(first, last)], year)
    return Dates(*spans[0], text) if spans else Dates(text=text)


def issued(texts: Sequence[str], year: int) -> tuple[Dates, tuple[str, ...]]:
    """The date of issue among several that carry no name, and the texts of the others.

    DSpace writes when an item was accessioned, made available and issued into the same
    element. A full time stamp is a machine's, so the least precise date that can be
    understood is taken, of equal ones the earliest (HARVESTING 36).
    """
    if not texts:
        return Dates(), ()
    read = [dates(text, year) for text in texts]
    if len(read) == 1:
        return read[0], ()
    best = min(
        range(len(read)),
        key=lambda i: (read[i].min == 0, precision(texts[i]), read[i].min, i),
    )
    return read[best], tuple(text for i, text in enumerate(texts) if i != best)


def precision(text: str) -> int:
    """1 a year or vaguer, 2 a month, 3 a day, 4 a time of day."""
    match = _W3CDTF.fullmatch(text.strip())
    if match is None:
        return 1
    return 1 + sum(part is not None for part in match.groups()[1:])


def _bounded(spans: Iterable[Span], year: int) -> list[Span]:
    """The spans that can be true, cut at two years from now."""
    limit = year + YEARS_AHEAD
    return [
        (first, min(last, limit))
        for first, last in spans
        if FIRST_YEAR <= first <= limit and first <= last
    ]


def _spans(text: str, year: int) -> list[Span]:
    whole = _W3CDTF.fullmatch(text) or _COMPACT.fullmatch(text)
    if whole is not None:
        return [_same(whole)]
    if _BEFORE_OUR_ERA.search(text):
        return []
    found: list[Span] = []
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Span | None]], ...] = (
        (_OPEN, lambda match: (int(match[1]), year)),
        (_DECADE, lambda match: (int(match[1] + "0"), int(match[1] + "9"))),
        (_SHORT_RANGE, _short_range),
        (_UNKNOWN_DIGITS, _unknown_digits),
        (_CENTURIES, _centuries),
    )
    for pattern, read in readers:
        text = _take(pattern, read, text, found)
    years = [_same(match) for match in _YEAR.finditer(text)]
    if years and max(years)[0] - min(years)[0] > OTHER_CALENDAR:
        years = [_same(match) for match in _BRACKETED.finditer(text)] or years
    found += years
    alone = _ROMAN_ALONE.fullmatch(text.strip(" []().,")) if not found else None
    if alone is not None:
        found += filter(None, [_roman_alone(alone)])
    return found


def _take(
    pattern: re.Pattern[str],
    read: Callable[[re.Match[str]], Span | None],
    text: str,
    found: list[Span],
) -> str:
    """Move what ``pattern`` finds and ``read`` believes into ``found``; the text that is left."""

    def one(match: re.Match[str]) -> str:
        years = read(match)
        if years is None:
            return match[0]
        found.append(years)
        return " "

    return pattern.sub(one, text)


def _same(match: re.Match[str]) -> Span:
    return int(match[1]), int(match[1])


def _short_range(match: re.Match[str]) -> Span | None:
    """``1998-99``, ``2014/15``; but ``2001-02`` and ``2014/05`` are a year and a month."""
    first, sign, last = int(match[1]), match[2], int(match[3])
    if last <= first % 100:
        return None
    if last <= 12 and (sign == "-" or (sign == "/" and last != first % 100 + 1)):
        return None
    return first, first - first % 100 + last


def _unknown_digits(match: re.Match[str]) -> Span:
    """``19--``, ``198u``: all the years that fit."""
    known = match[1] + (match[2] if match[2].isdigit() else "")
    return int(known.ljust(4, "0")), int(known.ljust(4, "9"))


def _centuries(match: re.Match[str]) -> Span | None:
    first = _ordinal(match[1])
    last = _ordinal(match[2]) if match[2] else first
    if not 11 <= first <= last <= 21:
        return None
    return first * 100 - 99, last * 100


def _roman_alone(match: re.Match[str]) -> Span | None:
    """``XIII`` is a century, ``MCMXCV`` a year."""
    first = _ordinal(match[1])
    last = _ordinal(match[2]) if match[2] else first
    return (first, last) if first >= FIRST_YEAR else _centuries(match)


def _ordinal(digits: str) -> int:
    """A number in Arabic or Roman digits; 0 for letters that make no Roman number."""
    if digits.isdigit():
        return int(digits)
    values = [_ROMAN_DIGITS[letter] for letter in digits.translate(_LATIN)]
    total = 0
    for value, following in zip(values, [*values[1:], 0], strict=True):
        total += value if value >= following else -value
    return max(total, 0)
