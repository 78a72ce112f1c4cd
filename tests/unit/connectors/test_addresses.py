"""Which addresses a source may make us connect to."""

import pytest
from aiohttp import web
from pydantic import ValidationError

from aggregator.errors import SourceBroken
from connectors.addresses import AddressGuard, describe, is_public, web_address
from connectors.http_settings import HttpSettings
from tests.unit.connectors.web_server import Answers, get, ok, serving

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
