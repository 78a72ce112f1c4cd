"""The address of a results page and what it means.

Any query string gives a `PageState`: what makes no sense is ignored or brought into range, so a
typed address is never an error page. `PageState.query` writes the shortest address that reads
back as the same state.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlencode

PAGE_SIZE = 10
LAST_PAGE = 1000
"""Elasticsearch refuses to page by offset past 10,000 hits; nobody reads that far."""
MAX_TEXT = 500
"""Characters of a query; the box has the same limit."""
_REST = 80
"""Characters shown of the first word that was not read."""
MAX_VALUE = 500
MAX_VALUES = 50
"""Filter values in one address, over all filters."""
LAST_YEAR = 2999
MAX_DIGITS = 4

PageSort = Literal["relevance", "newest", "oldest", "title"]
SORTS: tuple[PageSort, ...] = ("relevance", "newest", "oldest", "title")
YEAR = "year"

Years = tuple[int | None, int | None]
"""First and last year wanted; None leaves that end open."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What a reader asked for. ``chosen`` maps a filter's name to its values, never to none."""

    text: str = ""
    page: int = 1
    sort: PageSort = "relevance"
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    years: Years = (None, None)
    concepts: bool = True
    """Whether concepts are searched under their other names too."""
    rest: str = field(default="", compare=False)
    """The first word typed beyond `MAX_TEXT`; it is said once, and no address has it."""

    @property
    def filtered(self) -> bool:
        return bool(self.chosen) or self.years != (None, None)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """As `Search.find` wants them; years as one range "1948-2020", either end may be empty."""
        filters = dict(self.chosen)
        if self.years != (None, None):
            first, last = self.years
            filters[YEAR] = (f"{'' if first is None else first}-{'' if last is None else last}",)
        return filters

    def query(self) -> str:
        """The query string, without "?"; defaults are left out."""
        pairs: list[tuple[str, str]] = []
        if self.text:
            pairs.append(("q", self.text))
        for name, values in self.chosen.items():
            pairs += ((name, value) for value in values)
        for name, year in zip(("from", "to"), self.years, strict=True):
            if year is not None:
                pairs.append((name, str(year)))
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if not self.concepts:
            pairs.append(("concepts", "off"))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return urlencode(pairs)

    def with_text(self, text: str) -> "PageState":
        return replace(self, text=one_line(text, MAX_TEXT), rest="", page=1)

    def with_page(self, page: int) -> "PageState":
        return replace(self, page=min(max(page, 1), LAST_PAGE))

    def with_sort(self, sort: PageSort) -> "PageState":
        return replace(self, sort=sort, page=1)

    def with_concepts(self, wanted: bool) -> "PageState":
        return replace(self, concepts=wanted, page=1)

    def with_years(self, years: Years) -> "PageState":
        return replace(self, years=years, page=1)

    def with_value(self, name: str, value: str) -> "PageState":
        values = tuple(dict.fromkeys((*self.chosen.get(name, ()), value)))
        return replace(self, chosen={**self.chosen, name: values}, page=1)

    def without_value(self, name: str, value: str) -> "PageState":
        chosen = {
            other: left
            for other, values in self.chosen.items()
            if (left := tuple(v for v in values if (other, v) != (name, value)))
        }
        return replace(self, chosen=chosen, page=1)

    def without_filters(self) -> "PageState":
        return replace(self, chosen={}, years=(None, None), page=1)


def read_state(pairs: Iterable[tuple[str, str]], filters: Collection[str]) -> PageState:
    """The state that a query string's decoded ``pairs`` ask for.

    ``filters`` are the names that may be filtered by, beside the years. The first of a repeated
    single parameter wins; unknown parameters are ignored.
    """
    single: dict[str, str] = {}
    chosen: dict[str, dict[str, None]] = {}
    taken = 0
    for name, value in pairs:
        if name in filters and name != YEAR:
            cleaned = one_line(value, MAX_VALUE)
            values = chosen.setdefault(name, {})
            if cleaned and cleaned not in values and taken < MAX_VALUES:
                values[cleaned] = None
                taken += 1
        else:
            single.setdefault(name, value)
    sort = single.get("sort", "")
    text, rest = _divided(single.get("q", ""))
    return PageState(
        text=text,
        page=min(max(_whole(single.get("page", "")) or 1, 1), LAST_PAGE),
        sort=sort if sort in SORTS else "relevance",
        chosen={name: tuple(values) for name, values in chosen.items() if values},
        years=_years(single.get("from", ""), single.get("to", "")),
        concepts=single.get("concepts") != "off",
        rest=rest,
    )


def _divided(typed: str) -> tuple[str, str]:
    """What is read of a query, whole words where it has any, and the first word that is not."""
    line = one_line(typed, len(typed))
    if len(line) <= MAX_TEXT:
        return line, ""
    kept = line[:MAX_TEXT].rsplit(maxsplit=1)[0]
    return kept, line[len(kept) :].split(maxsplit=1)[0][:_REST]


def _years(first: str, last: str) -> Years:
    """Both ends; when they stand the wrong way round, turned."""
    low, high = _year(first), _year(last)
    if low is not None and high is not None and low > high:
        return high, low
    return low, high


def _year(text: str) -> int | None:
    year = _whole(text)
    return year if year is not None and 1 <= year <= LAST_YEAR else None


def _whole(text: str) -> int | None:
    """A whole number in ASCII digits, else None. Long runs of digits are never converted."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= MAX_DIGITS else 10**MAX_DIGITS


def one_line(text: str, limit: int) -> str:
    """One line without control characters or halves of surrogate pairs, cut to ``limit``."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in text
    )
    return visible.strip()[:limit].strip()
