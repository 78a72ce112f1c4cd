"""The order of titles."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.language import collation_key

ALPHABET = "абвгдежзийклмнңоөпрстуүфхцчшщъыьэюя"


def test_the_kyrgyz_alphabet_is_in_order() -> None:
    letters = list(ALPHABET)
    random.Random(1).shuffle(letters)
    assert "".join(sorted(letters, key=collation_key)) == ALPHABET


@pytest.mark.parametrize(
    "titles",
    [
        ["нан", "наң", "нар", "не"],
        ["огуз", "оюн", "өзгөн", "пар"],
        ["тур", "туюк", "түн", "тыт"],
        ["9 жыл", "010 жыл", "100 жыл", "1000000 жыл", "аба"],
        ["Ак кеме", "Акбара", "Акын"],  # word by word
        ["Яблоко", "Apple"],  # Cyrillic before Latin
        ["zoo", "日本", "!!!"],
    ],
)
def test_titles_in_order(titles: list[str]) -> None:
    shuffled = random.Random(2).sample(titles, len(titles))
    assert sorted(shuffled, key=collation_key) == titles


@pytest.mark.parametrize(
    ("left", "right"),
    [("«Манас»", "манас"), ("Ёлка", "елка"), ("Café", "cafe"), ("007", "7"), ("а-б", "а  б")],
)
def test_case_accents_and_punctuation_do_not_count(left: str, right: str) -> None:
    assert collation_key(left) == collation_key(right)


@given(st.text())
def test_keys_are_short_and_hold_no_sign_of_a_query_language(text: str) -> None:
    assert re.fullmatch(r"[-.0-9:;<=>?@A-Z^_a-z~]{1,50}", collation_key(text))


@given(st.text(st.sampled_from(ALPHABET + " "), max_size=30), st.sampled_from(ALPHABET))
def test_a_longer_title_follows_its_beginning(title: str, letter: str) -> None:
    assert collation_key(title.strip() or "а") < collation_key(f"{title.strip() or 'а'} {letter}")
