"""What sources cover is asked for seldom, and no page waits long for it."""

import asyncio

from aggregator.coverage import FIELDS, Coverage, quality
from aggregator.errors import Unavailable
from aggregator.record import Creator, Dates, Identifier, Link, Record, Title
from web.coverages import KEPT, Coverages

NOTHING = Coverage(0, None, None)


async def test_it_is_asked_for_once_and_again_when_it_is_old() -> None:
    asked: list[str] = []
    now = [0.0]

    async def ask(source: str) -> Coverage:
        asked.append(source)
        return Coverage(len(asked), None, None)

    coverages = Coverages(ask, clock=lambda: now[0])
    assert (await coverages.of(["a"]))["a"].works == 1
    now[0] = KEPT - 1
    assert (await coverages.of(["a"]))["a"].works == 1
    now[0] = KEPT
    assert (await coverages.of(["a"]))["a"].works == 1  # the old one, while the new one is made
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await coverages.of(["a"]))["a"].works == 2
    assert asked == ["a", "a"]


async def test_what_takes_long_is_left_out_and_what_fails_is_tried_again() -> None:
    failures = [Unavailable("away"), ZeroDivisionError("a bug")]

    async def ask(source: str) -> Coverage:
        if source == "slow":
            await asyncio.Event().wait()
        if source == "ill" and failures:
            raise failures.pop()
        return NOTHING

    coverages = Coverages(ask, patience=0.01)
    assert await coverages.of(["slow", "good", "ill"]) == {"good": NOTHING}
    assert await coverages.of(["ill"]) == {}
    assert await coverages.of(["ill"]) == {"ill": NOTHING}
    await coverages.close()


def test_quality_counts_what_a_good_description_has() -> None:
    full = Record(
        source="s",
        local_id="1",
        titles=(Title("A"),),
        creators=(Creator("B"),),
        issued=Dates(1990, 1990, "1990"),
        identifiers=(Identifier("doi", "10.1000/1"),),
        links=(Link("https://example.org/1.pdf", "fulltext"),),
    )
    bare = Record(
        source="s", local_id="2", titles=(Title("C"),), identifiers=(Identifier("local", "2"),)
    )
    found = quality([full, bare])
    assert found is not None and found.shares.keys() == FIELDS.keys()
    assert found.shares["title"] == 1 and found.shares["subject"] == 0
    assert found.shares["identifier"] == found.shares["year"] == found.fulltext == 0.5
    assert abs(found.score - 2.5 / 6) < 1e-9
    assert quality([]) is None
