"""Words about a date → spans of years, before anybody asks whether they can be true. Pure."""

import re
from collections.abc import Callable

from aggregator.normalize.calendars import is_same, take_islamic
from aggregator.normalize.centuries import roman_alone, roman_year, take_centuries

Span = tuple[int, int]

W3CDTF = re.compile(
    r"(\d{4})(?:(-(?:0[1-9]|1[0-2]))(?:(-\d{2})([t ]\d{2}:\d{2}.*)?)?)?(?:z|[+-]\d{2}:\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:T?\d{4,6}Z?)?)?")

_PLAIN = re.compile(
    r"[\[(<]?(?:[cp©]\s?|с|cop\.\s?)?(\d{4})\??[\])>]?\s?(?:г\.?|-?ж\.?|год|-?жылы?)?[.,;:]?"
)
"""What most statements are: a quick look instead of many."""

OTHER_CALENDAR = 200
"""Years: of two that are further apart one may be a year of another calendar, in brackets."""

# What is mended or put aside before years are looked for.
_SPLIT = re.compile(r"(?<!\d)(?=[\d\[\]]{5,7}(?!\d))\[?(\d{1,3})[\]\[]+(\d{1,3})\]?(?!\d)")
_LETTER_FOR_ONE = re.compile(r"(?<![^\W_])[li](?=\d{3}(?!\w))")
_LETTER_FOR_NOUGHT = re.compile(r"(?<=\d)[oо]+(?=\d)")
_ZONE = re.compile(r"(:\d\d(?:\.\d+)?)\s*(?:gmt|utc)?[+-]\d{4}(?!\d)")
_MACHINE = re.compile(r"[a-z]+_[a-z_]+:\S*")
_COUNTED = re.compile(r"(?<!\d)\d{4}\s*(?:с|стр|pp?|б|бет|экз|нуска|copies)(?!\w)\.?")
_CORRECTED = re.compile(
    r"\d[\d?]{3}\??\s*[\[(]?\s*(?:i\.?\s?e\.?|т\.?\s?е\.?|recte|правильно|sic)(?!\w)[\s,:!]*(?=\d)"
)
_BEFORE_OUR_ERA = re.compile(
    r"до\s+(?:н\.?\s?э|р\.?\s?х)|до нашей эры|\d\s?b\.?\s?c(?:\.|\b|\.?\s?e)|б\.\s?з\.\s?ч"
    r"|биздин заманга чейин"
)
_NO_LATER = re.compile(
    r"\W*(?:before|not after|no later than|not later than|до|не позднее|не позже|ранее)\s"
    r"\D{0,25}\d{4}\D*"
    r"|\D*\d{4}\W{0,2}(?:г\.|года|жылга)\s?(?:чейин|дейре)\D*"
)
_NO_EARLIER = re.compile(
    r"\W*(?:after|not before|no earlier than|since|from|после|не ранее|не раньше|начиная с|post\.?)"
    r"\s\D{0,25}(?:\d\d?\s\D{3,12})?(\d{4})(?!\s*[-–—]\s*\d)\D*"
    r"|\W*с\s(\d{4})\s?г\D*|\D*(\d{4})\W{0,2}жыл\w*\s(?:бери|тартып|кийин|баштап)\D*"
)

_OPEN = re.compile(
    r"(?<!\d)(\d{4})\??[\])>]*\s*(?:[-–—]\s*(?:[\]).;\s>]*$|[;,]|\s*<|[\]>]|9999)"
    r"|(?:[-–—]|г\.?\s*по|по|to|to the)?\s*(?:the )?(?:present|now\b|ongoing|наст|н\.\s?в\.|азыр"
    r"|ушул күн))"
    r"|(?<!\d)(\d{4})(?:-\d\d){0,2}/\.\."
)
_DECADE = re.compile(r"(?<!\d)(\d{3})0(?:(['’]?s\b)|\s?-?\s?(?:ые|е|ых|х)\b|\s?-?\s?(жылдар\w*))")
_SHORT_RANGE = re.compile(r"(?<!\d)(\d{4})\s?([-–—/])\s?(\d{1,2})(?![\d.-])")
_OR = re.compile(r"(?<!\d)(\d{4})\s(?:or|или|же)\s(\d{1,2})(?!\d)")
_UNKNOWN_DIGITS = re.compile(
    r"(?<!\d)(?<!\d[./])([12]\d)(?:([\dux?_*хX-])([ux?_*х-])|()(\.\.|…))(?![\dux_*х]|-\d)"
)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_BRACKETED = re.compile(r"\[\D{0,6}(\d{4})\D{0,3}\]")
_UP_TO_HERE = re.compile(r"\d{4}\s?[-–—]\s?$")


