"""The nodes of a query's tree, what was understood of it, and the names that fields go by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aggregator.language import fold

AUTHORS = "creator"
"""The field whose names may have initials."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, normalised. ``parts`` are the words of a compound with digits ("covid", "19").

    A ``common`` word ("of", "жана") is not looked for unless a query has no other.
    """

    text: str
    parts: tuple[str, ...] = ()
    common: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotation marks: wanted side by side and in this order."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a work has in a field of kind keyword or range: ``language:ky``."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class In:
    """Looked for in one text field alone: ``title:манас``."""

    field: str
    node: "Node"


@dataclass(frozen=True, slots=True)
class Concept:
    """Typed words that name a concept, and what it is called otherwise, each name in words."""

    words: tuple[Word, ...]
    others: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Not:
    node: "Node"


@dataclass(frozen=True, slots=True)
class Any:
    """One of these is enough."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class All:
    """Everything inside is wanted; in the order typed, repeated where it was repeated."""

    nodes: tuple["Node", ...]


Node = Word | Phrase | Prefix | Value | In | Concept | Not | Any | All

PartKind = Literal[
    "all", "word", "phrase", "prefix", "field", "value", "not", "any", "group", "known", "concept",
    "common", "cut", "ignored",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One thing Ilim understood: ``kind`` names it for pages to put into words.

    ``all``: nothing was typed, every work is meant; ``word``, ``phrase``, ``prefix``, ``field``,
    ``value``, ``group``: wanted; ``any``: one of several is enough; ``not``: must not occur;
    ``known``: an identifier, whose work is wanted; ``concept``: looked for in other languages too,
    under the names ``more``; ``common``: not looked for, since almost every work has it; ``cut``:
    left out, since the query was too long; ``ignored``: a sign that means nothing where it stands.

    ``text`` is what was typed, ``field`` the field it is about, ``without`` the query that remains
    when this part is taken back. The ``more`` of a ``value`` is the value as works have it.
    """

    kind: PartKind
    text: str
    field: str = ""
    without: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """``text`` is what was typed, without what no page can show; ``root`` is what it means.

    ``known``: identifiers in it, each in the forms an index may hold; a work that has one of them
    is the answer, before anything else is looked for.
    """

    text: str
    root: All
    understood: tuple[Part, ...]
    known: tuple[tuple[str, ...], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether every work is wanted."""
        return not self.root.nodes and not self.known


@dataclass(frozen=True, slots=True)
class Names:
    """What may stand before a colon, and what after it.

    ``fields``: the word typed, as `name_key` gives it → field. ``values``: field → reader of its
    values, "" for what is none; fields without a reader hold words.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    def means_field(self, word: str, spaced: bool) -> bool:
        """Whether a word before a colon names a field. Titles have colons with a space after them:
        there only an author or a value can be meant."""
        field = self.fields.get(name_key(word), "")
        return bool(field) and (not spaced or field == AUTHORS or field in self.values)


def name_key(word: str) -> str:
    """A field's name in whatever case, with or without ң ө ү."""
    return fold(word.casefold())
