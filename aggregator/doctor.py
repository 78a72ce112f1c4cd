"""What is wrong with an installation, and what to do about it. Each look gives findings."""

import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from aggregator.errors import ConfigError, IlimError
from aggregator.index.port import SearchIndex
from aggregator.store.catalogue import Catalogue
from aggregator.store.leases import host_of, is_gone
from aggregator.wording import later, moment, reason, say

Area = Literal["configuration", "disk", "store", "engine", "clock", "leases", "sources"]
Level = Literal["well", "warning", "wrong", "away"]
"""``wrong``: configuration must change; ``away``: a server does not answer, or a disk is full."""

FREE_LITTLE, FREE_NOTHING = 2_000_000_000, 200_000_000
"""Bytes on the data folder's disk: below the first a warning, below the second nothing works."""

CLOCK_OFF = 30.0
"""Seconds between our clock and the database's: half of a lease's life."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is; ``advice`` says what to do, "" when nothing is."""

    area: Area
    level: Level
    said: str
    advice: str = ""


def finding_of(area: Area, error: IlimError) -> Finding:
    """An error as a finding; its sentence says what to do."""
    return Finding(area, "wrong" if isinstance(error, ConfigError) else "away", str(error))


def look_at_disk(folder: Path) -> list[Finding]:
    """Whether the data folder can be written to, and how much room it has."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [
            Finding(
                "disk",
                "away",
                say(
                    "The data folder {folder} cannot be written: {reason}.",
                    folder=folder,
                    reason=reason(error),
                ),
                say("Give it to the user who runs Ilim, or name another with --data."),
            )
        ]
    said = say("{size} GB are free for the data folder {folder}.", size=free / 1e9, folder=folder)
    if free >= FREE_LITTLE:
        return [Finding("disk", "well", said)]
    level: Level = "warning" if free >= FREE_NOTHING else "away"
    advice = say("Make room before harvests and indexing have to stop.")
    return [Finding("disk", level, said, advice)]


async def look_at_store(catalogue: Catalogue) -> list[Finding]:
    """What the store holds, and what waits in it."""
    works, waiting = await catalogue.count_works(), await catalogue.resolution.behind()
    figures = (await catalogue.sources()).values()
    records = sum(figure.records for figure in figures)
    said = say(
        "The store {store} holds {records} records in {works} works.",
        store=catalogue,
        records=records,
        works=works,
    )
    found = [Finding("store", "well", said)]
    quarantined = sum(figure.quarantined for figure in figures)
    if quarantined:
        found.append(
            Finding(
                "store",
                "warning",
                say("Payloads that could not be read: {count}.", count=quarantined),
                say("`ilim quarantine` says why for each."),
            )
        )
    if waiting:
        found.append(
            Finding(
                "store",
                "warning",
                say("Changes of records that wait to become works: {count}.", count=waiting),
                say("They do while `ilim serve` or `ilim worker` runs."),
            )
        )
    return found


async def look_at_clock(catalogue: Catalogue, now: datetime) -> list[Finding]:
    """Whether our clock agrees with the database's server, and with what was noted before."""
    begun = time.monotonic()
    theirs = await catalogue.clock()
    took = time.monotonic() - begun
    off = abs(theirs - now.timestamp()) - took
    advice = say("Turn on time synchronisation (NTP) on this machine.")
    if off > CLOCK_OFF:
        said = say(
            "This machine's clock and the database's differ by {seconds} seconds.",
            seconds=round(off),
        )
        return [Finding("clock", "warning", said, advice)]
    runs = [f.last_run.started for f in (await catalogue.sources()).values() if f.last_run]
    newest = max(map(datetime.fromisoformat, runs), default=now)
    if newest - now > timedelta(minutes=5):
        said = say(
            "A harvest was noted at {moment} UTC, which this clock calls future.",
            moment=moment(newest),
        )
        return [Finding("clock", "warning", said, advice)]
    return [Finding("clock", "well", say("It is {moment} UTC.", moment=moment(now)))]


async def look_at_leases(catalogue: Catalogue) -> list[Finding]:
    """Who is at work."""
    held = await catalogue.leases.held()
    gone = [name for name, holder in held if is_gone(holder)]
    found = [
        Finding(
            "leases",
            "well",
            say("{name} is at work on {host}.", name=name, host=host_of(holder)),
        )
        for name, holder in held
        if name not in gone
    ]
    if gone:
        said = say("A process that ended without saying so held {names}.", names=", ".join(gone))
        advice = say("Nothing to do: whoever comes next takes over at once.")
        found.append(Finding("leases", "well", said, advice))
    return found or [Finding("leases", "well", say("Nobody is at work now."))]


_STATES = {
    "empty": later("The {engine} index is empty."),
    "foreign": later("The {engine} index was made by another version."),
    "stranger": later("The {engine} index was made from another store."),
    "damaged": later("The {engine} index is damaged."),
}


async def look_at_engine(index: SearchIndex, catalogue: Catalogue) -> list[Finding]:
    """Whether the engine answers, and whether it shows what the store has."""
    state = await index.state()
    found = [Finding("engine", "warning", said) for said in await index.complaints()]
    if state != "ready":
        said = say(_STATES[state], engine=index.engine)
        advice = say("Fill it: `ilim reindex`. `ilim serve` and `ilim worker` do it by themselves.")
        return [*found, Finding("engine", "warning", said, advice)]
    position = await index.position()
    behind = await catalogue.pending(position.number if position else 0)
    shown, works, refused = (
        await index.count(),
        await catalogue.count_works(),
        await index.refused(),
    )
    said = say("The {engine} index shows {count} works.", engine=index.engine, count=shown)
    found.insert(0, Finding("engine", "well", said))
    if behind:
        said = say(
            "The {engine} index is {count} changes behind the store.",
            engine=index.engine,
            count=behind,
        )
        advice = say("It catches up while `ilim serve` or `ilim worker` runs.")
        found.append(Finding("engine", "warning", said, advice))
    elif shown + len(refused) != works:
        said = say(
            "The {engine} index shows {shown} works and the store has {works}.",
            engine=index.engine,
            shown=shown,
            works=works,
        )
        found.append(Finding("engine", "warning", said, say("Fill it anew: `ilim reindex`.")))
    for one in refused:
        said = say(
            "The {engine} index did not take in the work {work}: {reason}",
            engine=index.engine,
            work=one.id,
            reason=one.reason,
        )
        advice = say("Please report it; `ilim show` prints the work.")
        found.append(Finding("engine", "warning", said, advice))
    return found


def exit_code(findings: Iterable[Finding]) -> int:
    """What a script should hear (DESIGN §10): 2 where configuration must change, 3 where
    something does not answer, else 0."""
    levels = {finding.level for finding in findings}
    return 2 if "wrong" in levels else 3 if "away" in levels else 0
