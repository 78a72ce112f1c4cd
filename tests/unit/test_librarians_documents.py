"""The documents for librarians say the same in three languages, and what is so."""

import re
from typing import get_args

import click
import pytest

from aggregator.__main__ import cli
from aggregator.health import SourceState
from tests.documents import AWAITED, LANGUAGES, blocks, commands, rows, section
from tests.messages import catalogue, used
from tests.shared import ROOT

ADD, BREAKS = "add-a-source.md", "when-a-source-breaks.md"
HEADINGS = {
    "ky": ("Абалдар", "Билдирүүлөр"),
    "ru": ("Состояния", "Сообщения"),
    "en": ("States", "Messages"),
}


@pytest.mark.parametrize("name", [ADD, BREAKS])
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_languages_have_the_same_examples(name: str, language: str) -> None:
    own, english = section(name, language), section(name, "en")
    assert commands(own) == commands(english) != []
    for kind in ("yaml", "csv"):
        assert blocks(own, kind) == blocks(english, kind)
    assert own.count("\n### ") == english.count("\n### ")


def test_a_source_is_added_in_at_most_three_commands() -> None:
    for block in blocks(section(ADD, "en"), "sh"):
        assert len(block.splitlines()) <= 3


@pytest.mark.parametrize("name", [ADD, BREAKS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_is_named_exists(name: str, language: str) -> None:
    """In running text, tables and examples, with its options."""
    text = section(name, language)
    lines = [*re.findall(r"`(ilim [^`]+)`", text), *map(" ".join, commands(text))]
    assert len(lines) > 5
    for line in lines:
        if line.startswith(AWAITED):
            continue
        command: click.Command = cli
        words = line.split()[1:]
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_is_explained_in_the_words_of_the_page(language: str) -> None:
    table = rows(section(BREAKS, language), HEADINGS[language][0])
    assert {row[0].strip("`") for row in table} == set(get_args(SourceState))
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", glossary, re.MULTILINE))
    column = {"en": 0, "ky": 1, "ru": 2}[language]
    for code, label, means, what in table:
        assert label.lower() == words[code.strip("`")].split(" | ")[column]
        assert means and what


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_those_of_the_program(language: str) -> None:
    said = _said(language)
    table = rows(section(BREAKS, language), HEADINGS[language][1])
    phrases = [phrase for row in table for phrase in re.findall(r"`([^`]+)`", row[0])]
    assert len(phrases) >= 20
    missing = [phrase for phrase in phrases if not any(phrase in text for text in said)]
    assert not missing


def _said(language: str) -> set[str]:
    """All sentences of the program; where values come in, they have places."""
    if language == "en":
        return {text for id in used() for text in ([id] if isinstance(id, str) else id)}
    return {str(message.string) for message in catalogue(language)}
