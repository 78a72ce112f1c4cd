"""Elasticsearch through the real command line: the same answers, every mistake a sentence."""

import asyncio
import hashlib
import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from urllib.parse import quote

import pytest

from tests.integration.elasticsearch_7 import elasticsearch_7
from tests.integration.house import Installation, deleted, live
from tests.integration.test_command import serve
from tests.servers.certificates import make_certificates
from tests.servers.elasticsearch import ElasticsearchServer

pytestmark = pytest.mark.slow

SECRET = "very-secret-word"


@pytest.fixture
def library(installation: Installation) -> Installation:
    """One source of three works and a tombstone; nothing harvested yet."""
    installation.saved(
        "lib",
        {
            "1.xml": [
                live("oai:x:1", title="Жамийла", creator="Айтматов, Чыңгыз", date="1958"),
                live("oai:x:2", title="Белый пароход", date="1970", type="book"),
            ],
            "2.xml": [live("oai:x:3", title="Hydrology of Issyk-Kul", date="1999"), deleted("x")],
        },
    )
    return installation


def configure(installation: Installation, name: str, *nodes: str, **more: str) -> None:
    """Write ilim.yaml for a cluster; ``more`` are other keys of ``elasticsearch``."""
    lines = ["engine: elasticsearch", "elasticsearch:", f"  nodes: {json.dumps(nodes)}"]
    lines += [f"  index: {name}", "  timeout: 2", *(f"  {k}: {v}" for k, v in more.items())]
    (installation.config / "ilim.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_same_answers_as_from_the_embedded_engine(
    library: Installation, elasticsearch_server: ElasticsearchServer
) -> None:
    assert library.ilim("harvest").code == 0
    queries = ("", "жамийла", "пароход", "hydrology", "айтматов белый", '"белый пароход"')
    asked = [("search", query, "--json", "--sort", "title") for query in queries]
    before = [library.ilim(*question).json for question in asked]
    status = library.ilim("status", "--json").json
    configure(library, "answers", elasticsearch_server.url)
    assert library.ilim("status", "--json").json["index"]["works"] == 0
    filled = library.ilim("reindex")
    assert filled.code == 0, filled.words
    assert [library.ilim(*question).json for question in asked] == before
    after = library.ilim("status", "--json").json
    assert after["index"] == status["index"] | {"engine": "elasticsearch"}
    library.saved("more", {"1.xml": [live("oai:y:1", title="Кыямат")]})
    assert library.ilim("harvest", "more").code == 0
    assert library.ilim("search", "кыямат", "--json").json["total"] == 1
    found = library.ilim("doctor", "--json", "--no-sources")
    assert found.code == 0, found.output
    levels = {f["area"]: f["level"] for f in found.json["findings"]}
    assert levels["engine"] == levels["store"] == "well"
    # And back: the embedded index, left behind for a while, is brought up.
    assert library.ilim("reindex", "--engine", "embedded").code == 0
    (library.config / "ilim.yaml").unlink()
    assert library.ilim("search", "кыямат", "--json").json["total"] == 1


def test_no_answer(library: Installation) -> None:
    configure(library, "nowhere", "http://127.0.0.1:9")
    begun = time.monotonic()
    found = library.ilim("search", "манас")
    assert found.code == 3
    assert "does not answer" in found.words and "nodes" in found.words
    assert time.monotonic() - begun < 20
    harvested = library.ilim("harvest", "--json")
    assert harvested.code == 3  # stored, told, and not yet searchable
    assert harvested.json["runs"][0]["new"] == 3
    assert "catches up by itself" in harvested.words
    assert library.ilim("harvest", "--no-index").code == 0
    assert len(library.ilim("records").output.splitlines()) == 3
    status = library.ilim("status", "--json")
    assert status.code == 0
    assert status.json["index"] == {"engine": "elasticsearch", "works": 0, "behind": 3}
    assert "does not answer" in status.words
    examined = library.ilim("doctor", "--json", "--no-sources")
    assert examined.code == 3
    assert [f["area"] for f in examined.json["findings"] if f["level"] == "away"] == ["engine"]
    for words in (found.words, harvested.words, examined.output):
        assert "Traceback" not in words and "Unclosed" not in words


