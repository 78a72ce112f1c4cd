"""Hostile servers: each ends in words a reader understands, in bounded memory and time."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from tests.integration.faults.ending import Ending, harvest
from tests.integration.house import Installation
from tests.servers.faulty_wire import Asked, Say, http, repository_over, wire
from tests.servers.hostile import HOSTILE
from tests.shared import ROOT
from tests.unit.connectors.oai_server import Repository, items, listing

pytestmark = pytest.mark.slow

LIMITS = {"max_bytes": 8_000_000, "read_timeout": 2, "total_timeout": 3, "retries": 0}

HARMLESS = {
    "a billion laughs": "&j;",
    "quadratic growth": "&a;",
    "a DTD from elsewhere": "&j;",
    "a title of 5 MB": "Ысык-Көл",
    "100,000 creators": "T",
    "null bytes": "A B",
    "overrides of direction": "evil",
}
"""What may come in, and how the title begins then: entities stay the letters they are."""

ENDINGS = {
    "a gzip bomb": "sent more than 8 MB",
    "a bomb in a bomb": "sent more than 8 MB",
    "a bomb of many pieces": "sent more than 8 MB",
    "an endless answer": "sent more than 8 MB",
    "an endless answer in chunks": "sent more than 8 MB",
    "endless tiny chunks": "did not finish its answer|sent more than 8 MB",
    "endless headers": "broke off its answer",
    "an endless header": "broke off its answer",
    "an endless status line": "broke off its answer",
    "an endless chunk size": "did not finish its answer|broke off its answer",
    "endless trailers": "broke off its answer|did not finish",
    "endless 1xx answers": "did not finish its answer|broke off its answer",
    "a record of 2 GB": "sent more than 8 MB",
    "a length of 2 GB": "sent more than 8 MB",
    "a hundred thousand prefixes": "more than 1,000 declared prefixes",
    "laughs behind a false root": "could not be had|cannot be read",
    "a nest around the records": "could not be had|cannot be read",
    "only null bytes": "sent more than 8 MB|does not speak OAI-PMH|not OAI-PMH",
    "an error of 5 MB": "xxx",
    "many opened comments": "could not be had|sent more than 8 MB",
}
"""How the run ends, which never is "complete"."""

QUARANTINED = {
    "attributes in a record": "more than 10,000 attributes",
    "a nest of 100,000": "not well-formed",
    "a nest of 100,000 left open": "not well-formed",
    "many undeclared prefixes": "not well-formed",
    "an identifier of 1 MB": "its identifier is 1,000,000 bytes long",
    "a bad identifier of 1 MB": "not well-formed",
}
"""Why the one bad record of a page is kept apart."""


async def _end(folder: Path, name: str, **limits: float) -> Ending:
    said = HOSTILE[name]()
    async with wire(lambda _: said) as server, asyncio.timeout(60):
        return await harvest(folder, server.url, http={**LIMITS, **limits})


@pytest.mark.parametrize("name", HARMLESS)
async def test_what_looks_evil_and_is_only_text(tmp_path: Path, name: str) -> None:
    ending = await _end(tmp_path, name)
    assert (ending.verdict, ending.run.reason) == ("complete", "")
    assert any(title.startswith(HARMLESS[name]) for title in ending.titles.values())
    assert "\u202e" not in "".join(ending.titles.values())


@pytest.mark.parametrize("name", ENDINGS)
async def test_what_cannot_be_taken_in(tmp_path: Path, name: str) -> None:
    ending = await _end(tmp_path, name)
    assert ending.verdict in ("failed", "incomplete")
    assert re.search(ENDINGS[name], ending.words)
    assert ending.health.state in ("never_reached", "failing", "resting")
    assert ending.health.next_run is not None


@pytest.mark.parametrize("name", QUARANTINED)
async def test_what_is_kept_apart(tmp_path: Path, name: str) -> None:
    ending = await _end(tmp_path, name)
    assert any(QUARANTINED[name] in reason for reason in ending.quarantine.values())
    assert ending.run.rejected >= 1
    assert "ilim quarantine --source x" in ending.words or ending.verdict != "complete"
    assert all(len(local_id) < 1001 for local_id in ending.quarantine)


TARGETS = [
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/", "http://0.0.0.0:{port}/", "http://[::]:{port}/",
    "http://a@127.0.0.1:{port}/", "http://10.0.0.8/", "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/", "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]/",
    "file:///etc/passwd", "ftp://127.0.0.1/", "data:text/xml,<OAI-PMH/>", "gopher://127.0.0.1/",
    "http://x:99999/", "http://a..b/", "http://[::1", "http://xn--/",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
async def test_a_redirect_leads_nowhere_inside(tmp_path: Path, target: str) -> None:
    async with wire(lambda _: http(listing(items(1)))) as canary:

        def answer(_: Asked) -> Say:
            return http(b"", "302 Found", Location=target.format(port=canary.port))

        async with wire(answer) as server:
            ending = await harvest(tmp_path, server.url, http=LIMITS)
            assert (ending.verdict, ending.cause) == ("failed", "address")
            assert re.search("private network|no web address|not a web address", ending.words)
            assert canary.connections == 0
            if "127.0.0.1:{port}" in target and "[" not in target and "@" not in target:
                allowed = {**LIMITS, "networks": ["127.0.0.0/8"]}
                ending = await harvest(tmp_path, server.url, http=allowed)
                assert ending.verdict == "complete"


async def test_an_external_entity_is_not_fetched(tmp_path: Path) -> None:
    async with wire(lambda _: http(b"secret")) as canary:
        entities = f'<!ENTITY % p SYSTEM "{canary.url}"> %p; <!ENTITY e SYSTEM "{canary.url}">'
        dtd = f"<!DOCTYPE x [{entities}]>"
        page = listing(items(1, title="@")).replace(b"@", b"A &e;")
        page = page.replace(b"?>\n", f"?>\n{dtd}".encode(), 1)
        async with wire(lambda _: http(page)) as server:
            ending = await harvest(tmp_path, server.url, http=LIMITS)
        assert ending.titles == {"oai:x:0": "A &e;"}
        assert canary.connections == 0


async def test_odd_and_long_tokens_end(tmp_path: Path) -> None:
    for name in ("an odd token", "a token of 10 MB", "cookies by thousands"):
        ending = await _end(tmp_path / name.replace(" ", "-"), name, max_bytes=20_000_000)
        assert ending.verdict == "incomplete", name
        assert len(ending.titles) == 2


CAP_MB = 300


@pytest.mark.parametrize("name", ["a record of 2 GB", "a gzip bomb", "a million attributes"])
async def test_memory_is_bounded(installation: Installation, name: str) -> None:
    """The worst cases, with the limits as they are unless somebody changes them."""
    said = HOSTILE[name]()
    async with wire(lambda _: said) as server:
        installation.source("x", f"url: {server.url}\nhttp: {{interval: 0, retries: 0}}\n")
        process = await asyncio.create_subprocess_exec(
            *installation.command("harvest", "x", "--no-index", "--json"),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        ended = asyncio.create_task(process.communicate())
        most = 0
        while not ended.done():
            most = max(most, _anonymous_mb(process.pid))
            await asyncio.sleep(0.02)
    [run] = json.loads((await ended)[0])["runs"]
    assert run["verdict"] == "failed" and run["reason"]
    assert 0 < most < CAP_MB


def _anonymous_mb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"RssAnon:\s*(\d+) kB", text)
    return int(found[1]) // 1024 if found else 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
async def test_others_go_on_beside_a_hostile_source(installation: Installation) -> None:
    evil = HOSTILE["endless tiny chunks"]()
    good = repository_over(Repository(items(12)))
    async with wire(lambda _: evil) as hostile, wire(good) as honest:
        slow = "{interval: 0, retries: 0, total_timeout: 20}"
        installation.source("evil", f"url: {hostile.url}\nhttp: {slow}\n")
        installation.source("good", f"url: {honest.url}\nhttp: {{interval: 0}}\n")
        worker = await asyncio.create_subprocess_exec(
            *installation.command("worker"), cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(90):
                told = await _status(installation)
                while told["good"]["state"] != "well":
                    told = await _status(installation)
        finally:
            worker.terminate()
            await worker.wait()
    assert told["good"]["records"] == 12
    assert told["evil"]["state"] in ("never_reached", "resting")


async def _status(installation: Installation) -> dict[str, dict[str, object]]:
    done = await asyncio.to_thread(installation.ilim, "status", "--json")
    return {one["id"]: one for one in done.json["sources"]}
