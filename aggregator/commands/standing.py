"""`ilim status`: how each source, the works and the index are, and what to do about it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from aggregator.causes import advice
from aggregator.commands.harvesting import run_fields
from aggregator.commands.house import Door, House, open_house
from aggregator.commands.output import (
    clean,
    describe_removed,
    emit,
    not_indexed,
    reader_labels,
    removed_fields,
    show_table,
    tell,
)
from aggregator.health import Health, health
from aggregator.search import IndexStatus, SourceFigures
from aggregator.source import Names, SourceConfig
from aggregator.store.leases import is_gone
from aggregator.wording import moment, number, say

WRONG = 2
"""The exit code where a source's file is wrong; all else is told all the same."""


RARE = (3, 4, 5)
"""Columns that are left out where they have nothing but zeros: a terminal is narrow."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One source."""

    id: str
    health: Health
    figures: SourceFigures
    running: bool
    removed: Mapping[str, str] | None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status(door: Door, as_json: bool) -> None:
    """Tell how each source, the works and the index are."""

    async def work() -> tuple[dict[str, Any], IndexStatus, list[_Line], Sequence[str]]:
        async with open_house(door, lenient=True) as house:
            standing = await house.search.status()
            lines = await _lines(house)
            return await _fields(house, standing, lines), standing, lines, house.sources.mistakes

    found, standing, lines, mistakes = asyncio.run(work())
    if standing.reason:
        tell(standing.reason)
    for refused in standing.refused:
        tell(not_indexed(refused.id, refused.reason))
    for mistake in mistakes:
        tell(clean(mistake))
    if mistakes:
        tell(say("Until that is corrected, a running Ilim works by what these files said before."))
    if as_json:
        emit(found)
    else:
        _show(found, lines)
    if mistakes:
        raise SystemExit(WRONG)


async def _lines(house: House) -> list[_Line]:
    figures, removed = await house.catalogue.sources(), await house.removed()
    now = datetime.now(UTC)
    running = {name for name, holder in await house.catalogue.leases.held() if not is_gone(holder)}
    lines = []
    # What a wrong file said before is at work in a running Ilim, and not known here.
    unknown = {id: _named(id) for id in house.sources.wrong}
    configured = {**unknown, **house.sources}
    for id in sorted({*house.sources, *figures, *removed}):
        found = figures.get(id)
        how = health(configured.get(id), found, now)
        gone = removed_fields(removed.get(id))
        lines.append(_Line(id, how, found or SourceFigures(), f"harvest:{id}" in running, gone))
    return lines


async def _fields(house: House, index: IndexStatus, lines: Sequence[_Line]) -> dict[str, Any]:
    """The state of everything as scripts see it (DESIGN §10)."""
    return {
        "sources": [
            {
                "id": line.id,
                "state": line.health.state,
                "records": line.figures.records,
                "deleted": line.figures.deleted,
                "quarantined": line.figures.quarantined,
                "suppressed": line.figures.suppressed,
                "removed": line.removed,
                "last_run": run_fields(line.figures.last_run) if line.figures.last_run else None,
                "next_run": _iso(line.health.next_run),
            }
            for line in lines
        ],
        "works": await house.catalogue.count_works(),
        "index": {
            "engine": index.engine,
            "works": index.works,
            "behind": index.behind + await house.catalogue.resolution.behind(),
        },
    }


def _show(found: Mapping[str, Any], lines: Sequence[_Line]) -> None:
    columns = [
        say("source"), say("state"), say("records"), say("deleted"), say("quarantined"),
        say("taken down"), say("last success"), say("next run"),
    ]  # fmt: skip
    rows = [_row(line) for line in lines]
    shown = [n for n, name in enumerate(columns) if n not in RARE or any(r[n] != "0" for r in rows)]
    show_table([columns[n] for n in shown], [[row[n] for n in shown] for row in rows])
    for line in lines:
        if line.removed is not None:
            click.echo(f"\n{line.id}: {clean(describe_removed(line.removed))}")
            continue
        said, what = line.health.said, advice(line.health.cause, line.id)
        if line.health.state == "late" and not said:
            said = say("Its turn has come several times, and it was not harvested.")
            what = say("See to it that `ilim serve` (or `ilim worker`) runs.")
        if not said:
            continue
        click.echo(f"\n{line.id}: {clean(said)}")
        if what:
            click.echo("  " + say("What to do: {advice}", advice=what))
    index = found["index"]
    words = say(
        "Works: {works}; the {engine} index shows {shown}, {behind} changes behind.",
        works=found["works"],
        engine=index["engine"],
        shown=index["works"],
        behind=index["behind"],
    )
    click.echo(f"\n{words}")


def _row(line: _Line) -> list[str]:
    figures, how = line.figures, line.health
    return [
        line.id, reader_labels().states[how.state], number(figures.records),
        number(figures.deleted), number(figures.quarantined), number(figures.suppressed),
        _local(how.last_success), say("running") if line.running else _turn(how.next_run),
    ]  # fmt: skip


def _named(id: str) -> SourceConfig:
    """A source of which only the id is known."""
    return SourceConfig(id=id, name=Names(ky=id, ru=id, en=id), connector="")


def _turn(next_run: datetime | None) -> str:
    if next_run is not None and next_run <= datetime.now(UTC):
        return say("now")
    return _local(_iso(next_run))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _local(iso: str | None) -> str:
    """A moment by this machine's clock, for people."""
    return moment(datetime.fromisoformat(iso).astimezone()) if iso else "–"
