"""Words into what an index keeps of them: chains, run on every text whatever its language.

A: the English stem of a Latin word, the Russian stem of a Cyrillic one. C: a coarse Kyrgyz key for
Cyrillic words, nothing for Latin ones. Choosing one stemmer by the language of a text was measured
to lose: a query and the record it means are then routed differently.

Beside them F, for Kyrgyz typed without ң, ө, ү: the folded key of words that have such a letter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import Stemmer

from aggregator.language import kyrgyz
from aggregator.language.memory import Memory
from aggregator.language.stopwords import STOP_WORDS
from aggregator.language.words import RUN, fold, is_cyrillic, pieces, simple

ANALYSIS_VERSION = 3
"""Raise with every change of what a text becomes in an index: indexes are then rebuilt."""

KEY_LENGTH = 5
"""Letters of a Kyrgyz key."""

_REMEMBERED = 49_152
"""Runs remembered in each of two generations, at most 35 MB in all. Of 1.2 million runs of recorded
OAI-PMH records, 100,000 different ones, 91 of 100 were found in it."""

# Without a cache of their own, whose upkeep costs more than stemming; calls hold the interpreter's
# lock, so threads do not meet inside one.
_ENGLISH: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord
_RUSSIAN: Callable[[str], str] = Stemmer.Stemmer("russian", 0).stemWord


_FOLDED = frozenset("ңөү")


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text as an index takes it: words joined by single spaces.

    ``surface`` has every word; ``a``, ``c`` and ``f`` have stems, Kyrgyz keys and folded keys, all
    without stop words. Only some words have a key, fewer a folded one.
    Compounds ("covid-19") follow after all simple words, so that phrases of parts stay adjacent.
    """

    surface: str
    a: str
    c: str
    f: str


class Entry(NamedTuple):
    """What one run of a text adds to each field; "" for nothing."""

    surface: str
    a: str
    c: str
    f: str
    compound: str


def stem(token: str, lang: Literal["ky", "ru", "en"]) -> str:
    """The stem of a normalised token: Ilim's own for Kyrgyz, Snowball's for the others."""
    if lang == "ky":
        return kyrgyz.stem(token)
    return _RUSSIAN(token) if lang == "ru" else _ENGLISH(token)


def chain_a(token: str) -> str:
    """The stem of a normalised token by its script; numbers and other scripts as they are."""
    if not token.isalpha():
        return token
    return stem(token, "ru" if is_cyrillic(token) else "en")


def chain_c(token: str) -> str:
    """The Kyrgyz key of a normalised token: its stem's first letters; "" for Latin words."""
    return kyrgyz.stem(token)[:KEY_LENGTH] if is_cyrillic(token) else ""


def chain_f(token: str) -> str:
    """The folded key of a word that has ң, ө or ү or begins with э; "" for all others, which are
    found by their key as it is."""
    if token.startswith("э") or not _FOLDED.isdisjoint(token):
        return kyrgyz.stem_folded(fold(token))[:KEY_LENGTH]
    return ""


def folded_key(token: str) -> str:
    """The folded key of any normalised Cyrillic token, for queries; "" for Latin words."""
    return kyrgyz.stem_folded(fold(token))[:KEY_LENGTH] if is_cyrillic(token) else ""


def _entry(run: str) -> Entry:
    word = simple(run)
    if word is not None:
        if word in STOP_WORDS:
            return Entry(word, "", "", "", "")
        return Entry(word, chain_a(word), chain_c(word), chain_f(word), "")
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
    return Entry(
        " ".join(words),
        " ".join(map(chain_a, kept)),
        " ".join(filter(None, map(chain_c, kept))),
        " ".join(filter(None, map(chain_f, kept))),
        compound,
    )


_entries: Memory[Entry] = Memory(_entry, _REMEMBERED)


def analyse(text: str) -> Analysis:
    """The chains and the surface of ``text``; the fast way, for documents."""
    found = list(map(_entries.__getitem__, RUN.findall(text)))
    if not found:
        return Analysis("", "", "", "")
    surface, a, c, f, compounds = zip(*found, strict=True)
    return Analysis(
        " ".join(filter(None, surface + compounds)),
        " ".join(filter(None, a + compounds)),
        " ".join(filter(None, c)),
        " ".join(filter(None, f)),
    )


def entry(run: str) -> Entry:
    """What ``analyse`` makes of one run, remembered; for pages that look for matching words."""
    return _entries[run]
