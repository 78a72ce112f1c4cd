"""The language of a title."""

import csv
import json
import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.language import fold, guess
from tests.shared import shared
from tests.unit.language.titles import ENGLISH, KYRGYZ, OTHER, RUSSIAN


def rate(titles: Sequence[str], language: str) -> float:
    return sum(guess(title) == language for title in titles) / len(titles)


def folded(title: str) -> str:
    return " ".join(map(fold, title.lower().split()))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "other"), ("2020 – 2021", "other"), ("XIX–XX", "other"), ("XIX-XX", "other"),
        ("日本", "other"),
        ("кыргыз адабиятынын тарыхы", "ky"), ("история киргизской литературы", "ru"),
        ("Растительность хребта Ала-Тоо", "ru"), ("Ботаника Баткена", "ru"), ("Ош шаары", "ky"),
        ("КЫРГЫЗ АДАБИЯТЫНЫН ТАРЫХЫ", "ky"), ("A history of Kyrgyz literature", "en"),
        ("Исторія Туркестанскаго края въ XIX вѣкѣ", "ru"),  # spelled as before 1918
        ("Кѳл жана анын экологиясы", "ky"),  # fita for ө
        ("Кыpгызcтaн тapыxы боюнча макалалар", "ky"),  # Latin letters among the Cyrillic ones
        ("Zoomдогу сабактар жана тапшырмалар", "ky"),
        ("Қазақ тілі мен әдебиеті тарихы", "other"), ("Історія української мови", "other"),
        ("Билим берүү: education in Kyrgyzstan and its problems", "en"),
        ("Кыргыз жана қазақ тилдериндеги окшоштуктар", "ky"),
        ("Применение CRISPR в селекции пшеницы", "ru"),
        ("Vitamin D and COVID-19", "en"), ("O'zbek adabiyoti tarixi", "other"),
        ("Zur Geschichte der Mathematik", "other"), ("Türk dili ve edebiyatı", "other"),
    ],
)  # fmt: skip
def test_the_language_of_a_title(text: str, language: str) -> None:
    assert guess(text) == language


def test_titles_written_for_the_purpose() -> None:
    """Measured: Kyrgyz 1.0 (also without ң, ө, ү), Russian .987, English 1.0."""
    for titles in (KYRGYZ, RUSSIAN, ENGLISH):
        assert len(set(titles)) == len(titles) >= 150
        assert all(3 <= len(re.findall(r"\w+", title)) <= 12 for title in titles)
    assert rate(KYRGYZ, "ky") >= 0.97
    assert rate([folded(title) for title in KYRGYZ], "ky") >= 0.97
    assert rate(RUSSIAN, "ru") >= 0.97
    assert rate(ENGLISH, "en") >= 0.97
    assert rate(OTHER, "other") >= 0.95


def test_kyrgyz_words_taken_at_random() -> None:
    """Five words each of the Universal Dependencies treebanks. Measured: .997, folded .995."""
    with shared("kyrgyz", "dev_ud.tsv").open(encoding="utf-8") as lines:
        words = [line["form"] for line in csv.DictReader(lines, delimiter="\t")]
    chance = random.Random(5)
    titles = [" ".join(chance.choices(words, k=5)) for _ in range(500)]
    assert rate(titles, "ky") >= 0.98
    assert rate([folded(title) for title in titles], "ky") >= 0.98


def test_titles_of_russian_libraries() -> None:
    """Titles in Russian of three words or more from IRBIS catalogues. Measured: .996."""
    titles: list[str] = []
    for path in sorted(shared("data", "records", "derived", "irbis").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)["fields"]
            if [101, "rus"] in fields:
                titles += [value[2:].split("^")[0] for tag, value in fields if tag == 200]
    titles = [title for title in titles if len(re.findall(r"[а-яё]+", title.lower())) >= 3]
    assert len(titles) > 150
    assert rate(titles, "ru") >= 0.97


def test_titles_of_english_papers() -> None:
    """Titles of biomedical and of computing papers. Measured: .999 and .998."""
    for collection in ("scifact_dev", "cacm"):
        with shared("data", "relevance", collection, "docs.jsonl").open(encoding="utf-8") as lines:
            titles = [json.loads(line)["title"] for line, _ in zip(lines, range(800), strict=False)]
        titles = [title for title in titles if len(title.split()) >= 3]
        assert rate(titles, "en") >= 0.97


@given(st.one_of(st.text(), st.text("abxivçабвңіқъѣ ’-1")))
def test_any_text_has_an_answer_whatever_its_case(text: str) -> None:
    language = guess(text)
    assert language in {"ky", "ru", "en", "other"}
    if not any(letter.isalpha() for letter in text):
        assert language == "other"
    assert guess(f"  {text} 12 —") == language
