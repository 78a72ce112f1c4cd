"""Cases 1 to 33 of HARVESTING §2, from a partner's server to the catalogue, over several runs.

What could be had is stored, undamaged; no run is complete that misses something; once the server is
mended the next run has it all; and nothing is taken as deleted that is not.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.integration.faults.conftest import Begin
from tests.integration.faults.trial import Trial
from tests.servers.faulty_oai import SECONDS, Item, Repository, items
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
    NoDates,
    NoSets,
    Nothing4xx,
    OddTokens,
    OtherVerb,
    OwnToken,
    Repeats,
    Replaced,
    Restarts,
    Session,
    Silence,
    Size,
    Skips,
    TokenAfterEnd,
    Unlisted,
)

NEXT = "2026-11-21T10:00:00Z"
"""The partner's clock a day after the first run."""


def names(*numbers: int) -> set[str]:
    return {f"oai:lib:{number}" for number in numbers}


async def check(lib: Trial, lost: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """All is stored as it is at the source but for ``lost``, and nothing else is."""
    there = {name: title for name, title in lib.there.items() if name not in lost}
    assert await lib.titles() == there


@dataclass(frozen=True)
class Case:
    """``verdict`` and ``cause`` of a run, ``words`` of its reason, and what it cannot have
    (``lost``) while the ``faults`` last. ``requests``: no more than so many for it. ``later``: the
    faults touch nothing in a first run. ``again``: the verdict of a second run if nothing is lost.
    """

    number: int
    name: str
    faults: Sequence[Fault]
    verdict: str = "complete"
    cause: str = ""
    words: str = ""
    lost: frozenset[int] = frozenset()
    requests: int = 60
    later: bool = False
    again: str = "complete"
    repository: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.number}-{self.name}"


