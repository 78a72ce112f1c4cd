"""What may have been meant when little is found: other spellings, the other script or keyboard.

Everything suggested is made of words that the index has. Nothing is changed unasked: each
suggestion is a query that a reader may choose.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Literal

from aggregator.index.plan import Plan, forms
from aggregator.index.port import SearchIndex, SearchRequest
from aggregator.language import (
    Token,
    chain_a,
    is_cyrillic,
    kyrgyz_spellings,
    other_layouts,
    stem,
    to_cyrillic,
    to_latin,
    tokens,
)
from aggregator.query import parse

Kind = Literal["spelling", "keyboard", "script", "joined", "split", "fewer"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query to try, and how it was come by.

    ``spelling``: words of the index that are like those typed; ``keyboard``: the same keys on the
    other layout; ``script``: the same words in the other alphabet; ``joined``, ``split``: two words
    in one, one word in two; ``fewer``: without words that no work has.
    """

    kind: Kind
    text: str


class Sure(IntEnum):
    """What is known of a word: the index has it or its stem; it has another form of it; it has a
    word that begins so; nothing."""

    WRITTEN = 3
    FORM = 2
    BEGINNING = 1
    NOT = 0


_WORTH = {Sure.WRITTEN: 1.0, Sure.FORM: 1.0, Sure.BEGINNING: 0.3, Sure.NOT: 0.0}
"""Of a word, where the share of known ones decides."""

_MOST_WORDS = 12
"""Words of a query that are looked at."""

_MOST_MISSPELT = 4
"""Words of a query that similar ones are looked for."""

_MOST_LATIN = 4
"""Words of a query that found enough, up to which the other script is offered too."""

_KNOWN_SHARE = 0.7
"""Share of the words that must be known, for text of another keyboard or script to make sense."""

_SHORTEST_PART = 3
"""Letters of a part that a word is split into."""

_LONGEST_READ = 24
"""Letters of a word that is read in the other script; readings of a longer one take too long."""

_CANDIDATES = 6
"""Readings of a word in the other script whose spellings are looked up."""


_SAYS_SOMETHING = re.compile(r'\w|["“”„]|^\(+$|^\)+$|^-\($')
"""A word, or a sign of the query language; not what punctuation leaves when its words are gone."""


