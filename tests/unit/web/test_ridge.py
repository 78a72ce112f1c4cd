"""The skyline of years."""

import re

from hypothesis import given
from hypothesis import strategies as st

from web.ridge import SPAN, Ridge, draw

NOW = 2026
ANY = (None, None)


def columns(path: str) -> list[int]:
    """Heights (0 to 100) of the 70 years a path draws."""
    heights: list[int] = []
    level = 100
    assert path.startswith("M0 100")
    assert path.endswith("V100z")
    for stroke, number in re.findall(r"([Vh])(\d+)", path):
        if stroke == "V":
            level = int(number)
        else:
            heights += [100 - level] * int(number)
    return heights


def test_no_works_no_ridge() -> None:
    assert draw({}, {}, ANY, NOW) is None
    assert draw({1990: 0}, {}, ANY, NOW) is None
    assert draw({2999: 3}, {}, ANY, NOW) is None


@given(st.dictionaries(st.integers(0, 2100), st.integers(0, 10_000)))
def test_any_years_make_a_whole_skyline(counts: dict[int, int]) -> None:
    ridge = draw(counts, {}, ANY, NOW)
    if ridge is None:
        return
    heights = columns(ridge.base)
    assert len(heights) == SPAN
    assert max(heights) == 100
    assert ridge.chosen == ridge.base
    assert ridge.before == any(count for year, count in counts.items() if 0 < year < ridge.first)
    for decade in ridge.decades:
        works = any(counts.get(year) for year in range(decade.first, decade.last + 1))
        assert decade.count == (None if works else 0)


@given(st.dictionaries(st.integers(1960, 2026), st.integers(1, 10_000), min_size=1))
def test_a_year_with_works_is_never_flat(counts: dict[int, int]) -> None:
    ridge = draw(counts, {}, ANY, NOW)
    assert ridge
    heights = columns(ridge.base)
    assert all(heights[year - ridge.first] > 0 for year in counts if year >= ridge.first)


def full(years: tuple[int | None, int | None]) -> Ridge:
    counts = dict.fromkeys(range(1960, 2030), 5) | {1899: 2}
    ridge = draw(counts, {1980: 31, 1890: 2}, years, NOW)
    assert ridge
    return ridge


def test_chosen_years_stand_out() -> None:
    ridge = full((1975, 1989))
    chosen = columns(ridge.chosen)
    assert columns(ridge.base) == [100] * 70
    assert [year for year in range(1960, 2030) if chosen[year - 1960]] == list(range(1975, 1990))
    assert [decade.first for decade in ridge.decades if decade.current] == [1980]
    assert ridge.before
    assert [decade.count for decade in ridge.decades] == [None, None, 31, None, None, None, None]


def test_an_open_end_reaches_to_the_edge() -> None:
    assert columns(full((None, 1969)).chosen) == [100] * 10 + [0] * 60
    assert columns(full((2020, None)).chosen) == [0] * 60 + [100] * 10


def test_a_small_catalogue_is_drawn_in_wider_steps() -> None:
    ridge = draw({1961: 1, 1978: 1, 1995: 2, 2004: 1, 2021: 1}, {}, ANY, NOW)
    assert ridge
    assert len(re.findall("V", ridge.base)) < 12
    assert [decade.count for decade in ridge.decades] == [None, None, 0, None, None, 0, None]
