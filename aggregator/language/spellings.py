"""Kyrgyz words typed without ө, ү, ң: the spellings they may have had.

A native word has only back vowels (а ы о у) or only front ones (е и ө ү, э); ң stands after a vowel
and never begins a word; э begins native words, е does not (rules of the orthography).
"""

from itertools import combinations, product

MOST = 12

_BACK, _FRONT = frozenset("аыяё"), frozenset("еиэ")
_RAISED = {"о": "ө", "у": "ү"}
_VOWELS = _BACK | _FRONT | frozenset("оуюөү")

_E = (("э", 0.0), ("е", 1.0))
"""What a first е may have been, with costs."""

_MOST_NASALS = 2
"""ң in one word; three are not met."""


def kyrgyz_spellings(folded: str, most: int = MOST) -> tuple[str, ...]:
    """The spellings of which ``folded`` may be the folded form, likeliest first, at most ``most``.

    Of the letters that folding lost only ө, ү, ң and the э of a beginning come back, not ь, ъ, ё.
    """
    words = sorted(_harmonies(folded), key=_cost)[:most]
    if folded.startswith("е"):
        words = [(f"{begin}{word[1:]}", cost + more) for begin, more in _E for word, cost in words]
    found: dict[str, float] = {}
    for (word, first), (places, second) in product(
        words, sorted(_nasals(folded), key=_cost)[:most]
    ):
        letters = list(word)
        for place in places:
            letters[place] = "ң"
        spelling = "".join(letters)
        found[spelling] = min(first + second, found.get(spelling, first + second))
    return tuple(sorted(found, key=lambda spelling: (found[spelling], spelling))[:most])


def _cost(way: tuple[object, float]) -> float:
    return way[1]


def _harmonies(word: str) -> list[tuple[str, float]]:
    """Which of о and у are ө and ү, with costs: the whole word agrees, or parts of it do."""
    places = [place for place, letter in enumerate(word) if letter in _RAISED]
    if not places:
        return [(word, 0.0)]
    back, front = not _BACK.isdisjoint(word), not _FRONT.isdisjoint(word)
    ways = {
        word: 1.5 if front and not back else 0.0,
        _raise(word, places): 0.2 if not back else 2.0 if front else 4.0,
    }
    # A loan or a compound: each part agrees with itself, endings with what they follow. Words of
    # more than two parts are too rare to count.
    parts = [([place for place in places if _follows_front(word, place)], 1.0)]
    for cut in range(1, len(places)):
        parts += [(places[cut:], 2.5), (places[:cut], 3.5)]
    for raised, cost in parts:
        spelling = _raise(word, raised)
        ways[spelling] = min(cost, ways.get(spelling, cost))
    return list(ways.items())


def _raise(word: str, places: list[int]) -> str:
    letters = list(word)
    for place in places:
        letters[place] = _RAISED[letters[place]]
    return "".join(letters)


def _follows_front(word: str, place: int) -> bool:
    before = [letter for letter in word[:place] if letter in _BACK | _FRONT]
    return bool(before) and before[-1] in _FRONT


def _nasals(word: str) -> list[tuple[tuple[int, ...], float]]:
    """Which н are ң, with costs."""
    places = [
        place for place in range(1, len(word)) if word[place] == "н" and word[place - 1] in _VOWELS
    ]
    costs = {place: _nasal_cost(word, place) for place in places}
    return [
        (chosen, sum(costs[place] for place in chosen))
        for count in range(_MOST_NASALS + 1)
        for chosen in combinations(places, count)
    ]


def _nasal_cost(word: str, place: int) -> float:
    following = word[place + 1 : place + 2]
    if following in ("г", "к"):
        return 0.7
    if following in ("д", "с", "и", "ы", "з", "ч", "л"):
        return 1.2
    return 1.6
