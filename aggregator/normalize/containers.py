"""Where a part appeared: ``Вестник; Том 3, № 2 (2019); 12-18`` → a Container.

The shapes are those OJS writes into dc:source in its languages, those of MARC 773 $g, and
``12(3): 45-67``.
"""

import re

from aggregator.normalize.identifiers import issn
from aggregator.record import Container

_NUMBER = r"(\d[\w.]*(?:\s?[-–/]\s?\d+\w*)?)"
_VOLUME = re.compile(
    rf"(?<![^\W\d_])(?:vol(?:ume|\.)?|v\.|том[еа]?|т\.|cilt|jild|bd\.)\s*{_NUMBER}"
    r"|(?<!\w)(\d+)\s?-?\s?том(?!\w)",
    re.IGNORECASE,
)
_ISSUE = re.compile(
    rf"(?<![^\W\d_])(?:no\.?|nos\.?|n[°º]\.?|№+\.?|nr\.?|iss(?:ue|\.)?|numb?(?:er|\.)?|вып(?:уск|\.)?|номер|sayı|son)\s*"
    rf"{_NUMBER}(?:\s?(\(\d+\)))?"
    r"|(?<!\w)(\d+)\s?-?\s?(?:чыгарылыш|саны?|сан)(?!\w)",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"(?<![^\W\d_])(?:pp?\.|pages?|pg\.|с\.|стр\.|б\.|бб\.|s\.)\s*([a-z]?\d+(?:\s?[-–—]\s?[a-z]?\d+)?)"
    r"|(?<![\w-])(\d+\s?[-–—]\s?\d+)\s?-\s?бб?\.",
    re.IGNORECASE,
)
_BARE_PAGES = re.compile(
    r"[;:,]\s*([a-z]?\d{1,6}\s?[-–—]\s?[a-z]?\d{1,6})\s*\.?\s*$", re.IGNORECASE
)
_BRACKETED_ISSUE = re.compile(r"(?:^|[\s,;])(\d{1,4})\s?\((\d{1,3}(?:[-–/]\d{1,3})?)\)(?=\W|$)")
_VOLUME_YEAR = re.compile(r"[:,]\s*(\d{1,4})\s?\((?:1[5-9]|20)\d\d\)")
_YEAR = re.compile(r"\(?(?:1[5-9]|20)\d\d\)?")
_YEAR_AT_END = re.compile(r"(?:^|[\s.,;(]+)(?:1[5-9]|20)\d\d(?:\s?[гж])?$")
_DIGIT = re.compile(r"\d")
_LONGEST = 300
_AROUND = " ,;:/.(-–"
_ISSN = re.compile(r"[ep]?-?issn(?:-l)?[:\s]*(\d{4}-?\d{3}[\dXxХх])", re.IGNORECASE)


def container(text: str) -> Container:
    """Title, ISSN, volume, issue and pages in one statement; empty where it names no number.

    A statement over 300 characters is a text, an address is an address: both give nothing.
    """
    if len(text) > _LONGEST or not _DIGIT.search(text) or text.startswith(("http:", "https:")):
        return Container()
    number = _ISSN.search(text)
    if number is not None:
        text = f"{text[: number.start()]} {text[number.end() :]}"
    volume, issue, pages = _VOLUME.search(text), _ISSUE.search(text), _PAGES.search(text)
    if volume is None:
        volume = _VOLUME_YEAR.search(text) or (None if issue else _BRACKETED_ISSUE.search(text))
        if issue is None:
            issue = volume if volume is not None and volume.re is _BRACKETED_ISSUE else None
    starts = [match.start() for match in (volume, issue, pages) if match is not None]
    if not starts and number is None:
        return Container()
    title = text[: min(starts, default=len(text))].split(";", 1)[0].strip(_AROUND)
    return Container(
        title=_YEAR_AT_END.sub("", title).strip(_AROUND),
        issn=issn(number[1]) if number else "",
        volume=_number(volume),
        issue=volume[2] if volume is not None and issue is volume else _issue(issue),
        pages=_number(pages or _BARE_PAGES.search(text)),
    )


def _number(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    return next(group for group in match.groups() if group).strip(" .")


def _issue(match: re.Match[str] | None) -> str:
    """``2``, ``3-4``, ``2(14)`` with the running number; a year in brackets is not one."""
    if match is None:
        return ""
    number = _number(match)
    running = match[2]
    return f"{number}{running}" if running and not _YEAR.fullmatch(running) else number
