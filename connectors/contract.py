"""What every connector must keep to, as rules that any test may run, ours and those of others.

    @pytest.mark.parametrize("rule", CONTRACT)
    async def test_the_contract(rule, tmp_path):
        async with Bench.open(CASE, tmp_path) as bench:
            await rule(bench)

A rule raises `BrokenRule` (an AssertionError) with a sentence. The runner, the store and the
reading of YAML are the real ones; only the partner is small: the case's fixture, copied.
"""

import asyncio
import os
import shutil
import threading
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import replace

from aggregator.errors import ConfigError, IlimError, RetryLater, SourceBroken
from aggregator.harvest import Harvester, Limits
from aggregator.record import Record
from aggregator.settings import load_sources
from aggregator.source import Batch, Checkpoint, Connector, SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.state import Run
from connectors.crosswalks import CROSSWALKS
from connectors.hosts import Hosts
from connectors.opening import Network, Registered

LEAST_BATCHES = 3
"""A fixture of fewer shows nothing about what happens between two batches."""

PATIENCE = 5.0
"""Seconds within which what was closed must be gone: the other end of a connection takes time."""

Edit = Callable[[Path], None]
"""Changes the copy of the fixture as the partner would."""


class BrokenRule(AssertionError):
    """A connector does not keep to its contract: which rule, and what was seen."""


@dataclass(frozen=True, slots=True)
class Case:
    """A small partner, and what must come of it.

    ``settings`` is what its YAML says besides id, name and connector; a relative path starts at
    the folder that holds the copy of ``fixture``. ``serve`` puts that copy on an address of this
    machine and gives the address, which becomes ``url``; "{address}" in ``absent`` stands for it.

    ``records`` are the identifiers that must be stored, ``reasons`` a few words out of the
    reason of each piece that must lie in quarantine. ``remove`` takes ``removed`` away without a
    trace, and damaged pieces whose name cannot be read too: beside those the runner takes nothing
    as deleted. ``withdraw``, where the protocol has tombstones, marks ``withdrawn`` as deleted.
    ``changes`` names another value for every setting that changes what is harvested, ``absent``
    are settings under which there is nothing to harvest.
    """

    connector: str
    registered: Registered[Any]
    fixture: Path
    settings: Mapping[str, Any]
    records: frozenset[str]
    remove: Edit
    removed: str
    changes: Mapping[str, Any]
    absent: Mapping[str, Any]
    reasons: Sequence[str] = ()
    withdraw: Edit | None = None
    withdrawn: str = ""
    serve: Callable[[Path], AbstractAsyncContextManager[str]] | None = None


Shown = tuple[Mapping[str, Record], Sequence[tuple[str, str]]]
"""Identifier -> living record, and identifier and reason of what is in quarantine."""


