"""The engines that the index contract is run against, and how its tests talk to them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from aggregator.index.document import analyse_work
from aggregator.index.elastic import ElasticIndex
from aggregator.index.elastic_client import Connection
from aggregator.index.elastic_schema import IndexSettings
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import FieldTable, load_table
from aggregator.index.port import (
    Document,
    Gone,
    IndexWriter,
    SearchIndex,
    SearchPage,
    SearchRequest,
)
from aggregator.query import parse
from aggregator.works import Work

TABLE = load_table()
STORE = "the-store"
ONE_SHARD = IndexSettings()
FACETS = tuple(field.name for field in TABLE.facets)


@dataclass(frozen=True, slots=True)
class Engine:
    """Opens indexes that live in one place; each call gives an object of its own, as another
    process would have. Another ``table`` stands for another version of the program."""

    name: str
    open_index: Callable[[FieldTable, str], SearchIndex]

    def open(self, store: str = STORE, table: FieldTable = TABLE) -> SearchIndex:
        return self.open_index(table, store)


def embedded(folder: Path) -> Engine:
    """The embedded engine in a folder of its own."""
    return Engine("embedded", lambda table, store: EmbeddedIndex(folder, table, store))


def elastic(connection: Connection, settings: IndexSettings = ONE_SHARD) -> Engine:
    """An index of a name of its own on a cluster."""
    name = f"test-{uuid4().hex}"
    return Engine(
        "elasticsearch",
        lambda table, store: ElasticIndex(connection, name, settings, table, store),
    )


def documents(works: Iterable[Work], number: int) -> list[Document]:
    """The works as they stand at one change."""
    return [analyse_work(work, number, TABLE) for work in works]


async def put(
    writer: IndexWriter, works: Iterable[Work], number: int, gone: Sequence[str] = ()
) -> None:
    """Write and commit."""
    await writer.write(documents(works, number), [Gone(id, number) for id in gone])
    await writer.commit(number)


async def fill(index: SearchIndex, works: Iterable[Work], number: int = 1) -> None:
    """A new serving generation with these works."""
    async with index.writer(rebuild=True) as writer:
        await put(writer, works, number)
        await writer.promote()


async def find(index: SearchIndex, text: str = "", **wanted: object) -> SearchPage:
    """Ask for up to 100 works; ``wanted`` are fields of `SearchRequest`."""
    request = SearchRequest(parse(text), size=100)
    return await index.search(replace(request, **wanted))  # type: ignore[arg-type]  # by name


async def ids(index: SearchIndex, text: str = "", **wanted: object) -> list[str]:
    """The ids of what ``find`` finds."""
    return [hit.id for hit in (await find(index, text, **wanted)).hits]
