"""What is Elasticsearch's own: refusals, a full disk, outages, late writes, strangers' indexes."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from aggregator.errors import ConfigError, Unavailable
from aggregator.index.document import analyse_work
from aggregator.index.elastic import ElasticIndex
from aggregator.index.elastic_client import Connection
from aggregator.index.elastic_schema import IndexSettings
from aggregator.index.port import DEEPEST, Document, Gone, Refused, SearchRequest
from aggregator.query import parse
from tests.contracts.engines import FACETS, STORE, TABLE, documents, fill, find, ids, put
from tests.contracts.model import make_work, random_work
from tests.integration.elasticsearch_7 import elasticsearch_7
from tests.servers.elasticsearch import ElasticsearchServer

pytestmark = pytest.mark.slow

QUICK = 3.0
"""Seconds of patience, where a test waits for the end of it."""


def opened(
    server: ElasticsearchServer, name: str, settings: IndexSettings | None = None, **more: object
) -> ElasticIndex:
    connection = Connection((server.url,), patience=QUICK, timeout=2.0, **more)  # type: ignore[arg-type]  # by name
    return ElasticIndex(connection, name, settings or IndexSettings(), TABLE, STORE)


@pytest.fixture
async def index(
    own_elasticsearch: ElasticsearchServer, request: pytest.FixtureRequest
) -> AsyncIterator[ElasticIndex]:
    own_elasticsearch.start()
    name = "own-" + request.node.name.removeprefix("test_").lower()[:50]
    async with opened(own_elasticsearch, name) as opened_index:
        yield opened_index


def numbered(count: int, start: int = 0) -> list[Document]:
    """Works, each at a change of its own."""
    return [
        analyse_work(make_work(f"w{n:04}", f"Китеп {n}", added=n + 1), n + 1, TABLE)
        for n in range(start, start + count)
    ]


async def test_one_refused_document_does_not_hold_up_the_others(index: ElasticIndex) -> None:
    await fill(index, [])
    many = numbered(500)
    wrong = Document(many[250].id, 251, {**many[250].values, "nonsense": "x"})
    many[250] = wrong
    async with index.writer() as writer:
        await writer.write(many, [])
        await writer.commit(500)
    assert await index.count() == 499
    [refused] = await index.refused()
    assert refused.id == wrong.id
    assert "nonsense" in refused.reason
    async with index.writer() as writer:  # a later change of it is taken in, and the note is gone
        await writer.write([Document(wrong.id, 501, numbered(1, 250)[0].values)], [])
        await writer.commit(501)
    assert list(await index.refused()) == []
    assert await index.count() == 500


async def test_late_and_repeated_writes_change_nothing(index: ElasticIndex) -> None:
    """A worker that was paused and lost its lease may still send what it had in hand."""
    await fill(index, [make_work("w1", "Манас")], 1)
    async with index.writer() as late, index.writer() as new:
        await new.write(documents([make_work("w1", "Семетей")], 7), [Gone("w2", 8)])
        await new.commit(8)
        await late.write(documents([make_work("w1", "Сейтек")], 5), [])
        await late.write(documents([make_work("w2", "Манас")], 6), [Gone("w1", 4)])
        await late.commit(6)  # this one puts the position back: the changes since come again
    assert await ids(index) == ["w1"]
    assert await ids(index, "семетей") == ["w1"]
    async with index.writer() as writer:
        assert (await writer.position()).number == 6
        await writer.write(documents([make_work("w1", "Семетей")], 7), [Gone("w2", 8)])
        await writer.commit(8)
    assert await ids(index, "семетей") == ["w1"]
    assert await index.count() == 1


async def test_a_commit_whose_position_did_not_move_is_repeated(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    """A worker killed between the two."""
    works = [random_work(random.Random(n), n) for n in range(40)]
    await fill(index, works, 1)
    before = await find(index, "ак", facets=FACETS)
    later = documents([make_work("w0001", "ак кулпунай")], 2), [Gone("w0002", 3)]
    async with index.writer() as writer:
        await writer.write(*later)
        own_elasticsearch.request("POST", f"/{writer.generation.name}/_refresh")
    once = await find(index, "ак", facets=FACETS)
    assert once.facets != before.facets
    position = await index.position()
    assert position and position.number == 1
    async with index.writer() as writer:
        await writer.write(*later)
        await writer.commit(3)
    again = await find(index, "ак", facets=FACETS)
    assert (again.total, again.facets) == (once.total, once.facets)


async def test_a_stopped_server_is_said_to_rest_and_comes_back(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    writing = numbered(300)
    async with index.writer() as writer:
        own_elasticsearch.stop()
        with pytest.raises(Unavailable, match=r"does not answer.* since 20") as first:
            await find(index, "манас")
        assert first.value.since is not None
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable) as second:
            await find(index, "манас")
        assert asyncio.get_running_loop().time() - begun < 0.5  # nobody is kept waiting
        assert second.value.since == first.value.since
        with pytest.raises(Unavailable):
            await writer.write(writing, [])
        await asyncio.to_thread(own_elasticsearch.start)
        await writer.write(writing, [])
        await writer.commit(300)
    await asyncio.sleep(2)
    assert await ids(index, "манас") == ["w1"]
    assert await index.count() == 301


async def test_a_server_that_stops_while_it_is_written_to_loses_nothing(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [], 0)
    many = numbered(4000)

    async def write() -> None:
        """As the worker does: from the position, again and again, until all is in."""
        while True:
            try:
                async with index.writer() as writer:
                    at = (await writer.position()).number
                    for start in range(at, len(many), 100):
                        await writer.write(many[start : start + 100], [])
                        await writer.commit(start + 100)
                    return
            except Unavailable:
                await asyncio.sleep(0.5)

    writing = asyncio.create_task(write())
    while not writing.done():
        await asyncio.sleep(0.6)
        position = await index.position()
        if position and position.number >= 300:
            break
    await asyncio.to_thread(own_elasticsearch.kill)
    await asyncio.sleep(2)
    assert not writing.done()
    await asyncio.to_thread(own_elasticsearch.start)
    await writing
    assert await index.count() == 4000
    position = await index.position()
    assert position and position.number == 4000


async def test_a_server_that_hangs_is_not_waited_for(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    own_elasticsearch.pause()
    try:
        with pytest.raises(Unavailable, match="no answer within 2 s"):
            await find(index, "манас")
    finally:
        own_elasticsearch.resume()
    await asyncio.sleep(2.1)
    assert await ids(index, "манас") == ["w1"]


async def test_a_full_disk_is_said_and_over_by_itself(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    """Elasticsearch blocks writes past its flood stage; here the block is set by hand."""
    await fill(index, [make_work("w1", "Манас")], 1)
    block = "/own-*/_settings"

    def set_block(value: bool | None) -> None:
        setting = {"index.blocks.read_only_allow_delete": value}
        assert own_elasticsearch.request("PUT", block, setting)[0] == 200

    set_block(True)
    async with index.writer() as writer:
        with pytest.raises(Unavailable, match="disk is nearly full"):
            await writer.write(numbered(10), [])
        assert await ids(index, "манас") == ["w1"]  # who searches does not notice
        freeing = asyncio.get_running_loop().call_later(
            QUICK / 3, lambda: asyncio.get_running_loop().run_in_executor(None, set_block, None)
        )
        await writer.write(numbered(10), [])  # goes on without hands
        await writer.commit(10)
        freeing.cancel()
    assert await index.count() == 11


async def test_a_busy_server_is_asked_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One thread and a queue of one: most of many requests at once are answered with 429."""
    busy = {"thread_pool.write.size": 1, "thread_pool.write.queue_size": 1}
    with ElasticsearchServer(heap="512m", settings=busy) as server:
        await asyncio.to_thread(server.start)
        async with opened(server, "busy") as index:
            await fill(index, [], 0)
            async with index.writer() as writer:
                await asyncio.gather(
                    *(writer.write(numbered(100, start), []) for start in range(0, 3000, 100))
                )
                await writer.commit(3000)
            assert await index.count() == 3000
            status, stats = server.request("GET", "/_nodes/stats/thread_pool")
            [node] = stats["nodes"].values()
            assert status == 200
            assert node["thread_pool"]["write"]["rejected"] > 0


