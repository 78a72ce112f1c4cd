"""Years as filters name them and facets count them, the same on every engine. Pure."""

import re
from collections.abc import Iterable
from itertools import accumulate

from aggregator.index.document import FIRST_YEAR, LAST_YEAR, clamped

_RANGE = re.compile(r"\s*(\d{0,6})\s*(?:(?:\.\.|-|–)\s*(\d{0,6}))?\s*", re.ASCII)


def read_years(value: str) -> tuple[int, int] | None:
    """What a filter's value means: "1995", "1990..2000", "1990-2000", "..2000", "1990..".

    First and last year, both included; None for anything else, and when the last is before the
    first.
    """
    match = _RANGE.fullmatch(value)
    if match is None or not (match[1] or match[2]):
        return None
    low = int(match[1]) if match[1] else FIRST_YEAR
    high = low if match[2] is None else int(match[2] or LAST_YEAR)
    return (clamped(low), clamped(high)) if low <= high or not match[2] else None


MOST_SPANS = 60_000
"""Different pairs of first and last year; both engines refuse to give more than 65,000 values."""


def span_of(years: tuple[int, int]) -> int:
    """First and last year as one number to count by: 19001999."""
    return years[0] * 10_000 + years[1]


def years_of(span: int) -> tuple[int, int]:
    """The first and last year that ``span_of`` put together."""
    return divmod(span, 10_000)


DECADE = "decade"
"""Name under which the facet of a range field also gives its decades."""


def count_decades(spans: Iterable[tuple[tuple[int, int], int]]) -> list[tuple[str, int]]:
    """How many works each decade has, newest first, as ("1980-1989", works): a work once in every
    decade it can be from, so a count is the total that a filter by that decade gives."""
    steps = [0] * (LAST_YEAR // 10 + 2)
    for (first, last), count in spans:
        steps[first // 10] += count
        steps[last // 10 + 1] -= count
    counts = enumerate(accumulate(steps))
    return [(f"{ten * 10}-{ten * 10 + 9}", count) for ten, count in counts if count][::-1]


def count_years(spans: Iterable[tuple[tuple[int, int], int]]) -> list[tuple[str, int]]:
    """How many works each single year has, newest first; from how many have each span, a first
    and last year.

    A work counts for every year it can be from: a year's count is the total that a filter by that
    year gives. Steps up and down are added once per span, whatever its length.
    """
    steps = [0] * (LAST_YEAR + 2)
    for (first, last), count in spans:
        steps[first] += count
        steps[last + 1] -= count
    counts = enumerate(accumulate(steps))
    return [(str(year), count) for year, count in counts if count][::-1]
