"""Cases of HARVESTING §2 that are about what happens between runs: dates, identity, deletions."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from aggregator.health import ended, next_run
from aggregator.record import Record
from tests.integration.faults.conftest import Begin
from tests.integration.faults.trial import Trial, trial
from tests.servers.faulty_oai import CLOCK, Answer, Ask, Item, Query, Repository, items
from tests.servers.oai_faults import (
    Broken,
    Down,
    Ends,
    Moving,
    NoSets,
    Replaced,
    Scrolls,
    Silence,
    Unlisted,
)

pytestmark = pytest.mark.slow

NEXT = "2026-11-21T10:00:00Z"
LATER = "2026-11-22T10:00:00Z"


def moved(records: Sequence[Item], host: str) -> list[Item]:
    """The same records after a move: other identifiers, and all changed today."""
    return [
        replace(item, id=item.id.replace("oai:lib:", f"oai:{host}:"), stamp=NEXT)
        for item in records
    ]


async def changes(lib: Trial) -> dict[str, int]:
    """The change number of each living record."""
    return {
        stored.record.local_id: stored.change
        async for stored in lib.catalogue.each_record()
        if isinstance(stored.record, Record)
    }


async def test_12_nothing_is_sent_with_a_token(begin: Begin) -> None:
    repository = Repository(items(13, sets=("a",)))
    async with begin(repository, sets=["a"]) as lib:
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there
    resumed = [query for query in repository.asked if "resumptionToken" in query]
    assert len(resumed) == 2
    assert all(set(query) == {"verb", "resumptionToken"} for query in resumed)


async def test_15_two_sources_on_a_server_that_can_keep_one_list_open(
    empty: Path, tmp_path: Path
) -> None:
    """Lists that are not had today are had the next time; nobody ends as if there were nothing."""
    repository = Repository(items(23), faults=[Scrolls(most=1, turns=3)])
    first, second = tmp_path / "1.sqlite", tmp_path / "2.sqlite"
    for database in (first, second):
        shutil.copy(empty, database)
    async with trial(repository, first) as one, trial(repository, second) as other:
        for _ in range(5):
            runs = await asyncio.gather(one.harvest(), other.harvest())
            for lib, run in zip((one, other), runs, strict=True):
                assert run.verdict != "complete" or await lib.titles() == lib.there
        assert {run.verdict for run in runs} == {"complete"}
        assert await one.titles() == await other.titles() == one.there


async def test_18_records_older_than_the_earliest_date_are_had(begin: Begin) -> None:
    old = Item("oai:lib:old", "1970-01-01T00:00:00Z", "Эски")
    async with begin(Repository([old, *items(7)], earliest=CLOCK)) as lib:
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_19_datestamps_of_today_change_nothing(begin: Begin) -> None:
    repository = Repository(items(13))
    async with begin(repository) as lib:
        await lib.harvest()
        before = await changes(lib)
        repository.records = [replace(item, stamp=NEXT) for item in repository.records]
        repository.change(3, title="Башка")
        repository.clock = NEXT
        run = await lib.harvest()
        assert (run.verdict, run.received, run.changed, run.unchanged) == ("complete", 13, 1, 12)
        assert await lib.titles() == lib.there
        after = await changes(lib)
        assert {name for name in after if after[name] != before[name]} == {"oai:lib:3"}


async def test_20_a_record_that_appears_late_under_an_older_date_is_had(begin: Begin) -> None:
    repository = Repository(items(7))
    async with begin(repository) as lib:
        await lib.harvest()
        late = Item("oai:lib:late", "2026-11-19T20:00:00Z", "Кечиккен")
        repository.records, repository.clock = [*repository.records, late], NEXT
        assert (await lib.harvest()).new == 1
        assert await lib.titles() == lib.there


@pytest.mark.parametrize("clock", ["2026-11-20T04:00:00Z", "2099-01-01T00:00:00Z", "yesterday"])
async def test_21_a_clock_that_is_wrong_skips_nothing(begin: Begin, clock: str) -> None:
    repository = Repository(items(7), clock=clock)
    async with begin(repository) as lib:
        await lib.harvest()
        # By the source's own clock, as far as that is one; else by the true time.
        soon = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        stamp = soon if clock > "2099" else "2026-11-20T04:00:01Z"
        repository.records = [*repository.records, Item("oai:lib:new", stamp, "Жаңы")]
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_22_dates_are_of_one_precision_and_until_is_only_sent_to_halve(
    begin: Begin,
) -> None:
    repository = Repository(items(23), faults=[Broken(record="oai:lib:11", lists=False)])
    async with begin(repository) as lib:
        await lib.harvest()
        whole = [query for query in repository.lists if not {"from", "until"} & set(query)]
        assert whole[0] == {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
        for query in repository.lists:
            sent = [query[name] for name in ("from", "until") if name in query]
            assert len({len(day) for day in sent}) <= 1
        repository.faults.clear()
        repository.asked.clear()
        repository.clock = NEXT
        await lib.harvest()
        await lib.harvest()
        assert "until" not in repository.lists[-1]


async def test_23_a_record_that_comes_empty_keeps_what_was_known(begin: Begin) -> None:
    repository = Repository(items(7))
    async with begin(repository) as lib:
        await lib.harvest()
        bare = r"<identifier>oai:lib:2</identifier>(.*?)<metadata>.*?</metadata>"
        empty = r"<identifier>oai:lib:2</identifier>\1<metadata/>"
        repository.faults.append(Replaced(old=bare, new=empty))
        run = await lib.harvest(full=True)
        assert (run.verdict, run.deleted, run.unchanged) == ("complete", 0, 7)
        assert await lib.titles() == lib.there


async def test_24_a_record_without_a_name_is_kept_aside_and_stops_the_sweep(
    begin: Begin,
) -> None:
    nameless = Replaced(old="<identifier>oai:lib:2</identifier>", new="")
    repository = Repository(items(7), faults=[nameless])
    async with begin(repository) as lib:
        first = await lib.harvest()
        assert (first.verdict, first.rejected) == ("complete", 1)
        [[name, reason]] = (await lib.quarantined()).items()
        assert name.startswith("#") and "no identifier" in reason
        assert len(await lib.titles()) == 6
        nameless.cure()
        assert (await lib.harvest(full=True)).verdict == "complete"
        nameless.times = None
        assert (await lib.harvest(full=True)).deleted == 0
        assert await lib.titles() == lib.there


async def test_25_a_comment_before_the_description_hides_nothing(begin: Begin) -> None:
    comment = Replaced(old="<metadata>", new="<metadata><!-- by hand --><?php echo 1 ?>")
    async with begin(Repository(items(7), faults=[comment])) as lib:
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_26_what_vanishes_is_taken_as_deleted_by_a_full_run_only(begin: Begin) -> None:
    repository = Repository(items(30))
    async with begin(repository) as lib:
        await lib.harvest()
        repository.records, repository.clock = repository.records[2:], NEXT
        assert (await lib.harvest()).deleted == 0
        run = await lib.harvest(full=True)
        assert (run.verdict, run.deleted) == ("complete", 2)
        assert await lib.titles() == lib.there


@pytest.mark.parametrize("count", [3, 28])
async def test_26_what_the_list_leaves_out_and_the_source_has_is_not_deleted(
    begin: Begin, count: int
) -> None:
    repository = Repository(items(60), total=False, cursor=False)
    async with begin(repository) as lib:
        await lib.harvest()
        hidden = Unlisted(names=tuple(f"oai:lib:{number}" for number in range(count)))
        repository.faults.append(hidden)
        run = await lib.harvest(full=True)
        assert run.deleted == 0
        assert ("leaves out" if count == 3 else "leaves records out") in run.reason
        # A few are asked for by name, every one; of many only a sample, so who knows.
        assert run.verdict == ("complete" if count == 3 else "incomplete")
        assert await lib.titles() == lib.there
        hidden.cure()
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_27_a_deletion_that_no_set_lists_is_seen_by_a_full_run(begin: Begin) -> None:
    """Also when the record is still had by name, in another set or in none of ours."""
    records = [*items(12, sets=("a",)), *items(12, start=12, sets=("b",))]
    repository = Repository(records)
    async with begin(repository, sets=["a", "b"]) as lib:
        await lib.harvest()
        repository.records = records[1:]
        repository.change(4, sets=("c",))
        run = await lib.harvest(full=True)
        assert (run.verdict, run.deleted) == ("complete", 2)
        assert set(await lib.titles()) == {item.id for item in records} - {
            "oai:lib:0",
            "oai:lib:5",
        }


@pytest.mark.parametrize("count", [4, 40])
async def test_29_new_identifiers_for_everything_wait_for_a_person(
    begin: Begin, count: int
) -> None:
    repository = Repository(items(count))
    async with begin(repository) as lib:
        await lib.harvest()
        old = await lib.titles()
        repository.records, repository.clock = moved(repository.records, "new.lib"), NEXT
        run = await lib.harvest(full=True)
        assert (run.verdict, run.cause, run.deleted) == ("incomplete", "renamed", 0)
        assert f"{count} of the {count} records" in run.reason
        assert "other identifiers" in run.reason and "--allow-deletions" in run.reason
        assert await lib.titles() == old | lib.there
        # It goes on saying so, and goes on harvesting.
        added = Item("oai:new.lib:99", LATER, "Жаңы")
        repository.records, repository.clock = [*repository.records, added], LATER
        run = await lib.harvest()
        assert (run.cause, run.deleted) == ("renamed", 0)
        assert "oai:new.lib:99" in await lib.titles()
        run = await lib.harvest(allow_deletions=True)
        assert (run.verdict, run.deleted) == ("complete", count)
        assert await lib.titles() == lib.there


async def test_30_a_record_in_two_sets_is_one(begin: Begin) -> None:
    repository = Repository(items(13, sets=("a", "b")))
    async with begin(repository, sets=["a", "b"]) as lib:
        run = await lib.harvest()
        assert (run.verdict, run.new, run.unchanged) == ("complete", 13, 13)
        assert await lib.titles() == lib.there


@pytest.mark.parametrize(
    ("sizes", "stamp"),
    [(True, "2026-11-20T10:30:00Z"), (True, ""), (False, "2026-11-20T10:30:00Z")],
)  # without either, a removal leaves no trace in any answer
async def test_31_a_list_that_moves_while_it_is_read_hides_nothing(
    begin: Begin, sizes: bool, stamp: str
) -> None:
    repository = Repository(items(23), total=sizes, cursor=sizes)
    repository.faults.append(Moving(times=1, repository=repository, at=10, number=1, stamp=stamp))
    async with begin(repository) as lib:
        run = await lib.harvest()
        missing = lib.there.keys() - (await lib.titles()).keys()
        assert not missing
        if stamp:
            assert run.verdict == "complete"
        repository.clock = NEXT
        await lib.harvest(full=True)
        assert await lib.titles() == lib.there


@pytest.mark.parametrize("code", ["noSetHierarchy", "badArgument"])
async def test_32_sets_that_are_refused_are_told_and_none_is_sent_unasked(
    begin: Begin, code: str
) -> None:
    repository = Repository(items(7), faults=[NoSets(code=code)])
    async with begin(repository, sets=["all"]) as lib:
        run = await lib.harvest()
        assert (run.verdict, run.cause) == ("failed", "request")
        assert "set “all”" in run.reason and "`sets`" in run.reason
        lib.settings = {}
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_33_a_record_without_a_title_is_stored_with_what_it_has(begin: Begin) -> None:
    bare = Item("oai:lib:x", CLOCK, "", dc="<dc:creator>Айтматов, Ч. Т.</dc:creator>")
    async with begin(Repository([*items(3), bare])) as lib:
        assert (await lib.harvest()).verdict == "complete"
        record = (await lib.records())["oai:lib:x"]
        assert (record.titles, record.creators[0].name) == ((), "Айтматов, Ч. Т.")


DATES = {
    "[19--?]": (1900, 1999), "2012г.": (2012, 2012), "19uu": (1900, 1999), "9999": (0, 0),
    "1988 (1987)": None, "XIII в.": (1201, 1300), "2912": (0, 0),
}  # fmt: skip


async def test_34_dates_come_through_with_their_words(begin: Begin) -> None:
    records = [
        Item(f"oai:lib:{number}", CLOCK, "Манас", dc=f"<dc:date>{text}</dc:date>")
        for number, text in enumerate(DATES)
    ]
    async with begin(Repository(records)) as lib:
        await lib.harvest()
        found = await lib.records()
        for number, (text, years) in enumerate(DATES.items()):
            issued = found[f"oai:lib:{number}"].issued
            assert text in issued.text or years == (0, 0), (text, issued)
            if years is not None:
                assert (issued.min or 0, issued.max or 0) == years, (text, issued)


async def test_35_languages_come_through_as_codes(begin: Begin) -> None:
    said = ["ru_RU", "Russian", "rus", "русский", "кыргызча", "kir", "elvish"]
    records = [
        Item(f"oai:lib:{number}", CLOCK, "Манас", dc=f"<dc:language>{text}</dc:language>")
        for number, text in enumerate(said)
    ]
    async with begin(Repository(records)) as lib:
        await lib.harvest()
        found = await lib.records()
        told = [found[f"oai:lib:{number}"].languages for number in range(len(said))]
        assert told[:6] == [("ru",)] * 4 + [("ky",)] * 2
        assert "elvish" not in told[6]


async def test_36_of_a_dspace_record_the_date_of_issue_is_taken(begin: Begin) -> None:
    dates = ["2019-03-01T07:12:44Z", "2019-03-01T07:12:44Z", "1987"]
    dc = "".join(f"<dc:date>{date}</dc:date>" for date in dates)
    async with begin(Repository([Item("oai:lib:1", CLOCK, "Чүй", dc=dc)])) as lib:
        await lib.harvest()
        issued = (await lib.records())["oai:lib:1"].issued
        assert (issued.min, issued.max) == (1987, 1987)


# Beyond the numbered cases


async def test_a_part_that_was_lost_before_a_run_broke_off_is_not_forgotten(
    begin: Begin,
) -> None:
    """The next run goes on with the rest; it is not complete, and sweeps nothing."""
    records = [*items(13, sets=("a",)), *items(13, start=13, sets=("b",))]
    lost = Ends(code="noRecordsMatch", at=5)
    down = Broken(status=503, at=5)
    repository = Repository(records)
    async with begin(repository, sets=["a", "b"]) as lib:
        await lib.harvest()
        lost.lists = False

        def second_set(query: Query, ask: Ask) -> Answer:
            in_b = query.get("resumptionToken", "").endswith("|b")
            return down(query, ask) if in_b else lost(query, ask)

        repository.faults.append(second_set)
        first = await lib.harvest(full=True)
        assert first.verdict == "incomplete"
        down.cure()
        second = await lib.harvest()
        assert (second.verdict, second.deleted) == ("incomplete", 0)
        lost.cure()
        third = await lib.harvest()
        assert (third.verdict, third.deleted) == ("complete", 0)
        assert await lib.titles() == lib.there


async def test_a_source_that_was_empty_is_asked_for_everything_again(begin: Begin) -> None:
    """By no means only for what came since: what it has now may be older."""
    repository = Repository([])
    async with begin(repository) as lib:
        assert (await lib.harvest()).verdict == "complete"
        repository.records = items(7)
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_an_empty_answer_deletes_nothing_and_is_not_believed(begin: Begin) -> None:
    repository = Repository(items(7))
    async with begin(repository) as lib:
        await lib.harvest()
        silent = Silence(at=0, inner="<ListRecords/>")
        repository.faults.append(silent)
        run = await lib.harvest(full=True)
        assert run.deleted == 0
        silent.cure()
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_a_list_that_always_ends_early_is_not_asked_for_every_minute(
    begin: Begin,
) -> None:
    no_names = Down(verbs=("ListIdentifiers",))
    async with begin(Repository(items(23), faults=[Ends(at=10), no_names])) as lib:
        run = await lib.harvest()
        assert (run.verdict, run.cause) == ("incomplete", "short")
        figures = (await lib.catalogue.sources())["lib"]
        assert next_run(lib.source, figures) - ended(run) > timedelta(minutes=10)


@pytest.mark.parametrize(
    "name", ["oai:lib:A b", "oai:lib:100%25", "oai:lib:Ж/ү?x=1&y#z", "OAI:Lib:a+b"]
)
async def test_odd_identifiers_are_asked_for_as_they_are(begin: Begin, name: str) -> None:
    records = [*items(3), Item(name, CLOCK, "Башка")]
    repository = Repository(records, faults=[Broken(record=escape(name), at=None)])
    async with begin(repository) as lib:
        assert (await lib.harvest()).verdict == "complete"
        assert await lib.titles() == lib.there


async def test_twice_on_a_page_is_once_in_the_catalogue(begin: Begin) -> None:
    records = items(7)
    repository = Repository([*records[:3], records[2], *records[3:]])
    async with begin(repository) as lib:
        run = await lib.harvest()
        assert (run.verdict, run.new, run.unchanged) == ("complete", 7, 1)
        assert await lib.titles() == lib.there


async def test_a_future_date_comes_once(begin: Begin) -> None:
    repository = Repository([*items(3), Item("oai:lib:x", "2031-01-01T00:00:00Z", "Келечек")])
    async with begin(repository) as lib:
        assert (await lib.harvest()).new == 4
        run = await lib.harvest()
        assert (run.verdict, run.new, run.changed) == ("complete", 0, 0)
