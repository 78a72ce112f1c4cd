"""What every database must do for the store."""

import asyncio
import random
import socket
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from aggregator.errors import ConfigError, LeaseLost, Unavailable
from aggregator.record import Creator, Dates, Deleted, Identifier, Record, Subject, Text, Title
from aggregator.store import leases
from aggregator.store.catalogue import Catalogue
from aggregator.store.database import Database
from aggregator.store.keep import Keep
from aggregator.store.leases import Lease
from aggregator.store.page import Counts, Entry, Page, Refusal, Tombstone
from aggregator.store.payload import decode_record, digest, encode_record, pack, unpack
from aggregator.store.state import Suppression
from aggregator.works import Hidden


def entry(local_id: str, record: Record, id: int | None = None) -> Entry:
    body = encode_record(record)
    raw = f"<raw>{local_id}</raw>".encode()
    return Entry(
        id, local_id, "oai_dc", 1, pack(raw), digest(raw), pack(body), digest(body), "2026-01-01",
        ("set",), ("a repair",),
    )  # fmt: skip


def record(local_id: str, title: str = "Манас") -> Record:
    return Record(source="s", local_id=local_id, titles=(Title(title, "ky"),))


async def begin(catalogue: Catalogue, source: str = "s") -> tuple[Lease, int]:
    lease = await catalogue.leases.take(f"harvest:{source}")
    assert lease is not None
    return lease, await catalogue.ledger.begin(lease, source, "f", {}, True)


async def save(catalogue: Catalogue, lease: Lease, run: int, page: Page) -> None:
    await catalogue.ledger.save(lease, "s", run, page, Counts(), 0.0, {"at": 1})


texts = st.text(max_size=30)
records = st.builds(
    Record,
    source=st.just("s"),
    local_id=st.text(min_size=1, max_size=20),
    titles=st.lists(st.builds(Title, value=texts, lang=texts), max_size=3).map(tuple),
    creators=st.lists(st.builds(Creator, name=texts, role=texts), max_size=3).map(tuple),
    abstracts=st.lists(st.builds(Text, value=texts, lang=texts), max_size=2).map(tuple),
    subjects=st.lists(st.builds(Subject, term=texts), max_size=2).map(tuple),
    issued=st.builds(Dates, min=st.integers(0, 3000), max=st.integers(0, 3000), text=texts),
    identifiers=st.lists(st.builds(Identifier, scheme=texts, value=texts), max_size=2).map(tuple),
    access=st.sampled_from(["open", "unknown"]),
)


@given(records, st.text(max_size=10))
def test_a_record_comes_back_as_it_went_in(given_record: Record, stamp: str) -> None:
    stamped = msgspec.structs.replace(given_record, stamp=stamp)
    assert decode_record(unpack(pack(encode_record(stamped))), stamp) == stamped
    assert encode_record(stamped) == encode_record(given_record)


async def test_records_payloads_and_tombstones_are_kept(catalogue: Catalogue) -> None:
    lease, run = await begin(catalogue)
    page = Page(
        entries=[entry("1", record("1")), entry("2", record("2"))],
        tombstones=[Tombstone(None, "3", "2026-02-02")],
        refusals=[Refusal("4", "not XML", b"junk")],
    )
    await save(catalogue, lease, run, page)

    one, three = await catalogue.records([("s", "1"), ("s", "3")])
    assert one.record == msgspec.structs.replace(record("1"), stamp="2026-01-01")
    assert (one.format, one.crosswalk, one.problems) == ("oai_dc", 1, ("a repair",))
    assert three.record == Deleted(source="s", local_id="3", stamp="2026-02-02")
    payload = await catalogue.raw("s", "2")
    assert payload is not None and payload.body == b"<raw>2</raw>"
    assert await catalogue.raw("s", "3") is None
    assert [s.record.local_id async for s in catalogue.each_record("s")] == ["1", "2"]
    assert [(q.local_id, q.bytes) async for q in catalogue.quarantined()] == [("4", 4)]
    figures = (await catalogue.sources())["s"]
    assert (figures.records, figures.deleted, figures.quarantined) == (2, 1, 1)


