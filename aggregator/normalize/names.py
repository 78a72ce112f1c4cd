"""Names of people and bodies, tidied; the words stay in the order the source gave them."""

import re
from functools import lru_cache

from aggregator.normalize.people import spaced

_DATES = re.compile(
    r"(?:,\s*|\s*[(\[])(?:(?:b\.|d\.|р\.|род\.|ум\.|fl\.|ca\.|active)\s*\d{4}\??"
    r"|\d{3,4}\??\s*[-–]\s*(?:\d{3,4}\??)?)[)\]]?[.,]?$"
    r"|(?<=[^\W\d_.]|\.)\s\d{4}-$"
)
_ENDING = " \t,;:/="
_ABBREVIATED = re.compile(
    r"(?:^|[\s.\-,])(?:[^\W\d_]|[^\W\d_]h|Jr|Sr|Dr|Ph\.D|Inc|Ltd|Co|Corp|U\.S|etc|др|г|гг|им|св|обл|р)\.$"
)


@lru_cache(maxsize=16384)
def name(text: str) -> str:
    """A name without the punctuation that ISBD and MARC put after it.

    The full stop of an initial or a usual abbreviation stays: ``Иванов А. Б.``, ``Smith, J.``.
    Initials stand apart: ``Иванов А.Б.`` is the same name.
    """
    text = text.strip(_ENDING).lstrip(".")
    if text.endswith(".") and not _ABBREVIATED.search(text):
        text = text.rstrip(". ")
    return spaced(text.strip(_ENDING))


@lru_cache(maxsize=16384)
def without_dates(text: str) -> tuple[str, str]:
    """A name and the years of life that stood behind it (``Smith, John, 1920-1990``)."""
    match = _DATES.search(text)
    if match is None or match.start() == 0:
        return name(text), ""
    return name(text[: match.start()]), match[0].strip(" ,.()[]")
