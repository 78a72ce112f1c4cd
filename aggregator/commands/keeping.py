"""`ilim migrate`, `ilim reindex`, `ilim sources`: an administrator's commands."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click

from aggregator.commands.house import Door, open_house
from aggregator.commands.output import (
    describe_removed,
    emit,
    reader_labels,
    removed_fields,
    reporting,
    show_table,
    tell,
)
from aggregator.health import health
from aggregator.settings import Engine, Language
from aggregator.store.database import Database, Name
from aggregator.wording import language, say
from aggregator.yamlschema import source_schema
from connectors.registry import MODELS

ENGINES = get_args(Engine)


@click.command()
@click.pass_obj
def migrate(door: Door) -> None:
    """Bring both databases to this program's version."""

    async def one(name: Name) -> None:
        database = Database(door.database(name), name)
        try:
            before, after = await database.migrate()
        finally:
            await database.close()
        was = say("new") if before is None else before
        now = say("is at {version}", version=after) if before == after else f"{was} → {after}"
        tell(f"{name}: {now}")

    async def work() -> None:
        await one("catalogue")
        await one("keep")

    asyncio.run(work())


@click.command()
@click.option("--engine", type=click.Choice(ENGINES), help="The index to fill.")
@click.option("--take-over", is_flag=True, help="Replace an index made from another store.")
@click.pass_obj
def reindex(door: Door, engine: Engine | None, take_over: bool) -> None:
    """Fill the index anew from the store, while the old one serves and follows.

    With --engine also that of an engine which is not in use yet.
    """

    async def work() -> int:
        async with open_house(door, engine) as house:
            with reporting() as reporter:
                await house.upkeep.resolve_once()
                done = await house.upkeep.rebuild(reporter.tell, take_over=take_over)
                await house.upkeep.until_searchable(reporter.tell)
        return done

    tell(say("The index serves; work changes in it: {count}.", count=asyncio.run(work())))


@click.group(invoke_without_command=True)
@click.option(
    "--lang", type=click.Choice(get_args(Language)), help="Of the names; else the reader's."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def sources(context: click.Context, lang: Language | None, as_json: bool) -> None:
    """List the configured sources."""
    if context.invoked_subcommand is not None:
        return
    door: Door = context.obj

    async def work() -> list[dict[str, Any]]:
        async with open_house(door) as house:
            figures, removed = await house.catalogue.sources(), await house.removed()
            now = datetime.now(UTC)
            return [
                {
                    "id": source.id,
                    "name": source.name.get(lang or ("en" if as_json else language())),
                    "connector": source.connector,
                    "enabled": source.enabled,
                    "sample": source.sample,
                    "state": health(source, figures.get(source.id), now).state,
                    "removed": removed_fields(removed.get(source.id)),
                }
                for source in house.sources.values()
            ]

    found = asyncio.run(work())
    if as_json:
        emit(found)
    else:
        columns = ["id", "state", "connector", "name", "removed"]
        rows = [s | {"removed": describe_removed(s["removed"])} for s in found]
        states = reader_labels().states
        rows = [s | {"state": states[s["state"]]} for s in rows]
        heads = [say("id"), say("state"), say("connector"), say("name"), say("removed")]
        show_table(heads, [[source[name] for name in columns] for source in rows])


@sources.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there; else print it."
)
def schema(out: Path | None) -> None:
    """Print the JSON Schema of the files in config/sources, for editors."""
    text = source_schema(MODELS)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8", newline="\n")
        tell(say("{file} is written.", file=out))
