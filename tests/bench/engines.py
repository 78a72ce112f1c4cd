"""Both engines beside each other: ``python -m tests.bench.engines FOLDER COUNT QUERIES SEED``.

The same analysed documents go to the embedded engine, to Elasticsearch through Ilim and, for the
first `BARE` of them, to Elasticsearch by its client's own ``async_bulk``, taking turns batch by
batch so that all see the same machine. Then the same queries with six facets go to both. Starts a
server of its own (1 GB heap) unless ILIM_BENCH_ELASTICSEARCH names one. Prints JSON.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from elasticsearch import AsyncElasticsearch
from elasticsearch.helpers import async_bulk

from aggregator.index.document import analyse_work
from aggregator.index.elastic import ElasticIndex
from aggregator.index.elastic_client import Connection
from aggregator.index.elastic_schema import IndexSettings, Schema
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import FieldTable, load_table
from aggregator.index.port import Document, SearchIndex, SearchPage, SearchRequest
from aggregator.query import parse
from aggregator.works import Member, Work, work_id
from connectors.crosswalks import CROSSWALKS
from tests.bench.generated import Vocabulary, queries, raws
from tests.bench.measure import percentile
from tests.servers.elasticsearch import ElasticsearchServer

AT_ONCE = 500
COMMIT = 10_000
BARE = 100_000
WARM = 20
NAME = "bench"


def documents(count: int, seed: int, table: FieldTable) -> Iterator[list[Document]]:
    """Analysed works, a batch at a time."""
    vocabulary, crosswalk = Vocabulary(seed), CROSSWALKS["oai_dc"]
    for start in range(0, count, AT_ONCE):
        batch = []
        for added, raw in enumerate(
            raws(start, min(start + AT_ONCE, count), seed, vocabulary), start + 1
        ):
            assert raw.body is not None
            record = crosswalk.read(raw.body, "bench", raw.id, "", "")
            members = (Member("bench", raw.id),)
            work = Work(id=work_id(raw.id), added=added, record=record, members=members)
            batch.append(analyse_work(work, added, table))
        yield batch


class Bare:
    """What anybody would write with the client alone: the same mapping, the same refreshes."""

    def __init__(self, url: str, schema: Schema) -> None:
        self._client = AsyncElasticsearch(url, request_timeout=120)
        self._schema = schema
        self.spent = 0.0

    async def __aenter__(self) -> "Bare":
        body = self._schema.creation({})
        await self._client.indices.create(
            index="bare", mappings=body["mappings"], settings=body["settings"]
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.indices.delete(index="bare")
        await self._client.close()

    async def write(self, batch: Sequence[Document], *, commit: bool) -> None:
        sources = [(d.id, self._schema.values(d)) for d in batch]
        begun = time.perf_counter()
        await async_bulk(
            self._client,
            ({"_index": "bare", "_id": id, "_source": source} for id, source in sources),
            chunk_size=AT_ONCE,
        )
        if commit:
            await self._client.indices.refresh(index="bare")
        self.spent += time.perf_counter() - begun


async def filling(
    embedded: SearchIndex,
    elastic: SearchIndex,
    bare: Bare,
    count: int,
    seed: int,
    table: FieldTable,
) -> dict[str, float]:
    """Works a second of each way in."""
    spent = {"embedded": 0.0, "elasticsearch": 0.0}
    first = 0.0
    async with AsyncExitStack() as stack:
        writers = {
            "embedded": await stack.enter_async_context(embedded.writer(rebuild=True)),
            "elasticsearch": await stack.enter_async_context(elastic.writer(rebuild=True)),
        }
        done = 0
        for batch in documents(count, seed, table):
            done += len(batch)
            due = done % COMMIT == 0 or done >= count
            if done <= BARE:
                await bare.write(batch, commit=due)
            for name, writer in writers.items():
                begun = time.perf_counter()
                await writer.write(batch, [])
                if due:
                    await writer.commit(done)
                spent[name] += time.perf_counter() - begun
            if done == min(BARE, count):
                first = spent["elasticsearch"]
        for writer in writers.values():
            await writer.promote()
    early = min(BARE, count)
    return {
        "embedded": count / spent["embedded"],
        "elasticsearch": count / spent["elasticsearch"],
        "first_elasticsearch": early / first,
        "first_bare": early / bare.spent,
    }


class Clock:
    """Counts the time inside the client while one search is under way."""

    def __init__(self, client: Any) -> None:
        self.inside = 0.0
        ask = client.perform_request

        async def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return await ask(*arguments, **named)
            finally:
                self.inside += time.perf_counter() - begun

        client.perform_request = timed


async def searching(
    embedded: EmbeddedIndex, elastic: ElasticIndex, table: FieldTable, count: int, seed: int
) -> dict[str, Any]:
    """Times of both, what Ilim adds to the client's, and where they disagree."""
    vocabulary = Vocabulary(seed)
    chance = random.Random(seed)
    facets = tuple(field.name for field in table.facets)
    clock = Clock(elastic._cluster._client)
    times: dict[str, list[float]] = {"embedded": [], "elasticsearch": [], "added": []}
    differing = {"totals": 0, "facets": 0, "first_ten": 0}
    asked = queries(count + WARM, seed, vocabulary)
    for place, text in enumerate(asked):
        request = SearchRequest(parse(text), facets=facets)
        pages: dict[str, SearchPage] = {}
        for name in chance.sample(["embedded", "elasticsearch"], 2):
            index: SearchIndex = embedded if name == "embedded" else elastic
            clock.inside = 0.0
            begun = time.perf_counter()
            pages[name] = await index.search(request)
            spent = time.perf_counter() - begun
            if place >= WARM:
                times[name].append(1000 * spent)
                if name == "elasticsearch":
                    times["added"].append(1000 * (spent - clock.inside))
        if place >= WARM:
            compare(pages["embedded"], pages["elasticsearch"], request, differing)
    found: dict[str, Any] = {
        name: {f"p{share}": percentile(spent, share / 100) for share in (50, 95, 99)}
        for name, spent in times.items()
    }
    return found | {"differing": differing, "queries": count}


