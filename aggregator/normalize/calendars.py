"""Years of the Islamic calendars → years of ours.

A lunar year has 354.367 days, the first began on 16 July 622; the solar one of Iran and
Afghanistan begins in March and is 621 years behind ours. Both stand in books from Bukhara, Kazan
and Tashkent and in what Tajik and Iranian partners hold.
"""

import re

Span = tuple[int, int]

_NUMBER = r"(?<!\d)(\d{3,4})(?!\d)\s*(?:г\.?|ж\.?|-?жыл\w*)?\s*[(\[]?"
_SOLAR = re.compile(
    rf"{_NUMBER}(?:h\.?\s?sh|a\.?\s?p|s\.?\s?h|ш|shamsi|шамс\w*|(?:хижр|хиджр)\w*[\s-]шамс\w*"
    r"|[هﻫ]?ـ?\.?\s?ش)(?![^\W_])[.)\]]*"
)
_MONTHS = (
    r"muharram|safar|rajab|ramad[aā]n|ramazan|shaww[aā]l|мухаррам|сафар|раджаб|ражап|рамадан|рамазан"
    r"|шаввал"
)
_LUNAR = re.compile(
    rf"(?:{_NUMBER}(?:a\.?\s?h|h|hijr\w*|hicr\w*|хижр\w*|хиджр\w*|г\.\s?х|هـ|هج\w*|[هﻫ])"
    r"(?![^\W_])[.)\]]*"
    rf"|(?<![^\W_])(?:a\.?h\.?|h\.?|hijri|hicri|хижра|хиджры|هـ|{_MONTHS})\s*(\d{{3,4}})(?!\d))"
)
_BEGAN, _YEAR = 622.54, 0.970224  # of the lunar calendar, in years of ours
_EDGE = 0.03  # of a year: this reckoning is right to some days
_LAST = 1500  # a later Islamic year is after 2076


def lunar(number: int) -> Span:
    """The years of ours that a lunar year began and ended in: 1402 → 1981, 1982."""
    begin = _BEGAN + (number - 1) * _YEAR
    return int(begin - _EDGE), int(begin + _YEAR + _EDGE)


def solar(number: int) -> Span:
    """The years of ours that a solar year began and ended in: 1370 → 1991, 1992."""
    return number + 621, number + 622


def take_islamic(text: str, found: list[Span]) -> str:
    """Move years that are marked as Islamic into ``found``; the text that is left."""

    def one(match: re.Match[str]) -> str:
        number = int(match[1] or match[match.re.groups])
        if number > _LAST:
            return match[0]
        found.append((solar if match.re is _SOLAR else lunar)(number))
        return " "

    return _LUNAR.sub(one, _SOLAR.sub(one, text))


def is_same(older: int, newer: int) -> bool:
    """Whether two numbers can be one year in another calendar and in ours: 1327 and 1909.

    The Ottoman financial year, 584 years behind, is another calendar too.
    """
    if not 300 < older <= _LAST:
        return False
    (begun, ended), (first, last) = lunar(older), solar(older)
    return begun <= newer <= ended or first <= newer <= last or newer - older in (584, 585)
