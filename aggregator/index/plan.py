"""How a query is looked for and ranked, the same on every engine: a `Query` becomes a `Plan`.

Measured on judged collections (DESIGN §7): every word must occur, as a stem or as a Kyrgyz key, the
better of the two counting; what else is known of a work (its title, the words as written, words
that stand side by side) adds to its place and never decides alone. Repeated words weigh more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from aggregator.language import STOP_WORDS, chain_a, chain_c, is_cyrillic
from aggregator.query import Node, Phrase, Query, Word

_SHORTEST_IDENTIFIER = 8
"""Letters and digits. A shorter word with digits is a word."""


@dataclass(frozen=True, slots=True)
class Forms:
    """One word as the fields hold it; ``c`` is "" where the Kyrgyz chain has nothing."""

    a: str
    c: str


@dataclass(frozen=True, slots=True)
class WordClause:
    """A work has this word, or for a compound ("covid-19") all of its ``parts``.

    ``surface`` is the word as written, for Latin words only: on Cyrillic ones it was measured to
    cost. ``identifier`` is what to look for among identifiers, "" for an ordinary word. ``times``
    is how often it was typed.
    """

    forms: Forms
    parts: tuple[Forms, ...]
    surface: str
    identifier: str
    times: int


@dataclass(frozen=True, slots=True)
class PhraseClause:
    """A work's content has these stems side by side; at least two."""

    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExactClause:
    """A work has this very word."""

    surface: str


Reach = Literal["all", "any", "loose"]
"""``all``: every word and phrase; ``any``: every phrase and any of the words; ``loose``: any of the
words, those of phrases too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What must occur: all of ``required`` and all of ``words``.

    ``loose`` are all words, also those that phrases are made of. ``pairs`` are stems of Latin words
    typed side by side.

    Nothing at all: every work.
    """

    required: tuple[PhraseClause | ExactClause, ...]
    words: tuple[WordClause, ...]
    loose: tuple[WordClause, ...]
    pairs: tuple[tuple[str, str], ...]

    @property
    def everything(self) -> bool:
        return not self.required and not self.words

    def wider(self, reach: Reach, total: int, enough: int) -> Reach | None:
        """How to go on when ``reach`` found ``total`` works; None: that is the answer.

        Fewer than ``enough``: any of the words. A phrase is given up only when nothing has it.
        """
        if reach == "all" and total < enough and len(self.words) > 1:
            return "any"
        if reach != "loose" and not total and self.required and self.loose:
            return "loose"
        return None


def plan(query: Query) -> Plan:
    """How ``query`` is looked for."""
    nodes = query.root.nodes
    typed = [node for node in nodes if isinstance(node, Word) and not node.common]
    required = tuple(dict.fromkeys(clause for node in nodes for clause in _required(node)))
    if not typed and not required:
        exact = (word for node in nodes if isinstance(node, Word) for word in _simple(node))
        return Plan(tuple(ExactClause(word) for word in dict.fromkeys(exact)), (), (), ())
    quoted = (word for node in nodes if isinstance(node, Phrase) for word in node.words)
    loose = [*typed, *(Word(word) for word in quoted if word not in STOP_WORDS)]
    return Plan(required, _clauses(typed), _clauses(loose), _pairs(nodes))


def _required(node: Node) -> Iterable[PhraseClause | ExactClause]:
    if not isinstance(node, Phrase):
        return ()
    kept = [word for word in node.words if word not in STOP_WORDS]
    if len(kept) > 1:
        return (PhraseClause(tuple(map(chain_a, kept))),)
    return tuple(ExactClause(word) for word in kept or node.words)


def _clauses(typed: Sequence[Word]) -> tuple[WordClause, ...]:
    times: dict[tuple[Forms, tuple[Forms, ...]], int] = {}
    words: dict[tuple[Forms, tuple[Forms, ...]], str] = {}
    for word in typed:
        key = _forms(word.text), tuple(map(_forms, word.parts))
        times[key] = times.get(key, 0) + 1
        words.setdefault(key, word.text)
    return tuple(
        WordClause(
            forms,
            parts,
            "" if is_cyrillic(words[forms, parts]) else words[forms, parts],
            _identifier(words[forms, parts]),
            count,
        )
        for (forms, parts), count in times.items()
    )


def _forms(word: str) -> Forms:
    return Forms(chain_a(word), chain_c(word))


def _identifier(word: str) -> str:
    has_digit = any(map(str.isdigit, word))
    return word if has_digit and len(word) >= _SHORTEST_IDENTIFIER else ""


def _simple(word: Word) -> tuple[str, ...]:
    return word.parts or (word.text,)


def _pairs(nodes: Iterable[Node]) -> tuple[tuple[str, str], ...]:
    """Stems that stand side by side in the content of a work which has the words as typed."""
    pairs: dict[tuple[str, str], None] = {}
    last = ""
    for node in nodes:
        if not isinstance(node, Word) or node.common:
            if not (isinstance(node, Word) and node.text in STOP_WORDS):
                last = ""
            continue
        for word in _simple(node):
            stem = "" if is_cyrillic(word) or word in STOP_WORDS else chain_a(word)
            if last and stem:
                pairs[last, stem] = None
            last = stem
    return tuple(pairs)
