"""Waiting out what passes by itself: a server that starts again, a lock that two waited for."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from aggregator.errors import RetryLater, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

SECONDS = 60.0
"""How long one outage is waited out, however many ask meanwhile: a restart takes a few seconds."""

SHORTEST, LONGEST = 0.1, 5.0
"""Seconds between two tries, at first and at last."""


class Away(Unavailable):
    """The server does not answer now; what was asked may have been done or not."""


class Busy(RetryLater):
    """The server had to refuse now; nothing of what was asked was done."""


class Patience:
    """How long an outage has lasted. One for each database, shared by all who ask it."""

    def __init__(self) -> None:
        self._waiting: float | None = None
        self._seen: datetime | None = None

    def note(self, error: Exception) -> None:
        """Note what anybody met, patient or not; an outage is told when it was first seen."""
        if isinstance(error, Away):
            self._seen = self._seen or datetime.now(UTC)
            error.since = self._seen

    def over(self) -> None:
        """Note that the server answered."""
        self._seen = None

    async def last(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try until it is done. Raises Away or Busy when the outage has lasted too long."""
        pause = SHORTEST
        while True:
            try:
                done = await attempt()
            except (Away, Busy) as error:
                if self._waiting is None:
                    self._waiting = time.monotonic()
                    log.warning("%s It is tried again for %d seconds.", error, SECONDS)
                if time.monotonic() + pause - self._waiting > SECONDS:
                    raise
                await asyncio.sleep(pause)
                pause = min(LONGEST, pause * 2)
            else:
                self._waiting = None
                return done
