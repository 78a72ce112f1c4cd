"""The door to the network, against real servers on loopback that behave badly."""

import asyncio
import base64
import gzip
import itertools
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.errors import ConfigError, RetryLater, SourceBroken
from connectors.addresses import AddressGuard, describe, is_public, web_address
from connectors.fetch import (
    Backoff,
    Fetcher,
    Hosts,
    HttpSettings,
    Response,
    ServerError,
    TooLarge,
)
from connectors.http_date import LONGEST_WAIT, retry_after
from connectors.payload import Payload, PayloadCutError, PayloadTooLargeError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FAST = Backoff(0.001, 0.002)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"


@asynccontextmanager
async def serving(handler: Handler, **options: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    async with TestServer(app, **options) as server:
        yield str(server.make_url("/oai"))


@asynccontextmanager
async def raw_server(*answers: bytes | None) -> AsyncIterator[str]:
    """Sends each of ``answers`` in turn and hangs up; None hangs up at once. The last one stays."""
    left = list(answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        answer = left.pop(0) if len(left) > 1 else left[0]
        writer.write(answer or b"")
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def fetcher(home: str, *, hosts: Hosts | None = None, **options: Any) -> Fetcher:
    settings = HttpSettings(**{"interval": 0, "retries": 3, **options})
    return Fetcher(settings, home, hosts=hosts, backoff=FAST)


async def get(url: str, params: Any = "", **options: Any) -> Response:
    async with fetcher(url, **options) as opened:
        return await opened.get(url, params)


class Answers:
    """Gives the answers of a list one after another, the last one for ever."""

    def __init__(self, *answers: Callable[[], web.StreamResponse]) -> None:
        self._answers = list(answers)
        self.requests: list[web.Request] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        number = min(len(self.requests), len(self._answers)) - 1
        return self._answers[number]()


def ok(text: str = "fine") -> web.StreamResponse:
    return web.Response(text=text)


async def test_an_answer_and_who_asks() -> None:
    answers = Answers(ok)
    async with serving(answers.handle) as url:
        found = await get(url, {"verb": "Identify", "x": "a b&c"}, contact="librarian@example.org")
    assert (found.status, found.body) == (200, b"fine")
    [request] = answers.requests
    assert dict(request.query) == {"verb": "Identify", "x": "a b&c"}
    agent = request.headers["User-Agent"]
    assert agent.startswith("Ilim/")
    assert "librarian@example.org" in agent


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
async def test_40_passing_failures_are_tried_again(status: int) -> None:
    answers = Answers(lambda: web.Response(status=status), ok)
    async with serving(answers.handle) as url:
        assert (await get(url)).body == b"fine"
    assert len(answers.requests) == 2


@pytest.mark.parametrize("status", [429, 503, 500])
async def test_tries_come_to_an_end(status: int) -> None:
    answers = Answers(lambda: web.Response(status=status))
    async with serving(answers.handle) as url:
        with pytest.raises(RetryLater, match=str(status)) as caught:
            await get(url, retries=2)
    assert len(answers.requests) == 3
    assert isinstance(caught.value, ServerError) == (status == 500)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
async def test_14_other_refusals_are_answers(status: int) -> None:
    answers = Answers(lambda: web.Response(status=status, text="<OAI-PMH/>"))
    async with serving(answers.handle) as url:
        found = await get(url)
    assert (found.status, found.body) == (status, b"<OAI-PMH/>")
    assert len(answers.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=403, text="no"),
        lambda: web.Response(status=503, headers={"cf-mitigated": "challenge"}),
        lambda: web.Response(text='<script src="/.within.website/x/cmd/anubis/a.js"></script>'),
        lambda: web.Response(text='<script src="/cdn-cgi/challenge-platform/b.js"></script>'),
    ],
)
async def test_41_a_refusal_or_challenge_ends_it(answer: Callable[[], web.Response]) -> None:
    answers = Answers(answer)
    async with serving(answers.handle) as url:
        with pytest.raises(SourceBroken, match="sk the source to allow"):
            await get(url)
    assert len(answers.requests) == 1


@pytest.mark.parametrize("body", [b"", b"  \n "])
async def test_48_an_empty_answer_is_tried_again(body: bytes) -> None:
    answers = Answers(lambda: web.Response(body=body), ok)
    async with serving(answers.handle) as url:
        assert (await get(url)).body == b"fine"