async def test_an_index_of_another_program_is_left_alone(
    own_elasticsearch: ElasticsearchServer,
) -> None:
    server = own_elasticsearch
    server.start()
    server.request("PUT", "/theirs", {"mappings": {"properties": {"a": {"type": "keyword"}}}})
    server.request("PUT", "/other", {})
    server.request(
        "POST", "/_aliases", {"actions": [{"add": {"index": "other", "alias": "alias"}}]}
    )
    for name in ("theirs", "alias"):
        async with opened(server, name) as index:
            for ask in (index.state(), index.position(), find(index), fill(index, [])):
                with pytest.raises(ConfigError, match="another program"):
                    await ask
    _, found = server.request("GET", "/theirs*,other*")
    assert set(found) == {"theirs", "other"}
    assert "a" in found["theirs"]["mappings"]["properties"]


async def test_a_changed_mapping_means_a_rebuild(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    async with index.writer() as writer:
        name = writer.generation.name
    added = {"properties": {"nonsense": {"type": "keyword"}}}
    assert own_elasticsearch.request("PUT", f"/{name}/_mapping", added)[0] == 200
    assert await index.state() == "foreign"
    await fill(index, [make_work("w2", "Семетей")], 2)
    assert await index.state() == "ready"
    assert await ids(index) == ["w2"]


async def test_other_numbers_of_shards_and_replicas(own_elasticsearch: ElasticsearchServer) -> None:
    """Another number of shards means a rebuild; replicas and refresh do not. Counts stay exact."""
    own_elasticsearch.start()
    works = [random_work(random.Random(n), n) for n in range(200)]
    async with opened(own_elasticsearch, "shards") as index:
        await fill(index, works, 1)
        one = await find(index, "ак бор", facets=FACETS, facet_size=99)
    async with opened(own_elasticsearch, "shards", IndexSettings(refresh=5)) as index:
        assert await index.state() == "ready"
    async with opened(own_elasticsearch, "shards", IndexSettings(shards=3)) as index:
        assert await index.state() == "foreign"
        await fill(index, works, 1)
        three = await find(index, "ак бор", facets=FACETS, facet_size=99)
        assert (three.total, three.facets) == (one.total, one.facets)


async def test_a_rebuild_needs_no_cleaning_up_by_hand(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    """Generations that lost their place are removed, whoever left them behind."""
    for number in range(3):
        async with index.writer(rebuild=True) as writer:
            await put(writer, [make_work(f"w{number}", "Манас")], number + 1)
            name = writer.generation.name
            if number == 0:
                await writer.promote()
    await fill(index, [make_work("w9", "Манас")], 9)
    left = own_elasticsearch.request("GET", f"/{name.rpartition('-')[0]}-*")[1]
    assert len(left) == 1


async def test_refusals_are_bounded(index: ElasticIndex) -> None:
    await fill(index, [])
    wrong = [Document(d.id, d.number, {"nonsense": "x"}) for d in numbered(700)]
    async with index.writer() as writer:
        await writer.write(wrong, [])
        await writer.commit(700)
    refused = await index.refused()
    assert len(refused) == 500
    assert isinstance(refused[0], Refused)
    assert await index.count() == 0


async def test_an_index_deleted_while_it_is_written_to_is_not_made_by_the_cluster(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    async with index.writer() as writer:
        name = writer.generation.name
        own_elasticsearch.request("DELETE", f"/{name}")
        with pytest.raises(Unavailable, match="has gone"):
            await writer.write(numbered(5), [])
    assert own_elasticsearch.request("GET", f"/{name}*")[1] == {}
    assert await index.state() == "empty"
    await fill(index, [make_work("w2", "Семетей")], 5)
    assert await index.count() == 1


async def test_a_server_before_version_8_is_refused_at_the_first_answer() -> None:
    async with (
        elasticsearch_7() as url,
        ElasticIndex(Connection((url,)), "ilim", IndexSettings(), TABLE, STORE) as index,
    ):
        for ask in (index.state(), find(index), fill(index, [])):
            with pytest.raises(ConfigError, match="older than version 8"):
                await ask


async def test_one_node_that_hangs_does_not_stop_the_others(
    own_elasticsearch: ElasticsearchServer,
) -> None:
    own_elasticsearch.start()
    with socket.create_server(("127.0.0.1", 0)) as hole:  # takes connections, answers nothing
        nodes = (f"http://127.0.0.1:{hole.getsockname()[1]}", own_elasticsearch.url)
        connection = Connection(nodes, timeout=3.0)
        async with ElasticIndex(connection, "nodes", IndexSettings(), TABLE, STORE) as index:
            await fill(index, [make_work("w1", "Манас")], 1)
            found = await asyncio.gather(*(ids(index, "манас") for _ in range(10)))
            assert found == [["w1"]] * 10


async def test_while_it_hangs_one_search_finds_out_and_the_others_are_refused_at_once(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    loop = asyncio.get_running_loop()

    async def timed() -> float:
        begun = loop.time()
        with pytest.raises(Unavailable):
            await find(index, "манас")
        return loop.time() - begun

    own_elasticsearch.pause()
    try:
        await timed()
        await asyncio.sleep(2.1)  # time for the next one to try
        times = await asyncio.gather(*(timed() for _ in range(30)))
    finally:
        own_elasticsearch.resume()
    assert sum(spent > 1 for spent in times) == 1
    await asyncio.sleep(2.1)
    assert await ids(index, "манас") == ["w1"]


@pytest.mark.parametrize("status", [429, 502, 503])
async def test_a_proxy_that_answers_in_its_place_is_no_old_version(status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"message": "no healthy upstream"}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as proxy:
        connection = Connection((f"http://127.0.0.1:{proxy.port}",), patience=1.0)
        async with ElasticIndex(connection, "ilim", IndexSettings(), TABLE, STORE) as opened_index:
            with pytest.raises(Unavailable, match="busy"):
                await opened_index.state()
            with pytest.raises(Unavailable, match="busy"):
                await opened_index.search(SearchRequest(parse("манас")))


async def test_another_web_server_is_no_elasticsearch() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"hello": "world"})

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as other:
        connection = Connection((f"http://127.0.0.1:{other.port}",), patience=1.0)
        async with ElasticIndex(connection, "ilim", IndexSettings(), TABLE, STORE) as opened_index:
            with pytest.raises(ConfigError, match="is not an Elasticsearch"):
                await opened_index.state()


async def test_pages_go_on_by_key_where_offsets_end(index: ElasticIndex) -> None:
    """Elasticsearch refuses to look past the border even for one more hit."""
    async with index.writer(rebuild=True) as writer:
        await writer.write(numbered(DEEPEST + 5), [])
        await writer.commit(DEEPEST + 5)
        await writer.promote()
    page = await index.search(SearchRequest(parse(""), size=10, offset=DEEPEST - 10))
    assert len(page.hits) == 10
    rest = await index.search(SearchRequest(parse(""), size=10, after=page.next))
    assert len(rest.hits) == 5


async def test_values_no_work_can_have_match_nothing(index: ElasticIndex) -> None:
    await fill(index, [make_work("w1", "Манас", subjects=["эпос"])], 1)
    for value in ("x" * 17_000, "ы" * 40_000):
        for name in ("subject", "source"):
            page = await find(index, filters={name: (value,)}, facets=FACETS)
            assert page.total == 0
    page = await find(index, filters={"type": ("map", "map")}, facets=("type",))
    assert page.facets["type"] == [("book", 1), ("map", 0)]


async def test_an_index_that_goes_under_its_writer_is_told_in_a_sentence(
    index: ElasticIndex, own_elasticsearch: ElasticsearchServer
) -> None:
    await fill(index, [make_work("w1", "Манас")], 1)
    async with index.writer() as writer:
        own_elasticsearch.request("DELETE", f"/{writer.generation.name}")
        for ask in (writer.commit(2), writer.count(), writer.promote()):
            with pytest.raises(Unavailable, match="has gone"):
                await ask


async def test_a_work_that_is_refused_is_not_shown_as_it_was(index: ElasticIndex) -> None:
    await fill(index, [make_work("w1", "Манас"), make_work("w2", "Манас")], 1)
    async with index.writer() as writer:
        await writer.write([Document("w1", 2, {"nonsense": "x"})], [])
        await writer.commit(2)
    assert await ids(index, "манас") == ["w2"]
    assert [refused.id for refused in await index.refused()] == ["w1"]
