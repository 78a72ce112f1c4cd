"""What no database can keep, or not every one: it is told, and nothing stops because of it."""

from aggregator.record import Identifier, Record, Title
from aggregator.recrosswalk import recrosswalk
from aggregator.source import Batch, Raw, Reject
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.names import LONGEST
from connectors.crosswalks import CROSSWALKS
from tests.contracts.test_harvest import harvest, living
from tests.contracts.test_resolve import World
from tests.scripted import Script, dc, gone, raw

LONG = "ы" * LONGEST
"""Twice as many bytes as are kept."""
UNFIT = ["a\0b", "half \ud83d", LONG]


async def test_records_whose_names_cannot_be_kept_are_quarantined(catalogue: Catalogue) -> None:
    pages = [[raw("1"), *(Raw(id, dc("title"), "oai_dc") for id in UNFIT), raw("2")]]
    run = await harvest(catalogue, Script(pages))
    assert (run.verdict, run.received, run.new, run.rejected) == ("complete", 5, 2, 3)
    reasons = {q.local_id: q.reason async for q in catalogue.quarantined()}
    assert len(reasons) == 3
    assert sum("U+0000" in reason for reason in reasons.values()) == 2
    assert sum("2,000 bytes" in reason for reason in reasons.values()) == 1
    # No crosswalk makes a record of them under the name they lie under.
    assert (await recrosswalk(catalogue, CROSSWALKS, {})).received == 0
    again = await harvest(catalogue, Script(pages), full=True)
    assert (again.unchanged, again.rejected, again.deleted) == (2, 3, 0)
    assert len([q async for q in catalogue.quarantined()]) == 3
    assert await living(catalogue) == ["1", "2"]


async def test_the_longest_name_is_kept(catalogue: Catalogue, keep: Keep) -> None:
    name = "".join(chr(ord("a") + (i * i + i // 7) % 26) for i in range(LONGEST))
    await harvest(catalogue, Script([[raw(name)]]))
    assert await living(catalogue) == [name]
    await keep.decide("same", f"{'s' * 64}/{name}", f"{'s' * 64}/{name[::-1]}")
    assert len((await keep.decisions()).same) == 1


async def test_tombstones_rejects_and_empty_records_with_such_names(catalogue: Catalogue) -> None:
    rejects = [Reject(f"cut\0off {id[:1]}", b"<record>", id) for id in UNFIT]
    page = Batch([raw("1"), *map(gone, UNFIT)], {}, rejects=rejects, still=UNFIT)
    run = await harvest(catalogue, Script([page]))
    assert (run.verdict, run.received, run.new, run.rejected) == ("complete", 10, 1, 9)
    assert len([q async for q in catalogue.quarantined()]) == 3


async def test_other_words_lose_only_the_signs_that_cannot_be_kept(catalogue: Catalogue) -> None:
    odd = Raw("1", dc("title"), "oai_dc", "2026\0", ("set\0", "\udc00"), ("repaired\0",))
    strange = Raw("2", b"x", "for\0mat")
    run = await harvest(catalogue, Script([[odd, strange]]))
    assert (run.verdict, run.new, run.rejected) == ("complete", 1, 1)
    [stored] = [s async for s in catalogue.each_record()]
    assert (stored.record.stamp, stored.problems) == ("2026\ufffd", ("repaired\ufffd",))
    assert (await harvest(catalogue, Script([[odd]]), full=True)).unchanged == 1


async def test_what_cannot_be_kept_is_not_found(catalogue: Catalogue) -> None:
    for id in UNFIT:
        assert await catalogue.find_work(id) is None
        assert await catalogue.works([id]) == {}
        assert await catalogue.records([("s", id)]) == []
        assert await catalogue.raw("s", id) is None


async def test_identifiers_that_cannot_be_kept_join_nothing(
    catalogue: Catalogue, keep: Keep
) -> None:
    world = World(catalogue, keep)
    for number, value in enumerate(("10.1/\0", "10.1/" + "x" * 5000)):
        await world.put(
            *(
                Record(
                    source="s", local_id=f"{number}{copy}", titles=(Title("Манас"),),
                    identifiers=(Identifier("doi", value),),
                )
                for copy in "ab"
            )
        )  # fmt: skip
    assert len(await world.works()) == 4


async def test_names_are_ordered_by_their_bytes(catalogue: Catalogue) -> None:
    names = ["Z", "a", "B", "é", "ё", "я", "_", "a-b", "ab"]
    await harvest(catalogue, Script([[Raw(name, b"x", "strange") for name in names]]))
    ordered = sorted(names, key=str.encode)
    assert [q.local_id async for q in catalogue.quarantined()] == ordered
