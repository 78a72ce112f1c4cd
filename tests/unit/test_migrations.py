"""The migrations make the tables that the program uses."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from aggregator.store import tables
from aggregator.store.database import Database, Name, latest


@pytest.mark.parametrize("name", ["catalogue", "keep"])
async def test_migrations_make_the_tables(tmp_path: Path, name: Name) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / name}.sqlite", name)
    assert await database.migrate() == (None, latest(name))
    assert await database.migrate() == (latest(name), latest(name))

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, getattr(tables, name)))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()
