"""What pages say that a query was understood as."""

from collections.abc import Iterator, Sequence

from aggregator.known import KnownItem
from aggregator.lexemes import OPERATORS
from aggregator.query.reader import SHOWN, Typed
from aggregator.query.tree import (
    All,
    Any,
    Concept,
    In,
    Not,
    Part,
    PartKind,
    Phrase,
    Prefix,
    Value,
    Word,
)

_CITATION = 4
"""Words beside a journal's number from which a work in it is cited, and not the journal meant."""


def meant(known: Sequence[KnownItem], read: Sequence["Typed"]) -> list[KnownItem]:
    """The identifiers of what is looked for: in a citation the ISSN is a word like others, for it
    names a journal with all its articles."""
    words = [typed for typed in read if isinstance(typed.node, Word) and not typed.node.common]
    beside = [typed for typed in words if not any(covers(item, typed) for item in known)]
    return [item for item in known if item.scheme != "issn" or len(beside) < _CITATION]


def known_parts(text: str, known: Sequence[KnownItem]) -> Iterator[Part]:
    for item in known:
        without = _without(text, item.start, item.end)
        yield Part("known", text[item.start : item.end][:SHOWN], item.scheme, without)


def covers(item: KnownItem, typed: "Typed") -> bool:
    return item.start <= typed.begin and typed.end <= item.end


def parts(text: str, read: Sequence[Typed], known: bool) -> Iterator[Part]:
    if not read and not known:
        yield Part("all", "")
    only_common = all(isinstance(typed.node, Word) and typed.node.common for typed in read)
    for typed in read:
        node = typed.node
        without = _without(text, typed.start, typed.end)
        field = ""
        more: tuple[str, ...] = ()
        match node:
            case Word():
                kind: PartKind = "common" if node.common and not only_common else "word"
            case Phrase():
                kind = "phrase"
            case Prefix():
                kind = "prefix"
            case Value(field=field, value=value):
                kind, more = "value", (value,)
            case In(field=field):
                kind = "field"
            case Not(node=Word(common=True)):
                kind = "common"
            case Not():
                kind = "not"
            case Any():
                kind = "any"
            case All() | Concept():
                kind = "group"
        shown = text[typed.begin : typed.end]
        yield Part(kind, shown[:SHOWN], field, without, more)


def _without(text: str, start: int, end: int) -> str:
    """The rest of ``text``, without an operator that had joined it to what stood before."""
    rest = text[end:].split()
    if not text[:start].strip():
        while rest and OPERATORS.get(rest[0]) in {"and", "or"}:
            rest = rest[1:]
    return " ".join([*text[:start].split(), *rest])