def test_wrong_passwords_and_certificates(
    library: Installation, secured_elasticsearch: ElasticsearchServer, tmp_path: Path
) -> None:
    server = secured_elasticsearch
    authority = str(server.authority)
    good = {"user": "elastic", "password": "${PASSWORD}"}
    other = make_certificates(tmp_path).authority
    cases = [
        ({**good, "ca_file": authority}, SECRET, "does not know this user"),
        ({"api_key": "${PASSWORD}", "ca_file": authority}, SECRET, "does not know this user"),
        ({"ca_file": authority}, "", "does not know this user"),
        ({**good, "ca_file": str(other)}, server.password, "certificate"),
        (good, server.password, "certificate"),
        ({**good, "fingerprint": "ab" * 32}, server.password, "certificate"),
    ]
    for keys, password, said in cases:
        configure(library, "secured", server.url, **keys)
        done = library.ilim("harvest", "--json", PASSWORD=password or "unused")
        assert done.code == 2, (keys, done.words)
        assert said in done.words, done.words
        assert "Traceback" not in done.words and "Unclosed" not in done.words
        for secret in filter(None, (password,)):
            assert secret not in done.words + done.output
    assert server.request("GET", "/secured*")[1] == {}
    for keys, password in (
        ({**good, "ca_file": authority}, server.password),
        ({**good, "fingerprint": fingerprint(server)}, server.password),
        ({"api_key": "${PASSWORD}", "ca_file": authority}, server.create_api_key()),
    ):
        configure(library, "secured", server.url, **keys)
        done = library.ilim("harvest", "--full", PASSWORD=password)
        assert done.code == 0, done.words
        found = library.ilim("search", "жамийла", "--json", PASSWORD=password)
        assert found.json["total"] == 1


def test_a_user_without_rights(
    library: Installation, secured_elasticsearch: ElasticsearchServer
) -> None:
    server = secured_elasticsearch
    trusted = {"ca_file": str(server.authority), "password": "${PASSWORD}"}
    name, password = server.create_read_only_user("rights*")
    configure(library, "rights", server.url, user=name, **trusted)
    done = library.ilim("harvest", PASSWORD=password)
    assert done.code == 2
    assert "may not do what Ilim needs" in done.words and "docs/operations.md" in done.words
    assert server.request("GET", "/rights*")[1] == {}
    # With the rights that docs/operations.md names all goes.
    indices = [{"names": ["rights", "rights-*"], "privileges": RIGHTS}]
    key = server.create_api_key({"ilim": {"cluster": ["monitor"], "indices": indices}})
    configure(library, "rights", server.url, api_key="${KEY}", ca_file=trusted["ca_file"])
    assert library.ilim("harvest", KEY=key).code == 0
    assert library.ilim("reindex", KEY=key).code == 0
    examined = library.ilim("doctor", "--no-sources", "--json", KEY=key)
    assert {f["level"] for f in examined.json["findings"]} == {"well"}, examined.output
    # Who may only read can search, and is told when something is to be written.
    configure(library, "rights", server.url, user=name, **trusted)
    assert library.ilim("search", "жамийла", "--json", PASSWORD=password).json["total"] == 1
    before = server.request("GET", "/rights*")[1]
    refused = library.ilim("reindex", PASSWORD=password)
    assert refused.code == 2
    assert server.request("GET", "/rights*")[1] == before


RIGHTS = ["manage", "read", "write", "maintenance"]


def test_the_operators_guide_names_these_rights() -> None:
    guide = Path(__file__).parents[2].joinpath("docs", "operations.md").read_text(encoding="utf-8")
    assert f'"privileges": {json.dumps(RIGHTS)}' in guide


def test_a_name_that_belongs_to_another_program(
    library: Installation, elasticsearch_server: ElasticsearchServer
) -> None:
    elasticsearch_server.request("PUT", "/taken", {})
    configure(library, "taken", elasticsearch_server.url)
    for command in (("search", "манас"), ("reindex",), ("harvest",)):
        done = library.ilim(*command)
        assert done.code == 2
        assert "another program" in done.words
    assert set(elasticsearch_server.request("GET", "/taken*")[1]) == {"taken"}


