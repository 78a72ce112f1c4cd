"""The worker runs each source when its turn comes, and outlives what goes wrong in any one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.errors import ConfigError, Unavailable
from aggregator.health import BACK_OFF, SOON
from aggregator.live_sources import LiveSources
from aggregator.settings import read_sources
from aggregator.source import Names, SourceConfig
from aggregator.store.state import Run, Standing
from aggregator.worker import Turns, Worker

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SPREAD = 1.2
"""Waits are up to a fifth longer."""


def source(id: str, *, enabled: bool = True, language: str = "") -> SourceConfig:
    names = Names(ky=id, ru=id, en=id)
    return SourceConfig(id=id, name=names, connector="scripted", enabled=enabled, language=language)


@dataclass
class Partners:
    """Sources that answer as told, on a clock that moves only when told; their runs are kept as a
    store keeps them."""

    sources: dict[str, SourceConfig] | LiveSources
    now: datetime = NOON
    answers: dict[str, str] = field(default_factory=dict)
    """Id -> "complete" (unless said otherwise), "failed", "busy", "half" or "stuck"."""
    runs: dict[str, list[Run]] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    most: int = 0
    going: int = 0

    def __post_init__(self) -> None:
        self.turns = Turns(self.sources, self.standings, self.harvest, lambda: self.now)

    async def standings(self) -> Mapping[str, Standing]:
        return {id: _standing(runs) for id, runs in self.runs.items()}

    async def harvest(self, id: str) -> Run:
        self.begun.append(id)
        self.going += 1
        self.most = max(self.most, self.going)
        try:
            answer = self.answers.get(id, "complete")
            if answer == "stuck":
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    self.stopped.append(id)
                    raise
            await asyncio.sleep(0)
        finally:
            self.going -= 1
        verdict = {"busy": "failed", "half": "incomplete"}.get(answer, answer)
        wait = 7200.0 if answer == "busy" else 0.0
        new = 5 if answer in ("complete", "half") else 0
        begun = self.now.isoformat()
        run = Run(id, verdict, new, new, 0, 0, 0, 0, 1.0, answer, begun, True, "", wait)
        self.runs.setdefault(id, []).append(run)
        return run

    async def turn(self, after: timedelta = timedelta()) -> list[str]:
        """Who runs when so much time has passed; all they begin ends before this does."""
        self.now += after
        self.begun = []
        async with asyncio.TaskGroup() as group:
            await self.turns.turn(group.create_task)
        await asyncio.sleep(0)
        return self.begun


def _standing(runs: list[Run]) -> Standing:
    complete = [run for run in runs if run.verdict == "complete"]
    failures = 0
    for run in reversed(runs):
        if run.verdict == "complete" or run.new:
            break
        failures += 1
    return Standing(
        last_run=runs[-1],
        last_success=complete[-1].started if complete else None,
        last_full=complete[-1] if complete else None,
        failures=failures,
    )


def partners(*ids: str) -> Partners:
    return Partners({id: source(id) for id in ids})


async def test_each_source_runs_once_and_again_a_day_later() -> None:
    some = partners("a", "b")
    assert sorted(await some.turn()) == ["a", "b"]
    for _ in range(20):
        assert await some.turn(timedelta(hours=1)) == []
    assert sorted(await some.turn(timedelta(hours=5))) == ["a", "b"]


async def test_a_failing_source_is_asked_less_and_less_often() -> None:
    some = partners("a")
    some.answers["a"] = "failed"
    await some.turn()
    for wait in (*BACK_OFF[1:], BACK_OFF[-1]):
        assert await some.turn(wait * 0.99) == []
        assert await some.turn(wait * (SPREAD - 0.99) + SOON) == ["a"]
    some.answers["a"] = "complete"
    assert await some.turn(BACK_OFF[-1] * SPREAD + SOON) == ["a"]
    assert await some.turn(timedelta(hours=2)) == []


async def test_a_source_that_asks_us_to_wait_is_left_alone_so_long() -> None:
    some = partners("a")
    some.answers["a"] = "busy"
    await some.turn()
    assert await some.turn(timedelta(hours=1.9)) == []
    assert await some.turn(timedelta(hours=0.2)) == ["a"]


async def test_an_unfinished_run_goes_on_soon() -> None:
    some = partners("a")
    some.answers["a"] = "half"
    await some.turn()
    assert await some.turn(timedelta(seconds=30)) == []
    assert await some.turn(timedelta(minutes=1.5)) == ["a"]


async def test_what_the_store_knows_outlives_a_restart() -> None:
    before = partners("a", "b")
    before.answers["b"] = "failed"
    await before.turn()
    after = partners("a", "b")
    after.runs, after.answers = before.runs, before.answers
    assert await after.turn(timedelta(minutes=1)) == []
    assert await after.turn(timedelta(minutes=20)) == ["b"]


async def test_waits_differ_so_that_not_all_start_at_once() -> None:
    ids = [f"s{number}" for number in range(40)]
    some = partners(*ids)
    some.answers = dict.fromkeys(ids, "failed")
    for _ in range(5):
        await some.turn()
    started = [await some.turn(timedelta(seconds=10)) for _ in range(120)]
    assert sum(map(len, started)) >= len(ids)
    assert max(map(len, started)) < len(ids) / 2


async def test_no_more_than_so_many_run_at_once() -> None:
    some = partners(*(f"s{number}" for number in range(20)))
    some.turns.at_once = 3
    for _ in range(7):
        await some.turn()
    assert some.most == 3 and len(some.runs) == 20


async def test_a_run_that_left_no_trace_is_not_tried_at_every_turn() -> None:
    asked: list[str] = []
    now = [NOON]

    async def nothing() -> Mapping[str, Standing]:
        return {}

    async def broken(id: str) -> Run:
        asked.append(id)
        raise ConfigError("the certificate file cannot be read")

    turns = Turns({"a": source("a")}, nothing, broken, lambda: now[0])
    for _ in range(100):
        async with asyncio.TaskGroup() as group:
            await turns.turn(group.create_task)
        await asyncio.sleep(0)
        now[0] += timedelta(seconds=10)
    assert len(asked) == 2  # at once, and a quarter of an hour later


async def test_a_source_whose_file_changes_is_stopped_and_begins_anew() -> None:
    some = partners("slow", "other")
    some.answers["slow"] = "stuck"
    async with asyncio.TaskGroup() as group:
        await some.turns.turn(group.create_task)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert sorted(some.begun) == ["other", "slow"]
        assert isinstance(some.sources, dict)
        some.sources["slow"] = source("slow", language="ky")
        some.answers["slow"] = "complete"
        await some.turns.turn(group.create_task)
    assert some.stopped == ["slow"]
    assert await some.turn() == ["slow"]
    assert await some.turn() == []


async def test_a_source_that_is_turned_off_is_stopped() -> None:
    some = partners("a")
    some.answers["a"] = "stuck"
    async with asyncio.TaskGroup() as group:
        await some.turns.turn(group.create_task)
        await asyncio.sleep(0)
        assert isinstance(some.sources, dict)
        some.sources["a"] = source("a", enabled=False)
        await some.turns.turn(group.create_task)
    assert some.stopped == ["a"]
    assert await some.turn(timedelta(days=2)) == []


FILE = "id: {id}\nname: {{ky: А, ru: А, en: A}}\nconnector: scripted\nlanguage: {language}\n"


async def test_a_bad_change_leaves_the_last_good_one_at_work(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.yaml").write_text(FILE.format(id="a", language="ky"))
    (folder / "b.yaml").write_text(FILE.format(id="b", language="ky"))
    models = {"scripted": SourceConfig}
    live = LiveSources(folder, lambda: read_sources(tmp_path, models, {}))
    some = Partners(live)
    assert sorted(await some.turn()) == ["a", "b"]

    (folder / "a.yaml").write_text("id: a\nname: {ky: А, ru: А, en: A}\nconnektor: scripted\n")
    (folder / "b.yaml").write_text(FILE.format(id="b", language="ru"))
    assert live.look()
    assert (live["a"].language, live["b"].language) == ("ky", "ru")
    [said] = {mistake.partition(": ")[0] for mistake in live.mistakes}
    assert said.startswith(f"{folder / 'a.yaml'}, line ")
    assert await some.turn(timedelta(seconds=3)) == ["b"]
    assert sorted(await some.turn(timedelta(days=1.1))) == ["a", "b"]

    (folder / "a.yaml").write_text(FILE.format(id="a", language="en"))
    (folder / "c.yaml").write_text(FILE.format(id="c", language="ky"))
    (folder / "b.yaml").unlink()
    assert live.look() and not live.look()
    assert live.mistakes == () and list(live) == ["a", "c"] and live["a"].language == "en"
    assert sorted(await some.turn(timedelta(seconds=3))) == ["a", "c"]


async def test_a_folder_that_goes_away_takes_nothing_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "sources"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(FILE.format(id="a", language="ky"))
    models = {"scripted": SourceConfig}
    live = LiveSources(folder, lambda: read_sources(tmp_path / "config", models, {}))
    (tmp_path / "config").rename(tmp_path / "away")
    assert live.look() and list(live) == ["a"]
    assert "There is no configuration folder" in live.mistakes[0]
    (tmp_path / "away").rename(tmp_path / "config")
    assert live.look() and list(live) == ["a"] and live.mistakes == ()


@dataclass
class Faulty:
    """Both stages behind a harvest, failing as told, one fault a turn."""

    faults: list[Exception]
    turns: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def resolve_once(self) -> bool:
        self.turns += 1
        if self.faults:
            raise self.faults.pop(0)
        self.done.set()
        return True

    async def index_once(self) -> bool:
        return True


async def test_an_unexpected_error_ends_nothing() -> None:
    stages = Faulty([Unavailable("the disk is full"), ZeroDivisionError("a bug")])
    asked: list[str] = []

    async def nothing() -> Mapping[str, Standing]:
        return {}

    async def harvest(source: str) -> Run:
        asked.append(source)
        raise KeyError(source)

    sources = {"a": source("a"), "b": source("b")}
    turns = Turns(sources, nothing, harvest, lambda: NOON)
    looked = 0

    async def reread() -> bool:
        nonlocal looked
        looked += 1
        raise ZeroDivisionError("a bug")

    worker = Worker(stages, turns, reread, pause=0.01, settle=0.01)  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(stages.done.wait(), 5)
    assert stages.turns >= 3 and sorted(asked) == ["a", "b"] and looked
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])
