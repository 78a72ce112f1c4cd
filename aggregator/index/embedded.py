"""The embedded engine: Tantivy in one folder, no server.

One process writes (it holds the index's lease), any number read. Readers look at search time
whether a newer generation or commit is there: two calls of ``stat``, no thread that watches.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from tantivy import Index

from aggregator.errors import Unavailable
from aggregator.index.embedded_answer import Answerer, View
from aggregator.index.embedded_facets import Names
from aggregator.index.embedded_guard import EngineFailed, guarded
from aggregator.index.embedded_query import LAYOUT, QueryMaker
from aggregator.index.embedded_words import Words
from aggregator.index.embedded_writer import EmbeddedWriter
from aggregator.index.fields import FieldTable
from aggregator.index.generations import Cursor, Generation, Generations
from aggregator.index.port import (
    Document,
    IndexHit,
    Position,
    Refused,
    SearchPage,
    SearchRequest,
    State,
)
from aggregator.wording import later, reason, say

_THREADS = max(2, os.cpu_count() or 1)
"""Searches at a time, and as many helpers that count facets: more would only wait for a core."""

_LOOKS = 3
"""A generation may be replaced between two looks at it; not three times in a row."""

_NOTHING_YET = later(
    "There is no search index yet: it is built when works are indexed (`ilim reindex`)"
)

T = TypeVar("T")


def _unusable(why: str) -> Unavailable:
    return Unavailable(
        say(
            "The search index cannot be used and must be rebuilt (`ilim reindex`): {reason}",
            reason=why,
        )
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """An open generation, and its view at one commit, whose stamp is ``stamp``."""

    generation: Generation
    stamp: tuple[int, int]
    index: Index
    view: View

    def shows(self, generation: Generation, stamp: tuple[int, int]) -> bool:
        return self.generation.name == generation.name and self.stamp == stamp


class EmbeddedIndex:
    """`SearchIndex` over Tantivy; ``store`` is the fingerprint of the store it is made from."""

    engine = "embedded"
    shared = False

    def __init__(self, folder: Path, table: FieldTable, store: str) -> None:
        self._generations = Generations(folder)
        self._table = table
        self._begin = Cursor(store, f"{table.fingerprint}-{LAYOUT}", 0, 0)
        self._reader: _Reader | None = None
        self._names = Names()
        self._opening = threading.Lock()
        self._checked: set[str] = set()
        self._writing: set[str] = set()

    async def __aenter__(self) -> Self:
        self._searches = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")
        self._helpers = ThreadPoolExecutor(_THREADS, thread_name_prefix="facets")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._searches.shutdown(wait=False, cancel_futures=True)
        self._helpers.shutdown(wait=False, cancel_futures=True)
        self._reader = None

    async def state(self) -> State:
        """As the port says. The first time, every file is read against its checksum."""
        return await self._run(self._state)

    async def position(self) -> Position | None:
        """As the port says."""
        return await self._run(self._position)

    async def count(self) -> int:
        """As the port says. Raises Unavailable when there is nothing to count in."""
        return await self._run(lambda: int(self._read().view.searcher.num_docs))

    async def search(self, request: SearchRequest) -> SearchPage:
        """As the port says. Raises Unavailable, and ConfigError for a key of another search."""
        self._table.require_facets([*request.filters, *request.facets])
        return await self._run(lambda: self._search(request))

    async def refused(self) -> Sequence[Refused]:
        """As the port says: this engine takes all, since values are bounded before."""
        return ()

    async def complaints(self) -> Sequence[str]:
        """As the port says. Every file is read against its checksum."""

        def look() -> list[str]:
            generation = self._generations.current()
            damage = generation.damage(thoroughly=True) if generation else ""
            return [str(_unusable(damage))] if damage else []

        return await self._run(look)

    async def similar(self, document: Document, size: int = 10) -> Sequence[IndexHit]:
        """As the port says. Raises Unavailable."""
        return await self._run(lambda: self._ask(lambda words: words.similar(document, size)))

    async def spellings(self, word: str, size: int = 5) -> Sequence[tuple[str, int]]:
        """As the port says. Raises Unavailable."""
        return await self._run(lambda: self._ask(lambda words: words.spellings(word, size)))

    async def completions(self, beginning: str, size: int = 10) -> Sequence[tuple[str, int]]:
        """As the port says. Raises Unavailable."""
        return await self._run(lambda: self._ask(lambda words: words.completions(beginning, size)))

    async def holding(self, words: Sequence[tuple[str, str]]) -> Sequence[int]:
        """As the port says. Raises Unavailable."""
        return await self._run(lambda: self._ask(lambda known: known.holding(words)))

    async def titles(self, beginning: str, size: int = 5) -> Sequence[str]:
        """As the port says. Raises Unavailable."""
        return await self._run(lambda: self._ask(lambda words: words.titles(beginning, size)))

    @asynccontextmanager
    async def writer(self, *, rebuild: bool = False) -> AsyncIterator[EmbeddedWriter]:
        """As the port says. Raises RetryLater when another process writes, Unavailable when there
        is no generation to write to."""
        generation = await self._run(self._unfinished if rebuild else self._usable)
        writer = EmbeddedWriter(generation, self._table, self._promote, self._discard)
        self._writing.add(generation.name)
        try:
            await writer.open()
            try:
                yield writer
            finally:
                await writer.close()
        finally:
            self._writing.discard(generation.name)
            await self._run(self._remove_replaced)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._searches, work)
        except OSError as error:
            raise Unavailable(
                say(
                    "The index folder {folder} cannot be used: {reason}. Give it back to the user "
                    "who runs Ilim, or delete it: it is filled again from the store.",
                    folder=self._generations.folder,
                    reason=reason(error),
                )
            ) from error

    # What state it is in

    def _state(self) -> State:
        try:
            generation = self._generations.current()
        except ValueError:
            return "damaged"
        if generation is None:
            return "empty"
        cursor = generation.cursor()
        if cursor and not self._is_ours(cursor):
            return "foreign" if cursor.store == self._begin.store else "stranger"
        thoroughly = generation.name not in self._checked
        damage = generation.damage(thoroughly=thoroughly)
        if damage:
            generation.note_damage(damage)
            return "damaged"
        self._checked.add(generation.name)
        return "ready"

    def _position(self) -> Position | None:
        if self._state() != "ready":
            return None
        cursor = self._current().cursor()
        return cursor.position if cursor else None

    def _current(self) -> Generation:
        try:
            generation = self._generations.current()
        except ValueError as error:
            raise _unusable(str(error)) from error
        if generation is None:
            raise Unavailable(say(_NOTHING_YET))
        return generation

    def _usable(self) -> Generation:
        """The serving generation, when it may be read and written. Raises Unavailable."""
        generation = self._current()
        match self._state():
            case "ready":
                return generation
            case "empty":
                raise Unavailable(say(_NOTHING_YET))
            case "foreign" | "stranger":
                raise _unusable(say("it was made from other data or by another version"))
            case "damaged":
                raise _unusable(generation.damage(thoroughly=False))

    # Reading

    def _search(self, request: SearchRequest) -> SearchPage:
        return self._guarded(
            lambda view: Answerer(self._table, view, self._helpers, request).answer()
        )

    def _ask(self, question: Callable[[Words], T]) -> T:
        return self._guarded(lambda view: question(Words(view.maker, view.searcher)))

    def _guarded(self, question: Callable[[View], T]) -> T:
        reader = self._read()
        try:
            with guarded(later("searching")):
                return question(reader.view)
        except EngineFailed as error:
            raise self._failure(reader.generation, error) from error

    def _failure(self, generation: Generation, error: EngineFailed) -> Unavailable:
        """Broken files are noted, so that every process knows; a fault of one search is not."""
        damage = generation.damage(thoroughly=True)
        if damage:
            generation.note_damage(damage)
            return _unusable(damage)
        return Unavailable(
            say("The search engine could not answer this search ({reason})", reason=error)
        )

    def _read(self) -> _Reader:
        """A reader of the newest commit of the serving generation."""
        for _ in range(_LOOKS):
            generation = self._current()
            try:
                return self._reader_of(generation)
            except Unavailable:
                if self._serving_name() == generation.name:
                    raise
            except OSError as error:
                if self._serving_name() == generation.name:
                    raise _unusable(reason(error)) from error
        raise Unavailable(say("The search index is just being replaced; ask again"))

    def _reader_of(self, generation: Generation) -> _Reader:
        stamp = generation.stamp()
        reader = self._reader
        if reader and reader.shows(generation, stamp):
            return reader
        with self._opening:
            reader = self._reader
            if reader and reader.shows(generation, stamp):
                return reader
            try:
                with guarded("opening the index"):
                    self._reader = self._opened(generation, stamp, reader)
            except EngineFailed as error:
                raise self._failure(generation, error) from error
            return self._reader

    def _opened(
        self, generation: Generation, stamp: tuple[int, int], known: _Reader | None
    ) -> _Reader:
        if known and known.generation.name == generation.name:
            index, maker = known.index, known.view.maker
            index.reload()
        else:
            self._usable()
            index = Index.open(str(generation.engine))
            index.config_reader("manual")
            maker = QueryMaker(index, self._table)
        return _Reader(generation, stamp, index, View(maker, index.searcher(), self._names, {}))

    # Generations

    def _serving_name(self) -> str:
        try:
            serving = self._generations.current()
        except ValueError:
            return ""
        return serving.name if serving else ""

    def _unfinished(self) -> Generation:
        """The generation that an interrupted rebuild goes on with, else a new one. What neither
        serves nor can be used is removed."""
        serving = self._serving_name()
        for generation in reversed(self._generations.all()):
            if generation.name in self._writing or generation.name == serving:
                continue
            cursor = generation.cursor()
            fits = cursor and self._is_ours(cursor) and generation.name > serving
            if fits and not generation.damage(thoroughly=True):
                return generation
            generation.remove()
        return self._generations.begin(self._begin)

    def _is_ours(self, cursor: Cursor) -> bool:
        return (cursor.store, cursor.schema) == (self._begin.store, self._begin.schema)

    def _promote(self, generation: Generation) -> None:
        self._generations.point_to(generation)
        self._checked.add(generation.name)
        self._remove_replaced()

    def _discard(self, generation: Generation) -> None:
        if generation.name != self._serving_name():
            generation.remove()

    def _remove_replaced(self) -> None:
        """Readers keep what they have open until they look again; a writer's folder stays."""
        serving = self._serving_name()
        for generation in self._generations.all():
            if generation.name < serving and generation.name not in self._writing:
                generation.remove()
