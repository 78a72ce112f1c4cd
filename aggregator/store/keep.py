"""What people decided: small, private, irreplaceable, and backed up apart from the catalogue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.bulk import upsert_rows
from aggregator.store.database import URL, Database
from aggregator.store.page import now
from aggregator.store.tables import decisions
from aggregator.works import Decisions


class Keep:
    """Administrators' decisions; shelves join them in a later version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str | URL) -> AsyncIterator[Self]:
        """Open the database at a SQLAlchemy address; a new one is given its tables.

        Raises ConfigError (wrong version) or Unavailable (cannot be opened), in plain words.
        """
        database = await Database(url, "keep").open()
        try:
            yield cls(database)
        finally:
            await database.close()

    async def decide(
        self, kind: Literal["same", "not same"], left: str, right: str, note: str = ""
    ) -> None:
        """Note for good that two records (named ``SOURCE/LOCAL_ID``) are, or are not, one work."""
        first, second = sorted((left, right))
        values = {"kind": kind, "left": first, "right": second, "note": note, "at": now()}

        async def work(connection: AsyncConnection) -> None:
            await upsert_rows(connection, decisions, [values], ("kind", "left", "right"))

        await self._database.writing(work)

    async def decisions(self) -> Decisions:
        """All decisions, as the partition needs them."""
        rows = await self._database.rows(select(decisions))
        return Decisions(
            same=frozenset((row.left, row.right) for row in rows if row.kind == "same"),
            apart=frozenset((row.left, row.right) for row in rows if row.kind == "not same"),
        )
