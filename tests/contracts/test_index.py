"""What every engine must do behind the port `SearchIndex`: where it stands, writing, rebuilding."""

import asyncio
import random
from dataclasses import replace

import pytest

from aggregator.errors import Unavailable
from aggregator.index.port import Gone, Position, SearchIndex
from tests.contracts.engines import (
    FACETS,
    STORE,
    TABLE,
    Engine,
    documents,
    fill,
    find,
    ids,
    put,
)
from tests.contracts.model import make_work, random_work

# Where it stands


async def test_a_new_index_is_empty_and_says_so(index: SearchIndex) -> None:
    assert await index.state() == "empty"
    assert await index.position() is None
    with pytest.raises(Unavailable, match="ilim reindex"):
        await find(index)
    with pytest.raises(Unavailable, match="ilim reindex"):
        async with index.writer():
            pass


async def test_a_rebuild_serves_once_promoted(index: SearchIndex) -> None:
    async with index.writer(rebuild=True) as writer:
        position = await writer.position()
        assert (position.store, position.number) == (STORE, 0)
        await put(writer, [make_work("w1", "Манас")], 7)
        assert await index.state() == "empty"
        await writer.promote()
    assert await index.state() == "ready"
    assert await index.position() == Position(STORE, position.schema, 7)
    assert await index.count() == 1
    assert await ids(index, "манас") == ["w1"]


async def test_the_position_survives_reopening(engine: Engine) -> None:
    async with engine.open() as index:
        await fill(index, [make_work("w1", "Манас")], 41)
        async with index.writer() as writer:
            await put(writer, [make_work("w2", "Семетей")], 42)
    async with engine.open() as index:
        position = await index.position()
        assert position and position.number == 42
        assert await index.count() == 2


async def test_an_index_of_another_store_or_schema_is_foreign(engine: Engine) -> None:
    async with engine.open() as index:
        await fill(index, [make_work("w1", "Манас")])
    for state, other in (
        ("stranger", engine.open(store="another store")),
        ("foreign", engine.open(table=replace(TABLE, fingerprint="another version"))),
    ):
        async with other as index:
            assert await index.state() == state
            assert await index.position() is None
            with pytest.raises(Unavailable, match="ilim reindex"):
                await find(index)
    async with engine.open() as index:
        assert await index.state() == "ready"


async def test_a_foreign_index_is_replaced_by_a_rebuild(engine: Engine) -> None:
    async with engine.open(store="another store") as index:
        await fill(index, [make_work("w1", "Манас")], 99)
    async with engine.open() as index:
        await fill(index, [make_work("w2", "Семетей")], 5)
        position = await index.position()
        assert position and (position.store, position.number) == (STORE, 5)
        assert await ids(index) == ["w2"]


# Writing


