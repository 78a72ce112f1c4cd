"""Works to search among, and a model that answers in plain Python what an index should.

The model knows words only as written: its works are made of words that no stemmer touches.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.record import Creator, Dates, Identifier, Record, Subject, Text, Title
from aggregator.works import Member, Work

WORDS = ("ак", "бор", "дал", "зор", "кыл", "мол", "сур", "тор", "шум", "эл", "ort", "kilm", "zuq")
"""Not stop words; neither chain changes one or makes two of them equal."""

SOURCES = ("kg-a", "kg-b", "kg-c")
TYPES = ("book", "article", "thesis")
LANGUAGES = ("ky", "ru", "en")
SUBJECTS = tuple(f"тема {number}" for number in range(12))
ACCESS = ("open", "restricted", "unknown")


def make_work(  # a frozen work has as many parts as it has
    id: str,
    title: str = "",
    *,
    added: int = 1,
    text: str = "",
    years: tuple[int, int] = (0, 0),
    sources: Sequence[str] = ("kg-a",),
    subjects: Iterable[str] = (),
    languages: tuple[str, ...] = (),
    type: str = "book",
    access: str = "unknown",
    creator: str = "",
    identifiers: tuple[Identifier, ...] = (),
) -> Work:
    """A work with these words; its records are named after it."""
    record = Record(
        source=sources[0],
        local_id=id,
        titles=(Title(title),) if title else (),
        creators=(Creator(creator),) if creator else (),
        abstracts=(Text(text),) if text else (),
        subjects=tuple(Subject(term) for term in subjects),
        languages=languages,
        issued=Dates(*years),
        type=type,
        access=access,
        identifiers=identifiers,
    )
    return Work(
        id=id, added=added, record=record, members=tuple(Member(source, id) for source in sources)
    )


def random_work(chance: random.Random, number: int) -> Work:
    """A work whose every part is drawn by ``chance``; ``number`` makes its id."""
    first = chance.choice([0, 1850, *range(1985, 2025)])
    last = first + chance.choice([0, 0, 0, 0, 3, 99, 9999]) if first else 0
    return make_work(
        f"w{number:04}",
        " ".join(chance.choices(WORDS, k=chance.randrange(1, 4))),
        added=number + 1,
        text=" ".join(chance.choices(WORDS, k=chance.randrange(6))),
        years=(first, last),
        sources=chance.sample(SOURCES, chance.randrange(1, 4)),
        subjects=chance.sample(SUBJECTS, chance.randrange(5)),
        languages=tuple(chance.sample(LANGUAGES, chance.randrange(3))),
        type=chance.choice(TYPES),
        access=chance.choice(ACCESS),
    )


@dataclass(frozen=True, slots=True)
class Model:
    """What any index must answer about ``works``."""

    works: Sequence[Work]

    def matching(self, words: Sequence[str], filters: Mapping[str, tuple[str, ...]]) -> list[Work]:
        """All words first; fewer than ten works: any of them."""
        kept = [work for work in self.works if _passes(work, filters)]
        having = [work for work in kept if set(words) <= _words(work)]
        if len(having) >= 10 or len(set(words)) < 2:
            return having
        return [work for work in kept if set(words) & _words(work)]

    def widened(self, words: Sequence[str], filters: Mapping[str, tuple[str, ...]]) -> bool:
        kept = [work for work in self.works if _passes(work, filters)]
        having = [work for work in kept if set(words) <= _words(work)]
        return len(having) < len(self.matching(words, filters))

    def facet(
        self, name: str, words: Sequence[str], filters: Mapping[str, tuple[str, ...]]
    ) -> dict[str, int]:
        """Counts of one facet; its own filter is left out unless its values combine by AND.

        Whether all words are wanted or any is settled by the whole query, filters included.
        """
        others = {key: value for key, value in filters.items() if key != name or name == "subject"}
        any_word = self.widened(words, filters)
        found = [
            work
            for work in self.works
            if _passes(work, others)
            and (set(words) & _words(work) if any_word else set(words) <= _words(work))
        ]
        counts = Counter(value for work in found for value in _values(work, name))
        for value in filters.get(name, ()):
            counts[value] = sum(_passes(work, {name: (value,)}) for work in found)
        return dict(counts)


def _words(work: Work) -> set[str]:
    record = work.record
    texts = [t.value for t in record.titles] + [t.value for t in record.abstracts]
    return {word for text in texts for word in text.split()}


def _years(work: Work) -> range:
    first, last = work.record.issued.min, work.record.issued.max
    return range(first, min(last, 2100) + 1) if first else range(0)


def _values(work: Work, name: str) -> Iterable[str]:
    record = work.record
    match name:
        case "source":
            return work.sources
        case "type":
            return (record.type,)
        case "language":
            return record.languages
        case "access":
            return (record.access,)
        case "subject":
            return [subject.term for subject in record.subjects]
        case _:
            return map(str, _years(work))


def _passes(work: Work, filters: Mapping[str, tuple[str, ...]]) -> bool:
    for name, chosen in filters.items():
        if name == "year":
            fits = [_overlaps(_years(work), value) for value in chosen]
        else:
            fits = [value in _values(work, name) for value in chosen]
        if not (all(fits) if name == "subject" else any(fits)):
            return False
    return True


def _overlaps(years: range, value: str) -> bool:
    low, _, high = value.partition("..")
    first = int(low or 1)
    last = int(high or 2100) if ".." in value else first
    return bool(years) and years[0] <= last and years[-1] >= first
