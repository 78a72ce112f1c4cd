"""Elasticsearch as the engine, for who outgrows one machine.

Indexes are made from the field table and hold what Ilim has analysed, so results are those of the
embedded engine. Whoever holds the index's lease writes; if a paused worker writes once more after
it lost the lease, the changes' numbers make that harmless.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Self, TypeVar

from aggregator.errors import Unavailable
from aggregator.index.elastic_answer import Answerer
from aggregator.index.elastic_client import Cluster, Connection, Missing
from aggregator.index.elastic_generations import Generation, Generations
from aggregator.index.elastic_health import complaints
from aggregator.index.elastic_schema import IndexSettings, Schema
from aggregator.index.elastic_words import Words
from aggregator.index.elastic_writer import ElasticWriter
from aggregator.index.fields import FieldTable
from aggregator.index.port import (
    Document,
    IndexHit,
    Position,
    Refused,
    SearchPage,
    SearchRequest,
    State,
)
from aggregator.wording import later, say

_TRUSTED = 5.0
"""Seconds for which searches rely on the serving index being ours without asking again."""

_TRIES = 3
"""The serving index may be replaced under a search; not three times in a row."""

_NOTHING_YET = later(
    "There is no search index yet: it is built when works are indexed (`ilim reindex`)"
)
_FOREIGN = later(
    "The search index cannot be used and must be rebuilt (`ilim reindex`): it was made from other "
    "data or by another version"
)

T = TypeVar("T")


class ElasticIndex:
    """`SearchIndex` on a cluster. ``name`` is the alias's; ``store`` is the fingerprint of the
    store it is made from. Opening it asks nothing of the cluster yet."""

    engine = "elasticsearch"
    shared = True

    def __init__(
        self,
        connection: Connection,
        name: str,
        settings: IndexSettings,
        table: FieldTable,
        store: str,
    ) -> None:
        self._cluster = Cluster(connection)
        self._name = name
        self._table = table
        self._schema = Schema(table, settings)
        self._generations = Generations(self._cluster, name, self._schema, store)
        self._trusted_until = 0.0
        self._writing: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._cluster.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._cluster.__aexit__(*exc)

    async def state(self) -> State:
        """As the port says. Raises Unavailable when the cluster does not answer."""
        return self._state_of(await self._generations.glance())

    async def position(self) -> Position | None:
        """As the port says. Raises Unavailable when the cluster does not answer."""
        serving = await self._generations.glance()
        if serving is None or not self._generations.is_ours(serving):
            return None
        return serving.position

    async def count(self) -> int:
        """As the port says."""
        found = await self._read(
            lambda: self._cluster.ask(later("counting"), lambda c: c.count(index=self._name))
        )
        return int(found["count"])

    async def refused(self) -> Sequence[Refused]:
        """As the port says."""
        serving = await self._generations.glance()
        if serving is None or not self._generations.is_ours(serving):
            return ()
        return [Refused(id, reason) for id, reason in serving.refused.items()]

    async def complaints(self) -> Sequence[str]:
        """As the port says. Raises Unavailable when the cluster does not answer."""
        return await complaints(self._cluster, self._name)

    async def search(self, request: SearchRequest) -> SearchPage:
        """As the port says. Raises Unavailable, and ConfigError for a key of another search."""
        self._table.require_facets([*request.filters, *request.facets])
        shards = self._schema.settings.shards
        answerer = Answerer(self._cluster, self._name, self._table, shards, request)
        return await self._read(answerer.answer)

    async def similar(self, document: Document, size: int = 10) -> Sequence[IndexHit]:
        """As the port says."""
        return await self._read(lambda: self._words.similar(document, size))

    async def spellings(self, word: str, size: int = 5) -> Sequence[tuple[str, int]]:
        """As the port says."""
        return await self._read(lambda: self._words.spellings(word, size))

    async def completions(self, beginning: str, size: int = 10) -> Sequence[tuple[str, int]]:
        """As the port says."""
        return await self._read(lambda: self._words.completions(beginning, size))

    async def holding(self, words: Sequence[tuple[str, str]]) -> Sequence[int]:
        """As the port says."""
        return await self._read(lambda: self._words.holding(words))

    async def titles(self, beginning: str, size: int = 5) -> Sequence[str]:
        """As the port says."""
        return await self._read(lambda: self._words.titles(beginning, size))

    @asynccontextmanager
    async def writer(self, *, rebuild: bool = False) -> AsyncIterator[ElasticWriter]:
        """As the port says. Raises Unavailable when there is no generation to write to, or the
        cluster does not answer."""
        generation = await (self._unfinished() if rebuild else self._usable())
        writer = ElasticWriter(
            self._cluster, self._generations, generation, self._schema, self._promote
        )
        self._writing.add(generation.name)
        try:
            yield writer
        finally:
            self._writing.discard(generation.name)

    async def remove(self) -> None:
        """Delete every index of this name that was made from this store: for one that was made to
        be thrown away. Raises Unavailable when the cluster does not answer."""
        for generation in await self._generations.all():
            if self._generations.is_of_our_store(generation):
                await self._generations.remove(generation)

    @property
    def _words(self) -> Words:
        return Words(self._cluster, self._name, self._schema.settings.shards)

    # What state it is in

    def _state_of(self, serving: Generation | None) -> State:
        if serving is None:
            return "empty"
        if not self._generations.is_of_our_store(serving):
            return "stranger"
        return "ready" if self._generations.is_ours(serving) else "foreign"

    async def _usable(self) -> Generation:
        serving = await self._generations.serving()
        if serving is None:
            raise Unavailable(say(_NOTHING_YET))
        if not self._generations.is_ours(serving):
            raise Unavailable(say(_FOREIGN))
        self._trusted_until = time.monotonic() + _TRUSTED
        return serving

    async def _read(self, question: Callable[[], Awaitable[T]]) -> T:
        """Ask the serving index; again when it was replaced meanwhile."""
        for _ in range(_TRIES):
            if time.monotonic() > self._trusted_until:
                await self._usable()
            try:
                return await question()
            except Missing:
                self._trusted_until = 0.0
        raise Unavailable(say("The search index is just being replaced; ask again"))

    # Generations

    async def _unfinished(self) -> Generation:
        """The generation that an interrupted rebuild goes on with, else a new one. What neither
        serves nor can be used is removed."""
        serving = await self._generations.serving()
        for generation in reversed(await self._generations.all()):
            if generation.name in self._writing or (serving and generation.name == serving.name):
                continue
            newer = serving is None or generation.name > serving.name
            if newer and self._generations.is_ours(generation):
                return generation
            if self._generations.is_of_our_store(generation):
                await self._generations.remove(generation)
        return await self._generations.begin()

    async def _promote(self, generation: Generation) -> None:
        replaced = await self._generations.serving()
        await self._generations.adapt(generation)
        await self._generations.point_to(generation)
        for other in await self._generations.all():
            ours = self._generations.is_of_our_store(other)
            gone = other.name < generation.name and other.name not in self._writing
            if gone and (ours or (replaced and other.name == replaced.name)):
                await self._generations.remove(other)
