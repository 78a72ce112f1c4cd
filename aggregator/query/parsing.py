"""Text → Query."""

from collections.abc import Iterator

from aggregator.known import known_items
from aggregator.query.reader import SHOWN, Reader
from aggregator.query.tree import All, Names, Node, Part, Query
from aggregator.query.understood import covers, known_parts, meant, parts

MOST_CHARACTERS = 2_000
"""Beyond these a query is cut, and says so."""

_NOTHING_NAMED = Names()


def parse(text: str, names: Names = _NOTHING_NAMED) -> Query:
    """Read what a person typed. Never raises; what is too long is cut and named in ``understood``.

    Guillemets do not make a phrase: they belong to titles («Манас» эпосу), and titles are pasted.
    """
    shown = text.encode("utf-8", "replace").decode()
    kept, cut = _cut(shown)
    reader = Reader(kept, names)
    read = reader.read()
    known = meant(known_items(kept), read)
    rest = [typed for typed in read if not any(covers(item, typed) for item in known)]
    said = [*known_parts(kept, known), *parts(kept, rest, bool(known)), *reader.ignored]
    cut = reader.cut or cut
    if cut:
        said.append(Part("cut", cut))
    root = All(tuple(node for typed in read for node in _flat(typed.node)))
    once = {(part.kind, part.text): part for part in reversed(said)}
    understood = tuple(reversed(once.values()))
    return Query(kept, root, understood, tuple(item.values for item in known))


def _cut(text: str) -> tuple[str, str]:
    """What is read of ``text``, and the beginning of what is not."""
    if len(text) <= MOST_CHARACTERS:
        return text, ""
    words = text[:MOST_CHARACTERS].rsplit(maxsplit=1)
    kept = words[0] if words else ""
    return kept, text[len(kept) :].lstrip()[:SHOWN]


def _flat(node: Node) -> Iterator[Node]:
    if isinstance(node, All):
        for inner in node.nodes:
            yield from _flat(inner)
    else:
        yield node
