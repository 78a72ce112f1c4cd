"""Why a work is where it is, in words: for `ilim search --explain`. Pure.

Says what the ranking looks at (`aggregator.index.plan`): which words of the query stand where and
how written, how many works have them, and what adds to a score whatever the words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from aggregator.index.document import whole_titles
from aggregator.index.fields import FieldTable
from aggregator.index.plan import ConceptClause, Forms, PhraseClause, Plan, WordClause
from aggregator.language import RUN, entry
from aggregator.record import Record
from aggregator.works import Work

_PLACES = {"title": "title", "creator": "authors", "topic": "subjects"}
"""Text fields that are asked for by name → where their words stand."""

_MOST_WRITTEN = 3
"""Spellings of a word that are named for one place."""


class Explainer:
    """Explains the hits of one search. ``works``: word → how many works have it in some form;
    ``language``: that of the reader; ``widened``: any of the words was enough."""

    def __init__(
        self,
        plan: Plan,
        table: FieldTable,
        works: Mapping[str, int],
        language: str,
        *,
        widened: bool = False,
    ) -> None:
        self._plan = plan
        self._table = table
        self._works = works
        self._language = language
        self._widened = widened

    def why(self, work: Work) -> tuple[str, ...]:
        """Sentences, those about the words first."""
        return tuple(self._sentences(work))

    def _sentences(self, work: Work) -> Iterator[str]:
        record, ranking = work.record, self._table.ranking
        places = {name: _written(texts) for name, texts in _texts(record)}
        if any(value in work_identifiers(record) for k in self._plan.known for value in k.values):
            yield "It has the identifier that was typed: nothing else had to be in it."
            return
        for clause in self._plan.words:
            if isinstance(clause, ConceptClause):
                yield from self._concept(clause, places)
            else:
                yield self._word(clause, places)
        typed = {*self._plan.words, *_concept_words(self._plan)}
        for leaf in self._plan.leaves():
            if leaf not in typed and isinstance(leaf, WordClause | PhraseClause):
                yield self._required(leaf, places)
        if self._plan.whole and self._plan.whole in whole_titles(record):
            yield f"What was typed is a whole title of it: + {ranking.whole:g}."
        pairs = sum(_beside(pair, record) for pair in self._plan.pairs)
        if pairs:
            yield f"Pairs of words side by side as typed: {pairs}, each × {ranking.pairs:g}."
        if self._widened:
            return  # what follows counts among works that have all the words
        if self._language and self._language in record.languages:
            yield f"It is in the reader's language ({self._language}): + {ranking.language:g}."
        if record.access == "open":
            yield f"Its full text is free: + {ranking.open:g}."

    def _required(
        self, clause: WordClause | PhraseClause, places: Mapping[str, Counter[str]]
    ) -> str:
        """What stands in brackets, quotation marks or a field."""
        if isinstance(clause, WordClause):
            own = _PLACES.get(clause.field)
            return self._word(clause, {own: places[own]} if own else places)
        return f"Looked for side by side: {' '.join(clause.stems)} (stems)."

    def _word(self, clause: WordClause, places: Mapping[str, Counter[str]]) -> str:
        stands = list(self._places(clause, places))
        works = self._works.get(clause.text)
        known = "" if works is None else f" (in {works:,} works)"
        times = f", typed {clause.times} times" if clause.times > 1 else ""
        if not stands:
            return f"“{clause.text}”{known}{times}: not in it."
        title = self._table.fields["title"].weight
        bonus = (
            f"; in the title it counts × {title:g} more" if stands[0].startswith("title") else ""
        )
        return f"“{clause.text}”{known}{times}: {', '.join(stands)}{bonus}."

    def _concept(self, clause: ConceptClause, places: Mapping[str, Counter[str]]) -> Iterator[str]:
        for word in clause.typed:
            yield self._word(word, places)
        for name in clause.others:
            stands = [list(self._places(word, places)) for word in name]
            if all(stands):
                called = " ".join(word.text for word in name)
                weight = self._table.ranking.concept
                yield f"“{called}” is another name of it, which counts × {weight:g}."

    def _places(self, clause: WordClause, places: Mapping[str, Counter[str]]) -> Iterator[str]:
        """Where a word stands, and how it is written there."""
        for name, written in places.items():
            found: Counter[str] = Counter()
            for form in (clause.forms, *clause.parts):
                for run, count in written.items():
                    how = _agrees(form, run)
                    if how is not None:
                        found[f"{run}{how}"] += count
            if found:
                shown = ", ".join(
                    f"{run} × {count}" if count > 1 else run
                    for run, count in found.most_common(_MOST_WRITTEN)
                )
                yield f"{name} ({shown})"


def _concept_words(plan: Plan) -> Iterator[WordClause]:
    for clause in plan.words:
        if isinstance(clause, ConceptClause):
            yield from clause.typed
            for name in clause.others:
                yield from name


def work_identifiers(record: Record) -> frozenset[str]:
    """What a work is found by as a known item."""
    return frozenset(i.value.casefold() for i in record.identifiers) | {
        record.container.issn.casefold()
    }


def _agrees(form: Forms, run: str) -> str | None:
    """How a word of a work agrees with a typed one: "" by its stem or key, a remark when only but
    for ң ө ү; None when it does not."""
    known = entry(run)
    for a, c, f in zip(
        *(part.split() or [""] for part in (known.a, known.c, known.f)), strict=False
    ):
        if a == form.a or (c and c == form.c):
            return ""
        if (f and f == form.folded) or (c and c == form.plain):
            return ", but for ң ө ү"
    return "" if form.a in known.a.split() or form.a == known.compound else None


def _texts(record: Record) -> Iterable[tuple[str, Iterable[str]]]:
    yield "title", [title.value for title in record.titles]
    yield "abstract", [text.value for text in record.abstracts]
    yield "authors", [creator.name for creator in record.creators]
    yield "subjects", [subject.term for subject in record.subjects]
    yield "published in", [record.container.title]


def _written(texts: Iterable[str]) -> Counter[str]:
    return Counter(run for text in texts for run in RUN.findall(text))


def _beside(pair: tuple[str, str], record: Record) -> bool:
    for _, texts in _texts(record):
        stems = [
            stem for text in texts for run in RUN.findall(text) for stem in entry(run).a.split()
        ]
        if any(a == pair[0] and b == pair[1] for a, b in pairwise(stems)):
            return True
    return False
