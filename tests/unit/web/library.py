"""A small library held in memory, asked in the same words as `aggregator.search.Search`.

It finds by plain words and counts facets one by one: enough to look at pages, and able to be in
states a healthy store never is in (`failure`, `condition`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from aggregator.coverage import quality
from aggregator.finder import with_concepts
from aggregator.index.port import Sort, State
from aggregator.query import Names, parse
from aggregator.record import Deleted, Record
from aggregator.search import (
    Completion,
    Coverage,
    Facet,
    FacetValue,
    Hit,
    IndexStatus,
    Piece,
    RawPayload,
    Redirected,
    Results,
    SourceFigures,
    StoredRecord,
    Suggestion,
    Withdrawn,
    WorkPage,
)
from aggregator.store.state import Run
from aggregator.thesaurus import Concept, Label, Thesaurus
from aggregator.works import Member, Work

CONCEPTS = Thesaurus(
    {
        "epic": Concept(
            "epic", {"ru": (Label("эпос", ("эпос",)),), "en": (Label("Epic", ("epic",)),)}, {}
        )
    }
)
STAMP = "2026-11-22T05:10:00+00:00"


def stored(record: Record | Deleted) -> StoredRecord:
    return StoredRecord(record, 1, STAMP, "marc21", 1)


def work(id: str, *records: Record, reason: str = "doi:10.1000/182") -> WorkPage:
    """A work of ``records``; the first founds it, ``reason`` joined the others."""
    members = tuple(
        Member(record.source, record.local_id, reason if rank else "")
        for rank, record in enumerate(records)
    )
    return WorkPage(
        Work(id=id, added=1, record=records[0], members=members),
        tuple(stored(record) for record in records),
    )


class Library:
    """Works by id, plus ids that lead elsewhere or are gone."""

    def __init__(
        self,
        pages: Iterable[WorkPage],
        *,
        moved: Mapping[str, str] | None = None,
        withdrawn: Iterable[str] = (),
    ) -> None:
        self._pages = {page.work.id: page for page in pages}
        self._moved = moved or {}
        self._withdrawn = frozenset(withdrawn)
        self.failure: Exception | None = None
        self.condition: State = "ready"
        self.behind = 0
        self.trouble = ""
        """The cause of what every source's last run failed for."""
        self.removed: frozenset[str] = frozenset()
        self.widened = False
        self.suggestions: tuple[Suggestion, ...] = ()
        self.names = Names()
        self.languages: list[str] = []
        """Of the pages that were asked for, in order."""

    async def find(
        self,
        text: str,
        *,
        filters: Mapping[str, tuple[str, ...]] = {},
        sort: Sort = "relevance",
        size: int = 10,
        offset: int = 0,
        facets: bool = True,
        language: str = "",
        concepts: bool = True,
    ) -> Results:
        if self.failure:
            raise self.failure
        self.languages.append(language)
        query = parse(text, self.names)
        if concepts:
            query = with_concepts(query, CONCEPTS)
        words = text.casefold().split()
        found = [
            page.work
            for page in self._pages.values()
            if all(word in _text(page.work.record).casefold() for word in words)
        ]
        kept = [w for w in found if all(_fits(w, name, v) for name, v in filters.items())]
        if sort in ("newest", "oldest"):
            kept.sort(key=lambda w: w.record.issued.min, reverse=sort == "newest")
        counted = tuple(self._facet(name, found, filters) for name in _VALUES) if facets else ()
        return Results(
            total=len(kept),
            hits=tuple(_hit(w, words) for w in kept[offset : offset + size]),
            facets=counted,
            understood=query,
            widened=self.widened,
            next="",
            suggestions=self.suggestions,
        )

    async def complete(self, beginning: str) -> tuple[Completion, ...]:
        if self.failure:
            raise self.failure
        records = [page.work.record for page in self._pages.values()]
        people = Counter(creator.name for record in records for creator in record.creators)
        found = [Completion("name", name, works) for name, works in people.items()]
        found += [Completion("title", t.value, 1) for record in records for t in record.titles]
        start = beginning.casefold()
        return tuple(c for c in found if start and c.text.casefold().startswith(start))

    def _facet(
        self, name: str, works: Iterable[Work], filters: Mapping[str, tuple[str, ...]]
    ) -> Facet:
        own = "year" if name == "decade" else name
        others = {other: values for other, values in filters.items() if other != own}
        chosen = filters.get(name, ())
        counts = Counter(dict.fromkeys(chosen, 0))
        for found in works:
            if all(_fits(found, other, values) for other, values in others.items()):
                counts.update(_VALUES[name](found))
        most = None if name == "year" else 50
        return Facet(
            name, tuple(FacetValue(v, count, v in chosen) for v, count in counts.most_common(most))
        )

    async def status(self) -> IndexStatus:
        if self.failure:
            raise self.failure
        return IndexStatus("embedded", len(self._pages), self.behind, self.condition)

    async def work(self, id: str) -> WorkPage | Redirected | Withdrawn | None:
        if self.failure:
            raise self.failure
        if id in self._moved:
            return Redirected(self._moved[id])
        return Withdrawn() if id in self._withdrawn else self._pages.get(id)

    async def raw(self, source: str, local_id: str) -> RawPayload | None:
        return RawPayload(b"<script>alert(1)</script>", "oai_dc")

    async def coverage(self, source: str) -> Coverage:
        if self.failure:
            raise self.failure
        works = [page.work for page in self._pages.values() if source in page.work.sources]
        years = [year for work in works for year in _years(work)]
        records = [
            stored.record
            for page in self._pages.values()
            for stored in page.records
            if stored.record.source == source and isinstance(stored.record, Record)
        ]
        return Coverage(len(works), (min(years), max(years)) if years else None, quality(records))

    async def sources(self) -> Mapping[str, SourceFigures]:
        if self.failure:
            raise self.failure
        counts = Counter(source for page in self._pages.values() for source in page.work.sources)
        begun = datetime.now(UTC).isoformat()  # states are told by the clock
        verdict, why = ("failed", "in words") if self.trouble else ("complete", "")
        run = Run("", verdict, 1, 1, 0, 0, 0, 0, 1.0, why, begun, True, self.trouble)
        return {
            source: SourceFigures(
                last_run=run, last_success=begun, records=n, removed=source in self.removed
            )
            for source, n in counts.items()
        }


