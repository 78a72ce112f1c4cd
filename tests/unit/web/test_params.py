"""Addresses of results pages: what is written reads back, and nothing typed can break them."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.params import (
    LAST_PAGE,
    LAST_YEAR,
    MAX_TEXT,
    MAX_VALUES,
    SORTS,
    PageState,
    Years,
    read_state,
)

FILTERS = ("source", "type", "language", "year", "subject", "access")
NAMES = st.sampled_from(["source", "type", "language", "subject", "access"])
LINES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=60
).filter(lambda text: text == text.strip())
YEARS = st.none() | st.integers(1, LAST_YEAR)


def in_order(years: Years) -> bool:
    return years[0] is None or years[1] is None or years[0] <= years[1]


STATES = st.builds(
    PageState,
    text=st.just("") | LINES,
    page=st.integers(1, LAST_PAGE),
    sort=st.sampled_from(SORTS),
    chosen=st.dictionaries(NAMES, st.lists(LINES, min_size=1, max_size=4, unique=True).map(tuple)),
    years=st.tuples(YEARS, YEARS).filter(in_order),
    concepts=st.booleans(),
)


@given(STATES)
def test_an_address_reads_back_as_the_state_it_was_written_for(state: PageState) -> None:
    assert read_state(parse_qsl(state.query()), FILTERS) == state


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*FILTERS, "q", "page", "sort", "from", "to", "concepts", "x"]),
            st.text(),
        )
    )
)
def test_any_parameters_give_a_state_that_is_in_range_and_settles(
    pairs: list[tuple[str, str]],
) -> None:
    state = read_state(pairs, FILTERS)
    assert len(state.text) <= MAX_TEXT
    assert 1 <= state.page <= LAST_PAGE
    assert state.sort in SORTS
    assert sum(map(len, state.chosen.values())) <= MAX_VALUES
    assert all(values for values in state.chosen.values())
    assert "year" not in state.chosen
    assert read_state(parse_qsl(state.query()), FILTERS) == state


@given(st.text())
def test_any_query_string_gives_a_state(query: str) -> None:
    pairs = parse_qsl(query.encode("utf-8", "replace").decode(), errors="replace")
    assert read_state(pairs, FILTERS).query().isascii()


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("", 1), ("2", 2), (" 3 ", 3), ("0", 1), ("-4", 1), ("1e3", 1), ("٣", 1), ("007", 7),
        ("999", 999), ("99999", LAST_PAGE), ("9" * 100_000, LAST_PAGE),
    ],
)  # fmt: skip
def test_a_page_that_makes_no_sense_is_brought_into_range(page: str, wanted: int) -> None:
    assert read_state([("page", page)], FILTERS).page == wanted


@pytest.mark.parametrize(
    ("first", "last", "years", "filters"),
    [
        ("1948", "2020", (1948, 2020), {"year": ("1948-2020",)}),
        ("2020", "1948", (1948, 2020), {"year": ("1948-2020",)}),
        ("1948", "", (1948, None), {"year": ("1948-",)}),
        ("", "1959", (None, 1959), {"year": ("-1959",)}),
        ("", "", (None, None), {}),
        ("0", "10000", (None, None), {}),
        ("MCMXL", "19--", (None, None), {}),
    ],
)
def test_years(
    first: str, last: str, years: tuple[int | None, int | None], filters: dict[str, tuple[str, ...]]
) -> None:
    state = read_state([("from", first), ("to", last)], FILTERS)
    assert state.years == years
    assert state.filters == filters


def test_values_beyond_the_cap_and_repeated_ones_are_left_out() -> None:
    pairs = [("subject", f"term {n // 2}") for n in range(500)]
    state = read_state(pairs, FILTERS)
    assert state.chosen == {"subject": tuple(f"term {n}" for n in range(MAX_VALUES))}


def test_a_changed_filter_begins_again_at_the_first_page() -> None:
    state = PageState("манас", page=7, chosen={"type": ("book", "map")}, years=(1900, None))
    assert state.without_value("type", "map") == PageState(
        "манас", chosen={"type": ("book",)}, years=(1900, None)
    )
    assert state.without_value("type", "map").without_value("type", "book").chosen == {}
    assert state.with_value("type", "book").chosen == state.chosen
    assert state.with_value("access", "open").page == 1
    assert state.without_filters() == PageState("манас")
    assert state.with_sort("newest").page == 1
    assert state.with_concepts(False).page == 1
    assert state.with_page(8).filters == state.filters
