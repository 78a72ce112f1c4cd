"""Follow with every engine: catching up, and a rebuild while the old index serves and follows."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from aggregator.errors import Unavailable
from aggregator.follow import Follower, Pace
from aggregator.index.port import SearchIndex
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.leases import Lease
from tests.contracts.engines import TABLE, Engine, ids
from tests.contracts.test_resolve import World, book

MANY = 400
LONG = 1_200
"""Works that are indexed for longer than the one beside takes to be found."""


class Followed(World):
    """A store and an index that follows it."""

    def __init__(self, catalogue: Catalogue, keep: Keep, index: SearchIndex) -> None:
        super().__init__(catalogue, keep)
        self.index = index
        self.follower = Follower(catalogue, index, TABLE, Pace(works=50, seconds=0.2, at_once=5))

    async def lease(self) -> Lease:
        taken = await self.catalogue.leases.take("index:test")
        assert taken is not None
        return taken


@pytest.fixture
async def world(engine: Engine, catalogue: Catalogue, keep: Keep) -> AsyncIterator[Followed]:
    async with engine.open(store=await catalogue.fingerprint()) as index:
        yield Followed(catalogue, keep, index)


async def test_the_index_catches_up_with_changes_and_deletions(world: Followed) -> None:
    lease = await world.lease()
    assert await world.follower.catch_up(lease) == 0  # nothing yet, and an index that says so
    assert await world.index.state() == "ready"
    await world.put(*(book(str(n), title=f"Манас {n}") for n in range(30)))
    assert await world.follower.catch_up(lease) == 30
    await world.drop("3", "4")
    await world.put(book("5", title="Семетей"))
    assert await world.follower.catch_up(lease) == 3
    assert await world.index.count() == 28
    assert len(await ids(world.index, "манас")) == 27
    assert await world.follower.catch_up(lease) == 0


async def test_while_a_new_index_is_filled_the_old_one_serves_and_follows(world: Followed) -> None:
    lease = await world.lease()
    await world.put(*(book(str(n), title=f"Манас {n}") for n in range(LONG)))
    await world.follower.catch_up(lease)
    begun = asyncio.Event()
    rebuilding = asyncio.create_task(world.follower.rebuild(lease, lambda *_: begun.set()))
    await begun.wait()
    await world.put(book("new", title="Кулпунай"))
    await world.drop("7")
    more = 0
    while not await ids(world.index, "кулпунай"):  # as long as works come, the new one is not done
        await world.put(book(f"more{more}"))
        more += 1
    assert not rebuilding.done()
    assert await rebuilding >= LONG + 2
    assert await world.index.count() == LONG + more
    assert len(await ids(world.index, "кулпунай")) == 1
    position = await world.index.position()
    assert position and position.number == await world.catalogue.last_change()


async def test_an_interrupted_rebuild_goes_on_and_nobody_noticed(world: Followed) -> None:
    lease = await world.lease()
    await world.put(*(book(str(n), title=f"Манас {n}") for n in range(MANY)))
    await world.follower.catch_up(lease)
    half_way = asyncio.Event()
    rebuilding = asyncio.create_task(
        world.follower.rebuild(lease, lambda done, _: half_way.set() if done >= 150 else None)
    )
    await half_way.wait()
    rebuilding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rebuilding
    assert await world.index.count() == MANY
    done = await world.follower.rebuild(lease)
    assert 0 < done <= MANY - 50  # it went on behind its last commit
    assert await world.index.count() == MANY


async def test_a_new_index_that_lacks_works_does_not_serve(world: Followed) -> None:
    lease = await world.lease()
    await world.put(*(book(str(n), title=f"Манас {n}") for n in range(20)))
    await world.follower.catch_up(lease)
    async with world.catalogue._database.write() as connection:  # a row that no follower sees
        await connection.execute(text("UPDATE works SET change = 0 WHERE change = 1"))
    with pytest.raises(Unavailable, match="19 works and the store has 20"):
        await world.follower.rebuild(lease)
    assert await world.index.count() == 20


async def restored(world: Followed, number: int) -> None:
    """As a backup would put the catalogue back: the last changes are lost, and their numbers are
    given again."""
    async with world.catalogue._database.write() as connection:
        for statement in (
            "DELETE FROM works WHERE change > :number",
            "DELETE FROM marks WHERE number > :number",
            "UPDATE numbers SET value = :number WHERE name = 'work'",
        ):
            await connection.execute(text(statement), {"number": number})


async def test_an_index_that_followed_lost_changes_is_filled_anew(world: Followed) -> None:
    """A backup of the catalogue was put back, and new works took the lost ones' numbers."""
    lease = await world.lease()
    await world.put(*(book(str(n), title=f"Манас {n}") for n in range(10)))
    await world.put(*(book(f"lost{n}", title="Кулпунай") for n in range(5)))
    await world.follower.catch_up(lease)
    assert len(await ids(world.index, "кулпунай")) == 5
    await restored(world, 10)
    await world.put(*(book(f"new{n}", title="Семетей") for n in range(7)))
    assert not await world.follower.is_caught_up()
    await world.follower.catch_up(lease)
    assert await ids(world.index, "кулпунай") == []
    assert len(await ids(world.index, "семетей")) == 7
    assert await world.index.count() == await world.catalogue.count_works() == 17
    assert await world.follower.is_caught_up()


async def test_a_rebuild_of_a_lost_time_is_not_gone_on_with(world: Followed) -> None:
    lease = await world.lease()
    await world.put(*(book(str(n), title=f"Манас {n}") for n in range(10)))
    await world.follower.catch_up(lease)
    await world.put(*(book(f"lost{n}", title="Кулпунай") for n in range(5)))
    async with world.index.writer(rebuild=True) as writer:  # interrupted before it served
        await world.follower._take_in(writer, lease, None)
    await restored(world, 10)
    await asyncio.wait_for(world.follower.rebuild(lease), 30)
    assert await world.index.count() == 10
    assert await ids(world.index, "кулпунай") == []
