"""The worker until each source was harvested: ``python -m tests.bench.working CONFIG DATA``.

With resolve and index beside the harvests, as in `ilim serve`. Prints as JSON the records stored,
the seconds until the last harvest ended, and by how many milliseconds the event loop was late
meanwhile.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from aggregator.commands.harvesting import harvest_one
from aggregator.commands.house import Door, open_house
from aggregator.commands.output import Reporter
from aggregator.commands.serving import utc
from aggregator.memory import give_back, look_for_garbage_less
from aggregator.recrosswalk import Rereading
from aggregator.store.state import Run
from aggregator.worker import Turns, Worker
from connectors.crosswalks import CROSSWALKS
from tests.bench.measure import percentile

TICK = 0.005


async def main(config: Path, data: Path) -> None:
    silent = Reporter(None, every=1e9)
    runs: list[Run] = []
    async with open_house(Door(config, data)) as house:

        async def harvest(id: str) -> Run:
            run = await harvest_one(house, id, silent)
            if run.verdict == "complete":  # else it comes again
                runs.append(run)
            if len(runs) == len(house.sources):
                ended.set()
            return run

        ended, late = asyncio.Event(), list[float]()
        turns = Turns(house.sources, house.catalogue.standings, harvest, utc)
        rereading = Rereading(house.catalogue, CROSSWALKS, house.sources, reader=house.reader)
        started = time.perf_counter()
        tasks = [
            asyncio.create_task(Worker(house.upkeep, turns, rereading.once).run()),
            asyncio.create_task(_watch(late)),
        ]
        await ended.wait()
        seconds = time.perf_counter() - started
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    figures = {f"p{int(100 * share)}": percentile(late, share) for share in (0.5, 0.99)}
    stored = sum(run.new for run in runs)
    print(json.dumps({"stored": stored, "seconds": seconds, "late": figures | {"max": max(late)}}))


async def _watch(late: list[float]) -> None:
    """Note how long after its time a short sleep ends, in milliseconds."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(1000 * max(0.0, time.perf_counter() - due))


if __name__ == "__main__":
    give_back()
    look_for_garbage_less()
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
