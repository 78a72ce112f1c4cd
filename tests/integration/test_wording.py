"""Real commands in Kyrgyz and in Russian: no English is left for people, scripts see no difference.

No locale is installed for it: LANG is only a wish.
"""

import re
from collections.abc import Iterator

import click
import pytest
from aiohttp.test_utils import unused_port

from aggregator.__main__ import cli
from aggregator.commands.help import in_words
from aggregator.commands.keeping import sources
from tests.integration.house import Done, Installation, live

LANGUAGES = {"ky": "ky_KG.UTF-8", "ru": "ru_RU.UTF-8"}

NAMES = frozenset(
    [
        "ilim",
        "aggregator",
        "python",
        "json",
        "lines",
        "csv",
        "tsv",
        "xlsx",
        "yaml",
        "xml",
        "oai",
        "pmh",
        "marc",
        "iso",
        "irbis",
        "http",
        "https",
        "id",
        "url",
        "path",
        "sets",
        "formats",
        "encoding",
        "cp",
        "trec",
        "schema",
        "postgresql",
        "sqlite",
        "utf",
        "config",
        "var",
        "true",
        "false",
        "embedded",
        "elasticsearch",
        "lib",
        "gone",
        "far",
        "odd",
        "ky",
        "ru",
        "en",
    ]
) | {name for group in (cli, sources) for name in group.commands}
"""Words that are the same in every language: names, keys, commands, formats."""

SPOKEN = re.compile(
    r"`[^`]*`|'[^']*'|«[^»]*»"  # what is quoted is a command, or somebody else's word
    r"|\w+://\S+|[\w./~-]*/[\w./-]+|\b\w+\.(?:yaml|xml|csv)\b"  # addresses, paths, files
    r"|--?[a-z][\w-]*|\b[A-Z][A-Z_]+\b"  # options, and what stands for a value
)


def english(text: str) -> list[str]:
    """The Latin words that are neither names nor keys, commands or addresses."""
    words = re.findall(r"[A-Za-z]{2,}", SPOKEN.sub(" ", text))
    return [word for word in words if word.casefold() not in NAMES]


@pytest.mark.parametrize("text", ["Harvest the named sources", "`x` is late", "Ката: no reason"])
def test_english_is_noticed(text: str) -> None:
    assert english(text)
    assert not english("Ката: `ilim status`, --full, https://a.example/x?verb=y, «no», /a/b.yaml")


def ilim(installation: Installation, code: str, *words: str) -> Done:
    """Run a command as a reader of this language would."""
    return installation.ilim(
        *words, LANG=LANGUAGES.get(code, "C"), LANGUAGE="", LC_ALL="", LC_MESSAGES=""
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_help_of_every_command(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setenv("LANGUAGE", code)
    commands = list(walk(in_words(cli), "ilim"))
    assert len(commands) > 20
    for name, command in commands:
        text = command.get_help(click.Context(command, info_name=name))
        assert english(re.sub(r"\[[a-z|]+\]|: [a-z]+\]", "", text)) == [], name


def walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it."""
    yield name, command
    for below, one in getattr(command, "commands", {}).items():
        yield from walk(one, f"{name} {below}")


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_help_from_the_shell(installation: Installation, code: str) -> None:
    done = ilim(installation, code, "--help")
    assert done.code == 0 and not done.words and english(done.output) == []


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_wrong_command_and_a_wrong_file(installation: Installation, code: str) -> None:
    wrong = ilim(installation, code, "harvest", "--limit", "zero")
    assert wrong.code == 2 and "'zero'" in wrong.words and english(wrong.words) == []
    file = installation.config / "sources" / "odd.yaml"
    file.parent.mkdir()
    file.write_text(
        "id: od\nname: {ky: а, ru: б}\nconnector: oai_pmh\nenabled: maybe\nurl: ftp://x\n"
        "http: {interval: -1, at_once: lots, netwoks: [x]}\nschedule: 0 25 * * *\n"
        "overrides: {titles: {regex: '('}, languages: {default: klingon}}\n"
    )
    (file.parent / "hidden.yaml").write_text("id: [x\n")
    done = ilim(installation, code, "sources")
    assert done.code == 2 and len(done.words.splitlines()) > 9
    keys = re.sub(r": [a-z_]+(\.[a-z_]+)*: ", ": ", done.words)
    assert english(keys) == []
    assert english(ilim(installation, "en", "sources").words)


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_runs_and_their_state(installation: Installation, code: str) -> None:
    installation.saved(
        "lib",
        {
            "1.xml": [live("oai:x:1", title="Бир"), live("oai:x:2", title="Эки")],
            "2.xml": ["<record/>"],
        },
    )
    installation.source("gone", "path: nowhere\n")
    installation.source("far", f"url: http://127.0.0.1:{unused_port()}/oai\nhttp: {{retries: 0}}\n")
    done = ilim(installation, code, "harvest")
    assert done.code == 1
    assert english(done.output) == [] and english(without_log(done.words)) == []
    for words in (["status"], ["quarantine"], ["doctor", "--no-sources"]):
        said = ilim(installation, code, *words)
        text = re.sub(r"oai:\S+|#[0-9a-f]{32}", "", said.output + without_log(said.words))
        assert said.output and english(text) == [], words
    assert states(installation, code) == states(installation, "en")


def without_log(words: str) -> str:
    """The log is for those who look after the machine, and stays in English."""
    return re.sub(r"^\d{4}-\d\d-\d\d .*$", "", words, flags=re.MULTILINE)


def states(installation: Installation, code: str) -> object:
    """What scripts see; when the next turns are changes from one moment to the next."""
    found = ilim(installation, code, "status", "--json").json
    return [source | {"next_run": None} for source in found["sources"]], found["works"]
