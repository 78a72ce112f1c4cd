"""A query as it is looked for."""

import pytest

from aggregator.index.plan import ExactClause, Forms, PhraseClause, Plan, WordClause, plan
from aggregator.language import chain_a
from aggregator.query import parse


def planned(text: str) -> Plan:
    return plan(parse(text))


def test_each_word_once_weighing_as_often_as_it_was_typed() -> None:
    made = planned("мектеп Mountains мектеп mountain")
    mountain = chain_a("mountain")
    assert made.words == (
        WordClause(Forms("мектеп", "мекте"), (), "", "", 2),
        WordClause(Forms(mountain, ""), (), "mountains", "", 2),
    )
    assert made.loose == made.words
    assert not made.required


def test_a_compound_and_an_identifier() -> None:
    [clause] = planned("COVID-19").words
    assert clause.forms == Forms("covid-19", "")
    assert clause.parts == (Forms("covid", ""), Forms("19", ""))
    [clause] = planned("978-5-655-00123-4").words
    assert clause.identifier == "9785655001234"
    assert not planned("1995").words[0].identifier


def test_common_words_count_only_when_alone() -> None:
    assert [clause.forms.a for clause in planned("the lakes of what").words] == [chain_a("lakes")]
    made = planned("the of the")
    assert made.required == (ExactClause("the"), ExactClause("of"))
    assert not made.words
    assert planned("").everything
    assert not made.everything


def test_phrases() -> None:
    made = planned('"great war of the world" "Манас" "the" peace')
    assert made.required == (
        PhraseClause(tuple(map(chain_a, ("great", "war", "world")))),
        ExactClause("манас"),
        ExactClause("the"),
    )
    assert [clause.forms.a for clause in made.words] == ["peac"]
    assert len(made.loose) == 5


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("great lake water", [("great", "lake"), ("lake", "water")]),
        ("lake of water", [("lake", "water")]),  # left out of documents as well
        ("lake which water", []),  # documents have it
        ("lake көл water", []),
        ("озеро вода", []),
        ("lake lake lake", [("lake", "lake")]),
        ("covid-19 water", [("covid", "19"), ("19", "water")]),
        ('lake "salt" water', []),
    ],
)
def test_latin_words_side_by_side(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(planned(text).pairs) == pairs


def test_when_a_search_is_widened() -> None:
    words, phrase, both = planned("lake water"), planned('"lake water"'), planned('lake "salt sea"')
    assert words.wider("all", 9, 10) == "any"
    assert words.wider("all", 10, 10) is None
    assert words.wider("any", 0, 10) is None
    assert planned("lake").wider("all", 0, 10) is None
    assert phrase.wider("all", 1, 10) is None  # a phrase is given up only when nothing has it
    assert phrase.wider("all", 0, 10) == "loose"
    assert both.wider("all", 0, 10) == "loose"
    assert both.wider("loose", 0, 10) is None
    assert planned("the").wider("all", 0, 10) is None
