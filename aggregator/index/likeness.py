"""What makes a work like another: its most telling words, chosen the same on every engine. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.index.document import SENTINEL
from aggregator.index.port import Document

FIELD = "content_a"
"""The documents' value whose words are compared."""

MOST_LOOKED_UP = 150
"""Different words of a work whose frequencies are asked for: those that it uses most."""

MOST_TELLING = 20
"""Words that are then looked for: it bounds the search."""

LEAST_SHARED = 0.3
"""Share of these words that a similar work has (Lucene's usual share for "more like this")."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Words to look for, each with what it adds; ``least`` of them must be there."""

    words: Sequence[tuple[str, float]]
    least: int


def words_of(document: Document) -> list[str]:
    """The words of a work whose frequencies are needed, at most `MOST_LOOKED_UP`."""
    counts = _counts(document)
    return [word for word, _ in counts.most_common(MOST_LOOKED_UP)]


def likeness(document: Document, works: int, holding: Mapping[str, int]) -> Likeness | None:
    """The most telling words of ``document`` (frequent in it, rare elsewhere), or None.

    ``works``: how many there are; ``holding``: word -> how many of them have it. A word that only
    one work has leads nowhere, nor does one that more than a quarter of many works have.
    """
    common = max(10, works // 4)
    counts = _counts(document)
    weighed = [
        (counts[word] * math.log(1 + (works + 1) / (held + 0.5)), word)
        for word, held in holding.items()
        if word in counts and 1 < held <= common
    ]
    best = sorted(weighed, key=lambda pair: (-pair[0], pair[1]))[:MOST_TELLING]
    if not best:
        return None
    top = best[0][0]
    words = [(word, round(weight / top, 3)) for weight, word in best]
    return Likeness(words, max(1, math.floor(len(words) * LEAST_SHARED)))


def _counts(document: Document) -> Counter[str]:
    counts = Counter(str(document.values.get(FIELD, "")).split())
    del counts[SENTINEL]
    return counts
