"""Documents already analysed → committed: ``python -m tests.bench.indexing FOLDER COUNT SEED``.

Only the index's own time counts: documents are made a batch at a time outside the clock.
Prints works a second as JSON.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from aggregator.index.document import analyse_work
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import load_table
from aggregator.works import Member, Work, work_id
from connectors.crosswalks import CROSSWALKS
from tests.bench.generated import Vocabulary, raws

AT_ONCE = 500
COMMIT = 10_000


async def main(folder: Path, count: int, seed: int) -> None:
    table, vocabulary = load_table(), Vocabulary(seed)
    crosswalk = CROSSWALKS["oai_dc"]
    spent = 0.0
    async with (
        EmbeddedIndex(folder, table, store="bench") as index,
        index.writer(rebuild=True) as writer,
    ):
        for start in range(0, count, AT_ONCE):
            documents = []
            for added, raw in enumerate(
                raws(start, min(start + AT_ONCE, count), seed, vocabulary), start + 1
            ):
                assert raw.body is not None
                record = crosswalk.read(raw.body, "bench", raw.id, "", "")
                work = Work(
                    id=work_id(raw.id), added=added, record=record,
                    members=(Member("bench", raw.id),),
                )  # fmt: skip
                documents.append(analyse_work(work, added, table))
            begun = time.perf_counter()
            await writer.write(documents, [])
            if (start + AT_ONCE) % COMMIT == 0 or start + AT_ONCE >= count:
                await writer.commit(start + AT_ONCE)
            spent += time.perf_counter() - begun
        begun = time.perf_counter()
        await writer.promote()
        spent += time.perf_counter() - begun
    print(json.dumps({"works_a_second": count / spent}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
