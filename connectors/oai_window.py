"""Intervals of datestamps, and how far a harvest has come. Pure, plain JSON in and out.

What is known of a source is a set of closed intervals for each of its sets; what is left to ask
for are the gaps. The first gap is open below, because servers lie about their earliest date
(HARVESTING case 18), the last one above. Times are "2026-11-23T10:00:00Z", so that they compare as
text; "" is before, or after, all time.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from aggregator.source import Checkpoint

DAY = timedelta(days=1)
EARLIEST = "2000-01-01T00:00:00Z"
"""Where a source's records may begin if it says nothing usable: only the halving starts here."""

_STAMP = re.compile(
    r"\s*(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?)?)?"
    r"\s*(Z|z|[+-]\d\d:?\d\d)?\s*"
)


class Window(NamedTuple):
    """One list to ask for: of a set ("" = no set), from ``start`` to ``end``, both inclusive.

    ``whole``: the server was seen to ignore dates, so that halving is no use (case 13).
    ``damaged``: something of it could not be read; it will not count as closed.
    ``halved``: part of a list that broke off, which had all its chances: this one gets few.
    """

    set: str
    start: str = ""
    end: str = ""
    whole: bool = False
    damaged: bool = False
    halved: bool = False


Interval = tuple[str, str]


def parse_stamp(text: str) -> datetime | None:
    """A datestamp as servers write it, more or less ISO 8601; None if it is no date (case 17)."""
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    shift = timedelta()
    if zone and zone not in "Zz":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        shift = -shift if zone[0] == "+" else shift
    try:
        return shift + datetime(
            int(year), int(month or 1), int(day or 1),
            int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC,
        )  # fmt: skip
    except (ValueError, OverflowError):
        return None


