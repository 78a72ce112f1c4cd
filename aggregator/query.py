"""What a person types, as a small tree. Any string is legal.

    query  = either*                    all of them are wanted
    either = both (OR both)*            any of them
    both   = single (AND single)*
    single = [NOT | -] (word | "phrase" | prefix* | field:name | ( query ))

    name   = single, in an author's field with initials before or after: author:Ч. Айтматов

So ``a b OR c`` is ``a (b OR c)``. What cannot be read so is searched as words; what had to be left
out is named in ``understood``. Nodes are a closed union: what reads a tree must name every kind of
node, and a type checker sees to it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from aggregator.known import KnownItem, known_items
from aggregator.language import QUERY_STOP_WORDS, STOP_WORDS, fold, tokens
from aggregator.lexemes import OPERATORS, Lexeme, lexemes

MOST_CHARACTERS = 2_000
MOST_WORDS = 64
"""Beyond these a query is cut, and says so: work for one query is bounded."""

_DEEPEST = 20
"""Fields, brackets and negations within each other."""

SHORTEST_PREFIX = 3
"""Letters before the star: shorter ones would find almost everything."""


MOST_PREFIXES = 6
"""Each takes as long as all the words that begin so; further ones are words."""

_AUTHORS = "creator"
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
        return bool(field) and (not spaced or field == _AUTHORS or field in self.values)


def name_key(word: str) -> str:
    """A field's name in whatever case, with or without ң ө ү."""
    return fold(word.casefold())


_SHOWN = 80
"""Characters of a part that pages show."""

_INITIALS = re.compile(r"(?:[^\W\d_]\.[-\s]?)+,?")
"""With full stops: "И" is a word."""

_NOTHING_NAMED = Names()


def parse(text: str, names: Names = _NOTHING_NAMED) -> Query:
    """Read what a person typed. Never raises; what is too long is cut and named in ``understood``.

    Guillemets do not make a phrase: they belong to titles («Манас» эпосу), and titles are pasted.
    """
    shown = text.encode("utf-8", "replace").decode()
    kept, cut = _cut(shown)
    reader = _Reader(kept, names)
    read = reader.read()
    known = _meant(known_items(kept), read)
    rest = [typed for typed in read if not any(_covers(item, typed) for item in known)]
    parts = [*_known_parts(kept, known), *_parts(kept, rest, bool(known)), *reader.ignored]
    cut = reader.cut or cut
    if cut:
        parts.append(Part("cut", cut))
    root = All(tuple(node for typed in read for node in _flat(typed.node)))
    once = {(part.kind, part.text): part for part in reversed(parts)}
    understood = tuple(reversed(once.values()))
    return Query(kept, root, understood, tuple(item.values for item in known))


def _cut(text: str) -> tuple[str, str]:
    """What is read of ``text``, and the beginning of what is not."""
    if len(text) <= MOST_CHARACTERS:
        return text, ""
    words = text[:MOST_CHARACTERS].rsplit(maxsplit=1)
    kept = words[0] if words else ""
    return kept, text[len(kept) :].lstrip()[:_SHOWN]


# Understood


@dataclass(frozen=True, slots=True)
class _Typed:
    """A node and where it was typed: ``begin`` to ``end``, and from ``start`` on with the operator
    before it, which goes with it when it is taken back."""

    node: Node
    begin: int
    end: int
    start: int


_CITATION = 4
"""Words beside a journal's number from which a work in it is cited, and not the journal meant."""


def _meant(known: Sequence[KnownItem], read: Sequence["_Typed"]) -> list[KnownItem]:
    """The identifiers of what is looked for: in a citation the ISSN is a word like others, for it
    names a journal with all its articles."""
    words = [typed for typed in read if isinstance(typed.node, Word) and not typed.node.common]
    beside = [typed for typed in words if not any(_covers(item, typed) for item in known)]
    return [item for item in known if item.scheme != "issn" or len(beside) < _CITATION]


def _known_parts(text: str, known: Sequence[KnownItem]) -> Iterator[Part]:
    for item in known:
        without = _without(text, item.start, item.end)
        yield Part("known", text[item.start : item.end][:_SHOWN], item.scheme, without)


def _covers(item: KnownItem, typed: "_Typed") -> bool:
    return item.start <= typed.begin and typed.end <= item.end


