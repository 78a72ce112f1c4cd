"""Words about dates, and the years they can mean in 2025."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import dates, issued, span
from aggregator.record import Dates

YEAR = 2025

UNDERSTOOD = {
    "2014": (2014, 2014),
    "2014-12": (2014, 2014),
    "2014-12-23T10:00:00Z": (2014, 2014),
    "20140506": (2014, 2014),
    "20.03.2014": (2014, 2014),
    "[19--?]": (1900, 1999),
    "[198-?]": (1980, 1989),
    "19uu": (1900, 1999),
    "192?": (1920, 1929),
    "1920?": (1920, 1920),
    "ca. 1920": (1920, 1920),
    "c1995": (1995, 1995),
    "1995, c1990": (1990, 1995),
    "1988 (1987)": (1987, 1988),
    "2012г.": (2012, 2012),
    "2019-жыл": (2019, 2019),
    "2018-2019-жж.": (2018, 2019),
    "1990-жылдар": (1990, 1999),
    "1990-е гг.": (1990, 1999),
    "1990s": (1990, 1999),
    "1941–45": (1941, 1945),
    "1998-99": (1998, 1999),
    "2010/11": (2010, 2011),
    "2014/05": (2014, 2014),
    "2001-02": (2001, 2001),
    "1998-": (1998, YEAR),
    "1998–наст. время": (1998, YEAR),
    "XIII": (1201, 1300),
    "XIX-XX вв.": (1801, 2000),
    "ХIХ век": (1801, 1900),  # the first and the last letter are Cyrillic
    "18-кылым": (1701, 1800),
    "19th century": (1801, 1900),
    "MCMXCV": (1995, 1995),
    "1327 [1909]": (1909, 1909),
    "between 1980 and 1989?": (1980, 1989),
    "2027": (2027, 2027),
    "202-": (2020, 2027),
}

NOT_UNDERSTOOD = ["", "[б. г.]", "[s.a.]", "жылы көрсөтүлгөн эмес", "9999", "0000", "2028", "0999",
                  "500 до н. э.", "C", "V", "в 2-х т.", "-", "?"]  # fmt: skip


@pytest.mark.parametrize(("text", "years"), UNDERSTOOD.items())
def test_the_years_a_date_can_mean(text: str, years: tuple[int, int]) -> None:
    assert dates(text, YEAR) == Dates(*years, text)


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_words_that_tell_no_year_are_kept(text: str) -> None:
    assert dates(text, YEAR) == Dates(0, 0, text)


@given(st.text(max_size=60) | st.from_regex(r"[\[(c]?[12][0-9u?-]{3}[\]).гж -]{0,3}[0-9]{0,4}"))
def test_any_text_gives_no_years_or_possible_ones(text: str) -> None:
    found = dates(text, YEAR)
    assert found.text == text
    assert found.min == found.max == 0 or 1000 <= found.min <= found.max <= YEAR + 2


@given(st.integers(1000, YEAR + 2))
def test_a_plain_year_is_itself_in_every_dress(year: int) -> None:
    for dress in ("{}", "[{}]", "c{}", "{} г.", "{}-жыл", "{}?", "Бишкек, {}.", "{}-01-31"):
        found = dates(dress.format(year), YEAR)
        assert (found.min, found.max) == (year, year)


def test_of_several_dates_the_least_precise_is_the_issue() -> None:
    # What DSpace writes: accessioned, available, issued.
    said = ["2016-03-07T10:11:12Z", "2016-03-07T10:11:12Z", "2009"]
    assert issued(said, YEAR) == (Dates(2009, 2009, "2009"), tuple(said[:2]))


def test_of_equally_precise_dates_the_earliest_is_the_issue() -> None:
    chosen, others = issued(["2015-10-05", "2011-01-01", "[б. г.]"], YEAR)
    assert chosen.text == "2011-01-01"
    assert others == ("2015-10-05", "[б. г.]")


def test_no_dates_at_all() -> None:
    assert issued([], YEAR) == (Dates(), ())


def test_spans_of_numbers_are_bounded() -> None:
    assert span(1990, 9999, YEAR, "x") == Dates(1990, YEAR + 2, "x")
    assert span(900, 950, YEAR, "x") == Dates(0, 0, "x")
