"""One search on Elasticsearch: hits, totals and facets, in one request where that is possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aggregator.index.elastic_client import Cluster
from aggregator.index.elastic_query import Clause, QueryMaker
from aggregator.index.elastic_schema import WIDE, span
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.pagekey import pack, unpack
from aggregator.index.plan import Reach, plan
from aggregator.index.port import DEEPEST, IndexHit, SearchPage, SearchRequest, Sort
from aggregator.index.years import DECADE, MOST_SPANS, count_decades, count_years, years_of
from aggregator.wording import later

Body = dict[str, Any]

_TITLED = "titled as typed"
"""Counts works whose whole title was typed; facets are named otherwise."""
Counts = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """How many works match a query followed so far, and one page of them. ``titled``: one of them
    has what was typed for a whole title."""

    reach: Reach
    total: int
    hits: Sequence[IndexHit]
    facets: Mapping[str, Counts]
    next: str
    titled: bool


class Answerer:
    """Answers one request from the index of one name. ``shards``: how many it is cut into."""

    def __init__(
        self, cluster: Cluster, name: str, table: FieldTable, shards: int, request: SearchRequest
    ) -> None:
        self._cluster = cluster
        self._name = name
        self._table = table
        self._shards = shards
        self._request = request
        self._maker = QueryMaker(table)
        self._plan = plan(request.query)
        self._filters = self._maker.filters(request.filters)
        self._size = max(0, min(request.size, DEEPEST - request.offset))
        ranked = request.sort == "relevance" and self._plan.ranks
        self._sort: Sort = request.sort if request.sort != "relevance" or ranked else "added"
        kinds = {"relevance": (float, int), "title": (str,)}.get(self._sort, (int,))
        self._after = unpack(request.after, self._sort, kinds)

    async def answer(self) -> SearchPage:
        """All words first; when too few works have them all, any of them, best first."""
        found = await self._find(self._plan.first)
        reach = self._wider(found)
        while reach:
            wide = await self._find(reach)
            reach = self._wider(wide)
            if wide.total > found.total:
                found = wide
        names = [name for name in (*self._request.facets, DECADE) if name in found.facets]
        facets = {name: found.facets[name] for name in names}
        return SearchPage(
            found.total, found.hits, facets, found.next, found.reach in {"any", "loose"}
        )

    def _wider(self, found: Found) -> Reach | None:
        if not self._request.widen:
            return None
        reach = self._plan.wider(found.reach, found.total, self._table.ranking.enough)
        return None if reach == "any" and found.titled else reach

    async def _find(self, reach: Reach) -> Found:
        counting = self._counting()
        # Counts of all works go alone: without hits the cluster remembers them until a refresh.
        alone = self._plan.everything and not self._filters
        beside = {} if alone else counting.pop("", {})
        if reach == "all" and self._plan.long_title:
            beside = {**beside, _TITLED: {"filter": self._maker.titled(self._plan)}}
        bodies = [self._hits(reach, beside)]
        for ignored, facets in counting.items():
            bodies.append(
                {"query": self._plain(reach, ignored), "size": 0, "track_total_hits": False,
                 "aggs": facets}
            )  # fmt: skip
        answers = await self._ask(bodies)
        hits = answers[0]["hits"]["hits"]
        total = int(answers[0]["hits"]["total"]["value"])
        shown = [IndexHit(hit["_id"], float(hit["_score"] or 0)) for hit in hits[: self._size]]
        counts: dict[str, Counts] = {}
        for answer in answers:
            counts |= self._counted(answer.get("aggregations", {}))
        end = max(self._request.offset, 0) + self._size
        at_border = self._after is None and end == DEEPEST and total > end
        more = bool(shown) and (len(hits) > self._size or at_border)
        next = pack(self._sort, *hits[self._size - 1]["sort"]) if more else ""
        titled = answers[0].get("aggregations", {}).get(_TITLED, {}).get("doc_count", 0) > 0
        return Found(reach, total, shown, counts, next, titled)

    async def _ask(self, bodies: Sequence[Body]) -> list[Mapping[str, Any]]:
        searches: list[Mapping[str, Any]] = []
        for body in bodies:
            searches += [{"allow_partial_search_results": False}, body]
        if len(bodies) == 1:
            answer = await self._cluster.ask(
                later("searching"),
                lambda c: c.search(
                    index=self._name, body=bodies[0], allow_partial_search_results=False
                ),
            )
            return [answer.body]
        done = await self._cluster.ask(
            later("searching"), lambda c: c.msearch(index=self._name, searches=searches)
        )
        for answer in done["responses"]:
            if "error" in answer:
                raise self._cluster.item_error("searching", answer)
        return list(done["responses"])

    def _plain(self, reach: Reach, without: str = "") -> Clause:
        filters = [query for name, query in self._filters.items() if name != without]
        return self._maker.plain(self._plan, filters, reach)

    # Hits

    def _hits(self, reach: Reach, facets: Body) -> Body:
        ranked = self._sort == "relevance"
        filters = list(self._filters.values())
        body: Body = {
            "query": self._maker.scored(self._plan, filters, reach, self._request.language)
            if ranked
            else self._plain(reach),
            "size": self._size + 1 if self._size else 0,  # one more tells whether a page follows
            "sort": self._order(),
            "track_total_hits": True,
            "track_scores": ranked,
            "_source": False,
        }
        if self._after is not None:
            body["search_after"] = list(self._after)
        elif self._size:
            body["from"] = max(self._request.offset, 0)
            body["size"] = min(body["size"], DEEPEST - body["from"])
        if facets:
            body["aggs"] = facets
        if not self._size:
            body.pop("sort")
        return body

    def _order(self) -> list[Body]:
        if self._sort == "relevance":
            return [{"_score": "desc"}, {"sort_added": "desc"}]
        return [{f"sort_{self._sort}": "asc"}]

    # Facets

    def _counting(self) -> dict[str, Body]:
        """Aggregations by the filter that they ignore, "" for none. A facet combined by OR does
        not look at its own filter."""
        found: dict[str, Body] = {}
        for name in self._request.facets:
            field = self._table.fields[name]
            ignored = name if field.facet == "or" and name in self._filters else ""
            found.setdefault(ignored, {}).update(self._aggregations(field))
        return found

    def _aggregations(self, field: IndexField) -> Body:
        chosen = {
            f"{field.name}:{place}": {"filter": self._maker.filter(field, (value,))}
            for place, value in enumerate(self._chosen(field.name))
        }
        spans = field.kind == "range"
        size = MOST_SPANS if spans else max(self._request.facet_size, 1)
        terms: Body = {"field": span(field) if spans else field.name, "size": size}
        if self._shards > 1:
            terms["shard_size"] = max(WIDE, size)
        return {field.name: {"terms": terms}, **chosen}

    def _chosen(self, name: str) -> Sequence[str]:
        return tuple(dict.fromkeys(self._request.filters.get(name, ())))

    def _counted(self, aggregations: Mapping[str, Any]) -> dict[str, Counts]:
        counts: dict[str, Counts] = {}
        for name in self._request.facets:
            if name not in aggregations:
                continue
            buckets = [(b["key"], int(b["doc_count"])) for b in aggregations[name]["buckets"]]
            if self._table.fields[name].kind == "range":
                spans = [(years_of(int(key)), count) for key, count in buckets]
                counts[name] = count_years(spans)
                counts[DECADE] = count_decades(spans)
            else:
                counts[name] = buckets[: self._request.facet_size]
            known = {value for value, _ in counts[name]}
            for place, value in enumerate(self._chosen(name)):
                if value not in known:
                    found = aggregations[f"{name}:{place}"]["doc_count"]
                    counts[name].append((value, int(found)))
        return counts
