"""One database: its engine, its transactions, its version, and its errors in plain words."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import URL, Connection, event, exc, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from aggregator.errors import ConfigError, RetryLater, Unavailable

__all__ = ["MIGRATIONS", "URL", "Database", "Name", "latest", "plain_errors", "sqlite_url"]

Name = Literal["catalogue", "keep"]

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """`catalogue` or `keep`. Whoever opens it closes it."""

    def __init__(self, url: str | URL, name: Name) -> None:
        self.name = name
        self._url = make_url(url)
        self._engine = _engine(url)
        self._writing = self._engine.execution_options(write=True)

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
                    f"The {self.name} database {self} is of version {version}, this program needs "
                    f"{head}: make a backup, then run `ilim migrate`."
                )
            elif version > head:
                raise ConfigError(
                    f"The {self.name} database {self} is of version {version}, newer than this "
                    f"program, which knows {head}: install the newer Ilim."
                )
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        await self._engine.dispose()

    def __str__(self) -> str:
        return self._url.database or self._url.render_as_string(hide_password=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view, for reading only."""
        with plain_errors(self):
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: it takes its turn at once (BEGIN IMMEDIATE on SQLite)."""
        with plain_errors(self):
            async with self._writing.begin() as connection:
                yield connection

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
            raise ConfigError(
                f"The {self.name} database {self} is of version {before}, newer than this program, "
                f"which knows {head}: nothing was changed. Install the newer Ilim."
            )

        def upgrade(connection: Connection) -> None:
            config = Config()
            folder = str(MIGRATIONS / self.name)
            config.set_main_option("script_location", folder.replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        async with self.write() as connection:
            await connection.run_sync(upgrade)
        return before, head


def latest(name: Name) -> str:
    """The newest migration this program has for a database; files are named ``0001_….py``."""
    return max(path.name[:4] for path in (MIGRATIONS / name / "versions").glob("[0-9]*.py"))


def sqlite_url(path: Path) -> URL:
    """The address of a SQLite file, whatever signs its path has."""
    return URL.create("sqlite+aiosqlite", database=str(path))


def _engine(url: str | URL) -> AsyncEngine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError(
            f"{parsed.render_as_string(hide_password=True)}: this version keeps its data in SQLite."
        )
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # after a power cut the index must not know more than the store
            "busy_timeout=30000",
            "foreign_keys=ON",
            "cache_size=-8000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A read that turns into a write fails at once with "database is locked" (DESIGN §4).
        writes = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def plain_errors(where: object) -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except exc.DBAPIError as error:
        raise _plain(error.orig, where) from error
    except sqlite3.Error as error:
        raise _plain(error, where) from error


def _plain(error: BaseException | None, where: object) -> Exception:
    said = str(error)
    if "disk is full" in said or "No space left" in said or "disk I/O error" in said:
        return Unavailable(
            f"There is no room left on the disk for {where}: make room and start again; "
            "what was stored before is safe."
        )
    if "locked" in said or "busy" in said:
        return RetryLater(f"The database {where} is busy with another program: try again.")
    if "unable to open" in said or "readonly" in said:
        return Unavailable(
            f"The database {where} cannot be opened or written: check that its folder exists and "
            "belongs to the user who runs Ilim."
        )
    if "not a database" in said or "malformed" in said:
        return Unavailable(
            f"The database {where} is damaged: restore it from a backup (docs/operations.md)."
        )
    return Unavailable(f"The database {where} answered: {said}")
