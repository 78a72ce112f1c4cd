"""What a results page shows: hits, filters, chips, sort links and pager. Pure, given the answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.record import Creator, main_title
from aggregator.search import Facet, Piece, Results
from aggregator.source import SourceConfig
from aggregator.works import Work
from web.describe import (
    Access,
    Address,
    access,
    addresses,
    language_of,
    names,
    own_page,
    publication,
    title_language,
    year,
)
from web.params import LAST_PAGE, PAGE_SIZE, SORTS, YEAR, PageSort, PageState, Years
from web.ridge import Ridge, draw
from web.suggestions import Offers, offers
from web.understood import Reader, Reading
from web.words import Words

ORDER = ("subject", "access", "type", "language", "source")
"""Filters a reader wants first; the field table's others follow in its order."""
DECADE = "decade"
"""A facet that only counts: its values are ranges such as "1980-1989"."""
OPEN_GROUPS = 2
"""Filter groups with a choice to make that are open before one is made, after the years."""
SHOWN = 5
"""Values of a filter before "Show all"."""
SHOWN_NAMES = 3

_BETWEEN = re.compile(r"\s*(?:\.\.|-|–)\s*")


@dataclass(frozen=True, slots=True)
class HitView:
    id: str
    title: tuple[Piece, ...]
    lang: str
    names: tuple[Creator, ...]
    more_names: bool
    year: str
    facts: tuple[str, ...]
    published: str
    published_lang: str
    snippet: tuple[Piece, ...]
    access: Access | None
    sources: tuple[str, ...]
    sample: bool
    fulltext: Address | None
    own_page: str


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One filter's checkboxes: ``shown`` at once, ``more`` behind "Show all"."""

    name: str
    label: str
    shown: tuple[Option, ...]
    more: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force and the state without it."""

    label: str
    state: PageState


@dataclass(frozen=True, slots=True)
class SortLink:
    label: str
    state: PageState
    current: bool


@dataclass(frozen=True, slots=True)
class Listing:
    total: int
    hits: tuple[HitView, ...]
    groups: tuple[Group, ...]
    ridge: Ridge | None
    chips: tuple[Chip, ...]
    sorts: tuple[SortLink, ...]
    pages: int
    widened: bool
    reading: Reading
    offers: tuple[Offers, ...]
    sample: bool


class Lister:
    """Makes listings in one language. ``labels`` names the field table's fields in it."""

    def __init__(
        self, words: Words, sources: Mapping[str, SourceConfig], labels: Mapping[str, str]
    ) -> None:
        self._words = words
        self._sources = sources
        self._labels = labels
        self._reader = Reader(words, labels, self.value)

    def listing(self, state: PageState, results: Results, this_year: int) -> Listing:
        """The page for ``state``, given its answer."""
        facets = {facet.name: facet for facet in results.facets}
        hits = tuple(self.hit(hit.work, hit.title, hit.snippet) for hit in results.hits)
        return Listing(
            total=results.total,
            hits=hits,
            groups=self._groups(facets, state),
            ridge=self.ridge(facets, state.years, this_year),
            chips=self._chips(state),
            sorts=self._sorts(state),
            pages=page_count(results.total),
            widened=results.widened,
            reading=self._reader.reading(results.understood.understood, state),
            offers=offers(results.suggestions, state, self._words),
            sample=any(hit.sample for hit in hits),
        )

    def ridge(self, facets: Mapping[str, Facet], years: Years, this_year: int) -> Ridge | None:
        """The skyline of the year facet, with the counts of the decade facet where there is one."""
        # A chosen range is among the values of the year facet too: it is no year.
        single = {int(value): n for value, n in _counts(facets.get(YEAR)) if value.isdecimal()}
        decades = {int(value[:-5]): n for value, n in _counts(facets.get(DECADE))}
        return draw(single, decades, years, this_year)

    def options(self, facet: Facet) -> tuple[Option, ...]:
        """A facet's values as a reader sees them."""
        return tuple(
            Option(value.value, self.value(facet.name, value.value), value.count, value.chosen)
            for value in facet.values
            if value.count or value.chosen
        )

    def value(self, facet: str, value: str) -> str:
        """The name of a facet's value in this language; most name themselves."""
        match facet:
            case "year":
                return self._range(_ends(value))
            case "source":
                return self.source(value)
            case "type":
                return self._words.labels.types.get(value, value)
            case "access":
                return self._words.labels.access.get(value, value)
            case "language":
                return self._words.language(value)
            case _:
                return value

    def source(self, source: str) -> str:
        """A source's name; its id when it is no longer configured."""
        config = self._sources.get(source)
        return config.name.get(self._words.code) if config else source

    def is_sample(self, sources: Sequence[str]) -> bool:
        """Whether one of them is the sample catalogue."""
        return any(s in self._sources and self._sources[s].sample for s in sources)

    def hit(self, work: Work, title: tuple[Piece, ...], snippet: tuple[Piece, ...] = ()) -> HitView:
        """A work in a few lines."""
        record = work.record
        people = names(record)
        fulltexts = addresses(record, "fulltext")
        publisher = record.publisher[0].lang if record.publisher else ""
        return HitView(
            id=work.id,
            title=tuple(piece for piece in title if piece.text),
            lang=title_language(record),
            names=people[:SHOWN_NAMES],
            more_names=len(people) > SHOWN_NAMES,
            year=year(record.issued),
            facts=(
                self._words.labels.types.get(record.type, record.type),
                *(self._words.language(tag) for tag in record.languages),
            ),
            published=publication(record),
            published_lang=language_of(publisher, record),
            snippet=snippet,
            access=access(record.access, self._words),
            sources=tuple(self.source(source) for source in work.sources),
            sample=self.is_sample(work.sources),
            fulltext=fulltexts[0] if fulltexts else None,
            own_page=own_page(record),
        )

    def heading(self, work: Work) -> HitView:
        """A work at the head of its own page."""
        title = main_title(work.record)
        return self.hit(work, (Piece(title.value, marked=False),) if title else ())

    def _groups(self, facets: Mapping[str, Facet], state: PageState) -> tuple[Group, ...]:
        order = [name for name in ORDER if name in facets]
        order += [name for name in facets if name not in order and name not in (YEAR, DECADE)]
        groups: list[Group] = []
        opened = 0
        for name in order:
            options = self.options(facets[name])
            if not options:
                continue
            inviting = len(options) > 1 and opened < OPEN_GROUPS
            opened += inviting
            shown = tuple(o for rank, o in enumerate(options) if rank < SHOWN or o.chosen)
            groups.append(
                Group(
                    name=name,
                    label=self._labels.get(name, name),
                    shown=shown,
                    more=tuple(option for option in options if option not in shown),
                    open=inviting or name in state.chosen,
                )
            )
        return tuple(groups)

    def _chips(self, state: PageState) -> tuple[Chip, ...]:
        chips = [
            Chip(self.value(name, value), state.without_value(name, value))
            for name, values in state.chosen.items()
            for value in values
        ]
        if state.years != (None, None):
            chips.append(Chip(self._range(state.years), state.with_years((None, None))))
        return tuple(chips)

    def _range(self, years: Years) -> str:
        _ = self._words
        first, last = years
        if first is None:
            return _("up to %(year)s", year=last)
        if last is None:
            return _("from %(year)s", year=first)
        return str(first) if first == last else f"{first}–{last}"

    def _sorts(self, state: PageState) -> tuple[SortLink, ...]:
        _ = self._words
        labels: Mapping[PageSort, str] = {
            "relevance": _("Relevance"),
            "newest": _("Newest"),
            "oldest": _("Oldest"),
            "title": _("Title"),
        }
        return tuple(SortLink(labels[s], state.with_sort(s), s == state.sort) for s in SORTS)


def _ends(value: str) -> Years:
    """First and last year of "1995", "1990..2000", "..2000", "1990-"."""
    first, *last = (int(year) if year else None for year in _BETWEEN.split(value.strip()))
    return first, last[0] if last else first


def page_count(total: int) -> int:
    """Pages that can be turned for ``total`` works; at least one."""
    return min(max(1, -(-total // PAGE_SIZE)), LAST_PAGE)


def _counts(facet: Facet | None) -> list[tuple[str, int]]:
    return [(value.value, value.count) for value in facet.values] if facet else []