class Suggester:
    """Makes suggestions out of one index's words."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    async def suggestions(self, text: str, plan: Plan, *, little: bool) -> tuple[Suggestion, ...]:
        """Queries to try instead of ``text``, the likeliest first. ``little``: few works or none
        have what was typed; if not, only the other script is looked into."""
        words = _words_of(text, plan)
        if not words:
            return ()
        if not little:
            return await self._other_script(text, words)
        sure = await self._sureness([word.text for word in words])
        unknown = [word for word in words if sure[word.text] is not Sure.WRITTEN]
        if not unknown:
            return await self._other_script(text, words)
        known = 1 - len(unknown) / len(words)
        missing = [word for word in unknown if sure[word.text] < Sure.FORM]
        found: list[Suggestion] = []
        if known < _KNOWN_SHARE:
            found += await self._keyboard(text, known)
            found += await self._script(text, words)
        if not found:
            found += await self._spelling(text, words, unknown, missing)
            found += await self._joined(text, words, unknown)
            found += _fewer(text, words, missing)
        kept = {s.text: s for s in reversed(found) if s.text != " ".join(text.split())}
        return tuple(reversed(kept.values()))

    async def _other_script(self, text: str, words: Sequence[Token]) -> tuple[Suggestion, ...]:
        """For a few Latin words that works have as they are: they may be names."""
        if len(words) > _MOST_LATIN or any(is_cyrillic(word.text) for word in words):
            return ()
        return tuple(await self._script(text, words))

    async def _sureness(self, words: Iterable[str]) -> Mapping[str, Sure]:
        """How sure it is that works have each word."""
        asked = [
            (word, sure, place) for word in dict.fromkeys(words) for sure, place in _places(word)
        ]
        held = await self._index.holding([place for _, _, place in asked])
        best = {word: Sure.NOT for word, _, _ in asked}
        for (word, sure, _), works in zip(asked, held, strict=True):
            if works:
                best[word] = max(best[word], sure)
        return best

    # Keyboard and script

    async def _keyboard(self, text: str, known: float) -> Iterable[Suggestion]:
        """``known``: share of the words as typed that works have."""
        found: list[Suggestion] = []
        for other in other_layouts(text):
            typed = [token.text for token in tokens(other)][:_MOST_WORDS]
            if not typed:
                continue
            sure = await self._sureness(typed)
            share = sum(_WORTH[sure[word]] for word in typed) / len(typed)
            if share >= _KNOWN_SHARE and share > known:
                found.append(Suggestion("keyboard", " ".join(other.split())))
        return found

    async def _script(self, text: str, words: Sequence[Token]) -> Iterable[Suggestion]:
        """The whole query in the other alphabet, when the index knows most of it so."""
        letters = [word for word in words if word.text.isalpha()]
        cyrillic = [word for word in letters if is_cyrillic(word.text)]
        if not letters or 0 < len(cyrillic) < len(letters):
            return ()
        if any(len(word.text) > _LONGEST_READ for word in letters):
            return ()
        find = self._latin if cyrillic else self._cyrillic
        found = await find([_written(text, word) for word in letters])
        other = {word: found[_written(text, word)] for word in letters}
        if sum(_WORTH[sure] for _, sure in other.values()) < len(letters) * _KNOWN_SHARE:
            return ()
        better = {word: reading for word, (reading, _) in other.items() if reading}
        return (Suggestion("script", _replaced(text, better)),)

    async def _cyrillic(self, words: Sequence[str]) -> Mapping[str, tuple[str, Sure]]:
        """Latin word -> the Cyrillic word of the index it stands for, or its likeliest reading
        that has some word's key, or ""; and how sure that is."""
        readings = {word: to_cyrillic(word) for word in dict.fromkeys(words)}
        asked = [
            (word, reading, sure, place)
            for word, candidates in readings.items()
            for reading in candidates
            for sure, place in _places(reading)
        ]
        held = await self._index.holding([place for *_, place in asked])
        likely: dict[str, dict[str, Sure]] = {word: {} for word in readings}
        for (word, reading, sure, _), works in zip(asked, held, strict=True):
            if works and (reading in likely[word] or len(likely[word]) < _CANDIDATES):
                likely[word][reading] = max(sure, likely[word].get(reading, sure))
        spelt = {
            word: [spelling for reading in found for spelling in kyrgyz_spellings(reading)]
            for word, found in likely.items()
        }
        best = await self._most_frequent(spelt, lambda spelling: [("surface", spelling)])
        found: dict[str, tuple[str, Sure]] = {}
        for word, candidates in likely.items():
            reading, sure = max(candidates.items(), key=_sure_of, default=("", Sure.NOT))
            found[word] = (best[word], Sure.WRITTEN) if best[word] else (reading, sure)
        return found

    async def _latin(self, words: Sequence[str]) -> Mapping[str, tuple[str, Sure]]:
        """Cyrillic word -> the Latin spelling of it that most works have, or ""."""
        spelt = {word: list(to_latin(word.lower())) for word in dict.fromkeys(words)}
        best = await self._most_frequent(
            spelt, lambda spelling: [("surface", spelling), ("content_a", chain_a(spelling))]
        )
        return {w: (other, Sure.WRITTEN if other else Sure.NOT) for w, other in best.items()}

    async def _most_frequent(
        self,
        options: Mapping[str, Sequence[str]],
        places: Callable[[str], Sequence[tuple[str, str]]],
    ) -> Mapping[str, str]:
        """Word -> the one of its options that most works have, the first among equals; or ""."""
        asked = [
            (word, option, place)
            for word, found in options.items()
            for option in dict.fromkeys(found)
            for place in places(option)
        ]
        held = await self._index.holding([place for _, _, place in asked])
        best: dict[str, tuple[int, str]] = dict.fromkeys(options, (0, ""))
        for (word, option, _), works in zip(asked, held, strict=True):
            if works > best[word][0]:
                best[word] = works, option
        return {word: option for word, (_, option) in best.items()}

    # Spelling

    async def _spelling(
        self,
        text: str,
        words: Sequence[Token],
        unknown: Sequence[Token],
        missing: Sequence[Token],
    ) -> Iterable[Suggestion]:
        """All words that no work has, replaced by similar ones that stand beside the others."""
        sure = [word.text for word in words if word not in unknown]
        better: dict[Token, str] = {}
        for word in unknown[:_MOST_MISSPELT]:
            found = [spelling for spelling, _ in await self._index.spellings(word.text)]
            if word not in missing and any(_same_word(word.text, other) for other in found):
                continue  # a form of a word that works have in other forms: no mistake
            if found:
                better[word] = await self._beside(sure, found)
                sure.append(better[word])
            elif word in missing:
                return ()
        return (Suggestion("spelling", _replaced(text, better)),) if better else ()

    async def _beside(self, sure: Sequence[str], spellings: Sequence[str]) -> str:
        """The spelling that most works have beside all the ``sure`` words; the nearest if none."""
        if len(spellings) == 1 or not sure:
            return spellings[0]
        most, best = 0, spellings[0]
        for spelling in spellings:
            query = parse(" ".join([*sure, spelling]))
            page = await self._index.search(SearchRequest(query, size=0, widen=False))
            if page.total > most:
                most, best = page.total, spelling
        return best

    async def _joined(
        self, text: str, words: Sequence[Token], unknown: Sequence[Token]
    ) -> Iterable[Suggestion]:
        pairs = {
            (a, b): a.text + b.text for a, b in pairwise(words) if a in unknown or b in unknown
        }
        splits = [
            (word, word.text[:at], word.text[at:])
            for word in unknown[:_MOST_MISSPELT]
            for at in range(_SHORTEST_PART, len(word.text) - _SHORTEST_PART + 1)
        ]
        asked = [*pairs.values(), *(part for _, *parts in splits for part in parts)]
        found = await self._index.holding([("surface", word) for word in asked])
        held = dict(zip(asked, found, strict=True))
        whole: dict[Token, str] = {}
        for (first, second), joined in pairs.items():
            if held[joined] and first not in whole:
                whole |= {first: joined, second: ""}
        if whole:
            return (Suggestion("joined", _replaced(text, whole)),)
        apart: dict[Token, str] = {}
        rarest: dict[Token, int] = {}
        for word, left, right in splits:
            works = min(held[left], held[right])
            if works > rarest.get(word, 0):
                rarest[word], apart[word] = works, f"{left} {right}"
        return (Suggestion("split", _replaced(text, apart)),) if apart else ()


