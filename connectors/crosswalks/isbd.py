"""ISBD punctuation: the signs that stand between areas of a description, not part of any."""

import re
from collections.abc import Iterable

_ABBREVIATED = re.compile(
    r"(?:\.\.\.|…|(?:^|[\s.(\-])(?:[^\W\d_]{1,2}|vol|etc|ed|jr|sr|inc|co|ltd|corp|dept|др|изд|кн|"
    r"вып|ред|бас|бөл|стр|обл|гг|акад|проф|univ)\.)$",
    re.IGNORECASE,
)


def sentences(texts: Iterable[str]) -> str:
    """Texts behind each other, parted by full stops, none of them doubled."""
    whole = ""
    for text in filter(None, texts):
        whole += ("" if not whole else " " if whole.endswith(".") else ". ") + text
    return whole


def stripped(text: str) -> str:
    """``text`` without the punctuation that leads to the next area: ``Title /`` → ``Title``.

    The full stop of an abbreviation stays; square brackets are closed or opened in the same
    text or go.
    """
    text = text.strip().rstrip(" /:;=,").lstrip("/:;=, ")
    if text.endswith(".") and not _ABBREVIATED.search(text):
        text = text[:-1].rstrip(" /:;=,")
    if text.startswith("[") and text.count("[") > text.count("]"):
        text = text[1:]
    elif text.endswith("]") and text.count("]") > text.count("["):
        text = text[:-1]
    return text.strip()
