"""Text typed while the keyboard was set to another layout: "bkbv" is "илим".

The keys of the US layout (QWERTY) and of the Russian one (ЙЦУКЕН) as Windows and Linux have them.
The Kyrgyz layouts of both are the Russian one with ң, ө, ү on the keys of н, о, у together with
AltGr, which the US layout does not know: Kyrgyz typed on it comes out as the plain letters, to be
compared with `aggregator.language.fold`.
"""

import re

_QWERTY = "`qwertyuiop[]asdfghjkl;'zxcvbnm,." + '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю" + "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
"""The keys that give a letter on the Russian layout, plain, then with Shift."""

_QWERTY_SIGNS = "/?@#$^&|"
_CYRILLIC_SIGNS = '.,"№;:?/'
"""The other keys on which the two layouts differ."""

_ALTGR = {"ү": "e", "ң": "y", "ө": "j", "Ү": "E", "Ң": "Y", "Ө": "J"}

TO_CYRILLIC = dict(zip(_QWERTY + _QWERTY_SIGNS, _CYRILLIC + _CYRILLIC_SIGNS, strict=True))
"""What a key of the US layout gives on the Russian one, where that is something else."""

TO_LATIN = {there: here for here, there in TO_CYRILLIC.items()} | _ALTGR

_TO_CYRILLIC, _TO_LATIN = str.maketrans(TO_CYRILLIC), str.maketrans(TO_LATIN)
_WORD = re.compile(r"\S+")
_LATIN_LETTER = re.compile("[A-Za-z]")
_CYRILLIC_LETTER = re.compile(f"[{_CYRILLIC}{''.join(_ALTGR)}]")


def other_layouts(text: str) -> tuple[str, ...]:
    """What the same keys give on the other layout, likeliest first; () if that is nothing else.

    Words without a letter of the layout left ("2020", "–") stay, as do digits, and case. A text in
    both scripts has two readings: all in Cyrillic, all in Latin. Quotation marks around Latin words
    may be meant or be Э: both are given.
    """
    readings = [_read(text, _LATIN_LETTER, _TO_CYRILLIC), _read(text, _CYRILLIC_LETTER, _TO_LATIN)]
    if '"' in text:
        readings.append(
            '"'.join(_read(part, _LATIN_LETTER, _TO_CYRILLIC) for part in text.split('"'))
        )
    return tuple(dict.fromkeys(reading for reading in readings if reading != text))


def _read(text: str, letter: re.Pattern[str], keys: dict[int, str]) -> str:
    return _WORD.sub(
        lambda word: word[0].translate(keys) if letter.search(word[0]) else word[0], text
    )
