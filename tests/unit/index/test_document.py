"""A work as an index takes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.index.document import LONGEST_KEYWORD, SENTINEL, analyse_work, year_range
from aggregator.index.fields import load_table
from aggregator.language import analyse
from aggregator.record import Container, Creator, Dates, Identifier, Record, Subject, Text, Title
from aggregator.works import Member, Work

TABLE = load_table()


def made(record: Record, id: str = "w1", added: int = 3) -> dict[str, object]:
    members = (Member("kg-a", "1"), Member("kg-b", "2"), Member("kg-a", "3"))
    return dict(
        analyse_work(Work(id=id, added=added, record=record, members=members), 1, TABLE).values
    )


RECORD = Record(
    source="kg-a",
    local_id="1",
    titles=(Title("Горные реки"), Title("Тоо суулары", kind="parallel")),
    creators=(Creator("Асанов, Бакыт"),),
    abstracts=(Text("О воде."), Text("Суу жөнүндө.")),
    subjects=(Subject("Гидрология"), Subject("556.5", "UDC"), Subject("  Вода \n и лёд ")),
    type="book",
    languages=("ru", "ky"),
    issued=Dates(1995, 1997, "1995-97"),
    container=Container(title="Вестник"),
    identifiers=(Identifier("doi", "10.1000/ABC"), Identifier("isbn", "9785655001234")),
    access="open",
)


def test_everything_a_work_is_found_by() -> None:
    values = made(RECORD)
    title = analyse("Горные реки\nТоо суулары")
    rest = analyse(
        "О воде.\nСуу жөнүндө.\nАсанов, Бакыт\nГидрология\n556.5\nВода и лёд\nВестник\n1995 1997"
    )
    assert values["content_a"] == f"{SENTINEL} {title.a} {rest.a}"
    assert values["content_c"] == f"{SENTINEL} {title.c} {rest.c}"
    assert values["title_a"] == f"{SENTINEL} {title.a}"
    assert values["title_c"] == f"{SENTINEL} {title.c}"
    assert values["surface"] == f"{SENTINEL} {title.surface} {rest.surface}"
    assert values["source"] == ("kg-a", "kg-b")
    assert values["type"] == ("book",)
    assert values["language"] == ("ru", "ky")
    assert values["subject"] == ("Гидрология", "Вода и лёд")  # a code is no subject to choose
    assert values["access"] == ("open",)
    assert values["identifier"] == ("10.1000/abc", "9785655001234")
    assert values["year"] == (1995, 1997)
    assert values["added"] == 3


def test_a_bare_work_has_a_word_in_every_text_field() -> None:
    values = made(Record(source="kg-a", local_id="1"))
    assert {values[f] for f in ("content_a", "content_c", "title_a", "title_c", "surface")} == {
        SENTINEL
    }
    assert "year" not in values
    assert analyse(SENTINEL).surface == ""  # no text can hold it


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (0, 0, None), (1995, 1995, (1995, 1995)), (1900, 1999, (1900, 1999)),
        (1995, 0, (1995, 1995)), (0, 1995, (1995, 1995)), (1999, 1990, (1990, 1999)),
        (1950, 9999, (1950, 2100)), (-300, 5, (1, 5)), (9999, 9999, (2100, 2100)),
    ],
)  # fmt: skip
def test_years(first: int, last: int, years: tuple[int, int] | None) -> None:
    assert year_range(first, last) == years


def test_long_and_many_keywords_are_bounded() -> None:
    subjects = tuple(Subject(f"{number} " + "ы" * 10_000) for number in range(1000))
    found = made(Record(source="kg-a", local_id="1", subjects=subjects))["subject"]
    assert isinstance(found, tuple)
    assert len(found) == 500
    assert all(LONGEST_KEYWORD - 2 < len(value.encode()) <= LONGEST_KEYWORD for value in found)


def test_no_two_works_share_a_sort_key() -> None:
    one = made(RECORD, "w1", added=1)
    two = made(RECORD, "W1", added=2)
    three = made(RECORD, "57", added=3)  # the hexadecimal form of "W"
    for key in ("sort_title", "sort_newest", "sort_oldest", "sort_added"):
        assert len({one[key], two[key], three[key]}) == 3


@given(st.integers(0, 2100), st.integers(0, 2100), st.integers(1, 2**39), st.integers(1, 2**39))
def test_sort_keys_ascend_as_wanted(year: int, other: int, added: int, later: int) -> None:
    def keys(year: int, added: int) -> dict[str, int]:
        values = made(Record(source="a", local_id="1", issued=Dates(year, year)), added=added)
        numbers = ("sort_newest", "sort_oldest", "sort_added")
        return {name: value for name in numbers if isinstance(value := values[name], int)}

    left, right = keys(year, added), keys(other, later)
    assert all(0 <= key < 2**53 for key in left.values())
    if year != other and year and other:
        assert (left["sort_newest"] < right["sort_newest"]) == (year > other)
        assert (left["sort_oldest"] < right["sort_oldest"]) == (year < other)
    if not year and other:
        assert left["sort_newest"] > right["sort_newest"]
        assert left["sort_oldest"] > right["sort_oldest"]
    if added != later:
        assert (left["sort_added"] < right["sort_added"]) == (added > later)
