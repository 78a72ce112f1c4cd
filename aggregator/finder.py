"""From what a person typed to the index's answer, with no store behind it.

Pages and `ilim evaluate` ask through here, so that what is measured is what people get.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.index.fields import FieldTable
from aggregator.index.port import SearchIndex, SearchPage, SearchRequest, Sort
from aggregator.query import Query, parse

NO_FILTERS: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood, and the index's page for it."""

    query: Query
    page: SearchPage


class Finder:
    """Asks one index. Holds nothing open of its own."""

    def __init__(self, index: SearchIndex, table: FieldTable) -> None:
        self._index = index
        self._table = table

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
    ) -> Answer:
        """The page of works for ``text``. Any text is legal.

        Raises ConfigError for a filter that does not exist, naming the nearest, and for an
        ``after`` of another search; Unavailable when there is no index to search in.
        """
        self._table.require_facets(filters)
        query = parse(text)
        names = tuple(field.name for field in self._table.facets) if facets else ()
        request = SearchRequest(query, filters, sort, size, offset, after, facets=names)
        return Answer(query, await self._index.search(request))
