"""Who says what of a work."""

from pathlib import Path

import msgspec
import pytest

from aggregator.record import (
    Container,
    Creator,
    Dates,
    Identifier,
    Link,
    Other,
    Patent,
    Project,
    Record,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from tests.unit.web.conftest import EPIC, EPIC_AT_ACADEMY
from web.statements import Description, Row, describe
from web.words import Words, read_words


@pytest.fixture(scope="module")
def english(locale: Path) -> Words:
    return read_words(locale, ["en"])["en"]


def row(description: Description, label: str) -> Row:
    return next(row for row in description.rows if row.label == label)


def test_sources_that_say_the_same_share_a_statement(english: Words) -> None:
    title = row(describe([EPIC, EPIC_AT_ACADEMY], english), "Title")
    assert [s.sources for s in title.statements] == [("library", "academy")]
    assert not title.disagree


def test_sources_that_differ_are_both_shown_and_said_to_disagree(english: Words) -> None:
    extent = row(describe([EPIC, EPIC_AT_ACADEMY], english), "Extent")
    assert [(s.values[0].text, s.sources) for s in extent.statements] == [
        ("279 с.", ("library",)),
        ("280 с.", ("academy",)),
    ]
    assert extent.disagree


def test_keywords_may_differ_without_a_quarrel(english: Words) -> None:
    other = msgspec.structs.replace(EPIC_AT_ACADEMY, subjects=(Subject("Эпос"),))
    assert not row(describe([EPIC, other], english), "Keywords").disagree


def test_an_uncertain_year_keeps_the_words_of_its_source(english: Words) -> None:
    record = Record(source="s", local_id="1", issued=Dates(1900, 1999, "[19--?]"))
    year = row(describe([record], english), "Year").statements[0].values[0]
    assert year.text == "[19--?] (1900–1999)"


def test_nothing_a_source_said_is_left_out(english: Words) -> None:
    said = iter(f"said-{n}" for n in range(1000))
    word = said.__next__
    texts = (Text(word()),)
    record = Record(
        source="s",
        local_id="1",
        titles=(Title(word()), Title(word(), kind="alternative"), Title(word(), kind="parallel")),
        creators=(Creator(word(), "xyz", "", word(), word()), Creator(word(), "trl")),
        abstracts=texts,
        contents=(Text(word()),),
        subjects=(Subject(word()), Subject(word(), "UDC"), Subject(word(), word())),
        type=word(),
        languages=("qaa",),
        issued=Dates(1990, 1990, word()),
        publisher=(Text(word()),),
        edition=word(),
        series=word(),
        part=word(),
        container=Container(word(), word(), word(), word(), word()),
        extent=word(),
        notes=(Text(word()),),
        identifiers=(Identifier("isbn", word()), Identifier(word(), word())),
        links=(Link("https://said.example/landing"), Link("javascript:said()", "fulltext")),
        access=word(),
        licence=word(),
        rights=(Text(word()),),
        related=(Relation(word(), word()),),
        thesis=Thesis(word(), word()),
        patent=Patent(word(), word(), (word(),)),
        project=Project(word(), word(), word(), word()),
        level=word(),
        other=(Other(word(), word()),),
    )
    filled = {f.name for f in msgspec.structs.fields(record) if getattr(record, f.name)}
    elsewhere = {"stamp", "holdings"}
    assert filled | elsewhere == {f.name for f in msgspec.structs.fields(record)}
    description = describe([record], english)
    shown = " ".join(
        f"{row.label} {value.text}"
        for row in (*description.rows, Row("", description.abstracts))
        for statement in row.statements
        for value in statement.values
    )
    count = int(word().removeprefix("said-"))
    assert [
        f"said-{n}"
        for n in range(count)
        if f"said-{n}" not in shown.split()
        and f"(said-{n})" not in shown
        and f"“said-{n}”" not in shown
    ] == []
    assert "javascript:said()" in shown
    assert not any(
        value.url.startswith("javascript")
        for row in description.rows
        for statement in row.statements
        for value in statement.values
    )
