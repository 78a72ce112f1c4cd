"""The ridge: works by year as a skyline, and the decades under it as links. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from web.params import Years

DECADES = 7
SPAN = 10 * DECADES
HEIGHT = 100
WIDTHS = (1, 2, 5, 10)
DENSE = 0.8
"""Part of the steps between the first and the last that must have works."""
LEAST = 3
"""A year with one work among thousands still shows."""


@dataclass(frozen=True, slots=True)
class Decade:
    """``count`` is None when nobody counted its works, but there are some."""

    first: int
    last: int
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Ridge:
    """``base`` is the path of all years, ``chosen`` of the chosen ones (all without a choice).

    ``before``: there are works older than ``first``, the first year of the first decade.
    """

    base: str
    chosen: str
    decades: tuple[Decade, ...]
    first: int
    before: bool


def draw(
    counts: Mapping[int, int], decades: Mapping[int, int], years: Years, this_year: int
) -> Ridge | None:
    """The ridge of the seven decades that end with the latest year there is; None without works.

    ``counts``: year -> works that can be from it; a work of 1978–1982 counts in each of its years,
    so years do not add up to ``decades``: first year of a decade -> works that can be from it.

    Years after ``this_year`` (misprints, mostly) do not move the ridge; they stay searchable.
    """
    past = [year for year, count in counts.items() if count > 0 and 0 < year <= this_year]
    if not past:
        return None
    first = max(past) // 10 * 10 - SPAN + 10
    low = years[0] if years[0] is not None else first
    high = years[1] if years[1] is not None else first + SPAN
    every = {year: counts.get(year, 0) for year in range(first, first + SPAN)}
    heights = _heights(every, decades, first)
    return Ridge(
        base=_path(heights, first),
        chosen=_path({y: h if low <= y <= high else 0 for y, h in heights.items()}, first),
        decades=tuple(
            Decade(
                start,
                start + 9,
                decades.get(start) if any(every[start + year] for year in range(10)) else 0,
                current=years != (None, None) and low <= start and start + 9 <= high,
            )
            for start in range(first, first + SPAN, 10)
        ),
        first=first,
        before=any(count for year, count in counts.items() if 0 < year < first),
    )


def _heights(counts: Mapping[int, int], decades: Mapping[int, int], first: int) -> dict[int, int]:
    """Year -> height. A small catalogue is drawn in wider steps, or it would be a fence; steps of
    ten years are as high as the numbers that stand under them."""
    for width in WIDTHS:
        sums = [
            sum(counts[start + year] for year in range(width))
            for start in range(first, first + SPAN, width)
        ]
        if width == 10:
            sums = [decades.get(first + 10 * rank, count) for rank, count in enumerate(sums)]
        filled = [rank for rank, count in enumerate(sums) if count]
        if len(filled) >= DENSE * (filled[-1] - filled[0] + 1):
            break
    top = max(sums)
    return {
        year: max(LEAST, round(HEIGHT * count / top)) if count else 0
        for year in counts
        for count in (sums[(year - first) // width],)
    }


def _path(heights: Mapping[int, int], first: int) -> str:
    """A step line, one unit a year, in a box of 70 by 100 with the ground at 100."""
    steps = [f"M0 {HEIGHT}"]
    before = HEIGHT
    for year in range(first, first + SPAN):
        level = HEIGHT - heights[year]
        # Runs of one level are one stroke: `h1h1h1` would only cost bytes.
        if level == before and steps[-1].startswith("h"):
            steps[-1] = f"h{int(steps[-1][1:]) + 1}"
        else:
            if level != before:
                steps.append(f"V{level}")
            steps.append("h1")
        before = level
    return "".join(steps) + f"V{HEIGHT}z"
