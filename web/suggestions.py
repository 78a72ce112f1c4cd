"""Queries to try instead of the one that was typed, and completions while typing. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from aggregator.search import Completion, Suggestion
from aggregator.suggest import Kind
from web.params import MAX_TEXT, PageState
from web.words import Words

MOST_OFFERS = 4
ORDER: tuple[Kind, ...] = ("spelling", "keyboard", "joined", "split", "script", "fewer")
"""Kinds of suggestions, the likeliest to be meant first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One query to try."""

    text: str
    state: PageState


@dataclass(frozen=True, slots=True)
class Offers:
    """Queries that were come by in the same way; ``label`` says how."""

    label: str
    queries: tuple[Offer, ...]


class Option(TypedDict):
    """One line of the list under the search box. ``note``: what it is, in the page's language."""

    text: str
    kind: str
    works: int
    note: str


def offers(suggestions: Sequence[Suggestion], state: PageState, words: Words) -> tuple[Offers, ...]:
    """At most `MOST_OFFERS` queries, in groups of one label each."""
    labels = _labels(words)
    ranked = sorted(suggestions, key=lambda suggestion: ORDER.index(suggestion.kind))
    groups: dict[str, dict[str, Offer]] = {}
    for suggestion in ranked[:MOST_OFFERS]:
        other = state.with_text(suggestion.text)
        if other.text != state.text:
            group = groups.setdefault(labels[suggestion.kind], {})
            group.setdefault(other.text, Offer(other.text, other))
    return tuple(Offers(label, tuple(found.values())) for label, found in groups.items())


def options(completions: Iterable[Completion], words: Words) -> list[Option]:
    """Completions as the script of the pages shows them; none that the box could not hold."""
    return [
        Option(text=c.text, kind=c.kind, works=c.works, note=_note(c, words))
        for c in completions
        if len(c.text) <= MAX_TEXT
    ]


def _labels(words: Words) -> Mapping[str, str]:
    _ = words
    meant = _("Did you mean")
    return {
        "spelling": meant,
        "joined": meant,
        "split": meant,
        "keyboard": _("On the other keyboard layout"),
        "script": _("In the other alphabet"),
        "fewer": _("Without the words that no work has"),
    }


def _note(completion: Completion, words: Words) -> str:
    if completion.kind == "title":
        return words("Title")
    text = words.translations.ungettext("%(num)s work", "%(num)s works", completion.works)
    return text % {"num": words.number(completion.works)}
