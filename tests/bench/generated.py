"""Seeded, made-up records: about 80 words each, 65% Russian, 20% Kyrgyz, 15% English by vocabulary.

Words are syllables put together, chosen with Zipf's frequencies, so that an index sees common and
rare words as it would in life. Nothing here is anybody's text.
"""

import random
from collections.abc import Iterator
from itertools import accumulate
from xml.sax.saxutils import escape

from aggregator.source import Raw

LANGUAGES = ("ru", "ky", "en")
_WEIGHTS = (65, 20, 15)
_SYLLABLES = {
    "ru": "ко ра не ста во ло ни ре та пра ми ка но ве ла ти го ри ма де ис пе ло по ме со",
    "ky": "кы ру ге та үн өм эл ке ча ма ра ло ду са ба тү ко шу йө жа ңы ал би ми ни ар",
    "en": "ti on re an er in al de co ma st en ra lo ne si pro ca te li ve no mi la ic",
}
_TYPES = ("info:eu-repo/semantics/article", "book", "thesis", "report", "dataset", "image")
_ACCESS = ("info:eu-repo/semantics/openAccess", "info:eu-repo/semantics/restrictedAccess", "")


class Vocabulary:
    """60,000 words a language, the n-th with a frequency of n^-1.07: so 1.2 million words hold
    about 100,000 different ones, as was counted in the recorded OAI-PMH records of ILIM_SHARED.
    """

    def __init__(self, seed: int, size: int = 60_000) -> None:
        self.words: dict[str, list[str]] = {}
        self.cumulative = list(accumulate(rank**-1.07 for rank in range(1, size + 1)))
        for language in LANGUAGES:
            chance = random.Random(f"{seed}{language}")
            made: dict[str, None] = {}
            while len(made) < size:
                syllables = chance.choices(
                    _SYLLABLES[language].split(), k=chance.choice([2, 3, 3, 4, 5])
                )
                made["".join(syllables)] = None
            self.words[language] = list(made)

    def beyond(self, skipped: int) -> list[float]:
        """Cumulative weights of the words after the ``skipped`` most frequent."""
        before = self.cumulative[skipped - 1] if skipped else 0.0
        return [weight - before for weight in self.cumulative[skipped:]]

    def text(self, chance: random.Random, language: str, count: int) -> list[str]:
        return chance.choices(self.words[language], cum_weights=self.cumulative, k=count)


def body(number: int, seed: int, vocabulary: Vocabulary) -> bytes:
    """The oai_dc body of record ``number``; the same for the same seed."""
    chance = random.Random(f"{seed}:{number}")
    [language] = chance.choices(LANGUAGES, _WEIGHTS)
    title = " ".join(vocabulary.text(chance, language, chance.randrange(5, 13))).capitalize()
    abstract = " ".join(vocabulary.text(chance, language, chance.randrange(40, 90)))
    names = vocabulary.text(chance, language, 2 * chance.choice([1, 1, 2, 3]))
    subjects = chance.choices(
        vocabulary.words[language][200:3200], cum_weights=vocabulary.cumulative[:3000], k=3
    )
    year = min(2026, 1950 + int(chance.triangular(0, 77, 65)))
    parts = [f'<dc:title xml:lang="{language}">{escape(title)}</dc:title>']
    for surname, given in zip(names[::2], names[1::2], strict=True):
        name = f"{surname.capitalize()}, {given.capitalize()}"
        parts.append(f"<dc:creator>{name}</dc:creator>")
    parts += [f'<dc:subject xml:lang="{language}">{word}</dc:subject>' for word in subjects]
    parts += [
        f'<dc:description xml:lang="{language}">{abstract}</dc:description>',
        f"<dc:date>{year}</dc:date>",
        f"<dc:type>{chance.choices(_TYPES, (60, 20, 8, 6, 4, 2))[0]}</dc:type>",
        f"<dc:identifier>https://example.org/article/view/{number}</dc:identifier>",
        f"<dc:language>{language}</dc:language>",
        f"<dc:source>{chance.choice(vocabulary.words[language][:40]).capitalize()}; "
        f"{chance.randrange(1, 40)}, {chance.randrange(1, 7)} ({year}); 1-9</dc:source>",
    ]
    access = chance.choice(_ACCESS)
    if access:
        parts.append(f"<dc:rights>{access}</dc:rights>")
    if number % 10 == 0:
        parts.append(f"<dc:identifier>10.5555/bench.{number % 9_000_001}</dc:identifier>")
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">' + "".join(parts) + "</oai_dc:dc>"
    ).encode()


def raws(first: int, last: int, seed: int, vocabulary: Vocabulary) -> Iterator[Raw]:
    """Records ``first`` to ``last`` - 1 as a connector gives them."""
    for number in range(first, last):
        yield Raw(name(number), body(number, seed, vocabulary), "oai_dc", "2026-11-01")


def name(number: int) -> str:
    return f"oai:bench:{number}"


FUNCTION_WORDS = 50
"""The most frequent words stand for "и", "the" and "жана", which stop lists take out of a query."""


def queries(
    count: int, seed: int, vocabulary: Vocabulary, skipped: int = FUNCTION_WORDS
) -> list[str]:
    """What people might type: one to six words of one language, common and rare ones, beyond the
    ``skipped`` most frequent."""
    chance = random.Random(f"{seed}:queries")
    weights = vocabulary.beyond(skipped)
    made = []
    for _ in range(count):
        [language] = chance.choices(LANGUAGES, _WEIGHTS)
        [length] = chance.choices([1, 2, 3, 4, 5, 6], [10, 25, 25, 20, 12, 8])
        words = chance.choices(
            vocabulary.words[language][skipped:],
            cum_weights=weights,
            k=length,
        )
        made.append(" ".join(words))
    return made
