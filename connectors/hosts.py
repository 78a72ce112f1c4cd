"""Whose turn it is on a host, and how long to wait.

A host gets one request at a time (more where a source's file says so), and a pause between two,
however many sources live on it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from yarl import URL


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between two tries, in seconds: ``first``, doubled each time up to ``longest``."""

    first: float = 1.0
    longest: float = 60.0


BACKOFF = Backoff()
"""As patient as servers want it."""


class _Host:
    def __init__(self) -> None:
        self.door = asyncio.Lock()
        self.left = asyncio.Event()
        self.under_way = 0
        self.not_before = 0.0
        self.slower = 0.0


class Hosts:
    """Whose turn it is on each host: first come, first served, starts kept apart."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def _host(self, url: URL) -> _Host:
        return self._hosts.setdefault(f"{url.host}:{url.port}", _Host())

    @asynccontextmanager
    async def turn(self, url: URL, interval: float, at_once: int = 1) -> AsyncIterator[None]:
        """A request to the host of ``url``, begun when fewer than ``at_once`` are under way there.

        The next one begins ``interval`` seconds after this one, or later. A host that once said
        that it is busy gets one at a time.
        """
        host = self._host(url)
        loop = asyncio.get_running_loop()
        async with host.door:
            while host.under_way >= (1 if host.slower else at_once):
                host.left.clear()
                await host.left.wait()
            await asyncio.sleep(max(0.0, host.not_before - loop.time()))
            host.not_before = loop.time() + max(interval, host.slower)
            host.under_way += 1
        try:
            yield
        finally:
            host.under_way -= 1
            host.left.set()

    def slow_down(self, url: URL, backoff: Backoff, rest: float | None) -> None:
        """The host said that it is busy: leave it alone for ``rest``, then come half as often."""
        host = self._host(url)
        host.slower = min(backoff.longest, max(backoff.first, 2 * host.slower))
        until = asyncio.get_running_loop().time() + (rest or 0.0)
        host.not_before = max(host.not_before, until)
