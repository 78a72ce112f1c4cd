"""SQLite: a file that one machine's processes share, one writer at a time."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, exc
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from aggregator.errors import IlimError, Unavailable
from aggregator.store.patience import Busy
from aggregator.wording import say

CONNECTIONS = 8
"""Of one process; each may hold 4 MB of the file and has a thread."""

ERRORS = (sqlite3.Error, exc.TimeoutError)
"""What comes without SQLAlchemy around it: the driver's own, or that no connection was free."""

turns = asyncio.Lock
"""The writers of one process line up here. SQLite's own way, looking every 0.1 s whether the file
is free, is left to other processes: it gives the turn to whoever happens to look."""

READ: dict[str, Any] = {}
WRITE: dict[str, Any] = {"write": True}
"""Options of a transaction that reads, and of one that writes."""


def file_url(path: Path) -> URL:
    """The address of a SQLite file, whatever signs its path has."""
    return URL.create("sqlite+aiosqlite", database=str(path))


def where(url: URL) -> str:
    """What a message calls the database."""
    return url.database or ":memory:"


def create(url: URL, name: str, *, long: bool = False) -> AsyncEngine:
    """An engine that begins its transactions itself. The rest is not needed: each name has a file,
    and statements take the time they take."""
    del name, long
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,  # what one connection has read another does not know
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # after a power cut the index must not know more than the store
            "busy_timeout=30000",
            "foreign_keys=ON",
            "cache_size=-4000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A read that turns into a write fails at once with "database is locked" (DESIGN §4).
        writes = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def plain(error: BaseException, url: URL) -> IlimError:
    """An error of the driver as a sentence."""
    said, place = str(error), where(url)
    if "disk is full" in said or "No space left" in said or "disk I/O error" in said:
        return Unavailable(
            say(
                "There is no room left on the disk for {place}: make room and start again; what "
                "was stored before is safe.",
                place=place,
            )
        )
    if "locked" in said or "busy" in said or isinstance(error, exc.TimeoutError):
        return Busy(
            say("The database {place} is busy with another program: try again.", place=place)
        )
    if "unable to open" in said or "readonly" in said:
        return Unavailable(
            say(
                "The database {place} cannot be opened or written: check that its folder exists "
                "and belongs to the user who runs Ilim.",
                place=place,
            )
        )
    if "not a database" in said or "malformed" in said:
        return Unavailable(
            say(
                "The database {place} is damaged: restore it from a backup (docs/operations.md).",
                place=place,
            )
        )
    return Unavailable(say("The database {place} answered: {reason}", place=place, reason=said))
