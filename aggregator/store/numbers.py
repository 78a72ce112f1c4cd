"""Numbers that order things: change numbers and the works' ``added`` numbers."""

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.tables import cursors, numbers


async def allocate(connection: AsyncConnection, name: str, count: int) -> range:
    """The next ``count`` numbers of a series, within a transaction that writes.

    One writer at a time (BEGIN IMMEDIATE), so no number becomes visible after a greater one.
    """
    last = await connection.scalar(select(numbers.c.value).where(numbers.c.name == name)) or 0
    values = {"name": name, "value": last + count}
    await connection.execute(
        insert(numbers).values(values).on_conflict_do_update(index_elements=["name"], set_=values)
    )
    return range(last + 1, last + count + 1)


async def read_cursor(connection: AsyncConnection, name: str) -> int:
    """How far a follower has come; 0 at the beginning."""
    return await connection.scalar(select(cursors.c.value).where(cursors.c.name == name)) or 0


async def move_cursor(connection: AsyncConnection, name: str, value: int) -> None:
    """Note how far a follower has come."""
    values = {"name": name, "value": value}
    await connection.execute(
        insert(cursors).values(values).on_conflict_do_update(index_elements=["name"], set_=values)
    )
