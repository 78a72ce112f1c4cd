"""What people decided: small, private, irreplaceable, and backed up apart from the catalogue."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Literal, Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.bulk import delete_rows, upsert_rows, upserting
from aggregator.store.database import URL, Database
from aggregator.store.names import fit
from aggregator.store.page import now
from aggregator.store.state import Kind, Suppression
from aggregator.store.tables import decisions, suppressions
from aggregator.works import Decisions, Hidden


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

    async def suppress(self, given: Iterable[Suppression]) -> None:
        """Take records or sources from view, for good; what is so already stays as it was noted."""
        rows = [asdict(replace(one, reason=fit(one.reason))) for one in given]

        async def work(connection: AsyncConnection) -> None:
            for row in rows:
                adding = upserting(connection, suppressions).values(row)
                await connection.execute(adding.on_conflict_do_nothing())

        await self._database.writing(work)

    async def restore(self, given: Iterable[Suppression]) -> None:
        """Show these again."""
        rows = [{"kind": one.kind, "name": one.name} for one in given]
        await self._database.writing(lambda connection: delete_rows(connection, suppressions, rows))

    async def suppressions(self, kind: Kind) -> list[Suppression]:
        """What is out of view, in order of name."""
        s = suppressions.c
        query = select(suppressions).where(s.kind == kind).order_by(s.name)
        return [Suppression(**row._mapping) for row in await self._database.rows(query)]

    async def hidden(self) -> Hidden:
        """All that is out of view, as resolve needs it."""
        s = suppressions.c
        rows = await self._database.rows(select(s.kind, s.name))
        return Hidden(
            sources=frozenset(row.name for row in rows if row.kind == "source"),
            records=frozenset(row.name for row in rows if row.kind == "record"),
        )
