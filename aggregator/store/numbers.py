"""Numbers that order things: change numbers and the works' ``added`` numbers."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.bulk import upsert_rows, upserting
from aggregator.store.tables import cursors, numbers


async def allocate(connection: AsyncConnection, name: str, count: int) -> range:
    """The next ``count`` numbers of a series, within a transaction that writes.

    No number becomes visible after a greater one. On SQLite one transaction writes at a time. On
    PostgreSQL the row of the series stays locked until the transaction has ended, and the server
    shows a transaction's rows before it frees its locks: whoever takes the next numbers does so
    after these can be seen. So allocate last: others wait from here on.
    """
    adding = upserting(connection, numbers).values(name=name, value=count)
    last = await connection.scalar(
        adding.on_conflict_do_update(
            index_elements=["name"], set_={"value": numbers.c.value + adding.excluded.value}
        ).returning(numbers.c.value)
    )
    assert last is not None
    return range(last - count + 1, last + 1)


async def read_cursor(connection: AsyncConnection, name: str) -> int:
    """How far a follower has come; 0 at the beginning."""
    return await connection.scalar(select(cursors.c.value).where(cursors.c.name == name)) or 0


async def move_cursor(connection: AsyncConnection, name: str, value: int) -> None:
    """Note how far a follower has come."""
    await upsert_rows(connection, cursors, [{"name": name, "value": value}], ("name",))
