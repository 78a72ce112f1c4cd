"""The language of a title, from its words alone.

Each word votes by its letters: how much oftener its groups of one to four letters stand in Kyrgyz
words than in Russian ones, or in English words than in those of other languages with Latin letters
(naive Bayes over the words of `aggregator.language.samples`). Letters that neither Kyrgyz nor
Russian has tell other Cyrillic languages.
"""

import math
import re
import unicodedata
from collections import Counter
from typing import Literal

from aggregator.language.letters import VARIANTS
from aggregator.language.memory import Memory
from aggregator.language.samples import ENGLISH, FOREIGN_WORDS, KYRGYZ, OTHER_LATIN, RUSSIAN
from aggregator.language.schemes import LETTERS
from aggregator.language.words import LONGEST, fold

Guess = Literal["ky", "ru", "en", "other"]
Kind = Literal["cyrillic", "latin", "foreign", "other", "numeral"]

_ORDER: tuple[Kind, ...] = ("cyrillic", "foreign", "latin", "other")
"""Of as many words each, the first."""

_WORD = re.compile(r"[^\W\d_]+(?:[’'ʼʻ-][^\W\d_]+)*")
_ROMAN = "[xх]{0,3}(?:[iі][xх]|[iі]v|v?[iі]{0,3})"
_NUMERAL = re.compile(f"{_ROMAN}(?:-{_ROMAN})?")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-z]")
_CONSONANT = "[бвгджзклмнпрстфхцчшщ]"
_FOREIGN = re.compile(  # ъ between consonants is Bulgarian
    rf"[\u0400-\u052f](?<![{LETTERS}])|{_CONSONANT}ъ{_CONSONANT}"
)
_MARKED = re.compile("[^a-z’'ʼʻ-]")
_BEFORE_1918 = re.compile(rf"ѣ|{_CONSONANT}ъ(?!\w)")
_OLD_LETTERS = str.maketrans("ѣіѳѵ", "еифи")
_VARIANTS = str.maketrans({typed: meant for typed, meant in VARIANTS.items() if typed != "ұ"})

_LONGEST_GROUP = 4
_UNSEEN = 0.5
"""Added to all counts."""

_SURE = 5.0
"""The most that one word may weigh, in nats: so that several words decide."""

_ENGLISH_FIRST = 2.5
"""How much must speak for another language, in nats: names look like none."""


def _groups(word: str) -> list[str]:
    framed = f" {word} "
    return [
        framed[start : start + length]
        for length in range(1, _LONGEST_GROUP + 1)
        for start in range(len(framed) - length + 1)
    ]


def _odds(these: list[str], those: list[str]) -> dict[str, float]:
    """The logarithm of how much oftener a group of letters is in ``these`` than in ``those``."""
    here = Counter(group for word in these for group in _groups(word))
    there = Counter(group for word in those for group in _groups(word))
    scale = math.log(sum(there.values()) / sum(here.values()))
    return {
        group: math.log((here[group] + _UNSEEN) / (there[group] + _UNSEEN)) + scale
        for group in here | there
    }


_KYRGYZ = KYRGYZ.split()
_KYRGYZ_OR_RUSSIAN = _odds(_KYRGYZ + [fold(word) for word in _KYRGYZ], RUSSIAN.split())
_ENGLISH_OR_OTHER = _odds(ENGLISH.split(), OTHER_LATIN.split())


def guess(text: str) -> Guess:
    """The language of most words of a short ``text``; "other" for texts without letters.

    Words that nothing tells to be foreign are taken for English where they are Latin, for Kyrgyz or
    Russian where they are Cyrillic.
    """
    lower = unicodedata.normalize("NFC", text).lower()
    if _BEFORE_1918.search(lower):
        lower = lower.translate(_OLD_LETTERS)
    words: Counter[Kind] = Counter()
    kyrgyz = english = 0.0
    for kind, weight in map(_evidence.__getitem__, _WORD.findall(lower)):
        words[kind] += 1
        if kind == "cyrillic":
            kyrgyz += weight
        elif kind == "latin":
            english += weight
    if 2 * words["foreign"] >= words["cyrillic"]:  # its other words only look like ours
        words["foreign"] += words.pop("cyrillic", 0)
    del words["numeral"]
    match max(_ORDER, key=words.__getitem__) if words.total() else "other":
        case "cyrillic":
            return "ky" if kyrgyz > 0 else "ru"
        case "latin":
            return "en" if english > -_ENGLISH_FIRST else "other"
        case _:
            return "other"


def _judged(word: str) -> tuple[Kind, float]:
    """What a word is, and how much speaks for Kyrgyz (against Russian) or for English, in nats."""
    word = word[:LONGEST]
    if _NUMERAL.fullmatch(word):
        return "numeral", 0.0
    if _CYRILLIC.search(word):
        word = word.translate(_VARIANTS)
        if word in FOREIGN_WORDS or _FOREIGN.search(word):
            return "foreign", 0.0
        return "cyrillic", _weight(word, _KYRGYZ_OR_RUSSIAN)
    if _LATIN.search(word):
        return "latin", -_SURE if _MARKED.search(word) else _weight(word, _ENGLISH_OR_OTHER)
    return "other", 0.0


def _weight(word: str, odds: dict[str, float]) -> float:
    # Groups overlap, so that each letter is counted several times: half is nearer to the truth.
    score = sum(odds.get(group, 0.0) for group in _groups(word)) / 2
    return max(-_SURE, min(_SURE, score))


_evidence: Memory[tuple[Kind, float]] = Memory(_judged, 16_384)
