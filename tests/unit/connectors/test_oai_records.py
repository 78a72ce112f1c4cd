"""Records, identity, deletions and broken text over the wire: cases 23 to 33 and 42 to 64."""

import gzip
from collections import Counter

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from aggregator.errors import SourceBroken
from tests.unit.connectors.oai_server import (
    Answer,
    Item,
    Query,
    Repository,
    harvest,
    harvest_of,
    items,
    listing,
    serving,
)


async def test_23_a_live_record_without_metadata_is_neither_stored_nor_deleted() -> None:
    records = [*items(3), Item("oai:x:3", content="<metadata/>"), Item("oai:x:4", content="")]
    found = await harvest_of(Repository(records))
    assert found.ids == ["oai:x:0", "oai:x:1", "oai:x:2"]
    assert found.still == ["oai:x:3", "oai:x:4"]
    assert found.verdict == "complete"


async def test_24_a_record_without_an_identifier_is_kept_aside() -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        return body.replace(b"<identifier>oai:x:1</identifier>", b"")

    found = await harvest_of(Repository(items(3), mangle=mangle))
    assert found.ids == ["oai:x:0", "oai:x:2"]
    assert len(found.rejects) == 1
    assert b"<datestamp>2024-01-02T00:00:00Z</datestamp>" in found.rejects[0].body


async def test_30_a_record_in_two_sets_is_one_record() -> None:
    records = items(30, sets=("a", "b"))
    found = await harvest_of(Repository(records), sets=["a", "b"])
    assert len(found.records) == 30
    assert found.verdict == "complete"  # a second set without a new record is no loop
    assert found.records["oai:x:0"].sets == ("a", "b")


async def test_32_no_set_is_asked_for_unless_configured() -> None:
    repository = Repository(items(3))
    await harvest_of(repository)
    assert all("set" not in query for query in repository.asked)


async def test_42_an_error_page_with_status_200_is_asked_again() -> None:
    def fault(query: Query, number: int) -> Answer:
        return b"<!DOCTYPE html><html>Maintenance</html>" if number == 1 else None

    found = await harvest_of(Repository(items(12), fault=fault))
    assert len(found.records) == 12
    assert found.verdict == "complete"


LOGIN = b"<!DOCTYPE html><html><title>Please log in</title></html>"


async def test_42_an_error_page_for_ever_ends_the_run_with_its_words() -> None:
    found = await harvest_of(Repository(items(12), fault=lambda _query, _number: LOGIN))
    assert isinstance(found.error, SourceBroken)
    assert "Please log in" in str(found.error)


async def test_42_an_error_page_in_the_place_of_one_page_is_gone_around() -> None:
    def fault(query: Query, _: int) -> Answer:
        return LOGIN if "resumptionToken" in query else None

    found = await harvest_of(Repository(items(12), fault=fault))
    assert len(found.records) == 12
    assert found.verdict == "complete"


async def test_49_an_error_beside_records_makes_the_run_incomplete() -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        return body.replace(b"</OAI-PMH>", b"<error>database gone</error></OAI-PMH>")

    found = await harvest_of(Repository(items(12), mangle=mangle))
    assert len(found.records) == 12
    assert found.verdict == "incomplete"
    assert "database gone" in found.problems[0]
    assert found.checkpoint["closed"] == {"": []}


@pytest.mark.parametrize("error", [b"<error>it broke</error>", b'<error code="">it broke</error>'])
async def test_49_an_error_without_a_code_is_an_error(error: bytes) -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        start = body.index(b"<ListRecords>")
        return body[:start] + error + b"</OAI-PMH>"

    found = await harvest_of(Repository(items(12), mangle=mangle))
    assert isinstance(found.error, SourceBroken)
    assert "it broke" in str(found.error)


async def test_49_the_word_error_inside_metadata_is_none() -> None:
    content = '<metadata><x xmlns="urn:x"><error code="badVerb">not so</error></x></metadata>'
    found = await harvest_of(Repository([Item("oai:x:0", content=content)]))
    assert found.ids == ["oai:x:0"]
    assert found.verdict == "complete"