def years(text: str, year: int) -> list[Span]:
    """The spans of years that ``text``, in small letters, names; ``year`` is the current one."""
    whole = W3CDTF.fullmatch(text) or _PLAIN.fullmatch(text) or _COMPACT.fullmatch(text)
    if whole is not None:
        return [_same(whole)]
    if _BEFORE_OUR_ERA.search(text):
        return []
    text = _mended(text)
    if _NO_LATER.fullmatch(text):  # since when nobody says
        return []
    since = _NO_EARLIER.fullmatch(text)
    if since is not None:
        first = int(since[1] or since[2] or since[3])
        return [(first, max(first, year))]
    found: list[Span] = []
    text = take_islamic(text, found)
    text = take_centuries(text, found)
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Span | None]], ...] = (
        (_OPEN, lambda match: _since(match, year)),
        (_DECADE, _decade),
        (_OR, _or),
        (_SHORT_RANGE, _short_range),
        (_UNKNOWN_DIGITS, _unknown_digits),
    )
    for pattern, read in readers:
        text = _take(pattern, read, text, found)
    found += _single(text)
    if not found:
        alone = roman_alone(text.strip(" []().,")) or roman_year(text)
        found += filter(None, [alone])
    newest = max((first for first, _ in found), default=0)
    return [one for one in found if not is_same(one[0], newest)]


def _mended(text: str) -> str:
    """``[19]98`` and ``l998`` as they are meant; without what is known to be no year."""
    text = _SPLIT.sub(_joined, text)
    text = _LETTER_FOR_NOUGHT.sub(lambda match: "0" * len(match[0]), text)
    text = _LETTER_FOR_ONE.sub("1", text)
    text = _CORRECTED.sub("", text)
    text = _ZONE.sub(r"\1", _MACHINE.sub(" ", text))
    uncounted = _COUNTED.sub(" ", text)
    return uncounted if _YEAR.search(uncounted) else text


def _joined(match: re.Match[str]) -> str:
    number = match[1] + match[2]
    return number if len(number) == 4 else match[0]


def _take(
    pattern: re.Pattern[str],
    read: Callable[[re.Match[str]], Span | None],
    text: str,
    found: list[Span],
) -> str:
    """Move what ``pattern`` finds and ``read`` believes into ``found``; the text that is left."""

    def one(match: re.Match[str]) -> str:
        span = read(match)
        if span is None:
            return match[0]
        found.append(span)
        return " "

    return pattern.sub(one, text)


def _single(text: str) -> list[Span]:
    """Years that stand alone; of two calendars the bracketed one, which is the cataloguer's."""
    found = [_same(match) for match in _YEAR.finditer(text)]
    if found and max(found)[0] - min(found)[0] > OTHER_CALENDAR:
        return [_same(match) for match in _BRACKETED.finditer(text)] or found
    return found


def _same(match: re.Match[str]) -> Span:
    return int(match[1]), int(match[1])


def _since(match: re.Match[str], year: int) -> Span:
    first = int(match[1] or match[2])
    return first, max(first, year)


def _decade(match: re.Match[str]) -> Span | None:
    """``1990s``, ``1990-е``; ``1800s`` may be a century, ``2010-2020-жылдары`` is a range."""
    first = int(match[1] + "0")
    if match[3] and _UP_TO_HERE.search(match.string[: match.start()]):
        return None
    return first, first + (99 if match[2] and first % 100 == 0 else 9)


def _or(match: re.Match[str]) -> Span | None:
    """``1658 or 9``, ``1970 или 71``."""
    first, last = match[1], match[1][: -len(match[2])] + match[2]
    return (int(first), int(last)) if first < last else None


def _short_range(match: re.Match[str]) -> Span | None:
    """``1998-99``, ``1658-9``, ``2014/15``; ``2001-02`` and ``2014/05`` are a year and a month.

    What stands behind a slash may be the number of an issue: only the next year is believed.
    """
    first, sign, digits = int(match[1]), match[2], match[3]
    step = 10 ** len(digits)
    last = first - first % step + int(digits)
    if last <= first:
        return None
    if sign == "/" and last != first + 1:
        return None
    if sign == "-" and len(digits) == 2 and int(digits) <= 12:
        return None
    return first, last


def _unknown_digits(match: re.Match[str]) -> Span:
    """``19--``, ``198u``, ``19..``: all the years that fit."""
    known = match[1] + (match[2] if match[2] and match[2].isdigit() else "")
    return int(known.ljust(4, "0")), int(known.ljust(4, "9"))
