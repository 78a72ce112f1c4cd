"""`ilim harvest` and `ilim recrosswalk`: bring records into the store."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import click

from aggregator.commands.house import Door, House, open_house
from aggregator.commands.output import Reporter, clean, emit, reporting, tell
from aggregator.errors import LeaseLost, RetryLater
from aggregator.memory import give_back
from aggregator.recrosswalk import recrosswalk as crosswalk_again
from aggregator.store.page import Counts, now
from aggregator.store.state import Run
from aggregator.wording import later, say
from aggregator.worker import AT_ONCE
from connectors.crosswalks import CROSSWALKS
from connectors.registry import connect

QUARANTINED_TOO_MUCH = 0.05
"""Beyond this share of what came, a run that is otherwise done exits with 1 (DESIGN §10)."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--full", is_flag=True, help="Begin anew, whatever came before.")
@click.option("--limit", type=click.IntRange(min=1), help="Stop after so many records.")
@click.option(
    "--allow-deletions", is_flag=True, help="Believe that all records that no longer come are gone."
)
@click.option("--no-index", is_flag=True, help="Do not wait until the records are searchable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def harvest(
    door: Door,
    ids: tuple[str, ...],
    full: bool,
    limit: int | None,
    allow_deletions: bool,
    no_index: bool,
    as_json: bool,
) -> None:
    """Harvest the named sources, or all enabled ones, from where each left off."""
    give_back()

    async def work() -> None:
        async with open_house(door) as house:
            chosen = [house.source(id).id for id in dict.fromkeys(ids)]
            await house.refuse_removed(*chosen)
            chosen = chosen or await _enabled(house)
            with reporting() as reporter:
                runs = await harvest_all(
                    house, chosen, reporter, full=full, limit=limit, allow_deletions=allow_deletions
                )
            # Told before indexing: what is stored is stored, whatever comes then.
            if as_json:
                emit({"runs": [run_fields(run) for run in runs]})
            else:
                for run in runs:
                    click.echo(describe_run(run))
            if not no_index:
                with reporting() as reporter:
                    await house.upkeep.until_searchable(reporter.tell)
        if any(is_bad(run) for run in runs):
            raise SystemExit(1)

    asyncio.run(work())


async def _enabled(house: House) -> list[str]:
    """The sources to harvest when none is named."""
    removed = await house.removed()
    enabled = [source.id for source in house.sources.values() if source.enabled]
    for id in enabled:
        if id in removed:
            tell(
                say(
                    "{source} was removed and is left out: delete its file, or write "
                    "enabled: false.",
                    source=id,
                )
            )
    return [id for id in enabled if id not in removed]


async def harvest_all(
    house: House,
    ids: Sequence[str],
    reporter: Reporter,
    *,
    full: bool = False,
    limit: int | None = None,
    allow_deletions: bool = False,
) -> list[Run]:
    """Harvest sources side by side; the runs stand in the order of ``ids``."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(id: str) -> Run:
        try:
            async with places:
                return await harvest_one(
                    house, id, reporter, full=full, limit=limit, allow_deletions=allow_deletions
                )
        except (LeaseLost, RetryLater) as error:  # one source's trouble is not the others'
            return Run(
                id, "incomplete", **asdict(Counts()), seconds=0.0, reason=str(error),
                started=now(), full=full,
            )  # fmt: skip

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(id)) for id in ids]
    return [task.result() for task in tasks]


async def harvest_one(
    house: House,
    id: str,
    reporter: Reporter,
    *,
    full: bool = False,
    limit: int | None = None,
    allow_deletions: bool = False,
) -> Run:
    """Harvest one source. Raises ConfigError for one that was removed."""
    config = house.source(id)
    await house.refuse_removed(id)

    def progress(counts: Counts, total: int | None) -> None:
        reporter.tell(id, counts.received, total)

    async with connect(config, hosts=house.hosts, contact=house.settings.contact) as connector:
        return await house.harvester.run(
            config,
            connector,
            full=full,
            limit=limit,
            allow_deletions=allow_deletions,
            progress=progress,
        )


@click.command()
@click.option("--source", help="Only this source.")
@click.option("--no-index", is_flag=True, help="Do not wait until the records are searchable.")
@click.pass_obj
def recrosswalk(door: Door, source: str | None, no_index: bool) -> None:
    """Read the stored payloads again after a crosswalk was improved; asks no partner."""

    async def work() -> Counts:
        async with open_house(door) as house:
            with reporting() as reporter:
                counts = await crosswalk_again(
                    house.catalogue,
                    CROSSWALKS,
                    house.sources,
                    source and house.source(source).id,
                    lambda counts, total: reporter.tell(say("read again"), counts.received, total),
                )
                if not no_index:
                    await house.upkeep.until_searchable(reporter.tell)
        return counts

    counts = asyncio.run(work())
    tell(
        say(
            "Read again: {received}. Records changed: {changed}, come out of quarantine: {new}, "
            "cannot be read: {rejected}.",
            received=counts.received,
            changed=counts.changed,
            new=counts.new,
            rejected=counts.rejected,
        )
    )


def run_fields(run: Run) -> dict[str, object]:
    """A run as scripts see it (DESIGN §10)."""
    return {
        "source": run.source,
        "verdict": run.verdict or "incomplete",
        "received": run.received,
        "new": run.new,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "deleted": run.deleted,
        "rejected": run.rejected,
        "seconds": run.seconds,
        "reason": run.reason,
    }


def describe_run(run: Run) -> str:
    """A run in a line for people."""
    return say(
        "{source}: {verdict}. Received {received}: new {new}, changed {changed}, unchanged "
        "{unchanged}, deleted {deleted}, in quarantine {rejected}; {seconds} s.",
        source=run.source,
        verdict=say(_VERDICTS.get(run.verdict, run.verdict)) + _because(run),
        received=run.received,
        new=run.new,
        changed=run.changed,
        unchanged=run.unchanged,
        deleted=run.deleted,
        rejected=run.rejected,
        seconds=run.seconds,
    )


_VERDICTS = {
    "complete": later("complete"),
    "incomplete": later("incomplete"),
    "failed": later("failed"),
}

_STOPPED = {
    "limit": later("as many as were asked for"),
    "interrupted": later("interrupted"),
}
"""Reasons that scripts know by one word (DESIGN §10)."""


def _because(run: Run) -> str:
    words = _STOPPED.get(run.reason)
    said = say(words) if words else clean(run.reason)
    return f" ({said})" if said else ""


def is_bad(run: Run) -> bool:
    """Whether a script should hear of it: exit code 1."""
    stopped_on_purpose = run.verdict == "incomplete" and run.reason == "limit"
    too_much = run.rejected > QUARANTINED_TOO_MUCH * run.received
    return too_much or not (run.verdict == "complete" or stopped_on_purpose)
