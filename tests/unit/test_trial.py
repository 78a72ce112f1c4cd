"""A trial of a scripted source: how much is read, what is counted, and how long all would take."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from aggregator.errors import RetryLater, SourceBroken
from aggregator.source import Batch, Checkpoint, Raw, Reject
from aggregator.trial import SourceCheck, Trial, try_source
from connectors.crosswalks import CROSSWALKS
from tests.scripted import SOURCE, Script, broken_crosswalk, gone, raw


async def trial(script: Any, count: int = 100, **options: Any) -> Trial:
    return await try_source(SOURCE, script, CROSSWALKS, count=count, **options)


async def test_all_of_a_short_source() -> None:
    found = await trial(Script([[raw("a"), gone("b")], [raw("c")]]))
    assert [one.local_id for one in found.records] == ["a", "c"]
    assert (found.received, found.deleted, found.rejections, found.pages) == (3, 1, 0, 2)
    assert (found.total, found.ended) == (3, True)
    assert found.encodings == (("declared", 2),)


async def test_no_more_than_asked_for_is_understood_or_fetched() -> None:
    pages = [[raw(f"{page}-{n}") for n in range(10)] for page in range(5)]
    found = await trial(Script([*pages, AssertionError("too far")], total=50), count=12)
    assert len(found.records) == 12
    assert (found.received, found.pages, found.total, found.ended) == (20, 2, 50, False)


async def test_files_are_counted_to_the_end() -> None:
    pages = [[raw(f"{page}-{n}") for n in range(10)] for page in range(5)]
    found = await trial(Script(pages), count=3, counting=60)
    assert (len(found.records), found.received, found.total) == (3, 50, 50)


async def test_the_pause_between_pages_counts_in_a_full_harvest() -> None:
    found = await trial(Script([[raw("a"), raw("b")], [raw("c")]], total=1000), 2, interval=7.0)
    assert found.page_seconds == 7.0
    seconds = found.harvest_seconds
    assert seconds is not None and 3500 <= seconds < 3600


async def test_a_total_that_nobody_tells() -> None:
    found = await trial(Script([[raw("a")], [raw("b")]]), count=1)
    assert (found.total, found.harvest_seconds) == (None, None)


async def test_what_is_refused_is_told_with_its_reason_and_counts_as_looked_at() -> None:
    body = Raw("x", b"<broken", "oai_dc")
    other = Raw("y", b"<a/>", "rfc1807")
    batch = Batch([raw("a"), body, other], {}, rejects=[Reject("no frame", b"?")], still=["z"])
    found = await trial(Script([batch]))
    assert len(found.records) == 1 and found.rejections == 4
    reasons = dict(found.rejected)
    assert reasons["no frame"] == 1
    assert any("rfc1807" in reason for reason in reasons)
    assert any("without content" in reason for reason in reasons)


async def test_repairs_and_encodings() -> None:
    good = raw("a").body
    assert good is not None
    mended = "read as windows-1251, not as declared"
    first = Raw("a", good, "oai_dc", problems=(mended,))
    found = await trial(Script([[first, Raw("b", good, "oai_dc", problems=(mended,)), raw("c")]]))
    assert found.repairs == ((mended, 2),)
    assert found.encodings == (("windows-1251", 2), ("declared", 1))


@pytest.mark.parametrize(
    "told",
    ["it is not UTF-8 and was read as windows-1251", "read as cp866, found out by its letters"],
)
async def test_an_encoding_that_nobody_declared_is_no_repair(told: str) -> None:
    body = raw("a").body
    assert body is not None
    found = await trial(Script([[Raw("a", body, "oai_dc", problems=(told,))]]))
    assert found.repairs == ()


async def test_a_crosswalk_that_fails_is_told() -> None:
    crosswalks = broken_crosswalk(lambda id: id == "b")
    found = await try_source(SOURCE, Script([[raw("a"), raw("b")]]), crosswalks)
    assert found.rejected == (("the script says so", 1),)


async def test_an_error_before_anything_came_is_raised() -> None:
    with pytest.raises(RetryLater, match="away"):
        await trial(Script([RetryLater("away")]))
    with pytest.raises(SourceBroken, match="ValueError: bug"):
        await trial(Script([ValueError("bug")]))


async def test_an_error_later_is_a_problem() -> None:
    found = await trial(Script([[raw("a")], RetryLater("away")]))
    assert found.problems == ("away",) and len(found.records) == 1 and not found.ended


class Endless:
    """The same page for ever, under ever new checkpoints."""

    def __init__(self, page: list[Raw]) -> None:
        self.page = page

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        number = 0
        while True:
            number += 1
            yield Batch(self.page, {"page": number})

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return True

    def fingerprint(self) -> str:
        return ""


@pytest.mark.parametrize("page", [[raw("a")], [], [gone("a")]])
async def test_a_source_that_goes_in_circles_ends(page: list[Raw]) -> None:
    found = await trial(Endless(page))
    assert found.problems or found.received >= 100


async def test_figures_by_name() -> None:
    found = await trial(Script([[raw("a"), raw("b")]], total=2))
    figures = SourceCheck(SOURCE, found, 1).figures()
    assert figures["source"] == "scripted"
    assert figures["records"] == 2 and figures["total"] == 2
    assert figures["joined"] == {"records": 1, "share": 0.5}
    fields: Any = figures["fields"]
    assert fields["title"] == {"records": 2, "share": 1.0}
    assert fields["abstract"] == {"records": 0, "share": 0.0}


async def test_examples_stand_for_the_whole_sample() -> None:
    found = await trial(Script([[raw(str(n)) for n in range(100)]]))
    names = [one.local_id for one in SourceCheck(SOURCE, found, 0).examples]
    assert names == ["0", "20", "40", "60", "80"]