async def test_what_is_written_shows_after_the_commit(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    async with index.writer() as writer:
        await writer.write(documents([make_work("w2", "Манас жана Семетей")], 2), [])
        assert await ids(index, "манас") == ["w1"]
        await writer.commit(2)
        assert set(await ids(index, "манас")) == {"w1", "w2"}


async def test_what_was_not_committed_is_written_again(index: SearchIndex) -> None:
    """An engine may keep it or not; the position tells that it is to come again."""
    await fill(index, [make_work("w1", "Манас")], 1)
    changes = documents([make_work("w2", "Манас")], 2), [Gone("w1", 3)]
    async with index.writer() as writer:
        await writer.write(*changes)
    assert await ids(index, "манас") == ["w1"]
    async with index.writer() as writer:
        assert (await writer.position()).number == 1
        await writer.write(*changes)
        await writer.commit(3)
    assert await ids(index, "манас") == ["w2"]


async def test_a_work_is_replaced_as_a_whole(index: SearchIndex) -> None:
    old = make_work("w1", "Манас", subjects=["эпос"], years=(1995, 1995))
    await fill(index, [old, make_work("w2", "Манас")])
    async with index.writer() as writer:
        await put(writer, [make_work("w1", "Семетей", subjects=["поэзия"])], 2)
    assert await ids(index, "манас") == ["w2"]
    page = await find(index, "семетей", facets=FACETS)
    assert [hit.id for hit in page.hits] == ["w1"]
    assert page.facets["subject"] == [("поэзия", 1)]
    assert page.facets["year"] == []
    assert await index.count() == 2


async def test_gone_works_are_removed_and_unknown_ones_do_no_harm(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас"), make_work("w2", "Манас")])
    async with index.writer() as writer:
        await put(writer, [], 2, gone=["w1", "never-there"])
    assert await ids(index) == ["w2"]
    assert await index.count() == 1


async def test_the_last_word_on_a_work_holds_within_a_batch(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас"), make_work("w1", "Семетей")])
    assert await index.count() == 1
    assert await ids(index, "семетей") == ["w1"]


async def test_a_replayed_batch_changes_nothing(index: SearchIndex) -> None:
    """A worker killed between commit and position writes the same changes again."""
    works = [random_work(random.Random(number), number) for number in range(30)]
    await fill(index, works)
    before = await find(index, "ак бор", facets=FACETS)
    async with index.writer() as writer:
        for _ in range(2):
            await put(writer, works, 1, gone=["w9999"])
    after = await find(index, "ак бор", facets=FACETS)
    assert (after.total, after.facets) == (before.total, before.facets)
    assert {hit.id for hit in after.hits} == {hit.id for hit in before.hits}
    assert await index.count() == 30


async def test_another_process_sees_every_commit(engine: Engine, index: SearchIndex) -> None:
    async with engine.open() as reader:
        await fill(index, [make_work("w1", "Манас")])
        assert await ids(reader) == ["w1"]
        async with index.writer() as writer:
            await put(writer, [make_work("w2", "Семетей")], 2)
            assert sorted(await ids(reader)) == ["w1", "w2"]
        await fill(index, [make_work("w3", "Сейтек")])
        assert await ids(reader) == ["w3"]


async def test_an_index_that_took_all_in_reports_nothing(index: SearchIndex) -> None:
    assert list(await index.refused()) == []
    await fill(index, [make_work("w1", "Манас")])
    assert list(await index.refused()) == []


# Rebuilding


async def test_a_generation_can_be_counted_and_thrown_away(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас")])
    async with index.writer(rebuild=True) as writer:
        await put(writer, [make_work("w2", "Семетей"), make_work("w3", "Сейтек")], 5)
        assert await writer.count() == 2
        await writer.discard()
    async with index.writer(rebuild=True) as writer:
        assert (await writer.position()).number == 0
    assert await ids(index) == ["w1"]


async def test_the_old_generation_serves_and_follows_while_a_new_one_is_filled(
    index: SearchIndex,
) -> None:
    await fill(index, [make_work("w1", "Манас")])
    async with index.writer(rebuild=True) as new:
        await put(new, [make_work("w5", "Курманбек")], 5)
        async with index.writer() as old:
            await put(old, [make_work("w2", "Семетей")], 2)
        assert sorted(await ids(index)) == ["w1", "w2"]
        await new.promote()
        assert await ids(index) == ["w5"]
    position = await index.position()
    assert position and position.number == 5


async def test_searches_never_fail_while_generations_change(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас")])
    done = asyncio.Event()

    async def search() -> int:
        count = 0
        while not done.is_set():
            assert (await find(index, "манас", facets=FACETS)).total == 1
            count += 1
        return count

    searches = [asyncio.create_task(search()) for _ in range(3)]
    for number in range(2, 8):
        await fill(index, [make_work(f"w{number}", "Манас")], number)
    done.set()
    assert min(await asyncio.gather(*searches)) > 0


async def test_an_interrupted_rebuild_goes_on_where_it_was(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас")])
    async with index.writer(rebuild=True) as writer:
        await put(writer, [make_work("w2", "Семетей")], 20)
    assert await ids(index) == ["w1"]
    async with index.writer(rebuild=True) as writer:
        assert (await writer.position()).number == 20
        await put(writer, [make_work("w3", "Сейтек")], 30)
        await writer.promote()
    assert sorted(await ids(index)) == ["w2", "w3"]
