"""Commands that only read: search, show, records, quarantine, status."""

import asyncio
import signal
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args

import click

from aggregator.commands.house import Door, House, open_house
from aggregator.commands.output import clean, emit, plain, reader_labels, show_table, tell
from aggregator.errors import ConfigError
from aggregator.index.port import SORTS, Sort
from aggregator.record import Record, main_title, record_name
from aggregator.search import Hit, Results, WorkPage
from aggregator.settings import Language
from aggregator.store.state import Redirected, Suppression, Withdrawn
from aggregator.wording import day, language, later, say, say_many
from aggregator.works import Work

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.argument("query")
@click.option("--size", type=click.IntRange(0, 1000), default=10, show_default=True)
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE")
@click.option("--lang", type=click.Choice(get_args(Language)), default="ky", show_default=True)
@click.option("--no-concepts", is_flag=True, help="Only the words typed, in no other language.")
@click.option("--explain", is_flag=True, help="Say of each work why it is where it is.")
@JSON
@click.pass_obj
def search(
    door: Door,
    query: str,
    size: int,
    sort: Sort,
    filters: tuple[str, ...],
    lang: Language,
    no_concepts: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Search the works. Works in the language of --lang rank a little higher."""
    chosen: dict[str, tuple[str, ...]] = {}
    for given in filters:
        name, equals, value = given.partition("=")
        if not equals:
            raise ConfigError(
                say("--filter {word}: write FIELD=VALUE, for example type=book.", word=given)
            )
        chosen[name] = (*chosen.get(name, ()), value)

    async def work() -> tuple[Results, Mapping[str, tuple[str, ...]], House]:
        async with open_house(door) as house:
            found = await house.search.find(
                query,
                filters=chosen,
                sort=sort,
                size=size,
                language=lang,
                concepts=not no_concepts,
            )
            why = await house.search.explain(found, lang) if explain else {}
            return found, why, house

    found, why, house = asyncio.run(work())
    if as_json:
        emit(
            {
                "total": found.total,
                "understood": found.understood.understood,
                "hits": [
                    hit_fields(hit) | ({"why": why[hit.id]} if explain else {})
                    for hit in found.hits
                ],
                "facets": {f.name: [[v.value, v.count] for v in f.values] for f in found.facets},
                "suggestions": [suggestion.text for suggestion in found.suggestions],
            }
        )
        return
    count = say_many("{number} work", "{number} works", found.total)
    click.echo(say("{works} with any of the words", works=count) if found.widened else count)
    for words in _remarks(found):
        click.echo(clean(words))
    for hit in found.hits:
        fields = hit_fields(hit)
        names = ", ".join(house.sources[s].name.get(language()) if s in house.sources else s
                          for s in hit.work.sources)  # fmt: skip
        kind = reader_labels().types.get(hit.work.record.type, hit.work.record.type)
        about = [str(fields["year"] or ""), kind, names, hit.id]
        click.echo(f"\n{clean(str(fields['title']))}")
        if hit.work.record.creators:
            click.echo(clean("  " + "; ".join(c.name for c in hit.work.record.creators)))
        click.echo(clean("  " + " · ".join(part for part in about if part)))
        if explain:
            click.echo("  " + say("score {score}", score=f"{hit.score:.2f}"))
            for words in why[hit.id]:
                click.echo(clean(f"    {words}"))


_READ_AS = {
    "phrase": later("Side by side: {text}"),
    "prefix": later("Beginning so: {text}"),
    "field": later("In one field: {text}"),
    "value": later("Of this value: {text}"),
    "not": later("Without: {text}"),
    "any": later("Any of: {text}"),
    "known": later("This very work: {text}"),
    "concept": later("Also called: {more} (--no-concepts looks for {text} only)"),
    "common": later("Not looked for, for almost every work has it: {text}"),
    "cut": later("Left out, for the query is too long: {text}"),
    "ignored": later("Not understood and left out: {text}"),
}

_SUGGESTED = {
    "spelling": later("Did you mean: {text}"),
    "keyboard": later("On the other keyboard layout: {text}"),
    "script": later("In the other alphabet: {text}"),
    "joined": later("In one word: {text}"),
    "split": later("In two words: {text}"),
    "fewer": later("Without words that no work has: {text}"),
}


def _remarks(found: Results) -> Iterator[str]:
    """How the query was read, where it is more than words, and what else to try."""
    for part in found.understood.understood:
        if part.kind in _READ_AS:
            yield say(_READ_AS[part.kind], text=part.text, more=", ".join(part.more))
    for suggestion in found.suggestions:
        yield say(_SUGGESTED[suggestion.kind], text=suggestion.text)


def title_of(record: Record) -> str:
    """The main title, "" where the source gave none."""
    title = main_title(record)
    return title.value if title else ""


def hit_fields(hit: Hit) -> dict[str, Any]:
    """A hit as scripts see it (DESIGN §10)."""
    record = hit.work.record
    return {
        "id": hit.id,
        "title": title_of(record),
        "creators": [creator.name for creator in record.creators],
        "year": record.issued.min or None,
        "type": record.type,
        "score": hit.score,
        "sources": list(hit.work.sources),
    }


@click.command()
@click.argument("work")
@JSON
@click.pass_obj
def show(door: Door, work: str, as_json: bool) -> None:
    """Show a work with every record, and why they were joined."""

    async def look() -> tuple[str, WorkPage | Withdrawn | None, list[Suppression]]:
        async with open_house(door) as house:
            id, found = work, await house.search.work(work)
            if isinstance(found, Redirected):
                id = found.to
                again = await house.search.work(id)
                found = None if isinstance(again, Redirected) else again
            taken = await house.keep.suppressions("record") if found == Withdrawn() else []
            return id, found, [one for one in taken if one.work == id]

    id, found, taken = asyncio.run(look())
    if found is None:
        raise ConfigError(
            say("There is no work '{work}'. `ilim search` prints the ids of works.", work=work)
        )
    if isinstance(found, Withdrawn):
        fields: dict[str, Any] = {"id": id, "state": "withdrawn", "records": []}
    else:
        fields = work_fields(found)
    if as_json:
        emit(fields)
        return
    if isinstance(found, Withdrawn):
        what = say("taken down") if taken else say("withdrawn by its source")
        click.echo(f"{id}: {what}")
        for one in taken:
            on = day(date.fromisoformat(one.at[:10]))
            click.echo(clean(f"  {one.name}: {on}, {one.reason or say('no reason given')}"))
        return
    describe_work(found)


def work_fields(page: WorkPage) -> dict[str, Any]:
    """A work as scripts see it: its merged fields, then each record with its reason."""
    work = page.work
    reasons = {(m.source, m.local_id): m.reason for m in work.members}
    return {
        "id": work.id,
        "state": "live",
        "added": work.added,
        "title": title_of(work.record),
        "sources": list(work.sources),
        "work": plain(work.record),
        "records": [
            plain(stored.record)
            | {
                "reason": reasons.get((stored.record.source, stored.record.local_id), ""),
                "format": stored.format,
                "changed": stored.changed,
                "problems": list(stored.problems),
            }
            for stored in page.records
        ],
    }


def describe_work(page: WorkPage) -> None:
    """A work for people."""
    work: Work = page.work
    click.echo(clean(f"{work.id}  {title_of(work.record)}"))
    reasons = {(m.source, m.local_id): m.reason for m in work.members}
    for stored in page.records:
        record = stored.record
        reason = reasons.get((record.source, record.local_id), "")
        click.echo(
            clean(f"\n{record.source}/{record.local_id}" + (f"  ({reason})" if reason else ""))
        )
        for name, value in plain(record).items():
            if value and name not in ("source", "local_id"):
                click.echo(clean(f"  {name}: {value}"))


@click.command()
@click.option("--source", help="Only this source.")
@click.option("--json", "_as_json", is_flag=True, help="Always so: one JSON document a line.")
@click.pass_obj
def records(door: Door, source: str | None, _as_json: bool) -> None:
    """Print every record, one JSON document a line; not those that were taken down."""
    # Whoever reads the lines may stop early (`| head`): that is no failed run.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

    async def work() -> None:
        async with open_house(door) as house:
            hidden = await house.keep.hidden()
            async for stored in house.catalogue.each_record(source):
                record = stored.record
                if record_name(record.source, record.local_id) not in hidden:
                    emit(record)

    asyncio.run(work())


@click.command()
@click.option("--source", help="Only this source.")
@JSON
@click.pass_obj
def quarantine(door: Door, source: str | None, as_json: bool) -> None:
    """List what could not be read, and why."""

    async def work() -> list[dict[str, Any]]:
        async with open_house(door) as house:
            return [
                {"source": q.source, "local_id": q.local_id, "reason": q.reason, "bytes": q.bytes}
                async for q in house.catalogue.quarantined(source)
            ]

    found = asyncio.run(work())
    if as_json:
        emit(found)
        return
    if not found:
        tell(say("Nothing is in quarantine."))
        return
    show_table(
        [say("source"), say("record"), say("bytes"), say("reason")],
        [[q["source"], q["local_id"], str(q["bytes"]), q["reason"]] for q in found],
    )
