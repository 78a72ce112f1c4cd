"""Resolve on every database: stable ids, redirects, tombstones, numbers that only grow."""

import random
import shutil
from functools import partial
from pathlib import Path

from aggregator.record import Identifier, Record, Title
from aggregator.resolve import LEASE, is_behind, resolve
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.page import Counts, Page, Tombstone
from aggregator.store.resolution import Step
from aggregator.store.sqlite import file_url
from aggregator.store.state import Redirected, Suppression, Withdrawn
from aggregator.works import SHARED_BY_TOO_MANY, Hidden, Work, candidate, partition, work_id
from tests.contracts.test_store import begin, entry


def book(local_id: str, *dois: str, title: str = "Манас") -> Record:
    return Record(
        source="s",
        local_id=local_id,
        titles=(Title(title),),
        identifiers=tuple(Identifier("doi", doi) for doi in dois),
    )


def down(local_id: str) -> Suppression:
    """The record of source "s" is taken down."""
    return Suppression("record", f"s/{local_id}", "", "", "", "2026")


LEFT = Suppression("source", "s", "", "the partner left", "aida", "2026")


class World:
    """A store with one source, changed and resolved step by step."""

    def __init__(self, catalogue: Catalogue, keep: Keep) -> None:
        self.catalogue, self.keep = catalogue, keep

    async def put(self, *records: Record, at_once: int = 1000) -> None:
        known = await self.catalogue.ledger.known("s", [r.local_id for r in records])
        page = Page(
            entries=[
                entry(r.local_id, r, known[r.local_id].id if r.local_id in known else None)
                for r in records
            ]
        )
        await self._save(page, at_once)

    async def drop(self, *local_ids: str, at_once: int = 1000) -> None:
        known = await self.catalogue.ledger.known("s", local_ids)
        await self._save(
            Page(tombstones=[Tombstone(known[id].id, id, "") for id in local_ids]), at_once
        )

    async def _save(self, page: Page, at_once: int) -> None:
        lease, run = await begin(self.catalogue)
        await self.catalogue.ledger.save(lease, "s", run, page, Counts(), 0.0, {})
        await self.catalogue.leases.release(lease)
        await self.resolve(at_once)

    async def hide(self, *given: Suppression, at_once: int = 1000) -> None:
        await self.keep.suppress(given)
        await self.resolve(at_once)

    async def restore(self, *given: Suppression, at_once: int = 1000) -> None:
        await self.keep.restore(given)
        await self.resolve(at_once)

    async def resolve(self, at_once: int = 1000) -> None:
        held = await self.catalogue.leases.take(LEASE)
        assert held is not None
        await resolve(self.catalogue, self.keep, held, at_once=at_once)
        await self.catalogue.leases.release(held)
        assert not await is_behind(self.catalogue, self.keep)

    async def works(self) -> dict[str, list[str]]:
        """Id -> members of every living work, from the change log."""
        changes = await self.catalogue.changes(0, 100_000)
        return {c.id: sorted(m.local_id for m in c.work.members) for c in changes if c.work}


async def test_a_lone_record_is_a_work(catalogue: Catalogue, keep: Keep) -> None:
    world = World(catalogue, keep)
    await world.put(book("1"), book("2"))
    assert await world.works() == {work_id("s/1"): ["1"], work_id("s/2"): ["2"]}
    work = await catalogue.find_work(work_id("s/1"))
    assert isinstance(work, Work) and work.added == 1 and work.members[0].reason == ""


async def test_a_merge_keeps_the_oldest_id_and_redirects_the_other(
    catalogue: Catalogue, keep: Keep
) -> None:
    world = World(catalogue, keep)
    await world.put(book("1", "x"), book("2", "y"))
    before = await catalogue.last_change()
    await world.put(book("2", "x", "y"))
    assert await world.works() == {work_id("s/1"): ["1", "2"]}
    assert await catalogue.find_work(work_id("s/2")) == Redirected(work_id("s/1"))
    changes = await catalogue.changes(before, 10)
    assert {(c.id, c.work is None) for c in changes} == {
        (work_id("s/1"), False),
        (work_id("s/2"), True),
    }
    work = await catalogue.find_work(work_id("s/1"))
    assert isinstance(work, Work)
    assert {m.reason for m in work.members} == {"doi:x"} and work.added == 1


