"""HARVESTING cases 37 to 50: trouble with HTTP and transport, to the store and the status."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from tests.integration.faults.ending import Ending, harvest
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.faulty_wire import CUT, Asked, Say, Script, http, repository_over, wire
from tests.unit.connectors.oai_server import Repository, envelope, items, listing, oai_error

pytestmark = pytest.mark.slow

ALL = {f"oai:x:{number}": f"Ысык-Көлдүн суусу {number}" for number in range(12)}


def repository() -> Repository:
    """Twelve records on three pages."""
    records = [
        type(item)(item.id, item.stamp, f"{item.title} {number}")
        for number, item in enumerate(items(12))
    ]
    return Repository(records, page=5)


def once(number: int, fault: Callable[[bytes], Say]) -> Script:
    """The repository, whose request ``number`` meets with ``fault``."""
    return repository_over(
        repository(), lambda asked, page: fault(page) if asked.number == number else http(page)
    )


def always(fault: Callable[[bytes], Say]) -> Script:
    """The same from the second request on."""
    return repository_over(
        repository(), lambda asked, page: fault(page) if asked.number else http(page)
    )


async def _harvest(folder: Path, script: Script, **options: object) -> Ending:
    async with wire(script) as server:
        return await harvest(folder, server.url, **options)  # type: ignore[arg-type]


def assert_whole(ending: Ending) -> None:
    """All came, undamaged, and nobody has anything to do."""
    assert (ending.verdict, ending.run.reason) == ("complete", "")
    assert ending.titles == ALL
    assert ending.quarantine == {}
    assert (ending.health.state, ending.words.strip()) == ("well", "")


def assert_part(ending: Ending, cause: str, words: str) -> None:
    """The first page is stored undamaged, the run is not complete, and it is told why."""
    assert ending.verdict in ("incomplete", "failed")
    assert ending.cause == cause
    assert ending.titles == dict(list(ALL.items())[:5])
    assert words in ending.words
    assert ending.health.next_run is not None


async def test_37_a_wait_in_seconds_is_kept(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    script = once(1, lambda _: http(b"", "503 Service Unavailable", Retry_After="1"))
    assert_whole(await _harvest(tmp_path, script))
    assert loop.time() - begun >= 0.95


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
async def test_37_39_a_long_wait_is_left_to_the_schedule(tmp_path: Path, status: str) -> None:
    ending = await _harvest(tmp_path, always(lambda _: http(b"", status, Retry_After="1800")))
    assert_part(ending, "busy", "asks to come back in 1,800 s")
    assert ending.run.wait == 1800
    assert ending.health.state == "resting"
    assert ending.health.next_run is not None
    assert ending.health.next_run - datetime.now(UTC) > timedelta(minutes=29)


async def test_38_a_wait_until_a_date(tmp_path: Path) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=900), usegmt=True)
    script = always(lambda _: http(b"", "503 Service Unavailable", Retry_After=until))
    ending = await _harvest(tmp_path, script)
    assert_part(ending, "busy", "asks to come back in")
    assert 850 < ending.run.wait <= 901


@pytest.mark.parametrize(
    "wait", ["-1", "nan", "inf", "1e9", "", "soon", "0x10", "\udcff", "Mon, 99 Nov 99999 1:1:1",
             "Mon, 23 Nov 99999999999999999999 10:00:30 GMT", "Mon, 1 Jan 2026 1:1:1 +99999999999"],
)  # fmt: skip
async def test_38_a_wait_that_means_nothing_is_none(tmp_path: Path, wait: str) -> None:
    script = once(1, lambda _: http(b"", "503 Service Unavailable", Retry_After=wait))
    assert_whole(await _harvest(tmp_path, script))


@pytest.mark.parametrize("wait", ["1000000000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_37_38_a_wait_for_ever_is_an_hour(tmp_path: Path, wait: str) -> None:
    script = always(lambda _: http(b"", "503 Service Unavailable", Retry_After=wait))
    ending = await _harvest(tmp_path, script)
    assert_part(ending, "busy", "asks to come back in 3,600 s")
    assert ending.run.wait == 3600


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_39_40_busy_without_a_wait(tmp_path: Path, status: str) -> None:
    assert_whole(await _harvest(tmp_path, once(1, lambda _: http(b"", status))))


async def test_40_busy_for_ever_is_asked_a_few_times(tmp_path: Path) -> None:
    async with wire(always(lambda _: http(b"", "503 Service Unavailable"))) as server:
        ending = await harvest(tmp_path, server.url, http={"retries": 3})
    assert_part(ending, "busy", "is busy (HTTP 503)")
    assert len(server.asked) == 5
    assert ending.health.state == "resting"


CHALLENGE = b'<html><script src="/.within.website/x/cmd/anubis/a.js"></script></html>'


@pytest.mark.parametrize("status", ["403 Forbidden", "200 OK", "503 Service Unavailable"])
async def test_41_a_refusal_or_challenge_ends_it(tmp_path: Path, status: str) -> None:
    async with wire(always(lambda _: http(CHALLENGE, status, cf_mitigated="challenge"))) as server:
        ending = await harvest(tmp_path, server.url, http={"retries": 5})
    assert_part(ending, "refused", "Ask the partner to let Ilim in.")
    assert ending.verdict == "failed"
    assert len(server.asked) == 2


LOGIN = b"<!DOCTYPE html><html><title>Maintenance</title><p>Back at noon</p></html>"


async def test_42_a_web_page_instead_of_a_list(tmp_path: Path) -> None:
    assert_whole(await _harvest(tmp_path, once(1, lambda _: http(LOGIN))))
    ending = await _harvest(tmp_path / "2", always(lambda _: http(LOGIN)))
    assert_part(ending, "address", "Maintenance")
    ending = await _harvest(tmp_path / "3", lambda _: http(LOGIN))
    assert (ending.verdict, ending.cause) == ("failed", "address")
    assert "does not speak OAI-PMH" in ending.words
    assert ending.health.state == "never_reached"


async def test_43_a_cookie_before_the_first_answer(tmp_path: Path) -> None:
    def fault(asked: Asked, page: bytes) -> Say:
        if "pass=1" in asked.headers.get("cookie", ""):
            return http(page)
        return http(b"", "302 Found", Location=asked.target, Set_Cookie="pass=1; Path=/")

    assert_whole(await _harvest(tmp_path, repository_over(repository(), fault)))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_44_the_source_has_moved(
    tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fault(asked: Asked, page: bytes) -> Say:
        if asked.target.startswith("/new"):
            return http(page)
        return http(b"", f"{status} Moved", Location=asked.target.replace("/oai", "/new", 1))

    assert_whole(await _harvest(tmp_path, repository_over(repository(), fault)))
    assert "The source x has moved" in caplog.text


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def _tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.key)
    return context


async def test_45_an_unknown_authority(tmp_path: Path, certificates: Certificates) -> None:
    async with wire(repository_over(repository()), _tls(certificates)) as server:
        ending = await harvest(tmp_path, server.url)
        assert (ending.verdict, ending.cause) == ("failed", "certificate")
        assert "ca_file" in ending.words
        assert ending.health.state == "never_reached"
        trusted = {"ca_file": certificates.authority}
        assert_whole(await harvest(tmp_path, server.url, http=trusted))


async def test_45_plain_words_where_tls_was_expected(tmp_path: Path) -> None:
    async with wire(repository_over(repository())) as server:
        url = server.url.replace("http:", "https:")
        ending = await harvest(tmp_path, url, http={"connect_timeout": 0.3})
    assert (ending.verdict, ending.cause) == ("failed", "unreached")


CUTS: dict[str, Callable[[bytes], Say]] = {
    "before a word": lambda _: CUT,
    "closed before a word": lambda _: b"",
    "in the status line": lambda _: b"HTTP/1.1 2",
    "in the headers": lambda _: b"HTTP/1.1 200 OK\r\nContent-Le",
    "before the body": lambda page: http(page)[: -len(page)],
    "in the body": lambda page: http(page)[:-100],
    "in a chunk": lambda page: _chunked(page)[:-200],
    "before the last chunk": lambda page: _chunked(page)[:-5],
    "in the body, no length told": lambda page: http(page, length=False)[:-100],
    "in the gzip": lambda page: http(gzip.compress(page)[:-30], Content_Encoding="gzip"),
    "a wrong chunk": lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "two lengths": lambda _: (
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc"
    ),
    "a length of minus one": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "no HTTP": lambda _: b"220 smtp.example.org ESMTP\r\n",
    "binary": lambda _: bytes(range(256)) * 40,
}


def _chunked(page: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
async def test_46_a_cut_answer(tmp_path: Path, cut: Callable[[bytes], Say]) -> None:
    assert_whole(await _harvest(tmp_path, once(1, cut)))
    ending = await _harvest(tmp_path / "2", always(cut))
    assert_part(ending, "damaged", "")
    assert ending.run.reason


ENCODINGS: dict[str, Callable[[bytes], Say]] = {
    "gzip, not announced": lambda page: http(gzip.compress(page)),
    "announced, plain": lambda page: http(page, Content_Encoding="gzip"),
    "x-gzip": lambda page: http(gzip.compress(page), Content_Encoding="x-gzip"),
    "br announced, plain": lambda page: http(page, Content_Encoding="br"),
    "br announced, gzip": lambda page: http(gzip.compress(page), Content_Encoding="br"),
    "deflate announced, plain": lambda page: http(page, Content_Encoding="deflate"),
    "deflate": lambda page: http(zlib.compress(page), Content_Encoding="deflate"),
    "gzip twice": lambda page: http(
        gzip.compress(gzip.compress(page)), Content_Encoding="gzip, gzip"
    ),
    "gzip twice, told once": lambda page: http(
        gzip.compress(gzip.compress(page)), Content_Encoding="gzip"
    ),
    "two members": lambda page: http(gzip.compress(page[:99]) + gzip.compress(page[99:])),
    "nonsense announced": lambda page: http(page, Content_Encoding="рус, \udcff"),
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
async def test_47_what_is_packed_is_told_by_its_bytes(
    tmp_path: Path, encode: Callable[[bytes], Say]
) -> None:
    script = repository_over(repository(), lambda _asked, page: encode(page))
    assert_whole(await _harvest(tmp_path, script))


async def test_47_what_cannot_be_unpacked_is_told(tmp_path: Path) -> None:
    def fault(page: bytes) -> Say:
        bare = zlib.compress(page)[2:-4]  # without a word of what it is
        return http(bare, Content_Encoding="deflate")

    ending = await _harvest(tmp_path, always(fault))
    assert_part(ending, "damaged", "packed as “deflate”")


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "304 Not Modified"])
async def test_48_an_empty_answer(tmp_path: Path, status: str) -> None:
    assert_whole(await _harvest(tmp_path, once(1, lambda _: http(b" \n", status))))
    ending = await _harvest(tmp_path / "2", always(lambda _: http(b"", status)))
    assert_part(ending, "damaged", "sent an empty answer")


async def test_49_records_and_an_error_at_once(tmp_path: Path) -> None:
    error = b'<error code="badArgument">half of it</error></OAI-PMH>'

    def fault(page: bytes) -> Say:
        return http(page.replace(b"</OAI-PMH>", error))

    ending = await _harvest(tmp_path, once(1, fault))
    assert (ending.verdict, ending.cause) == ("incomplete", "gaps")
    assert ending.titles == ALL
    assert "an error at once" in ending.words
    async with wire(repository_over(repository())) as server:
        assert_whole(await harvest(tmp_path, server.url, full=True))


@pytest.mark.parametrize("code", ["", "kaboom"])
async def test_49_an_error_without_a_known_code(tmp_path: Path, code: str) -> None:
    ending = await _harvest(tmp_path, lambda _: http(oai_error(code, "nobody home")))
    assert (ending.verdict, ending.cause) == ("failed", "server")
    assert "nobody home" in ending.words
    ending = await _harvest(tmp_path / "2", always(lambda _: http(oai_error(code, "nobody home"))))
    assert ending.verdict == "failed"
    assert "nobody home" in ending.words


async def test_49_an_error_inside_a_record_is_text(tmp_path: Path) -> None:
    page = listing(items(2)).replace(
        b"</dc:title>", b'</dc:title><error code="noRecordsMatch">x</error>'
    )
    ending = await _harvest(tmp_path, lambda _: http(page))
    assert (ending.verdict, len(ending.titles)) == ("complete", 2)


async def test_49_neither_records_nor_an_error(tmp_path: Path) -> None:
    ending = await _harvest(tmp_path, lambda _: http(envelope("")))
    assert ending.verdict in ("failed", "incomplete")
    assert "neither records nor an error" in ending.words


async def test_50_a_dead_host(tmp_path: Path) -> None:
    ending = await harvest(tmp_path, f"http://127.0.0.1:{unused_port()}/oai")
    assert (ending.verdict, ending.cause) == ("failed", "unreached")
    assert "cannot be reached" in ending.words
    assert ending.health.state == "never_reached"


async def _hang(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await _drops(writer)


async def _drip_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    await _drops(writer)


async def _drops(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "slow", [_hang, _drip, _drip_headers], ids=["hangs", "drips", "drips headers"]
)
async def test_50_a_server_that_never_ends_its_answer(tmp_path: Path, slow: Say) -> None:
    limits = {"read_timeout": 0.2, "total_timeout": 0.4}
    async with wire(always(lambda _: slow)) as server, asyncio.timeout(10):
        ending = await harvest(tmp_path, server.url, http=limits)
    assert_part(ending, "unreached", "Open its address in a browser.")
    assert ending.health.state == "resting"