def test_a_server_of_version_7(library: Installation) -> None:
    with _in_a_thread() as url:
        configure(library, "old", url)
        for command in (("search", "манас"), ("harvest",)):
            done = library.ilim(*command)
            assert done.code == 2
            assert "older than version 8" in done.words


def test_search_rests_while_harvests_go_on(
    library: Installation, own_elasticsearch: ElasticsearchServer
) -> None:
    """Elasticsearch stopped under `ilim serve`."""
    own_elasticsearch.start()
    configure(library, "resting", own_elasticsearch.url)
    with serve(library) as (_, first):
        address = first.split()[-1]
        _until(address, "ky/search?q=", "жамийла", "Жамийла")
        own_elasticsearch.stop()
        status, page = _page(address, "en/search?q=" + quote("жамийла"))
        assert status == 503
        assert "Search is resting" in page and " UTC" in page
        assert _page(address, "en/")[0] == 200
        assert _page(address, "en/sources")[0] == 200
        assert _page(address, "healthz")[0] == 503
        # Off, so that the worker does not come first; a command may name it all the same.
        late = [live("oai:z:1", title="Кыямат")]
        library.saved("late", {"1.xml": late}, "enabled: false\n")
        stored = library.ilim("harvest", "late", "--no-index", "--json")
        assert stored.code == 0
        assert stored.json["runs"][0]["new"] == 1
        own_elasticsearch.start()
        _until(address, "ky/search?q=", "кыямат", "Кыямат")
        assert library.ilim("status", "--json").json["index"]["behind"] == 0
        assert library.ilim("search", "", "--json").json["total"] == 4


def fingerprint(server: ElasticsearchServer) -> str:
    """The SHA-256 of the certificate that it shows."""
    shown = ssl.get_server_certificate(("127.0.0.1", server.port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()


def _until(address: str, path: str, text: str, shown: str) -> None:
    """Wait until a page shows something: the worker looks again after a while."""
    deadline = time.monotonic() + 100
    while shown not in _page(address, path + quote(text))[1]:
        assert time.monotonic() < deadline, f"{shown} did not become searchable"
        time.sleep(0.5)


def _page(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@contextmanager
def _in_a_thread() -> Iterator[str]:
    """The 7.x server, for a command in another process."""
    address: Queue[tuple[str, Callable[[], object]]] = Queue()

    async def run() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with elasticsearch_7() as url:
            address.put((url, lambda: loop.call_soon_threadsafe(done.set)))
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    url, end = address.get(timeout=30)
    try:
        yield url
    finally:
        end()
        thread.join()


def test_another_installations_index_is_replaced_only_when_told(
    library: Installation, elasticsearch_server: ElasticsearchServer, tmp_path: Path
) -> None:
    configure(library, "shared-name", elasticsearch_server.url)
    assert library.ilim("harvest").code == 0
    other = Installation(tmp_path, "other")
    for command in (("harvest",), ("reindex",)):
        refused = other.ilim(*command)
        assert refused.code == 2, refused.words
        assert "--take-over" in refused.words
    assert library.ilim("search", "жамийла", "--json").json["total"] == 1
    assert other.ilim("reindex", "--take-over").code == 0
    assert other.ilim("search", "жамийла", "--json").json["total"] == 1
    assert "another store" in library.ilim("doctor", "--no-sources").output


def test_serve_ends_where_the_server_lets_nobody_in(
    library: Installation, secured_elasticsearch: ElasticsearchServer
) -> None:
    keys = {"ca_file": str(secured_elasticsearch.authority), "api_key": "${KEY}"}
    configure(library, "shut", secured_elasticsearch.url, **keys)
    for command in (("serve", "--port", "0"), ("web", "--port", "0"), ("worker",)):
        done = library.ilim(*command, KEY="wrong\n", timeout=60)
        assert done.code == 2, done.words
        assert "does not know this user" in done.words
        assert "Traceback" not in done.words


def test_serve_begins_before_the_server_does(library: Installation) -> None:
    configure(library, "later", "http://127.0.0.1:9")
    with serve(library) as (_, first):
        address = first.split()[-1]
        assert address.startswith("http://127.0.0.1:")
        assert _page(address, "en/")[0] == 200
        assert _page(address, "en/search?q=a")[0] == 503