async def test_a_split_leaves_the_id_with_its_founder_and_revives_the_other(
    catalogue: Catalogue, keep: Keep
) -> None:
    world = World(catalogue, keep)
    await world.put(book("1", "x"), book("2", "y"))
    await world.put(book("2", "x"))
    await world.put(book("2", "z"))
    assert await world.works() == {work_id("s/1"): ["1"], work_id("s/2"): ["2"]}
    revived = await catalogue.find_work(work_id("s/2"))
    assert isinstance(revived, Work) and revived.added == 2


async def test_the_id_outlives_its_founding_record(catalogue: Catalogue, keep: Keep) -> None:
    world = World(catalogue, keep)
    await world.put(book("1", "x"), book("2", "x"))
    await world.drop("1")
    assert await world.works() == {work_id("s/1"): ["2"]}
    await world.put(book("1"))  # it comes back without the identifier: a work of its own
    works = await world.works()
    assert works == {work_id("s/1"): ["2"], work_id("s/1", 1): ["1"]}


async def test_a_withdrawn_work_is_a_tombstone_and_may_come_back(
    catalogue: Catalogue, keep: Keep
) -> None:
    world = World(catalogue, keep)
    await world.put(book("1"))
    await world.drop("1")
    assert await catalogue.find_work(work_id("s/1")) == Withdrawn()
    assert await world.works() == {}
    await world.put(book("1"))
    back = await catalogue.find_work(work_id("s/1"))
    assert isinstance(back, Work) and back.added == 1


async def test_unchanged_works_take_no_new_number(catalogue: Catalogue, keep: Keep) -> None:
    world = World(catalogue, keep)
    await world.put(book("1", "x"), book("2", "x"))
    before = await catalogue.last_change()
    await world.put(book("1", "x"))
    assert await catalogue.last_change() == before


async def test_a_key_that_too_many_share_is_off_for_all(catalogue: Catalogue, keep: Keep) -> None:
    world = World(catalogue, keep)
    many = [book(f"{n:03}", "x") for n in range(SHARED_BY_TOO_MANY)]
    await world.put(*many)
    assert len(await world.works()) == 1
    await world.put(book("more", "x"))
    assert len(await world.works()) == SHARED_BY_TOO_MANY + 1
    await world.drop("more")
    assert len(await world.works()) == 1


async def test_not_the_same_is_kept(catalogue: Catalogue, keep: Keep) -> None:
    world = World(catalogue, keep)
    await keep.decide("not same", "s/1", "s/2")
    await keep.decide("same", "s/2", "s/3")
    await world.put(book("1", "x"), book("2", "x"))
    await world.put(book("3"))
    assert await world.works() == {work_id("s/1"): ["1"], work_id("s/2"): ["2", "3"]}


async def test_a_record_taken_down_is_as_if_withdrawn_and_stays_so(
    catalogue: Catalogue, keep: Keep
) -> None:
    world = World(catalogue, keep)
    await world.put(book("1", "x"), book("2", "x"), book("3"))
    await world.hide(down("1"), down("3"))
    assert await world.works() == {work_id("s/1"): ["2"]}
    assert await catalogue.find_work(work_id("s/3")) == Withdrawn()
    work = await catalogue.find_work(work_id("s/1"))
    assert isinstance(work, Work) and work.record.local_id == "2"
    before = await catalogue.last_change()
    await world.put(book("1", "x", title="Семетей"), book("3", "x"))  # it comes again, changed
    await world.drop("3")
    await world.put(book("3", "x"))
    assert await catalogue.last_change() == before
    figures = (await catalogue.sources())["s"]
    assert (figures.records, figures.suppressed, figures.removed) == (1, 2, False)
    await world.restore(down("1"), down("3"))
    assert await world.works() == {work_id("s/1"): ["1", "2", "3"]}
    assert (await catalogue.sources())["s"].suppressed == 0


