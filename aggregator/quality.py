"""How well a source describes its works: which fields are filled, which words were not understood.

Pure: figures over Records, for `ilim sources check` and for whoever writes to a partner.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aggregator.normalize import access, languages, resource_type
from aggregator.record import Record, record_name
from aggregator.works import Decisions, candidate, partition

FIELDS: Mapping[str, Callable[[Record], bool]] = MappingProxyType(
    {
        "title": lambda record: bool(record.titles),
        "creators": lambda record: bool(record.creators),
        "year": lambda record: record.issued.min != 0,
        "abstract": lambda record: bool(record.abstracts),
        "subjects": lambda record: bool(record.subjects),
        "identifier": lambda record: any(
            one.scheme not in ("local", "url") for one in record.identifiers
        ),
        "language": lambda record: bool(record.languages),
        "access": lambda record: record.access != "unknown",
        "fulltext": lambda record: any(link.kind == "fulltext" for link in record.links),
    }
)
"""Field of the report -> whether a record has it. A year counts when it was understood, an
identifier when others know it too (DOI, ISBN, handle, …)."""

Words = tuple[tuple[str, int], ...]
"""Words of the source and how many records have them, most frequent first."""

LONGEST_WORD = 120
"""Signs of a value that are told; what is longer is no code or date but a mistake of field."""


@dataclass(frozen=True, slots=True)
class Quality:
    """``filled``: key of `FIELDS` -> how many of the ``records`` have it. ``not_understood``:
    "date", "language", "type" -> the words that say nothing to Ilim."""

    records: int
    filled: Mapping[str, int]
    not_understood: Mapping[str, Words]

    def share(self, field: str) -> float:
        """The share of records that have ``field``, from 0 to 1; 0 where there are none."""
        return self.filled[field] / self.records if self.records else 0.0


def quality(records: Sequence[Record]) -> Quality:
    """The report on these records."""
    return Quality(
        len(records),
        {name: sum(map(has, records)) for name, has in FIELDS.items()},
        {name: _counted(records, words) for name, words in _NOT_UNDERSTOOD.items()},
    )


def _counted(records: Sequence[Record], words: Callable[[Record], Iterator[str]]) -> Words:
    counts = Counter(word for record in records for word in dict.fromkeys(words(record)))
    return ranked(counts)


def ranked(counts: Mapping[str, int]) -> Words:
    """The most frequent first; of equal ones in the order of the alphabet."""
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


# What was not understood is in a Record: a date keeps its words, other fields leave theirs in
# ``other`` under the source's own label (dc:language, MARC 041 $a, dc.type, a column's name).

_LANGUAGE = re.compile(r"(?<![a-z])lang(?:uage)?s?(?![a-z])|\b041\b|^язык|^тил", re.IGNORECASE)
_TYPE = re.compile(
    r"(?:^|[:.@/])types?(?![a-z])|resourcetype|(?<![a-z])genre(?![a-z])|^тип|^вид\b|^түр",
    re.IGNORECASE,
)
_OTHER = frozenset({"other", "others", "другое", "прочее", "иное", "башка", "башкалар"})
"""Words of a source for what it has no better word for: "other" here too."""

_NO_LANGUAGE = frozenset({"mul", "mis", "und", "zxx"})
"""Codes of ISO 639-2 that are understood, and name no language."""


def _dates(record: Record) -> Iterator[str]:
    if record.issued.text and not record.issued.min:
        yield record.issued.text[:LONGEST_WORD]


def _languages(record: Record) -> Iterator[str]:
    for one in record.other:
        known = one.text.strip().lower() in _NO_LANGUAGE or languages(one.text)
        if _LANGUAGE.search(one.label) and not known:
            yield one.text[:LONGEST_WORD]


def _types(record: Record) -> Iterator[str]:
    """Only of records whose type nothing told: beside an understood word another may stand."""
    if record.type != "other":
        return
    for one in record.other:
        known = one.text.strip().lower() in _OTHER or resource_type(one.text) or access(one.text)
        if _TYPE.search(one.label) and not known:
            yield one.text[:LONGEST_WORD]


_NOT_UNDERSTOOD: Mapping[str, Callable[[Record], Iterator[str]]] = MappingProxyType(
    {"date": _dates, "language": _languages, "type": _types}
)


def joining(
    records: Sequence[Record], held: Mapping[str, Record], decisions: Decisions
) -> frozenset[str]:
    """The names of those ``records`` that would join works of other sources.

    ``held`` are records of the catalogue that share a key with them (`works.match_keys`), by
    name. The rule is resolve's own.
    """
    fresh = {record_name(one.source, one.local_id): candidate(one) for one in records}
    sources = {one.source for one in records}
    others = {name: candidate(one) for name, one in held.items() if one.source not in sources}
    joined: set[str] = set()
    for group in partition(others | fresh, decisions):
        names = {name for name, _ in group.members}
        if not names.isdisjoint(others):
            joined |= names & fresh.keys()
    return frozenset(joined)