def _parts(text: str, read: Sequence[_Typed], known: bool) -> Iterator[Part]:
    if not read and not known:
        yield Part("all", "")
    only_common = all(isinstance(typed.node, Word) and typed.node.common for typed in read)
    for typed in read:
        node = typed.node
        without = _without(text, typed.start, typed.end)
        field = ""
        more: tuple[str, ...] = ()
        match node:
            case Word():
                kind: PartKind = "common" if node.common and not only_common else "word"
            case Phrase():
                kind = "phrase"
            case Prefix():
                kind = "prefix"
            case Value(field=field, value=value):
                kind, more = "value", (value,)
            case In(field=field):
                kind = "field"
            case Not(node=Word(common=True)):
                kind = "common"
            case Not():
                kind = "not"
            case Any():
                kind = "any"
            case All() | Concept():
                kind = "group"
        shown = text[typed.begin : typed.end]
        yield Part(kind, shown[:_SHOWN], field, without, more)


def _without(text: str, start: int, end: int) -> str:
    """The rest of ``text``, without an operator that had joined it to what stood before."""
    rest = text[end:].split()
    if not text[:start].strip():
        while rest and OPERATORS.get(rest[0]) in {"and", "or"}:
            rest = rest[1:]
    return " ".join([*text[:start].split(), *rest])


def _flat(node: Node) -> Iterator[Node]:
    if isinstance(node, All):
        for inner in node.nodes:
            yield from _flat(inner)
    else:
        yield node


# Reading


