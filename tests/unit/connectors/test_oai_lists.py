"""Lists and tokens that go wrong: cases 1 to 15 of HARVESTING §2."""

from collections import Counter

import pytest
from aiohttp import web

from aggregator.errors import RetryLater, SourceBroken
from tests.unit.connectors.oai_server import (
    Answer,
    Item,
    Query,
    Repository,
    envelope,
    harvest,
    harvest_of,
    items,
    listing,
    oai_error,
    serving,
)

EXPIRED = oai_error("badResumptionToken", "expired")


def ids(count: int) -> list[str]:
    return [f"oai:x:{number}" for number in range(count)]


async def test_a_healthy_list_is_complete_and_asked_for_once() -> None:
    repository = Repository(items(23))
    found = await harvest_of(repository)
    assert found.ids == ids(23)
    assert found.verdict == "complete"
    assert found.totals[0] == 23
    assert len(repository.asked) == 5  # five pages and nothing else
    assert set(repository.asked[0]) == {"verb", "metadataPrefix"}
    assert all(set(query) == {"verb", "resumptionToken"} for query in repository.asked[1:])


async def test_the_next_page_is_asked_for_before_this_one_is_handed_over() -> None:
    repository = Repository(items(23))
    async with serving(repository) as url:
        found = await harvest(url, pages=1)
    assert len(found.records) == 5
    assert 1 <= len(repository.asked) <= 2  # never more than one page ahead


async def test_1_an_expired_token_costs_its_window_once() -> None:
    expired: list[str] = []

    def fault(query: Query, _: int) -> Answer:
        if query.get("resumptionToken", "").startswith("10|") and not expired:
            expired.append("once")
            return EXPIRED
        return None

    repository = Repository(items(23), fault=fault)
    found = await harvest_of(repository)
    assert found.ids == ids(23)
    assert found.verdict == "complete"
    assert len([query for query in repository.lists if "metadataPrefix" in query]) == 2


async def test_1_a_list_too_long_for_its_tokens_is_halved() -> None:
    # No token lives longer than two pages: only windows of at most three pages can be had.
    def fault(query: Query, _: int) -> Answer:
        at = int(query.get("resumptionToken", "0").split("|")[0])
        return EXPIRED if at >= 15 else None

    repository = Repository(items(100), fault=fault)
    found = await harvest_of(repository)
    assert found.ids == ids(100)
    assert found.verdict == "complete"
    begun = [query for query in repository.lists if "metadataPrefix" in query]
    assert all("from" in query or "until" in query for query in begun[2:])
    closed = found.checkpoint["closed"][""]
    assert closed == [["", "2026-11-23T10:00:00Z"]]


async def test_1_what_cannot_be_had_stays_open_for_the_next_run() -> None:
    day = "2024-02-03T00:00:00Z"
    crowd = [Item(f"oai:x:{100 + number}", day) for number in range(12)]
    healed: list[bool] = []

    def fault(query: Query, _: int) -> Answer:
        if healed:
            return None
        token = query.get("resumptionToken", "")
        only_crowd = token and token.split("|")[1][:10] >= "2024-02-01"
        return EXPIRED if (token.startswith("5|") and only_crowd) or "10|" in token else None

    def no_identifiers(query: Query, number: int) -> Answer:
        if query.get("verb") == "ListIdentifiers" and not healed:
            return web.Response(status=500)
        return fault(query, number)

    repository = Repository([*items(4), *crowd], fault=no_identifiers)
    async with serving(repository) as url:
        first = await harvest(url)
        assert first.verdict == "incomplete"
        assert set(ids(4)) <= set(first.records)
        healed.append(True)
        second = await harvest(url, first.checkpoint)
    assert second.verdict == "complete"
    assert set(first.records) | set(second.records) == {item.id for item in repository.records}
    assert second.checkpoint["closed"][""] == [["", "2026-11-23T10:00:00Z"]]


async def test_2_a_request_that_returns_its_own_token_is_stopped() -> None:
    def fault(query: Query, _: int) -> Answer:
        return listing(items(10)[5:], "loop") if "resumptionToken" in query else None

    repository = Repository(items(10), fault=fault)
    found = await harvest_of(repository)
    assert found.ids == ids(10)
    assert found.verdict == "incomplete"
    assert len(repository.asked) < 20  # what is behind the loop is asked for by date


