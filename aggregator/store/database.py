"""One database: its engine, its transactions, its version, and its errors in plain words.

What SQLite and PostgreSQL do differently is in `sqlite`, `postgres` and `bulk`, and nowhere else.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from sqlalchemy import URL, Connection, Row, Select, exc, func, inspect, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateSchema

from aggregator.errors import ConfigError
from aggregator.store import postgres, sqlite
from aggregator.store.patience import Patience
from aggregator.wording import say

__all__ = ["MIGRATIONS", "URL", "Database", "Name", "latest"]

Name = Literal["catalogue", "keep"]
T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
"""What is done within one transaction. It may be asked to do it again, from the beginning."""

MIGRATIONS = Path(__file__).parent / "migrations"
_KINDS = {"sqlite": sqlite, "postgresql": postgres}
_MIGRATING = 0x696C696D  # "ilim": the advisory lock of whoever makes tables


class Database:
    """`catalogue` or `keep`. Whoever opens it closes it.

    A statement that is not answered for a minute is given up; for an hour with ``long``.
    """

    def __init__(self, url: str | URL, name: Name, *, long: bool = False) -> None:
        self.name = name
        self._url = make_url(url)
        kind = _KINDS.get(self._url.get_backend_name())
        if kind is None:
            raise ConfigError(
                say(
                    "Ilim keeps its data in SQLite or PostgreSQL, not in {name}: correct "
                    "database.url in ilim.yaml.",
                    name=self._url.get_backend_name(),
                )
            )
        self._kind = kind
        self._engine = kind.create(self._url, name, long=long)
        self._reading = self._engine.execution_options(**kind.READ)
        self._writing = self._engine.execution_options(**kind.WRITE)
        self._turns: AbstractAsyncContextManager[None] = kind.turns()
        self._patience = Patience()

    def _too_new(self, version: str, known: str) -> str:
        return say(
            "The {name} database {place} is of version {version}, newer than this program, which "
            "knows {known}: install the newer Ilim.",
            name=self.name,
            place=self,
            version=version,
            known=known,
        )

    async def open(self) -> Self:
        """Check the version; a new, empty database is given its tables.

        Raises ConfigError when the database is older or newer than the program, Unavailable when
        it cannot be opened.
        """
        try:
            version = await self.version()
            head = latest(self.name)
            if version is None:
                await self.migrate()
            elif version < head:
                raise ConfigError(
                    say(
                        "The {name} database {place} is of version {version}, this program needs "
                        "{needed}: make a backup, then run `ilim migrate`.",
                        name=self.name,
                        place=self,
                        version=version,
                        needed=head,
                    )
                )
            elif version > head:
                raise ConfigError(self._too_new(version, head))
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        with self._plain_errors():
            await self._engine.dispose()

    def __str__(self) -> str:
        return str(self._kind.where(self._url))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view, for reading only. Fails at once when the server is away."""
        with self._plain_errors():
            async with self._reading.begin() as connection:
                yield connection
            self._patience.over()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: it takes its turn at once (BEGIN IMMEDIATE on SQLite)."""
        with self._plain_errors():
            async with self._turns, self._writing.begin() as connection:
                yield connection
            self._patience.over()

    async def reading(self, work: Work[T]) -> T:
        """`read` for what must go on while a server starts again: tried for about a minute."""

        async def attempt() -> T:
            async with self.read() as connection:
                return await work(connection)

        return await self._patience.last(attempt)

    async def writing(self, work: Work[T]) -> T:
        """`write`, tried for about a minute.

        When the answer to a COMMIT was lost the work is done again although it may stand: it must
        notice that, or do no harm (`leases.once`).
        """

        async def attempt() -> T:
            async with self.write() as connection:
                return await work(connection)

        return await self._patience.last(attempt)

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """The rows of one query, tried for about a minute."""

        async def work(connection: AsyncConnection) -> Sequence[Row[Any]]:
            return list(await connection.execute(query))

        return await self.reading(work)

    async def version(self) -> str | None:
        """The migration this database stands at; None when it is empty."""

        def look(connection: Connection) -> str | None:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)

        async with self.read() as connection:
            return await connection.run_sync(look)

    async def migrate(self) -> tuple[str | None, str]:
        """Bring the tables to this program's version; gives the versions before and after."""
        from alembic import command  # noqa: PLC0415  slow to import and seldom needed
        from alembic.config import Config  # noqa: PLC0415

        before = await self.version()
        head = latest(self.name)
        if before is not None and before > head:
            raise ConfigError(f"{self._too_new(before, head)} {say('Nothing was changed.')}")

        def upgrade(connection: Connection) -> None:
            if connection.dialect.name == "postgresql":
                # Two processes that start at once would both make the tables.
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
                if not inspect(connection).has_schema(self.name):
                    connection.execute(CreateSchema(self.name))
            config = Config()
            folder = str(MIGRATIONS / self.name)
            config.set_main_option("script_location", folder.replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        unhurried = Database(self._url, self.name, long=True)
        try:
            async with unhurried.write() as connection:
                await connection.run_sync(upgrade)
        finally:
            await unhurried.close()
        return before, head

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """Turn the driver's errors into ours, and note since when the server is away."""
        try:
            yield
        except (exc.DBAPIError, *self._kind.ERRORS) as error:
            driver = error.orig if isinstance(error, exc.DBAPIError) else None
            plain = self._kind.plain(driver or error, self._url)
            self._patience.note(plain)
            raise plain from error


def latest(name: Name) -> str:
    """The newest migration this program has for a database; files are named ``0001_….py``."""
    return max(path.name[:4] for path in (MIGRATIONS / name / "versions").glob("[0-9]*.py"))
