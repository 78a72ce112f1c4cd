"""`python -m tests.bench.language`: how fast texts and words are analysed, and how well Kyrgyz is
stemmed. On one core, with cold caches."""

import random
import time
from collections.abc import Callable

from aggregator.language import analyse, chain_c, stem, stem_folded
from tests.bench.generated import LANGUAGES, Vocabulary
from tests.bench.measure import Row
from tests.kyrgyz import Figures, figures, halves, held_out, treebank

TOKENS = 1_000_000
_TEXT = 80
_SHARES = (65, 20, 15)
_CUTS = (5, 6, 7)


def rows(seed: int) -> list[Row]:
    """The table's rows; needs ILIM_SHARED for the figures."""
    vocabulary = Vocabulary(seed)
    made = [_analysed(vocabulary, seed)]
    words = sorted({*vocabulary.words["ru"], *vocabulary.words["ky"]})
    made += [
        Row(f"{len(words):,} different Russian and Kyrgyz words, {name}",
            f"{_rate(words, stemmer):,.0f} words/s", "≥ 120,000")
        for name, stemmer in (("stem", _stem), ("stem_folded", stem_folded))
    ]  # fmt: skip
    real = sorted({form for form, *_ in treebank()[1]})
    made += [
        Row(f"{len(real):,} words of the treebanks, {name}",
            f"{_rate(real * 20, stemmer):,.0f} words/s", "≥ 120,000")
        for name, stemmer in (("stem", _stem), ("stem_folded", stem_folded))
    ]  # fmt: skip
    made += [
        _row("stem", figures(_stem), "≥ .94 / ≥ .78 / ≤ .10 / ≤ .03"),
        _row("stem_folded", figures(stem_folded, fold=True), "≥ .93 /  /  / ≤ .045"),
        _row("chain C", figures(chain_c)),
    ]
    pairs = [("without the treebanks' lemmas in the lists", held_out())]
    pairs += [(f"half {half}, without its lemmas", pair) for half, pair in enumerate(halves(), 1)]
    for what, (written, folded) in pairs:
        made += [_row(f"stem {what}", written), _row(f"stem_folded {what}", folded)]
    made += [_row(f"stem, {cut} letters", figures(_cut(_stem, cut))) for cut in _CUTS]
    made += [_row(f"word, {cut} letters", figures(_cut(str, cut))) for cut in _CUTS]
    return made


def _stem(word: str) -> str:
    return stem(word, "ky")


def _cut(stemmer: Callable[[str], str], letters: int) -> Callable[[str], str]:
    return lambda word: stemmer(word)[:letters]


def _analysed(vocabulary: Vocabulary, seed: int) -> Row:
    chance = random.Random(f"{seed}:language")
    texts = [
        " ".join(vocabulary.text(chance, chance.choices(LANGUAGES, _SHARES)[0], _TEXT))
        for _ in range(TOKENS // _TEXT)
    ]
    started = time.perf_counter()
    for text in texts:
        analyse(text)
    seconds = time.perf_counter() - started
    return Row(f"{TOKENS:,} words in texts of {_TEXT} analysed, all chains, cold",
               f"{TOKENS / seconds:,.0f} words/s", "≥ 300,000")  # fmt: skip


def _rate(words: list[str], stemmer: Callable[[str], str]) -> float:
    started = time.perf_counter()
    for word in words:
        stemmer(word)
    return len(words) / (time.perf_counter() - started)


def _row(name: str, found: Figures, wanted: str = "") -> Row:
    return Row(
        f"{name}: nouns and verbs whose forms agree, unlike lemmas that do, unrelated",
        f"{found.nominal:.4f} / {found.verb:.4f} / {found.hard3:.4f} / {found.unrelated:.4f}",
        wanted,
    )


def main() -> None:
    for row in rows(1):
        print(f"{row.what}: {row.figure}" + (f" ({row.wanted})" if row.wanted else ""))


if __name__ == "__main__":
    main()
