"""What MARC 21 says by position: leader and field 008 → type, years, language. Pure.

Source: MARC 21 Format for Bibliographic Data, leader/06-07 and 008/00-39.
"""

from aggregator.normalize import language, span
from aggregator.record import Dates
from aggregator.wording import later

_OTHER_FORMATS = {
    "z": later("an authority record"),
    "w": later("a classification record"),
    "q": later("community information"),
    "u": later("a holdings record"),
    "v": later("a holdings record"),
    "x": later("a holdings record"),
    "y": later("a holdings record"),
}
"""Leader/06 of records that are not bibliographic."""

_BY_KIND = {
    "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "sound", "j": "sound",
    "k": "image", "p": "other", "r": "other", "o": "other",
}  # fmt: skip
_BY_LEVEL = {"a": "chapter", "b": "article", "s": "journal"}
_COMPUTER_FILES = {"a": "dataset", "b": "software", "f": "software", "g": "software"}
_CONTENTS = {"m": "thesis", "j": "patent", "t": "report", "o": "review"}
"""008/24-27 of books: codes that make a type of their own."""


def not_bibliographic(leader: str) -> str:
    """What a record is that describes no work, "" if it does."""
    return _OTHER_FORMATS.get(leader[6:7], "")


def resource_type(leader: str, fixed: str, *, thesis: bool) -> str:
    """The type by leader/06-07 and 008; ``thesis`` says that there is a 502."""
    kind, level = leader[6:7], leader[7:8]
    if thesis:
        return "thesis"
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if kind == "m":
        return _COMPUTER_FILES.get(fixed[26:27], "other")
    if level in _BY_LEVEL:
        return _BY_LEVEL[level]
    if level == "i":
        return "website" if fixed[21:22] in ("w", "d") else "journal"
    if kind == "t":
        return "manuscript"
    if kind != "a":
        return "other"
    contents = [_CONTENTS[code] for code in fixed[24:28] if code in _CONTENTS]
    if contents:
        return contents[0]
    return "conference" if fixed[29:30] == "1" else "book"


def years(fixed: str, year: int, text: str, leader: str = "") -> Dates:
    """The years of 008/06-14 with the words of the imprint, (0, 0) where 008 tells none.

    A continuing resource that is still published runs to ``year``, the current one. In books
    catalogued before 1981 the code "c" meant a year and its copyright, which is no reason to let
    them run on. Codes that are not MARC's are not believed.
    """
    kind, first, second = fixed[6:7], _digits(fixed[7:11]), _digits(fixed[11:15])
    text = text or _said(fixed)
    if first is None:
        return Dates(text=text)
    if kind in "setrp":
        return span(*first, year, text)
    if kind in "cu":
        if second is None and leader[7:8] not in _CONTINUING:
            return span(*first, year, text)
        last = second[1] if second is not None else 9999
        return span(first[0], year if last == 9999 else max(first[1], last), year, text)
    if kind in "dikmq":
        last = (second or first)[1]
        return span(first[0], year if last == 9999 else max(first[0], last), year, text)
    return Dates(text=text)


_CONTINUING = ("b", "i", "s", "")
"""Leader/07 of what appears on and on; unknown where there is no leader."""


def _said(fixed: str) -> str:
    """The digits of 008 as words, where the imprint has none."""
    if fixed[6:7] == "e":  # a detailed date: the second four are a month and a day
        return "-".join(
            part for part in (fixed[7:11], fixed[11:13], fixed[13:15]) if part.isdigit()
        )
    return "-".join(part for part in (fixed[7:11], fixed[11:15]) if _digits(part))


def fixed_language(fixed: str) -> str:
    """The language of 008/35-37, "" if it names none."""
    return language(fixed[35:38]) if fixed[35:38].isalpha() else ""


def _digits(text: str) -> tuple[int, int] | None:
    """``1998`` and ``19uu`` as first and last year; None for blanks, fill and ``uuuu``."""
    known = text.rstrip("u")
    if len(text) != 4 or not known.isascii() or not known.isdigit():
        return None
    return int(known.ljust(4, "0")), int(known.ljust(4, "9"))
