"""How a query is looked for and ranked, the same on every engine: a `Query` becomes a `Plan`.

Measured on judged collections (DESIGN §7): every word must occur, as a stem or as a Kyrgyz key, the
better of the two counting; what else is known of a work (its title, the words as written, words
that stand side by side) adds to its place and never decides alone. Repeated words weigh more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from aggregator.index.document import whole_title
from aggregator.language import STOP_WORDS, chain_a, chain_c, fold, folded_key, is_cyrillic
from aggregator.query import (
    All,
    Any,
    Concept,
    In,
    Node,
    Not,
    Phrase,
    Prefix,
    Query,
    Value,
    Word,
)

CONTENT = "content"
"""The field where words are looked for unless another is named."""

IDENTIFIER_SCORE = 10.0
"""What an identifier adds, about as much as a rare word: the same on every engine, however many
identifiers a work has."""

_SHORTEST_IDENTIFIER = 8
"""Letters and digits. A shorter word with digits is a word."""

_LONG_TITLE = 4
"""Words, without common ones."""

_FOLDING = frozenset("оун")
"""Letters that may have been typed for ө ү ң; е may at the beginning for э."""


@dataclass(frozen=True, slots=True)
class Forms:
    """One word as the fields hold it; ``c`` is "" where the Kyrgyz chain has nothing.

    ``folded`` is its key without ң ө ү, under which words that have them are found ("" where no
    such word can be meant); ``plain`` the same, when the word itself has such a letter: words that
    somebody wrote without them are found.
    """

    a: str
    c: str
    folded: str = ""
    plain: str = ""


@dataclass(frozen=True, slots=True)
class WordClause:
    """A work has this word in ``field``, or for a compound ("covid-19") all of its ``parts``.

    ``surface`` is the word as written, for Latin words only: on Cyrillic ones it was measured to
    cost. ``identifier`` is what to look for among identifiers, "" for an ordinary word. ``times``
    is how often it was typed. ``text`` is the word itself.
    """

    text: str
    forms: Forms
    parts: tuple[Forms, ...]
    surface: str
    identifier: str
    times: int
    field: str = CONTENT


@dataclass(frozen=True, slots=True)
class PhraseClause:
    """A work's ``field`` has these stems side by side; at least two."""

    stems: tuple[str, ...]
    field: str = CONTENT


@dataclass(frozen=True, slots=True)
class ExactClause:
    """A work has this very word."""

    surface: str


@dataclass(frozen=True, slots=True)
class PrefixClause:
    """A work has a word that begins so: as written, or as a stem when a ``field`` is named."""

    beginning: str
    field: str = CONTENT


@dataclass(frozen=True, slots=True)
class ValueClause:
    """A work has this value in a keyword or range field. It does not rank."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class KnownClause:
    """A work has one of these identifiers."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConceptClause:
    """A work has the words as typed, or, counting for less, one of the concept's other names."""

    typed: tuple[WordClause, ...]
    others: tuple[tuple[WordClause, ...], ...]


@dataclass(frozen=True, slots=True)
class AllClause:
    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class AnyClause:
    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class NotClause:
    clause: "Clause"


Clause = (
    WordClause | PhraseClause | ExactClause | PrefixClause | ValueClause | KnownClause
    | ConceptClause | AllClause | AnyClause | NotClause
)  # fmt: skip

