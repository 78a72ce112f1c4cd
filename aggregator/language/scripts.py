"""One word in two scripts: Kyrgyz and Russian in Latin letters, and back.

A Latin word may have been written by any scheme, with or without its marks, so it is read in
several ways at once. What it may stand for comes in folded letters (see `aggregator.language.fold`)
and is meant to be looked up among words that exist: recall within a bound matters, not the order.
"""

import unicodedata
from typing import Literal

from aggregator.language.letters import VARIANTS
from aggregator.language.schemes import (
    IN_THE_WILD,
    ISO9_BARE,
    ISO9_MARKED,
    ISO9_MARKS,
    LETTERS,
    PLAIN,
    SILENT,
    TURKISH_BARE,
    TURKISH_MARKED,
    TURKISH_MARKS,
    WRITTEN,
    Readings,
)
from aggregator.language.words import LONGEST

Scheme = Literal["bgn", "iso9", "chat", "turkish"]

MOST_CYRILLIC = 24
MOST_LATIN = 8

_UNLIKELY = 2.0
"""The cost of a scheme whose marks a word does not show."""

_LONGEST_KEY = 4
_SILENT = str.maketrans("", "", SILENT)
_VOWELS = frozenset("аеиоуыэюя")
_BACK, _FRONT = frozenset("аыя"), frozenset("еиэ")


def to_cyrillic(word: str, most: int = MOST_CYRILLIC) -> tuple[str, ...]:
    """The folded Cyrillic words that a lower-case Latin word may stand for, likeliest first.

    ``word`` may have its marks (ö ş č …) or have lost them. () for what is no Latin word: digits,
    other scripts.
    """
    letters = _marked(word[:LONGEST])
    found: dict[str, float] = {}
    for table, cost in _tables(letters):
        for cyrillic, more in _read(letters, table, most).items():
            found[cyrillic] = min(cost + more, found.get(cyrillic, cost + more))
    return tuple(sorted(found, key=lambda cyrillic: (found[cyrillic], cyrillic))[:most])


def to_latin(word: str, most: int = MOST_LATIN) -> tuple[str, ...]:
    """The Latin spellings of a Cyrillic token that catalogues have, commonest first.

    As `aggregator.language.tokens` would give them: lower case, without marks. () for a word that
    has other letters than the Cyrillic ones of Kyrgyz and Russian.
    """
    if not all(letter in LETTERS for letter in word):
        return ()
    spellings = (
        _bare("".join(table.get(letter, letter) for letter in word)) for table in IN_THE_WILD
    )
    return tuple(dict.fromkeys(filter(None, spellings)))[:most]


def transliterate(text: str, scheme: Scheme) -> str:
    """Kyrgyz or Russian ``text`` in Latin letters by a scheme; what is not Cyrillic stays.

    "bgn" is BGN/PCGN 1979, "iso9" ISO 9:1995 (one sign for each letter, so that it can be undone),
    "turkish" the Latin of Turkish-style publications, "chat" plain ASCII. Case is kept: of several
    Latin letters for one capital the first is capital, all in a word of capitals.
    """
    table = WRITTEN[scheme]
    text = unicodedata.normalize("NFC", text)
    parts: list[str] = []
    for place, letter in enumerate(text):
        lower = letter.lower()
        latin = table.get(lower, table.get(VARIANTS.get(lower, lower)))
        if latin is None:
            latin = letter
        elif letter != lower:
            latin = latin.upper() if _among_capitals(text, place) else latin.capitalize()
        parts.append(latin)
    return "".join(parts)


def _among_capitals(text: str, place: int) -> bool:
    """Whether the letter after a capital, or else the one before it, is a capital too."""
    after, before = text[place + 1 : place + 2], text[max(place - 1, 0) : place]
    return (after if after.isalpha() else before).isupper()


def _marked(word: str) -> str:
    """Lower case, one sign for each marked letter, without the signs for ь and ъ."""
    word = unicodedata.normalize("NFC", word.lower().translate(_SILENT)).replace("n\u0326", "ņ")
    return "".join(
        letter if letter in PLAIN else unicodedata.normalize("NFD", letter)[0]
        for letter in word
        if not unicodedata.combining(letter)  # i͡a
    )


def _bare(word: str) -> str:
    """Without marks and without signs for ь and ъ; ı is a letter and stays."""
    word = unicodedata.normalize("NFD", word.translate(_SILENT))
    return "".join(letter for letter in word if not unicodedata.combining(letter))


def _tables(letters: str) -> tuple[tuple[Readings, float], ...]:
    """The ways to read a word, by the marks it shows."""
    if not ISO9_MARKS.isdisjoint(letters):
        return (ISO9_MARKED, 0.0), (PLAIN, 2.0)
    if not TURKISH_MARKS.isdisjoint(letters):
        return (TURKISH_MARKED, 0.0), (TURKISH_BARE, 1.0), (PLAIN, 1.0)
    return (PLAIN, 0.0), (TURKISH_BARE, _UNLIKELY), (ISO9_BARE, _UNLIKELY)


def _read(letters: str, table: Readings, most: int) -> dict[str, float]:
    """The cheapest readings of a word: at each place only ``most`` of the beginnings are kept."""
    beginnings: list[dict[str, float]] = [{} for _ in range(len(letters) + 1)]
    beginnings[0][""] = 0.0
    for place in range(len(letters)):
        reached = beginnings[place]
        kept = sorted(reached, key=lambda word: (reached[word], word))[:most]
        for end in range(place + 1, min(place + _LONGEST_KEY, len(letters)) + 1):
            for cyrillic, cost in table.get(letters[place:end], ()):
                onward = beginnings[end]
                for word in kept:
                    total = reached[word] + cost + _strangeness(word, cyrillic)
                    longer = word + ("е" if not word and cyrillic == "э" else cyrillic)
                    if total < onward.get(longer, float("inf")):
                        onward[longer] = total
    return {word: cost for word, cost in beginnings[-1].items() if word}


def _strangeness(word: str, following: str) -> float:
    """How odd letters are after the beginning of a Kyrgyz or Russian word; costs set by hand."""
    letter, last = following[0], word[-1:]
    after_vowel, after_consonant = last in _VOWELS, bool(last) and last not in _VOWELS
    cost = 0.0
    if word == "й" and letter not in _VOWELS:
        cost += 3.0
    if letter == "й":
        cost += 4.0 if after_consonant else 0.0 if after_vowel else 1.0
    elif letter == "ы":
        cost += 3.0 * after_vowel + 3.0 * (_last_vowel(word) in _FRONT)
    elif letter == "и":
        cost += 1.5 * after_vowel + 1.2 * (_last_vowel(word) in _BACK)
    elif letter == "э" and following != "ээ":
        cost += 4.0 if after_consonant else 1.0 if after_vowel else 0.0
    elif letter in "яю":
        cost += 3.0 * after_consonant
    elif letter == "х":
        cost += 2.0 * after_consonant
    elif letter in "ау":
        cost += 3.0 * (last == "й") + 1.5 * (after_vowel and last not in ("и", letter))
    return cost


def _last_vowel(word: str) -> str:
    return next((letter for letter in reversed(word) if letter in _VOWELS), "")
