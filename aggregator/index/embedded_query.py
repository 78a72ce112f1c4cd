"""Plans, filters and facets in Tantivy's terms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tantivy import FieldType, Index, Occur, Query, Schema, SchemaBuilder

from aggregator.index.document import FIRST_YEAR, LAST_YEAR
from aggregator.index.embedded_facets import coded, span
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.plan import ExactClause, Forms, PhraseClause, Plan, Reach, WordClause
from aggregator.index.port import SORTS
from aggregator.index.years import read_years

ID = "id"

LAYOUT = 1
"""Raise with every change of the engine's schema: part of the index's fingerprint."""


def build_schema(table: FieldTable) -> Schema:
    """Tantivy's schema for ``table``. Stored are ids, and facets' values to name codes by."""
    builder = SchemaBuilder()
    builder.add_text_field(ID, stored=True, tokenizer_name="raw", index_option="basic")
    for field in table.fields.values():
        match field.kind:
            case "text":
                for form in field.forms:
                    positions = field.phrases and form == "a"
                    builder.add_text_field(
                        field.value(form),
                        tokenizer_name="whitespace",
                        index_option="position" if positions else "freq",
                    )
            case "keyword":
                counted = field.facet is not None
                builder.add_text_field(
                    field.name, stored=counted, tokenizer_name="raw", index_option="basic"
                )
                if counted:
                    builder.add_unsigned_field(coded(field), indexed=True, fast=True)
            case "range":
                builder.add_integer_field(first(field), fast=True)
                builder.add_integer_field(last(field), fast=True)
                builder.add_integer_field(span(field), fast=True)
            case "number":
                pass  # needed for its sort key only
    for sort in SORTS:
        if sort == "title":
            builder.add_text_field(
                "sort_title", fast=True, tokenizer_name="raw", index_option="basic"
            )
        elif sort != "relevance":
            builder.add_integer_field(f"sort_{sort}", fast=True)
    return builder.build()


def first(field: IndexField) -> str:
    return f"{field.name}_first"


def last(field: IndexField) -> str:
    return f"{field.name}_last"


@dataclass(frozen=True, slots=True)
class Matching:
    """One query in two forms: ``scored`` ranks, ``plain`` only tells what matches, for counting."""

    scored: Query
    plain: Query


class QueryMaker:
    """Makes Tantivy queries for one index."""

    def __init__(self, index: Index, table: FieldTable) -> None:
        self._index = index
        self._schema = self.schema = index.schema
        self._table = table

    def matching(self, plan: Plan, filters: Sequence[Query], reach: Reach) -> Matching:
        """What ``plan`` and ``filters`` match, when the plan is followed as far as ``reach``."""
        if plan.everything:
            every = self._all(filters)
            return Matching(every, every)
        words = plan.loose if reach == "loose" else plan.words
        required = [] if reach == "loose" else [self._clause(clause) for clause in plan.required]
        bonuses = list(self._bonuses(plan, words, reach))
        if reach == "all" and len(words) != 1:
            musts = [*required, *(self._word(clause) for clause in words)]
            plain = [*required, *(self._any(self._ways(clause)) for clause in words)]
        else:
            # What earns a bonus has the word as well: one flat union asks for both at once, and was
            # measured to be faster than to look up each bonus for each work that has a word.
            musts = [*required, self._any([*(self._word(clause) for clause in words), *bonuses])]
            ways = [way for clause in words for way in self._ways(clause)]
            plain, bonuses = [*required, self._any(ways)], []
        unscored = (Query.const_score_query(query, 0.0) for query in filters)
        clauses = [(Occur.Must, query) for query in (*musts, *unscored)]
        clauses += [(Occur.Should, query) for query in bonuses]
        return Matching(Query.boolean_query(clauses), self._all([*plain, *filters]))

    def filters(self, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, Query]:
        """Facet name -> what its chosen values match. Values that cannot be match nothing."""
        return {
            name: self._filter(self._table.fields[name], values)
            for name, values in chosen.items()
            if values
        }

    def after(self, sort: str, key: str | int) -> Query:
        """Works that come after ``key`` in ``sort``."""
        if isinstance(key, int):
            return Query.range_query(
                self._schema, sort, FieldType.Integer, lower_bound=key, include_lower=False
            )
        # Only the parser makes ranges over text; keys hold no sign that it would read.
        return self._index.parse_query(f"{sort}:{{{key} TO *}}", [sort])

    def both(self, left: Query, right: Query) -> Query:
        return self._all([left, right])

    def _clause(self, clause: PhraseClause | ExactClause) -> Query:
        if isinstance(clause, ExactClause):
            return self._term("surface", clause.surface)
        return Query.phrase_query(self._schema, "content_a", list(clause.stems))

    def _word(self, clause: WordClause) -> Query:
        """A word for ranking: the best of its ways counts."""
        ways = [self._forms("content", clause.forms)]
        if clause.parts:
            ways.append(self._all([self._forms("content", part) for part in clause.parts]))
        if clause.identifier:
            ways.append(self._term("identifier", clause.identifier))
        query = self._best(ways)
        return query if clause.times == 1 else Query.boost_query(query, float(clause.times))

    def _ways(self, clause: WordClause) -> list[Query]:
        """The same for counting: whatever finds the word, side by side."""
        ways = self._terms("content", clause.forms)
        if clause.parts:
            ways.append(self._all([self._any(self._terms("content", p)) for p in clause.parts]))
        if clause.identifier:
            ways.append(self._term("identifier", clause.identifier))
        return ways

    def _bonuses(self, plan: Plan, words: Sequence[WordClause], reach: Reach) -> Iterable[Query]:
        """What adds to a work's score and is not required."""
        title, surface = self._table.fields["title"].weight, self._table.fields["surface"].weight
        for clause in words:
            forms = (clause.forms, *clause.parts)
            yield Query.boost_query(self._best([self._forms("title", f) for f in forms]), title)
            if clause.surface:
                yield Query.boost_query(self._term("surface", clause.surface), surface)
        for pair in plan.pairs:
            phrase = Query.phrase_query(self._schema, "content_a", list(pair))
            yield Query.boost_query(phrase, self._table.ranking.pairs)
        if reach == "loose":
            yield from (self._clause(clause) for clause in plan.required)

    def _forms(self, field: str, forms: Forms) -> Query:
        """A word in either form of ``field``: the better counts, the other breaks ties."""
        return self._best(self._terms(field, forms))

    def _terms(self, field: str, forms: Forms) -> list[Query]:
        both = [self._term(f"{field}_a", forms.a)]
        if forms.c:
            both.append(self._term(f"{field}_c", forms.c))
        return both

    def _best(self, ways: list[Query]) -> Query:
        return (
            ways[0]
            if len(ways) == 1
            else Query.disjunction_max_query(ways, self._table.ranking.tie)
        )

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value, index_option="freq")

    def _filter(self, field: IndexField, values: tuple[str, ...]) -> Query:
        if field.kind == "range":
            return self._any([self._years(field, value) for value in values])
        clean = [value.encode("utf-8", "replace").decode() for value in values]
        if field.facet == "and":
            return self._all(
                [Query.term_query(self._schema, field.name, v, "basic") for v in clean]
            )
        return Query.term_set_query(self._schema, field.name, clean)

    def _years(self, field: IndexField, value: str) -> Query:
        """Works whose years overlap ``value``."""
        years = read_years(value)
        if years is None:
            return Query.empty_query()
        low, high = years
        kind = FieldType.Integer
        begun = Query.range_query(self._schema, first(field), kind, FIRST_YEAR, high)
        lasts = Query.range_query(self._schema, last(field), kind, low, LAST_YEAR)
        return self._all([begun, lasts])

    @staticmethod
    def _all(queries: Sequence[Query]) -> Query:
        if not queries:
            return Query.all_query()
        if len(queries) == 1:
            return queries[0]
        return Query.boolean_query([(Occur.Must, query) for query in queries])

    @staticmethod
    def _any(queries: Sequence[Query]) -> Query:
        if len(queries) == 1:
            return queries[0]
        return Query.boolean_query([(Occur.Should, query) for query in queries])
