"""Every sentence of the command line and of its errors, as the catalogues must hold them.

`make messages` brings `aggregator/locale/*/LC_MESSAGES/ilim.po` up to date with the code: what is
new stands there empty, to be translated; what is no longer said is taken out.
"""

import ast
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from aggregator.__main__ import cli
from aggregator.commands.help import paragraphs
from aggregator.wording import DOMAIN, LOCALE
from tests.shared import ROOT

Id = str | tuple[str, ...]

OF_CLICK: tuple[Id, ...] = (
    "Aborted!",
    "Commands",
    "Could not open file {filename!r}: {message}",
    "Error: {message}",
    "Invalid value for {param_hint}: {message}",
    "Invalid value: {message}",
    "Missing argument",
    "Missing command.",
    "Missing option",
    "No such command {name!r}.",
    "No such option {name!r}.",
    "Option {name!r} does not take a value.",
    "Options",
    "Show the version and exit.",
    "Show this message and exit.",
    "Try '{command} {option}' for help.",
    "Usage:",
    "default: {default}",
    "required",
    "unknown error",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "%(prog)s, version %(version)s",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    (
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""What click says of a command like ours; it has more for programs of other kinds."""


@cache
def used() -> list[Id]:
    """Every sentence in the order in which a reader of the code meets it, none twice."""
    return list(dict.fromkeys([*(id for _, _, id in said()), *_help(cli), *OF_CLICK]))


@cache
def said() -> list[tuple[Path, ast.Call, Id]]:
    """The calls of `aggregator.wording` that say a sentence of their own, and the sentence."""
    return [
        (file, call, id)
        for folder in ("aggregator", "connectors")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for call, id in _said_in(file)
    ]


def _said_in(file: Path) -> Iterator[tuple[ast.Call, Id]]:
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and name in ("say", "later", "say_many"):
            texts = [str(one.value) for one in call.args if isinstance(one, ast.Constant)]
            if texts:
                yield call, (texts[0], texts[1]) if name == "say_many" else texts[0]


def _help(command: click.Command) -> Iterator[str]:
    yield from paragraphs(command.help)
    for one in command.params:
        if isinstance(one, click.Option) and one.help and not one.hidden:
            yield one.help
    for name in sorted(getattr(command, "commands", {})):
        yield from _help(command.commands[name])  # type: ignore[attr-defined]  # it is a group


def file_of(language: str) -> Path:
    """A language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(language: str) -> Catalog:
    """The catalogue as it is now."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def update(language: str) -> int:
    """Bring a catalogue up to date; how many sentences wait to be translated."""
    head = file_of(language).read_text(encoding="utf-8").partition("\n\n")[0]
    known = catalogue(language)
    made = Catalog(locale=language)
    made.mime_headers = known.mime_headers  # its plural forms
    waiting = 0
    for id in used():
        before = known.get(id if isinstance(id, str) else id[0])
        string = before.string if before is not None and before.id == id else ""
        waiting += not (any(string) if isinstance(string, tuple) else string)
        made.add(id, string)
    body = BytesIO()
    write_po(body, made, width=1000, omit_header=True)
    file_of(language).write_text(f"{head}\n\n{body.getvalue().decode()}", encoding="utf-8")
    return waiting


if __name__ == "__main__":
    for code in ("ky", "ru"):
        print(f"{file_of(code)}: {update(code)} to be translated")
