"""One thread for work that must not change threads, or must keep its order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class OneThread:
    """Runs what it is given one after the other in one and the same thread; the event loop stays
    free. Whoever makes it closes it."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Take nothing more; the thread ends by itself."""
        self._thread.shutdown(wait=False)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work there. Who is cancelled waits until the thread has let go of it: it cannot
        be interrupted, and must not be left half-way."""
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait([job])
            job.exception()  # the cancellation is what is told
            raise
