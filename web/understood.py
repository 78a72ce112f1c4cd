"""How a query was read, in words: each part with the state that takes it back. Pure.

Plain words need no explanation: a page says something only where a query holds more than words.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.query import Part
from web.params import PageState
from web.words import Words

QUOTES = '"“”„'
MOST_IGNORED = 5
"""Signs that were left out and are named."""
MOST_NAMES, MOST_NAMES_EACH = 4, 2
"""Names that are shown of the one concept of a query, and of each of several."""

_NOT = re.compile(r"^(?:-|(?:NOT|ЭМЕС|НЕ)\s+)+")
_PREFIX = re.compile(r"^[^:]*:\s*")


@dataclass(frozen=True, slots=True)
class PartView:
    """``label`` says what is wanted with ``text``; ``state`` is without both."""

    label: str
    text: str
    state: PageState


@dataclass(frozen=True, slots=True)
class Reading:
    """``also``: names of concepts that were searched besides, and there may be ``more``;
    ``concepts``: the state that leaves them out, or takes them in where they were left out; None
    where that would change nothing.
    ``common`` words and ``ignored`` signs were not looked for, nor anything from ``cut`` on."""

    parts: tuple[PartView, ...]
    also: tuple[str, ...]
    more: bool
    concepts: PageState | None
    common: tuple[str, ...]
    ignored: tuple[str, ...]
    cut: str


class Reader:
    """Puts parts into one language. ``labels`` names fields, ``value`` the values of a field."""

    def __init__(
        self, words: Words, labels: Mapping[str, str], value: Callable[[str, str], str]
    ) -> None:
        self._words = words
        self._labels = labels
        self._value = value

    def reading(self, parts: Sequence[Part], state: PageState) -> Reading:
        """What a page says about the query of ``state``."""
        shown = tuple(view for part in parts if (view := self._part(part, state)))
        wider = [part.more for part in parts if part.kind == "concept"]
        most = MOST_NAMES if len(wider) == 1 else MOST_NAMES_EACH
        also = tuple(dict.fromkeys(name for names in wider for name in names[:most]))
        ignored = tuple(part.text for part in parts if part.kind == "ignored")
        switch = state.with_concepts(not state.concepts)
        return Reading(
            parts=shown,
            also=also,
            more=any(len(names) > most for names in wider),
            concepts=switch if also or (state.text and not state.concepts) else None,
            common=tuple(part.text for part in parts if part.kind == "common") if shown else (),
            ignored=ignored[:MOST_IGNORED],
            cut=next((part.text for part in parts if part.kind == "cut"), state.rest),
        )

    def _part(self, part: Part, state: PageState) -> PartView | None:
        _ = self._words
        text = part.text
        match part.kind:
            case "phrase":
                label, text = _("Phrase"), text.strip(QUOTES)
            case "prefix":
                label, text = _("Begins with"), text.rstrip("*")
            case "field":
                label, text = self._label(part), _PREFIX.sub("", text, count=1)
            case "value":
                label = self._label(part)
                text = ", ".join(self._value(part.field, value) for value in part.more)
            case "not":
                label, text = _("Without"), _NOT.sub("", text)
            case "any":
                label, text = _("One of"), _unwrapped(text)
            case "group":
                label, text = _("All of"), _unwrapped(text)
            case "known":
                label = self._words.labels.schemes.get(part.field, part.field)
                text = _without_name(text, part.field)
            case "all" | "word" | "concept" | "common" | "cut" | "ignored":
                return None
        return PartView(label, text, state.with_text(part.without))

    def _label(self, part: Part) -> str:
        return self._labels.get(part.field, part.field)


def _unwrapped(text: str) -> str:
    """Without the brackets around all of it: "(a OR b)", but not "(a) OR (b)"."""
    inner = text[1:-1]
    if text.startswith("(") and text.endswith(")") and "(" not in inner and ")" not in inner:
        return inner.strip()
    return text


def _without_name(text: str, scheme: str) -> str:
    """An identifier without the name of its kind, which the label says: "doi:10.1/x"."""
    return re.sub(rf"^{re.escape(scheme)}[\s:№]+", "", text, flags=re.IGNORECASE) or text