Reach = Literal["known", "all", "any", "loose"]
"""``known``: an identifier that was typed; ``all``: every word and phrase; ``any``: every phrase
and any of the words; ``loose``: any of the words, those of phrases too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What must occur: all of ``required`` and all of ``words``, and nothing of ``excluded``.

    ``known`` are identifiers that are asked for first. ``loose`` are all words, also those that
    phrases are made of. ``pairs`` are stems of Latin words typed side by side. ``whole`` is what
    was typed as one value, which a work has whose title it is.

    Nothing at all: every work.
    """

    required: tuple[Clause, ...]
    words: tuple[WordClause | ConceptClause, ...]
    loose: tuple[WordClause | ConceptClause, ...]
    pairs: tuple[tuple[str, str], ...]
    excluded: tuple[Clause, ...] = ()
    known: tuple[KnownClause, ...] = ()
    whole: str = ""

    @property
    def everything(self) -> bool:
        return not (self.required or self.words or self.excluded or self.known)

    @property
    def ranks(self) -> bool:
        """Whether one work can fit better than another."""
        return bool(self.words or self.known) or any(map(_ranks, self.required))

    @property
    def long_title(self) -> str:
        """``whole`` when it has so many words that a work of this title is what was meant; ""."""
        return self.whole if len(self.words) >= _LONG_TITLE else ""

    @property
    def first(self) -> Reach:
        """Where to begin."""
        return "known" if self.known else "all"

    def wider(self, reach: Reach, total: int, enough: int) -> Reach | None:
        """How to go on when ``reach`` found ``total`` works; None: that is the answer.

        Fewer than ``enough``: any of the words. A phrase is given up only when nothing has it.
        """
        if reach == "known":
            return None if total or not (self.words or self.required) else "all"
        if reach == "all" and total < enough and len(self.words) > 1:
            return "any"
        if reach != "loose" and not total and self.loose and any(map(_loosens, self.required)):
            return "loose"
        return None

    def wanted(self, reach: Reach) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
        """At ``reach``: what must all occur, and what any of must occur (nothing: no matter)."""
        match reach:
            case "known":
                return (), self.known
            case "all":
                return (*self.required, *self.words), ()
            case "any":
                return self.required, tuple(_separate(self.words))
            case "loose":
                kept = tuple(clause for clause in self.required if not _loosens(clause))
                return kept, tuple(_separate(self.loose))

    def typed(self, reach: Reach) -> tuple[WordClause, ...]:
        """The words that what is known of a work beside its content counts for."""
        words = self.loose if reach == "loose" else self.words
        return tuple(
            word
            for clause in words
            for word in ((clause,) if isinstance(clause, WordClause) else clause.typed)
        )

    def leaves(self) -> Iterator[Clause]:
        """Every clause that is no combination, but those that must not occur."""
        for clause in (*self.required, *self.words):
            yield from _leaves(clause)


def plan(query: Query) -> Plan:
    """How ``query`` is looked for."""
    nodes = query.root.nodes
    known = tuple(map(KnownClause, query.known))
    excluded = tuple(_clauses_of(node.node for node in nodes if isinstance(node, Not)))
    wanted = [node for node in nodes if not isinstance(node, Not)]
    typed = [node for node in wanted if isinstance(node, Word) and not node.common]
    concepts = tuple(_concept(node) for node in wanted if isinstance(node, Concept))
    others = [node for node in wanted if not isinstance(node, Word | Concept)]
    required = tuple(dict.fromkeys(_clauses_of(others)))
    whole = _whole(nodes)
    if not typed and not concepts and not required:
        exact = (word for node in wanted if isinstance(node, Word) for word in _simple(node))
        clauses = tuple(ExactClause(word) for word in dict.fromkeys(exact))
        return Plan(clauses, (), (), (), excluded, known, whole)
    quoted = (word for node in wanted if isinstance(node, Phrase) for word in node.words)
    loose = [*typed, *(Word(word) for word in quoted if word not in STOP_WORDS)]
    return Plan(
        required,
        (*_words(typed), *concepts),
        (*_words(loose), *concepts),
        _pairs(nodes),
        excluded,
        known,
        whole,
    )


def _clauses_of(nodes: Iterable[Node], field: str = CONTENT) -> Iterator[Clause]:
    for node in nodes:
        clause = _clause(node, field)
        if clause is not None:
            yield clause


def _clause(node: Node, field: str) -> Clause | None:
    """A node as a clause, whatever it stands in; None when it is made of common words alone."""
    match node:
        case Word():
            return None if node.common else _word(node, 1, field)
        case Phrase():
            return _phrase(node, field)
        case Prefix(text=text):
            beginning = PrefixClause(text, field)
            if field == CONTENT:
                return beginning
            return AnyClause((beginning, _word(Word(text), 1, field)))  # a stem may be shorter
        case Value(field=name, value=value):
            return ValueClause(name, value)
        case In(field=name, node=inner):
            return _clause(inner, name) or _clause(_uncommon(inner), name)
        case Concept():
            return _concept(node)
        case Not(node=inner):
            clause = _clause(inner, field)
            return None if clause is None else NotClause(clause)
        case Any(nodes=nodes):
            return _joined(AnyClause, tuple(_clauses_of(nodes, field)))
        case All(nodes=nodes):
            return _joined(AllClause, tuple(_clauses_of(nodes, field)))


def _joined(kind: type[AnyClause] | type[AllClause], clauses: tuple[Clause, ...]) -> Clause | None:
    if len(clauses) < 2:
        return clauses[0] if clauses else None
    return kind(clauses)


def _uncommon(node: Node) -> Node:
    """A field's only word is looked for even if it is a common one."""
    return Word(node.text, node.parts) if isinstance(node, Word) else node


