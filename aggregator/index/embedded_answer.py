"""One search in Tantivy: hits, totals and facets, in as few passes and threads as pay."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from tantivy import Order, Query, Searcher

from aggregator.index.embedded_facets import Counts, FacetCounter, Names
from aggregator.index.embedded_query import ID, Matching, QueryMaker
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.pagekey import pack, unpack
from aggregator.index.plan import Reach, plan
from aggregator.index.port import DEEPEST, IndexHit, SearchPage, SearchRequest, Sort
from aggregator.index.years import DECADE

Counting = list[Future[Mapping[str, Counts]]]


@dataclass(frozen=True, slots=True)
class View:
    """One commit of an index, open for searching. ``everything`` remembers the facets of all works,
    which the home page asks for and which cost most: by facet names and size."""

    maker: QueryMaker
    searcher: Searcher
    names: Names
    everything: dict[tuple[str, ...], Mapping[str, Counts]]


@dataclass(frozen=True, slots=True)
class Found:
    """How many works match a query followed so far, and one page of them."""

    reach: Reach
    total: int
    hits: list[IndexHit]
    next: str


class Answerer:
    """Answers one request from one view. ``helpers`` count facets beside the search."""

    def __init__(
        self, table: FieldTable, view: View, helpers: Executor, request: SearchRequest
    ) -> None:
        self._table = table
        self._view = view
        self._helpers = helpers
        self._request = request
        self._plan = plan(request.query)
        self._filters = view.maker.filters(request.filters)
        self._size = max(0, min(request.size, DEEPEST - request.offset))
        ranked = request.sort == "relevance" and self._plan.ranks
        self._sort: Sort = request.sort if request.sort != "relevance" or ranked else "added"
        found = unpack(request.after, self._sort, [str if self._sort == "title" else int])
        self._after = None if found is None else found[0]

    def answer(self) -> SearchPage:
        """All words first; when too few works have them all, any of them, best first."""
        counting = self._start_facets(self._plan.first)
        found = self._find(self._plan.first)
        reach = self._wider(found)
        while reach:
            wider = self._start_facets(reach)
            wide = self._find(reach)
            reach = self._wider(wide)
            if wide.total > found.total:
                found, counting, wider = wide, wider, counting
            for job in wider:
                job.cancel()  # nobody waits for it
        counts = {name: part for job in counting for name, part in job.result().items()}
        names = [name for name in (*self._request.facets, DECADE) if name in counts]
        facets = {name: counts[name] for name in names}
        return SearchPage(
            found.total, found.hits, facets, found.next, found.reach in {"any", "loose"}
        )

    def _wider(self, found: Found) -> Reach | None:
        if not self._request.widen:
            return None
        enough = self._table.ranking.enough
        reach = self._plan.wider(found.reach, found.total, enough)
        return None if reach == "any" and found.total and self._titled() else reach

    def _titled(self) -> bool:
        """Whether what was typed is the whole title of a work that has all the words."""
        if not self._plan.long_title:
            return False
        query = self._view.maker.titled(self._plan, list(self._filters.values()))
        return self._count(query) > 0

    def _matching(self, reach: Reach, without: str = "") -> Matching:
        filters = [query for name, query in self._filters.items() if name != without]
        language = self._request.language
        return self._view.maker.matching(self._plan, filters, reach, language)

    # Hits

    def _find(self, reach: Reach) -> Found:
        matching = self._matching(reach)
        if self._sort == "relevance":
            return Found(reach, *self._ranked(matching))
        return Found(reach, *self._sorted(matching))

    def _ranked(self, matching: Matching) -> tuple[int, list[IndexHit], str]:
        offset = self._request.offset if self._after is None else int(self._after)
        offset = min(max(offset, 0), self._view.searcher.num_docs)
        # The stubs leave out ``count``.
        result: Any = self._view.searcher.search(
            matching.scored, limit=self._size or 1, offset=offset
        )
        hits = [IndexHit(self._id(at), score) for score, at in result.hits[: self._size]]
        end = offset + len(hits)
        more = bool(hits) and end < result.count
        return result.count, hits, pack(self._sort, end) if more else ""

    def _sorted(self, matching: Matching) -> tuple[int, list[IndexHit], str]:
        column = f"sort_{self._sort}"
        total = self._count(matching.plain)
        query, offset = matching.plain, min(max(self._request.offset, 0), total)
        if self._after is not None:
            assert not isinstance(self._after, float)
            later = self._view.maker.after(column, self._after)
            query, offset = self._view.maker.both(matching.plain, later), 0
        result = self._view.searcher.search(
            query,
            limit=self._size + 1,
            count=False,
            order_by_field=column,
            offset=offset,
            order=Order.Asc,
        )
        shown = result.hits[: self._size]
        hits = [IndexHit(self._id(at), 0.0) for _, at in shown]
        more = bool(shown) and len(result.hits) > self._size
        return total, hits, pack(self._sort, shown[-1][0]) if more else ""

    def _count(self, query: Query) -> int:
        result: Any = self._view.searcher.search(query, limit=1)
        return int(result.count)

    def _id(self, address: Any) -> str:
        return str(self._view.searcher.doc(address).get_first(ID))

    # Facets

    def _start_facets(self, reach: Reach) -> Counting:
        """Counting in threads of its own: one pass for all facets that look at the same works, and
        one for those with many values a work, which cost most."""
        passes: dict[tuple[str, bool], list[IndexField]] = {}
        for name in self._request.facets:
            field = self._table.fields[name]
            ignored = name if field.facet == "or" and name in self._filters else ""
            passes.setdefault((ignored, field.facet == "and"), []).append(field)
        return [
            self._helpers.submit(self._count_values, fields, self._matching(reach, ignored).plain)
            for (ignored, _), fields in passes.items()
        ]

    def _count_values(self, fields: Sequence[IndexField], query: Query) -> Mapping[str, Counts]:
        counts = self._counted(fields, query)
        chosen = {field.name: self._chosen(field, query, counts[field.name]) for field in fields}
        return {**counts, **chosen}

    def _counted(self, fields: Sequence[IndexField], query: Query) -> Mapping[str, Counts]:
        view, size = self._view, self._request.facet_size
        counter = FacetCounter(view.maker.schema, view.searcher, view.names, size)
        if self._filters or not self._plan.everything:
            return counter.count(fields, query)
        asked = (str(size), *(field.name for field in fields))
        if asked not in view.everything:
            view.everything[asked] = counter.count(fields, query)
        return view.everything[asked]

    def _chosen(self, field: IndexField, query: Query, counts: Counts) -> Counts:
        """``counts``, and chosen values that are not among them."""
        known = {value for value, _ in counts}
        for value in dict.fromkeys(self._request.filters.get(field.name, ())):
            if value not in known:
                chosen = self._view.maker.filters({field.name: (value,)})[field.name]
                counts = [*counts, (value, self._count(self._view.maker.both(query, chosen)))]
        return counts
