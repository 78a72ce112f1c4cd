"""What may end a whole process, done in one of its own:

    python -m tests.unit.index.harmed HOW FOLDER

``overwritten`` breaks files that a reader has mapped, ``full`` lets the disk take no more.
"""

import asyncio
import random
import resource
import sys
from pathlib import Path

from aggregator.errors import Unavailable
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.port import SearchRequest
from aggregator.query import parse
from tests.contracts.engines import STORE, TABLE, put
from tests.contracts.model import random_work

KINDS = ("idx", "pos", "term", "store", "fast", "fieldnorm", "del")


def overwrite(folder: Path) -> None:
    """In place, so that a reader which has the files mapped sees it."""
    for file in sorted(folder.rglob("*.*")):
        if file.suffix[1:] in KINDS:
            with file.open("r+b") as mapped:
                mapped.write(b"\xff" * (file.stat().st_size - 200))


async def overwritten(folder: Path) -> None:
    """Search in files that break under the open reader."""
    async with EmbeddedIndex(folder, TABLE, STORE) as index:
        assert (await index.search(SearchRequest(parse("")))).total == 199
        overwrite(folder)
        try:
            await index.search(SearchRequest(parse("ак бор"), facets=("subject", "year")))
        except Unavailable as error:
            assert "ilim reindex" in str(error)
            assert await index.state() == "damaged"


async def full(folder: Path) -> None:
    """Write until the disk is full, then with room again."""
    works = [random_work(random.Random(number), number) for number in range(3000)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with EmbeddedIndex(folder, TABLE, STORE) as index:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
        try:
            async with index.writer() as writer:
                await put(writer, works, 3)
        except Unavailable as error:
            assert "disk is full" in str(error)
        else:
            raise AssertionError("nobody noticed")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert await index.state() == "ready"
        position = await index.position()
        assert position
        assert position.number == 2
        assert await index.count() == 199
        async with index.writer() as writer:
            await put(writer, works, 3)
        assert await index.count() == 3000


if __name__ == "__main__":
    asyncio.run({"overwritten": overwritten, "full": full}[sys.argv[1]](Path(sys.argv[2])))
