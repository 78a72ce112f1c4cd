"""From what a person typed to the index's answer, with no store behind it.

Pages and `ilim evaluate` ask through here, so that what is measured is what people get.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aggregator.index.fields import FieldTable
from aggregator.index.plan import plan
from aggregator.index.port import SearchIndex, SearchPage, SearchRequest, Sort
from aggregator.query import All, Concept, Names, Node, Part, Query, Word, parse
from aggregator.suggest import Suggester, Suggestion
from aggregator.thesaurus import Thesaurus

NO_FILTERS: Mapping[str, tuple[str, ...]] = {}

_NO_NAMES = Names()
_NO_CONCEPTS = Thesaurus({})

_MOST_CONCEPTS = 4
"""Concepts of one query that are looked for under their other names."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood, the index's page for it, and what else to try."""

    query: Query
    page: SearchPage
    suggestions: tuple[Suggestion, ...]


class Finder:
    """Asks one index. Holds nothing open of its own."""

    def __init__(
        self,
        index: SearchIndex,
        table: FieldTable,
        names: Names = _NO_NAMES,
        thesaurus: Thesaurus = _NO_CONCEPTS,
    ) -> None:
        self._index = index
        self._table = table
        self._names = names
        self._thesaurus = thesaurus
        self._suggester = Suggester(index)

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
        suggest: bool = True,
    ) -> Answer:
        """The page of works for ``text``. Any text is legal.

        Works in ``language`` rank a little higher. With ``concepts``, what is called otherwise in
        other languages is found too; with ``suggest``, the first page says what else to try.

        Raises ConfigError for a filter that does not exist, naming the nearest, and for an
        ``after`` of another search; Unavailable when there is no index to search in.
        """
        self._table.require_facets(filters)
        query = self.read(text, concepts=concepts)
        names = tuple(field.name for field in self._table.facets) if facets else ()
        request = SearchRequest(
            query, filters, sort, size, offset, after, facets=names, language=language
        )
        page = await self._index.search(request)
        suggestions: tuple[Suggestion, ...] = ()
        if suggest and not offset and not after and query.root.nodes:
            little = page.widened or page.total < self._table.ranking.enough
            suggestions = await self._suggester.suggestions(query.text, plan(query), little=little)
        return Answer(query, page, suggestions)

    def read(self, text: str, *, concepts: bool = True) -> Query:
        """What ``text`` is understood to mean."""
        query = parse(text, self._names)
        return with_concepts(query, self._thesaurus) if concepts else query


def with_concepts(query: Query, thesaurus: Thesaurus) -> Query:
    """``query`` with the concepts that its words name; what stands in brackets, quotation marks
    or a field is meant as it is typed."""
    nodes = list(query.root.nodes)
    words = [node.text if isinstance(node, Word) else "" for node in nodes]
    made: list[Node] = []
    parts: list[Part] = []
    at = 0
    for found in thesaurus.find(words)[:_MOST_CONCEPTS]:
        typed = tuple(node for node in nodes[found.start : found.end] if isinstance(node, Word))
        others = tuple(label.words for label in found.alternatives)
        if len(typed) < found.end - found.start or not others:
            continue
        made += [*nodes[at : found.start], Concept(typed, others)]
        at = found.end
        shown = " ".join(word.text for word in typed)
        parts.append(Part("concept", shown, more=tuple(a.text for a in found.alternatives)))
    if not parts:
        return query
    root = All((*made, *nodes[at:]))
    return replace(query, root=root, understood=(*query.understood, *parts))
