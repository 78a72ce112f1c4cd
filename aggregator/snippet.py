"""What a page shows of a hit: the words that matched, in whatever form they stand. Pure.

Works by the chains that documents and queries go through, so it does not matter which engine
answered, and marks in a text what the index matched in it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aggregator.index.plan import (
    CONTENT,
    ExactClause,
    PhraseClause,
    Plan,
    PrefixClause,
    WordClause,
)
from aggregator.language import RUN, Entry, Token, entry, pieces

LONGEST_PASSAGE = 240
"""Characters of a passage, without the marks of what was left out."""

_LONGEST_SEARCHED = 20_000
"""Characters of an abstract in which the best passage is looked for."""

_SHOWN = (CONTENT, "title")
"""Fields whose words stand in titles and abstracts; authors are looked for elsewhere."""

_CUT = "…"

_LOOK_INSIDE = " "
"""Stands for a run that is more than one plain word; no word has a space."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``marked`` where it matched."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class _Match:
    """A place in a text, and which of the query's words stands there."""

    start: int
    end: int
    word: str


class Highlighter:
    """Marks the words of one plan in any text."""

    def __init__(self, plan: Plan) -> None:
        leaves = [leaf for leaf in plan.leaves() if getattr(leaf, "field", CONTENT) in _SHOWN]
        words = [clause for clause in leaves if isinstance(clause, WordClause)]
        forms = [form for clause in words for form in (clause.forms, *clause.parts)]
        phrases = (clause.stems for clause in leaves if isinstance(clause, PhraseClause))
        self._stems = {form.a: form.a for form in forms}
        self._stems |= {stem: stem for stems in phrases for stem in stems}
        self._keys = {form.plain: form.a for form in forms if form.plain}
        self._keys |= {form.c: form.a for form in forms if form.c}
        self._folded = {form.folded: form.a for form in forms if form.folded}
        self._exact = {c.surface for c in leaves if isinstance(c, ExactClause)}
        self._beginnings = tuple(c.beginning for c in leaves if isinstance(c, PrefixClause))
        self._seen: dict[str, str] = {}

    def mark(self, text: str) -> tuple[Piece, ...]:
        """The whole of ``text`` in pieces; joined they give it back."""
        return tuple(_cut(text, 0, len(text), self._matches(text)))

    def passage(self, texts: Iterable[str]) -> tuple[Piece, ...]:
        """Of the text that has most of the words the part that has most of them; of texts without
        any the first one's beginning. Cut between words; white space is made even."""
        best: tuple[int, str, list[_Match]] = (-1, "", [])
        for text in texts:
            even = " ".join(text[:_LONGEST_SEARCHED].split())
            matches = list(self._matches(even))
            found = len({match.word for match in matches})
            if even and found > best[0]:
                best = found, even, matches
        _, text, matches = best
        start, end = _window(text, matches)
        shown = list(_cut(text, start, end, matches))
        before = [Piece(_CUT, marked=False)] if start else []
        after = [Piece(_CUT, marked=False)] if end < len(text) else []
        return tuple(_joined(before + shown + after))

    def _matches(self, text: str) -> Iterator[_Match]:
        for run in RUN.finditer(text):
            typed = run[0]
            word = self._seen.get(typed)
            if word is None:
                word = self._seen[typed] = self._look(typed)
            if word == _LOOK_INSIDE:
                yield from self._inside(typed, run.start())
            elif word:
                yield _Match(run.start(), run.end(), word)

    def _look(self, run: str) -> str:
        """Which of the query's words a run is, "" for none; runs repeat, so this is remembered."""
        known = entry(run)
        if known.surface != run.lower():
            return _LOOK_INSIDE
        return self._word(known)

    def _inside(self, run: str, offset: int) -> Iterator[_Match]:
        """Matches in a run that is more than one plain word: a compound whole, else its parts."""
        for token in pieces(run, offset):
            if token.text in self._stems or token.text in self._exact:
                yield _Match(token.start, token.end, token.text)
            else:
                yield from self._parts(token.parts or (token,))

    def _parts(self, parts: Iterable[Token]) -> Iterator[_Match]:
        for part in parts:
            known = entry(part.text)
            if word := self._word(known):
                yield _Match(part.start, part.end, word)

    def _word(self, entry: Entry) -> str:
        """Which of the query's words this is; "" for none."""
        surface = entry.surface
        if surface in self._exact:
            return surface
        if self._beginnings and surface.startswith(self._beginnings):
            return next(start for start in self._beginnings if surface.startswith(start))
        if not entry.a:
            return ""
        found = self._stems.get(entry.a) or self._keys.get(entry.c)
        return found or self._folded.get(entry.f) or ""


def _window(text: str, matches: Sequence[_Match]) -> tuple[int, int]:
    """Where the best passage begins and ends: most different words, then most words, then first."""
    if len(text) <= LONGEST_PASSAGE:
        return 0, len(text)
    first, last = _cluster(matches)
    if not matches:
        return 0, _word_end(text, 0)
    inside = matches[last].end - matches[first].start
    start = max(0, matches[first].start - (LONGEST_PASSAGE - inside) // 3)
    start = min(start, len(text) - LONGEST_PASSAGE)
    if start:
        start = min(text.find(" ", start - 1) + 1 or start, matches[first].start)
    return start, max(_word_end(text, start), matches[last].end)


def _cluster(matches: Sequence[_Match]) -> tuple[int, int]:
    """First and last of the matches that fit into a passage and cover most words."""
    best, at = (0, 0), (0, 0)
    seen: Counter[str] = Counter()
    first = 0
    for last, match in enumerate(matches):
        seen[match.word] += 1
        while first < last and match.end - matches[first].start > LONGEST_PASSAGE:
            seen[matches[first].word] -= 1
            first += 1
        found = sum(count > 0 for count in seen.values()), last - first + 1
        if found > best:
            best, at = found, (first, last)
    return at


def _word_end(text: str, start: int) -> int:
    """The last end of a word that a passage from ``start`` can reach."""
    end = start + LONGEST_PASSAGE
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", start, end + 1)
    return space if space > start else end


def _cut(text: str, start: int, end: int, matches: Iterable[_Match]) -> Iterator[Piece]:
    """``text[start:end]`` in pieces."""
    at = start
    for match in matches:
        if match.start < start or match.end > end:
            continue
        if match.start > at:
            yield Piece(text[at : match.start], marked=False)
        yield Piece(text[match.start : match.end], marked=True)
        at = match.end
    if at < end:
        yield Piece(text[at:end], marked=False)


def _joined(parts: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours that are marked alike as one piece."""
    waiting: Piece | None = None
    for piece in parts:
        if waiting and waiting.marked == piece.marked:
            waiting = Piece(waiting.text + piece.text, piece.marked)
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting
