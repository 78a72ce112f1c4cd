"""Counting facets in Tantivy, exactly and without naming every value.

A value is counted by its code, a 64-bit hash kept as a number beside it: adding up names from all
segments of an index was measured to cost ten times as much as counting numbers (ADR 0004). Only the
few values that are shown get their names back, from any work that has them.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from tantivy import Query, Schema, Searcher

from aggregator.index.fields import IndexField
from aggregator.index.years import DECADE, MOST_SPANS, count_decades, count_years, years_of
from aggregator.language.memory import Memory

Counts = list[tuple[str, int]]

_ALL_VALUES = 10_000_000
"""Values kept per segment before counts are added up: all of them, so that counts are exact."""

_REMEMBERED = 10_000
"""Values whose names are remembered; about 2 MB."""


def _hash(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "big")


_codes: Memory[int] = Memory(_hash, _REMEMBERED)


def code_of(value: str) -> int:
    """The number ``value`` is counted by; two of a million values share one with odds of 10**-7."""
    return _codes[value]


def coded(field: IndexField) -> str:
    """The column that holds a keyword field's codes."""
    return f"{field.name}_code"


def span(field: IndexField) -> str:
    """The column that holds a range field's first and last year as one number."""
    return f"{field.name}_span"


class Names:
    """Codes back to values; a code means the same in every commit, so it is looked up once."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, field: IndexField, code: int, schema: Schema, searcher: Searcher) -> str:
        """The value of ``field`` that has ``code``."""
        known = self._known.get(code)
        if known is None:
            known = self._find(field, code, schema, searcher)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[code] = known
        return known

    @staticmethod
    def _find(field: IndexField, code: int, schema: Schema, searcher: Searcher) -> str:
        query = Query.term_query(schema, coded(field), code, "basic")
        _, address = searcher.search(query, limit=1, count=False).hits[0]
        values: list[str] = searcher.doc(address).get_all(field.name)
        return next(value for value in values if code_of(value) == code)


class FacetCounter:
    """Counts in one searcher. ``size``: most values of a facet; years are given all."""

    def __init__(self, schema: Schema, searcher: Searcher, names: Names, size: int) -> None:
        self._schema = schema
        self._searcher = searcher
        self._names = names
        self._size = size

    def count(self, fields: Sequence[IndexField], query: Query) -> Mapping[str, Counts]:
        """The greatest counts of each field among the works that match, in one pass.

        Equal counts come by value; which of them are cut off is arbitrary, but always the same.
        """
        found: Mapping[str, Any] = self._searcher.aggregate(
            query, {field.name: {"terms": self._terms(field)} for field in fields}
        )
        counts: dict[str, Counts] = {}
        for field in fields:
            buckets = [(int(b["key"]), int(b["doc_count"])) for b in found[field.name]["buckets"]]
            if field.kind == "range":
                spans = [(years_of(key), count) for key, count in buckets]
                counts[field.name] = count_years(spans)
                counts[DECADE] = count_decades(spans)
            else:
                counts[field.name] = self._named(field, buckets)
        return counts

    def _terms(self, field: IndexField) -> dict[str, object]:
        column, size = coded(field), max(self._size, 1)
        if field.kind == "range":
            column, size = span(field), MOST_SPANS
        return {"field": column, "size": size, "segment_size": _ALL_VALUES}

    def _named(self, field: IndexField, buckets: Iterable[tuple[int, int]]) -> Counts:
        named = (
            (self._names.of(field, key, self._schema, self._searcher), count)
            for key, count in buckets
        )
        return sorted(named, key=lambda pair: (-pair[1], pair[0]))[: self._size]
