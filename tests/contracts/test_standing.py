"""What the store tells of a source's runs: how they ended, why, and what is doubtful about them."""

from aggregator.errors import RetryLater, SourceBroken
from aggregator.store.catalogue import Catalogue
from aggregator.store.state import Standing
from tests.contracts.test_harvest import harvest, many
from tests.scripted import Script, gone, raw


async def standing(catalogue: Catalogue) -> Standing:
    return (await catalogue.standings())["scripted"]


async def test_the_store_counts_runs_that_brought_nothing(catalogue: Catalogue) -> None:
    assert await catalogue.standings() == {}
    await harvest(catalogue, Script([[raw("1")]]))
    complete = await standing(catalogue)
    assert complete.failures == 0 and complete.last_full == complete.last_run
    away = SourceBroken("it is a login page", "address")
    for count in (1, 2):
        await harvest(catalogue, Script([away], address="other"))
        found = await standing(catalogue)
        assert found.failures == count and found.last_full == complete.last_run
        assert found.last_success == complete.last_success
        assert found.last_run is not None and found.last_run.cause == "address"
    # More came before it broke off: that is no failure to wait for.
    await harvest(catalogue, Script([[raw("2")], away], address="third"))
    assert (await standing(catalogue)).failures == 0
    await harvest(catalogue, Script([[raw("2")], [raw("1")]], address="fourth"), limit=1)
    assert (await standing(catalogue)).failures == 0
    figures = (await catalogue.sources())["scripted"]
    assert figures.failures == 0 and figures.last_full == complete.last_run


async def test_what_the_source_asked_for_is_kept(catalogue: Catalogue) -> None:
    run = await harvest(catalogue, Script([RetryLater("busy", 7200, "busy")]))
    assert (run.verdict, run.cause, run.wait) == ("failed", "busy", 7200)
    kept = (await standing(catalogue)).last_run
    assert kept is not None and (kept.cause, kept.wait) == ("busy", 7200)


async def test_far_fewer_records_are_noticed(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 30)]))
    run = await harvest(catalogue, Script([many("a", 14)]))
    assert (run.verdict, run.deleted, run.cause) == ("complete", 16, "fewer")
    assert "16 of 30 records are gone" in run.reason
    # Tombstones are believed, and noticed as well.
    taken_back = [gone(f"a{number:03}") for number in range(4, 14)]
    run = await harvest(catalogue, Script([[*many("a", 4), *taken_back]]))
    assert (run.deleted, run.cause) == (10, "fewer")
    full = (await standing(catalogue)).last_full
    assert full is not None and full.cause == "fewer"


async def test_a_refused_sweep_is_a_doubt(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 100)]))
    run = await harvest(catalogue, Script([many("a", 50)]))
    assert (run.verdict, run.deleted, run.cause) == ("complete", 0, "unswept")


async def test_a_sample_is_spread_over_the_living(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([many("a", 200), [gone("a000")]]))
    some = [record.local_id for record in await catalogue.sample("scripted", 50)]
    assert len(set(some)) == 50 and "a000" not in some
    assert len([id for id in some if id < "a100"]) in range(15, 36)
    assert sorted(some) == sorted(r.local_id for r in await catalogue.sample("scripted", 50))
    assert await catalogue.sample("nobody", 50) == []