@dataclass
class Bench:
    """A case at work: a copy of its fixture, perhaps served, and an empty catalogue."""

    case: Case
    folder: Path
    catalogue: Catalogue
    address: str = ""
    hosts: Hosts = field(default_factory=Hosts)

    @classmethod
    @asynccontextmanager
    async def open(cls, case: Case, folder: Path) -> "AsyncIterator[Bench]":
        """Prepare ``case`` in ``folder``, which is empty but for a ``catalogue.sqlite`` that may
        have been made before: making one takes longer than most rules.
        """
        config = folder / "config"
        shutil.copytree(case.fixture, config)
        async with AsyncExitStack() as stack:
            address = await stack.enter_async_context(case.serve(config)) if case.serve else ""
            url = f"sqlite+aiosqlite:///{folder / 'catalogue.sqlite'}"
            catalogue = await stack.enter_async_context(Catalogue.open(url))
            yield cls(case, config, catalogue, address)

    def source(self, id: str = "case", **settings: Any) -> SourceConfig:
        """A source of this case, read from YAML as Ilim does; None takes a setting away.

        Raises ConfigError.
        """
        said: dict[str, Any] = {
            "id": id, "name": {"ky": "Сыноо", "ru": "Проба", "en": "Trial"},
            "connector": self.case.connector, **self.case.settings,
        }  # fmt: skip
        if self.case.serve:
            said["url"] = self.address
        said |= settings
        said = {key: value for key, value in said.items() if value is not None}
        room = self.folder / "sources"
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir()
        text = yaml.safe_dump(said, allow_unicode=True)
        (room / f"{id}.yaml").write_text(text, encoding="utf-8")
        models = {self.case.connector: self.case.registered.config}
        source: SourceConfig = load_sources(self.folder, models, {})[id]
        return source

    def connect(self, source: SourceConfig) -> AbstractAsyncContextManager[Connector]:
        return self.case.registered.open(source, Network(self.hosts))

    async def harvest(
        self, source: SourceConfig, *, full: bool = False, stop: int | None = None
    ) -> Run:
        """One run of the real runner, broken off after ``stop`` batches."""
        harvester = Harvester(self.catalogue, CROSSWALKS, Limits())
        async with self.connect(source) as whole:
            connector = whole if stop is None else _Stopped(whole, stop)
            return await harvester.run(source, connector, full=full)

    async def batches(self, source: SourceConfig) -> list[Batch]:
        """All that a full run gives, without the runner."""
        async with (
            self.connect(source) as connector,
            aclosing(connector.harvest({})) as batches,
        ):
            return [batch async for batch in batches]

    async def shown(self, source: str) -> Shown:
        """What the catalogue holds of a source, whatever the source is called."""
        records: dict[str, Record] = {}
        async for stored in self.catalogue.each_record(source):
            if isinstance(stored.record, Record):
                records[stored.record.local_id] = replace(stored.record, source="")
        quarantined = [(q.local_id, q.reason) async for q in self.catalogue.quarantined(source)]
        return records, quarantined


class _Stopped:
    """A connector whose source goes away after some batches."""

    def __init__(self, connector: Connector, after: int) -> None:
        self._connector = connector
        self._after = after

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        came = 0
        async with aclosing(self._connector.harvest(checkpoint)) as batches:
            async for batch in batches:
                yield batch
                came += 1
                if came == self._after:
                    raise RetryLater("The rule breaks the run off here.")

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return self._connector.is_full(checkpoint)

    def fingerprint(self) -> str:
        return self._connector.fingerprint()


def _must(kept: bool, words: str) -> None:
    if not kept:
        raise BrokenRule(words)


async def nothing_is_lost(bench: Bench) -> None:
    """Every record of the source is stored, or in quarantine with a reason."""
    run = await bench.harvest(bench.source())
    _must(run.verdict == "complete", f"A run of a whole source is {run.verdict}: {run.reason}")
    records, quarantined = await bench.shown("case")
    missing, too_many = bench.case.records - set(records), set(records) - bench.case.records
    _must(not (missing or too_many), f"Missing {sorted(missing)}, too many {sorted(too_many)}.")
    reasons = [reason for _, reason in quarantined]
    for words in bench.case.reasons:
        _must(any(words in reason for reason in reasons), f"'{words}' is not among {reasons}.")
    _must(
        len(reasons) == len(bench.case.reasons) and all(reasons),
        f"In quarantine are {quarantined}, awaited were {list(bench.case.reasons)}.",
    )
    parts = run.new + run.changed + run.unchanged + run.deleted + run.rejected
    _must(run.received == parts, f"Of {run.received} that came only {parts} are accounted for.")


async def it_is_resumable(bench: Bench) -> None:
    """Stopped after any batch and gone on from its checkpoint, the same records are stored."""
    all_at_once = await bench.harvest(bench.source("whole"))
    whole = await bench.shown("whole")
    count = len(await bench.batches(bench.source("whole")))
    _must(
        count >= LEAST_BATCHES,
        f"The fixture gives {count} batches; with fewer than {LEAST_BATCHES} this proves nothing.",
    )
    for stop in range(1, count + 1):
        source = bench.source(f"stopped-{stop}")
        first = await bench.harvest(source, stop=stop)
        _must(first.verdict == "incomplete", f"Broken off after batch {stop}: {first.verdict}.")
        rest = await bench.harvest(source)
        _must(
            rest.verdict == "complete",
            f"Gone on after batch {stop} of {count} it is {rest.verdict}: {rest.reason}",
        )
        _must(
            await bench.shown(source.id) == whole,
            f"Stopped after batch {stop} of {count} and gone on, other records are stored than "
            "without a stop.",
        )
        if stop < count and first.received:
            _must(
                rest.received < all_at_once.received,
                f"After batch {stop} it begins anew in the place of going on from the checkpoint.",
            )


