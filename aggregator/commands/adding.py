"""`ilim sources new` and `ilim sources check`: a partner is looked at before it is let in."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

import click

from aggregator.commands.house import Door, unknown_source
from aggregator.commands.output import clean, emit, reader_labels, reporting, show_table, tell
from aggregator.errors import ConfigError
from aggregator.quality import joining
from aggregator.record import Record
from aggregator.settings import Language, Settings
from aggregator.source import SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.trial import DECLARED, SAMPLE, SourceCheck, try_source
from aggregator.wording import language, later, number, say, speaking
from aggregator.works import SHARED_BY_TOO_MANY, Decisions, match_keys
from aggregator.yamlschema import source_schema
from connectors.crosswalks import CROSSWALKS
from connectors.discovery import Found, look
from connectors.registry import CONNECTORS, MODELS, connect
from connectors.source_file import ID, SCHEMA, compose, propose_id
from web.describe import names, year
from web.partner_page import partner_page

REJECTED_TOO_MUCH = 0.05
"""Beyond this share of a sample the command exits with 1, as a harvest does (DESIGN §10)."""

COUNTING = 10.0
"""Seconds in which the records of files are counted beyond the sample."""

SHOWN = 10
"""Words and reasons of each kind that are shown; ``--json`` gives all."""


@click.command()
@click.argument("address", metavar="URL")
@click.option("--id", "wanted", help="The id of the source, and the file's name.")
@click.pass_obj
def new(door: Door, address: str, wanted: str | None) -> None:
    """Look at an address and write config/sources/ID.yaml.

    URL is an OAI-PMH address, a repository's home page, or a file of records (MARC, CSV, TSV,
    XLSX) on the web or on this machine. A file that is there already is never touched.
    """
    folder = door.config / "sources"
    if wanted is not None:
        _free(folder, wanted)  # before anybody is asked
    found = asyncio.run(look(address, contact=door.settings().contact))
    if found.connector not in CONNECTORS:
        raise ConfigError(
            say(
                "{address} is a table, and this Ilim has no connector for tables; it knows "
                "{known}.",
                address=clean(address),
                known=", ".join(CONNECTORS),
            )
        )
    id = wanted or propose_id(found)
    file = _free(folder, id)
    if found.body:
        found = _kept(found, door.config / id)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.suppress(FileExistsError),
        (door.config / SCHEMA).open("x", encoding="utf-8", newline="\n") as stream,
    ):
        stream.write(source_schema(MODELS))  # what the file's first line points to
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(compose(found, id, date.today(), door.config))
    for words in _told(found):
        tell(words)
    click.echo(str(file))
    tell(
        say(
            "Correct the names in {file}, then look at what would come in: "
            "ilim sources check {source}",
            file=file,
            source=id,
        )
    )


def _free(folder: Path, id: str) -> Path:
    """The file of a new source. Raises ConfigError where it cannot be made."""
    if not ID.fullmatch(id):
        raise ConfigError(
            say(
                "“{word}” cannot be an id: write small Latin letters, digits, - and _, at most 64.",
                word=clean(id),
            )
        )
    file = folder / f"{id}.yaml"
    if file.exists():
        raise ConfigError(_taken(file))
    return file


def _taken(file: Path) -> str:
    return say(
        "{file} is there already and stays as it is; choose another name with --id.", file=file
    )


def _kept(found: Found, folder: Path) -> Found:
    """A file that came over the network, put where its connector reads it."""
    place = folder / found.file_name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with place.open("xb") as stream:
            stream.write(found.body)
    except FileExistsError as error:
        raise ConfigError(_taken(place)) from error
    return Found(found.connector, path=place.absolute(), name=found.name, file_name=found.file_name)


def _told(found: Found) -> Iterator[str]:
    if found.connector == "oai_pmh" and found.url:
        made_by = f" ({found.software})" if found.software else ""
        yield clean(f"OAI-PMH{made_by}, {found.url}: {found.name}")
        offers = ", ".join(found.formats)
        if offers:
            words = say("It offers {formats}; {format} is taken.", formats=offers,
                        format=found.prefix)  # fmt: skip
        else:
            words = say("It offers no list of formats; {format} is taken.", format=found.prefix)
        yield clean(words)
        if found.sets:
            count = f"> {number(len(found.sets))}" if found.more_sets else len(found.sets)
            yield say("Sets: {count}; all are harvested unless you name some.", count=count)
    elif found.connector == "marc_file":
        yield clean(say("MARC records in {path}", path=found.path))
        if found.file_name:
            yield say("The file was fetched once; put a newer one in its place when there is one.")
    elif found.connector == "table":
        columns = ", ".join(found.columns)
        yield clean(say("A table with the columns {columns}: check the mapping.", columns=columns))
    else:
        yield clean(say("Saved OAI-PMH responses in {path}", path=found.path))


@click.command()
@click.argument("id", metavar="ID")
@click.option(
    "--records", type=click.IntRange(1, 10_000), default=SAMPLE, show_default=True,
    help="How many to look at.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write a page to send to the partner.",
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(get_args(Language)),
    help="Of that page; else the source's language of correspondence.",
)  # fmt: skip
@click.pass_obj
def check(
    door: Door, id: str, records: int, as_json: bool, html: Path | None, lang: Language | None
) -> None:
    """Show what a source would bring, before anything of it is saved."""
    if html is None:
        found = asyncio.run(_check(door, id, records))
    else:
        tongue = lang or _chosen(door.sources(), id).correspondence
        with speaking(tongue):  # reasons that will stand on the page are the partner's to read
            found = asyncio.run(_check(door, id, records))
        contact = door.settings().contact
        page = partner_page(found, tongue, date.today(), contact=contact)
        html.write_text(page, encoding="utf-8")
        tell(say("The page for the partner is {file}.", file=html))
    if as_json:
        emit(found.figures())
    else:
        for line in _report(found):
            click.echo(clean(line))
        show_table([say("field"), say("records"), say("share"), ""], _fields(found))
        for line in _troubles(found):
            click.echo(clean(line))
        tell(_next(found))
    trial = found.trial
    if trial.problems or trial.rejections > REJECTED_TOO_MUCH * (
        trial.rejections + len(trial.records)
    ):
        raise SystemExit(1)


async def _check(door: Door, id: str, count: int) -> SourceCheck:
    settings, sources = door.settings(), door.sources()
    source = _chosen(sources, id)
    http = getattr(source, "http", None) if getattr(source, "url", "") else None
    with reporting() as reporter:
        async with connect(source, contact=settings.contact) as connector:
            trial = await try_source(
                source,
                connector,
                CROSSWALKS,
                count=count,
                interval=http.interval if http is not None else 0.0,
                counting=0.0 if http is not None else COUNTING,
                told=lambda received: reporter.tell(id, received, None),
            )
    keys = {key for record in trial.records for key in match_keys(record)}
    held, decisions = await _held(door, settings, keys)
    return SourceCheck(source, trial, len(joining(trial.records, held, decisions)))


def _chosen(sources: Mapping[str, SourceConfig], id: str) -> SourceConfig:
    if id in sources:
        return sources[id]
    advice = say("`ilim sources` lists them all; `ilim sources new URL` makes one.")
    raise ConfigError(unknown_source(clean(id), sources, advice))


async def _held(
    door: Door, settings: Settings, keys: set[str]
) -> tuple[Mapping[str, Record], Decisions]:
    """What the catalogue has under these keys; a catalogue that is not there yet is not made."""
    chosen = settings.database
    if not keys or not (chosen.url or (door.data / "catalogue.sqlite").exists()):
        return {}, Decisions()
    address = door.address(chosen)
    async with (
        Catalogue.open(address.of("catalogue")) as catalogue,
        Keep.open(address.of("keep")) as keep,
    ):
        held = await catalogue.resolution.sharing(keys, SHARED_BY_TOO_MANY)
        return held, await keep.decisions()


# --- as text -----------------------------------------------------------------------------------


def _report(found: SourceCheck) -> Iterator[str]:
    source, trial = found.source, found.trial
    yield f"{source.id}: {source.name.get(language())} ({source.connector})"
    yield say(
        "Records read: {read}, deleted: {deleted}, cannot be read: {rejected}; {seconds} s.",
        read=len(trial.records),
        deleted=trial.deleted,
        rejected=trial.rejections,
        seconds=trial.seconds,
    )
    yield _length(found)
    read = ", ".join(
        f"{say('as the source declares') if name == DECLARED else name} ({number(count)})"
        for name, count in trial.encodings
    )
    yield say("Encoding: {encodings}", encodings=read or say("nothing to tell"))
    yield say(
        "Join works that are here already: {count} ({share}).",
        count=found.joined,
        share=f"{found.joined_share:.0%}",
    )
    labels = reader_labels()
    for place, record in enumerate(found.examples, 1):
        title = next((one.value for one in record.titles), say("(no title)"))
        yield ""
        yield f"{place}. {title[:300]}"
        people = "; ".join(one.name for one in names(record)[:5])
        access = labels.access[record.access] if record.access != "unknown" else ""
        tongues = ", ".join(record.languages)
        kind, where = labels.types.get(record.type, record.type), record.container.title
        about = [people, year(record.issued), kind, where, tongues, access]
        yield "   " + " · ".join(part for part in about if part)
        links = [link.url for link in record.links[:1]]
        known = [f"{one.scheme}:{one.value}" for one in record.identifiers[:2]]
        if links or known:
            yield "   " + "  ".join([*known, *links])
    yield ""


def _length(found: SourceCheck) -> str:
    trial = found.trial
    if trial.total is None:
        return say("The source does not say how many records it has.")
    if trial.harvest_seconds is None:
        return say("Records in all: {count}.", count=trial.total)
    return say(
        "Records in all: {count}; fetching them takes about {time}.",
        count=trial.total,
        time=_span(trial.harvest_seconds),
    )


def _span(seconds: float) -> str:
    if seconds < 90:
        return say("{count} s", count=max(1, round(seconds)))
    minutes = seconds / 60
    if minutes < 120:
        return say("{count} min", count=round(minutes))
    return say("{count} h", count=round(minutes / 60))


def _fields(found: SourceCheck) -> list[list[str]]:
    return [
        [say(_FIELDS[name]), number(count), f"{found.quality.share(name):.0%}",
         "█" * round(20 * found.quality.share(name))]
        for name, count in found.quality.filled.items()
    ]  # fmt: skip


_FIELDS = {
    "title": later("title"),
    "creators": later("authors"),
    "year": later("year"),
    "abstract": later("abstract"),
    "subjects": later("subjects"),
    "identifier": later("identifier"),
    "language": later("language"),
    "access": later("access"),
    "fulltext": later("full text"),
}

_MISUNDERSTOOD = {
    "date": later("Dates not understood: {words}"),
    "language": later("Languages not understood: {words}"),
    "type": later("Types not understood: {words}"),
}


def _troubles(found: SourceCheck) -> Iterator[str]:
    for kind, words in found.quality.not_understood.items():
        if words:
            shown = ", ".join(f"“{word}” ({number(count)})" for word, count in words[:SHOWN])
            more = ", …" * (len(words) > SHOWN)
            yield say(_MISUNDERSTOOD[kind], words=shown + more)
    for title, told in (
        (say("Not read"), found.trial.rejected),
        (say("Repaired"), found.trial.repairs),
    ):
        for reason, count in told[:SHOWN]:
            yield f"{title} ({number(count)}): {reason}"
        if len(told) > SHOWN:
            yield say("{title}: … and {count} more kinds", title=title, count=len(told) - SHOWN)
    for problem in found.trial.problems:
        yield say("Problem: {words}", words=problem)


def _next(found: SourceCheck) -> str:
    id = found.source.id
    if not found.trial.records:
        return say(
            "No record could be read. Correct config/sources/{source}.yaml or write to the "
            "partner.",
            source=id,
        )
    return say(
        "Nothing was saved. If it looks right: ilim harvest {source} – and write `enabled: true` "
        "in config/sources/{source}.yaml, so that it is harvested from then on.",
        source=id,
    )
