"""The worker outlives what goes wrong in any one of its tasks."""

import asyncio
from dataclasses import dataclass, field

from aggregator.errors import Unavailable
from aggregator.store.state import Run
from aggregator.worker import Worker


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

    async def harvest(source: str) -> Run:
        asked.append(source)
        raise KeyError(source)

    worker = Worker(stages, harvest, ["a", "b"], pause=0.01, settle=0.01)  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(stages.done.wait(), 5)
    assert stages.turns >= 3 and asked == ["a", "b"]
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])
