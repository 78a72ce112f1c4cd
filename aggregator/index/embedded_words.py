"""What a Tantivy index knows of words: frequencies, neighbours, beginnings."""

from collections.abc import Sequence
from typing import Any

from tantivy import Occur, Order, Query, Searcher

from aggregator.index.document import SENTINEL, heading, shown_heading
from aggregator.index.embedded_query import SOME_HEADINGS, QueryMaker
from aggregator.index.likeness import FIELD, likeness, words_of
from aggregator.index.port import LONGEST_SPELLED, Document, IndexHit
from aggregator.index.spelling import nearest_words, slips_allowed
from aggregator.language import collation_beginning

_ID = "id"

_MANY_WORKS = 50_000

_MOST_KNOWN = 20_000
"""Words with one first letter, the most frequent ones, among which a misspelt one is looked for:
reading and comparing them takes about 10 ms."""


class Words:
    """Answers about words from one commit of an index."""

    def __init__(self, maker: QueryMaker, searcher: Searcher) -> None:
        self._maker = maker
        self._schema = maker.schema
        self._searcher = searcher

    def similar(self, document: Document, size: int) -> list[IndexHit]:
        """As the port says."""
        holding = {w: self._searcher.doc_freq(FIELD, w) for w in words_of(document)}
        like = likeness(document, self._searcher.num_docs, holding)
        if like is None or size < 1:
            return []
        wanted = [
            (Occur.Should, Query.boost_query(self._term(FIELD, word, "freq"), weight))
            for word, weight in like.words
        ]
        query = Query.boolean_query(
            [
                (Occur.Must, Query.boolean_query(wanted, like.least)),
                (Occur.MustNot, self._term(_ID, document.id, "basic")),
            ]
        )
        result = self._searcher.search(query, limit=size, count=False)
        return [IndexHit(self._id(address), score) for score, address in result.hits]

    def spellings(self, word: str, size: int) -> list[tuple[str, int]]:
        """As the port says."""
        if not slips_allowed(word) or len(word) > LONGEST_SPELLED:
            return []
        known = self._searcher.terms_with_prefix("surface", word[0], limit=_MOST_KNOWN)
        return nearest_words(word, ((w, n) for w, n in known if w != SENTINEL), size)

    def completions(self, beginning: str, size: int) -> list[tuple[str, int]]:
        """As the port says."""
        start = heading(beginning)
        if not start or len(start) > LONGEST_SPELLED:
            return []
        best = self._headings(start, size)
        return [(shown_heading(value), held) for value, held in best]

    def _headings(self, start: str, size: int) -> list[tuple[str, int]]:
        """The most frequent of those that begin so. Of many works first some are looked at: a
        beginning that very many have would take too long, and what is frequent is among them."""
        if self._searcher.num_docs > _MANY_WORKS:
            known = self._searcher.terms_with_prefix(SOME_HEADINGS, start, limit=4 * size)
            if len(known) >= size:
                names = [name for name, _ in known]
                held = ((n, self._searcher.doc_freq("heading", n)) for n in names)
                return sorted(held, key=lambda pair: (-pair[1], pair[0]))[:size]
        return self._searcher.terms_with_prefix("heading", start, limit=size)

    def holding(self, words: Sequence[tuple[str, str]]) -> list[int]:
        """As the port says."""
        return [self._searcher.doc_freq(field, word) for field, word in words]

    def titles(self, beginning: str, size: int) -> list[str]:
        """As the port says."""
        start = collation_beginning(beginning)
        if not start or size < 1:
            return []
        found = self._searcher.search(
            self._maker.titles_from(start), limit=size, count=False,
            order_by_field="sort_title", order=Order.Asc,
        )  # fmt: skip
        return [self._id(address) for _, address in found.hits]

    def _term(self, field: str, value: str, option: str) -> Query:
        return Query.term_query(self._schema, field, value, index_option=option)

    def _id(self, address: Any) -> str:
        return str(self._searcher.doc(address).get_first(_ID))