def _fewer(text: str, words: Sequence[Token], unknown: Sequence[Token]) -> Iterable[Suggestion]:
    if unknown and len(unknown) < len(words):
        rest = _replaced(text, dict.fromkeys(unknown, "")).split()
        yield Suggestion("fewer", " ".join(part for part in rest if _SAYS_SOMETHING.search(part)))


def _words_of(text: str, plan: Plan) -> list[Token]:
    """The words of ``text`` that are looked for anywhere, each where it stands."""
    wanted = {clause.text for clause in plan.typed("all")}
    return [token for token in tokens(text) if token.text in wanted][:_MOST_WORDS]


def _written(text: str, word: Token) -> str:
    """A word as it was typed, in lower case: marks tell one letter from another."""
    return text[word.start : word.end].lower()


def _places(word: str) -> list[tuple[Sure, tuple[str, str]]]:
    """Where a word, or a reading without ң ө ү, may be found, and what it proves if it is there.

    The key of a long stem is only its beginning.
    """
    made = forms(word)
    key = Sure.FORM if len(stem(word, "ky")) <= len(made.c) + 1 else Sure.BEGINNING
    places = [
        (Sure.WRITTEN, ("surface", word)),
        (Sure.WRITTEN, ("content_a", made.a)),
        (key, ("content_c", made.c)),
        (key, ("content_f", made.folded)),
        (key, ("content_c", made.plain)),
    ]
    return [(sure, place) for sure, place in places if place[1]]


def _sure_of(reading: tuple[str, Sure]) -> Sure:
    return reading[1]


def _same_word(one: str, other: str) -> bool:
    return is_cyrillic(one) and stem(one, "ky") == stem(other, "ky")


def _replaced(text: str, better: Mapping[Token, str]) -> str:
    """``text`` with some words replaced where they stand."""
    for word in sorted(better, key=lambda word: -word.start):
        text = text[: word.start] + better[word] + text[word.end :]
    return " ".join(text.split())
