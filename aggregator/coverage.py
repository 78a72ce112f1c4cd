"""What a source covers and how well its records describe things. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.record import Record

SAMPLE = 500
"""Records that the shares are taken from: one in twenty is then told to about two in a hundred."""

OWN = frozenset({"local", "url"})
"""Schemes that name a thing at its source only."""

FIELDS: Mapping[str, Callable[[Record], bool]] = {
    "title": lambda record: any(title.value for title in record.titles),
    "creator": lambda record: bool(record.creators),
    "year": lambda record: bool(record.issued.min),
    "subject": lambda record: bool(record.subjects),
    "abstract": lambda record: bool(record.abstracts),
    "identifier": lambda record: any(i.scheme not in OWN for i in record.identifiers),
}
"""What a good description has."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares (0 to 1) of a sample of records. ``score`` is their mean over `FIELDS`."""

    shares: Mapping[str, float]
    fulltext: float

    @property
    def score(self) -> float:
        return sum(self.shares.values()) / len(self.shares)


@dataclass(frozen=True, slots=True)
class Coverage:
    """``works`` and years are exact, None where the index does not say; ``quality`` is None for a
    source that has no records."""

    works: int | None
    years: tuple[int, int] | None
    quality: Quality | None


def quality(records: Sequence[Record]) -> Quality | None:
    """How well ``records`` describe what they are about; None when there are none."""
    if not records:
        return None
    return Quality(
        {name: _share(records, has) for name, has in FIELDS.items()},
        _share(records, _has_fulltext),
    )


def _share(records: Sequence[Record], has: Callable[[Record], bool]) -> float:
    return sum(map(has, records)) / len(records)


def _has_fulltext(record: Record) -> bool:
    return any(link.kind == "fulltext" for link in record.links)
