"""A query as it is looked for."""

import pytest

from aggregator.index.plan import (
    AllClause,
    AnyClause,
    ConceptClause,
    ExactClause,
    Forms,
    KnownClause,
    NotClause,
    PhraseClause,
    Plan,
    PrefixClause,
    ValueClause,
    WordClause,
    forms,
    plan,
)
from aggregator.language import chain_a, chain_c, folded_key
from aggregator.query import All, Concept, Names, Query, Word, parse

NAMES = Names({"title": "title", "year": "year"}, {"year": lambda text: text})


def planned(text: str) -> Plan:
    return plan(parse(text, NAMES))


def words(made: Plan) -> list[WordClause]:
    return [clause for clause in made.words if isinstance(clause, WordClause)]


def test_each_word_once_weighing_as_often_as_it_was_typed() -> None:
    made = planned("мектеп Mountains мектеп mountain")
    assert [(c.text, c.surface, c.times) for c in words(made)] == [
        ("мектеп", "", 2),
        ("mountains", "mountains", 2),
    ]
    assert made.loose == made.words
    assert not made.required


def test_a_word_is_looked_for_in_all_its_forms() -> None:
    assert forms("mountains") == Forms(chain_a("mountains"), "")
    assert forms("сел") == Forms("сел", chain_c("сел"))  # no letter that may stand for ө, ү or ң
    assert forms("колдор").folded == folded_key("көлдөр")
    assert forms("экин").folded == forms("екин").folded == folded_key("экин")
    own = forms("көлдөр")
    assert (own.c, own.plain) == (chain_c("көлдөр"), folded_key("көлдөр"))


def test_a_compound_and_an_identifier() -> None:
    [clause] = words(planned("COVID-19"))
    assert clause.forms == Forms("covid-19", "")
    assert clause.parts == (Forms("covid", ""), Forms("19", ""))
    [clause] = words(planned("978-5-655-00123-4"))
    assert clause.identifier == "9785655001234"
    assert not words(planned("1995"))[0].identifier


def test_common_words_count_only_when_alone() -> None:
    assert [clause.text for clause in words(planned("the lakes of what"))] == ["lakes"]
    made = planned("the of the")
    assert made.required == (ExactClause("the"), ExactClause("of"))
    assert not made.words
    assert planned("").everything
    assert not made.everything
    assert planned("(the OR lakes) title:the").required == (
        words(planned("lakes"))[0],
        WordClause("the", Forms(chain_a("the"), ""), (), "the", "", 1, "title"),
    )


def test_phrases() -> None:
    made = planned('"great war of the world" "Манас" "the" peace')
    assert made.required == (
        PhraseClause(tuple(map(chain_a, ("great", "war", "world")))),
        ExactClause("манас"),
        ExactClause("the"),
    )
    assert [clause.forms.a for clause in words(made)] == ["peac"]
    assert len(made.loose) == 5


def test_operators_and_fields() -> None:
    one, other = words(planned("lake water"))
    made = planned("(lake OR water) -lake title:water year:1990 moun* (lake OR (-water moun*))")
    assert made.required == (
        AnyClause((one, other)),
        WordClause("water", other.forms, (), "water", "", 1, "title"),
        ValueClause("year", "1990"),
        PrefixClause("moun"),
        AnyClause((one, AllClause((NotClause(other), PrefixClause("moun"))))),
    )
    assert made.excluded == (one,)


def test_what_can_be_ranked() -> None:
    assert planned("lake").ranks
    assert planned("-lake year:1990 title:water").ranks
    assert not planned("-lake year:1990 (year:1991 OR year:1992)").ranks
    assert not planned("-lake").everything


def test_an_identifier_is_asked_for_first() -> None:
    made = planned("lake 10.1000/182")
    assert made.known == (KnownClause(("10.1000/182",)),)
    assert made.first == "known"
    assert made.wider("known", 1, 10) is None
    assert made.wider("known", 0, 10) == "all"
    assert planned("lake").first == "all"


def test_a_concept_is_one_word_with_other_names() -> None:
    concept = Concept((Word("озеро"),), (("lake",), ("salt", "water")))
    made = plan(Query("", All((concept, Word("карта"))), ()))
    typed = words(planned("озеро"))
    lake, salt, water, map_ = words(planned("lake salt water карта"))
    assert made.words == (map_, ConceptClause(tuple(typed), ((lake,), (salt, water))))
    musts, some = made.wanted("any")
    assert not musts
    assert some == (map_, *typed, ConceptClause((), ((lake,), (salt, water))))
    assert list(made.leaves()) == [map_, *typed, lake, salt, water]


def test_what_was_typed_may_be_a_whole_title() -> None:
    assert planned("the lakes").whole == planned("Lake").whole
    assert planned("колдор").whole == planned("көлдөр").whole
    assert planned("lake").whole != planned("water").whole
    assert not planned("lake -water").whole
    assert not planned("").whole


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
        ("lake -salt water", []),
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
    assert planned("title:lake -water").wider("all", 0, 10) is None  # what a field must have stays
