"""The engines that the index contract is run against: one entry each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.index.document import analyse_work
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import FieldTable, load_table
from aggregator.index.port import IndexWriter, SearchIndex
from aggregator.works import Work

TABLE = load_table()
STORE = "the-store"


@dataclass(frozen=True, slots=True)
class Engine:
    """Opens indexes that live in one place; each call gives an object of its own, as another
    process would have. Another ``table`` stands for another version of the program."""

    place: Path
    open_index: Callable[[Path, FieldTable, str], SearchIndex]

    def open(self, store: str = STORE, table: FieldTable = TABLE) -> SearchIndex:
        return self.open_index(self.place, table, store)


ENGINES: dict[str, Callable[[Path, FieldTable, str], SearchIndex]] = {"embedded": EmbeddedIndex}


async def put(
    writer: IndexWriter, works: Iterable[Work], number: int, gone: Sequence[str] = ()
) -> None:
    """Write and commit."""
    await writer.write([analyse_work(work, TABLE) for work in works], gone)
    await writer.commit(number)


async def fill(index: SearchIndex, works: Iterable[Work], number: int = 1) -> None:
    """A new serving generation with these works."""
    async with index.writer(rebuild=True) as writer:
        await put(writer, works, number)
        await writer.promote()