class _Reader:
    """Reads lexemes from left to right. ``ignored`` and ``cut`` tell what was left out."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names
        self._at = 0
        self._words = 0
        self._beginnings = 0
        self._nested = 0
        self._capitals = text.isupper()
        self._lexemes, dropped = lexemes(text, names.means_field)
        self.ignored = [Part("ignored", sign.text[:_SHOWN]) for sign in dropped]
        self.cut = ""

    def read(self) -> list[_Typed]:
        """The query's parts in order."""
        parts: list[_Typed] = []
        while self._at < len(self._lexemes) and not self.cut:
            if self._is("close"):  # its other half stood too deep in fields and negations
                self._ignore(self._take())
            parts += self._either()
        return parts

    def _either(self) -> list[_Typed]:
        """Parts joined by OR become one; without it each stays a part of its own."""
        options = [found] if (found := self._both()) else []
        while options and self._is("or") and not self.cut:
            sign = self._take()
            if not (after := self._both()):
                self._ignore(sign)
                break
            options.append(after)
        if len(options) < 2:
            return found
        nodes = tuple(map(_one, options))
        return [_Typed(Any(nodes), options[0][0].begin, options[-1][-1].end, options[0][0].start)]

    def _both(self) -> list[_Typed]:
        while self._is("and", "or"):
            self._ignore(self._take())
        found = self._single()
        while found and self._is("and") and not self.cut:
            sign = self._take()
            if not (after := self._single()):
                self._ignore(sign)
                break
            found += [replace(after[0], start=sign.start), *after[1:]]
        return found

    def _single(self) -> list[_Typed]:
        """One part; several where one lexeme holds several words ("Ысык-Көл"); none at the end of
        a bracket."""
        if self._at >= len(self._lexemes) or self._is("close"):
            return []
        lexeme = self._take()
        self._nested += 1
        try:
            if self._nested > _DEEPEST:
                self._ignore(lexeme)
                return []
            return self._read(lexeme)
        finally:
            self._nested -= 1

    def _read(self, lexeme: Lexeme) -> list[_Typed]:
        match lexeme.kind:
            case "not":
                wanted = False
                while self._is("not"):  # twice is not at all
                    self._take()
                    wanted = not wanted
                inner = self._single()
                if not inner:
                    self._ignore(lexeme)
                    return []
                node = _one(inner) if wanted else Not(_one(inner))
                return [_typed(node, lexeme.start, inner[-1].end)]
            case "open":
                return self._group(lexeme)
            case "field":
                return self._field(lexeme)
            case "quoted":
                return self._phrase(lexeme)
            case "prefix":
                return self._prefix(lexeme)
            case "text":
                return self._plain(lexeme.text, lexeme.start)
            case "and" | "or" | "close":
                self._ignore(lexeme)
                return self._single()

    def _group(self, opening: Lexeme) -> list[_Typed]:
        inner: list[_Typed] = []
        while self._at < len(self._lexemes) and not self._is("close") and not self.cut:
            inner += self._either()
        end = self._take().end if self._is("close") else self._lexemes[self._at - 1].end
        return [_typed(_one(inner), opening.start, end)] if inner else []

    def _field(self, name: Lexeme) -> list[_Typed]:
        field = self._names.fields[name_key(name.text)]
        reader = self._names.values.get(field)
        if reader is None:
            inner = self._name() if field == _AUTHORS else self._single()
            if inner:
                return [_typed(In(field, _one(inner)), name.start, inner[-1].end)]
            return self._plain(name.text, name.start)
        typed = self._lexemes[self._at] if self._is("text", "quoted") else None
        if typed and (value := reader(typed.text)):
            self._at += 1
            return [_typed(Value(field, value), name.start, typed.end)]
        if self._text[name.end : name.end + 1] == " ":  # a title with a colon
            return self._plain(name.text, name.start)
        self._ignore(name)
        return self._single()

    def _name(self) -> list[_Typed]:
        """What an author's field is searched for: one part, and the initials beside a surname,
        each the beginning of a name."""
        found: list[_Typed] = []
        surname = False
        while self._is_initials() or not surname:
            initials = self._is_initials()
            if self._is("quoted"):  # a name may stand in a record the other way round
                name = self._take()
                part = self._plain(name.text, name.start + 1)
                part[-1:] = [replace(last, end=name.end) for last in part[-1:]]
            else:
                part = self._single()
            if not part:
                break
            surname = surname or not initials or not self._is("text")
            found += [self._initial(typed) for typed in part]
        return found

    def _initial(self, typed: _Typed) -> _Typed:
        match typed.node:
            case Word(text=text, common=False) if len(text) == 1 and text.isalpha():
                return replace(typed, node=Prefix(text)) if self._beginning() else typed
            case _:
                return typed

    def _beginning(self) -> bool:
        """Whether one more beginning of a word may be looked for."""
        self._beginnings += 1
        return self._beginnings <= MOST_PREFIXES

    def _is_initials(self) -> bool:
        return self._is("text") and bool(_INITIALS.fullmatch(self._lexemes[self._at].text))

    def _phrase(self, lexeme: Lexeme) -> list[_Typed]:
        words = tuple(
            part.text for token in tokens(lexeme.text) for part in token.parts or (token,)
        )
        if not words or not self._count(len(words), lexeme.text.strip()):
            return []
        return [_typed(Phrase(words), lexeme.start, lexeme.end)]

    def _prefix(self, lexeme: Lexeme) -> list[_Typed]:
        found = tokens(lexeme.text)
        if not found:
            self._ignore(lexeme)
            return []
        last = found[-1]
        nodes = self._plain(lexeme.text[: last.start], lexeme.start)
        if len(last.text) < SHORTEST_PREFIX or last.parts or not self._beginning():
            self.ignored.append(Part("ignored", f"{last.text}*"[:_SHOWN]))
            return nodes + self._plain(lexeme.text[last.start :], lexeme.start + last.start)
        if not self._count(1, last.text):
            return nodes
        return [*nodes, _typed(Prefix(last.text), lexeme.start + last.start, lexeme.end)]

    def _plain(self, text: str, offset: int) -> list[_Typed]:
        nodes: list[_Typed] = []
        for token in tokens(text):
            if not self._count(max(len(token.parts), 1), text[token.start : token.end]):
                break
            parts = tuple(part.text for part in token.parts)
            common = self._is_common(token.text, text[token.start : token.end])
            word = Word(token.text, parts, common)
            nodes.append(_typed(word, offset + token.start, offset + token.end))
        return nodes

    def _is_common(self, word: str, typed: str) -> bool:
        """WHO among words in small letters is an acronym."""
        if word not in QUERY_STOP_WORDS:
            return False
        acronym = len(typed) > 1 and typed.isupper() and not self._capitals
        return word in STOP_WORDS or not acronym

    def _count(self, words: int, typed: str) -> bool:
        """Whether there is still room for these words; if not, the query is cut here."""
        if self.cut:
            return False
        self._words += words
        if self._words > MOST_WORDS:
            self.cut = typed[:_SHOWN]
            return False
        return True

    def _is(self, *kinds: str) -> bool:
        return self._at < len(self._lexemes) and self._lexemes[self._at].kind in kinds

    def _take(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _ignore(self, lexeme: Lexeme) -> None:
        self.ignored.append(Part("ignored", self._text[lexeme.start : lexeme.end][:_SHOWN]))


def _typed(node: Node, begin: int, end: int) -> _Typed:
    return _Typed(node, begin, end, begin)


def _one(parts: Sequence[_Typed]) -> Node:
    return parts[0].node if len(parts) == 1 else All(tuple(part.node for part in parts))