async def it_is_idempotent(bench: Bench) -> None:
    """A second run of an unchanged source changes nothing, a full one neither."""
    source = bench.source()
    await bench.harvest(source)
    before = await bench.shown("case")
    for full in (False, True):
        run = await bench.harvest(source, full=full)
        _must(run.verdict == "complete", f"The second run is {run.verdict}: {run.reason}")
        _must(
            (run.new, run.changed, run.deleted) == (0, 0, 0),
            f"The second run brought {run.new} new, {run.changed} changed, {run.deleted} deleted.",
        )
        _must(await bench.shown("case") == before, "The second run changed what is stored.")


async def it_closes_at_any_batch(bench: Bench) -> None:
    """Left or cancelled after any batch, no task, thread, file or connection stays open."""
    source = bench.source()
    count = len(await bench.batches(source))
    before = _open_things()
    for stop in range(count + 1):
        await _leave(bench, source, stop)
        await _gone(before, f"Left after batch {stop}")
        cancelled = asyncio.create_task(_cancel(bench, source, stop))
        await asyncio.wait([cancelled])
        _must(cancelled.cancelled(), f"Cancelled after batch {stop} it ended with {cancelled}.")
        await _gone(before, f"Cancelled after batch {stop}")


async def _leave(bench: Bench, source: SourceConfig, stop: int) -> None:
    async with bench.connect(source) as connector:
        batches = connector.harvest({})
        for _ in range(stop):
            await anext(batches)
        await batches.aclose()


async def _cancel(bench: Bench, source: SourceConfig, stop: int) -> None:
    """Cancels itself at the first await after ``stop`` batches."""
    task = asyncio.current_task()
    assert task is not None
    came = 0
    async with bench.connect(source) as connector, aclosing(connector.harvest({})) as batches:
        if stop == 0:
            task.cancel()
        async for _ in batches:
            came += 1
            if came == stop:
                task.cancel()


def _open_things() -> Counter[str]:
    """Tasks, threads and open files of this process. Threads of the loop itself do not count."""
    things = Counter(f"task {task.get_coro()}" for task in asyncio.all_tasks())
    things += Counter(
        f"thread {thread.name}"
        for thread in threading.enumerate()
        if not thread.name.startswith("asyncio_")
    )
    return things + _files()


def _files() -> Counter[str]:
    """Open files by name; nothing where the system does not tell."""
    found: Counter[str] = Counter()
    folder = Path("/proc/self/fd")
    for file in folder.iterdir() if folder.is_dir() else ():
        try:
            target = str(file.readlink())
        except OSError:
            continue  # the listing's own
        if not target.startswith(f"/proc/{os.getpid()}/"):
            found["a connection" if target.startswith("socket:") else target] += 1
    return found


async def _gone(before: Counter[str], when: str) -> None:
    """Wait until nothing is open that was not open before."""
    end = asyncio.get_running_loop().time() + PATIENCE  # generous: only a fault waits for it
    while left := _open_things() - before:
        _must(asyncio.get_running_loop().time() < end, f"{when}, there stay open: {dict(left)}.")
        await asyncio.sleep(0.002)


