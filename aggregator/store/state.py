"""What the store answers: small frozen values, the same on every database."""

from dataclasses import dataclass
from typing import Literal

from aggregator.record import Deleted, Record
from aggregator.works import Work


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as it stands, and how it came to be.

    ``change`` is its change number, ``changed`` the ISO time (UTC) it was given, ``format`` and
    ``crosswalk`` the metadata format and the version of the crosswalk that read it, ``problems``
    the repairs its payload needed.
    """

    record: Record | Deleted
    change: int
    changed: str
    format: str
    crosswalk: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawPayload:
    """A record's bytes as its source sent them."""

    body: bytes
    format: str


@dataclass(frozen=True, slots=True)
class WorkChange:
    """One line of the work change log; ``work`` is None when it is withdrawn or redirected."""

    number: int
    id: str
    work: Work | None


@dataclass(frozen=True, slots=True)
class Redirected:
    """The work was merged into another."""

    to: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """All its records were taken back or taken down; its address answers 410."""


@dataclass(frozen=True, slots=True)
class Run:
    """One harvest of one source. Times are ISO, UTC; ``verdict`` is "" while it goes on.

    ``cause`` is ``reason`` in one word (`aggregator.causes`); ``wait`` are the seconds that the
    source asked us to wait before we come again.
    """

    source: str
    verdict: str
    received: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    rejected: int
    seconds: float
    reason: str
    started: str
    full: bool
    cause: str = ""
    wait: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a source's runs tell.

    ``last_success``: when the last complete run began; ``last_full``: the last complete run that
    covered the whole source. ``failures``: runs in a row, up to now, that were not complete and
    brought nothing; one that somebody cut short with --limit is not counted.
    """

    last_run: Run | None = None
    last_success: str | None = None
    last_full: Run | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures(Standing):
    """What the store knows of one source.

    ``records`` are living ones, without the ``suppressed``, which are kept and not shown;
    ``removed`` is True when that is so of all the source ever sends.
    """

    records: int = 0
    deleted: int = 0
    quarantined: int = 0
    suppressed: int = 0
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A payload no crosswalk could read; ``bytes`` is its size."""

    source: str
    local_id: str
    reason: str
    bytes: int


Kind = Literal["record", "source"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Something taken from view: a record (``name`` is SOURCE/LOCAL_ID) or a source (its id).

    ``work`` is the id of the work that the record belonged to then, "" if none; ``who`` the login
    name of the administrator; ``at`` an ISO time (UTC).
    """

    kind: Kind
    name: str
    work: str
    reason: str
    who: str
    at: str