async def test_3_one_token_for_a_whole_list_is_followed() -> None:
    pages = [items(30)[at : at + 5] for at in range(0, 30, 5)]
    served = Counter[str]()

    def fault(query: Query, _: int) -> Answer:
        page = pages[served["pages"]]
        served["pages"] += 1
        return listing(page, "session" if served["pages"] < len(pages) else "")

    found = await harvest_of(Repository([], fault=fault))
    assert found.ids == ids(30)
    assert found.verdict == "complete"


async def test_4_thirty_five_empty_pages_are_followed() -> None:
    def fault(query: Query, _: int) -> Answer:
        at = int(query.get("resumptionToken", "0"))
        if at == 0:
            return listing(items(5), "1")
        return listing([], str(at + 1)) if at < 36 else listing(items(10)[5:], "")

    found = await harvest_of(Repository([], fault=fault))
    assert found.ids == ids(10)
    assert found.verdict == "complete"


async def test_5_a_token_on_the_last_page_that_leads_to_an_empty_one() -> None:
    def fault(query: Query, _: int) -> Answer:
        return listing([], "") if "resumptionToken" in query else listing(items(5), "more", 5)

    found = await harvest_of(Repository([], fault=fault))
    assert found.ids == ids(5)
    assert found.verdict == "complete"


@pytest.mark.parametrize("error", ["badResumptionToken", "noRecordsMatch"])
async def test_5_a_token_on_the_last_page_that_leads_nowhere(error: str) -> None:
    def fault(query: Query, _: int) -> Answer:
        return oai_error(error) if "resumptionToken" in query else listing(items(5), "more", 5)

    found = await harvest_of(Repository([], fault=fault))
    assert found.ids == ids(5)
    assert found.verdict == "complete"


@pytest.mark.parametrize("total", [20, None])
async def test_6_nothing_matches_in_the_middle_of_a_list(total: int | None) -> None:
    def fault(query: Query, _: int) -> Answer:
        if "resumptionToken" in query:
            return oai_error("noRecordsMatch")
        return listing(items(5), "more", total)

    found = await harvest_of(Repository([], fault=fault))
    assert found.ids == ids(5)
    assert found.verdict == "incomplete"
    assert found.checkpoint["closed"] == {"": []}


async def test_7_a_list_cut_short_with_a_valid_end_is_not_believed() -> None:
    cut: list[bool] = [True]

    def fault(query: Query, _: int) -> Answer:
        return listing(items(100)[:50], "", 100) if cut else None

    repository = Repository(items(100), page=100, fault=fault)
    async with serving(repository) as url:
        first = await harvest(url)
        assert first.verdict == "incomplete"
        assert "100 records and sent 50" in first.problems[0]
        cut.clear()
        second = await harvest(url, first.checkpoint)
    assert second.ids == ids(100)
    assert second.verdict == "complete"


async def test_8_a_size_that_is_a_little_wrong_is_no_matter() -> None:
    def fault(_query: Query, _: int) -> Answer:
        return listing(items(199), "", 200)

    found = await harvest_of(Repository([], fault=fault))
    assert found.verdict == "complete"


async def test_8_a_size_known_to_be_wrong_can_be_set_aside() -> None:
    def fault(_query: Query, _: int) -> Answer:
        return listing(items(5), "", 5000)

    assert (await harvest_of(Repository([], fault=fault))).verdict == "incomplete"
    found = await harvest_of(Repository([], fault=fault), ignore_total=True)
    assert found.verdict == "complete"
    assert found.totals == [None]


async def test_9_tokens_past_the_end_for_ever_are_stopped() -> None:
    def fault(query: Query, _: int) -> Answer:
        at = int(query.get("resumptionToken", "0"))
        return listing(items(5), str(at + 5))

    repository = Repository([], fault=fault)
    found = await harvest_of(repository)
    assert found.ids == ids(5)
    assert found.verdict == "incomplete"
    assert len(repository.asked) < 50


