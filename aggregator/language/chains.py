"""Words into what an index keeps of them: two chains, run on every text whatever its language.

A: the English stem of a Latin word, the Russian stem of a Cyrillic one. C: a coarse Kyrgyz key for
Cyrillic words, nothing for Latin ones. Choosing one stemmer by the language of a text was measured
to lose: a query and the record it means are then routed differently.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import Stemmer

from aggregator.language.memory import Memory
from aggregator.language.stopwords import STOP_WORDS
from aggregator.language.words import RUN, fold, is_cyrillic, pieces, simple

ANALYSIS_VERSION = 2
"""Raise with every change of what a text becomes in an index: indexes are then rebuilt."""

KEY_LENGTH = 5
"""Letters of the Kyrgyz key."""

_REMEMBERED = 49_152
"""Runs remembered in each of two generations, at most 35 MB in all. Of 1.2 million runs of recorded
OAI-PMH records, 100,000 different ones, 91 of 100 were found in it."""

# Without a cache of their own, whose upkeep costs more than stemming; calls hold the interpreter's
# lock, so threads do not meet inside one.
_ENGLISH: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord
_RUSSIAN: Callable[[str], str] = Stemmer.Stemmer("russian", 0).stemWord


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text as an index takes it: words joined by single spaces.

    ``surface`` has every word; ``a`` and ``c`` have stems and Kyrgyz keys without stop words.
    Compounds ("covid-19") follow after all simple words, so that phrases of parts stay adjacent.
    """

    surface: str
    a: str
    c: str
    f: str = ""


class Entry(NamedTuple):
    """What one run of a text adds to each field; "" for nothing."""

    surface: str
    a: str
    c: str
    compound: str
    f: str = ""


def stem(token: str, lang: Literal["ru", "en"]) -> str:
    """The Snowball stem of a normalised token."""
    return _RUSSIAN(token) if lang == "ru" else _ENGLISH(token)


def chain_a(token: str) -> str:
    """The stem of a normalised token by its script; numbers and other scripts as they are."""
    if not token.isalpha():
        return token
    return stem(token, "ru" if is_cyrillic(token) else "en")


def chain_c(token: str) -> str:
    """The Kyrgyz key of a normalised token: its first five letters; "" for Latin words."""
    return token[:KEY_LENGTH] if is_cyrillic(token) else ""


def folded_key(token: str) -> str:
    """The Kyrgyz key of a normalised token typed without ң ө ү; "" for Latin words."""
    return fold(token)[:KEY_LENGTH] if is_cyrillic(token) else ""


def chain_f(token: str) -> str:
    """The folded key of a word that has ң, ө or ү or begins with э; "" for all others, which need
    none."""
    folds = token.startswith("э") or not _KYRGYZ_LETTERS.isdisjoint(token)
    return folded_key(token) if folds else ""


_KYRGYZ_LETTERS = frozenset("ңөү")


def _entry(run: str) -> Entry:
    word = simple(run)
    if word is not None:
        if word in STOP_WORDS:
            return Entry(word, "", "", "")
        return Entry(word, chain_a(word), chain_c(word), "", chain_f(word))
    return _rare_entry(run)


def _rare_entry(run: str) -> Entry:
    words: list[str] = []
    compound = ""
    for token in pieces(run):
        if token.parts:
            compound = token.text
            words += [part.text for part in token.parts]
        else:
            words.append(token.text)
    kept = [word for word in words if word not in STOP_WORDS]
    keys = filter(None, map(chain_c, kept))
    folded = filter(None, map(chain_f, kept))
    return Entry(
        " ".join(words), " ".join(map(chain_a, kept)), " ".join(keys), compound, " ".join(folded)
    )


_entries: Memory[Entry] = Memory(_entry, _REMEMBERED)


def analyse(text: str) -> Analysis:
    """Both chains and the surface of ``text``; the fast way, for documents."""
    found = list(map(_entries.__getitem__, RUN.findall(text)))
    if not found:
        return Analysis("", "", "")
    surface, a, c, compounds, f = zip(*found, strict=True)
    return Analysis(
        " ".join(filter(None, surface + compounds)),
        " ".join(filter(None, a + compounds)),
        " ".join(filter(None, c)),
        " ".join(filter(None, f)),
    )


def entry(run: str) -> Entry:
    """What ``analyse`` makes of one run, remembered; for pages that look for matching words."""
    return _entries[run]
