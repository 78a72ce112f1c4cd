"""Cuts what was typed into signs of the query language and text. Pure; any string is legal."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "prefix", "quoted", "field", "not", "and", "or", "open", "close"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """``start`` to ``end`` in the query; ``text`` without quotation marks, star or colon."""

    kind: Kind
    text: str
    start: int
    end: int


OPERATORS: dict[str, Kind] = {
    "AND": "and", "ЖАНА": "and", "И": "and",
    "OR": "or", "ЖЕ": "or", "ИЛИ": "or",
    "NOT": "not", "ЭМЕС": "not", "НЕ": "not",
}  # fmt: skip
"""Upper case only: in lower case these are words."""

DEEPEST = 8
"""Brackets within brackets; deeper ones are left out and change nothing but the grouping."""

_MOST_CAPITALS = 3
"""Words of a query all in capitals in which AND, И, … are still operators: a longer one is a title
pasted as a catalogue prints it (ИСТОРИЯ И КУЛЬТУРА ДРЕВНИХ КЫРГЫЗОВ)."""

_MOST_LEXEMES = 1_000

_QUOTES = '"“”„'
_LEXEME = re.compile(
    rf"""
      (?P<quoted>[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}])
    | (?P<quote>[{_QUOTES}])
    | (?P<open>\() | (?P<close>\))
    | (?P<minus>(?<![^\s(])-(?=[^\W\d]|[{_QUOTES}(]))
    | (?P<field>(?<![^\s(-])[^\W\d]+:(?=\ *[^\s:/]))
    | (?P<text>[^\s(){_QUOTES}]+)
    """,
    re.VERBOSE,
)


def lexemes(text: str, is_field: Callable[[str, bool], bool]) -> tuple[list[Lexeme], list[Lexeme]]:
    """Lexemes in order with brackets paired, and the signs that were left out.

    ``is_field`` tells whether the word before a colon names a field, with a space after it or not.
    """
    found: list[Lexeme] = []
    dropped: list[Lexeme] = []
    at = 0
    while len(found) < _MOST_LEXEMES and (match := _LEXEME.search(text, at)):
        kind, start, at = match.lastgroup, match.start(), match.end()
        typed = match[0]
        if kind == "field" and not is_field(typed[:-1], text[at] == " "):
            match = _TEXT.match(text, start)
            assert match is not None  # a field's name is text too
            kind, typed, at = "text", match[0], match.end()
        match kind:
            case "quoted":
                found.append(Lexeme("quoted", typed[1:-1], start, at))
            case "quote":
                dropped.append(Lexeme("quoted", typed, start, at))
            case "open" | "close":
                found.append(Lexeme(kind, typed, start, at))
            case "minus":
                found.append(Lexeme("not", typed, start, at))
            case "field":
                found.append(Lexeme("field", typed[:-1], start, at))
            case _:
                found.append(_text(typed, start, at))
    if all(lexeme.text == lexeme.text.upper() for lexeme in found if lexeme.kind == "text"):
        found = _without_operators(found)
    return _paired(found, dropped), dropped


_TEXT = re.compile(rf"[^\s(){_QUOTES}]+")


def _text(typed: str, start: int, end: int) -> Lexeme:
    operator = OPERATORS.get(typed)
    if operator:
        return Lexeme(operator, typed, start, end)
    if typed.endswith("*"):
        return Lexeme("prefix", typed.rstrip("*"), start, end)
    return Lexeme("text", typed, start, end)


def _without_operators(found: list[Lexeme]) -> list[Lexeme]:
    words = sum(lexeme.kind == "text" for lexeme in found)
    if words <= _MOST_CAPITALS:
        return found
    return [
        Lexeme("text", lexeme.text, lexeme.start, lexeme.end)
        if lexeme.text in OPERATORS
        else lexeme
        for lexeme in found
    ]


def _paired(found: Sequence[Lexeme], dropped: list[Lexeme]) -> list[Lexeme]:
    """Without brackets that have no other half or stand too deep."""
    opened: list[int] = []
    single: set[int] = set()
    for place, lexeme in enumerate(found):
        if lexeme.kind == "open":
            opened.append(place)
        elif lexeme.kind == "close":
            if not opened:
                single.add(place)
                dropped.append(lexeme)
                continue
            other = opened.pop()
            if len(opened) >= DEEPEST:
                single |= {other, place}
    dropped += [found[place] for place in opened]
    single |= set(opened)
    return [lexeme for place, lexeme in enumerate(found) if place not in single]
