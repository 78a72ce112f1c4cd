"""`python -m tests.bench.kyrgyz_search`: which Kyrgyz key finds most, on made-up texts.

400 topics of 14 words each, five texts a topic, one query a topic; the words are real and inflected
anew each time, some of a topic's words are derived too. Texts are ranked by BM25; nDCG@10 says how
high the topic's own five come. It shows an order among keys, not the size of a gain.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable

from aggregator.language import stem
from tests.kyrgyz import (
    MORE_NOUNS,
    MORE_VERBS,
    NOUNS,
    VERBS,
    attach,
    noun_forms,
    verb_forms,
)

Key = Callable[[str], str]

_TOPICS, _TEXTS, _WORDS = 400, 5, 14
_DERIVATIONS = ("LIк", "LIк", "чI", "сIз", "LAштIр", "LAш")
_SINGULAR, _OURS = 14, 26
"""The first forms of a noun are cases in the singular, alone and with a third person's possessive;
as many begin the plural."""


class Collection:
    """Texts and queries of one seed; ``derived``: share of nouns that are derived."""

    def __init__(self, seed: int, derived: float) -> None:
        self._chance = random.Random(f"{seed}:{derived}")
        self._derived = derived
        nouns = sorted({*NOUNS, *MORE_NOUNS})
        verbs = sorted({*VERBS, *MORE_VERBS})
        self._forms = {word: list(noun_forms(word)) for word in nouns}
        self._forms |= {word: list(verb_forms(word)) for word in verbs}
        self._verbs = set(verbs)
        words = [*self._forms]
        self._chance.shuffle(words)
        weights = [1 / (rank + 3) for rank in range(len(words))]
        topics = [self._chance.sample(words, _WORDS) for _ in range(_TOPICS)]
        self.texts = [
            [self._form(word) for word in self._text(topic, words, weights)]
            for topic in topics
            for _ in range(_TEXTS)
        ]
        self.queries = [
            [
                self._form(word)
                for word in self._chance.sample(topic, self._chance.choice([2, 3, 4]))
            ]
            for topic in topics
        ]

    def _text(self, topic: list[str], words: list[str], weights: list[float]) -> list[str]:
        length = self._chance.randrange(30, 120)
        own = [self._chance.choice(topic) for _ in range(length // 5)]
        return own + self._chance.choices(words, weights, k=length - len(own))

    def _form(self, word: str) -> str:
        chance = self._chance
        forms = self._forms[word]
        if word in self._verbs:
            return chance.choice(forms)
        if chance.random() < self._derived:
            return attach(attach(word, chance.choice(_DERIVATIONS)), chance.choice(["LAр", "DA"]))
        drawn = chance.random()
        if drawn < 0.36:
            return word
        if drawn < 0.80:
            return chance.choice(forms[:_SINGULAR])
        return chance.choice(forms[_OURS : _OURS + _SINGULAR] if drawn < 0.97 else forms)

    def ndcg(self, key: Key) -> float:
        """Mean over queries, with BM25 (k1 1.2, b 0.75) over keys."""
        postings: dict[str, dict[int, int]] = defaultdict(dict)
        for number, text in enumerate(self.texts):
            for term, times in Counter(map(key, text)).items():
                postings[term][number] = times
        lengths = list(map(len, self.texts))
        mean = sum(lengths) / len(lengths)
        ideal = sum(1 / math.log2(rank + 2) for rank in range(_TEXTS))
        total = 0.0
        for topic, query in enumerate(self.queries):
            scores: dict[int, float] = defaultdict(float)
            for term in sorted(set(map(key, query))):
                found = postings.get(term, {})
                rarity = math.log(1 + (len(lengths) - len(found) + 0.5) / (len(found) + 0.5))
                for number, times in found.items():
                    shorter = 1.2 * (0.25 + 0.75 * lengths[number] / mean)
                    scores[number] += rarity * times * 2.2 / (times + shorter)
            first = sorted(scores, key=lambda number: -scores[number])[:10]
            ours = [rank for rank, number in enumerate(first) if number // _TEXTS == topic]
            total += sum(1 / math.log2(rank + 2) for rank in ours) / ideal
        return total / len(self.queries)


def _cut(key: Key, letters: int) -> Key:
    return lambda word: key(word)[:letters]


def _stem(word: str) -> str:
    return stem(word, "ky")


def main() -> None:
    keys = {f"word, {letters}": _cut(str, letters) for letters in (4, 5, 6)}
    keys |= {"stem": _stem} | {f"stem, {letters}": _cut(_stem, letters) for letters in (4, 5, 6, 7)}
    for derived in (0.0, 0.1, 0.2):
        collection = Collection(1, derived)
        row = "; ".join(f"{name} {collection.ndcg(key):.3f}" for name, key in keys.items())
        print(f"nDCG@10, {derived:.0%} derived: {row}")


if __name__ == "__main__":
    main()