@pytest.mark.parametrize(
    "cut", [None, CUT, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"]
)
async def test_46_a_cut_answer_is_tried_again(cut: bytes | None) -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
    async with raw_server(cut, good) as url:
        assert (await get(url)).body == b"fine"
    async with raw_server(cut) as url:
        with pytest.raises(RetryLater, match="broke off"):
            await get(url, retries=1)


async def test_37_the_wait_asked_for_is_kept() -> None:
    answers = Answers(lambda: web.Response(status=503, headers={"Retry-After": "1"}), ok)
    loop = asyncio.get_running_loop()
    async with serving(answers.handle) as url:
        start = loop.time()
        await get(url)
        assert loop.time() - start >= 0.95


async def test_37_a_long_wait_is_left_to_the_schedule() -> None:
    answers = Answers(lambda: web.Response(status=429, headers={"Retry-After": "500"}))
    async with serving(answers.handle) as url:
        with pytest.raises(RetryLater, match="500 s") as caught:
            await get(url)
    assert caught.value.after == 500
    assert len(answers.requests) == 1


async def test_38_a_wait_as_a_date() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=900), usegmt=True)
    answers = Answers(lambda: web.Response(status=503, headers={"Retry-After": until}))
    async with serving(answers.handle) as url:
        with pytest.raises(RetryLater) as caught:
            await get(url)
    assert caught.value.after is not None
    assert 850 < caught.value.after <= 901


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), (" 12 ", 12), ("999999", LONGEST_WAIT), ("Mon, 23 Nov 2026 10:00:30 GMT", 30),
     ("Mon, 23 Nov 2020 10:00:30 GMT", 0), ("Monday, 23-Nov-26 10:01:00 GMT", 60),
     ("soon", None), ("", None), ("-5", None), ("²", None)],
)  # fmt: skip
def test_38_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 23, 10, tzinfo=UTC)) == seconds


async def test_43_cookies_are_kept() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.cookies.get("session") == "1":
            return ok()
        answer = web.Response(status=302, headers={"Location": str(request.rel_url)})
        answer.set_cookie("session", "1")
        return answer

    async with serving(handler) as url:
        assert (await get(url)).body == b"fine"


async def test_44_a_redirect_keeps_the_query_and_tells_the_new_address() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/new":
            return ok(request.query["verb"])
        return web.Response(status=301, headers={"Location": f"/new?{request.query_string}"})

    async with serving(handler) as url:
        found = await get(url, {"verb": "Identify"})
    assert found.body == b"Identify"
    assert found.url.partition("?")[0].endswith("/new")


async def test_the_password_is_told_to_the_source_alone() -> None:
    there = Answers(ok)
    async with serving(there.handle) as elsewhere:
        here = Answers(lambda: web.Response(status=302, headers={"Location": elsewhere}))
        async with serving(here.handle) as url:
            await get(url, user="ilim", password="сыр", networks=["127.0.0.1"])
    [request] = here.requests
    kind, _, told = request.headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(told).decode()) == ("Basic", "ilim:сыр")
    assert "Authorization" not in there.requests[0].headers
    with pytest.raises(ValidationError, match="both 'user' and 'password'"):
        HttpSettings(user="ilim")


async def test_redirects_in_a_circle_end() -> None:
    answers = Answers(lambda: web.Response(status=302, headers={"Location": "/again"}))
    async with serving(answers.handle) as url:
        with pytest.raises(SourceBroken, match="without end"):
            await get(url)
    assert len(answers.requests) == 6


PRIVATE = ["http://127.0.0.1:1/", "http://10.0.0.8/", "http://[::1]/", "http://169.254.169.254/x",
           "http://localhost:1/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0:1/",
           "http://2130706433:1/", "http://127.1:1/"]  # fmt: skip


@pytest.mark.parametrize("target", PRIVATE)
async def test_redirects_never_lead_inside(target: str) -> None:
    answers = Answers(lambda: web.Response(status=302, headers={"Location": target}))
    async with serving(answers.handle) as url:
        with pytest.raises(SourceBroken, match=r"private network|no web address"):
            await get(url)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/"])
async def test_redirects_lead_to_the_web_only(target: str) -> None:
    answers = Answers(lambda: web.Response(status=302, headers={"Location": target}))
    async with serving(answers.handle) as url:
        with pytest.raises(SourceBroken, match="no web address"):
            await get(url)


