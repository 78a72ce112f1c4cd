"""The servers that other tests stand on do what these rely on."""

import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from elastic_transport import ConnectionTimeout, TlsError
from elasticsearch import AsyncElasticsearch, AuthenticationException, AuthorizationException

from tests.servers.elasticsearch import ElasticsearchServer
from tests.shared import ROOT

pytestmark = pytest.mark.slow

LEFT_ALONE = """
import sys
from tests.servers.elasticsearch import ElasticsearchServer
server = ElasticsearchServer(heap="512m")
server.start()
print(server.pid, server.folder, flush=True)
sys.stdin.read()
"""


async def test_the_plain_server_indexes_and_finds(
    elasticsearch_server: ElasticsearchServer,
) -> None:
    async with AsyncElasticsearch(elasticsearch_server.url) as client:
        await client.index(index="plain", id="1", document={"title": "илим"}, refresh=True)
        found = await client.search(index="plain", query={"match": {"title": "илим"}})
        assert found["hits"]["total"]["value"] == 1
        await client.indices.delete(index="plain")


async def test_the_secured_server_refuses_a_wrong_password(
    secured_elasticsearch: ElasticsearchServer,
) -> None:
    async with AsyncElasticsearch(
        secured_elasticsearch.url,
        ca_certs=str(secured_elasticsearch.authority),
        basic_auth=("elastic", "wrong"),
    ) as client:
        with pytest.raises(AuthenticationException) as refused:
            await client.cluster.health()
    assert refused.value.status_code == 401


async def test_the_secured_server_has_an_authority_nobody_knows(
    secured_elasticsearch: ElasticsearchServer,
) -> None:
    async with AsyncElasticsearch(
        secured_elasticsearch.url, basic_auth=("elastic", secured_elasticsearch.password)
    ) as client:
        with pytest.raises(TlsError):
            await client.cluster.health()


async def test_an_api_key_writes(secured_elasticsearch: ElasticsearchServer) -> None:
    async with AsyncElasticsearch(
        secured_elasticsearch.url,
        ca_certs=str(secured_elasticsearch.authority),
        api_key=secured_elasticsearch.create_api_key(),
    ) as client:
        await client.index(index="keyed", id="1", document={"a": 1}, refresh=True)
        assert (await client.count(index="keyed"))["count"] == 1
        await client.indices.delete(index="keyed")


async def test_a_reader_reads_and_does_not_write(
    secured_elasticsearch: ElasticsearchServer,
) -> None:
    secured_elasticsearch.request("PUT", "/read/_doc/1?refresh=true", {"a": 1})
    async with AsyncElasticsearch(
        secured_elasticsearch.url,
        ca_certs=str(secured_elasticsearch.authority),
        basic_auth=secured_elasticsearch.create_read_only_user("read*"),
    ) as client:
        assert (await client.count(index="read"))["count"] == 1
        with pytest.raises(AuthorizationException):
            await client.index(index="read", document={"a": 2})
        with pytest.raises(AuthorizationException):
            await client.count(index="other")


def test_the_secured_server_speaks_no_plain_http(
    secured_elasticsearch: ElasticsearchServer,
) -> None:
    plain = secured_elasticsearch.url.replace("https", "http")
    with pytest.raises((urllib.error.URLError, ConnectionError, ssl.SSLError)):
        urllib.request.urlopen(f"{plain}/_cluster/health", timeout=10)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_data_and_port_outlive_the_process(
    own_elasticsearch: ElasticsearchServer, end: str
) -> None:
    url, pid = own_elasticsearch.url, own_elasticsearch.pid
    own_elasticsearch.request("PUT", f"/{end}/_doc/1?refresh=true", {"a": 1})
    getattr(own_elasticsearch, end)()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(urllib.error.URLError):
        own_elasticsearch.request("GET", "/_cluster/health")
    own_elasticsearch.start()
    assert own_elasticsearch.url == url
    assert own_elasticsearch.pid != pid
    own_elasticsearch.request("GET", f"/_cluster/health/{end}?wait_for_status=yellow")
    assert own_elasticsearch.request("GET", f"/{end}/_count")[1]["count"] == 1


async def test_a_paused_server_lets_requests_time_out(
    own_elasticsearch: ElasticsearchServer,
) -> None:
    async with AsyncElasticsearch(
        own_elasticsearch.url, request_timeout=1, max_retries=0
    ) as client:
        own_elasticsearch.pause()
        with pytest.raises(ConnectionTimeout):
            await client.cluster.health()
        own_elasticsearch.resume()
        assert (await client.options(request_timeout=30).cluster.health())["number_of_nodes"] == 1


def test_settings_change_between_starts(own_elasticsearch: ElasticsearchServer) -> None:
    name = "indices.query.bool.max_nested_depth"
    own_elasticsearch.stop()
    own_elasticsearch.settings[name] = 7
    own_elasticsearch.start()
    _, seen = own_elasticsearch.request("GET", "/_nodes/settings?flat_settings=true")
    (node,) = seen["nodes"].values()
    assert node["settings"][name] == "7"


def test_a_server_that_cannot_start_says_why() -> None:
    with (
        ElasticsearchServer(heap="512m", settings={"no.such.setting": 1}) as server,
        pytest.raises(RuntimeError, match=r"no\.such\.setting"),
    ):
        server.start()
    assert not server.folder.exists()


def test_nothing_is_left_running_when_the_tests_are_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LEFT_ALONE],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as tests:  # fmt: skip
        assert tests.stdout is not None
        pid, folder = tests.stdout.readline().split()
        tests.send_signal(signal.SIGKILL)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail(f"the server {pid} is still there")
    assert Path(folder).is_dir()  # nobody was left to remove it
    shutil.rmtree(folder)
