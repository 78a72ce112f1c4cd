"""What pages, the command line and machines ask for: a query in, works with their places out.

The index says which works and in which order, the catalogue what they say. A work that has gone
since the index was written is left out of a page; the index follows within seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aggregator.errors import Unavailable
from aggregator.finder import NO_FILTERS, Finder
from aggregator.index.fields import FieldTable
from aggregator.index.plan import plan
from aggregator.index.port import Refused, SearchIndex, SearchPage, Sort, State
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
from aggregator.works import Work

__all__ = [
    "Facet", "FacetValue", "Hit", "IndexStatus", "Piece", "RawPayload", "Redirected", "Results",
    "Run", "Search", "SourceFigures", "StoredRecord", "Withdrawn", "WorkPage",
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
    suggestions: tuple[str, ...]


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


class Search:
    """Searches one index of one catalogue. Holds nothing open of its own."""

    def __init__(self, catalogue: Catalogue, index: SearchIndex, table: FieldTable) -> None:
        self._catalogue = catalogue
        self._index = index
        self._finder = Finder(index, table)

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
    ) -> Results:
        """Works for what a person typed. Any text is legal.

        Raises ConfigError for a filter that does not exist, naming the nearest, and for an
        ``after`` of another search; Unavailable when there is no index to search in.
        """
        answer = await self._finder.find(
            text, filters=filters, sort=sort, size=size, offset=offset, after=after, facets=facets
        )
        page = answer.page
        return Results(
            page.total,
            await self._hits(answer.query, page),
            tuple(_facet(name, page, filters.get(name, ())) for name in page.facets),
            answer.query,
            page.widened,
            page.next,
            (),
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


def _main_title(work: Work) -> str:
    title = main_title(work.record)
    return title.value if title else ""


def _facet(name: str, page: SearchPage, chosen: tuple[str, ...]) -> Facet:
    values = tuple(FacetValue(value, count, value in chosen) for value, count in page.facets[name])
    return Facet(name, values)
