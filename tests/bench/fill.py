"""Fill a data folder with generated records: ``python -m tests.bench.fill DATA COUNT SEED``.

Through the real runner, resolve and follow, without the network: the connector makes records up.
Prints seconds of each stage as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from aggregator.commands.house import Door, open_house
from aggregator.source import Batch, Checkpoint, Names, SourceConfig
from tests.bench.generated import Vocabulary, raws
from tests.bench.measure import ROOT

SOURCE = SourceConfig(id="bench", name=Names(ky="Өлчөө", ru="Замер", en="Bench"), connector="bench")
PAGE = 1000


@dataclass(slots=True)
class Generated:
    """A connector over made-up records."""

    count: int
    seed: int

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        vocabulary = Vocabulary(self.seed)
        for start in range(checkpoint.get("next", 0), self.count, PAGE):
            page = list(raws(start, min(start + PAGE, self.count), self.seed, vocabulary))
            yield Batch(page, {"next": start + PAGE}, self.count)

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return not checkpoint

    def fingerprint(self) -> str:
        return str(self.seed)


async def main(data: Path, count: int, seed: int) -> None:
    async with open_house(Door(ROOT / "config", data)) as house:
        started = time.perf_counter()
        await house.harvester.run(SOURCE, Generated(count, seed))
        stored = time.perf_counter()
        await house.upkeep.until_searchable()
        searchable = time.perf_counter()
    print(json.dumps({"store": stored - started, "searchable": searchable - stored}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