async def it_sees_deletions(bench: Bench) -> None:
    """What is gone from the source is deleted by a complete full run, and what it withdraws at
    once; what comes back lives again."""
    case, source = bench.case, bench.source()
    await bench.harvest(source)
    if case.withdraw is not None:
        case.withdraw(bench.folder)
        run = await bench.harvest(source)
        records, _ = await bench.shown("case")
        _must(
            run.deleted == 1 and case.withdrawn not in records,
            f"'{case.withdrawn}' was withdrawn, and {run.deleted} records were deleted.",
        )
    case.remove(bench.folder)
    run = await bench.harvest(source, full=True)
    records, _ = await bench.shown("case")
    _must(
        (run.verdict, run.deleted) == ("complete", 1) and case.removed not in records,
        f"'{case.removed}' was taken away, and a full run ({run.verdict}: {run.reason}) deleted "
        f"{run.deleted} records.",
    )
    shutil.copytree(case.fixture, bench.folder, dirs_exist_ok=True)
    await bench.harvest(source, full=True)
    records, _ = await bench.shown("case")
    missing = case.records - set(records)
    _must(not missing, f"What was there again did not come back: {sorted(missing)}.")


async def its_fingerprint_tells_changes(bench: Bench) -> None:
    """Each setting that changes what is harvested changes the fingerprint; a name does not."""
    async with bench.connect(bench.source()) as connector:
        before = connector.fingerprint()
    for key, value in bench.case.changes.items():
        changed = bench.source(**_set(bench.case.settings, key, value))
        async with bench.connect(changed) as connector:
            _must(
                connector.fingerprint() != before,
                f"'{key}' changes what is harvested and not the fingerprint.",
            )
    name = {"ky": "Башка", "ru": "Другое", "en": "Another"}
    async with bench.connect(bench.source(name=name, contact="a@example.org")) as connector:
        _must(connector.fingerprint() == before, "A new name makes all records come again.")


def _set(settings: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Settings for `Bench.source` with ``value`` under a dotted ``key``."""
    first, _, rest = key.partition(".")
    if not rest:
        return {first: value}
    return {first: {**settings[first], **_set(settings[first], rest, value)}}


async def it_refuses_unknown_keys(bench: Bench) -> None:
    """A key that the connector does not know is a mistake, told with the file and the key."""
    try:
        bench.source("case", no_such_key="1")
    except ConfigError as error:
        for word in ("case.yaml", "no_such_key"):
            _must(word in str(error), f"The mistake does not name {word}: {error}")
    else:
        raise BrokenRule("A key that does not exist was taken.")


async def its_errors_are_sentences(bench: Bench) -> None:
    """A source that is not there fails: a sentence that names the source; nothing is deleted."""
    source = bench.source()
    await bench.harvest(source)
    before = await bench.shown("case")
    absent = bench.source("case", **_filled(bench.case.absent, bench.address))
    run = await bench.harvest(absent)
    _must(run.verdict == "failed", f"With nothing there a run is {run.verdict}.")
    _must(_is_sentence(run.reason), f"This is no sentence: {run.reason!r}")
    _must(await bench.shown("case") == before, "A source that is not there lost its records.")
    error = await _error(bench, absent)
    _must(
        isinstance(error, SourceBroken | RetryLater),
        f"The error is a {type(error).__name__}, so nobody knows what to do next.",
    )
    if isinstance(error, SourceBroken):
        _must("'case'" in str(error), f"The sentence does not name the source: {error}")


def _filled(settings: Mapping[str, Any], address: str) -> dict[str, Any]:
    return {
        key: value.replace("{address}", address) if isinstance(value, str) else value
        for key, value in settings.items()
    }


async def _error(bench: Bench, source: SourceConfig) -> IlimError | None:
    try:
        await bench.batches(source)
    except IlimError as error:
        return error
    return None


def _is_sentence(text: str) -> bool:
    odd = ("Traceback", "connector failed", "Error:", "Exception", "None")
    return text.endswith(".") and " " in text and not any(word in text for word in odd)


Rule = Callable[[Bench], Awaitable[None]]

CONTRACT: tuple[Rule, ...] = (
    nothing_is_lost,
    it_is_resumable,
    it_is_idempotent,
    it_closes_at_any_batch,
    it_sees_deletions,
    its_fingerprint_tells_changes,
    it_refuses_unknown_keys,
    its_errors_are_sentences,
)
"""All rules, each to be run on a bench of its own."""