def wanting(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


NO_SIZES = {"total": False, "cursor": False}
IN_DAYS = {"granularity": "YYYY-MM-DD"}
NO_NAMES = Down(verbs=("ListIdentifiers",))
"""Beside another fault: what is missing must be asked for by date."""

CASES = (
    Case(1, "expired once", [Expired(times=1)]),
    Case(1, "expired for ever", [Expired()]),
    Case(1, "expired for ever, by dates", [Expired(), NO_NAMES]),
    Case(1, "expired for ever and without sizes", [Expired()], repository=NO_SIZES),
    Case(2, "its own token", [OwnToken()], "incomplete", "circle", "circle"),
    Case(2, "its own token, by dates", [OwnToken(), NO_NAMES], "incomplete", "circle"),
    Case(2, "its own token in every list", [OwnToken(lists=False)], "incomplete", "circle",
         requests=150),
    Case(3, "one token for all", [Session()], requests=8),
    Case(4, "35 empty pages", [EmptyPages()]),
    Case(5, "token, then an empty page", [TokenAfterEnd()]),
    Case(5, "token, then an empty page, no sizes", [TokenAfterEnd()], repository=NO_SIZES),
    Case(5, "token, then badResumptionToken", [TokenAfterEnd(then="badResumptionToken")]),
    Case(5, "the same, no sizes", [TokenAfterEnd(then="badResumptionToken")],
         repository=NO_SIZES),
    Case(6, "noRecordsMatch after all of it", [TokenAfterEnd(then="noRecordsMatch")]),
    Case(6, "noRecordsMatch in the middle", [Ends(code="noRecordsMatch")], "incomplete", "gaps",
         "ended early"),
    Case(6, "noRecordsMatch in the middle, no sizes", [Ends(code="noRecordsMatch")],
         "incomplete", "gaps", "ended early", repository=NO_SIZES),
    Case(6, "noRecordsMatch in the middle, no names", [Ends(code="noRecordsMatch"), NO_NAMES],
         "incomplete", "gaps", "ended early", frozenset(range(10, 23))),
    Case(7, "cut short", [Ends()]),
    Case(7, "cut short, no names", [Ends(), NO_NAMES], "incomplete", "short",
         "speaks of 23 records and sent 10", frozenset(range(10, 23))),
    Case(8, "size of another list", [Size(size=5000)], "incomplete", "short", "ignore_total",
         again="incomplete"),
    Case(8, "size of another list, set aside", [Size(size=5000)],
         settings={"ignore_total": True}),
    Case(8, "size nought", [Size(size=0)]),
    Case(8, "size on the first page only", [Size(size=-1)]),
    Case(8, "size nought, and the token expires", [Size(size=0), Expired(lists=False)]),
    Case(9, "tokens past the end", [TokenAfterEnd(then="again")], "incomplete", "circle"),
    Case(9, "the same, no sizes", [TokenAfterEnd(then="again")], "incomplete", "circle",
         repository=NO_SIZES, requests=150, again="incomplete"),
    Case(10, "500 on a page", [Broken()]),
    Case(10, "500 on a page, by dates", [Broken(), NO_NAMES]),
    Case(10, "500 on a page, no Identify", [Broken(), Down()]),
    Case(10, "500 wherever a record is", [Broken(record="oai:lib:11")]),
    Case(10, "500 for all lists of records", [Down(verbs=("ListRecords",))], requests=150),
    Case(10, "500 for a record in every way", [Broken(record="oai:lib:11", lists=False)],
         "incomplete", "gaps", "could not be had", wanting(11), requests=120),
    Case(11, "odd tokens", [OddTokens()], requests=8),
    Case(13, "dates ignored", [NoDates(), NO_NAMES, Expired(times=2)]),
    Case(14, "422 for nothing", [Nothing4xx()], later=True),
    Case(14, "404 for nothing, not a word", [Nothing4xx(status=404, told=False)], later=True),
    Case(16, "days only, not told", [DaysOnly(), NO_NAMES, Expired()]),
    Case(16, "days only, and says so", [DaysOnly(), NO_NAMES, Expired()], later=True,
         repository=IN_DAYS),
    Case(16, "days only, and says that nothing matches", [DaysOnly(word="noRecordsMatch")],
         later=True),
    Case(17, "granularity in odd case", [Replaced(old=SECONDS, new="yyyy-mm-ddThh:MM:SSz")],
         later=True),
    Case(17, "datestamps longer than told", [NO_NAMES, Expired()], repository=IN_DAYS),
    Case(18, "earliest date lies", [NO_NAMES, Expired()],
         repository={"earliest": "2026-11-20T10:00:00Z"}),
    Case(18, "earliest date is none", [NO_NAMES, Expired()], repository={"earliest": "soon"},
         requests=90),
    Case(22, "until refused", [FutureUntil()], later=True),
    Case(22, "until outside", [ExclusiveUntil(), NO_NAMES, Expired()]),
    Case(22, "until outside, in days", [ExclusiveUntil(), NO_NAMES, Expired()],
         repository=IN_DAYS),
    Case(28, "status in another case",
         [Replaced(old='status="deleted"', new='status="Deleted"')]),
    Case(32, "sets ignored", [NoSets()], settings={"sets": ["a"]}),
    Case(42, "an error page for a page", [Broken(status=200, text="<html>Fatal error")]),
    Case(60, "a page always cut", [Cut()]),
    Case(60, "a page always cut, and its length wrong", [Cut(length=True)]),
    Case(60, "cut once, and the token expires", [Cut(times=1), Expired(times=2)]),
    Case(60, "one token for all, and a page cut once", [Session(), Cut(times=1)],
         repository=NO_SIZES),
    # Not numbered there.
    Case(0, "every token leads to the first page", [Repeats(lists=True)], "incomplete", "circle",
         requests=150),
    Case(0, "the same, and in ListIdentifiers", [Repeats()], "incomplete", "circle",
         requests=150),
    Case(0, "a token begins again in silence", [Restarts()], "incomplete", "circle"),
    Case(0, "the same, once and no sizes", [Restarts(times=1)], repository=NO_SIZES),
    Case(0, "a page is skipped", [Skips()], requests=150),
    Case(0, "a page is skipped, told by the cursor only", [Skips()],
         repository={"total": False}, requests=150),
    Case(0, "nothing instead of a page", [Silence()]),
    Case(0, "an empty list instead of a page", [Silence(inner="<ListRecords></ListRecords>")]),
    Case(0, "an empty list at first", [Silence(times=1, at=0, inner="<ListRecords/>")]),
    Case(0, "identifiers instead of records", [OtherVerb()], requests=150),
    Case(0, "some are left out of the list", [Unlisted(names=("oai:lib:3", "oai:lib:9"))]),
)  # fmt: skip


FAST = {"1-expired for ever, by dates", "2-its own token", "6-noRecordsMatch in the middle"}
"""Those that do not wait for the slow tests: one of each kind."""


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.id, marks=[] if case.id in FAST else [pytest.mark.slow])
        for case in CASES
    ],
)
async def test_all_that_can_be_had_is_had(case: Case, begin: Begin) -> None:
    records = items(23, sets=("a",))
    records[4] = replace(records[4], deleted=True)
    faults = deepcopy(list(case.faults))
    repository = Repository(records, faults=[*faults], **case.repository)
    lost = names(*case.lost)
    async with begin(repository, **case.settings) as lib:
        first = await lib.harvest()
        assert (first.verdict, first.cause) == (case.verdict, case.cause), first.reason
        assert case.words in first.reason
        await check(lib, lost)
        assert all(fault.happened for fault in faults) or case.later
        assert len(repository.asked) <= case.requests
        second = await lib.harvest()
        assert second.verdict == ("incomplete" if lost else case.again), second.reason
        repository.records = [*repository.records, Item("oai:lib:99", NEXT, "Жаңы", sets=("a",))]
        repository.clock = NEXT
        for fault in faults:
            fault.cure()
        third = await lib.harvest()
        assert third.verdict == "complete", third.reason
        await check(lib)
        assert await lib.quarantined() == {}
        assert [run.deleted for run in lib.runs[1:]] == [0, 0]
