"""One thread for reading one thing to its end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ReadingThread:
    """Runs what it is given in one and the same thread, so that the event loop stays free.

    lxml's ``iterparse`` keeps the names of a document in memory that belongs to the thread which
    reads: continued in another one it was seen to end the whole process ("free(): invalid
    pointer"), now and then.
    """

    async def __aenter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(wait=False)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work there. Who is cancelled waits until the thread has let go of it."""
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait([job])
            job.exception()  # the cancellation is what is told
            raise
