"""What UNIMARC says by position: leader, 100 and 105 → type and years. Pure.

Source: UNIMARC bibliographic format (IFLA), leader/06-08, 100 $a/08-16, 105 $a/04-08.
"""

from aggregator.normalize import dates, span
from aggregator.record import Dates
from aggregator.wording import later

_OTHER_FORMATS = {
    "x": later("an authority record"),
    "y": later("a reference record"),
    "z": later("a general explanatory record"),
}
"""Leader/06 of UNIMARC records that are not bibliographic."""

_BY_KIND = {
    "b": "manuscript", "c": "score", "d": "score", "e": "map", "f": "map", "g": "video",
    "i": "sound", "j": "sound", "k": "image", "r": "other",
}  # fmt: skip
_ELECTRONIC = {"a": "dataset", "b": "software", "c": "image", "d": "book"}
"""135 $a/00."""
_CONTENTS = {
    "m": "thesis", "v": "thesis", "k": "patent", "p": "report", "j": "textbook", "r": "review",
}  # fmt: skip
"""105 $a/04-07."""


def not_bibliographic(leader: str) -> str:
    """What a record is that describes no work, "" if it does."""
    return _OTHER_FORMATS.get(leader[6:7], "")


def resource_type(leader: str, books: str, electronic: str, *, in_serial: bool) -> str:
    """The type by leader/06-07, 105 $a and 135 $a; ``in_serial``: its host is a journal."""
    kind, level = leader[6:7], leader[7:8]
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if level == "a":
        return "article" if in_serial else "chapter"
    if level in ("s", "i"):
        return "journal"
    if kind in ("l", "m"):
        return _ELECTRONIC.get(electronic[:1], "other")
    if kind not in ("a", " ", ""):
        return "other"
    contents = [_CONTENTS[code] for code in books[4:8] if code in _CONTENTS]
    if contents:
        return contents[0]
    return "conference" if books[8:9] == "1" else "book"


def years(coded: str, year: int, words: str) -> Dates:
    """The years of 100 $a/08-16 with the words of the imprint, else those of the words.

    Digits that are left blank are unknown ("19  "): then the words are asked first.
    """
    kind, first, second = coded[8:9], _digits(coded[9:13]), _digits(coded[13:17])
    told = dates(words, year) if words else Dates()
    if first is None or (first[0] != first[1] and told.min):
        return told
    text = words or "-".join(
        part.strip() for part in (coded[9:13], coded[13:17]) if _digits(part) is not None
    )
    if kind in "dehijk":
        found = span(*first, year, text)
    elif kind in "ac":
        found = span(first[0], max(first[0], year), year, text)
    elif kind in "bfg":
        last = (second or first)[1]
        found = span(first[0], year if last == 9999 else max(first[0], last), year, text)
    else:
        return told
    return found if found.min else told


def _digits(text: str) -> tuple[int, int] | None:
    """``1998`` and ``19  `` as first and last year; None for blanks and anything else."""
    known = text.rstrip(" ?u")
    if len(text) != 4 or len(known) < 2 or not known.isascii() or not known.isdigit():
        return None
    return int(known.ljust(4, "0")), int(known.ljust(4, "9"))
