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
    "2027-": (2027, 2027),
    "202-": (2020, 2027),
}

MORE = {
    # Slips of the pen, brackets within a number, corrections.
    "[19]98": (1998, 1998), "199[8]": (1998, 1998), "1952[c1950]": (1950, 1952),
    "l983": (1983, 1983), "2О15": (2015, 2015), "1847 [i.e. 1848]": (1848, 1848),
    "19..": (1900, 1999), "19ХХ": (1900, 1999), "199X": (1990, 1999), "[19__]": (1900, 1999),
    # Marks of copyright, in Latin and Cyrillic.
    "©2010": (2010, 2010), "с2010": (2010, 2010), "cop. 1999": (1999, 1999),
    # Days and months in any order and language; what is no date has a year all the same.
    "12.05.1998": (1998, 1998), "1998-13-45": (1998, 1998), "12/1998": (1998, 1998),
    "May 2004": (2004, 2004), "май 2004": (2004, 2004), "Spring 2001": (2001, 2001),
    "2004-жылдын үчтүн айы": (2004, 2004), "201405": (2014, 2014),
    "Tue, 15 Dec 2015 22:09:07 +1100": (2015, 2015), "15 января XIX в.": (1801, 1900),
    # Ranges.
    "1936?-1938?": (1936, 1938), "1998-9": (1998, 1999), "1658 or 9": (1658, 1659),
    "1970 или 71": (1970, 1971), "1999-2000 окуу жылы": (1999, 2000), "2001/15": (2001, 2001),
    "2010-2020-жылдары": (2010, 2020), "1920-1930-е гг.": (1920, 1939),
    "1.1988-52.1996": (1988, 1996), "[between 12--? and 14--?]": (1200, 1499),
    # What goes on.
    "1987?-": (1987, YEAR), "Shōwa 21 [1946]-": (1946, YEAR), "<1981- >": (1981, YEAR),
    "1981-<1982>": (1981, YEAR), "2019-; [2019]-": (2019, YEAR), "since 1998": (1998, YEAR),
    "1998 г. по н.в.": (1998, YEAR), "с 1998 г.": (1998, YEAR), "1998-жылдан бери": (1998, YEAR),
    "2004-06-01/..": (2004, YEAR), "не ранее 1950": (1950, YEAR),
    # Decades; 1800s may mean the century.
    "late 1800s": (1800, 1899), "1900-е гг.": (1900, 1909), "1960's": (1960, 1969),
    # Centuries and their parts; nobody says how long a beginning is.
    "XVIII ғ.": (1701, 1800), "XIX к. аягы": (1801, 1900), "19. yüzyıl": (1801, 1900),
    "нач. 20 в.": (1901, 2000), "1-я пол. XIX в.": (1801, 1850),
    "вторая половина XVIII века": (1751, 1800), "последняя четверть XIX в.": (1876, 1900),
    "XIX кылымдын биринчи жарымы": (1801, 1850), "кон. XIX - нач. XX в.": (1801, 2000),
    "80-е гг. XX в.": (1980, 1989), "XX кылымдын 80-жылдары": (1980, 1989),
    "between the 17th and 18th centuries": (1601, 1800), "XXI в.": (2001, 2027),
    "anno D[omi]ni. MCCCCCX. die XIII. Iulii": (1510, 1510),
    # Other calendars: lunar, solar, Ottoman; two calendars in one statement.
    "1402 AH": (1981, 1982), "10 Rajab 1433": (2011, 2012), "1402 هـ": (1981, 1982),
    "1370 ш.": (1991, 1992), "1370 (1991)": (1991, 1991), "1325/1909": (1909, 1909),
    "1365- [1986- ]": (1986, YEAR), "2537 [1978]-": (1978, YEAR), "727 [1967]": (1967, 1967),
    # Numbers that are no years.
    "Бишкек, 2012, 1500 экз.": (2012, 2012), "1998. 1200 с.": (1998, 1998),
}  # fmt: skip
UNDERSTOOD |= MORE

NOT_UNDERSTOOD = [
    "", "[б. г.]", "б.г.", "[s.a.]", "s.a.", "n.d.", "жылы көрсөтүлгөн эмес", "9999", "0000",
    "2028", "2912", "0999", "500 до н. э.", "25 BC", "44 BCE", "20 в. до н.э.", "C", "V", "MM",
    "mix",
    "в 2-х т.", "-", "?", "05/12/98", "до 1917 г.", "not after 1460", "1917-жылга чейин", "XXII в.",
    "MONTHS_WITHHELD:1200", "10000-01-01", "1 9 9 8", "12 с.", "60-е годы",
]  # fmt: skip


@pytest.mark.parametrize(("text", "years"), UNDERSTOOD.items())
def test_the_years_a_date_can_mean(text: str, years: tuple[int, int]) -> None:
    assert dates(text, YEAR) == Dates(*years, text)


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_words_that_tell_no_year_are_kept(text: str) -> None:
    assert dates(text, YEAR) == Dates(0, 0, text)


@given(
    st.text(max_size=60)
    | st.text("0123456789-–/[]()<>?.,;: uxcviвксгжжылохмд", max_size=30)
    | st.from_regex(r"[\[(c]?[12][0-9u?-]{3}[\]).гж -]{0,3}[0-9]{0,4}")
)
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
