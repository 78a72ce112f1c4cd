"""Keys that put titles in the order of a Kyrgyz catalogue.

Digits, then Cyrillic in Kyrgyz order (ң after н, ө after о, ү after у; ё stands with е), then
Latin, then everything else. Case, accents and punctuation do not count; numbers are ordered by
value. A key is ASCII, one sign for each letter, so that it is short and every engine orders it by
bytes; signs that query languages give a meaning to (quotes, brackets, ``*``) do not occur in it.
"""

from aggregator.language.memory import Memory
from aggregator.language.words import RUN, pieces

_CYRILLIC = "абвгдежзийклмнңоөпрстуүфхцчшщъыьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_NEIGHBOURS = {
    "ә": "а", "ғ": "г", "ҕ": "г", "ђ": "д", "є": "е", "җ": "ж", "ѕ": "з", "і": "и", "ј": "й",
    "қ": "к", "ҡ": "к", "љ": "л", "њ": "н", "ҫ": "с", "ћ": "ч", "ҳ": "х", "һ": "х", "ҷ": "ч",
    "ѣ": "е", "ѵ": "и",
}  # fmt: skip
"""Letters of other Cyrillic alphabets stand with those they resemble."""

_END, _SPACE, _REST = "-", ".", "~"
_SIGNS = ":;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_abcdefghijklmnopqrstuvwxyz"
"""In ASCII's order, above the digits and below ``_REST``: one for each letter."""

_CODES = dict(zip(_CYRILLIC + _LATIN, _SIGNS, strict=True))
_CODES |= {letter: _CODES[like] for letter, like in _NEIGHBOURS.items()}

_LONGEST = 40
"""Letters of a title that count; what is equal so far is ordered by its id."""


def collation_key(text: str) -> str:
    """A string that sorts as ``text`` does; texts without a letter or digit come last."""
    return (collation_beginning(text) or 2 * _REST) + _END


def collation_beginning(text: str) -> str:
    """How the keys of all texts begin that begin with ``text``; "" for no letter or digit."""
    codes = map(_runs.__getitem__, RUN.findall(text[: 4 * _LONGEST]))
    return _SPACE.join(code for code in codes if code)[:_LONGEST]


def _run(run: str) -> str:
    words = (part.text for token in pieces(run) for part in token.parts or (token,))
    return _SPACE.join(map(_word, words))


def _word(word: str) -> str:
    codes: list[str] = []
    number = ""
    for letter in f"{word}\0":
        if letter in "0123456789":
            number += letter
            continue
        if number:
            codes.append(_number(number))
            number = ""
        if letter != "\0":
            codes.append(_CODES.get(letter) or f"{_REST}{ord(letter):05x}")
    return "".join(codes)


def _number(digits: str) -> str:
    """By value: first how many digits it has, then which; exact up to nine digits."""
    value = digits.lstrip("0")
    return f"{min(len(value), 9)}{value[:20]}"


_runs: Memory[str] = Memory(_run, 16_384)
