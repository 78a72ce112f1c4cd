"""The quality report of made records, figure by figure, and what would join the catalogue."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.quality import FIELDS, joining, quality
from aggregator.record import (
    Creator,
    Dates,
    Identifier,
    Link,
    Other,
    Record,
    Subject,
    Text,
    Title,
)
from aggregator.works import Decisions


def record(local_id: str = "1", source: str = "lib", **fields: Any) -> Record:
    return Record(source=source, local_id=local_id, **fields)


FULL = record(
    titles=(Title("Манас"),),
    creators=(Creator("Орозбаков С."),),
    issued=Dates(1978, 1982, "1978–1982"),
    abstracts=(Text("Эпос."),),
    subjects=(Subject("эпос"),),
    identifiers=(Identifier("isbn", "9785000000001"),),
    languages=("ky",),
    access="open",
    links=(Link("https://x.kg/1.pdf", "fulltext"),),
)


def test_a_full_and_an_empty_record_make_half_of_everything() -> None:
    report = quality([FULL, record("2")])
    assert report.records == 2
    assert report.filled == dict.fromkeys(FIELDS, 1)
    assert {report.share(name) for name in FIELDS} == {0.5}
    assert report.not_understood == {"date": (), "language": (), "type": ()}


def test_no_records_have_no_shares() -> None:
    report = quality([])
    assert report.filled == dict.fromkeys(FIELDS, 0)
    assert {report.share(name) for name in FIELDS} == {0.0}


def test_what_nobody_else_knows_is_no_identifier_and_a_landing_page_no_full_text() -> None:
    one = record(
        identifiers=(Identifier("local", "17"), Identifier("url", "https://x.kg/17")),
        links=(Link("https://x.kg/17"),),
        issued=Dates(text="давно"),
    )
    filled = quality([one]).filled
    assert (filled["identifier"], filled["fulltext"], filled["year"]) == (0, 0, 0)


def test_words_that_were_not_understood_most_frequent_first() -> None:
    records = [
        record("1", issued=Dates(text="давно"), other=(Other("dc:language", "эсперанто-2"),)),
        record("2", issued=Dates(text="давно"), other=(Other("MARC 041 $a", "xqq"),)),
        record("3", issued=Dates(text="аноны"), other=(Other("Язык", "xqq"),)),
        record("4", issued=Dates(1990, 1990, "1990"), other=(Other("dc:type", "Нечто"),)),
        record("5", type="book", other=(Other("dc:type", "Нечто иное"),)),
        record("6", other=(Other("dc:type", "Нечто"), Other("dc:type", "Нечто"))),
        record("7", other=(Other("dcterms:type", "info:eu-repo/semantics/openAccess"),)),
    ]
    assert quality(records).not_understood == {
        "date": (("давно", 2), ("аноны", 1)),
        "language": (("xqq", 2), ("эсперанто-2", 1)),
        "type": (("Нечто", 2),),
    }


@pytest.mark.parametrize(
    "other",
    [
        Other("dc:language", "rus"),  # understood: kept only because "ru" does not say "rus"
        Other("dc.language.iso", "mul"),
        Other("dc:description", "xqq"),
        Other("dc:relation type", "xqq"),
        Other("dc:source", "langue"),
    ],
)
def test_what_is_no_complaint(other: Other) -> None:
    report = quality([record(other=(other,))])
    assert report.not_understood["language"] == ()


def test_a_long_value_is_cut() -> None:
    found = quality([record(issued=Dates(text="я" * 5000))]).not_understood["date"]
    assert found == (("я" * 120, 1),)


@given(st.lists(st.sampled_from([FULL, record("2"), record("3", type="book")])))
def test_figures_are_those_of_the_parts(records: list[Record]) -> None:
    whole = quality(records).filled
    parts = [quality([one]).filled for one in records]
    assert whole == {name: sum(part[name] for part in parts) for name in FIELDS}


# --- joining -----------------------------------------------------------------------------------


def book(local_id: str, source: str, title: str, *keys: str) -> Record:
    identifiers = tuple(Identifier(*key.split(":", 1)) for key in keys)
    return record(local_id, source, titles=(Title(title),), identifiers=identifiers)


def test_what_would_join_works_that_are_here() -> None:
    held = {
        "old/1": book("1", "old", "Манас", "isbn:9785000000001"),
        "old/2": book("2", "old", "Семетей", "doi:10.1000/2"),
        "old/3": book("3", "old", "Химия", "isbn:9785000000003"),
        "new/9": book("9", "new", "Сейтек", "doi:10.1000/9"),
    }
    sample = [
        book("1", "new", "Манас", "isbn:9785000000001"),
        book("2", "new", "Другое", "doi:10.1000/2"),
        book("3", "new", "Совсем не о том", "isbn:9785000000003"),  # one ISBN, two books
        book("8", "new", "Сейтек", "doi:10.1000/9"),  # joins only a record of its own source
        book("5", "new", "Токтогул"),
    ]
    assert joining(sample, held, Decisions()) == {"new/1", "new/2"}
    apart = Decisions(apart=frozenset({("new/2", "old/2")}))
    assert joining(sample, held, apart) == {"new/1"}
    same = Decisions(same=frozenset({("new/5", "old/2")}))
    assert joining(sample, held, same) == {"new/1", "new/2", "new/5"}


def test_a_source_does_not_join_itself() -> None:
    one = book("1", "new", "Манас", "doi:10.1000/1")
    assert joining([one], {"new/1": one}, Decisions()) == frozenset()
