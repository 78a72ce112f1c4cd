"""Centuries in words → years: ``XIX в.``, ``18-кылым``, ``1-я пол. XX в.``, ``XVIII ғ.``."""

import re

Span = tuple[int, int]

_LETTERS = "ivxlcdmіхсм"
"""Roman digits, with the Cyrillic letters that are typed for them."""

_LATIN = str.maketrans("іхсм", "ixcm")
_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_ROMAN = re.compile(r"m{0,2}(?:cm|cd|d?c{0,5})(?:xc|xl|l?x{0,5})(?:ix|iv|v?i{0,5})")
"""Also the long forms of old imprints: MDCCCCX."""

_FIRST, _LAST = 11, 21
"""Centuries that have a year in them which may be believed."""

_ORDINAL = r"(?:st|nd|rd|th|e|ème|\.)?"
_MARK = (
    r"(?:в\.|вв\.|век|столет|ст\.|кылым|ғ\.|ғасыр|asr|cent|jh\b|jahrh|yüzyıl|yy\.|si[èe]cle|siglo)"
)
_MARKED = re.compile(
    rf"(?<![\w.])(?:(?P<first>\d\d|[{_LETTERS}]+){_ORDINAL}\s?[-–—/,]\s?)?"
    rf"(?:(?P<last>\d\d|[{_LETTERS}]+){_ORDINAL}(?:\s?-?(?:го|й|чу|чи|шы|ші))?[\s-]*{_MARK}"
    rf"|(?P<short>[{_LETTERS}]+)\s?[кc]\.)"
)
_WORD = re.compile(rf"(?<![\w.])([{_LETTERS}]{{2,6}}(?!\w)|\d\d(?=th|st|nd|rd))")
_ALONE = re.compile(rf"([{_LETTERS}]+)(?:\s?[-–—/]\s?([{_LETTERS}]+))?")

_HALVES = r"(?:пол\.|половин|жарым|half)"
_QUARTERS = r"(?:четв|чейрег|quarter)"
_ENDING = r"(?:st|nd|rd|th|[-\s]?(?:ая|я|ья|чи|чү))?\s*"
_PARTS = tuple(
    (re.compile(rf"(?<!\w)(?:{words}){_ENDING}{part}"), begin, end)
    for words, part, begin, end in (
        (r"1|i|перв\w*|биринчи|first", _HALVES, 1, 50),
        (r"2|ii|втор\w*|экинчи|second", _HALVES, 51, 100),
        (r"1|i|перв\w*|биринчи|first", _QUARTERS, 1, 25),
        (r"2|ii|втор\w*|экинчи|second", _QUARTERS, 26, 50),
        (r"3|iii|трет\w*|үчүнчү|third", _QUARTERS, 51, 75),
        (r"4|iv|четверт\w*|послед\w*|төртүнчү|акыркы|last|fourth", _QUARTERS, 76, 100),
    )
)
_DECADE = re.compile(r"(?<!\d)(\d)0\s?-?\s?(?:е|ые|х|ых|жылдар\w*)(?!\w)")


def take_centuries(text: str, found: list[Span]) -> str:
    """Move what centuries ``text`` names into ``found``; the text that is left.

    A half, a quarter or a decade of the one century that is named narrows it; "early", "нач." and
    "аягы" do not, for nobody says how far they reach.
    """
    marked = list(_MARKED.finditer(text))
    numbers = [
        number
        for match in marked
        for name in ("first", "last", "short")
        if (number := _century(match[name] or ""))
    ]
    if not numbers:
        return text
    rest = _MARKED.sub(" ", text)
    # "кон. XIX - нач. XX в.": the mark stands behind the last one only.
    numbers += [number for word in _WORD.findall(rest) if (number := _century(word))]
    first, last = min(numbers) * 100 - 99, max(numbers) * 100
    if len(set(numbers)) == 1:
        part = next((one for one in _PARTS if one[0].search(rest)), None)
        decade = _DECADE.search(rest)
        if part is not None:
            first, last = first + part[1] - 1, first + part[2] - 1
        elif decade is not None:
            first, last = first - 1 + int(decade[1]) * 10, first + 8 + int(decade[1]) * 10
            rest = _DECADE.sub(" ", rest)
    found.append((first, last))
    return rest


def roman_alone(text: str) -> Span | None:
    """``XIII`` is a century, ``MCMXCV`` a year; None where ``text`` is anything else."""
    match = _ALONE.fullmatch(text)
    if match is None:
        return None
    first, last = roman(match[1]), roman(match[2] or match[1])
    if _FIRST <= first <= last <= _LAST:
        return first * 100 - 99, last * 100
    return (first, last) if _is_year(match[1]) and first <= last else None


def roman_year(text: str) -> Span | None:
    """The year that a word of ``text`` is: ``anno MDCCCCX``."""
    years = [roman(word) for word in re.findall(rf"(?<!\w)m[{_LETTERS}]{{3,}}(?!\w)", text)]
    return (years[0], years[0]) if len(years) == 1 and years[0] >= _PRINTED else None


def roman(text: str) -> int:
    """A number in Roman digits; 0 for letters that make none."""
    letters = text.translate(_LATIN)
    if not letters or not _ROMAN.fullmatch(letters):
        return 0
    values = [_DIGITS[letter] for letter in letters]
    following = [*values[1:], 0]
    return sum(v if v >= after else -v for v, after in zip(values, following, strict=True))


_PRINTED = 1450
"""Roman years before this are words: MIX, MI, MD (doctor)."""


def _is_year(word: str) -> bool:
    return len(word) >= 3 and roman(word) >= _PRINTED


def _century(text: str) -> int:
    number = int(text) if text.isdigit() else roman(text)
    return number if _FIRST <= number <= _LAST else 0
