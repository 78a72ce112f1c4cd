"""How a source is doing, in the six words that pages and scripts share. Pure."""

from datetime import datetime, timedelta
from typing import Literal

from aggregator.store.state import SourceFigures

SourceState = Literal["well", "late", "failing", "resting", "off", "never_reached"]

LATE_AFTER = timedelta(days=7)
"""Without a complete run for this long a source is late."""


def source_state(enabled: bool, figures: SourceFigures | None, now: datetime) -> SourceState:
    """The state of a source. ``figures`` is None when the store never heard of it.

    "resting" is a source that asked us to wait, or is half-way through a list; "off" also one that
    was removed.
    """
    if not enabled or (figures is not None and figures.removed):
        return "off"
    run = figures.last_run if figures else None
    if figures is None or run is None:
        return "never_reached"
    reached = bool(figures.last_success or figures.records or figures.deleted)
    if run.verdict == "failed":
        return "failing" if reached else "never_reached"
    if figures.last_success is None:
        return "resting" if reached or run.received else "never_reached"
    if now - datetime.fromisoformat(figures.last_success) > LATE_AFTER:
        return "late"
    return "well" if run.verdict in ("complete", "") else "resting"
