"""`ilim doctor`: look at everything, and say what to do about each finding."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict
from datetime import UTC, date, datetime

import click

from aggregator.commands.house import Door, make_index
from aggregator.commands.output import clean, emit, tell
from aggregator.doctor import (
    Finding,
    exit_code,
    finding_of,
    look_at_clock,
    look_at_disk,
    look_at_engine,
    look_at_leases,
    look_at_store,
)
from aggregator.errors import ConfigError, IlimError, RetryLater, SourceBroken
from aggregator.index.fields import load_table
from aggregator.settings import Settings
from aggregator.source import SourceConfig
from aggregator.store.address import Address
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.state import Suppression
from aggregator.wording import day, later, say
from connectors.hosts import Hosts
from connectors.registry import TROUBLES, connect

PATIENCE = 15.0
"""Seconds that each source is given for its first page."""

SIGNS = {
    "well": later("well"),
    "warning": later("warning"),
    "wrong": later("WRONG"),
    "away": later("AWAY"),
}

AREAS = {
    "configuration": later("configuration"),
    "disk": later("disk"),
    "store": later("store"),
    "engine": later("engine"),
    "clock": later("clock"),
    "leases": later("leases"),
    "sources": later("sources"),
}


@click.command()
@click.option("--no-sources", is_flag=True, help="Do not ask the sources whether they answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(door: Door, no_sources: bool, as_json: bool) -> None:
    """Look at configuration, disk, store, engine, clock, leases and sources.

    Stores nothing. Ends with 2 where configuration must change, with 3 where something does not
    answer or a disk is full, else with 0.
    """
    findings = asyncio.run(examine(door, ask_sources=not no_sources))
    if as_json:
        emit({"findings": [asdict(finding) for finding in findings]})
    else:
        wide = max(len(say(sign)) for sign in SIGNS.values())
        for finding in findings:
            words = f"{finding.said} {finding.advice}".strip()
            sign, area = say(SIGNS[finding.level]), say(AREAS[finding.area])
            click.echo(f"{sign:{wide}} {area}: {clean(words)}")
    sys.exit(exit_code(findings))


async def examine(door: Door, *, ask_sources: bool) -> list[Finding]:
    """All findings; what cannot be looked at is one, and the rest is looked at all the same."""
    try:
        settings, sources = door.settings(), list(door.sources().values())
        load_table()
    except ConfigError as error:
        return [finding_of("configuration", error)]
    enabled = [source for source in sources if source.enabled]
    said = say(
        "Sources that are described: {all}, enabled: {enabled}.",
        all=len(sources),
        enabled=len(enabled),
    )
    found = [Finding("configuration", "well", said)]
    found += [Finding("configuration", "warning", trouble) for trouble in TROUBLES]
    try:
        address = door.address(settings.database)
    except IlimError as error:
        return [*found, finding_of("disk", error)]
    found += look_at_disk(door.data)
    rooms, removed = await _rooms(door, settings, address)
    found += rooms
    if ask_sources:
        found += [_removed(removed[source.id]) for source in enabled if source.id in removed]
        asked = [source for source in enabled if source.id not in removed]
        found += await _sources(asked, settings.contact)
    return found


async def _rooms(
    door: Door, settings: Settings, address: Address
) -> tuple[list[Finding], Mapping[str, Suppression]]:
    """Store, clock, leases and engine; and the sources that were removed, by id."""
    found: list[Finding] = []
    removed: Mapping[str, Suppression] = {}
    async with AsyncExitStack() as stack:
        try:
            catalogue = await stack.enter_async_context(Catalogue.open(address.of("catalogue")))
            keep = await stack.enter_async_context(Keep.open(address.of("keep")))
            removed = {one.name: one for one in await keep.suppressions("source")}
            found += await look_at_store(catalogue)
            found += await look_at_clock(catalogue, datetime.now(UTC))
            found += await look_at_leases(catalogue)
        except IlimError as error:
            return [*found, finding_of("store", error)], removed
        try:
            store = await catalogue.fingerprint()
            index = await stack.enter_async_context(make_index(door, settings, load_table(), store))
            found += await look_at_engine(index, catalogue)
        except IlimError as error:
            found.append(finding_of("engine", error))
    return found, removed


def _removed(source: Suppression) -> Finding:
    """A partner who left is not asked: its harvests have ended too."""
    said = say(
        "{source} was removed on {day} and is not asked.",
        source=source.name,
        day=day(date.fromisoformat(source.at[:10])),
    )
    return Finding("sources", "well", said)


async def _sources(enabled: list[SourceConfig], contact: str) -> list[Finding]:
    hosts = Hosts()
    return list(await asyncio.gather(*(_reach(source, hosts, contact) for source in enabled)))


async def _reach(source: SourceConfig, hosts: Hosts, contact: str) -> Finding:
    """Read a source's first page, and keep nothing of it."""
    tell(say("Asking {source} …", source=source.id))
    try:
        async with (
            asyncio.timeout(PATIENCE),
            connect(source, hosts=hosts, contact=contact) as connector,
            aclosing(connector.harvest({})) as batches,
        ):
            batch = await anext(batches, None)
    except TimeoutError:
        said = say(
            "{source} did not answer within {seconds} seconds.",
            source=source.id,
            seconds=round(PATIENCE),
        )
        return Finding("sources", "warning", said, say("It is tried again at the next harvest."))
    except (RetryLater, SourceBroken, ConfigError) as error:
        return Finding("sources", "warning", f"{source.id}: {error}")
    came = len(batch.records) if batch else 0
    said = say(
        "{source} answers; records on its first page: {count}.", source=source.id, count=came
    )
    return Finding("sources", "well", said)
