"""Runs `ilim` and kills it at a chosen moment: ``python -m tests.integration.killed EVENT N …``.

EVENT is where, N which time it comes there: ``statement`` (inside a transaction), ``commit``
(before a transaction ends), ``committed`` (between two), ``indexing`` (a batch went to the index,
nothing of it is committed) and ``indexed`` (the index has committed, its position has not moved
yet). The program itself knows nothing of this.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from aggregator.__main__ import main
from aggregator.index.embedded_writer import EmbeddedWriter
from aggregator.index.generations import Cursor, Generation


def kill_at(n: int) -> Callable[..., None]:
    """A listener that ends this process, without any goodbye, at its n-th call."""
    calls = 0

    def listener(*_: Any, **__: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == n:
            os.kill(os.getpid(), signal.SIGKILL)

    return listener


def after(method: Callable[..., Awaitable[None]], kill: Callable[..., None]) -> Any:
    """The method, and the listener once it has returned."""

    async def both(self: object, *arguments: Any) -> None:
        await method(self, *arguments)
        kill()

    return both


def install(where: str, n: int) -> None:
    """Arrange for the end."""
    kill = kill_at(n)
    if where == "statement":
        event.listen(Engine, "before_cursor_execute", kill)
    elif where == "commit":
        event.listen(Engine, "commit", kill)
    elif where == "committed":
        original = DefaultDialect.do_commit

        def do_commit(self: DefaultDialect, connection: Any) -> None:
            original(self, connection)  # type: ignore[no-untyped-call]
            kill()

        DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    elif where == "indexing":
        EmbeddedWriter.write = after(EmbeddedWriter.write, kill)  # type: ignore[method-assign]
    elif where == "indexed":
        save = Generation.save

        def save_after(self: Generation, cursor: Cursor) -> None:
            kill()
            save(self, cursor)

        Generation.save = save_after  # type: ignore[method-assign]
    else:
        raise SystemExit(f"there is no event {where}")


if __name__ == "__main__":
    install(sys.argv[1], int(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    main()
