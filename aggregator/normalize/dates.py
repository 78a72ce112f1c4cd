"""Words about a date → the first and the last year they can mean.

Sources of the rules: ISO 8601 and W3CDTF; MARC 21 008/06-14 and ISBD area 4 for ``19--?``,
``[1988]`` and ``c1995``; the cases of HARVESTING 34 and 36. Years outside 1000 to two years
from now are never believed. All functions are pure: the current year is an argument.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from aggregator.normalize.years import W3CDTF, Span, years
from aggregator.record import Dates

FIRST_YEAR = 1000
"""Before this nothing a catalogue describes was issued (HARVESTING 34)."""

YEARS_AHEAD = 2
"""Publishers date books ahead, but no further than this (HARVESTING 34)."""

_READ = 300  # characters: no statement of a date is longer


@lru_cache(maxsize=16384)
def dates(text: str, year: int) -> Dates:
    """The years that ``text`` can mean, ``year`` being the current one; (0, 0) if it says none.

    The text is kept as it is. ``[19--?]`` is 1900–1999, ``198u`` 1980–1989, ``XIX в.``
    1801–1900, ``1988 (1987)`` 1987–1988, ``1998-`` 1998 to now. ``1920?`` and ``ca. 1920`` are
    1920: no standard says how wide a guess is. ``2001-02`` is a month (ISO 8601), ``1998-99``
    a range.
    """
    spans = _bounded(years(text[:_READ].strip().lower(), year), year)
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
    match = W3CDTF.fullmatch(text.strip())
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
