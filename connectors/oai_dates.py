"""What a server makes of dates: how it writes them, and whether it heeds them at all."""

import logging
from datetime import UTC, datetime

from connectors.oai_client import OaiClient, Refused, said
from connectors.oai_request import OaiPmhConfig
from connectors.oai_window import EARLIEST, Progress, Window, outside, parse_stamp, stamp

log = logging.getLogger(__name__)

OUTSIDE = 0.01
"""A server ignores dates when more than this share of records lies outside (HARVESTING 13)."""


class Dates:
    """Of one run; what must outlive it is kept in its ``progress``."""

    def __init__(self, config: OaiPmhConfig, client: OaiClient, progress: Progress) -> None:
        self._config = config
        self._client = client
        self._progress = progress
        self._asked = self._turned = False
        self._inside = self._outside = 0
        self.earliest = EARLIEST
        """The date from which it says to have records, where that is of any use."""

    async def learn(self) -> None:
        """Ask once a run how the source writes dates and where they begin."""
        if self._asked:
            return
        self._asked = True
        server = await self._client.identify()
        granularity = said(server, "granularity").casefold()
        earliest = said(server, "earliestDatestamp")
        moment = parse_stamp(earliest)
        if moment is not None and moment < datetime.now(UTC):
            self.earliest = stamp(moment)
        if self._config.granularity is not None:
            self._progress.days = self._config.granularity == "day"
        elif "hh" not in granularity and not self._progress.dated:
            # Days are legal everywhere, if not everywhere understood; a full date is a better sign.
            self._progress.days |= bool(granularity) or "T" not in earliest

    def turn(self) -> bool:
        """Write dates the other way, once a run: whatever a server says of its granularity, some
        read days only, and some refuse them (case 16)."""
        if self._turned or self._config.granularity is not None:
            return False
        self._turned = True
        self._progress.days = not self._progress.days
        return True

    def are_ignored(self, window: Window, stamps: list[str]) -> bool:
        """Whether so many records lie outside the window that dates mean nothing to the server."""
        progress = self._progress
        if not progress.place:
            self._inside = self._outside = 0
        read, wrong = outside(window, stamps)
        self._inside += read - wrong
        self._outside += wrong
        progress.dated |= bool(window.start) and self._inside > 0
        # A single window that is open above brings everything either way.
        several = window.end or sum(one.set == window.set for one in progress.todo) > 1
        return bool(several) and self._outside > OUTSIDE * (self._inside + self._outside)

    async def are_heeded(self, window: Window) -> bool:
        """Whether nothing from a date on is to be believed. Asked once: for the time from which it
        has records, in its granularity and the other one; if it finds none, dates are no use."""
        progress = self._progress
        if progress.dated or not progress.low:
            return True
        wide = window._replace(start=progress.low, end="")
        grains = [progress.days] + [not progress.days] * (self._config.granularity is None)
        for days in grains:
            try:
                page = await self._client.page(wide, "", days=days, ahead=False)
            except Refused:
                continue
            if page.count:
                progress.dated = True
                turned, progress.days = days != progress.days, days
                return not turned
        log.info("%s finds nothing by date: asking for everything at once", self._config.id)
        progress.ignore_dates()
        return False