_VALUES: Mapping[str, Callable[[Work], Iterable[str]]] = {
    "source": lambda w: w.sources,
    "type": lambda w: (w.record.type,),
    "language": lambda w: w.record.languages,
    "year": lambda w: map(str, _years(w)),
    "decade": lambda w: {f"{year // 10 * 10}-{year // 10 * 10 + 9}" for year in _years(w)},
    "subject": lambda w: tuple(subject.term for subject in w.record.subjects),
    "access": lambda w: (w.record.access,),
}


def _years(work: Work) -> range:
    issued = work.record.issued
    return range(issued.min, issued.max + 1) if issued.min else range(0)


def _fits(work: Work, name: str, values: tuple[str, ...]) -> bool:
    if name == "year":
        first, _, last = values[0].partition("-")
        issued = work.record.issued
        return int(first or 0) <= issued.max and issued.min <= int(last or 9999)
    return bool(set(_VALUES[name](work)) & set(values))


def _text(record: Record) -> str:
    parts = (
        *(title.value for title in record.titles),
        *(creator.name for creator in record.creators),
        *(abstract.value for abstract in record.abstracts),
        *(subject.term for subject in record.subjects),
    )
    return " ".join(parts)


def _hit(work: Work, words: list[str]) -> Hit:
    title = work.record.titles[0].value if work.record.titles else ""
    abstract = work.record.abstracts[0].value if work.record.abstracts else ""
    return Hit(work.id, 1.0, work, _marked(title, words), _marked(abstract, words))


def _marked(text: str, words: list[str]) -> tuple[Piece, ...]:
    return tuple(
        Piece(part + " ", any(word in part.casefold() for word in words)) for part in text.split()
    )
