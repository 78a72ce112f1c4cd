"""Lexemes → the parts of a query, each with the place where it was typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.language import QUERY_STOP_WORDS, STOP_WORDS, tokens
from aggregator.lexemes import Lexeme, lexemes
from aggregator.query.tree import (
    AUTHORS,
    All,
    Any,
    In,
    Names,
    Node,
    Not,
    Part,
    Phrase,
    Prefix,
    Value,
    Word,
    name_key,
)

MOST_WORDS = 64
"""Beyond these a query is cut, and says so: work for one query is bounded."""

_DEEPEST = 20
"""Fields, brackets and negations within each other."""

SHORTEST_PREFIX = 3
"""Letters before the star: shorter ones would find almost everything."""


MOST_PREFIXES = 6
"""Each takes as long as all the words that begin so; further ones are words."""


SHOWN = 80
"""Characters of a part that pages show."""

_INITIALS = re.compile(r"(?:[^\W\d_]\.[-\s]?)+,?")
"""With full stops: "И" is a word."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A node and where it was typed: ``begin`` to ``end``, and from ``start`` on with the operator
    before it, which goes with it when it is taken back."""

    node: Node
    begin: int
    end: int
    start: int


class Reader:
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
        self.ignored = [Part("ignored", sign.text[:SHOWN]) for sign in dropped]
        self.cut = ""

    def read(self) -> list[Typed]:
        """The query's parts in order."""
        parts: list[Typed] = []
        while self._at < len(self._lexemes) and not self.cut:
            if self._is("close"):  # its other half stood too deep in fields and negations
                self._ignore(self._take())
            parts += self._either()
        return parts

    def _either(self) -> list[Typed]:
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
        return [Typed(Any(nodes), options[0][0].begin, options[-1][-1].end, options[0][0].start)]

    def _both(self) -> list[Typed]:
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

    def _single(self) -> list[Typed]:
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

    def _read(self, lexeme: Lexeme) -> list[Typed]:
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

    def _group(self, opening: Lexeme) -> list[Typed]:
        inner: list[Typed] = []
        while self._at < len(self._lexemes) and not self._is("close") and not self.cut:
            inner += self._either()
        end = self._take().end if self._is("close") else self._lexemes[self._at - 1].end
        return [_typed(_one(inner), opening.start, end)] if inner else []

    def _field(self, name: Lexeme) -> list[Typed]:
        field = self._names.fields[name_key(name.text)]
        reader = self._names.values.get(field)
        if reader is None:
            inner = self._name() if field == AUTHORS else self._single()
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

    def _name(self) -> list[Typed]:
        """What an author's field is searched for: one part, and the initials beside a surname,
        each the beginning of a name."""
        found: list[Typed] = []
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

    def _initial(self, typed: Typed) -> Typed:
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

    def _phrase(self, lexeme: Lexeme) -> list[Typed]:
        words = tuple(
            part.text for token in tokens(lexeme.text) for part in token.parts or (token,)
        )
        if not words or not self._count(len(words), lexeme.text.strip()):
            return []
        return [_typed(Phrase(words), lexeme.start, lexeme.end)]

    def _prefix(self, lexeme: Lexeme) -> list[Typed]:
        found = tokens(lexeme.text)
        if not found:
            self._ignore(lexeme)
            return []
        last = found[-1]
        nodes = self._plain(lexeme.text[: last.start], lexeme.start)
        if len(last.text) < SHORTEST_PREFIX or last.parts or not self._beginning():
            self.ignored.append(Part("ignored", f"{last.text}*"[:SHOWN]))
            return nodes + self._plain(lexeme.text[last.start :], lexeme.start + last.start)
        if not self._count(1, last.text):
            return nodes
        return [*nodes, _typed(Prefix(last.text), lexeme.start + last.start, lexeme.end)]

    def _plain(self, text: str, offset: int) -> list[Typed]:
        nodes: list[Typed] = []
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
            self.cut = typed[:SHOWN]
            return False
        return True

    def _is(self, *kinds: str) -> bool:
        return self._at < len(self._lexemes) and self._lexemes[self._at].kind in kinds

    def _take(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _ignore(self, lexeme: Lexeme) -> None:
        self.ignored.append(Part("ignored", self._text[lexeme.start : lexeme.end][:SHOWN]))


def _typed(node: Node, begin: int, end: int) -> Typed:
    return Typed(node, begin, end, begin)


def _one(parts: Sequence[Typed]) -> Node:
    return parts[0].node if len(parts) == 1 else All(tuple(part.node for part in parts))