async def test_change_numbers_grow_and_unchanged_records_keep_theirs(catalogue: Catalogue) -> None:
    async def numbers() -> dict[str, int]:
        stored = await catalogue.records([("s", "1"), ("s", "2")])
        return {s.record.local_id: s.change for s in stored}

    lease, run = await begin(catalogue)
    new = [entry("1", record("1")), entry("2", record("2"))]
    await save(catalogue, lease, run, Page(entries=new))
    before = await numbers()
    known = await catalogue.ledger.known("s", ["1", "2", "3"])
    assert set(known) == {"1", "2"}
    changed = entry("1", record("1", "Семетей"), known["1"].id)
    refreshed = entry("2", record("2"), known["2"].id)
    await save(catalogue, lease, run, Page(entries=[changed], refreshed=[refreshed]))
    after = await numbers()
    assert after["1"] > max(before.values())
    assert after["2"] == before["2"]


async def test_sources_are_counted_as_they_are_written(catalogue: Catalogue) -> None:
    lease, run = await begin(catalogue)
    chance, names = random.Random(7), [str(number) for number in range(12)]
    for _ in range(12):
        known = await catalogue.ledger.known("s", names)
        page = Page()
        for name in chance.sample(names, 5):
            held = known.get(name)
            id = held.id if held else None
            if chance.random() < 0.6:
                page.entries.append(entry(name, record(name, f"{chance.random()}"), id))
            elif held is None or not held.deleted:
                page.tombstones.append(Tombstone(id, name, ""))
        await save(catalogue, lease, run, page)
        deleted = [held.deleted for held in (await catalogue.ledger.known("s", names)).values()]
        figures = (await catalogue.sources())["s"]
        assert (figures.records, figures.deleted) == (deleted.count(False), deleted.count(True))
    living = figures.records
    later = await catalogue.ledger.begin(lease, "s", "f", {}, True)
    assert await catalogue.ledger.sweep(lease, "s", later, later) == living
    figures = (await catalogue.sources())["s"]
    assert (figures.records, figures.deleted) == (0, len(deleted))


async def test_a_deleted_record_may_come_back(catalogue: Catalogue) -> None:
    lease, run = await begin(catalogue)
    await save(catalogue, lease, run, Page(entries=[entry("1", record("1"))]))
    id = (await catalogue.ledger.known("s", ["1"]))["1"].id
    await save(catalogue, lease, run, Page(tombstones=[Tombstone(id, "1", "")]))
    assert (await catalogue.ledger.known("s", ["1"]))["1"].deleted
    assert await catalogue.raw("s", "1") is None
    await save(catalogue, lease, run, Page(entries=[entry("1", record("1"), id)]))
    [stored] = await catalogue.records([("s", "1")])
    assert isinstance(stored.record, Record)


async def test_page_and_checkpoint_stand_or_fall_together(catalogue: Catalogue) -> None:
    lease, run = await begin(catalogue)
    await save(catalogue, lease, run, Page(entries=[entry("1", record("1"))]))
    twice = Page(entries=[entry("2", record("2")), entry("1", record("1"))])  # "1" is there already
    with pytest.raises(Unavailable):
        await catalogue.ledger.save(lease, "s", run, twice, Counts(received=9), 0.0, {"at": 2})
    assert (await catalogue.ledger.resume("s")).checkpoint == {"at": 1}
    assert await catalogue.records([("s", "2")]) == []
    last = (await catalogue.sources())["s"].last_run
    assert last is not None and last.received == 0


async def test_what_is_read_leaves_quarantine(catalogue: Catalogue) -> None:
    lease, run = await begin(catalogue)
    await save(catalogue, lease, run, Page(refusals=[Refusal("1", "bad", b"x", "oai_dc")]))
    await save(catalogue, lease, run, Page(entries=[entry("1", record("1"))], cleared=["1"]))
    assert [q async for q in catalogue.quarantined("s")] == []


async def test_a_lease_has_one_holder_and_its_token_is_checked(catalogue: Catalogue) -> None:
    lease, run = await begin(catalogue)
    assert await catalogue.leases.take("harvest:s") is None
    assert await catalogue.leases.holder("harvest:s") == lease.holder
    stale = Lease(lease.name, lease.holder, lease.token - 1)
    with pytest.raises(LeaseLost):
        await save(catalogue, stale, run, Page(entries=[entry("1", record("1"))]))
    assert await catalogue.records([("s", "1")]) == []
    await catalogue.leases.release(lease)
    again = await catalogue.leases.take("harvest:s")
    assert again is not None and again.token > lease.token


