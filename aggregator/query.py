"""What a person types, as a small tree. Any string is legal.

For now words and "phrases"; what is typed between them does not change their meaning. Nodes are a
closed union: what reads a tree must name every kind of node, and a type checker sees to it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from aggregator.language import QUERY_STOP_WORDS, tokens

MOST_CHARACTERS = 2_000
MOST_WORDS = 64
"""Beyond these a query is cut, and says so: work for one query is bounded."""


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
class All:
    """Everything inside is wanted; in the order typed, repeated where it was repeated."""

    nodes: tuple["Node", ...]


Node = Word | Phrase | All


@dataclass(frozen=True, slots=True)
class Part:
    """One thing Ilim understood: ``kind`` names it for pages to put into words.

    ``all``: nothing was typed, every work is meant; ``word``, ``phrase``: wanted; ``common``: not
    looked for, since almost every work has it; ``cut``: left out, since the query was too long.
    """

    kind: Literal["all", "word", "phrase", "common", "cut"]
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """``text`` is what was typed, without what no page can show; ``root`` is what it means."""

    text: str
    root: All
    understood: tuple[Part, ...]

    @property
    def empty(self) -> bool:
        """Whether every work is wanted."""
        return not self.root.nodes


_SHOWN = 80
"""Characters of a part that pages show."""

_QUOTED = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]")


def parse(text: str) -> Query:
    """Read what a person typed. Never raises; what is too long is cut and named in ``understood``.

    Guillemets do not make a phrase: they belong to titles («Манас» эпосу), and titles are pasted.
    """
    shown = text.encode("utf-8", "replace").decode()
    kept, cut = _cut(shown)
    read: list[tuple[Word | Phrase, str]] = []
    taken = 0
    for node, typed in _read(kept):
        taken += len(node.words) if isinstance(node, Phrase) else 1
        if taken > MOST_WORDS:
            cut = typed
            break
        read.append((node, typed))
    parts = list(dict.fromkeys(_understood(read)))
    if cut:
        parts.append(Part("cut", cut))
    return Query(kept, All(tuple(node for node, _ in read)), tuple(parts))


def _cut(text: str) -> tuple[str, str]:
    """What is read of ``text``, and the beginning of what is not."""
    if len(text) <= MOST_CHARACTERS:
        return text, ""
    words = text[:MOST_CHARACTERS].rsplit(maxsplit=1)
    kept = words[0] if words else ""
    return kept, text[len(kept) :].lstrip()[:_SHOWN]


def _understood(read: Sequence[tuple[Word | Phrase, str]]) -> Iterator[Part]:
    if not read:
        yield Part("all", "")
    only_common = all(isinstance(node, Word) and node.common for node, _ in read)
    for node, typed in read:
        if isinstance(node, Phrase):
            yield Part("phrase", typed[:_SHOWN])
        else:
            yield Part("common" if node.common and not only_common else "word", typed[:_SHOWN])


def _read(text: str) -> Iterator[tuple[Word | Phrase, str]]:
    """Each node with the text it was read from."""
    end = 0
    for quoted in _QUOTED.finditer(text):
        yield from _words(text[end : quoted.start()])
        words = tuple(part.text for token in tokens(quoted[1]) for part in token.parts or (token,))
        if words:
            yield Phrase(words), quoted[1].strip()
        end = quoted.end()
    yield from _words(text[end:])


def _words(text: str) -> Iterator[tuple[Word, str]]:
    for token in tokens(text):
        parts = tuple(part.text for part in token.parts)
        word = Word(token.text, parts, token.text in QUERY_STOP_WORDS)
        yield word, text[token.start : token.end]
