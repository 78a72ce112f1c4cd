"""Plans, filters and facets in Tantivy's terms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tantivy import FieldType, Index, Occur, Query, Schema, SchemaBuilder

from aggregator.index.document import FIRST_YEAR, LAST_YEAR
from aggregator.index.embedded_facets import coded, span
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.plan import (
    CONTENT,
    IDENTIFIER_SCORE,
    AllClause,
    AnyClause,
    Clause,
    ConceptClause,
    ExactClause,
    Forms,
    KnownClause,
    NotClause,
    PhraseClause,
    Plan,
    PrefixClause,
    Reach,
    ValueClause,
    WordClause,
)
from aggregator.index.port import SORTS
from aggregator.index.years import read_years

ID = "id"

SOME = 16
SOME_HEADINGS = "some_headings"
"""The headings of one work in so many."""

_LAST = "~~"
"""After every sign of a title's key."""

_SIGN = re.compile(r"[\\.+*?()|\[\]{}^$#&~-]")
"""What a pattern would give a meaning to; Rust takes a backslash before no other sign ("1⁄4")."""

LAYOUT = 3
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
    builder.add_text_field(SOME_HEADINGS, tokenizer_name="raw", index_option="basic")
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

    def matching(
        self, plan: Plan, filters: Sequence[Query], reach: Reach, language: str = ""
    ) -> Matching:
        """What ``plan`` and ``filters`` match, when the plan is followed as far as ``reach``.
        Works in ``language`` rank a little higher."""
        if plan.everything:
            every = self._all(filters)
            return Matching(every, every)
        musts, some = plan.wanted(reach)
        bonuses = list(self._bonuses(plan, reach))
        ranked = [self._ranked(clause) for clause in musts]
        plain = [self._plain(clause) for clause in musts]
        union = [self._ranked(clause) for clause in some]
        if not union and len(musts) == 1 and isinstance(musts[0], WordClause):
            union, ranked = ranked, []
        if reach == "known":
            ranked.append(self._any(union))
        elif union:
            # What earns a bonus has the word as well: one flat union asks for both at once, and was
            # measured to be faster than to look up each bonus for each work that has a word.
            ranked.append(self._any([*union, *bonuses, *self._whole(plan)]))
            bonuses = []
        else:
            bonuses += self._whole(plan)
        if some:
            plain.append(self._any([way for clause in some for way in self._ways(clause)]))
        excluded = [(Occur.MustNot, self._plain(clause)) for clause in plan.excluded]
        unscored = (Query.const_score_query(query, 0.0) for query in filters)
        clauses = [(Occur.Must, query) for query in (*ranked, *unscored)]
        if not clauses:
            clauses = [(Occur.Must, Query.all_query())]
        clauses += [
            (Occur.Should, query) for query in (*bonuses, *self._preferences(reach, language))
        ]
        counted = [(Occur.Must, query) for query in (*plain, *filters)]
        if excluded and not counted:
            counted = [(Occur.Must, Query.all_query())]
        return Matching(
            Query.boolean_query([*clauses, *excluded]),
            Query.boolean_query([*counted, *excluded])
            if excluded
            else self._all([query for _, query in counted]),
        )

    def titled(self, plan: Plan, filters: Sequence[Query]) -> Query:
        """Works whose whole title was typed."""
        musts, _ = plan.wanted("all")
        whole = Query.term_query(self._schema, "whole", plan.whole, "basic")
        return self._all([whole, *map(self._plain, musts), *filters])

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
        # Only the parser makes ranges over text; keys have no sign that means something to it.
        return self._index.parse_query(f"{sort}:{{{key} TO *}}", [sort])

    def titles_from(self, beginning: str) -> Query:
        """Works whose title's key begins so; in its column, which takes the same time whatever the
        beginning."""
        return self._index.parse_query(
            f"sort_title:[{beginning} TO {beginning}{_LAST}]", ["sort_title"]
        )

    def both(self, left: Query, right: Query) -> Query:
        return self._all([left, right])

    # Clauses

    def _ranked(self, clause: Clause) -> Query:
        """A clause for ranking."""
        match clause:
            case WordClause():
                return self._word(clause)
            case ConceptClause(typed=typed, others=others):
                ways = [self._all([self._word(word) for word in typed])] if typed else []
                weight = self._table.ranking.concept
                ways += [
                    Query.boost_query(self._all([self._word(word) for word in name]), weight)
                    for name in others
                ]
                return self._best(ways)
            case AllClause(clauses=inner):
                return self._all([self._ranked(part) for part in inner])
            case AnyClause(clauses=inner):
                return self._any([self._ranked(part) for part in inner])
            case ValueClause() | NotClause():
                return Query.const_score_query(self._plain(clause), 0.0)
            case PhraseClause() | ExactClause() | PrefixClause() | KnownClause():
                return self._plain(clause)

    def _plain(self, clause: Clause) -> Query:
        """A clause for counting."""
        match clause:
            case WordClause() | ConceptClause():
                return self._any(self._ways(clause))
            case PhraseClause(stems=stems, field=field):
                return Query.phrase_query(self._schema, f"{field}_a", list(stems))
            case ExactClause(surface=surface):
                return self._term("surface", surface)
            case PrefixClause(beginning=beginning, field=field):
                column = "surface" if field == CONTENT else f"{field}_a"
                pattern = _SIGN.sub(r"\\\g<0>", beginning) + ".*"
                return Query.const_score_query(
                    Query.regex_query(self._schema, column, pattern), 1.0
                )
            case ValueClause(field=field, value=value):
                return self._filter(self._table.fields[field], (value,))
            case KnownClause(values=values):
                return self._any([self._identifier(value) for value in values])
            case AllClause(clauses=inner):
                return self._all([self._plain(part) for part in inner])
            case AnyClause(clauses=inner):
                return self._any([self._plain(part) for part in inner])
            case NotClause(clause=inner):
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, self._plain(inner))]
                )

    def _word(self, clause: WordClause) -> Query:
        """A word for ranking: the best of its ways counts."""
        ways = self._written(clause.field, clause)
        if clause.identifier:
            ways.append(self._identifier(clause.identifier))
        query = self._best(ways)
        return query if clause.times == 1 else Query.boost_query(query, float(clause.times))

    def _written(self, field: str, clause: WordClause) -> list[Query]:
        """A word in ``field`` as it was typed, and a compound as all of its parts."""
        ways = [self._forms(field, clause.forms)]
        if clause.parts:
            ways.append(self._all([self._forms(field, part) for part in clause.parts]))
        return ways

    def _ways(self, clause: Clause) -> list[Query]:
        """The same for counting: whatever finds the word, side by side."""
        match clause:
            case WordClause(field=field, forms=forms, parts=parts, identifier=identifier):
                ways = self._terms(field, forms)
                if parts:
                    ways.append(self._all([self._any(self._terms(field, part)) for part in parts]))
                if identifier:
                    ways.append(self._identifier(identifier))
                return ways
            case ConceptClause(typed=typed, others=others):
                names = [name for name in (typed, *others) if name]
                return [self._all([self._plain(word) for word in name]) for name in names]
            case _:
                return [self._plain(clause)]

    def _bonuses(self, plan: Plan, reach: Reach) -> Iterable[Query]:
        """What adds to a work's score and is not required."""
        if reach == "known":  # of all works of a book or a journal, the one that the words name
            yield from map(self._ranked, plan.loose)
            return
        title, surface = self._table.fields["title"].weight, self._table.fields["surface"].weight
        for clause in plan.typed(reach):
            yield Query.boost_query(self._best(self._written("title", clause)), title)
            if clause.surface:
                yield Query.boost_query(self._term("surface", clause.surface), surface)
        for pair in plan.pairs:
            phrase = Query.phrase_query(self._schema, "content_a", list(pair))
            yield Query.boost_query(phrase, self._table.ranking.pairs)
        if reach == "loose":
            yield from (self._ranked(c) for c in plan.required if isinstance(c, PhraseClause))

    def _whole(self, plan: Plan) -> Iterable[Query]:
        """What a work gets whose whole title was typed."""
        weight = self._table.ranking.whole
        if plan.whole and weight:
            query = Query.term_query(self._schema, "whole", plan.whole, "basic")
            yield Query.const_score_query(query, weight)

    def _preferences(self, reach: Reach, language: str) -> Iterable[Query]:
        """What is good for the reader whatever was typed. Among works that have only some of the
        words it is not worth its time."""
        if reach != "all":
            return
        ranking = self._table.ranking
        for field, value, weight in (
            ("language", language, ranking.language),
            ("access", "open", ranking.open),
        ):
            if value and weight:
                yield Query.const_score_query(
                    Query.term_query(self._schema, field, value, "basic"), weight
                )

    def _forms(self, field: str, forms: Forms) -> Query:
        """A word in any form of ``field``: the better counts, the others break ties."""
        ways = self._terms(field, forms)
        exact = 2 if forms.c else 1
        weight = self._table.ranking.folded
        return self._best(
            [*ways[:exact], *(Query.boost_query(way, weight) for way in ways[exact:])]
        )

    def _terms(self, field: str, forms: Forms) -> list[Query]:
        """The stem, the Kyrgyz key, then what is the same but for ң ө ү."""
        found = [self._term(f"{field}_a", forms.a)]
        if forms.c:
            found.append(self._term(f"{field}_c", forms.c))
        if forms.folded and field == CONTENT:
            found.append(self._term(f"{field}_f", forms.folded))
        if forms.plain:
            found.append(self._term(f"{field}_c", forms.plain))
        return found

    def _best(self, ways: list[Query]) -> Query:
        return (
            ways[0]
            if len(ways) == 1
            else Query.disjunction_max_query(ways, self._table.ranking.tie)
        )

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value, index_option="freq")

    def _identifier(self, value: str) -> Query:
        return Query.const_score_query(self._term("identifier", value), IDENTIFIER_SCORE)

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
