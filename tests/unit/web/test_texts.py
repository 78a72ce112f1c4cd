"""The texts of the pages: complete in three languages, and nowhere in the templates themselves."""

import re
import string
from pathlib import Path
from typing import cast

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from aggregator.errors import ConfigError
from web.site import TEMPLATES
from web.words import DOMAIN, LANGUAGES, LOCALE, Words, read_words

WEB = TEMPLATES.parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {
    "templates/**.html": {
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "newstyle_gettext": "true",
    }
}
FORMS = {"ky": 1, "ru": 3, "en": 2}
UNTRANSLATED = {"UDC", "ISSN", "FORD", "Website"}
PLACEHOLDER = re.compile(r"%\(\w+\)s")
LETTERS = re.compile(r"[^\W\d_]")
READ_ALOUD = re.compile(r'\b(?:title|aria-label|placeholder|alt|content)="([^"]*)"')


def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.fixture(scope="module")
def used() -> set[str | tuple[str, ...]]:
    """Every text the code and the templates ask for."""
    found = extract_from_dir(WEB, METHODS, OPTIONS)
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_is_used_is_translated_and_no_other(
    language: str, used: set[str | tuple[str, ...]]
) -> None:
    assert len(used) > 100
    texts = {message.id for message in catalogue(language) if message.id}
    assert used - texts == set(), "missing: run pybabel extract and update, then translate"
    assert texts - used == set(), "no longer used"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_fuzzy_or_has_other_placeholders(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            assert not message.fuzzy, message.id
            check(message, FORMS[language])


def translations(message: Message) -> tuple[str, ...]:
    """The one translation, or one for each plural form."""
    found = message.string if isinstance(message.string, tuple) else (message.string,)
    return cast(tuple[str, ...], found)


def check(message: Message, forms: int) -> None:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = translations(message)
    assert len(strings) == (forms if len(ids) > 1 else 1), message.id
    for text in strings:
        assert text.strip(), message.id
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(str(ids[0]))), text
        assert "%" not in PLACEHOLDER.sub("", text), text
        assert "<" not in text, text


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_translations_are_in_their_own_letters(language: str) -> None:
    own = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя" + ("ңөү" if language == "ky" else ""))
    foreign = set(string.ascii_lowercase)
    for message in catalogue(language):
        for text in translations(message):
            plain = PLACEHOLDER.sub("", text).casefold()
            words = re.findall(r"\w+", plain)
            for word in words:
                letters = set(LETTERS.findall(word))
                assert letters <= own or letters <= foreign, f"mixed letters: {word}"


def test_templates_hold_no_text_of_their_own() -> None:
    """What is left of a template without its tags and expressions has no letters."""
    for path in TEMPLATES.glob("*.html"):
        source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text(), flags=re.DOTALL)
        for text in READ_ALOUD.findall(source):
            if "width=device-width" not in text and text not in ("light dark", "noindex"):
                assert not LETTERS.search(text), f"{path.name}: {text}"
        visible = re.sub(r"<[^<>]*>|&\w+;", " ", source)
        assert not LETTERS.search(visible), f"{path.name}: {visible.split()}"


def test_numbers_dates_and_languages_as_each_language_writes_them(locale: Path) -> None:
    words = read_words(locale, LANGUAGES)
    assert [words[code].number(1234567) for code in LANGUAGES] == [
        "1\xa0234\xa0567",
        "1\xa0234\xa0567",
        "1,234,567",
    ]
    assert words["ky"].short(19_400) == "19\xa0миң"
    assert words["en"].short(9_999) == "9,999"
    assert words["en"].date("2026-11-23T06:20:00+00:00") == "23 November 2026"
    assert words["ky"].date("yesterday") == ""
    assert [words[code].language("ky") for code in LANGUAGES] == [
        "Кыргызча",
        "Кыргызский",
        "Kyrgyz",
    ]
    assert words["ru"].language("qaa-x-made") == "qaa-x-made"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "Найдена 1 работа"),
        (3, "Найдены 3 работы"),
        (11, "Найдено 11 работ"),
        (21, "Найдена 21 работа"),
        (1112, "Найдено 1\xa0112 работ"),
    ],
)
def test_russian_plurals(number: int, text: str, locale: Path) -> None:
    assert found(read_words(locale, ["ru"])["ru"], number) == text


def test_kyrgyz_nouns_stay_singular(locale: Path) -> None:
    words = read_words(locale, ["ky"])["ky"]
    assert [found(words, number) for number in (1, 2, 25)] == [
        "1 эмгек табылды",
        "2 эмгек табылды",
        "25 эмгек табылды",
    ]


def found(words: Words, number: int) -> str:
    text = words.translations.ungettext("%(num)s work found", "%(num)s works found", number)
    return text % {"num": words.number(number)}


def test_texts_that_were_not_compiled_are_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make install"):
        read_words(tmp_path, LANGUAGES)
