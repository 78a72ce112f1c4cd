"""Which words of an index may have been meant by another word. Pure, the same on every engine."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

MOST_SLIPS = 2
"""Letters added, dropped, exchanged or swapped with their neighbour."""

SHORTEST = 3
"""Letters. Of shorter words everything is near."""


def slips_allowed(word: str) -> int:
    """How many slips a word of this length may have: one in short words, which have many
    neighbours, 0 where nothing can be said."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) <= SHORTEST + 1 else MOST_SLIPS


def nearest_words(word: str, known: Iterable[tuple[str, int]], size: int) -> list[tuple[str, int]]:
    """Those of ``known`` words (with their numbers of works) that are near ``word``: nearest first,
    then the most frequent, then by alphabet."""
    allowed = slips_allowed(word)
    works = {
        other: held
        for other, held in known
        if other != word and held > 0 and abs(len(other) - len(word)) <= allowed
    }
    if not allowed or not works:
        return []
    found = process.extract(
        word, list(works), scorer=OSA.distance, score_cutoff=allowed, limit=None
    )
    ranked = sorted((slips, -works[other], other) for other, slips, _ in found)
    return [(other, -held) for _, held, other in ranked[:size]]