@pytest.mark.parametrize("times", [1, 2])
async def test_60_a_page_cut_short_is_asked_again(times: int) -> None:
    cut = Counter[str]()

    def mangle(query: Query, body: bytes) -> bytes:
        if "resumptionToken" in query and cut["cut"] < times:
            cut["cut"] += 1
            return body[: len(body) // 2]
        return body

    found = await harvest_of(Repository(items(12), mangle=mangle))
    assert len(found.records) == 12
    assert found.verdict == "complete"


async def test_60_a_page_always_cut_short_is_gone_around() -> None:
    def mangle(query: Query, body: bytes) -> bytes:
        # Everything with this record in it breaks off behind it, but it can be had by itself.
        at = body.find(b"oai:x:7<")
        return body[: at + 30] if at > 0 and query["verb"] == "ListRecords" else body

    found = await harvest_of(Repository(items(40), mangle=mangle))
    assert len(found.records) == 40
    assert found.verdict == "complete"


async def test_60_what_is_cut_whatever_we_ask_is_quarantined_with_its_bytes() -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        at = body.find(b"oai:x:7<")
        return body[: at + 30] if at > 0 else body

    repository = Repository(items(40), mangle=mangle)
    found = await harvest_of(repository)
    assert set(found.records) == {item.id for item in items(40)} - {"oai:x:7"}
    assert found.verdict == "incomplete"
    assert b"oai:x:7" in found.rejects[0].body
    closed = found.checkpoint["closed"][""]
    assert len(closed) == 2  # all time but the day of that record
    assert closed[0][1] < "2024-01-08T00:00:00Z" < closed[1][0]


async def test_64_one_bad_record_is_asked_for_by_itself() -> None:
    def mangle(query: Query, body: bytes) -> bytes:
        if query["verb"] == "GetRecord":
            return body
        return body.replace("<dc:title>Чоң".encode(), b"<dc:title><b>")

    records = [*items(3), Item("oai:x:3", title="Чоң жол"), Item("oai:x:4")]
    found = await harvest_of(Repository(records, mangle=mangle))
    assert len(found.records) == 5
    assert "Чоң жол".encode() in (found.records["oai:x:3"].body or b"")
    assert found.rejects == []


async def test_64_a_record_bad_in_every_way_goes_alone() -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        return body.replace("<dc:title>Чоң".encode(), b"<dc:title><b>")

    records = [*items(3), Item("oai:x:3", title="Чоң жол"), Item("oai:x:4")]
    found = await harvest_of(Repository(records, mangle=mangle))
    assert found.ids == ["oai:x:0", "oai:x:1", "oai:x:2", "oai:x:4"]
    assert [reject.id for reject in found.rejects] == ["oai:x:3"]
    assert "жол".encode() in found.rejects[0].body
    assert found.verdict == "complete"


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "cp866"])
async def test_53_pages_that_say_utf8_and_are_not(encoding: str) -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        return body.decode().encode(encoding)

    records = [
        Item(f"oai:x:{number}", title="Развитие водного хозяйства республики")
        for number in range(5)
    ]
    found = await harvest_of(Repository(records, mangle=mangle))
    assert found.verdict == "complete"
    for raw in found.records.values():
        assert "Развитие водного хозяйства".encode() in (raw.body or b"")
        assert raw.problems == (f"read as {encoding}, not as declared",)


async def test_53_an_encoding_pinned_in_the_file_is_no_repair() -> None:
    def mangle(_query: Query, body: bytes) -> bytes:
        return body.decode().encode("windows-1251")

    records = [Item("oai:x:0", title="Горы")]
    found = await harvest_of(Repository(records, mangle=mangle), encoding="windows-1251")
    assert "Горы".encode() in (found.records["oai:x:0"].body or b"")
    assert found.records["oai:x:0"].problems == ()


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("packed", [True, False])
async def test_47_gzip_is_told_by_its_bytes(announced: bool, packed: bool) -> None:
    def fault(_query: Query, _: int) -> Answer:
        body = listing(items(5), "")
        headers = {"Content-Encoding": "gzip"} if announced else {}
        return web.Response(body=gzip.compress(body) if packed else body, headers=headers)

    found = await harvest_of(Repository([], fault=fault))
    assert len(found.records) == 5


async def test_62_a_node_over_ten_megabytes_loses_nothing() -> None:
    records = [*items(2), Item("oai:x:2", title="я" * 5_500_000), Item("oai:x:3")]
    found = await harvest_of(Repository(records), http={"read_timeout": 20})
    assert len(found.records) == 4
    assert len(found.records["oai:x:2"].body or b"") > 10_000_000


async def test_a_page_over_the_limit_is_gone_around() -> None:
    records = [*items(8), Item("oai:x:8", "2024-01-09T00:00:00Z", title="x" * 60_000)]
    repository = Repository(records)
    found = await harvest_of(repository, http={"max_bytes": 50_000})
    assert len(found.records) == 8
    assert [reject.id for reject in found.rejects] == ["oai:x:8"]


async def test_a_moved_address_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    repository = Repository(items(12))
    app = web.Application()

    async def old(request: web.Request) -> web.StreamResponse:
        return web.Response(status=301, headers={"Location": f"/oai?{request.query_string}"})

    app.router.add_get("/old", old)
    app.router.add_get("/oai", repository.handle)
    async with TestServer(app) as server:
        found = await harvest(str(server.make_url("/old")))
    assert len(found.records) == 12
    moved = [line.getMessage() for line in caplog.records if "has moved" in line.getMessage()]
    assert len(moved) == 1
    assert "/oai" in moved[0]


async def test_the_language_of_a_text_is_kept() -> None:
    content = (
        '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title xml:lang="ky">Манас</dc:title>'
        "</oai_dc:dc></metadata>"
    )
    async with serving(Repository([Item("oai:x:0", content=content)])) as url:
        found = await harvest(url)
    assert b'xml:lang="ky"' in (found.records["oai:x:0"].body or b"")
