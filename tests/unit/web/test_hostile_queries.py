"""Pages of the real search, in the real server, for what nobody should type."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from aiohttp import ClientSession
from aiohttp.web import TCPSite
from yarl import URL

from aggregator.field_names import field_names
from aggregator.finder import Finder
from aggregator.follow import Follower, Pace
from aggregator.search import Search
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from tests.contracts.engines import TABLE, embedded
from tests.unit.test_search import Library, about_lakes
from tests.unit.web.conftest import SOURCES
from tests.unit.web.page import elements, parse, text
from web.app import create_app, make_runner

IGNORED = "Түшүнүксүз болгондуктан эске алынбады:"
CUT = "Суроо-талап узун: ал «{}» дегенге чейин гана окулду."


@pytest.fixture
async def address(tmp_path: Path, locale: Path) -> AsyncIterator[str]:
    """Where the site answers, over a store with one work and its index."""
    url = f"sqlite+aiosqlite:///{tmp_path}"
    async with (
        Catalogue.open(f"{url}/catalogue.sqlite") as catalogue,
        Keep.open(f"{url}/keep.sqlite") as keep,
        embedded(tmp_path / "index").open(store=await catalogue.fingerprint()) as index,
    ):
        finder = Finder(index, TABLE, field_names(TABLE, {}))
        search = Search(catalogue, index, TABLE, finder)
        library = Library(catalogue, keep, search, Follower(catalogue, index, TABLE, Pace()))
        await library.put(about_lakes())
        await library.follow()
        runner = make_runner(create_app(search, TABLE, SOURCES, locale=locale))
        await runner.setup()
        try:
            site = TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}"
        finally:
            await runner.cleanup()


HOSTILE: list[tuple[str | bytes, str]] = [
    ("озёра\x00\x07\x1b[31m", ""),
    (b"\xed\xa0\x80 \xed\xbf\xbf \xff\xfe", ""),
    ("\u202eозёра\u200f \u2067кыргызстана", ""),
    ('"озёра', f'{IGNORED} "'),
    ("((озёра", f"{IGNORED} ("),
    ("озёра))", f"{IGNORED} )"),
    ("*", f"{IGNORED} *"),
    ("a*", f"{IGNORED} a*"),
    (" ".join(f"w{number}" for number in range(500)), CUT.format("w64")),
    ("окумуштуулардыкындай " * 500, CUT.format("окумуштуулардыкындай")),
    ("x" * 100_000, CUT.format("x" * 80)),
    ("лимнология " * 5_000, CUT.format("лимнология")),
    ("(" * 2_000, CUT.format("(" * 80)),
]


async def test_any_query_has_a_page_that_says_what_was_left_out(address: str) -> None:
    async with ClientSession() as client:
        for typed, said in HOSTILE:
            sent = quote_from_bytes(typed if isinstance(typed, bytes) else typed.encode())
            url = URL(f"{address}/ky/search?q={sent}", encoded=True)
            async with client.get(url) as response:
                assert response.status == 200, typed[:80]
                page = parse(await response.text())
            lines = [text(line) for line in elements(page, "//p[@class='read']")]
            assert any(line.startswith(said) for line in lines) == bool(said), (typed[:80], lines)
