"""Writing one generation on Elasticsearch.

Every write names the work change it stands for as its external version, so that a write which comes
twice, or late from a worker that was paused, does nothing.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from aggregator.errors import Unavailable
from aggregator.index.elastic_client import Busy, Cluster, Missing, blocked
from aggregator.index.elastic_generations import Generation, Generations
from aggregator.index.elastic_schema import Schema
from aggregator.index.port import MOST_REFUSED, Document, Gone, Position, Refused
from aggregator.wording import later, say

MOST_BYTES = 1_000_000
"""Of one request: it is held in memory here and there, and aiohttp warns of a body above 2**20,
which it sends without letting others in."""

_encode = msgspec.json.Encoder().encode
_PATIENT = 120.0
"""Seconds for one write: it may be large, and nobody looks at a page meanwhile."""

Operation = tuple[str, Sequence[bytes]]
"""A work's id, and the lines that change it."""

_GONE = later(
    "The index {name} has gone while it was written to: it is filled again from the store"
)
_INDEX, _DELETE = b'{"index":', b'{"delete":'
_AGAIN = frozenset({429, 502, 503, 504})


class ElasticWriter:
    """The one writer of a generation."""

    def __init__(
        self,
        cluster: Cluster,
        generations: Generations,
        generation: Generation,
        schema: Schema,
        promote: Callable[[Generation], Awaitable[None]],
    ) -> None:
        self.generation = generation
        self._cluster = cluster
        self._generations = generations
        self._schema = schema
        self._promote = promote
        self._refused = dict(generation.refused)

    async def position(self) -> Position:
        """As the port says."""
        return self.generation.position

    async def write(self, documents: Sequence[Document], gone: Sequence[Gone]) -> None:
        """As the port says. Raises Unavailable when the cluster does not take it in."""
        waiting = [self._operation(document) for document in documents]
        waiting += [(one.id, (_action("delete", one.id, one.number),)) for one in gone]
        for request in _requests(waiting):
            await self._send(request)

    async def commit(self, number: int, mark: str = "") -> None:
        """As the port says. Raises Unavailable."""
        name = self.generation.name
        with self._there():
            done = await self._cluster.insist(
                later("showing what is new"),
                lambda c: c.options(request_timeout=_PATIENT).indices.refresh(index=name),
            )
            if done["_shards"]["failed"]:
                raise Unavailable(say("A part of Elasticsearch's index is away: it is tried again"))
            self.generation = await self._generations.save(
                self.generation, number, mark, self._refused
            )

    async def count(self) -> int:
        """As the port says."""
        name = self.generation.name
        with self._there():
            found = await self._cluster.ask(later("counting"), lambda c: c.count(index=name))
        return int(found["count"])

    async def refused(self) -> Sequence[Refused]:
        """As the port says."""
        return [Refused(id, reason) for id, reason in self._refused.items()]

    async def promote(self) -> None:
        """As the port says."""
        with self._there():
            await self._promote(self.generation)

    async def discard(self) -> None:
        """As the port says."""
        serving = await self._generations.serving()
        if serving is None or serving.name != self.generation.name:
            await self._generations.remove(self.generation)

    @contextmanager
    def _there(self) -> Iterator[None]:
        """Say it in words when the index has gone."""
        try:
            yield
        except Missing as error:
            raise Unavailable(say(_GONE, name=self.generation.name)) from error

    def _operation(self, document: Document) -> Operation:
        action = _action("index", document.id, document.number)
        return document.id, (action, _encode(self._schema.values(document)))

    async def _send(self, request: Sequence[Operation]) -> None:
        """One bulk request; what the cluster was too busy for is sent again."""
        left = list(request)

        async def attempt(client: AsyncElasticsearch) -> None:
            nonlocal left
            done = await self._bulk(client, left)
            left, reason, refused = self._outcome(left, done)
            if refused:  # what the index has of them is of an older change: it is taken away
                await self._bulk(client, refused)
            if "cluster_block" in reason:
                raise Unavailable(blocked(str(self._cluster), "writing the index"))
            if left:
                raise Busy(reason)

        with self._there():
            await self._cluster.insist(later("writing the index"), attempt)

    async def _bulk(self, client: AsyncElasticsearch, request: Sequence[Operation]) -> Any:
        lines = [line for _, operation in request for line in operation]
        return await client.options(request_timeout=_PATIENT).bulk(
            index=self.generation.door,
            operations=lines,  # type: ignore[arg-type]  # lines go as they are
            require_alias=True,
            filter_path="errors,items.*.status,items.*.error.type,items.*.error.reason,"
            "items.*.error.caused_by.reason",
        )

    def _outcome(
        self, request: Sequence[Operation], done: Mapping[str, Any]
    ) -> tuple[list[Operation], str, list[Operation]]:
        """Note what was taken in and what was refused; gives what is to be sent again, why, and
        the removals of what was refused."""
        again: list[Operation] = []
        reason = ""
        removals: list[Operation] = []
        items = done["items"] if done["errors"] else [{"index": {"status": 200}}] * len(request)
        for (id, lines), item in zip(request, items, strict=True):
            outcome = next(iter(item.values()))
            error = outcome.get("error", {})
            kind = error.get("type", "")
            if kind == "index_not_found_exception":
                raise Missing(kind)
            if not kind:
                self._refused.pop(id, None)
            elif outcome["status"] in _AGAIN or kind == "cluster_block_exception":
                again.append((id, lines))
                reason = f"{kind}: {error.get('reason')}"
            elif kind != "version_conflict_engine_exception":  # it has this change, or a later one
                self._note(id, error)
                removals.append((id, (lines[0].replace(_INDEX, _DELETE),)))
        return again, reason, removals

    def _note(self, id: str, error: Mapping[str, Any]) -> None:
        if len(self._refused) < MOST_REFUSED or id in self._refused:
            caused = error.get("caused_by", {}).get("reason", "")
            self._refused[id] = f"{error.get('reason', '')} {caused}".strip()[:500]


def _action(kind: str, id: str, number: int) -> bytes:
    return _encode({kind: {"_id": id, "version": number, "version_type": "external_gte"}})


def _requests(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Cut into requests of at most `MOST_BYTES`."""
    some: list[Operation] = []
    size = 0
    for operation in operations:
        length = sum(map(len, operation[1]))
        if some and size + length > MOST_BYTES:
            yield some
            some, size = [], 0
        some.append(operation)
        size += length
    if some:
        yield some
