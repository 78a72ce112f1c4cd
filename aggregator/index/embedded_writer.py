"""Writing one generation of an embedded index."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar
from zlib import crc32

import msgspec
from tantivy import Index, Query

from aggregator.errors import RetryLater, Unavailable
from aggregator.index.embedded_facets import code_of, coded, span
from aggregator.index.embedded_guard import EngineFailed, disk_full, disk_refuses, guarded
from aggregator.index.embedded_query import ID, SOME, SOME_HEADINGS, build_schema, first, last
from aggregator.index.fields import FieldTable
from aggregator.index.generations import Cursor, Generation
from aggregator.index.port import Document, Gone, Position, Refused
from aggregator.index.years import span_of
from aggregator.one_thread import OneThread
from aggregator.wording import later, say

HEAP = 50_000_000
"""Bytes that documents may take before they go to disk. Less makes many small segments and was
measured to cost a quarter of the speed; more was measured to gain nothing."""

P = ParamSpec("P")
T = TypeVar("T")


class EmbeddedWriter:
    """The one writer of a generation. All of it runs in one thread, in the order asked for."""

    def __init__(
        self,
        generation: Generation,
        table: FieldTable,
        promote: Callable[[Generation], None],
        discard: Callable[[Generation], None],
    ) -> None:
        self.generation = generation
        self._table = table
        self._promote = promote
        self._discard = discard
        self._encoder = msgspec.json.Encoder()
        self._thread = OneThread("index-writer")

    async def open(self) -> None:
        """Raises RetryLater when another process writes, Unavailable when the disk refuses."""
        await self._run(self._open)

    async def close(self) -> None:
        """Drop what was not committed, let running merges end, give the lock back."""
        try:
            await self._run(self._close)
        finally:
            self._thread.close()

    async def position(self) -> Position:
        """As the port says."""
        return (await self._run(self._cursor)).position

    async def write(self, documents: Sequence[Document], gone: Sequence[Gone]) -> None:
        """As the port says. Raises Unavailable when the disk is full."""
        await self._run(self._write, documents, gone)

    async def commit(self, number: int, mark: str = "") -> None:
        """As the port says. Raises Unavailable when the disk is full."""
        await self._run(self._commit, number, mark)

    async def promote(self) -> None:
        """As the port says."""
        await self._run(self._promote, self.generation)

    async def count(self) -> int:
        """As the port says."""
        return await self._run(self._count)

    async def refused(self) -> Sequence[Refused]:
        """As the port says: this engine takes all, since values are bounded before."""
        return ()

    async def discard(self) -> None:
        """As the port says."""
        await self._run(self._discard, self.generation)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def call() -> T:
            try:
                with guarded(later("writing the index")):
                    return work(*args, **kwargs)
            except EngineFailed as error:
                if disk_refuses(self.generation.folder, HEAP):
                    raise disk_full(later("writing the index")) from error
                raise Unavailable(
                    say(
                        "The index cannot be written ({reason}); it goes on from its last commit",
                        reason=error,
                    )
                ) from error

        return await self._thread.run(call)

    def _open(self) -> None:
        folder = str(self.generation.engine)
        self._index = Index(build_schema(self._table), folder)
        try:
            self._writer = self._index.writer(HEAP, 1)
        except ValueError as error:
            if "LockBusy" not in str(error) and "lock" not in str(error).casefold():
                raise
            raise RetryLater(
                say("Another process is writing to the index; it must end first")
            ) from error

    def _close(self) -> None:
        writer = self._writer
        del self._writer, self._index
        try:
            with guarded(later("closing the index")):
                writer.wait_merging_threads()
        except (EngineFailed, Unavailable):
            return  # what failed was told when it failed; the next opening starts from the commit

    def _cursor(self) -> Cursor:
        cursor = self.generation.cursor()
        if cursor is None:
            raise Unavailable(
                say(
                    "{file} is missing: rebuild the index",
                    file=f"{self.generation.name}/position.json",
                )
            )
        return cursor

    def _write(self, documents: Sequence[Document], gone: Sequence[Gone]) -> None:
        latest: dict[str, Document] = {}
        for document in documents:
            known = latest.get(document.id)
            if known is None or known.number <= document.number:
                latest[document.id] = document
        for one in gone:
            known = latest.get(one.id)
            if known is not None and known.number <= one.number:
                del latest[one.id]
        ids = [*{document.id for document in documents}, *(one.id for one in gone)]
        if ids:
            query = Query.term_set_query(self._index.schema, ID, ids)
            self._writer.delete_documents_by_query(query)
        for document in latest.values():
            self._writer.add_json(self._encoder.encode(self._values(document)).decode())

    def _values(self, document: Document) -> dict[str, object]:
        """A document by the schema's names: a counted keyword is its value and its code, a range
        three columns, a number only a sort key."""
        values: dict[str, object] = {**document.values, ID: document.id}
        if crc32(document.id.encode()) % SOME == 0:
            values[SOME_HEADINGS] = document.values.get("heading", ())
        for field in self._table.fields.values():
            value = document.values.get(field.name)
            if field.kind in {"range", "number"}:
                values.pop(field.name, None)
            if not isinstance(value, tuple):
                continue
            if field.kind == "range":
                years = int(value[0]), int(value[1])
                values[first(field)], values[last(field)] = years
                values[span(field)] = span_of(years)
            elif field.facet:
                values[coded(field)] = [code_of(str(name)) for name in value]
        return values

    def _count(self) -> int:
        self._index.reload()
        return int(self._index.searcher().num_docs)

    def _commit(self, number: int, mark: str) -> None:
        cursor = self._cursor()
        stamp = self._writer.commit()
        self.generation.save(Cursor(cursor.store, cursor.schema, number, stamp, mark))