async def test_10_a_record_that_breaks_every_list_costs_only_itself() -> None:
    bad = "oai:x:40"
    repository = Repository(items(60))

    def fault(query: Query, _: int) -> Answer:
        if query["verb"] == "ListRecords" and bad.encode() in repository.answer(query):
            return web.Response(status=500)
        if query.get("identifier") == bad:
            return web.Response(status=500)
        return None

    repository.fault = fault
    async with serving(repository) as url:
        found = await harvest(url)
        assert set(ids(60)) - set(found.records) == {bad}
        assert [reject.id for reject in found.rejects] == [bad]
        assert found.verdict == "incomplete"
        repository.fault = lambda *_: None
        before = len(repository.asked)
        healed = await harvest(url, found.checkpoint)
    assert (healed.verdict, healed.rejects) == ("complete", [])
    assert bad in healed.records
    assert len(repository.asked) - before <= 4  # its day and what came since, not all again


async def test_10_one_by_one_brings_deletions_and_empty_records_too() -> None:
    day = "2024-02-03T00:00:00Z"
    records = [
        *items(3),
        Item("oai:x:3", day),
        Item("oai:x:4", day, deleted=True),
        Item("oai:x:5", day, content="<metadata/>"),
    ]

    def fault(query: Query, _: int) -> Answer:
        if query["verb"] == "ListRecords" and b"oai:x:4" in repository.answer(query):
            return web.Response(status=500)
        return None

    repository = Repository(records, fault=fault)
    found = await harvest_of(repository)
    assert found.ids == ids(5)
    assert found.records["oai:x:4"].body is None
    assert found.still == ["oai:x:5"]
    assert found.verdict == "complete"


async def test_10_a_server_that_answers_nothing_else_is_left_alone() -> None:
    def fault(query: Query, _: int) -> Answer:
        return web.Response(status=500)

    repository = Repository(items(60), fault=fault)
    found = await harvest_of(repository)
    assert isinstance(found.error, RetryLater)
    assert len(repository.asked) == 6  # the list and Identify, three times each


async def test_lists_that_all_fail_end_the_run() -> None:
    def fault(query: Query, _: int) -> Answer:
        return web.Response(status=500) if query["verb"].startswith("List") else None

    found = await harvest_of(Repository(items(60), fault=fault), http={"retries": 0})
    assert isinstance(found.error, SourceBroken)
    assert "in a row" in str(found.error)


@pytest.mark.parametrize("token", ["a+b/c=d", "x&y", "a b!c", "%41%2B", "ключ", "a:b,c;d'e"])
@pytest.mark.parametrize("space", ["", "\n   "])
async def test_11_tokens_arrive_as_they_were_sent(token: str, space: str) -> None:
    def fault(query: Query, _: int) -> Answer:
        sent = query.get("resumptionToken")
        if sent is None:
            return listing(items(5), space + token + space)
        return listing(items(8)[5:], "") if sent == token else EXPIRED

    repository = Repository([], fault=fault)
    found = await harvest_of(repository)
    assert found.ids == ids(8)
    assert found.verdict == "complete"
    assert len(repository.asked) == 2


async def test_11_a_token_is_sent_as_it_came_where_the_source_wants_that() -> None:
    def fault(query: Query, _: int) -> Answer:
        # The server encodes its tokens itself and expects to see them decoded once.
        sent = query.get("resumptionToken")
        if sent is None:
            return listing(items(5), "a%2Bb")
        return listing(items(8)[5:], "") if sent == "a+b" else EXPIRED

    found = await harvest_of(Repository([], fault=fault), token_encoding="verbatim")
    assert found.ids == ids(8)


async def test_a_token_cannot_smuggle_a_header() -> None:
    def fault(query: Query, _: int) -> Answer:
        sent = query.get("resumptionToken")
        if sent is None:
            return listing(items(5), "a\r\nX-Evil: 1")
        return listing(items(8)[5:], "")

    found = await harvest_of(Repository([], fault=fault), token_encoding="verbatim")
    assert found.ids == ids(8)


