"""Plans and filters in Elasticsearch's terms, clause by clause as the embedded engine has them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aggregator.index.document import LONGEST_KEYWORD
from aggregator.index.elastic_schema import first, last
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.plan import (
    CONTENT,
    IDENTIFIER_SCORE,
    AllClause,
    AnyClause,
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
from aggregator.index.plan import Clause as Wanted
from aggregator.index.years import read_years

Clause = dict[str, Any]

EVERYTHING: Clause = {"match_all": {}}
_NOTHING: Clause = {"match_none": {}}


class QueryMaker:
    """Makes the ``query`` of a search."""

    def __init__(self, table: FieldTable) -> None:
        self._table = table

    def scored(
        self, plan: Plan, filters: Sequence[Clause], reach: Reach, language: str = ""
    ) -> Clause:
        """What ``plan`` and ``filters`` match, ranked, when followed as far as ``reach``. Works in
        ``language`` rank a little higher."""
        if plan.everything:
            return every(filters)
        musts, some = plan.wanted(reach)
        bonuses = list(self._bonuses(plan, reach))
        ranked = [self._ranked(clause) for clause in musts]
        union = [self._ranked(clause) for clause in some]
        if not union and len(musts) == 1 and isinstance(musts[0], WordClause):
            union, ranked = ranked, []
        if reach == "known":
            ranked.append(_any(union))
        elif union:
            ranked.append(_any([*union, *bonuses, *self._whole(plan)]))
            bonuses = []
        else:
            bonuses += self._whole(plan)
        return {
            "bool": {
                "must": ranked or [EVERYTHING],
                "should": [*bonuses, *self._preferences(reach, language)],
                "filter": list(filters),
                "must_not": [self._plain(clause) for clause in plan.excluded],
            }
        }

    def plain(self, plan: Plan, filters: Sequence[Clause], reach: Reach) -> Clause:
        """The same for counting: only what matches, unranked."""
        musts, some = plan.wanted(reach)
        wanted = [self._plain(clause) for clause in musts]
        if some:
            wanted.append(_any([way for clause in some for way in self._ways(clause)]))
        if plan.excluded:
            wanted.append({"bool": {"must_not": [self._plain(c) for c in plan.excluded]}})
        return every([*wanted, *filters])

    def titled(self, plan: Plan) -> Clause:
        """Works whose whole title was typed."""
        return {"term": {"whole": plan.whole}}

    def filters(self, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, Clause]:
        """Facet name -> what its chosen values match. Values that cannot be match nothing."""
        return {
            name: self.filter(self._table.fields[name], values)
            for name, values in chosen.items()
            if values
        }

    def filter(self, field: IndexField, values: tuple[str, ...]) -> Clause:
        """What the chosen ``values`` of one facet match."""
        if field.kind == "range":
            return _any([self._years(field, value) for value in values])
        clean = [value.encode("utf-8", "replace").decode() for value in dict.fromkeys(values)]
        if any(len(value) > LONGEST_KEYWORD for value in clean):  # no work has it
            if field.facet == "and":
                return _NOTHING
            clean = [value for value in clean if len(value) <= LONGEST_KEYWORD]
        if field.facet == "and":
            return every([{"term": {field.name: value}} for value in clean])
        return {"terms": {field.name: clean}}

    # Clauses

    def _ranked(self, clause: Wanted) -> Clause:
        """A clause for ranking."""
        match clause:
            case WordClause():
                return self._word(clause)
            case ConceptClause(typed=typed, others=others):
                ways = [_all([self._word(word) for word in typed])] if typed else []
                weight = self._table.ranking.concept
                ways += [_all([self._word(word) for word in name], weight) for name in others]
                return self._best(ways)
            case AllClause(clauses=inner):
                return _all([self._ranked(part) for part in inner])
            case AnyClause(clauses=inner):
                return _any([self._ranked(part) for part in inner])
            case ValueClause() | NotClause():
                return every([self._plain(clause)])
            case PhraseClause() | ExactClause() | PrefixClause() | KnownClause():
                return self._plain(clause)

    def _plain(self, clause: Wanted) -> Clause:
        """A clause for counting."""
        match clause:
            case WordClause() | ConceptClause():
                return _any(self._ways(clause))
            case PhraseClause(stems=stems, field=field):
                return _phrase(stems, f"{field}_a")
            case ExactClause(surface=surface):
                return _term("surface", surface)
            case PrefixClause(beginning=beginning, field=field):
                column = "surface" if field == CONTENT else f"{field}_a"
                return {"prefix": {column: {"value": beginning}}}
            case ValueClause(field=field, value=value):
                return self.filter(self._table.fields[field], (value,))
            case KnownClause(values=values):
                return _any([_identifier(value) for value in values])
            case AllClause(clauses=inner):
                return _all([self._plain(part) for part in inner])
            case AnyClause(clauses=inner):
                return _any([self._plain(part) for part in inner])
            case NotClause(clause=inner):
                return {"bool": {"must_not": [self._plain(inner)]}}

    def _word(self, clause: WordClause) -> Clause:
        """A word for ranking: the best of its ways counts."""
        ways = self._written(clause.field, clause)
        if clause.identifier:
            ways.append(_identifier(clause.identifier))
        return self._best(ways, float(clause.times))

    def _written(self, field: str, clause: WordClause) -> list[Clause]:
        """A word in ``field`` as it was typed, and a compound as all of its parts."""
        ways = [self._forms(field, clause.forms)]
        if clause.parts:
            ways.append(_all([self._forms(field, part) for part in clause.parts]))
        return ways

    def _ways(self, clause: Wanted) -> list[Clause]:
        """The same for counting: whatever finds the word, side by side."""
        match clause:
            case WordClause(field=field, forms=forms, parts=parts, identifier=identifier):
                ways = self._terms(field, forms)
                if parts:
                    ways.append(_all([_any(self._terms(field, part)) for part in parts]))
                if identifier:
                    ways.append(_identifier(identifier))
                return ways
            case ConceptClause(typed=typed, others=others):
                names = [name for name in (typed, *others) if name]
                return [_all([self._plain(word) for word in name]) for name in names]
            case _:
                return [self._plain(clause)]

    def _bonuses(self, plan: Plan, reach: Reach) -> Iterable[Clause]:
        """What adds to a work's score and is not required."""
        if reach == "known":  # of all works of a book or a journal, the one that the words name
            yield from map(self._ranked, plan.loose)
            return
        title, surface = self._table.fields["title"].weight, self._table.fields["surface"].weight
        for clause in plan.typed(reach):
            yield self._best(self._written("title", clause), title)
            if clause.surface:
                yield _term("surface", clause.surface, surface)
        for pair in plan.pairs:
            yield _phrase(pair, "content_a", self._table.ranking.pairs)
        if reach == "loose":
            yield from (self._ranked(c) for c in plan.required if isinstance(c, PhraseClause))

    def _whole(self, plan: Plan) -> Iterable[Clause]:
        """What a work gets whose whole title was typed."""
        weight = self._table.ranking.whole
        if plan.whole and weight:
            yield {"constant_score": {"filter": self.titled(plan), "boost": weight}}

    def _preferences(self, reach: Reach, language: str) -> Iterable[Clause]:
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
                yield {"constant_score": {"filter": {"term": {field: value}}, "boost": weight}}

    def _forms(self, field: str, forms: Forms) -> Clause:
        """A word in any form of ``field``: the better counts, the others break ties."""
        return self._best(self._terms(field, forms, self._table.ranking.folded))

    def _terms(self, field: str, forms: Forms, folded: float = 1.0) -> list[Clause]:
        """The stem, the Kyrgyz key, then what is the same but for ң ө ү, which counts less."""
        found = [_term(f"{field}_a", forms.a)]
        if forms.c:
            found.append(_term(f"{field}_c", forms.c))
        if forms.folded and field == CONTENT:
            found.append(_term(f"{field}_f", forms.folded, folded))
        if forms.plain:
            found.append(_term(f"{field}_c", forms.plain, folded))
        return found

    def _best(self, ways: list[Clause], boost: float = 1.0) -> Clause:
        if len(ways) == 1 and boost == 1:
            return ways[0]
        tie = self._table.ranking.tie
        return {"dis_max": {"queries": ways, "tie_breaker": tie, "boost": boost}}

    @staticmethod
    def _years(field: IndexField, value: str) -> Clause:
        """Works whose years overlap ``value``."""
        years = read_years(value)
        if years is None:
            return _NOTHING
        low, high = years
        return every(
            [{"range": {first(field): {"lte": high}}}, {"range": {last(field): {"gte": low}}}]
        )


def every(clauses: Sequence[Clause]) -> Clause:
    """All of ``clauses``, unranked; every work when there is none."""
    return {"bool": {"filter": list(clauses)}} if clauses else EVERYTHING


def _all(clauses: Sequence[Clause], boost: float = 1.0) -> Clause:
    if len(clauses) == 1 and boost == 1:
        return clauses[0]
    return {"bool": {"must": list(clauses), "boost": boost}}


def _any(clauses: Sequence[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _term(field: str, value: str, boost: float = 1.0) -> Clause:
    return {"term": {field: {"value": value, "boost": boost}}}


def _identifier(value: str) -> Clause:
    return {
        "constant_score": {"filter": {"term": {"identifier": value}}, "boost": IDENTIFIER_SCORE}
    }


def _phrase(stems: Sequence[str], column: str, boost: float = 1.0) -> Clause:
    query = " ".join(stems)
    return {"match_phrase": {column: {"query": query, "analyzer": "whitespace", "boost": boost}}}
