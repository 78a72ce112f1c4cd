"""How a source is doing, in the six words that pages and scripts share, and when its turn is. Pure.

All follows from the runs in the store and the source's schedule, so that it is the same in every
process and after every restart.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zlib import crc32

from aggregator import schedule
from aggregator.causes import DOUBTS, ENDED
from aggregator.source import SourceConfig
from aggregator.store.state import Run, SourceFigures, Standing
from aggregator.wording import say

SourceState = Literal["well", "late", "failing", "resting", "off", "never_reached"]

LATE_AFTER = 3
"""A source is late when its turn has come so often since its last complete run began."""

SOON = timedelta(minutes=1)
"""After this long an unfinished run goes on."""

BACK_OFF = (SOON, timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
"""The wait after so many runs in a row that brought nothing; the last one for all that follow."""

SPREAD = 0.2
"""Waits are up to this share longer, each by another one, so that not all start at once …"""

TURN_SPREAD = 0.02
"""… and so are turns by the schedule …"""

LONGEST_SPREAD = timedelta(minutes=30)
"""… by at most so much."""

LONGEST_WAIT = timedelta(days=7)
"""A source that asks for a longer wait than this is taken to be wrong about it."""

FAILING_AFTER = 3
"""So many unfinished runs in a row that brought nothing, and the source counts as failing."""

UNREAD = 0.05
"""A share of what came in quarantine that somebody should look at (DESIGN §10: exit code 1)."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Health:
    """``cause`` is one word of `aggregator.causes`, "" when all is well; ``said`` the last words
    about it. ``next_run`` is None for a source that is off, in the past when its turn has come."""

    state: SourceState
    cause: str
    said: str
    last_success: str | None
    next_run: datetime | None


def health(source: SourceConfig | None, figures: SourceFigures | None, now: datetime) -> Health:
    """The health of a source. ``source`` is None when no file names it any more, ``figures`` when
    the store never heard of it."""
    last_success = figures.last_success if figures else None
    if source is None or not source.enabled or (figures is not None and figures.removed):
        return Health("off", "", "", last_success, None)
    state = _state(source, figures, now)
    cause, said = _trouble(figures) if figures else ("", "")
    due = max(now, next_run(source, figures)).astimezone(UTC)
    return Health(state, cause, said, last_success, due)


def _state(source: SourceConfig, figures: SourceFigures | None, now: datetime) -> SourceState:
    run = figures.last_run if figures else None
    if figures is None or run is None:
        return "never_reached"
    reached = bool(
        figures.last_success
        or figures.records
        or figures.deleted
        or figures.quarantined
        or run.received
    )
    unfinished = run.verdict == "incomplete"
    if run.wait and run.verdict != "complete" and ended(run) + _asked(run) > now:
        return "resting"  # it answered: with a wish
    if not reached:
        return "never_reached"
    if run.verdict == "failed" or (unfinished and figures.failures >= FAILING_AFTER):
        return "failing"
    if figures.last_success and now > _late(source, figures.last_success):
        return "late"
    return "resting" if unfinished or figures.last_success is None else "well"


def _trouble(figures: SourceFigures) -> tuple[str, str]:
    """What the last run ended with; else a doubt about the last complete one, for a refused sweep
    is not settled by the next day's few changes."""
    run, full = figures.last_run, figures.last_full
    if run is None:
        return "", ""
    if run.reason:
        return run.cause, run.reason
    if run.rejected > UNREAD * run.received:
        return "unread", say(
            "Records that could not be read: {rejected} of {received}.",
            rejected=run.rejected,
            received=run.received,
        )
    if full is not None and full.cause in DOUBTS:
        return full.cause, full.reason
    return "", ""


def next_run(source: SourceConfig, standing: Standing | None) -> datetime:
    """When a source's turn is; in the past when it has come. One that was never tried is due."""
    run = standing.last_run if standing else None
    if standing is None or run is None:
        return _NEVER
    end = ended(run)
    if run.verdict == "complete":
        begun = datetime.fromisoformat(run.started)
        due = next_time(source, begun)
        spread = min((due - begun) * TURN_SPREAD, LONGEST_SPREAD)
        due = max(due + spread * _share(source.id), end + SOON)
    elif run.verdict == "incomplete" and run.cause in ENDED:
        # What is missing may be there soon; a list that always ends so is no reason to hurry.
        begun = datetime.fromisoformat(run.started)
        due = min(next_time(source, begun), end + BACK_OFF[-1])
        due = max(due, end + BACK_OFF[1]) + BACK_OFF[1] * SPREAD * _share(source.id)
    else:
        wait = BACK_OFF[min(_step(run, standing.failures), len(BACK_OFF) - 1)]
        due = end + wait * (1 + SPREAD * _share(f"{source.id} {run.started}"))
    return max(due, end + _asked(run))


def _step(run: Run, failures: int) -> int:
    if run.verdict == "failed":
        return max(1, failures)
    return max(0, failures - 1) if run.cause == "interrupted" else failures


def next_time(source: SourceConfig, after: datetime) -> datetime:
    """The next turn by the source's own schedule, whatever came of the last one."""
    return schedule.next_time(source.schedule, after.astimezone())  # by this machine's clock


def _late(source: SourceConfig, last_success: str) -> datetime:
    at = datetime.fromisoformat(last_success)
    for _ in range(LATE_AFTER):
        at = next_time(source, at)
    return at


def ended(run: Run) -> datetime:
    """When a run ended, or was last heard of."""
    return datetime.fromisoformat(run.started) + timedelta(seconds=run.seconds)


def _asked(run: Run) -> timedelta:
    return min(timedelta(seconds=run.wait), LONGEST_WAIT) if run.wait < 1e9 else LONGEST_WAIT


def _share(text: str) -> float:
    """A number from 0 to 1 that is always the same for a text."""
    return crc32(text.encode()) / 2**32
