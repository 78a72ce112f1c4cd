"""Search times in a filled data folder: ``python -m tests.bench.searching DATA QUERIES SEED``.

Each query is new to the engine, asked through `Search.find` with six facets, first page of ten.
Prints milliseconds as JSON.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from aggregator.commands.house import Door, open_house
from tests.bench.generated import Vocabulary, queries
from tests.bench.measure import ROOT, percentile


async def main(data: Path, count: int, seed: int) -> None:
    vocabulary = Vocabulary(seed)
    asked = queries(count + 20, seed, vocabulary)
    times: list[float] = []
    found = 0
    async with open_house(Door(ROOT / "config", data)) as house:
        for number, query in enumerate(asked):
            begun = time.perf_counter()
            results = await house.search.find(query)
            if number >= 20:  # the first ones open files and warm the kernel's cache
                times.append(1000 * (time.perf_counter() - begun))
                found += results.total
    print(
        json.dumps(
            {f"p{share}": percentile(times, share / 100) for share in (50, 95, 99)}
            | {"hits": found / count}
        )
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
