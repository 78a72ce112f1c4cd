"""Where a part appeared: ``Вестник; Том 3, № 2 (2019); 12-18`` → a Container.

The shapes are those OJS writes into dc:source in its languages, those of MARC 773 $g, and
``12(3): 45-67``.
"""

import re

from aggregator.normalize.identifiers import issn
from aggregator.record import Container

_MARKS = {
    mark: kind
    for kind, marks in {
        "volume": "vol volume v том тома т cilt jild bd band tome",
        "issue": "no nos n nr iss issue num numb number № №№ вып выпуск номер чыгарылыш чыг сан"
        " саны sayı son heft",
        "pages": "p pp page pages pg с стр б бб бет s ss",
    }.items()
    for mark in marks.split()
}
"""Words and signs before a number, and in Kyrgyz behind it ("2-чыгарылыш"), by what they mean."""

_NUMBER = r"[A-Za-z]?\d+\w*(?:\s?[-–—/]\s?[A-Za-z]?\d+\w*)?"
_BEFORE = re.compile(
    rf"(?<![^\W\d_])([^\W\d_]+|№+)[.°º]?\s*({_NUMBER})(?:\s?\((\d{{1,3}}(?:[-–/]\d{{1,3}})?)\))?"
)
_BEHIND = re.compile(r"(?<![\w-])(\d+(?:\s?[-–—]\s?\d+)?)\s?-\s?([^\W\d_]+)")
_BARE = re.compile(
    r"(?:^|[,;:]\s*)(\d{1,4})(?:,\s(\d{1,4}))?\s?\((?:(?:1[5-9]|20)\d\d|(\d{1,3}(?:[-–/]\d{1,3})?))\)"
)
_BARE_PAGES = re.compile(r"[;:,]\s*([A-Za-z]?\d{1,6}\s?[-–—]\s?[A-Za-z]?\d{1,6})\s*\.?\s*$")
_YEAR_AT_END = re.compile(r"(?:^|[\s.,;(]+)(?:1[5-9]|20)\d\d(?:\s?[гж])?$")
_ISSN = re.compile(r"[ep]?-?issn(?:-l)?[:\s]*(\d{4}-?\d{3}[\dXxХх])", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_AROUND = " ,;:/.(-–"
_LONGEST = 300


def container(text: str) -> Container:
    """Title, ISSN, volume, issue and pages in one statement; empty where it names no number.

    A statement over 300 characters is a text, an address is an address: both give nothing.
    """
    if len(text) > _LONGEST or not _DIGIT.search(text) or text.startswith(("http:", "https:")):
        return Container()
    number = _ISSN.search(text)
    if number is not None:
        text = f"{text[: number.start()]} {text[number.end() :]}"
    found, title_ends = _marked(text)
    if "volume" not in found:
        bare = _BARE.search(text)
        if bare is not None:
            found["volume"] = bare[1]
            found.setdefault("issue", bare[2] or bare[3] or "")
            title_ends = min(title_ends, bare.start())
    if not found and number is None:
        return Container()
    if "pages" not in found:
        pages = _BARE_PAGES.search(text)
        found["pages"] = pages[1] if pages is not None else ""
    title = text[:title_ends].split(";", 1)[0].strip(_AROUND)
    return Container(
        title=_YEAR_AT_END.sub("", title).strip(_AROUND),
        issn=issn(number[1]) if number is not None else "",
        volume=found.get("volume", ""),
        issue=found.get("issue", ""),
        pages=found["pages"],
    )


def _marked(text: str) -> tuple[dict[str, str], int]:
    """Numbers by the mark beside them, the first of each kind, and where the first mark is."""
    found: dict[str, str] = {}
    begins = len(text)
    for match in _BEFORE.finditer(text):
        kind = _MARKS.get(match[1].lower())
        if kind is None or kind in found:
            continue
        number, running = match[2].rstrip("._"), match[3]
        if running and kind == "volume":  # "43(5)"
            found.setdefault("issue", running)
        elif running and kind == "issue":  # "2(14)", the second counts on through the years
            number = f"{number}({running})"
        found[kind] = number
        begins = min(begins, match.start())
    for match in _BEHIND.finditer(text):
        kind = _MARKS.get(match[2].lower())
        if kind is not None and kind not in found:
            found[kind] = match[1]
            begins = min(begins, match.start())
    return found, begins
