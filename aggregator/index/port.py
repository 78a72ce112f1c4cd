"""The port both engines implement: analysed documents in, identifiers, counts and facets out.

Text reaches an index already analysed and split on spaces (`aggregator.index.document`), so
engines rank alike. What a hit looks like comes from the store: an index can always be thrown away.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol, Self

from aggregator.query import Query

Sort = Literal["relevance", "newest", "oldest", "title", "added"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest", "title", "added")

State = Literal["ready", "empty", "foreign", "stranger", "damaged"]
"""``empty``: no generation yet; ``foreign``: made by another schema or analysis; ``stranger``: made
from another store; these and ``damaged`` mean rebuild from the store."""

MOST_REFUSED = 500
"""Works whose refusal is remembered: more have one common cause."""


DEEPEST = 10_000
"""Hits that can be reached by ``offset``: Elasticsearch refuses more. Further on, by key."""

LONGEST_SPELLED = 64
"""Letters of a word or beginning that spellings and completions are looked up for."""


@dataclass(frozen=True, slots=True)
class Document:
    """One work, analysed, as it stands at work change ``number``. Values are as the field table's
    kinds say:

    text -> tokens joined by spaces; keyword -> tuple of strings; range -> (first, last) year, or
    no value; number -> int; sort key (``sort_NAME``, one for each `Sort` but relevance) -> a string
    or an int that ascends in the order wanted and that no two works share.
    """

    id: str
    number: int
    values: Mapping[str, str | int | tuple[str, ...] | tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Gone:
    """A work that was withdrawn or redirected by work change ``number``."""

    id: str
    number: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A work that the engine would not take in, and why; the store still has it."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where an index stands: it has taken in every work change up to ``number`` of ``store``.

    ``mark`` is the store's mark of that number: a store that was restored from a backup gives the
    number again, to another change, with another mark.
    """

    store: str
    schema: str
    number: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query and what is wanted of its answer.

    ``filters``: facet name -> chosen values; how they combine is the field table's matter.
    ``facets``: names to count; ``facet_size``: most values a facet gives (years: all).
    ``after``: an opaque key from the ``SearchPage`` before, for deep paging; else ``offset``, by
    which the first `DEEPEST` hits can be reached and no others. Works in ``language`` (a code),
    when one is given, rank a little higher than others that fit as well. Without ``widen``, few
    works with all the words are not answered with those that have any.
    """

    query: Query
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    size: int = 10
    offset: int = 0
    after: str = ""
    facets: tuple[str, ...] = ()
    facet_size: int = 50
    language: str = ""
    widen: bool = True


@dataclass(frozen=True, slots=True)
class IndexHit:
    id: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """``total`` and counts are exact. ``widened`` is true when fewer than ten works had all the
    words, none of them for its whole title of four words or more, and the answer is for any of
    them, best first. With a range field's facet comes another, `years.DECADE`: ("1980-1989", works
    that can be of it)."""

    total: int
    hits: Sequence[IndexHit]
    facets: Mapping[str, Sequence[tuple[str, int]]]
    next: str = ""
    widened: bool = False


class IndexWriter(Protocol):
    """The one writer of one generation: whoever holds the index's lease."""

    async def position(self) -> Position:
        """Where this generation stands (number 0 when new)."""
        ...

    async def write(self, documents: Sequence[Document], gone: Sequence[Gone]) -> None:
        """Add or replace documents, remove the works in ``gone``; not visible before ``commit``.

        Changes that were written and not committed are to be written again: the position tells.
        Repeating them changes nothing. What the engine refuses is kept aside (``refused``); the
        others go in.
        """
        ...

    async def commit(self, number: int, mark: str = "") -> None:
        """Make what was written visible and durable, then move the position to ``number``, whose
        mark in the store is ``mark``."""
        ...

    async def count(self) -> int:
        """Works in this generation as of the last commit."""
        ...

    async def refused(self) -> Sequence[Refused]:
        """Works that this generation would not take in, at most `MOST_REFUSED`."""
        ...

    async def promote(self) -> None:
        """Make this generation the serving one and drop the one it replaces."""
        ...

    async def discard(self) -> None:
        """Throw this generation away when it does not serve; nothing more can be written to it."""
        ...


class SearchIndex(Protocol):
    """An index with one serving generation. An async context manager: whoever opens, closes."""

    engine: str
    """The engine's name in configuration and status: "embedded" or "elasticsearch"."""

    shared: bool
    """Whether other installations may use the same place: then an index of another store is not
    replaced unless somebody says so."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def state(self) -> State:
        """Whether the serving generation can be used, and if not, why."""
        ...

    async def position(self) -> Position | None:
        """The serving generation's position; None unless ``state()`` is "ready"."""
        ...

    async def count(self) -> int:
        """Works that the serving generation shows."""
        ...

    async def refused(self) -> Sequence[Refused]:
        """Works that the serving generation would not take in, at most `MOST_REFUSED`."""
        ...

    async def complaints(self) -> Sequence[str]:
        """What is wrong with the engine beside its state: sentences that say what to do."""
        ...

    async def search(self, request: SearchRequest) -> SearchPage:
        """Answer ``request``. Raises Unavailable when there is nothing to search in."""
        ...

    async def similar(self, document: Document, size: int = 10) -> Sequence[IndexHit]:
        """Works whose words are most like ``document``'s, itself left out, best first."""
        ...

    async def spellings(self, word: str, size: int = 5) -> Sequence[tuple[str, int]]:
        """Words of the index at most two slips from ``word`` and with its first letter, with how
        many works have each: nearest first, among these the most frequent. ``word`` is normalised
        (`aggregator.language.tokens`) and not among them. An index of very many words looks among
        the most frequent ones only."""
        ...

    async def holding(self, words: Sequence[tuple[str, str]]) -> Sequence[int]:
        """How many works have each word, given as (name of a text value of `Document`, word as that
        value holds it). Counts may include replaced works for a while."""
        ...

    async def titles(self, beginning: str, size: int = 5) -> Sequence[str]:
        """Ids of works whose main title begins so, in whatever case and marks, by alphabet. Works
        that were replaced or are gone may be among them for a while."""
        ...

    async def completions(self, beginning: str, size: int = 10) -> Sequence[tuple[str, int]]:
        """People and subjects that begin so, in whatever case and marks, with how many works have
        each: most works first, then by alphabet. Counts may include replaced works for a while."""
        ...

    def writer(self, *, rebuild: bool = False) -> AbstractAsyncContextManager[IndexWriter]:
        """Write to the serving generation, or with ``rebuild`` to a new one that starts (or, after
        an interruption, goes on) from number zero and serves once promoted."""
        ...
