"""The Kyrgyz stemmer: its tables, its laws, its figures."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.language import chain_c, chain_f, fold, folded_key, stem, stem_folded
from aggregator.language import kyrgyz_suffixes as tables
from tests.kyrgyz import (
    MORE_NOUNS,
    MORE_VERBS,
    NOUNS,
    VERBS,
    agreement,
    attach,
    figures,
    held_out,
    noun_forms,
    treebank,
    verb_forms,
)

words = st.text("абвгдежзийклмнңоөпрстуүфхцчшщъыьэюяё-", min_size=1, max_size=24)


def _pattern(template: str) -> str:
    spelled = {
        "A": "[аоеө]", "E": "[аоэө]", "I": "[ыуиү]", "U": "[уү]", "O": "[оө]",
        "L": "[лдт]", "N": "[ндт]", "D": "[дт]", "G": "[гк]", "B": "[бп]",
    }  # fmt: skip
    return "".join(spelled.get(sign, sign) for sign in template)


@pytest.mark.parametrize("suffix", tables.SUFFIXES, ids=lambda suffix: suffix.example)
def test_each_row_does_what_its_example_says(suffix: tables.Suffix) -> None:
    word, base = suffix.example.split()
    inside = suffix.kind in ("root", "voice")
    assert re.search(_pattern(suffix.template) + ("" if inside else "$"), word)
    assert stem(word, "ky") == base


def test_no_two_rows_share_an_example_or_a_place() -> None:
    examples = Counter(suffix.example for suffix in tables.SUFFIXES)
    places = Counter((suffix.template, suffix.after) for suffix in tables.SUFFIXES)
    assert examples.most_common(1)[0][1] == places.most_common(1)[0][1] == 1


def test_known_stems_and_irregular_words_come_out_as_written() -> None:
    for word, base in tables.IRREGULAR.items():
        assert stem(word, "ky") == base
    for word in tables.STEMS - tables.IRREGULAR.keys():
        written = word.replace("ь", "").replace("ъ", "").replace("ё", "е")
        voiceless = written[:-1] + {"г": "к", "б": "п"}.get(written[-1], written[-1])
        assert stem(word, "ky") == voiceless


def test_words_that_rules_alone_would_break() -> None:
    assert stem("балдарыбыздын", "ky") == stem("бала", "ky")
    assert stem("ордунда", "ky") == stem("орун", "ky")
    assert stem("кыргызстандын", "ky") == "кыргызстан"
    assert stem("автобусу", "ky") == "автобус"
    assert stem("китебинде", "ky") == "китеп"
    assert stem("районуну", "ky") == stem("району", "ky") == "район"
    assert stem("кмшнын", "ky") == "кмш"
    assert stem("акшга", "ky") == "акш"
    assert stem("нефть", "ky") == "нефт"
    assert stem("боёду", "ky") == stem("боеду", "ky") == "бое"


@pytest.mark.parametrize(
    ("loan", "forms"),
    [
        ("комитет", "комитети комитеттин комитетинде"),
        ("велосипед", "велосипеди велосипедин велосипеддер"),
        ("юморист", "юмористи юмористтер юмористин"),
        ("вокзал", "вокзалды вокзалдын вокзалы"),
        ("автобус", "автобусу автобусунда автобустар"),
        ("дорбо", "дорбону дорбонун дорбосу"),
    ],
)
def test_words_in_no_list_keep_what_looks_like_an_ending(loan: str, forms: str) -> None:
    assert loan not in tables.STEMS
    assert {stem(form, "ky") for form in (loan, *forms.split())} == {loan}


@given(st.sampled_from(NOUNS), st.data())
def test_every_form_of_a_noun_has_the_stem_of_the_noun(noun: str, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(list(noun_forms(noun))))
    assert stem(form, "ky") == stem(noun, "ky")
    assert stem_folded(fold(form)) == stem_folded(noun)


@given(st.sampled_from(NOUNS))
def test_the_stem_of_a_stem_is_itself(noun: str) -> None:
    once = stem(noun, "ky")
    assert stem(once, "ky") == once


def test_forms_of_verbs_agree() -> None:
    assert agreement(VERBS, verb_forms, lambda form: stem(form, "ky")) > 0.97
    assert agreement(VERBS, verb_forms, lambda form: stem_folded(fold(form))) > 0.95


def test_forms_of_many_more_words_agree() -> None:
    assert agreement(MORE_NOUNS, noun_forms, lambda form: stem(form, "ky")) > 0.985
    assert agreement(MORE_NOUNS, noun_forms, lambda form: stem_folded(fold(form))) > 0.985
    assert agreement(MORE_VERBS, verb_forms, lambda form: stem(form, "ky")) > 0.965
    assert agreement(MORE_VERBS, verb_forms, lambda form: stem_folded(fold(form))) > 0.95


def test_suffixes_are_attached_as_the_grammar_says() -> None:
    assert attach("мектеп", "LAр") == "мектептер"
    assert attach("китеп", "Iм") == "китебим"
    assert attach("көл", "DAгI") == "көлдөгү"
    assert attach("жол", "LAр") == "жолдор"
    assert {"башталды", "баштоосу", "баштабаган"} <= set(verb_forms("башта"))
    assert {"китебиндеги", "китептерибизге"} <= set(noun_forms("китеп"))


@given(words | st.text())
def test_any_string_is_legal(text: str) -> None:
    for stemmed in (stem(text, "ky"), stem_folded(text)):
        assert bool(stemmed) == bool(text)
        assert len(stemmed) <= len(text) + 1  # алд- is алды


@given(words.filter(str.isalpha))
def test_typed_with_or_without_its_letters_a_word_has_one_folded_key(word: str) -> None:
    assert folded_key(word) == folded_key(fold(word))
    assert chain_f(word) in ("", folded_key(word))
    assert bool(chain_f(word)) == (word.startswith("э") or bool(set("ңөү") & set(word)))


@pytest.mark.parametrize("word", ["school", "1995", "h2o", "日本", ""])
def test_only_cyrillic_words_have_kyrgyz_keys(word: str) -> None:
    assert chain_c(word) == chain_f(word) == folded_key(word) == ""


def test_the_figures_on_the_treebanks() -> None:
    written = figures(lambda form: stem(form, "ky"))
    assert written.nominal >= 0.94
    assert written.verb >= 0.78
    assert written.hard3 <= 0.10
    assert written.unrelated <= 0.03
    folded = figures(stem_folded, fold=True)
    assert folded.nominal >= 0.93
    assert folded.unrelated <= 0.045


def test_the_figures_without_the_treebanks_words_in_the_lists() -> None:
    """What a word may expect that nobody listed."""
    written, folded = held_out()
    assert written.nominal >= 0.935
    assert written.verb >= 0.79
    assert written.hard3 <= 0.115
    assert written.unrelated <= 0.034
    assert folded.nominal >= 0.935
    assert folded.unrelated <= 0.038


def test_the_paradigms_do_not_repeat_the_treebanks() -> None:
    """Words measured twice would tell nothing new."""
    _, rows = treebank()
    lemmas = {lemma for _, lemma, _ in rows}
    assert len(lemmas.intersection(NOUNS)) < len(NOUNS) / 3
