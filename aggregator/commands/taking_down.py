"""`ilim suppress`, `ilim sources remove` and `restore`: what is no longer shown, until undone.

What was decided stands in `keep`; the works follow from it (`resolve`). Nothing is deleted.
"""

import asyncio
import getpass
from collections.abc import Sequence
from datetime import date

import click

from aggregator.commands.house import Door, House, open_house
from aggregator.commands.keeping import sources
from aggregator.commands.output import clean, emit, reporting, show_table, tell
from aggregator.errors import ConfigError
from aggregator.record import record_name
from aggregator.store.page import now
from aggregator.store.state import Kind, Redirected, Suppression
from aggregator.wording import day, say
from aggregator.works import Work

REASON = click.option("--reason", default="", metavar="TEXT", help="Why; kept and listed.")
NO_INDEX = click.option("--no-index", is_flag=True, help="Do not wait until pages show it.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.command()
@click.argument("names", nargs=-1, metavar="[WORK|RECORD]...")
@REASON
@click.option("--undo", is_flag=True, help="Show them again.")
@click.option("--list", "listing", is_flag=True, help="List all that was taken down, and why.")
@NO_INDEX
@JSON
@click.pass_obj
def suppress(
    door: Door,
    names: tuple[str, ...],
    reason: str,
    undo: bool,
    listing: bool,
    no_index: bool,
    as_json: bool,
) -> None:
    """Take works or records down, so that no harvest brings them back.

    A work is named by its id: all the records that it has now are taken down. A record is named
    SOURCE/LOCAL_ID. With --undo, the id of a work means all that was taken down from it.
    """
    if listing is bool(names):
        raise click.UsageError(say("Name works or records, or ask for the --list."))

    async def work() -> tuple[list[Suppression], list[str]]:
        async with open_house(door) as house:
            standing = await house.keep.suppressions("record")
            if listing:
                return standing, []
            words: list[str] = []
            if undo:
                chosen = _undone(names, standing)
                await house.keep.restore(chosen)
                words = [say("{name} is shown again.", name=one.name) for one in chosen]
            else:
                chosen = await _taken_down(house, names, reason, standing)
                await house.keep.suppress(chosen)
                known = {one.name for one in standing}
                words = [
                    say("{name} was taken down on {day}.", name=one.name, day=_day(one))
                    if one.name in known
                    else say("{name} is taken down.", name=one.name)
                    for one in chosen
                ]
            await _shown(house, no_index)
            return chosen, words

    found, words = asyncio.run(work())
    for sentence in words:
        tell(clean(sentence))
    if as_json:
        emit([_fields(one) for one in found])
    elif listing and not found:
        tell(say("Nothing is taken down."))
    elif listing:
        columns = ["record", "work", "at", "who", "reason"]
        heads = [say("record"), say("work"), say("when"), say("who"), say("reason")]
        show_table(heads, [[_fields(one)[name] for name in columns] for one in found])


@sources.command()
@click.argument("id")
@REASON
@NO_INDEX
@click.pass_obj
def remove(door: Door, id: str, reason: str, no_index: bool) -> None:
    """Take a source and all its records from view: a partner leaves.

    Its records are kept in the store, it is no longer harvested, and its file is not touched.
    """

    async def work() -> None:
        async with open_house(door) as house:
            if id not in await house.catalogue.sources():
                house.source(id)
            before = (await house.removed()).get(id)
            if before is not None:
                tell(say("{source} was removed on {day} already.", source=id, day=_day(before)))
            else:
                await house.keep.suppress([_made("source", id, "", reason)])
            await _shown(house, no_index)
            tell(
                say(
                    "{source} is removed: nothing of it is shown, and it is not harvested. Its "
                    "records are kept; `ilim sources restore {source}` brings them back.",
                    source=id,
                )
            )
            if id in house.sources:
                path = door.config / "sources" / f"{id}.yaml"
                tell(
                    say(
                        "Its file {file} is not touched: delete it, or write enabled: false there.",
                        file=path,
                    )
                )

    asyncio.run(work())


@sources.command()
@click.argument("id")
@NO_INDEX
@click.pass_obj
def restore(door: Door, id: str, no_index: bool) -> None:
    """Show a source again that was removed, as it was, without harvesting it."""

    async def work() -> None:
        async with open_house(door) as house:
            before = (await house.removed()).get(id)
            if before is None:
                raise ConfigError(
                    say(
                        "No source '{source}' was removed. `ilim status` says which ones were.",
                        source=id,
                    )
                )
            await house.keep.restore([before])
            await _shown(house, no_index)
            tell(say("{source} and all its records are shown again.", source=id))

    asyncio.run(work())


async def _shown(house: House, no_index: bool) -> None:
    """Return when pages and search show what was decided."""
    if not no_index:
        with reporting() as reporter:
            await house.upkeep.until_searchable(reporter.tell)


async def _taken_down(
    house: House, names: Sequence[str], reason: str, standing: Sequence[Suppression]
) -> list[Suppression]:
    """What these names stand for; what is down already as it was noted.

    Raises ConfigError for a name that nothing has.
    """
    down = {one.name: one for one in standing}
    chosen: dict[str, Suppression] = {}
    for name in names:
        source, slash, local_id = name.partition("/")
        if slash:
            work = await house.catalogue.work_of(source, local_id)
            if work is None:
                raise ConfigError(
                    say(
                        "There is no record '{record}'. `ilim show WORK` lists the records of a "
                        "work.",
                        record=name,
                    )
                )
            of_work = {name: work}
        else:
            of_work = await _records_of(house, name)
            if not of_work:
                of_work = {one.name: name for one in standing if one.work == name}
            if not of_work:
                raise ConfigError(
                    say(
                        "The work '{work}' was withdrawn by its sources: there is nothing to take "
                        "down. To keep a record from coming back, name it as SOURCE/LOCAL_ID.",
                        work=name,
                    )
                )
        for record, work in of_work.items():
            chosen[record] = down.get(record) or _made("record", record, work, reason)
    return sorted(chosen.values(), key=lambda one: one.name)


async def _records_of(house: House, id: str) -> dict[str, str]:
    """The records of a work, each with the work's id. Raises ConfigError where there is none."""
    found = await house.catalogue.find_work(id)
    if isinstance(found, Redirected):
        found = await house.catalogue.find_work(found.to)
    if found is None:
        raise ConfigError(
            say("There is no work '{work}'. `ilim search` prints the ids of works.", work=id)
        )
    if not isinstance(found, Work):
        return {}
    return {record_name(member.source, member.local_id): found.id for member in found.members}


def _undone(names: Sequence[str], standing: Sequence[Suppression]) -> list[Suppression]:
    """What was taken down under these names. Raises ConfigError for one that was not."""
    chosen: dict[str, Suppression] = {}
    for name in names:
        found = [one for one in standing if name and name in (one.name, one.work)]
        if not found:
            raise ConfigError(
                say(
                    "'{name}' was not taken down. `ilim suppress --list` shows all that was.",
                    name=name,
                )
            )
        chosen |= {one.name: one for one in found}
    return sorted(chosen.values(), key=lambda one: one.name)


def _made(kind: Kind, name: str, work: str, reason: str) -> Suppression:
    return Suppression(kind, name, work, reason.strip(), _who(), now())


def _who() -> str:
    """The login name of who runs the command; "" where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def _day(one: Suppression) -> str:
    return day(date.fromisoformat(one.at[:10]))


def _fields(one: Suppression) -> dict[str, str]:
    """A takedown as scripts see it."""
    return {
        "record": one.name, "work": one.work, "reason": one.reason, "who": one.who, "at": one.at,
    }  # fmt: skip
