"""What pages, the command line and machines ask for: a query in, works with their places out.

The index says which works and in which order, the catalogue what they say. A work that has gone
since the index was written is left out of a page; the index follows within seconds.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aggregator.coverage import SAMPLE, Coverage, quality
from aggregator.errors import Unavailable
from aggregator.explain import Explainer
from aggregator.finder import NO_FILTERS, Finder
from aggregator.index.document import heading
from aggregator.index.fields import FieldTable
from aggregator.index.plan import forms, plan
from aggregator.index.port import Refused, SearchIndex, SearchPage, SearchRequest, Sort, State
from aggregator.language import collation_beginning
from aggregator.query import Query
from aggregator.record import main_title
from aggregator.snippet import Highlighter, Piece
from aggregator.store.catalogue import Catalogue
from aggregator.store.state import (
    RawPayload,
    Redirected,
    Run,
    SourceFigures,
    StoredRecord,
    Withdrawn,
)
from aggregator.suggest import Suggestion
from aggregator.works import Work

__all__ = [
    "Completion", "Coverage", "Facet", "FacetValue", "Hit", "IndexStatus", "Piece", "RawPayload",
    "Redirected", "Results", "Run", "Search", "SourceFigures", "StoredRecord", "Suggestion",
    "Withdrawn", "WorkPage",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One work of a page; ``title`` is its main title in pieces, ``snippet`` the best passage of
    its abstract, empty where it has none. ``score`` is 0 when not sorted by relevance."""

    id: str
    score: float
    work: Work
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """Values with how many works choosing each would give; chosen ones are always among them,
    even at 0. Years newest first, else greatest first."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """One page. ``next`` is the key of the page after it, "" on the last one; ``widened`` means
    that too few works had all the words and these have any of them."""

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    understood: Query
    widened: bool
    next: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """A person, a subject or a work's title that begins as was typed; ``works`` have it."""

    kind: Literal["name", "title"]
    text: str
    works: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """``behind``: work changes that are stored and not yet searchable; ``refused``: works that the
    engine would not take in. ``state`` is "resting" while the engine does not answer, ``reason``
    says why."""

    engine: str
    works: int
    behind: int
    state: State | Literal["resting"]
    refused: tuple[Refused, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A work and the records it is made of, in the order of its members."""

    work: Work
    records: tuple[StoredRecord, ...]


SHORTEST_BEGINNING = 2
"""Letters typed before anything is suggested."""


class Search:
    """Searches one index of one catalogue. Holds nothing open of its own."""

    def __init__(
        self, catalogue: Catalogue, index: SearchIndex, table: FieldTable, finder: Finder
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._table = table
        self._finder = finder

    async def find(
        self,
        text: str,
        *,
        filters: Mapping[str, tuple[str, ...]] = NO_FILTERS,
        sort: Sort = "relevance",
        size: int = 10,
        offset: int = 0,
        after: str = "",
        facets: bool = True,
        language: str = "",
        concepts: bool = True,
    ) -> Results:
        """Works for what a person typed, as `Finder.find` finds them. Any text is legal.

        Raises ConfigError for a filter that does not exist, naming the nearest, and for an
        ``after`` of another search; Unavailable when there is no index to search in.
        """
        answer = await self._finder.find(
            text,
            filters=filters,
            sort=sort,
            size=size,
            offset=offset,
            after=after,
            facets=facets,
            language=language,
            concepts=concepts,
        )
        page = answer.page
        return Results(
            page.total,
            await self._hits(answer.query, page),
            tuple(_facet(name, page, filters.get(name, ())) for name in page.facets),
            answer.query,
            page.widened,
            page.next,
            answer.suggestions,
        )

    async def _hits(self, query: Query, page: SearchPage) -> tuple[Hit, ...]:
        works = await self._catalogue.works([hit.id for hit in page.hits])
        highlighter = Highlighter(plan(query))
        return tuple(
            Hit(
                hit.id,
                hit.score,
                work,
                highlighter.mark(_main_title(work)),
                highlighter.passage(abstract.value for abstract in work.record.abstracts),
            )
            for hit in page.hits
            if (work := works.get(hit.id))
        )

    async def explain(self, results: Results, language: str = "") -> Mapping[str, tuple[str, ...]]:
        """Why each hit of ``results`` is where it is, in sentences, by its id. ``language`` is that
        which the results were asked for in."""
        made = plan(results.understood)
        words = list(dict.fromkeys(clause.text for clause in made.typed("loose")))
        asked = [
            (word, place)
            for word in words
            for place in (("content_a", forms(word).a), ("content_c", forms(word).c))
            if place[1]
        ]
        works: dict[str, int] = {}
        held = await self._index.holding([place for _, place in asked])
        for (word, _), count in zip(asked, held, strict=True):
            works[word] = max(count, works.get(word, 0))
        explainer = Explainer(made, self._table, works, language, widened=results.widened)
        return {hit.id: explainer.why(hit.work) for hit in results.hits}

    async def complete(self, beginning: str, size: int = 8) -> tuple[Completion, ...]:
        """What a search that begins so may be for: people and subjects, then titles."""
        if len(heading(beginning)) < SHORTEST_BEGINNING:
            return ()
        names, ids = await asyncio.gather(
            self._index.completions(beginning, size), self._index.titles(beginning, size)
        )
        works = await self._catalogue.works(ids)
        start = collation_beginning(beginning)
        titles = (_main_title(works[id]) for id in ids if id in works)
        fitting = [title for title in titles if collation_beginning(title).startswith(start)]
        room = max(size - len(fitting), size // 2)
        shown = [Completion("name", name, held) for name, held in names[:room]]
        shown += [Completion("title", title, 1) for title in dict.fromkeys(fitting)]
        return tuple(shown[:size])

    async def status(self) -> IndexStatus:
        """How the index stands, whatever its state."""
        engine = self._index.engine
        try:
            state = await self._index.state()
            position = await self._index.position() if state == "ready" else None
            works = await self._index.count() if position else 0
            refused = tuple(await self._index.refused()) if position else ()
        except Unavailable as error:
            behind = await self._catalogue.pending(0)
            return IndexStatus(engine, 0, behind, "resting", reason=str(error))
        behind = await self._catalogue.pending(position.number if position else 0)
        return IndexStatus(engine, works, behind, state, refused)

    async def work(self, id: str) -> WorkPage | Redirected | Withdrawn | None:
        """A work with its records; where it went; None when there never was one of this id."""
        work = await self._catalogue.find_work(id)
        if not isinstance(work, Work):
            return work
        names = [(member.source, member.local_id) for member in work.members]
        return WorkPage(work, tuple(await self._catalogue.records(names)))

    async def raw(self, source: str, local_id: str) -> RawPayload | None:
        """A record's payload as its source sent it."""
        return await self._catalogue.raw(source, local_id)

    async def sources(self) -> Mapping[str, SourceFigures]:
        """What the store knows of each source."""
        return await self._catalogue.sources()

    async def coverage(self, source: str) -> Coverage:
        """What a source covers. Reads a sample of its records: keep the answer a while."""
        works = years = None
        request = SearchRequest(
            self._finder.read(""), {"source": (source,)}, size=0, facets=("year",)
        )
        try:
            page = await self._index.search(request)
        except Unavailable:
            pass
        else:
            works = page.total
            found = [int(value) for value, _ in page.facets["year"]]
            years = (min(found), max(found)) if found else None
        return Coverage(works, years, quality(await self._catalogue.sample(source, SAMPLE)))


def _main_title(work: Work) -> str:
    title = main_title(work.record)
    return title.value if title else ""


def _facet(name: str, page: SearchPage, chosen: tuple[str, ...]) -> Facet:
    values = tuple(FacetValue(value, count, value in chosen) for value, count in page.facets[name])
    return Facet(name, values)
