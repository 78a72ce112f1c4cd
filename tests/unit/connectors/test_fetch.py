"""The door to the network, against real servers on loopback that behave badly."""

import asyncio
import base64
import gzip
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from pydantic import ValidationError

from aggregator.errors import ConfigError, RetryLater, SourceBroken
from connectors.fetch import ServerError, TooLarge
from connectors.http_settings import HttpSettings
from tests.unit.connectors.web_server import (
    CUT,
    Answers,
    get,
    ok,
    raw_server,
    serving,
)


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
