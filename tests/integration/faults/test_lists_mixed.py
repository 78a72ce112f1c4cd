"""Two or three faults at once, drawn by chance from a seed: nothing is lost without a word.

A complete run holds all that the source has, and once the source is mended the next runs have it.
"""

from dataclasses import replace
from random import Random

import pytest

from tests.integration.faults.conftest import Begin
from tests.servers.faulty_oai import SECONDS, Repository, items
from tests.servers.oai_faults import (
    Broken,
    Cut,
    DaysOnly,
    Down,
    EmptyPages,
    Ends,
    ExclusiveUntil,
    Expired,
    Fault,
    FutureUntil,
    Moving,
    NoDates,
    Nothing4xx,
    OddTokens,
    OtherVerb,
    OwnToken,
    Repeats,
    Restarts,
    Scrolls,
    Session,
    Silence,
    Size,
    Skips,
    TokenAfterEnd,
)

pytestmark = pytest.mark.slow

SEEDS = (*range(24), 494, 544, 1472, 2141, 2737, 7423)
"""The last ones found mistakes."""


def drawn(chance: Random, repository: Repository) -> Fault:
    """Some fault: for ever, or until it has happened a few times."""
    count, page = len(repository.records), repository.page
    at = page * chance.randint(1, 3)
    times = chance.choice([None, None, 1, 2, 3, 5])
    either = chance.random() < 0.5
    after = chance.choice(["", "badResumptionToken", "noRecordsMatch", "again"])
    faults: list[Fault] = [
        Broken(times, at=chance.choice([None, at]), status=chance.choice([500, 502, 404])),
        Broken(times, at=None, record=f"oai:lib:{chance.randrange(count)}", lists=either),
        Cut(times, at=chance.choice([0, at]), length=either),
        DaysOnly(times),
        Down(times, verbs=chance.choice([("Identify",), ("ListIdentifiers",), ("GetRecord",)])),
        EmptyPages(times, at=at, count=chance.choice([1, 4, 35])),
        Ends(times, at=at, code="noRecordsMatch"),
        ExclusiveUntil(times),
        Expired(times, at=at),
        FutureUntil(times),
        NoDates(times),
        Nothing4xx(times, told=either),
        OddTokens(times),
        OtherVerb(times),
        OwnToken(times, at=at),
        Repeats(times, lists=either),
        Restarts(times, at=at),
        Scrolls(times, most=chance.choice([1, 2])),
        Session(times),
        Silence(times, at=chance.choice([0, at]), inner=chance.choice(["", "<ListRecords/>"])),
        Size(times, size=chance.choice([0, -1, count, 10 * count])),
        TokenAfterEnd(times, then=after, lists=either),
    ]
    if repository.total:  # without it nothing tells of these
        faults.append(Moving(times or 1, repository=repository, at=at, number=0, stamp=""))
        faults.append(Skips(times, at=at, by=page, lists=either))
        faults.append(Ends(times, at=at))
    return chance.choice(faults)


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_without_a_word(seed: int, begin: Begin) -> None:
    chance = Random(seed)
    count = chance.choice([4, 12, 23, 30])
    records = [replace(item, deleted=chance.random() < 0.1) for item in items(count, sets=("a",))]
    repository = Repository(
        records,
        page=chance.choice([3, 5, 10]),
        total=chance.random() < 0.6,
        cursor=chance.random() < 0.6,
        granularity=chance.choice([SECONDS, "YYYY-MM-DD"]),
    )
    faults = [drawn(chance, repository) for _ in range(chance.choice([2, 2, 3]))]
    if any(isinstance(fault, Size) for fault in faults):  # then the size tells nothing
        faults = [fault for fault in faults if not isinstance(fault, Ends | Skips | Moving)]
    repository.faults = [*faults]
    settings = {"sets": ["a"]} if chance.random() < 0.2 else {}
    async with begin(repository, **settings) as lib:
        for turn in range(4):
            if turn == 2:
                for fault in faults:
                    fault.cure()
            run = await lib.harvest()
            said = f"{run.verdict}: {run.reason}; {faults}"
            assert run.cause != "fault", said
            had, there = await lib.titles(), lib.there
            assert had.keys() <= {item.id for item in records if not item.deleted}, said
            if run.verdict == "complete":  # what was removed without a trace may be held longer
                assert had.items() >= there.items(), said
        assert run.verdict == "complete", said
