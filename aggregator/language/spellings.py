"""Kyrgyz words typed without ө, ү, ң: the spellings they may have had.

A native word has only back vowels (а ы о у) or only front ones (е и ө ү, э); ң stands after a vowel
and never begins a word; э begins native words, е does not (rules of the orthography).
"""

from itertools import combinations, product

MOST = 12

_BACK, _FRONT = frozenset("аыяё"), frozenset("еиэ")
_RAISED = {"о": "ө", "у": "ү"}
_VOWELS = _BACK | _FRONT | frozenset("оуюөү")

_MOST_NASALS = 2
"""ң in one word; three are not met."""


def kyrgyz_spellings(folded: str, most: int = MOST) -> tuple[str, ...]:
    """The spellings of which ``folded`` may be the folded form, likeliest first, at most ``most``.

    Of the letters that folding lost only ө, ү, ң and the э of a beginning come back, not ь, ъ, ё.
    """
    beginnings = [("э", 0.0), ("е", 1.0)] if folded[:1] == "е" else [(folded[:1], 0.0)]
    harmonies = _harmonies(folded)
    nasals = _nasals(folded)
    found: dict[str, float] = {}
    for (begin, first), (word, second), (places, third) in product(beginnings, harmonies, nasals):
        letters = list(word)
        letters[:1] = [begin] if word[:1] == folded[:1] else letters[:1]
        for place in places:
            letters[place] = "ң"
        spelling = "".join(letters)
        cost = first + second + third
        found[spelling] = min(cost, found.get(spelling, cost))
    return tuple(sorted(found, key=lambda spelling: (found[spelling], spelling))[:most])


def _harmonies(word: str) -> list[tuple[str, float]]:
    """Which of о and у are ө and ү, with costs: the whole word agrees, or parts of it do."""
    clear = {letter for letter in word if letter in _BACK or letter in _FRONT}
    open_ = [place for place, letter in enumerate(word) if letter in _RAISED]
    if not open_:
        return [(word, 0.0)]
    back, front = bool(clear & _BACK), bool(clear & _FRONT)
    ways: list[tuple[str, float]] = [
        (word, 1.5 if front and not back else 0.0),
        (_raise(word, open_), 0.2 if not back else 2.0 if front else 4.0),
    ]
    # A loan or a compound: the beginning keeps its vowels, the endings agree with what they follow.
    # A word of more parts than two is too rare to count.
    for cut in range(1, len(open_)):
        ways.append((_raise(word, open_[cut:]), 2.5))
        ways.append((_raise(word, open_[:cut]), 3.5))
    ways.append((_raise(word, [place for place in open_ if _follows_front(word, place)]), 1.0))
    return ways


def _raise(word: str, places: list[int]) -> str:
    letters = list(word)
    for place in places:
        letters[place] = _RAISED[letters[place]]
    return "".join(letters)


def _follows_front(word: str, place: int) -> bool:
    clear = [letter for letter in word[:place] if letter in _BACK or letter in _FRONT]
    return bool(clear) and clear[-1] in _FRONT


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
