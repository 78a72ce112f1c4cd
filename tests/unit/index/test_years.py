"""Years in filters and facets."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.index.years import count_years, read_years


@pytest.mark.parametrize(
    ("value", "years"),
    [
        ("1995", (1995, 1995)), ("1990..2000", (1990, 2000)), ("1990-2000", (1990, 2000)),
        ("1990–2000", (1990, 2000)), ("..2000", (1, 2000)), ("1990..", (1990, 2100)),
        ("-2000", (1, 2000)), ("1990-", (1990, 2100)), (" 1995 ", (1995, 1995)),
        ("0", (1, 1)), ("3000", (2100, 2100)), ("1990..9999", (1990, 2100)),
        ("", None), ("..", None), ("-", None), ("2000..1990", None), ("abc", None),
        ("1990..x", None), ("١٩٩٠", None), ("1" * 5000, None),
    ],
)  # fmt: skip
def test_what_a_filter_means(value: str, years: tuple[int, int] | None) -> None:
    assert read_years(value) == years


SPANS = st.tuples(st.integers(1, 2100), st.integers(1, 2100)).map(lambda p: (min(p), max(p)))


@given(st.dictionaries(SPANS, st.integers(1, 50), max_size=6))
def test_each_year_counts_every_span_that_covers_it(spans: dict[tuple[int, int], int]) -> None:
    expected: Counter[str] = Counter()
    for (first, last), count in spans.items():
        for year in range(first, last + 1):
            expected[str(year)] += count
    counted = count_years(spans.items())
    assert dict(counted) == expected
    assert [int(year) for year, _ in counted] == sorted(map(int, expected), reverse=True)
