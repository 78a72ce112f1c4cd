"""Text into words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.language import Token, fold, tokens


def texts(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  !?— «» ", []),
        ("Кыргыз Республикасы", ["кыргыз", "республикасы"]),
        ("научно-технический прогресс", ["научно", "технический", "прогресс"]),
        ("Ёлка, ЁЖ", ["елка", "еж"]),
        ("йод и и\u0306од", ["йод", "и", "йод"]),  # й composed and decomposed
        ("за\u0301мок", ["замок"]),  # a stress mark
        ("Café naïve Straße İstanbul", ["cafe", "naive", "strasse", "istanbul"]),
        ("ﬁnance ＡＢＣ", ["finance", "abc"]),
        ("кол\u00adхоз, со\u200bвет", ["колхоз", "совет"]),
        ("author's O’Connor don't", ["author", "oconnor", "dont"]),
        ("snake_case", ["snake", "case"]),
        ("H2O H₂O", ["h2o", "h2o"]),
        ("COVID-19 в 5.10.2020", ["covid-19", "в", "5.10.2020"]),
        ("1990–2000", ["1990-2000"]),
        ("ISBN 978-5-655-00123-4, 0-19-853453-X.", ["isbn", "9785655001234", "019853453x"]),
        ("2020-10-05", ["2020-10-05"]),  # ten signs, but no ISBN
        ("doi:10.1016/S0140-6736(05)70796-2).", ["doi", "10.1016/s0140-6736(05)70796-2"]),
        ("https://doi.org/10.1234/ABC.def.", ["https", "doi", "org", "10.1234/abc.def"]),
        ("हिन्दी", ["हिन्दी"]),
        ("العَرَبِيّة", ["العربية"]),
        ("日本", ["日本"]),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert texts(text) == words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Кыpгызcтaн", "кыргызстан"),  # Latin p, c, a
        ("кѳл", "көл"), ("кɵл", "көл"), ("кӧл", "көл"), ("кöл", "көл"),
        ("мӊ", "мң"), ("таҥ", "таң"), ("сүт", "сүт"), ("сüт", "сүт"),
        ("climаte", "climate"),  # Cyrillic а
        ("ѲЗӨН", "өзөн"),
        ("Zoomдогу", "zoomдогу"),  # both scripts on purpose: left alone
    ],
)  # fmt: skip
def test_look_alike_letters_are_repaired(typed: str, meant: str) -> None:
    assert texts(typed) == [meant]


def test_offsets_point_into_the_original() -> None:
    text = "  Ёлка, COVID-19 и 10.1234/a.b). Кол\u00adхоз"
    assert [text[t.start : t.end] for t in tokens(text)] == [
        "Ёлка", "COVID-19", "и", "10.1234/a.b", "Кол\u00adхоз",
    ]  # fmt: skip


def test_a_compound_knows_its_parts() -> None:
    [token] = tokens("(COVID-19)")
    assert token == Token("covid-19", 1, 9, (Token("covid", 1, 6), Token("19", 7, 9)))


def test_long_words_are_cut_and_long_compounds_fall_apart() -> None:
    assert texts("a" * 1000) == ["a" * 64]
    assert texts("-".join(["abc1"] * 30)) == ["abc1"] * 30


@pytest.mark.parametrize(
    ("word", "key"),
    [("көл", "кол"), ("үңкүр", "ункур"), ("нефть", "неф" + "т"), ("эле", "еле"), ("ёлка", "елка")],
)
def test_folding_is_for_kyrgyz_typed_on_a_russian_keyboard(word: str, key: str) -> None:
    assert fold(word) == key


@given(st.text())
def test_any_text_has_words_in_order_inside_it(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert at <= token.start < token.end <= len(text)
        assert token.text
        assert not any(map(str.isspace, token.text))
        at = token.end


@given(st.text(st.characters(codec="utf-8")))
def test_spelling_variants_of_unicode_make_no_difference(text: str) -> None:
    """Composed or decomposed, a text has the same words."""
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert texts(composed) == texts(decomposed)


@given(st.text(st.sampled_from("абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюяabcxyz019-. ")))
def test_words_are_stable(text: str) -> None:
    """Cutting what was cut changes nothing."""
    once = texts(text)
    assert texts(" ".join(once)) == once