async def test_13_a_server_that_ignores_dates_is_asked_for_everything_at_once() -> None:
    failures = Counter[str]()

    def fault(query: Query, _: int) -> Answer:
        if query.get("resumptionToken", "").startswith("40|") and failures["all"] < 2:
            failures["all"] += 1
            return EXPIRED
        return None

    late = [Item(f"oai:x:{60 + number}", "2026-10-01T00:00:00Z") for number in range(10)]
    repository = Repository([*items(60), *late], ignores_dates=True, fault=fault, page=20)
    found = await harvest_of(repository)
    assert found.ids == ids(70)
    assert found.verdict == "complete"
    begun = [query for query in repository.lists if "metadataPrefix" in query]
    assert ["until" in query for query in begun] == [False, False, True, False]
    assert "from" not in begun[-1]


@pytest.mark.parametrize("status", [422, 404])
async def test_14_an_empty_window_told_by_a_4xx_with_its_error(status: int) -> None:
    def fault(query: Query, _: int) -> Answer:
        if query.get("from", "") > "2026":
            return web.Response(body=oai_error("noRecordsMatch"), status=status)
        return None

    repository = Repository(items(5), fault=fault)
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint)
    assert second.records == {}
    assert second.verdict == "complete"


async def test_14_a_4xx_without_a_word_leaves_the_interval_open() -> None:
    def fault(query: Query, _: int) -> Answer:
        empty = query.get("from", "") > "2026"
        return web.Response(text="Not found", status=404) if empty else None

    repository = Repository(items(5), fault=fault)
    async with serving(repository) as url:
        first = await harvest(url)
        second = await harvest(url, first.checkpoint)
        third = await harvest(url, second.checkpoint)
    assert (second.verdict, third.verdict) == ("complete", "complete")
    assert set(repository.since) == {"2026-11-22T10:00:00Z"}  # the same: nothing is skipped


@pytest.mark.parametrize("answer", [None, oai_error("noRecordsMatch")])
async def test_14_a_server_that_finds_nothing_by_date_is_asked_for_everything(
    answer: bytes | None,
) -> None:
    def fault(query: Query, _: int) -> Answer:
        if "from" not in query:
            return None
        return answer or web.Response(text="Not found", status=404)

    repository = Repository(items(5), fault=fault)
    async with serving(repository) as url:
        first = await harvest(url)
        repository.records = [*items(5), Item("oai:x:5", "2026-11-24T00:00:00Z")]
        second = await harvest(url, first.checkpoint)
    assert second.ids == ids(6)
    assert second.verdict == "complete"


async def test_an_answer_that_says_nothing_is_not_an_end() -> None:
    def fault(query: Query, _: int) -> Answer:
        return envelope("") if "resumptionToken" in query else None

    found = await harvest_of(Repository(items(8), fault=fault))
    assert found.ids == ids(8)  # by the days' windows, whose pages need no token
    assert found.verdict == "complete"


@pytest.mark.parametrize(
    ("options", "word"),
    [({"formats": ["mods"]}, "marcxml"), ({"sets": ["nowhere"]}, "physics")],
)
async def test_a_wrong_format_or_set_is_told_with_what_there_is(
    options: dict[str, object], word: str
) -> None:
    found = await harvest_of(Repository(items(3, sets=("physics",))), **options)
    said = str(found.error) + " ".join(found.problems)
    assert found.verdict != "complete"
    assert word in said


async def test_sets_that_do_not_exist_at_all() -> None:
    def fault(query: Query, _: int) -> Answer:
        return oai_error("noSetHierarchy") if "set" in query else None

    found = await harvest_of(Repository(items(3), fault=fault), sets=["physics"])
    assert isinstance(found.error, SourceBroken)
    assert "noSetHierarchy" in str(found.error)


@pytest.mark.parametrize(
    "names", [envelope("<ListIdentifiers></ListIdentifiers>"), oai_error("noRecordsMatch")]
)
async def test_no_names_are_no_proof_that_a_cut_list_is_empty(names: bytes) -> None:
    def mangle(query: Query, body: bytes) -> bytes:
        if query["verb"] == "ListIdentifiers":
            return names
        return body[:-100] if query["verb"] == "ListRecords" else body

    found = await harvest_of(Repository(items(9), mangle=mangle))
    assert found.verdict != "complete"


async def test_a_verb_in_odd_letters_is_read() -> None:
    def mangle(_: Query, body: bytes) -> bytes:
        return body.replace(b"ListRecords>", b"listRecords>")

    found = await harvest_of(Repository(items(9), mangle=mangle))
    assert (found.verdict, len(found.records)) == ("complete", 9)
