"""A child process that reads payloads, so that crosswalks have a core of their own.

The child is asked on its standard input and answers on its standard output, a batch at a time. It
keeps nothing: when it dies, or is ended with a harvest that was cancelled, nothing is lost. Both
ends speak pickle, for crosswalks are functions; nobody else ever writes to the child.
"""

import asyncio
import logging
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

from aggregator.memory import give_back, look_for_garbage_less
from aggregator.reading import Reading, read_all
from aggregator.source import Crosswalks, Raw
from aggregator.wording import say

log = logging.getLogger(__name__)

AFTER = 2000
"""Records that are read in this process before the child is started, which takes half a second and
45 MB: most harvests bring fewer."""

_SIZE = 8
_WAITING = 1 << 20  # bytes of an answer that may wait to be taken: fewer wake-ups
Readings = Sequence[Reading | str]
"""What became of each payload; of one that cannot be read, the reason."""


class Reader:
    """Reads payloads: a few here, many in a child that lives as long as anybody needs it."""

    def __init__(self, *, after: int = AFTER) -> None:
        self._after = self._here = after
        self._needed_by = 0
        self._turn = asyncio.Lock()
        self._child: _Child | None = None
        self._start: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def needed(self) -> AsyncIterator[None]:
        """The child, once started, stays until the last of those who are within has left."""
        self._needed_by += 1
        try:
            yield
        finally:
            self._needed_by -= 1
            if self._needed_by == 0:
                self._here = self._after
                await asyncio.shield(self._leave())

    async def read(
        self, raws: Sequence[Raw], source: str, language: str, crosswalks: Crosswalks
    ) -> Readings:
        """What becomes of each payload. To be called within `needed`.

        A payload at which the child ends twice is one that cannot be read. Where there can be no
        child, or it cannot be given these crosswalks, all are read here.
        """
        if self._here > 0 or not raws:
            self._here -= len(raws)
            if self._here <= 0 and self._start is None:
                self._start = asyncio.create_task(self._begin())
            return read_all(raws, source, language, crosswalks)
        try:
            return await self._ask_twice(raws, source, language, crosswalks)
        except _NoChildError as error:
            log.warning("%s is read within this process: %s", source, error)
            return read_all(raws, source, language, crosswalks)

    async def _ask_twice(self, raws: Sequence[Raw], source: str, *how: Any) -> Readings:
        """Ask again when the child has ended; then half by half, to find what ends it."""
        for _ in range(2):
            try:
                return await self._ask(raws, source, *how)
            except _EndedError as error:
                log.warning("The process that reads records ended (%s) at %s.", error, source)
                end = error
        if len(raws) == 1:
            return [
                say(
                    "the process that reads records ended ({how}) at this one, twice: send it to "
                    "those who make Ilim",
                    how=end,
                )
            ]
        middle = len(raws) // 2
        first = await self._ask_twice(raws[:middle], source, *how)
        return [*first, *await self._ask_twice(raws[middle:], source, *how)]

    async def _ask(self, raws: Sequence[Raw], *how: Any) -> Readings:
        async with self._turn:
            job = _job(raws, *how)
            child = self._child = self._child or await _Child.start()
            try:
                return await child.ask(job)
            except _NoChildError:
                raise
            except BaseException:
                # It has ended, or is on its way to an answer that nobody waits for.
                await self._dismiss()
                raise

    async def _begin(self) -> None:
        """Start the child while the batches before it are stored."""
        async with self._turn:
            with suppress(_NoChildError):  # told by who asks it first
                self._child = self._child or await _Child.start()

    async def _leave(self) -> None:
        if self._start is not None:
            await self._start
            self._start = None
        await self._dismiss()

    async def _dismiss(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()


class _NoChildError(Exception):
    """No child can be started, or it cannot be told what to do."""


class _EndedError(Exception):
    """The child ended before its answer; tells how."""


@dataclass(frozen=True, slots=True)
class _Child:
    process: Process

    @classmethod
    async def start(cls) -> "_Child":
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE, limit=_WAITING
            )
        except OSError as error:
            raise _NoChildError(f"another cannot be started ({error})") from error
        child = cls(process)
        try:
            await child._hear()  # that it is there
        except _EndedError as error:
            raise _NoChildError(f"another ends at once ({error})") from error
        except BaseException:
            await child.end()
            raise
        return child

    async def ask(self, job: bytes) -> Readings:
        assert self.process.stdin is not None
        self.process.stdin.write(len(job).to_bytes(_SIZE, "big"))
        self.process.stdin.write(job)
        with suppress(ConnectionError):  # it has ended: told where its answer does not come
            await self.process.stdin.drain()
        answer: Readings | str = await self._hear()
        if isinstance(answer, str):
            raise _NoChildError(answer)
        return answer

    async def _hear(self) -> Any:
        assert self.process.stdout is not None
        try:
            size = int.from_bytes(await self.process.stdout.readexactly(_SIZE), "big")
            answer = await self.process.stdout.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            status = await self.process.wait()
            raise _EndedError(f"signal {-status}" if status < 0 else f"code {status}") from error
        return pickle.loads(answer)  # noqa: S301  our own child wrote it

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


def _job(raws: Sequence[Raw], source: str, language: str, crosswalks: Crosswalks) -> bytes:
    # Tuples take a fifth of the time that dataclasses do.
    records = [(raw.id, raw.body, raw.format, raw.stamp, raw.sets, raw.problems) for raw in raws]
    try:
        return pickle.dumps((records, source, language, pickle.dumps(crosswalks)))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise _NoChildError(f"its crosswalks stay here ({error})") from error


@lru_cache(maxsize=64)
def _crosswalks(packed: bytes) -> Crosswalks:
    """The same object for the same source each time: overrides count what took them too long."""
    crosswalks: Crosswalks = pickle.loads(packed)  # noqa: S301  our own parent wrote it
    return crosswalks


def main() -> None:
    """The child: answers until its standard input ends, as it does with the parent."""
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the parent, which ends us
        signal.signal(number, signal.SIG_IGN)
    give_back()
    look_for_garbage_less()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints must not stand among the answers
    _tell(answers, None)
    while size := sys.stdin.buffer.read(_SIZE):
        job = sys.stdin.buffer.read(int.from_bytes(size, "big"))
        try:
            records, source, language, packed = pickle.loads(job)  # noqa: S301  as above
            crosswalks = _crosswalks(packed)
        except Exception as error:  # a crosswalk that only the parent can import
            _tell(answers, f"its crosswalks stay here ({type(error).__name__}: {error})")
            continue
        del job
        raws = [Raw(*record) for record in records]
        del records
        _tell(answers, read_all(raws, source, language, crosswalks))


def _tell(answers: IO[bytes], answer: object) -> None:
    words = pickle.dumps(answer)
    answers.write(len(words).to_bytes(_SIZE, "big"))
    answers.write(words)
    answers.flush()


if __name__ == "__main__":
    main()
