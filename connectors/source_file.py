"""The text of a new ``config/sources/<id>.yaml``, with comments for the librarian who corrects it.

Pure but for the reader's language, in which the comments are. What a partner said goes into it as
quoted text of one line: it can end neither a value nor a comment.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from yarl import URL

from aggregator.normalize import clean
from aggregator.wording import day, say
from connectors.discovery import Found
from connectors.table_guess import guess_mapping

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""What an id may be: `aggregator.source.SourceConfig` says the same."""

_LONGEST = 200
_EVERYWHERE = frozenset(
    {"www", "dspace", "repository", "repo", "journal", "journals", "ojs", "oai", "lib", "library",
     "elibrary", "elib", "eprints", "koha", "opac", "catalog", "archive", "arch", "open",
     "com", "org", "net", "edu", "gov", "ac", "co", "int", "info", "mil"}
)  # fmt: skip
"""Parts of host names that say nothing of whose they are."""


def propose_id(found: Found) -> str:
    """An id from the host's name ("dspace.auca.kg" -> "auca") or from the file's name."""
    if found.path is not None or not found.url:
        words = (found.path.stem if found.path is not None else found.file_name).lower()
    else:
        host = (URL(found.url, encoded=True).host or "").lower()
        parts = host.split(".")[:-1] if not host[-1:].isdigit() else [host]
        words = next((part for part in reversed(parts) if part not in _EVERYWHERE), host)
    return re.sub(r"[^a-z0-9_]+", "-", words).strip("-_")[:64] or "source"


def compose(found: Found, id: str, today: date, config: Path) -> str:
    """The file. A path below ``config`` is written from there, so that the folder can be moved."""
    return "\n".join(_lines(found, id, today, config)) + "\n"


def quoted(text: str) -> str:
    """A text as a YAML value: one line, in quotation marks."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in clean(text)).split())
    return json.dumps(line[:_LONGEST], ensure_ascii=False)


def _plain(text: str) -> str:
    """A text inside a comment: one line."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in clean(text)).split())
    return line[:_LONGEST]


SCHEMA = "source.schema.json"
"""Beside the folder of sources: for editors. `ilim sources schema` makes it."""


def _note(words: str) -> str:
    """A comment of a line of its own."""
    return f"# {_plain(words)}"


def _lines(found: Found, id: str, today: date, config: Path) -> Iterator[str]:
    yield f"# yaml-language-server: $schema=../{SCHEMA}"
    yield _note(
        say("Made by `ilim sources new` on {day}. Lines like this one are notes.", day=day(today))
    )
    if found.software:
        yield _note(say("Its home page says that it runs on {program}.", program=found.software))
    yield _note(
        say("The id stays in the addresses of records: change it (and the file's name) only now.")
    )
    yield f"id: {id}"
    yield _note(
        say(
            "What readers see. Here stands what the source calls itself: write it in each language."
        )
    )
    yield "name:"
    name = quoted(found.name or id)
    yield from (f"  {language}: {name}" for language in ("ky", "ru", "en"))
    yield f"connector: {found.connector}"
    yield _note(
        say(
            "false: not harvested yet. First `ilim sources check {id}`; if it looks right, true.",
            id=id,
        )
    )
    yield "enabled: false"
    if found.homepage:
        yield f"homepage: {quoted(found.homepage)} {_note(say('the partner’s own page'))}"
    if "@" in found.contact:
        yield f"contact: {quoted(found.contact)} {_note(say('whom to write to when it fails'))}"
    told = say("of texts whose language the source does not say: ky, ru or en")
    yield f"# language: ky {_note(told)}"
    told = say("terms under which its descriptions may be used")
    yield f'# rights: "CC0" {_note(told)}'
    if found.url:
        yield f"url: {quoted(found.url)}"
    if found.path is not None:
        place = found.path
        if place.is_relative_to(config.absolute()):
            place = place.relative_to(config.absolute())
        yield f"path: {json.dumps(str(place), ensure_ascii=False)}"
    yield from {"oai_pmh": _oai_pmh, "marc_file": _marc_file, "table": _table}[found.connector](
        found
    )


def _oai_pmh(found: Found) -> Iterator[str]:
    if not found.url:
        yield _note(say("A folder of saved responses, read in the order of their names."))
        return
    if found.formats:
        offers = ", ".join(found.formats)
        yield _note(say("It offers {formats}. Below is the one that says most.", formats=offers))
    yield f"formats: {found.prefix}"
    if found.earliest:
        yield _note(say("Its oldest record is of {day}.", day=found.earliest))
    if found.sets:
        yield _note(
            say("All sets are harvested. For some only, take the # away before `sets:` and theirs:")
        )
        yield "# sets:"
        for spec, title in found.sets:
            said = f" # {_plain(title)}" if title and title != spec else ""
            yield f"#   - {quoted(spec)}{said}"
        if found.more_sets:
            more = say("… and more; <address>?verb=ListSets shows them all in a browser")
            yield f"#   {_plain(more)}"
    yield "http:"
    yield f"  interval: 1 {_note(say('seconds between two requests'))}"


def _marc_file(found: Found) -> Iterator[str]:
    yield _note(
        say("Each run reads all of it: put the newest full export there and take the old one away.")
    )
    told = say("only if `ilim sources check` shows wrong letters")
    yield f"# encoding: windows-1251 {_note(told)}"


def _table(found: Found) -> Iterator[str]:
    yield _note(say("Which column is what, guessed from their names: correct it."))
    yield _note(say("Columns that are not named here are kept, but not searched."))
    yield _note(say("docs/connectors/table.md lists all fields."))
    yield _note(say("Its columns: {columns}", columns=", ".join(found.columns)))
    yield "mapping:"
    for key, columns in guess_mapping(found.columns).items():
        said = [_column(key, name, lang) for name, lang in columns]
        yield f"  {key}: {said[0]}" if len(said) == 1 else f"  {key}: [{', '.join(said)}]"


def _column(key: str, name: str, lang: str) -> str:
    """A column as the mapping names it; several people or subjects in one cell stand with ;."""
    more = [f"lang: {lang}"] if lang else []
    more += ['split: ";"'] if key in ("creators", "subjects") else []
    return f"{{{', '.join([f'column: {quoted(name)}', *more])}}}" if more else quoted(name)
