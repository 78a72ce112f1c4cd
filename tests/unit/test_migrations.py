"""The migrations make the tables that the program uses."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from aggregator.store import tables
from aggregator.store.database import Database, Name, latest
from tests.postgres import Server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty'}.sqlite"
        return
    server: Server = request.getfixturevalue("postgres")
    name = server.fresh(empty=True)
    yield server.url(name)
    server.drop(name)


@pytest.mark.parametrize("name", ["catalogue", "keep"])
async def test_migrations_make_the_tables(url: str, name: Name) -> None:
    database = Database(url, name)
    assert await database.migrate() == (None, latest(name))
    assert await database.migrate() == (latest(name), latest(name))

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, getattr(tables, name)))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_a_keep_of_the_first_version_is_brought_up(url: str) -> None:
    database = Database(url, "keep")
    await database.migrate()
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE suppressions"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert await database.migrate() == ("0001", latest("keep"))
    async with database.read() as connection:
        assert (await connection.execute(select(tables.suppressions))).all() == []
    await database.close()


async def test_a_catalogue_of_the_second_version_is_counted(url: str) -> None:
    database = Database(url, "catalogue")
    await database.migrate()
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE tallies"))
        await connection.execute(text("DROP INDEX records_placeless"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        for number, (source, gone) in enumerate(
            [("a", False), ("a", False), ("a", True), ("b", True)]
        ):
            row = dict.fromkeys(("changed", "format", "stamp", "sets", "problems"), "")
            hashes = {"raw_hash": b"", "record_hash": b""}
            row |= {"source": source, "local_id": str(number)}
            await connection.execute(
                insert(tables.records).values(
                    id=number, change=number, crosswalk=1, deleted=gone, seen_run=1, **row, **hashes
                )
            )
    assert await database.migrate() == ("0002", latest("catalogue"))
    async with database.read() as connection:
        query = select(tables.tallies).order_by(tables.tallies.c.source)
        assert (await connection.execute(query)).all() == [("a", 2, 1), ("b", 0, 1)]
    await database.close()


@pytest.mark.slow
async def test_only_runs_and_decisions_are_numbered_by_the_server(
    postgres: Server, postgres_url: str
) -> None:
    words = "SELECT sequence_schema || '.' || sequence_name FROM information_schema.sequences"
    found = postgres.sql(postgres_url.rsplit("/", 1)[1], words).split()
    assert sorted(found) == ["catalogue.runs_id_seq", "keep.decisions_id_seq"]


@pytest.mark.slow
async def test_two_that_open_a_new_database_at_once(postgres: Server) -> None:
    name = postgres.fresh(empty=True)
    opened = await asyncio.gather(
        *(Database(postgres.url(name), "catalogue").open() for _ in range(4))
    )
    for database in opened:
        assert await database.version() == latest("catalogue")
        await database.close()
    postgres.drop(name)
