"""Which records are one work, and what the work then says. Pure.

For now records are joined by a shared strong identifier only: DOI, handle, patent number, and ISBN
where the titles do not contradict. The partition is a function of the current records and
decisions, computed in sorted order, so any order of arrival gives the same works.
"""

import re
from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace
from rapidfuzz.fuzz import token_set_ratio

from aggregator.language import tokens
from aggregator.normalize import person
from aggregator.record import ACCESS, Creator, Dates, Record, Title

STRONG = ("doi", "hdl", "isbn", "patent")
"""Schemes whose identifiers name one work; all else (ISSN, URL, local numbers) does not."""

SHARED_BY_TOO_MANY = 50
"""A key that more living records share says nothing of any of them: it is off for all."""

COMPATIBLE = 80.0
"""Least token-set ratio (0 to 100) of two titles under one ISBN."""

_PREFER = ("open", "embargoed", "restricted", "metadata-only", "unknown")
assert set(_PREFER) == set(ACCESS)


class Member(Struct, frozen=True, omit_defaults=True):
    """One record of a work; ``reason`` is the key that joined it ("doi:10.1/x"), "" if alone."""

    source: str
    local_id: str
    reason: str = ""


class Work(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The thing itself. ``record`` is the merged description, under its founding record's name;
    ``added`` is the number by which "new since" is told."""

    id: str
    added: int
    record: Record
    members: tuple[Member, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources that hold it, in order, each once."""
        return tuple(dict.fromkeys(member.source for member in self.members))


@dataclass(frozen=True, slots=True)
class Decisions:
    """Pairs of record names an administrator settled, each pair sorted."""

    same: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Hidden:
    """What people took from view: sources that were removed, by id, and records that were taken
    down, by name. Works are made as if their sources had withdrawn these records."""

    sources: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        """Whether the record of this name (``SOURCE/LOCAL_ID``) is hidden."""
        return name in self.records or name.partition("/")[0] in self.sources


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the partition looks at: a record's strong keys and its titles."""

    keys: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are one work: names in order, each with the key that joined it ("" if alone)."""

    members: tuple[tuple[str, str], ...]


LONGEST_KEY = 500
"""Signs: no real identifier is longer, and an index of PostgreSQL holds 2,700 bytes a row."""


def match_keys(record: Record) -> tuple[str, ...]:
    """The record's strong identifiers as ``scheme:value``, sorted, each once."""
    keys = {f"{i.scheme}:{i.value}" for i in record.identifiers if i.scheme in STRONG}
    return tuple(sorted(key for key in keys if len(key) <= LONGEST_KEY and "\0" not in key))


def candidate(record: Record) -> Candidate:
    """What the partition needs of a record."""
    return Candidate(match_keys(record), tuple(title.value for title in record.titles))


def partition(records: Mapping[str, Candidate], decisions: Decisions) -> list[Group]:
    """Group records into works: the same for any order of arrival, sorted by first member.

    An "apart" decision holds even where a chain of keys would join the two.
    """
    parent = {name: name for name in records}
    reasons: dict[str, str] = {}
    forbidden: dict[str, set[str]] = defaultdict(set)
    for left, right in decisions.apart:
        if left in records and right in records:
            forbidden[left].add(right)
            forbidden[right].add(left)
    members = {name: [name] for name in records}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    def join(left: str, right: str, reason: str) -> None:
        a, b = sorted((root(left), root(right)))
        if a == b:
            return
        if forbidden and any(forbidden[m] & set(members[b]) for m in members[a] if m in forbidden):
            return
        parent[b] = a
        members[a] += members.pop(b)
        reasons.setdefault(left, reason)
        reasons.setdefault(right, reason)

    for left, right in sorted(decisions.same):
        if left in records and right in records:
            join(left, right, "decision")
    for key, holders in sorted(_by_key(records).items()):
        for left, right in combinations(holders, 2):
            if not key.startswith("isbn:") or compatible(
                records[left].titles, records[right].titles
            ):
                join(left, right, key)
    return sorted(
        (
            Group(tuple((name, reasons.get(name, "")) for name in sorted(group)))
            for group in members.values()
        ),
        key=lambda group: group.members[0],
    )


def _by_key(records: Mapping[str, Candidate]) -> dict[str, list[str]]:
    holders: dict[str, list[str]] = defaultdict(list)
    for name in sorted(records):
        for key in records[name].keys:
            holders[key].append(name)
    return {key: names for key, names in holders.items() if len(names) > 1}


def compatible(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two records' titles may belong to one book: some pair is alike and their numbers
    (volumes, years) do not differ. A record without a title contradicts nothing."""
    if not left or not right:
        return True
    return any(_alike(a, b) for a in left for b in right)


def tokens_of(title: str) -> tuple[str, ...]:
    """A title's words as compared."""
    return tuple(token.text for token in tokens(title))


def _alike(left: str, right: str) -> bool:
    numbers = [set(re.findall(r"\d+", title)) for title in (left, right)]
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    return token_set_ratio(" ".join(tokens_of(left)), " ".join(tokens_of(right))) >= COMPATIBLE


def work_id(founder: str, attempt: int = 0) -> str:
    """An id made from the founding record's name: 12 letters and digits (60 bits).

    ``attempt`` counts up while another work holds the id.
    """
    name = founder if not attempt else f"{founder}\n{attempt}"
    return b32encode(blake2b(name.encode(), digest_size=8).digest()).decode().lower()[:12]


# The merged description


def merge(records: Sequence[Record]) -> Record:
    """One description of several, the founding record first; under its name, without a stamp.

    The fullest record speaks first; lists are united, single values are the first given.
    """
    founder = records[0]
    if len(records) == 1:
        return replace(founder, stamp="") if founder.stamp else founder
    ranked = sorted(records, key=_fullness, reverse=True)
    values: dict[str, Any] = {}
    for field, blank in _BLANK.items():
        given = [getattr(record, field) for record in ranked]
        if field in _MERGES:
            values[field] = _MERGES[field](given)
        elif isinstance(blank, tuple):
            values[field] = _unite(given)
        else:
            values[field] = next((value for value in given if value != blank), blank)
    return Record(**values | {"source": founder.source, "local_id": founder.local_id, "stamp": ""})


_BLANK: Mapping[str, Any] = asdict(Record(source="", local_id=""))


def _fullness(record: Record) -> int:
    fields = [field for field, blank in _BLANK.items() if getattr(record, field) != blank]
    return len(fields) + any(len(text.value) > 200 for text in record.abstracts)


def _unite(values: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(item for value in values for item in value))


def _titles(values: Iterable[tuple[Title, ...]]) -> tuple[Title, ...]:
    """The first main title stays; others become alternative, or parallel in another language."""
    found: dict[tuple[str, ...], Title] = {}
    main: Title | None = None
    for given in _unite(values):
        title: Title = given
        if given.kind == "main" and main is None:
            main = given
        elif given.kind == "main" and main is not None:
            other = given.lang and main.lang and given.lang != main.lang
            title = replace(given, kind="parallel" if other else "alternative")
        found.setdefault(tokens_of(title.value) or (title.value,), title)
    return tuple(found.values())


def _creators(values: Iterable[tuple[Creator, ...]]) -> tuple[Creator, ...]:
    """People by surname and first initial; the longest form of a name is kept, an ORCID is too."""
    found: dict[tuple[str, str, str], Creator] = {}
    for creator in _unite(values):
        parts = person(creator.name)
        surname, given = parts if parts is not None else (creator.name, "")
        key = (surname.casefold(), given[:1].casefold(), creator.role)
        known = found.get(key)
        if known is None:
            found[key] = creator
        else:
            longer = creator if len(creator.name) > len(known.name) else known
            found[key] = replace(
                longer,
                orcid=known.orcid or creator.orcid,
                affiliation=known.affiliation or creator.affiliation,
            )
    return tuple(found.values())


def _issued(values: Iterable[Dates]) -> Dates:
    """The narrowest date that was understood; else the first words."""
    given = list(values)
    known = [dates for dates in given if dates.min]
    if known:
        return min(known, key=lambda dates: dates.max - dates.min)
    return next((dates for dates in given if dates.text), given[0])


def _type(values: Iterable[str]) -> str:
    return next((value for value in values if value != "other"), "other")


def _access(values: Iterable[str]) -> str:
    return min(values, key=_PREFER.index)


_MERGES: Mapping[str, Any] = {
    "titles": _titles,
    "creators": _creators,
    "issued": _issued,
    "type": _type,
    "access": _access,
}
