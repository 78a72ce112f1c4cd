"""Concepts and their names in three languages: what else a query may mean.

A file of ``config/thesaurus`` holds one scheme (the fields of science, places). Whoever types one
label of a concept can be shown works that carry another; what that is worth is for search to say.

Labels are compared word by word in whatever form they stand, and only as wholes. A label belongs to
one concept, in whatever language: a query does not say which of two is meant, and people do not
divide "Чүй" into a valley and a region.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from aggregator.errors import ConfigError
from aggregator.language import STOP_WORDS, chain_a, is_cyrillic, stem, tokens
from aggregator.wording import say
from aggregator.yamlfile import Document, Location, Mistake, find, in_line, listed, read
from aggregator.yamlmodel import Surroundings, check

MOST_LABELS = 6
"""Of a concept in one language; a file with more is refused."""

MOST_WORDS = 8
"""Of a label; a file with more is refused."""

MOST_ALTERNATIVES = 8
"""Of a concept found in a query: what is searched for beside the query is bounded."""


@dataclass(frozen=True, slots=True)
class Label:
    """``text`` as the file has it, for people; ``words``: normalised, without stop words."""

    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing under all its names.

    ``labels``: by language ("ky", "ru", "en"), the one to show first. ``codes``: by scheme, what it
    is there ("FORD": "1.4").
    """

    id: str
    labels: Mapping[str, tuple[Label, ...]]
    codes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """A label that stands in a query: its words are ``words[start:end]``.

    ``alternatives``: labels of the concept that works may carry without the words typed.
    """

    start: int
    end: int
    concept: str
    alternatives: tuple[Label, ...]


class _Name(NamedTuple):
    """A label as it is looked for: with its stop words, or without."""

    words: tuple[str, ...]
    concept: str
    alternatives: tuple[Label, ...]


@dataclass(frozen=True)
class Thesaurus:
    """All concepts, by their ids, in the order of files and of lines."""

    concepts: Mapping[str, Concept]

    def find(self, words: Sequence[str]) -> Sequence[Found]:
        """The labels in ``words``, the normalised words of a query: from the left, the longest at
        each place, none in another. Never raises."""
        found: list[Found] = []
        start = 0
        while start < len(words):
            name = self._longest(words[start : start + MOST_WORDS])
            end = start + (len(name.words) if name else 1)
            if name:
                found.append(Found(start, end, name.concept, name.alternatives))
            start = end
        return found

    def _longest(self, words: Sequence[str]) -> _Name | None:
        """The name that ``words`` begin with; of those that are as long, the one with most words as
        they were typed, the first of these."""
        names = (name for key in _keys(words[0]) for name in self._beginnings.get(key, ()))
        standing = [
            name
            for name in names
            if len(name.words) <= len(words) and all(map(_agree, name.words, words))
        ]

        def closeness(name: _Name) -> tuple[int, int]:
            return len(name.words), sum(map(str.__eq__, name.words, words))

        return max(standing, key=closeness, default=None)

    @cached_property
    def _beginnings(self) -> Mapping[str, Sequence[_Name]]:
        """All names by each key of their first word."""
        found: dict[str, list[_Name]] = {}
        for concept in self.concepts.values():
            for name in _names(concept):
                for key in _keys(name.words[0]):
                    found.setdefault(key, []).append(name)
        return found


def _names(concept: Concept) -> Iterator[_Name]:
    labels = list(dict.fromkeys(label for each in concept.labels.values() for label in each))
    for label in labels:
        alternatives = _alternatives(concept, label)
        every = tuple(token.text for token in tokens(label.text))
        for words in dict.fromkeys((every, label.words)):
            yield _Name(words, concept.id, alternatives)


def _alternatives(concept: Concept, typed: Label) -> tuple[Label, ...]:
    """The labels that find what ``typed`` does not, and none that another of them implies; each
    language's first ones first."""
    languages = list(concept.labels.values())
    ranked = [
        labels[rank] for rank in range(MOST_LABELS) for labels in languages if rank < len(labels)
    ]
    kept = [typed]
    for label in sorted(ranked, key=lambda label: len(label.words)):
        if not any(_implies(label, other) for other in kept):
            kept.append(label)
    return tuple(sorted(kept[1:], key=ranked.index))[:MOST_ALTERNATIVES]


def _implies(label: Label, other: Label) -> bool:
    """Whether what carries ``label`` has every word of ``other`` as well."""
    return all(any(_agree(word, each) for each in label.words) for word in other.words)


# --- comparing words ---------------------------------------------------------------------------


def _agree(word: str, typed: str) -> bool:
    """Whether a label's word is what was typed, in whatever form.

    Kyrgyz only adds endings, so "алма" (apple) is no form of "Алматы", though their stems agree.
    Nor is "той" (feast) one of "тоо" (mountain), though a Russian stemmer leaves "то" of both.
    """
    shared = _keys(word) & _keys(typed)
    if not typed.startswith(word[:-1]):  # the last letter may change: китеп, китеби
        shared = frozenset(key for key in shared if not key.startswith(_KYRGYZ))
    if (russian := chain_a(word)) != word and len(russian) < _SHORTEST_STEM:
        shared -= {f"ru {russian}"}
    return bool(shared)


