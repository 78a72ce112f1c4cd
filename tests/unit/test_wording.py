"""What is said in the reader's language: which one, complete, and harmless whatever is put in."""

import re
import string
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.wording import fill, language, later, moment, say, speaking
from tests.messages import catalogue, file_of, said, used
from tests.shared import ROOT

FORMS = {"ky": 1, "ru": 3}
PLACE = re.compile(r"\{[^{}]*\}|%\(\w+\)s")
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "ky_KG.UTF-8"}, "ky"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru"}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "ky_KG@cyrillic"}, "ky"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "ky_KG", "LC_MESSAGES": "en_US"}, "ky"),
        ({"LANG": "ru_RU.UTF-8", "LANGUAGE": "kk:ky:ru"}, "ky"),
        ({"LANG": "ru_RU.UTF-8", "LANGUAGE": "en_GB:ru"}, "en"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8", "LANGUAGE": "ky"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "ky"}, "ky"),
        ({"LANG": ":::../../etc"}, "en"),
    ],
)
def test_the_language_is_the_environments(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_every_sentence_is_translated_and_no_other() -> None:
    wanted = used()
    assert len(wanted) > 100
    for code in FORMS:
        known = [message.id for message in catalogue(code) if message.id]
        assert set(wanted) - set(known) == set(), "missing: make messages, then translate"
        assert set(known) - set(wanted) == set(), "no longer said: make messages"


@pytest.mark.parametrize("code", FORMS)
def test_no_translation_is_empty_fuzzy_or_has_other_places(code: str) -> None:
    for message in catalogue(code):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        ids, texts = forms(message.id), forms(message.string)
        assert len(texts) == (FORMS[code] if len(ids) > 1 else 1), message.id
        for text in texts:
            assert text.strip(), message.id
            assert places(text) in [places(id) for id in ids], text


def forms(text: object) -> tuple[str, ...]:
    """A text, or a text for each plural form."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text or ""),)


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


@pytest.mark.parametrize("code", FORMS)
def test_translations_are_in_their_own_letters(code: str) -> None:
    """No word mixes Cyrillic and Latin letters, and Kyrgyz letters are no look-alikes."""
    own = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя" + ("ңөү" if code == "ky" else ""))
    foreign = set(string.ascii_lowercase)
    text = file_of(code).read_text(encoding="utf-8")
    for line in re.findall(r"^msgstr.*$", text, re.MULTILINE):
        plain = PLACE.sub(" ", line.removeprefix("msgstr")).replace("\\n", " ").replace("\\t", " ")
        for word in re.findall(r"[^\W\d_]+", plain.casefold()):
            assert set(word) <= own or set(word) <= foreign, f"mixed letters: {word}"


def test_what_the_code_says_has_the_values_it_names() -> None:
    for file, call, id in said():
        if getattr(call.func, "id", "") == "later":
            continue
        named = {f"{{{word.arg}}}" for word in call.keywords}
        wanted = {place for place in places("".join(id)) if place.islower()}
        wanted -= {"{number}"} if isinstance(id, tuple) else set()
        assert named == wanted, f"{file.name}, line {call.lineno}"


Speak = Callable[[str], None]


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Makes a language the reader's."""

    def speaking(code: str) -> None:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", code)

    return speaking


def test_a_sentence_that_no_catalogue_has_is_english(speak: Speak) -> None:
    speak("ru")
    assert say("A sentence of {name} alone", name="nobody") == "A sentence of nobody alone"
    assert say("") == "" and later("Only this source.") == "Only this source."
    assert say("Only this source.") == "Только этот источник."


@given(st.text(), st.text())
def test_values_are_put_in_as_they_are(one: str, other: str) -> None:
    found = say("{one} and {other}", one=f"{{other}}{one}{{0.__class__}}", other=other)
    assert found == f"{{other}}{one}{{0.__class__}} and {other}"


@pytest.mark.parametrize("broken", ["нет места", "{other}", "{name} и {name.__class__} {more}", ""])
def test_a_broken_translation_is_not_used(broken: str) -> None:
    assert fill("Hello, {name}", broken, "ru", {"name": 1234}) == "Hello, 1,234"


def test_a_name_of_the_environment_is_no_place() -> None:
    assert say("write ${NAME} and set it") == "write ${NAME} and set it"


def test_numbers_and_moments_as_each_language_writes_them(speak: Speak) -> None:
    at = datetime(2026, 11, 23, 6, 5)
    found = []
    for code in ("en", "ru", "ky"):
        speak(code)
        found += [say("{a} {b} {c}", a=12345, b=1234.56, c="8080"), moment(at)]
    assert found == [
        "12,345 1,234.6 8080", "2026-11-23 06:05",
        *["12\xa0345 1\xa0234,6 8080", "23.11.2026 06:05"] * 2,
    ]  # fmt: skip


def test_texts_are_packaged() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'aggregator = ["locale/**/*"' in project
    assert all(Path(file_of(code)).is_file() for code in FORMS)


def test_what_is_written_for_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "ru")
    with speaking("ky"):
        assert language() == "ky"
        with speaking("en"):
            assert language() == "en"
        assert language() == "ky"
    assert language() == "ru"
