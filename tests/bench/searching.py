"""Search times in a filled data folder: ``python -m tests.bench.searching DATA QUERIES SEED``.

Each query is new to the engine. "index": ten hits, total and six facets of the index alone;
"broad": the same, the most frequent words as frequent in queries as in texts; "find": through
`Search.find`, which also fetches the works and marks the words. Prints milliseconds as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aggregator.commands.house import Door, open_house
from aggregator.index.port import SearchRequest
from aggregator.query import parse
from tests.bench.generated import Vocabulary, queries
from tests.bench.measure import ROOT, percentile

WARM = 20
"""First queries, not counted: they open files and warm the kernel's cache."""


async def timed(ask: Callable[[str], Awaitable[object]], asked: Sequence[str]) -> dict[str, float]:
    """The percentiles of one way of asking."""
    times = []
    for query in asked:
        begun = time.perf_counter()
        await ask(query)
        times.append(1000 * (time.perf_counter() - begun))
    return {f"p{share}": percentile(times[WARM:], share / 100) for share in (50, 95, 99, 99.9)}


async def main(data: Path, count: int, seed: int) -> None:
    vocabulary = Vocabulary(seed)
    asked = queries(2 * (count + WARM), seed, vocabulary)
    broad = queries(count + WARM, seed, vocabulary, skipped=0)
    half = len(asked) // 2
    async with open_house(Door(ROOT / "config", data)) as house:
        facets = tuple(field.name for field in house.table.facets)
        search = house.search

        def ask(query: str) -> Awaitable[object]:
            return house.index.search(SearchRequest(parse(query), facets=facets))

        found = {
            "index": await timed(ask, asked[:half]),
            "broad": await timed(ask, broad),
            "find": await timed(search.find, asked[half:]),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
