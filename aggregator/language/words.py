"""Text into words: the one way in which documents, queries and passages are cut.

A *run* is a stretch of letters and digits that single joining characters may hold together
("COVID-19", "5.10.2020", "научно-технический"). Runs are found in the text as it stands, then each
is normalised on its own: so offsets point into the original text, and a run's form can be
remembered. A run without a digit falls apart at its joints; one with a digit is kept whole and
knows its parts as well, so that "covid" finds "COVID-19".

Normal form: NFKC, lower case, combining marks off (й is a letter of its own and stays; ё is е),
look-alike letters repaired, apostrophes and invisible characters dropped.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.language.letters import (
    APOSTROPHES,
    CYRILLIC_TO_LATIN,
    FOLDED,
    HYPHENS,
    INVISIBLE,
    KEPT_MARKS,
    LATIN_TO_CYRILLIC,
    STRIPPED_MARKS,
    VARIANTS,
)

LONGEST = 64
"""Letters. A longer word is cut: nobody types it, and an index's terms are bounded."""

LONGEST_DOI = 128


def _ranges(*groups: tuple[tuple[int, int], ...]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for group in groups for first, last in group)


_IN_WORD = rf"\w{INVISIBLE}{_ranges(STRIPPED_MARKS, KEPT_MARKS)}"
_JOINTS = re.escape(HYPHENS + APOSTROPHES + "./:")
_DOI = r"10\.[0-9]{4,9}/"

RUN = re.compile(rf"{_DOI}[^\s\"<>«»]+|[{_IN_WORD}]+(?:[{_JOINTS}](?!{_DOI})[{_IN_WORD}]+)*")
"""Finds runs. It has no group, so that ``RUN.findall`` gives strings."""

_PART = re.compile(rf"(?:(?!_)[{_IN_WORD}])+(?:[{APOSTROPHES}](?:(?!_)[{_IN_WORD}])+)*")
_IS_DOI = re.compile(_DOI)
_PLAIN = re.compile(r"[a-z0-9]+|[а-яөүң0-9]+")
_DROPPED = re.compile(rf"[{_ranges(STRIPPED_MARKS)}{INVISIBLE}]")
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}][sS]$")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_LATIN = re.compile(r"[a-zɵöüñ]")
_LATIN_ONLY = re.compile(f"[a-z]{{1}}(?<![{''.join(LATIN_TO_CYRILLIC)}])")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_CYRILLIC_ONLY = re.compile(f"[\u0400-\u052f](?<![{''.join(CYRILLIC_TO_LATIN)}])")
_VARIANTS = str.maketrans(VARIANTS)
_TO_CYRILLIC = str.maketrans(LATIN_TO_CYRILLIC)
_TO_LATIN = str.maketrans(CYRILLIC_TO_LATIN)
_FOLDED = str.maketrans(FOLDED | VARIANTS)
_SHORT_I = "и\u0306"  # й in its decomposed form


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: ``text[start:end]`` of the original, normalised.

    ``parts`` are the words a compound with digits is made of ("covid", "19"), else empty.
    """

    text: str
    start: int
    end: int
    parts: tuple["Token", ...] = ()


def tokens(text: str) -> list[Token]:
    """The words of ``text`` in order, with their places. Any string is legal."""
    return [token for run in RUN.finditer(text) for token in pieces(run[0], run.start())]


def pieces(run: str, offset: int = 0) -> Iterator[Token]:
    """The tokens of one run that begins at ``offset``."""
    if _IS_DOI.match(run):
        doi = _without_tail(run)
        yield Token(doi.casefold()[:LONGEST_DOI], offset, offset + len(doi))
        return
    parts = tuple(
        Token(word, offset + part.start(), offset + part.end())
        for part in _PART.finditer(run)
        if (word := normal(part[0]))
    )
    if len(parts) < 2 or not any(map(str.isdigit, run)):
        yield from parts
        return
    start, end = parts[0].start, parts[-1].end
    whole = _whole(run[start - offset : end - offset])
    if isbn := _isbn(whole):
        yield Token(isbn, start, end)
    elif len(whole) > LONGEST:
        yield from parts
    else:
        yield Token(whole, start, end, parts)


def simple(run: str) -> str | None:
    """The only token of a run that has neither joints nor anything to repair; None for others."""
    lower = run.lower()
    if len(lower) > LONGEST or not _PLAIN.fullmatch(lower):
        return None
    return run if run == lower else lower  # one string in memory where one will do


def normal(word: str) -> str:
    """The normal form of a word without joints; "" when nothing is left of it."""
    lower = word.lower()
    if not _PLAIN.fullmatch(lower):
        lower = _unusual(word)
    return lower[:LONGEST]


def fold(token: str) -> str:
    """Kyrgyz as typed without ң, ө, ү: a fallback key, too coarse to be the only one."""
    folded = token.translate(_FOLDED)
    return "е" + folded[1:] if folded.startswith("э") else folded


def is_cyrillic(token: str) -> bool:
    """Whether a normalised token has a Cyrillic letter."""
    return _CYRILLIC.search(token) is not None


def _unusual(word: str) -> str:
    text = _POSSESSIVE.sub("", word) if word[-1] in "sS" else word
    text = unicodedata.normalize("NFKC", _APOSTROPHE.sub("", text)).casefold()
    text = _repaired(unicodedata.normalize("NFC", text).translate(_VARIANTS))
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFD", text).replace(_SHORT_I, "й")
        text = unicodedata.normalize("NFC", _DROPPED.sub("", text))
    return "".join(letter for letter in text if letter.isalnum() or not letter.isascii()).strip()


def _repaired(word: str) -> str:
    """One script where two are mixed by mistake; words mixed on purpose stay as they are."""
    if not (_CYRILLIC.search(word) and _LATIN.search(word)):
        return word
    if _LATIN_ONLY.search(word) is None:
        return word.translate(_TO_CYRILLIC)
    if _CYRILLIC_ONLY.search(word) is None:
        return word.translate(_TO_LATIN)
    return word


def _whole(run: str) -> str:
    """A compound in one piece: its parts normalised, its hyphens all alike."""
    joined = _PART.sub(lambda part: normal(part[0]), run)
    return "".join("-" if sign in HYPHENS else sign for sign in joined)


def _isbn(whole: str) -> str:
    """An ISBN as libraries and readers write it, without its hyphens; "" for anything else."""
    bare = whole.replace("-", "")
    if not (bare[:-1].isdigit() and (bare[-1].isdigit() or bare[-1] == "x")):
        return ""
    thirteen = len(bare) == 13 and bare.startswith(("978", "979"))
    ten = len(bare) == 10 and whole.count("-") == 3
    return bare if thirteen or ten else ""


def _without_tail(doi: str) -> str:
    """A DOI without the punctuation of the sentence it stands in."""
    while doi and (doi[-1] in ".,;:'’”]}" or (doi[-1] == ")" and doi.count("(") < doi.count(")"))):
        doi = doi[:-1]
    return doi