def _phrase(node: Phrase, field: str) -> Clause:
    kept = [word for word in node.words if word not in STOP_WORDS]
    if len(kept) > 1:
        return PhraseClause(tuple(map(chain_a, kept)), field)
    if field != CONTENT:
        return _word(Word((kept or node.words)[0]), 1, field)
    exact = tuple(ExactClause(word) for word in dict.fromkeys(kept or node.words))
    return exact[0] if len(exact) == 1 else AllClause(exact)


def _concept(node: Concept) -> ConceptClause:
    typed = _words([word for word in node.words if not word.common] or node.words)
    others = (_words([Word(w) for w in name if w not in STOP_WORDS]) for name in node.others)
    return ConceptClause(typed, tuple(name for name in others if name))


def _words(typed: Sequence[Word]) -> tuple[WordClause, ...]:
    times: dict[tuple[Forms, tuple[Forms, ...]], int] = {}
    words: dict[tuple[Forms, tuple[Forms, ...]], Word] = {}
    for word in typed:
        key = forms(word.text), tuple(map(forms, word.parts))
        times[key] = times.get(key, 0) + 1
        words.setdefault(key, word)
    return tuple(_word(words[key], count) for key, count in times.items())


def _word(word: Word, times: int, field: str = CONTENT) -> WordClause:
    surface = "" if is_cyrillic(word.text) else word.text
    parts = tuple(map(forms, word.parts))
    identifier = _identifier(word.text) if field == CONTENT else ""
    return WordClause(word.text, forms(word.text), parts, surface, identifier, times, field)


def forms(word: str) -> Forms:
    """A normalised word as the index's fields may hold it."""
    c = chain_c(word)
    if not c:
        return Forms(chain_a(word), "")
    key = folded_key(word)
    folded = key if key.startswith("е") or _FOLDING & set(key) else ""
    plain = key if key != c and fold(word) != word else ""
    return Forms(chain_a(word), c, folded, plain)


def _identifier(word: str) -> str:
    has_digit = any(map(str.isdigit, word))
    return word if has_digit and len(word) >= _SHORTEST_IDENTIFIER else ""


def _simple(word: Word) -> tuple[str, ...]:
    return word.parts or (word.text,)


def _ranks(clause: Clause) -> bool:
    match clause:
        case ValueClause() | NotClause():
            return False
        case AllClause(clauses=inner) | AnyClause(clauses=inner):
            return any(map(_ranks, inner))
        case _:
            return True


def _loosens(clause: Clause) -> bool:
    """What may be given up when nothing has it: words side by side, for the words alone."""
    return (
        isinstance(clause, PhraseClause | ExactClause)
        and getattr(clause, "field", CONTENT) == CONTENT
    )


def _separate(words: Iterable[WordClause | ConceptClause]) -> Iterator[Clause]:
    """Each word for itself; a concept's other names stay whole."""
    for clause in words:
        if isinstance(clause, WordClause):
            yield clause
        else:
            yield from clause.typed
            if clause.others:
                yield ConceptClause((), clause.others)


def _leaves(clause: Clause) -> Iterator[Clause]:
    match clause:
        case AllClause(clauses=inner) | AnyClause(clauses=inner):
            for part in inner:
                yield from _leaves(part)
        case ConceptClause(typed=typed, others=others):
            yield from typed
            for name in others:
                yield from name
        case NotClause():
            pass
        case _:
            yield clause


def _whole(nodes: Iterable[Node]) -> str:
    """What was typed as one value; "" when it is more than words."""
    words: list[str] = []
    for node in nodes:
        match node:
            case Word():
                words += _simple(node)
            case Concept(words=typed):
                words += [part for word in typed for part in _simple(word)]
            case Phrase(words=quoted):
                words += quoted
            case _:
                return ""
    return whole_title(words)


def _pairs(nodes: Iterable[Node]) -> tuple[tuple[str, str], ...]:
    """Stems that stand side by side in the content of a work which has the words as typed."""
    pairs: dict[tuple[str, str], None] = {}
    last = ""
    for node in nodes:
        typed = node.words if isinstance(node, Concept) else (node,)
        for word in typed:
            if not isinstance(word, Word) or word.common:
                if not (isinstance(word, Word) and word.text in STOP_WORDS):
                    last = ""
                continue
            for part in _simple(word):
                stem = "" if is_cyrillic(part) or part in STOP_WORDS else chain_a(part)
                if last and stem:
                    pairs[last, stem] = None
                last = stem
    return tuple(pairs)