def stamp(moment: datetime) -> str:
    """As times are written here and sent to servers of second granularity."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as few intervals in order; those a second apart or less become one."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= stamp(_time(merged[-1][1]) + timedelta(seconds=1)):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def gaps(closed: Iterable[Interval], overlap: timedelta = timedelta()) -> list[Interval]:
    """What of all time lies outside ``closed``, each gap begun ``overlap`` earlier.

    The overlap finds records that were indexed late, under an older datestamp (case 20).
    """
    found: list[Interval] = []
    start = ""
    for begin, end in merge(closed):
        if begin != start:
            found.append((start, begin))
        start = end
    found.append((start, ""))
    return [(stamp(_time(begin) - overlap) if begin else "", end) for begin, end in found]


def halve(window: Window, low: str, high: str, *, days: bool) -> tuple[Window, Window] | None:
    """Two windows that together are ``window``, or None where a day is reached.

    ``low`` and ``high`` estimate where an open end is; they are never sent. The halves share
    their border, a moment or with ``days`` a day, since servers differ in whether it is inside:
    some find nothing from a day to the same day, so two neighbouring days are not halved.
    """
    if window.whole:
        return None
    start, end = _time(window.start or low), _time(window.end or high)
    if days:
        start, end = _midnight(start), _midnight(end)
    if end - start <= DAY:
        return None
    middle = start + (end - start) / 2
    window = window._replace(halved=True)
    if not days:
        return window._replace(end=stamp(middle)), window._replace(start=stamp(middle))
    shared = stamp(_midnight(middle))
    return window._replace(end=f"{shared[:10]}T23:59:59Z"), window._replace(start=shared)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def outside(window: Window, stamps: Iterable[str]) -> tuple[int, int]:
    """How many of ``stamps`` could be read, and how many of those lie outside the window.

    A day more on either side is allowed for: time zones, and stamps that are days only.
    """
    first = _time(window.start) - DAY if window.start else datetime.min.replace(tzinfo=UTC)
    last = _time(window.end) + 2 * DAY if window.end else datetime.max.replace(tzinfo=UTC)
    moments = [moment for text in stamps if (moment := parse_stamp(text)) is not None]
    return len(moments), sum(not first <= moment <= last for moment in moments)


@dataclass(slots=True)
class Progress:
    """How far a run has come; ``todo[0]`` is the open window.

    ``first``: the source's clock when the run began, where the next run's interval starts.
    ``place``: the token to go on with; ``session``: it is one token for the whole list, so that
    the server alone knows the place. ``at``: records of the open list that came so far, of
    ``total`` as claimed; ``lack``: how many more the source's own numbering of them (cursor) tells
    of, None where it does not number them. ``failures``: how often the open window had to begin
    again. ``number``: of the open list in this run, for `aggregator.watch`. ``lost``: a window had
    to be left open.

    Kept from run to run: ``days``: dates are sent without a time; ``dated``: the source was seen to
    heed them; ``low``: the earliest datestamp seen; ``format``: the metadata format that was chosen
    when all was asked for, for runs for what came since keep to it.
    """

    fingerprint: str
    full: bool
    todo: list[Window]
    closed: dict[str, list[Interval]] = field(default_factory=dict)
    first: str = ""
    place: str = ""
    at: int = 0
    failures: int = 0
    number: int = 0
    days: bool = False
    low: str = ""
    total: int | None = None
    format: str = ""
    lack: int | None = None
    session: bool = False
    lost: bool = False
    dated: bool = False

    @classmethod
    def begin(
        cls, fingerprint: str, sets: Sequence[str], known: Checkpoint, overlap: timedelta
    ) -> Self:
        """A new run: the gaps of what a finished one of the same fingerprint closed, else all."""
        if known.get("fingerprint") != fingerprint:
            known = {}
        closed = {name: merge(_pairs(known, name)) for name in sets}
        todo = [
            Window(name, start, end) for name in sets for start, end in gaps(closed[name], overlap)
        ]
        full = all((window.start, window.end) == ("", "") for window in todo)
        format = "" if full else str(known.get("format", ""))
        return cls(
            fingerprint, full, todo, closed, days=bool(known.get("days")), format=format,
            low=str(known.get("low", "")), dated=bool(known.get("dated")),
        )  # fmt: skip

    @classmethod
    def resume(
        cls, fingerprint: str, sets: Sequence[str], known: Checkpoint, overlap: timedelta
    ) -> Self:
        """Go on where ``known`` left off, or begin a new run if that one is over or another's."""
        if known.get("fingerprint") != fingerprint or not known.get("todo"):
            return cls.begin(fingerprint, sets, known, overlap)
        # Where the server alone knows the place, nobody knows what it sent before we broke off.
        place = "" if known.get("session") else str(known["place"])
        return cls(
            fingerprint,
            bool(known["full"]),
            [Window(*row) for row in known["todo"]],
            {name: _pairs(known, name) for name in sets},
            str(known["first"]),
            place,
            int(known["at"]) if place else 0,  # without a place it begins anew
            int(known["failures"]),
            int(known["list"]),
            bool(known["days"]),
            str(known["low"]),
            known["total"] if place else None,
            str(known.get("format", "")),
            known.get("lack") if place else None,
            lost=bool(known.get("lost")),
            dated=bool(known.get("dated")),
        )

    def checkpoint(self) -> dict[str, Any]:
        """Plain JSON for `resume`; ``todo`` is empty when the run is over."""
        return {
            "fingerprint": self.fingerprint,
            "full": self.full,
            "todo": [list(window) for window in self.todo],
            "closed": {name: [list(pair) for pair in rows] for name, rows in self.closed.items()},
            "first": self.first,
            "place": self.place,
            "at": self.at,
            "failures": self.failures,
            "list": self.number,
            "days": self.days,
            "low": self.low,
            "total": self.total,
            "format": self.format,
            "lack": self.lack,
            "session": self.session,
            "lost": self.lost,
            "dated": self.dated,
        }

    @property
    def window(self) -> Window | None:
        """The open window, None when the run is over."""
        return self.todo[0] if self.todo else None

    def see(self, stamps: Iterable[str]) -> None:
        """Note the earliest of some datestamps."""
        for text in stamps:
            if (moment := parse_stamp(text)) is not None:
                said = stamp(moment)
                self.low = min(self.low or said, said)

    def close(self) -> None:
        """The open window is done: remember its interval and turn to the next one."""
        window = self.todo[0]
        end = window.end or self.first
        if end and not window.damaged:
            rows = self.closed.setdefault(window.set, [])
            self.closed[window.set] = merge([*rows, (window.start, max(end, window.start))])
        self.skip()

    def leave(self) -> None:
        """Turn to the next window; this one is lost to this run, and the next one's again."""
        self.lost = True
        self.skip()

    def skip(self) -> None:
        """Turn to the next window without a word; the next run finds this one among the gaps."""
        self.todo.pop(0)
        self._open()

    def again(self) -> None:
        """Begin the open window once more."""
        self._open(self.failures + 1)

    def split(self, low: str, high: str) -> bool:
        """Put two halves in the place of the open window; False where it cannot be halved.

        ``low`` and ``high`` estimate where its open ends are; what was seen serves as well.
        """
        low = min(low, self.low or low)
        halves = halve(self.todo[0], low, self.first or high, days=self.days)
        if halves is None:
            return False
        self.todo[:1] = halves
        self._open()
        return True

    def ignore_dates(self) -> None:
        """The server ignores dates: one list of everything takes the place of all of this set."""
        name = self.todo[0].set
        others = [window for window in self.todo if window.set != name]
        self.todo = [Window(name, whole=True), *others]
        self._open()

    def damage(self) -> None:
        """Something of the open window was lost: it will be asked for again by the next run."""
        self.lost = True
        self.todo[0] = self.todo[0]._replace(damaged=True)

    def _open(self, failures: int | None = None) -> None:
        if failures is None:  # half a list had its second chance in the whole
            failures = int(bool(self.todo and self.todo[0].halved))
        self.place = ""
        self.at = 0
        self.total = self.lack = None
        self.session = False
        self.failures = failures
        self.number += 1


def _pairs(known: Checkpoint, name: str) -> list[Interval]:
    return [(str(start), str(end)) for start, end in known.get("closed", {}).get(name, [])]
