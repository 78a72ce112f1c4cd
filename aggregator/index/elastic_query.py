"""Plans and filters in Elasticsearch's terms, clause by clause as the embedded engine has them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aggregator.index.document import LONGEST_KEYWORD
from aggregator.index.elastic_schema import first, last
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.plan import ExactClause, Forms, PhraseClause, Plan, Reach, WordClause
from aggregator.index.years import read_years

Clause = dict[str, Any]

EVERYTHING: Clause = {"match_all": {}}
_NOTHING: Clause = {"match_none": {}}


class QueryMaker:
    """Makes the ``query`` of a search."""

    def __init__(self, table: FieldTable) -> None:
        self._table = table

    def scored(self, plan: Plan, filters: Sequence[Clause], reach: Reach) -> Clause:
        """What ``plan`` and ``filters`` match, ranked, when followed as far as ``reach``."""
        if plan.everything:
            return every(filters)
        words = plan.loose if reach == "loose" else plan.words
        required = [] if reach == "loose" else [self._clause(clause) for clause in plan.required]
        bonuses = list(self._bonuses(plan, words, reach))
        if reach == "all" and len(words) != 1:
            musts = [*required, *(self._word(clause) for clause in words)]
        else:
            musts = [*required, _any([*(self._word(clause) for clause in words), *bonuses])]
            bonuses = []
        return {"bool": {"must": musts, "should": bonuses, "filter": list(filters)}}

    def plain(self, plan: Plan, filters: Sequence[Clause], reach: Reach) -> Clause:
        """The same for counting: only what matches, unranked."""
        if plan.everything:
            return every(filters)
        words = plan.loose if reach == "loose" else plan.words
        required = [] if reach == "loose" else [self._clause(clause) for clause in plan.required]
        if reach == "all":
            required += [_any(self._ways(clause)) for clause in words]
        else:
            required.append(_any([way for clause in words for way in self._ways(clause)]))
        return every([*required, *filters])

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

    def _clause(self, clause: PhraseClause | ExactClause) -> Clause:
        if isinstance(clause, ExactClause):
            return _term("surface", clause.surface)
        return _phrase(clause.stems)

    def _word(self, clause: WordClause) -> Clause:
        """A word for ranking: the best of its ways counts."""
        ways = [self._forms("content", clause.forms)]
        if clause.parts:
            ways.append(_all([self._forms("content", part) for part in clause.parts]))
        if clause.identifier:
            ways.append(_term("identifier", clause.identifier))
        return self._best(ways, float(clause.times))

    def _ways(self, clause: WordClause) -> list[Clause]:
        ways = self._terms("content", clause.forms)
        if clause.parts:
            ways.append(_all([_any(self._terms("content", part)) for part in clause.parts]))
        if clause.identifier:
            ways.append(_term("identifier", clause.identifier))
        return ways

    def _bonuses(self, plan: Plan, words: Sequence[WordClause], reach: Reach) -> Iterable[Clause]:
        """What adds to a work's score and is not required."""
        title, surface = self._table.fields["title"].weight, self._table.fields["surface"].weight
        for clause in words:
            forms = (clause.forms, *clause.parts)
            yield self._best([self._forms("title", form) for form in forms], title)
            if clause.surface:
                yield _term("surface", clause.surface, surface)
        for pair in plan.pairs:
            yield _phrase(pair, self._table.ranking.pairs)
        if reach == "loose":
            yield from (self._clause(clause) for clause in plan.required)

    def _forms(self, field: str, forms: Forms) -> Clause:
        """A word in either form of ``field``: the better counts, the other breaks ties."""
        return self._best(self._terms(field, forms))

    def _terms(self, field: str, forms: Forms) -> list[Clause]:
        both = [_term(f"{field}_a", forms.a)]
        if forms.c:
            both.append(_term(f"{field}_c", forms.c))
        return both

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


def _all(clauses: Sequence[Clause]) -> Clause:
    return {"bool": {"must": list(clauses)}}


def _any(clauses: Sequence[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _term(field: str, value: str, boost: float = 1.0) -> Clause:
    return {"term": {field: {"value": value, "boost": boost}}}


def _phrase(stems: Sequence[str], boost: float = 1.0) -> Clause:
    query = " ".join(stems)
    return {
        "match_phrase": {"content_a": {"query": query, "analyzer": "whitespace", "boost": boost}}
    }
