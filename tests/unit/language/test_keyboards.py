"""Text typed on the wrong keyboard layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.language import fold, other_layouts
from aggregator.language.keyboards import TO_CYRILLIC, TO_LATIN

LATIN_KEYS = "".join(TO_CYRILLIC)
CYRILLIC_KEYS = "".join(TO_CYRILLIC.values())
LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bkbv", "илим"),
        ("Bkbv ;fyf ,bkbv", "Илим жана билим"),  # punctuation keys that are letters
        ("rshuspcnfy", "кыргызстан"),
        ("[bvbz b ,bjkjubz", "химия и биология"),
        (":ehyfk Njv 5", "Журнал Том 5"),  # a shifted letter key; digits stay
        ("VFNTVFNBRF 2020", "МАТЕМАТИКА 2020"),
        ("j,]trn `krf", "объект ёлка"),
        ("yfexyj-nt[ybxtcrbq", "научно-технический"),
        ("2020 – ujl", "2020 – год"),
        ("ыуфкср", "search"),
        ("Сщмшв-19 Лнкпняыефт", "Covid-19 Kyrgyzstan"),
        ("дшиукен адщц", "liberty flow"),
        ("ыщдшв ыефеу Юхъэ", "solid state >[]'"),
        ("дуң", "ley"),  # AltGr keys fall back to the key itself
    ],
)
def test_the_same_keys_on_the_other_layout(typed: str, meant: str) -> None:
    assert other_layouts(typed) == (meant,)


@pytest.mark.parametrize("text", ["", "2020", "  ", "10–20 + ?", "日本", "αβγ"])
def test_what_no_key_would_change_has_no_other_reading(text: str) -> None:
    assert other_layouts(text) == ()


def test_mixed_text_is_read_in_each_script() -> None:
    assert other_layouts("covid ,bkbv билим") == ("сщмшв билим билим", "covid ,bkbv ,bkbv")


def test_quotation_marks_are_letters_or_marks() -> None:
    assert other_layouts('"rjkjubz') == ("Экология", '"кология')
    assert other_layouts('"bkbv ,bkbv"') == ("Эилим билимЭ", '"илим билим"')


def test_kyrgyz_on_the_us_layout_comes_out_folded() -> None:
    for word, keys in (("көл", "rjk"), ("үй", "eq"), ("жаңы", ";fys"), ("өзгөн", "jpujy")):
        assert other_layouts(keys) == (fold(word),)
        assert other_layouts(word) == (keys,)
    assert other_layouts("Үй") == ("Eq",)


def test_every_letter_of_russian_has_one_key() -> None:
    assert len(set(LATIN_KEYS)) == len(set(CYRILLIC_KEYS)) == len(TO_CYRILLIC)
    assert set(LETTERS + LETTERS.upper()) <= set(CYRILLIC_KEYS)
    assert all(TO_LATIN[there] == here for here, there in TO_CYRILLIC.items())


@given(st.text(st.sampled_from(LETTERS + LETTERS.upper() + "0123456789 -()")))
def test_cyrillic_goes_to_keys_and_back(text: str) -> None:
    # The "м" keeps each word from being punctuation keys only ("ёж"), which are left alone.
    text = " ".join(f"м{word}" for word in text.split()) or "м"
    (keys,) = other_layouts(text)
    assert other_layouts(keys)[0] == text


@given(st.text())
def test_any_text_is_legal(text: str) -> None:
    readings = other_layouts(text)
    assert len(readings) <= 3
    assert text not in readings
    assert all(len(reading) == len(text) for reading in readings)
