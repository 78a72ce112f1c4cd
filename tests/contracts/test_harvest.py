"""The runner: whatever a connector does, nothing is lost, doubled or wrongly deleted."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from aggregator.errors import RetryLater, SourceBroken, Unavailable
from aggregator.harvest import Harvester, Limits
from aggregator.overrides import Overrides
from aggregator.record import Record
from aggregator.recrosswalk import recrosswalk
from aggregator.source import Batch, Checkpoint, Crosswalk, Crosswalks, Raw, Reject, SourceConfig
from aggregator.store import tables
from aggregator.store.catalogue import Catalogue
from aggregator.store.ledger import Ledger
from aggregator.store.page import Counts
from aggregator.store.state import Run
from connectors.crosswalks import CROSSWALKS
from tests.scripted import SOURCE, Script, broken_crosswalk, dc, gone, raw


async def harvest(
    catalogue: Catalogue,
    script: Script,
    *,
    crosswalks: Crosswalks = CROSSWALKS,
    source: SourceConfig = SOURCE,
    full: bool = False,
    limit: int | None = None,
    allow_deletions: bool = False,
) -> Run:
    harvester = Harvester(catalogue, crosswalks, Limits())
    run = await harvester.run(
        source, script, full=full, limit=limit, allow_deletions=allow_deletions
    )
    parts = run.new + run.changed + run.unchanged + run.rejected
    # What is swept was not received; all else adds up.
    assert run.received <= parts + run.deleted
    return run


async def living(catalogue: Catalogue) -> list[str]:
    return sorted([s.record.local_id async for s in catalogue.each_record()])


def many(prefix: str, count: int) -> list[Raw]:
    return [raw(f"{prefix}{number:03}") for number in range(count)]


async def test_a_run_stores_all_and_counts_it(catalogue: Catalogue) -> None:
    script = Script([[raw("1"), raw("2")], [raw("3"), gone("4")]], total=4)
    run = await harvest(catalogue, script)
    assert (run.verdict, run.reason, run.full) == ("complete", "", True)
    assert (run.received, run.new, run.deleted, run.rejected) == (4, 3, 1, 0)
    assert await living(catalogue) == ["1", "2", "3"]
    figures = (await catalogue.sources())["scripted"]
    assert (figures.records, figures.deleted) == (3, 1)


async def test_harvesting_twice_equals_once(catalogue: Catalogue) -> None:
    pages = [[raw("1"), raw("2")], [gone("3")]]
    await harvest(catalogue, Script(pages))
    numbers = [s.change async for s in catalogue.each_record()]
    again = await harvest(catalogue, Script(pages))
    assert (again.new, again.changed, again.deleted, again.unchanged) == (0, 0, 0, 3)
    assert [s.change async for s in catalogue.each_record()] == numbers


async def test_a_new_stamp_alone_changes_nothing_but_is_kept(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1")]]))
    run = await harvest(catalogue, Script([[raw("1", stamp="2026-05-05")]]))
    assert (run.changed, run.unchanged) == (0, 1)
    [stored] = [s async for s in catalogue.each_record()]
    assert stored.record.stamp == "2026-05-05"


async def test_the_last_of_a_doubled_record_counts(catalogue: Catalogue) -> None:
    run = await harvest(catalogue, Script([[raw("1", "old"), raw("1", "new")]]))
    assert (run.received, run.new, run.unchanged) == (2, 1, 1)
    [stored] = [s async for s in catalogue.each_record()]
    assert isinstance(stored.record, Record) and stored.record.titles[0].value == "new"


async def test_one_bad_record_goes_to_quarantine_and_the_run_goes_on(catalogue: Catalogue) -> None:
    def fails(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
        if local_id == "2":
            raise ZeroDivisionError("a bug")
        return CROSSWALKS["oai_dc"].read(body, source, local_id, stamp, language)

    pages = [[raw("1"), raw("2"), raw("3"), Raw("4", b"x", "strange")]]
    run = await harvest(catalogue, Script(pages), crosswalks={"oai_dc": Crosswalk(1, fails)})
    assert (run.verdict, run.new, run.rejected) == ("complete", 2, 2)
    reasons = {q.local_id: q.reason async for q in catalogue.quarantined()}
    assert "ZeroDivisionError" in reasons["2"] and "'strange'" in reasons["4"]


async def test_a_record_that_says_nothing_but_a_status_is_quarantined(catalogue: Catalogue) -> None:
    """Dryad sends such for items it has withdrawn. The record it sent before stays."""

    def saying(elements: str) -> bytes:
        return dc("x").replace(b"<dc:title>x</dc:title>", elements.encode())

    status = saying("<dc:status>Item is not available</dc:status><dc:date>2014</dc:date>")
    untitled = saying("<dc:creator>Айтматов Ч.</dc:creator>")
    await harvest(catalogue, Script([[raw("1"), raw("3")]]))
    pages = [[Raw("1", status, "oai_dc"), Raw("2", status, "oai_dc"), Raw("3", untitled, "oai_dc")]]
    run = await harvest(catalogue, Script(pages))
    assert (run.verdict, run.changed, run.rejected, run.deleted) == ("complete", 1, 2, 0)
    reasons = {q.local_id: q.reason async for q in catalogue.quarantined()}
    assert reasons.keys() == {"1", "2"}
    assert "“dc:status: Item is not available; 2014”" in reasons["2"]
    assert await living(catalogue) == ["1", "3"]


async def test_what_was_quarantined_is_read_by_a_better_crosswalk(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1"), raw("2")]]), crosswalks=broken_crosswalk(bool))
    assert await living(catalogue) == []
    counts = await recrosswalk(catalogue, CROSSWALKS, {})
    assert (counts.received, counts.new) == (2, 2)
    assert await living(catalogue) == ["1", "2"]
    assert [q async for q in catalogue.quarantined()] == []


async def test_a_newer_crosswalk_renumbers_only_what_it_changes(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1"), raw("2")]]))
    before = {s.record.local_id: s.change async for s in catalogue.each_record()}
    old = CROSSWALKS["oai_dc"]

    def better(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
        kind = "book" if local_id == "2" else "other"
        return replace(old.read(body, source, local_id, stamp, language), type=kind)

    newer = {"oai_dc": Crosswalk(old.version + 1, better)}
    counts = await recrosswalk(catalogue, newer, {})
    assert counts == Counts(received=2, changed=1, unchanged=1)
    after = {s.record.local_id: s.change async for s in catalogue.each_record()}
    assert after["1"] == before["1"] and after["2"] > before["2"]
    assert (await recrosswalk(catalogue, newer, {})).received == 0


async def test_a_source_with_a_crosswalk_of_its_own(catalogue: Catalogue) -> None:
    """It goes before the shared one, when the source is harvested and when it is read again."""
    shared = CROSSWALKS["oai_dc"]

    class Own(SourceConfig):
        level: str

        def crosswalks(self) -> Crosswalks:
            def read(*said: Any) -> Record:
                return replace(shared.read(*said), level=self.level)

            return {"oai_dc": Crosswalk(ord(self.level), read)}

    def own(level: str) -> Own:
        return Own(**{**SOURCE.model_dump(exclude_unset=True), "level": level})

    async def levels() -> set[str]:
        found = [stored.record async for stored in catalogue.each_record()]
        return {record.level for record in found if isinstance(record, Record)}

    harvester = Harvester(catalogue, CROSSWALKS, Limits())
    await harvester.run(own("a"), Script([[raw("1"), raw("2")]]))
    assert await levels() == {"a"}
    sources = {SOURCE.id: own("b")}
    assert (await recrosswalk(catalogue, CROSSWALKS, sources)).changed == 2
    assert await levels() == {"b"}
    assert (await recrosswalk(catalogue, CROSSWALKS, sources)).received == 0


async def test_a_broken_run_goes_on_where_it_was(catalogue: Catalogue) -> None:
    pages = [[raw("1")], [raw("2")], [raw("3")]]
    first = await harvest(catalogue, Script([*pages[:2], RetryLater("busy"), pages[2]]))
    assert (first.verdict, first.reason, first.received) == ("incomplete", "busy", 2)
    script = Script(pages)
    second = await harvest(catalogue, script)
    assert script.asked == [{"page": 2}]
    assert (second.verdict, second.received) == ("complete", 1)
    assert await living(catalogue) == ["1", "2", "3"]


async def test_a_source_that_never_answers_has_failed(catalogue: Catalogue) -> None:
    run = await harvest(catalogue, Script([RetryLater("no answer")]))
    assert (run.verdict, run.reason) == ("failed", "no answer")
    run = await harvest(catalogue, Script([SourceBroken("it is a login page")]))
    assert (run.verdict, run.reason) == ("failed", "it is a login page")


async def test_a_bug_in_a_connector_fails_its_run_only(catalogue: Catalogue) -> None:
    run = await harvest(catalogue, Script([[raw("1")], KeyError("oops")]))
    assert run.verdict == "failed" and "KeyError" in run.reason
    assert await living(catalogue) == ["1"]


async def test_a_changed_address_starts_a_full_run(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1")]], incremental=True))
    same = Script([[raw("1")], [raw("2")]], incremental=True)
    assert not (await harvest(catalogue, same)).full
    moved = Script([[raw("1")]], address="elsewhere", incremental=True)
    assert (await harvest(catalogue, moved)).full
    assert moved.asked == [{}]


async def test_a_limit_stops_early_and_loses_nothing(catalogue: Catalogue) -> None:
    pages = [many("a", 10), many("b", 10)]
    run = await harvest(catalogue, Script(pages), limit=14)
    assert (run.verdict, run.reason, run.received) == ("incomplete", "limit", 14)
    assert len(await living(catalogue)) == 14
    rest = await harvest(catalogue, Script(pages))
    assert rest.verdict == "complete" and len(await living(catalogue)) == 20


async def test_a_complete_full_run_sweeps_what_is_gone(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 100)]))
    run = await harvest(catalogue, Script([many("a", 91)]))
    assert (run.verdict, run.deleted) == ("complete", 9)
    assert len(await living(catalogue)) == 91


async def test_an_incremental_run_never_sweeps(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 30)], incremental=True))
    run = await harvest(catalogue, Script([[], [raw("b")]], incremental=True))
    assert (run.full, run.deleted) == (False, 0)
    assert len(await living(catalogue)) == 31


@pytest.mark.parametrize(("every", "full"), [(30, True), (40, False), (0, False)])
async def test_all_is_asked_for_anew_when_the_last_full_run_is_old(
    catalogue: Catalogue, every: int, full: bool
) -> None:
    """Some sources delete without saying so: only a full run shows what is gone."""
    source = SOURCE.model_copy(update={"full_every": every})
    await harvest(catalogue, Script([many("a", 30)], incremental=True), source=source)
    old = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="seconds")
    async with catalogue._database.write() as connection:
        await connection.execute(update(tables.runs).values(started=old))
    # A full pass that was cut off goes on, and is not begun again and again.
    fewer = many("a", 29)
    broken = Script([fewer[:20], RetryLater("later"), fewer[20:]], incremental=True)
    later = Script([fewer[:20], fewer[20:]], incremental=True)
    for script in (broken, later):
        run = await harvest(catalogue, script, source=source)
        assert run.full is full
    assert later.asked == [{"page": 1}]
    assert len(await living(catalogue)) == (29 if full else 30)


@pytest.mark.parametrize(
    ("second", "total", "verdict", "words"),
    [
        (many("a", 70), None, "complete", "too many"),
        ([], None, "complete", "nothing came"),
        (many("a", 95), 100, "incomplete", "speaks of 100"),
    ],
)
async def test_an_unbelievable_sweep_is_refused(
    catalogue: Catalogue, second: list[Raw], total: int | None, verdict: str, words: str
) -> None:
    await harvest(catalogue, Script([many("a", 100)]))
    run = await harvest(catalogue, Script([second], total=total))
    assert (run.verdict, run.deleted) == (verdict, 0)
    assert words in run.reason and "--allow-deletions" in run.reason
    assert len(await living(catalogue)) == 100
    allowed = await harvest(
        catalogue, Script([second], total=total), full=True, allow_deletions=True
    )
    assert allowed.deleted == 100 - len(second)


async def test_few_records_may_go_whatever_their_share(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 30)]))
    run = await harvest(catalogue, Script([many("a", 10)]))
    assert run.deleted == 20


async def test_what_cannot_be_read_or_named_is_not_swept(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 10)]))
    unread = broken_crosswalk(lambda id: id == "a000")
    changed = [raw("a000", "changed"), *many("a", 10)[2:]]
    page = Batch(changed, {}, still=["a001"])
    run = await harvest(catalogue, Script([page]), crosswalks=unread)
    assert (run.deleted, run.rejected) == (0, 1)
    nameless = Batch(many("a", 9), {}, rejects=[Reject("cut off", b"<record>")])
    run = await harvest(catalogue, Script([nameless]))
    assert run.deleted == 0 and "names could not be read" in run.reason
    assert len(await living(catalogue)) == 10


async def test_content_that_never_came_is_accounted_for(catalogue: Catalogue) -> None:
    run = await harvest(catalogue, Script([Batch([raw("1")], {}, still=["2"])]))
    assert (run.received, run.new, run.rejected) == (2, 1, 1)
    assert [q.local_id async for q in catalogue.quarantined()] == ["2"]


async def test_a_left_behind_piece_makes_the_run_incomplete_and_stops_the_sweep(
    catalogue: Catalogue,
) -> None:
    await harvest(catalogue, Script([many("a", 10)]))
    run = await harvest(catalogue, Script([Batch(many("a", 5), {}, problem="a page was lost")]))
    assert (run.verdict, run.reason, run.deleted) == ("incomplete", "a page was lost", 0)


async def test_the_sweep_of_a_full_pass_cut_off_after_its_last_page_still_comes(
    catalogue: Catalogue,
) -> None:
    await harvest(catalogue, Script([many("a", 20)], incremental=True))
    cut = Script([many("a", 15), RetryLater("cut off")], incremental=True)
    assert (await harvest(catalogue, cut, full=True)).verdict == "incomplete"
    run = await harvest(catalogue, Script([many("a", 15)], incremental=True))
    assert (run.verdict, run.deleted) == ("complete", 5)


async def test_a_source_is_never_harvested_twice_at_once(catalogue: Catalogue) -> None:
    lease = await catalogue.leases.take("harvest:scripted")
    assert lease is not None
    run = await Harvester(catalogue, CROSSWALKS, Limits()).run(SOURCE, Script([[raw("1")]]))
    assert run.verdict == "incomplete" and "another process" in run.reason
    assert await living(catalogue) == []


async def test_a_cancelled_run_is_closed_and_goes_on(catalogue: Catalogue) -> None:
    started = asyncio.Event()

    class Slow(Script):
        async def harvest(self, checkpoint):  # type: ignore[no-untyped-def]
            async for batch in super().harvest(checkpoint):
                yield batch
                started.set()
                await asyncio.sleep(60)

    harvester = Harvester(catalogue, CROSSWALKS, Limits())
    task = asyncio.create_task(harvester.run(SOURCE, Slow([[raw("1")], [raw("2")]])))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    last = (await catalogue.sources())["scripted"].last_run
    assert last is not None and (last.verdict, last.reason) == ("incomplete", "interrupted")
    rest = await harvest(catalogue, Script([[raw("1")], [raw("2")]]))
    assert rest.verdict == "complete" and await living(catalogue) == ["1", "2"]


async def test_a_list_that_goes_in_a_circle_is_left_and_begun_anew(catalogue: Catalogue) -> None:
    class Circle(Script):
        async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
            self.asked.append(checkpoint)
            while True:
                yield Batch([raw("1"), raw("2")], {"page": 1})

    script = Circle([])
    run = await asyncio.wait_for(harvest(catalogue, script), 30)
    assert (run.verdict, run.new) == ("incomplete", 2)
    assert "circle" in run.reason
    await harvest(catalogue, script)
    assert script.asked == [{}, {}]


class Refusing:
    """A ledger whose writes fail from the n-th page on, as on a full disk."""

    def __init__(self, ledger: Ledger, pages: int) -> None:
        self._ledger, self._pages = ledger, pages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def save(self, *arguments: Any) -> None:
        self._pages -= 1
        if self._pages < 0:
            raise Unavailable("There is no room left on the disk.")
        await self._ledger.save(*arguments)


async def test_a_last_page_that_was_not_stored_is_no_complete_run(catalogue: Catalogue) -> None:
    pages = [many("a", 10), many("b", 10)]
    await harvest(catalogue, Script(pages))
    whole = catalogue.ledger
    catalogue.ledger = Refusing(whole, 1)  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        await harvest(catalogue, Script(pages), full=True)
    catalogue.ledger = whole
    last = (await catalogue.sources())["scripted"].last_run
    assert last is not None and (last.verdict, last.reason[:18]) == (
        "incomplete",
        "There is no room l",
    )
    again = await harvest(catalogue, Script(pages))
    assert (again.verdict, again.deleted) == ("complete", 0)
    assert len(await living(catalogue)) == 20


async def test_a_quarantined_update_is_read_by_a_better_crosswalk(catalogue: Catalogue) -> None:
    """The newer payload lies in quarantine, the older record in the store: neither is lost."""
    await harvest(catalogue, Script([[raw("1", "old")]]))
    await harvest(catalogue, Script([[raw("1", "new")]]), crosswalks=broken_crosswalk(bool))
    [stored] = [s async for s in catalogue.each_record()]
    assert isinstance(stored.record, Record) and stored.record.titles[0].value == "old"
    good = CROSSWALKS["oai_dc"]
    newer = {"oai_dc": Crosswalk(good.version + 1, good.read)}
    await recrosswalk(catalogue, newer, {})
    [stored] = [s async for s in catalogue.each_record()]
    assert isinstance(stored.record, Record) and stored.record.titles[0].value == "new"
    assert [q async for q in catalogue.quarantined()] == []


async def test_what_recrosswalk_reads_in_mid_pass_is_not_swept(catalogue: Catalogue) -> None:
    unread = broken_crosswalk(lambda id: id == "1")
    cut: list[list[Raw] | BaseException] = [[raw("1"), raw("2")], RetryLater("cut off")]
    await harvest(catalogue, Script(cut), crosswalks=unread)
    await recrosswalk(catalogue, CROSSWALKS, {})
    rest = await harvest(catalogue, Script([[], [raw("3")]]))
    assert (rest.verdict, rest.deleted) == ("complete", 0)
    assert await living(catalogue) == ["1", "2", "3"]


async def test_what_the_source_no_longer_has_leaves_quarantine(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1"), Raw("2", b"x", "strange")]]))
    assert [q.local_id async for q in catalogue.quarantined()] == ["2"]
    await harvest(catalogue, Script([[raw("1")]]))
    assert [q async for q in catalogue.quarantined()] == []


async def test_an_unreadable_update_does_not_make_a_short_list_whole(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 100)]))
    unread = broken_crosswalk(lambda id: id < "a010")
    changed = [raw(f"a{number:03}", "changed") for number in range(90)]
    run = await harvest(catalogue, Script([changed], total=100), crosswalks=unread)
    assert run.deleted == 0 and "speaks of 100" in run.reason
    assert len(await living(catalogue)) == 100


async def test_a_field_of_a_wrong_type_is_quarantined_here(catalogue: Catalogue) -> None:
    from msgspec.structs import replace

    def wrong(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
        record = CROSSWALKS["oai_dc"].read(body, source, local_id, stamp, language)
        return replace(record, extent=7)

    run = await harvest(catalogue, Script([[raw("1")]]), crosswalks={"oai_dc": Crosswalk(1, wrong)})
    assert (run.verdict, run.rejected) == ("complete", 1)


async def test_the_lease_is_kept_while_a_source_is_waited_for(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.leases.LIFETIME", 0.6)
    monkeypatch.setattr("aggregator.harvest.LIFETIME", 0.6)

    class Slow(Script):
        async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
            await asyncio.sleep(1.5)
            async for batch in super().harvest(checkpoint):
                yield batch

    running = asyncio.create_task(harvest(catalogue, Slow([[raw("1")]])))
    await asyncio.sleep(1.2)
    assert await catalogue.leases.take("harvest:scripted") is None
    assert (await running).verdict == "complete"


async def test_changed_overrides_are_applied_to_what_is_stored(catalogue: Catalogue) -> None:
    def ruled(rules: dict[str, object]) -> dict[str, SourceConfig]:
        overrides = Overrides.model_validate(rules)
        return {SOURCE.id: SOURCE.model_copy(update={"overrides": overrides})}

    async def kinds() -> list[str]:
        records = [stored.record async for stored in catalogue.each_record()]
        return sorted(record.type for record in records if isinstance(record, Record))

    await harvest(catalogue, Script([[raw("1"), raw("2")]]))
    one = ruled({"type": {"take": "titles", "map": {"1": "book"}}})
    counts = await recrosswalk(catalogue, CROSSWALKS, one)
    assert counts == Counts(received=2, changed=1, unchanged=1)
    assert await kinds() == ["book", "other"]
    assert (await recrosswalk(catalogue, CROSSWALKS, one)).received == 0
    # What comes again is read with the same rules.
    harvester = Harvester(catalogue, CROSSWALKS, Limits())
    run = await harvester.run(one[SOURCE.id], Script([[raw("1"), raw("2")]]), full=True)
    assert (run.unchanged, run.changed) == (2, 0)
    other = ruled({"type": {"default": "map"}})
    assert (await recrosswalk(catalogue, CROSSWALKS, other)).changed == 2
    assert await kinds() == ["map", "map"]
    assert (await recrosswalk(catalogue, CROSSWALKS, ruled({}))).changed == 2
    assert await kinds() == ["other", "other"]
