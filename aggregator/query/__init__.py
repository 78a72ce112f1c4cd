"""What a person types, as a small tree. Any string is legal.

    query  = either*                    all of them are wanted
    either = both (OR both)*            any of them
    both   = single (AND single)*
    single = [NOT | -] (word | "phrase" | prefix* | field:name | ( query ))

    name   = single, in an author's field with initials before or after: author:Ч. Айтматов

So ``a b OR c`` is ``a (b OR c)``. What cannot be read so is searched as words; what had to be left
out is named in ``understood``. Nodes are a closed union: what reads a tree must name every kind of
node, and a type checker sees to it.
"""

from aggregator.query.parsing import MOST_CHARACTERS, parse
from aggregator.query.reader import MOST_PREFIXES, MOST_WORDS, SHORTEST_PREFIX
from aggregator.query.tree import (
    All,
    Any,
    Concept,
    In,
    Names,
    Node,
    Not,
    Part,
    PartKind,
    Phrase,
    Prefix,
    Query,
    Value,
    Word,
    name_key,
)

__all__ = [
    "MOST_CHARACTERS",
    "MOST_PREFIXES",
    "MOST_WORDS",
    "SHORTEST_PREFIX",
    "All",
    "Any",
    "Concept",
    "In",
    "Names",
    "Node",
    "Not",
    "Part",
    "PartKind",
    "Phrase",
    "Prefix",
    "Query",
    "Value",
    "Word",
    "name_key",
    "parse",
]