@pytest.mark.parametrize("networks", [("127.0.0.0/8",), ("127.0.0.1",)])
async def test_redirects_inside_may_be_allowed(networks: tuple[str, ...]) -> None:
    async with serving(Answers(ok).handle) as inner:
        answers = Answers(lambda: web.Response(status=302, headers={"Location": inner}))
        async with serving(answers.handle) as url:
            assert (await get(url, networks=networks)).body == b"fine"


async def test_a_name_may_be_allowed() -> None:
    async with serving(Answers(ok).handle) as inner:
        named = inner.replace("127.0.0.1", "localhost")
        answers = Answers(lambda: web.Response(status=302, headers={"Location": named}))
        async with serving(answers.handle) as url:
            assert (await get(url, networks=["localhost"])).body == b"fine"


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2a00:1450:4001::1", True), ("10.1.2.3", False), ("192.168.0.1", False),
     ("172.16.0.1", False), ("127.0.0.1", False), ("169.254.1.1", False), ("0.0.0.0", False),
     ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False),
     ("fc00::1", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True),
     ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True), ("2002:7f00:1::", False)],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_only_the_sources_own_port_is_its_own() -> None:
    guard = AddressGuard("http://library.local/oai", ())
    assert guard.allows("library.local", 80, "10.0.0.1")
    assert guard.allows("LIBRARY.local", 443, "10.0.0.1")
    assert not guard.allows("library.local", 6379, "10.0.0.1")
    assert not guard.allows("other.local", 80, "10.0.0.1")
    assert guard.allows("other.example", 80, "8.8.8.8")


def test_networks_must_be_readable() -> None:
    assert HttpSettings(networks=("10.0.0.0/8", "repo.local")).networks
    with pytest.raises(ValidationError):
        HttpSettings(networks=("10.0.0.0/99",))


async def test_an_endless_answer_is_cut_off() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65536)

    async with serving(handler) as url:
        with pytest.raises(TooLarge, match="1 MB"):
            await get(url, max_bytes=1_000_000)


async def test_a_gzip_bomb_is_cut_off() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    async with serving(Answers(lambda: web.Response(body=bomb)).handle) as url:
        with pytest.raises(TooLarge):
            await get(url, max_bytes=1_000_000)


async def test_47_gzip_cut_short_is_tried_again() -> None:
    packed = gzip.compress(b"fine" * 1000)
    answers = Answers(lambda: web.Response(body=packed[:-20]), lambda: web.Response(body=packed))
    async with serving(answers.handle) as url:
        assert (await get(url)).body == b"fine" * 1000


async def test_50_silence_and_slowness_have_limits() -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return ok()

    async with serving(silent) as url:
        with pytest.raises(RetryLater, match="fell silent"):
            await get(url, read_timeout=0.05, retries=1)

    async def dripping(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b"x")
            await asyncio.sleep(0.02)
        return answer

    async with serving(dripping) as url:
        with pytest.raises(RetryLater, match="did not finish"):
            await get(url, total_timeout=0.1, retries=0)


async def test_50_a_dead_host_is_told_in_a_sentence_and_soon() -> None:
    with pytest.raises(RetryLater, match=r"cannot be reached: .*\.$"):
        await get(f"http://127.0.0.1:{unused_port()}/oai", retries=50)
    with pytest.raises(RetryLater, match="cannot be reached"):
        await get("http://no-such-host.invalid/oai")


async def test_a_host_that_answers_no_connection() -> None:
    # A listening socket whose queue is full takes no further connection and refuses none.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(address)
            with pytest.raises(RetryLater, match=r"did not answer within 0\.1 s"):
                await get(f"http://127.0.0.1:{address[1]}/", connect_timeout=0.1)
        finally:
            for one in waiting:
                one.close()


async def test_one_request_at_a_time_and_a_pause_between_two() -> None:
    running = most = 0
    starts: list[float] = []
    loop = asyncio.get_running_loop()

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        starts.append(loop.time())
        await asyncio.sleep(0.01)
        running -= 1
        return ok()

    hosts = Hosts()
    async with (
        serving(handler) as url,
        fetcher(url, hosts=hosts, interval=0.05) as one,
        fetcher(url, hosts=hosts, interval=0.05) as other,
    ):
        await asyncio.gather(one.get(url), other.get(url), one.get(url), other.get(url))
    assert most == 1
    assert all(later - sooner >= 0.03 for sooner, later in itertools.pairwise(starts))