_KYRGYZ = "ky "
_SHORTEST_STEM = 3
"""Fewer letters of a longer word are no Russian stem."""


@lru_cache(maxsize=4096)
def _keys(word: str) -> frozenset[str]:
    """The stems of a word; forms of one word share one."""
    if not is_cyrillic(word):
        return frozenset({_singular(word)})
    return frozenset({f"ru {chain_a(word)}", f"{_KYRGYZ}{stem(word, 'ky')}"})


_NO_PLURAL = ("ss", "us", "is", "ics")


def _singular(word: str) -> str:
    """An English noun without its plural. A stemmer goes too far here: it takes "physical" for
    "physics" and "political" for "politics"."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(_NO_PLURAL) else word


# --- files -------------------------------------------------------------------------------------

_FROZEN = ConfigDict(extra="forbid", frozen=True)


def _several(value: object) -> object:
    """One text is a list of one."""
    if isinstance(value, dict) or value is None:
        raise ValueError(say("write a text here, or several in square brackets: [one, another]"))
    return [value] if isinstance(value, str) else value


def _can_be_found(text: str) -> str:
    if re.search("[,;()]", text):
        raise ValueError(
            say(
                "'{word}' is not one label as people type it: write several in square brackets "
                "([one, another]), and none with round brackets in it",
                word=text,
            )
        )
    words = tokens(text)
    if len(words) > MOST_WORDS:
        raise ValueError(
            say(
                "'{word}' is too long; a label has {limit} words at most",
                word=text,
                limit=MOST_WORDS,
            )
        )
    if all(word.text in STOP_WORDS for word in words):
        raise ValueError(say("'{word}' has no word that can be searched for", word=text))
    return text


def _is_id(text: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_]*", text):
        raise ValueError(say("a concept is named in small Latin letters, digits and _"))
    return text


T = TypeVar("T")
Several = Annotated[
    tuple[T, ...], BeforeValidator(_several), Field(min_length=1, max_length=MOST_LABELS)
]
Texts = Several[Annotated[str, AfterValidator(_can_be_found)]]


class ConceptSettings(BaseModel):
    """One concept as a file describes it."""

    model_config = _FROZEN

    ky: Texts
    ru: Texts
    en: Texts
    code: dict[str, Several[Annotated[str, Field(min_length=1)]]] = {}


class SchemeSettings(BaseModel):
    """The whole file."""

    model_config = _FROZEN

    concepts: dict[Annotated[str, AfterValidator(_is_id)], ConceptSettings]


class _Place(NamedTuple):
    """Where something stands."""

    document: Document
    location: Location

    def mistake(self, text: str) -> Mistake:
        return self.document.mistake(find(self.document.root, self.location)[1], text)

    def __str__(self) -> str:
        return in_line(self.document.file, self.document.line(self.location))


def load(folder: Path) -> Thesaurus:
    """Read every ``*.yaml`` of ``folder``; a folder that does not exist is an empty thesaurus.

    Raises ConfigError naming every mistake of every file, one a line.
    """
    mistakes: list[Mistake] = []
    places: dict[str, _Place] = {}
    owners: dict[tuple[str, ...], tuple[str, _Place]] = {}
    concepts: dict[str, Concept] = {}
    for file in listed(folder, mistakes):
        document = read(file, mistakes)
        if document is None:
            continue
        scheme = check(document, SchemeSettings, Surroundings(folder, {}), mistakes)
        for id, settings in scheme.concepts.items() if scheme else ():
            place = _Place(document, ("concepts", id))
            if id in places:
                text = say(
                    "this concept is already here: {place}; keep one of the two", place=places[id]
                )
                mistakes.append(place.mistake(text))
                continue
            places[id] = place
            concepts[id] = _concept(id, settings)
            mistakes += _taken(concepts[id], place, owners)
    if mistakes:
        raise ConfigError("\n".join(map(str, sorted(mistakes))))
    return Thesaurus(concepts)


def _concept(id: str, settings: ConceptSettings) -> Concept:
    texts = {"ky": settings.ky, "ru": settings.ru, "en": settings.en}
    return Concept(
        id, {language: tuple(map(_label, each)) for language, each in texts.items()}, settings.code
    )


def _label(text: str) -> Label:
    words = (token.text for token in tokens(text))
    return Label(text, tuple(word for word in words if word not in STOP_WORDS))


def _taken(
    concept: Concept, place: _Place, owners: dict[tuple[str, ...], tuple[str, _Place]]
) -> Iterator[Mistake]:
    """Labels that belong to another concept; those that belong to none yet become this one's."""
    for language, labels in concept.labels.items():
        for number, label in enumerate(labels):
            here = _Place(place.document, (*place.location, language, number))
            owner, there = owners.setdefault(label.words, (concept.id, here))
            if owner != concept.id:
                text = say(
                    "'{word}' is already a label of '{owner}' ({place}); a label belongs to one "
                    "concept: keep it in one of the two",
                    word=label.text,
                    owner=owner,
                    place=there,
                )
                yield here.mistake(text)