def compare(
    left: SearchPage, right: SearchPage, request: SearchRequest, differing: dict[str, int]
) -> None:
    """Count where two pages differ, ties aside."""
    differing["totals"] += left.total != right.total or left.widened != right.widened
    differing["facets"] += any(
        not same_counts(left.facets[name], right.facets[name], request.facet_size)
        for name in left.facets
    )
    differing["first_ten"] += not same_hits(left, right)


def same_counts(
    left: Sequence[tuple[str, int]], right: Sequence[tuple[str, int]], size: int
) -> bool:
    """The same counts in the same order, and the same values, but for those that share the least
    count of a list that is cut off."""
    if [count for _, count in left] != [count for _, count in right]:
        return False
    least = left[-1][1] if len(left) >= size else 0
    return {pair for pair in left if pair[1] > least} == {pair for pair in right if pair[1] > least}


def same_hits(left: SearchPage, right: SearchPage) -> bool:
    """The same works, but for those whose score is that of the last one shown."""
    scores = {hit.id: hit.score for page in (left, right) for hit in page.hits}
    odd = {hit.id for hit in left.hits} ^ {hit.id for hit in right.hits}
    if not odd:
        return True
    last = left.hits[-1].score
    return all(abs(scores[id] - last) <= 1e-4 * max(1.0, last) for id in odd)


@contextmanager
def server() -> Iterator[str]:
    """The address of an Elasticsearch."""
    given = os.environ.get("ILIM_BENCH_ELASTICSEARCH")
    if given:
        yield given
        return
    with ElasticsearchServer(flags="") as own:  # as fast as it is shipped
        own.start()
        yield own.url


def held(folder: Path) -> int:
    """Bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def main(folder: Path, count: int, asked: int, seed: int) -> None:
    table = load_table()
    with server() as url:
        settings = IndexSettings()
        connection = Connection((url,), timeout=120)
        async with (
            EmbeddedIndex(folder, table, NAME) as embedded,
            ElasticIndex(connection, NAME, settings, table, NAME) as elastic,
            Bare(url, Schema(table, settings)) as bare,
        ):
            rates = await filling(embedded, elastic, bare, count, seed, table)
            found = await searching(embedded, elastic, table, asked, seed)
            stats = await elastic._cluster._client.indices.stats(index=NAME, metric="store")
            size = stats["_all"]["total"]["store"]["size_in_bytes"]
    bytes_held = {"embedded": held(folder), "elasticsearch": size}
    print(json.dumps({"works_a_second": rates, "search": found, "bytes": bytes_held}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