async def test_as_many_requests_at_once_as_the_file_allows() -> None:
    running = most = 0
    busy = False

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return web.Response(status=429 if busy else 200, headers={"Retry-After": "0"}, text="x")

    async with serving(handler) as url, fetcher(url, at_once=2, retries=0) as one:
        await asyncio.gather(*(one.get(url) for _ in range(6)))
        assert most == 2
        busy = True
        with pytest.raises(RetryLater):
            await one.get(url)
        busy, most = False, 0
        await asyncio.gather(*(one.get(url) for _ in range(3)))
        assert most == 1


async def test_two_hosts_do_not_wait_for_each_other() -> None:
    meeting = asyncio.Barrier(2)

    async def handler(request: web.Request) -> web.StreamResponse:
        async with asyncio.timeout(5):
            await meeting.wait()
        return ok()

    hosts = Hosts()
    async with (
        serving(handler) as first,
        serving(handler) as second,
        fetcher(first, hosts=hosts) as one,
        fetcher(second, hosts=hosts) as other,
    ):
        await asyncio.gather(one.get(first), other.get(second))


async def test_a_cancelled_request_frees_its_host() -> None:
    started = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        if "slow" in request.query:
            started.set()
            await asyncio.sleep(60)
        return ok()

    async with serving(handler) as url, fetcher(url) as opened:
        task = asyncio.create_task(opened.get(url, "slow=1"))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            assert (await opened.get(url)).body == b"fine"


def test_addresses_are_shown_without_their_secrets() -> None:
    assert describe("http://me:secret@x.example/oai?key=1#y") == "http://x.example/oai"


@pytest.mark.parametrize(
    ("url", "query", "sent"),
    [
        ("http://x/oai", "a=%2B", "http://x/oai?a=%2B"),
        ("http://x/oai?page=oai", "verb=y", "http://x/oai?page=oai&verb=y"),
        ("http://x/oai#top", "verb=y", "http://x/oai?verb=y"),
        ("http://x/оаи", "t=a b#c\r\nX", "http://x/%D0%BE%D0%B0%D0%B8?t=a%20b%23c%0D%0AX"),
    ],
)
def test_addresses_are_encoded_once(url: str, query: str, sent: str) -> None:
    assert str(web_address(url, query)) == sent


@given(st.binary(max_size=2000), st.integers(1, 50), st.booleans(), st.integers(0, 3))
def test_a_payload_in_any_pieces_is_whole(body: bytes, width: int, packed: bool, more: int) -> None:
    plain = body if packed or not body.startswith(b"\x1f\x8b") else b"x" + body
    sent = gzip.compress(plain) + b"\0" * more if packed else plain
    payload = Payload(10_000)
    for at in range(0, len(sent), width):
        payload.feed(sent[at : at + width])
    assert payload.finish() == plain


def test_payloads_have_their_limits() -> None:
    two = Payload(1000)
    two.feed(gzip.compress(b"ab") + gzip.compress(b"cd"))
    assert two.finish() == b"abcd"
    with pytest.raises(PayloadTooLargeError):
        Payload(10).feed(b"x" * 11)
    exact = Payload(10)
    exact.feed(b"x" * 10)
    assert len(exact.finish()) == 10
    with pytest.raises(PayloadCutError):
        Payload(1000).feed(b"\x1f\x8b" + b"not gzip at all")
    cut = Payload(1000)
    cut.feed(gzip.compress(b"abc")[:-4])
    with pytest.raises(PayloadCutError):
        cut.finish()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that no system trusts, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


async def test_45_certificates_are_verified(certificate: tuple[Path, Path]) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    app = web.Application()
    app.router.add_get("/oai", Answers(ok).handle)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=tls)
    try:
        url = str(server.make_url("/oai"))
        with pytest.raises(SourceBroken, match="cannot be trusted"):
            await get(url)
        assert (await get(url, ca_file=certificate[0])).body == b"fine"
    finally:
        await server.close()


async def test_a_missing_certificate_file_is_a_wrong_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ca_file"):
        await get("http://127.0.0.1:1/", ca_file=tmp_path / "none.pem")