async def test_a_takedown_that_was_not_resolved_is_applied_by_the_next(
    catalogue: Catalogue, keep: Keep
) -> None:
    """Whatever was cut off or put back from a backup: what `keep` says holds."""
    world = World(catalogue, keep)
    many = [book(f"{n:04}", str(n // 3)) for n in range(603)]
    await world.put(*many)
    complete = await world.works()
    assert len(complete) == 201
    await keep.suppress([LEFT, down("0001")])
    assert await is_behind(catalogue, keep)
    held = await catalogue.leases.take(LEASE)
    assert held is not None
    hidden, cut = await keep.hidden(), 0
    async for ids in catalogue.resolution.misplaced(hidden):
        await catalogue.resolution.step(held, hidden, partial(Step.renumber, ids=ids))
        cut += len(ids)
        if cut > 1:
            break  # killed here
    assert 1 < cut < 603
    await catalogue.leases.release(held)
    await world.resolve()
    assert await world.works() == {}
    figures = (await catalogue.sources())["s"]
    assert (figures.records, figures.suppressed, figures.removed) == (0, 603, True)
    await keep.restore([LEFT, down("0001")])
    await world.resolve()
    assert await world.works() == complete
    assert Hidden() == await keep.hidden()


async def test_any_history_gives_the_works_of_its_records(catalogue: Catalogue, keep: Keep) -> None:
    """After any order of changes, in steps of any size, the works are the pure partition of the
    records that are shown."""
    chance = random.Random(3)
    world = World(catalogue, keep)
    living: dict[str, Record] = {}
    taken: set[Suppression] = set()
    for _ in range(60):
        ids = chance.sample([str(n) for n in range(14)], chance.randrange(1, 4))
        if chance.random() < 0.3:
            change = {LEFT} if chance.random() < 0.15 or LEFT in taken else set(map(down, ids))
            act = world.hide if not change & taken else world.restore
            taken = taken | change if act == world.hide else taken - change
            await act(*change, at_once=chance.choice([1, 2, 1000]))
        elif chance.random() < 0.25:
            ids = [id for id in ids if id in living]
            if not ids:
                continue
            for id in ids:
                del living[id]
            await world.drop(*ids, at_once=chance.choice([1, 2, 1000]))
        else:
            records = [
                book(id, *chance.sample("abcdefgh", chance.choice([0, 1, 1, 2]))) for id in ids
            ]
            living |= {r.local_id: r for r in records}
            await world.put(*records, at_once=chance.choice([1, 2, 1000]))
        hidden = await keep.hidden()
        assert hidden.records == {one.name for one in taken if one.kind == "record"}
        shown = {f"s/{id}": candidate(r) for id, r in living.items() if f"s/{id}" not in hidden}
        expected = partition(shown, await keep.decisions())
        members = [[name.removeprefix("s/") for name, _ in g.members] for g in expected]
        assert sorted(map(sorted, members)) == sorted((await world.works()).values())
    added = [c.work.added for c in await catalogue.changes(0, 1000) if c.work]
    assert len(added) == len(set(added))


async def test_each_allocation_of_numbers_has_a_mark(catalogue: Catalogue, keep: Keep) -> None:
    world = World(catalogue, keep)
    assert await catalogue.mark(0) == await catalogue.mark(1) == ""
    await world.put(book("1"), book("2"), book("3"))
    first = await catalogue.last_change()
    marks = {number: await catalogue.mark(number) for number in range(1, first + 1)}
    assert first == 3 and len(set(marks.values())) == 1 and "" not in marks.values()
    await world.put(book("4"), book("5"), at_once=1)
    await world.put(book("1", title="Семетей"))
    last = await catalogue.last_change()
    later = [await catalogue.mark(number) for number in range(first + 1, last + 1)]
    assert len(later) == 3 and len({marks[1], *later}) == 4
    assert {number: await catalogue.mark(number) for number in marks} == marks
    assert await catalogue.mark(0) == await catalogue.mark(last + 1) == ""
    assert await catalogue.mark(-1) == await catalogue.mark(2**62) == ""


async def test_a_restored_catalogue_gives_the_same_number_another_mark(tmp_path: Path) -> None:
    store, backup = tmp_path / "catalogue.sqlite", tmp_path / "backup.sqlite"

    async def marked(*ids: str) -> list[str]:
        """Put these records; gives the marks of all numbers."""
        async with (
            Catalogue.open(file_url(store)) as catalogue,
            Keep.open(file_url(tmp_path / "keep.sqlite")) as keep,
        ):
            await World(catalogue, keep).put(*map(book, ids))
            last = await catalogue.last_change()
            return [await catalogue.mark(number) for number in range(1, last + 1)]

    [one] = await marked("1")
    shutil.copy(store, backup)
    lost = await marked("2", "3")
    shutil.copy(backup, store)
    anew = await marked("4", "5")
    assert len(lost) == len(anew) == 3 and lost[0] == anew[0] == one
    assert not set(lost[1:]) & set(anew[1:])