async def test_a_dead_process_holds_no_lease(catalogue: Catalogue) -> None:
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    lease, _ = await begin(catalogue)
    host = lease.holder.rsplit(":", 2)[0]
    async with catalogue._database.write() as connection:
        await connection.execute(
            text("UPDATE leases SET holder = :holder"), {"holder": f"{host}:{process.pid}:1"}
        )
    assert await catalogue.leases.holder("harvest:s") is None
    assert await catalogue.leases.take("harvest:s") is not None


async def test_a_process_of_a_cloned_machine_lives(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clone has our host name and container, and we see no process of that number."""
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    boot = tmp_path / "boot_id"
    boot.write_text("another-start\n")
    with monkeypatch.context() as there:
        there.setattr(leases, "BOOT", boot)
        there.setattr("os.getpid", lambda: process.pid)
        lease, _ = await begin(catalogue)
    assert lease.holder.split(":")[0].endswith("/another-start")
    assert leases.host_of(lease.holder) == socket.gethostname()
    assert await catalogue.leases.holder("harvest:s") == lease.holder
    assert await catalogue.leases.take("harvest:s") is None


async def test_a_run_cut_off_is_closed_by_the_next(catalogue: Catalogue) -> None:
    lease, first = await begin(catalogue)
    await catalogue.leases.release(lease)
    _, second = await begin(catalogue)
    async with catalogue._database.read() as connection:
        rows = (
            await connection.execute(text("SELECT id, verdict, reason FROM runs ORDER BY id"))
        ).all()
    assert [tuple(row) for row in rows] == [
        (first, "incomplete", "interrupted"),
        (second, "", ""),
    ]


async def test_writers_at_once_take_turns(catalogue: Catalogue, database_url: str) -> None:
    async def write(source: str) -> None:
        async with Catalogue.open(database_url) as other:
            lease, run = await begin(other, source)
            for number in range(10):
                name = f"{source}{number}"
                page = Page(entries=[entry(name, record(name))])
                await other.ledger.save(lease, source, run, page, Counts(), 0.0, {})

    await asyncio.gather(*(write(source) for source in "abcd"))
    changes = [stored.change async for stored in catalogue.each_record()]
    assert len(changes) == len(set(changes)) == 40


async def test_decisions_are_kept_as_sorted_pairs(keep: Keep) -> None:
    await keep.decide("not same", "s/2", "s/1", "seen by eye")
    await keep.decide("same", "s/3", "s/4")
    decisions = await keep.decisions()
    assert decisions.apart == {("s/1", "s/2")}
    assert decisions.same == {("s/3", "s/4")}


async def test_what_is_taken_from_view_is_kept_as_first_noted(keep: Keep) -> None:
    gone = Suppression("source", "s", "", "the partner left", "aida", "2026-11-01")
    record = Suppression("record", "t/a/b", "work", "by request \0", "aida", "2026-11-02")
    await keep.suppress([gone, record])
    await keep.suppress([replace(record, reason="again", at="2026-12-01")])
    assert await keep.suppressions("source") == [gone]
    assert await keep.suppressions("record") == [replace(record, reason="by request \ufffd")]
    hidden = await keep.hidden()
    assert "s/1" in hidden and "t/a/b" in hidden
    assert "t/a" not in hidden and "ss/1" not in hidden
    await keep.restore([gone])
    assert await keep.hidden() == Hidden(records=frozenset({"t/a/b"}))


async def test_a_newer_database_is_refused(database_url: str) -> None:
    async with (
        Catalogue.open(database_url) as catalogue,
        catalogue._database.write() as connection,
    ):
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer than this program"):
        async with Catalogue.open(database_url):
            pass
    database = Database(database_url, "catalogue")
    with pytest.raises(ConfigError, match="Nothing was changed"):
        await database.migrate()
    await database.close()


async def test_a_damaged_database_is_named_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"this is no database at all, but it is long enough to be asked" * 100)
    with pytest.raises(Unavailable, match="damaged"):
        async with Catalogue.open(f"sqlite+aiosqlite:///{path}"):
            pass
