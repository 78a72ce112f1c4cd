"""What stands at an address: servers of this machine, home pages of known programs, files."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from aggregator.errors import ConfigError, RetryLater, SourceBroken
from connectors.discovery import Found, best_format
from connectors.discovery import look as look_at
from connectors.home_page import CANDIDATES, base_address, candidates, software
from connectors.http_settings import HttpSettings
from tests.unit.connectors.oai_server import Repository, envelope, items, serving

MARC = Path(__file__).resolve().parents[3] / "config" / "sample" / "marc"
SAVED = MARC.parent / "oai_dc"
CSV = "№;Название (ky);Название (ru);Авторы;Год\n1;Манас;Манас;Орозбаков С.;1978\n".encode()


async def look(address: str) -> Found:
    return await look_at(address, http=HttpSettings(interval=0, retries=0))


@asynccontextmanager
async def site(pages: Mapping[str, bytes], oai: str = "") -> AsyncIterator[str]:
    """A site of pages by path, whose OAI-PMH, if any, stands at the path ``oai``."""
    repository = Repository(items(3, sets=("a",)))

    async def answer(request: web.Request) -> web.StreamResponse:
        if oai and request.path_qs.partition("verb")[0].rstrip("?&") == oai:
            return await repository.handle(request)
        body = pages.get(request.path)
        if body is None:
            raise web.HTTPNotFound
        return web.Response(body=body, content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        repository.base = str(server.make_url(oai or "/"))
        yield str(server.make_url("/")).rstrip("/")


async def test_an_oai_pmh_address_with_a_request_in_it() -> None:
    repository = Repository(items(3, sets=("theses", "books")))
    async with serving(repository) as url:
        found = await look(f"{url}?verb=ListRecords&metadataPrefix=oai_dc")
    assert (found.connector, found.url) == ("oai_pmh", url)
    assert (found.name, found.formats, found.earliest) == ("x", ("oai_dc", "marcxml"), "2024-01-01")
    assert found.sets == (("books", ""), ("theses", "")) and not found.more_sets


GENERATOR = '<html><head><meta name="generator" content="{}"></head></html>'


@pytest.mark.parametrize(
    ("oai", "home", "page", "program"),
    [
        ("/server/oai/request", "/home", GENERATOR.format("DSpace 7.6"), "DSpace"),
        ("/oai/request", "/", GENERATOR.format("DSpace 6.3"), "DSpace"),
        ("/jspui/oai/request", "/jspui/handle/1/2", GENERATOR.format("DSpace 5"), "DSpace"),
        (
            "/index.php/ilim/oai",
            "/index.php/ilim/issue/view/7",
            GENERATOR.format("Open Journal Systems 3.3.0.13"),
            "OJS",
        ),
        ("/ojs/index.php/index/oai", "/ojs/", GENERATOR.format("Open Journal Systems 3"), "OJS"),
        ("/cgi/oai2", "/", "<html><body>powered by EPrints 3.4</body></html>", "EPrints"),
        ("/cgi-bin/koha/oai.pl", "/", GENERATOR.format("Koha"), "Koha"),
        ("/oai2d", "/", "<html><body>Powered by Invenio</body></html>", "Invenio"),
        ("/catalogue/csw?mode=oaipmh", "/", "<html><body>GeoNode</body></html>", "GeoNode"),
        ("/deep/down/oai", "/", '<html><a href="/deep/down/oai?verb=Identify">x</a></html>', ""),
        ("/oai2d", "/", "<html>nothing is told</html>", ""),
    ],
)
async def test_behind_a_home_page(oai: str, home: str, page: str, program: str) -> None:
    async with site({home: page.encode()}, oai) as root:
        found = await look(root + home)
    assert found.url == root + oai
    assert found.software == program
    assert found.homepage == root + home


async def test_a_page_with_nothing_behind_it_is_told_and_not_knocked_at_for_ever() -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        links = "".join(f'<a href="/oai/{n}">x</a>' for n in range(5000))
        return web.Response(text=f"<html>{links}</html>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        with pytest.raises(ConfigError, match="Nothing that Ilim can read was found"):
            await look(str(server.make_url("/")))
    assert len(asked) <= CANDIDATES + 2


async def test_links_into_a_private_network_are_not_followed() -> None:
    async with site({}, "/oai") as inner:
        page = f'<html><a href="{inner}/oai?verb=Identify">x</a></html>'
        async with site({"/": page.encode()}) as root:
            with pytest.raises(ConfigError, match="Nothing that Ilim can read"):
                await look(root)


async def test_nobody_answers() -> None:
    async with site({}) as root:
        pass
    with pytest.raises(RetryLater, match="cannot be reached"):
        await look(root)


async def test_a_closed_host_is_told_as_such() -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=403)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        with pytest.raises(SourceBroken, match="HTTP 403"):
            await look(str(server.make_url("/")))


@pytest.mark.parametrize("address", ["no such file", "gone.d/x y", "ftp://host/x", "https://", ""])
async def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ConfigError):
        await look(address)


async def test_a_server_with_endless_sets_costs_one_page_of_them() -> None:
    def fault(query: Mapping[str, str], _number: int) -> bytes | None:
        if query.get("verb") != "ListSets":
            return None
        named = "".join(f"<set><setSpec>s{n}</setSpec></set>" for n in range(10_000))
        return envelope(f"<ListSets>{named}<resumptionToken>t</resumptionToken></ListSets>")

    repository = Repository(items(1), fault=fault)
    async with serving(repository) as url:
        found = await look(url)
    assert len(found.sets) == 20 and found.more_sets
    assert len(repository.asked) == 3


# --- files -------------------------------------------------------------------------------------


async def test_files_and_folders() -> None:
    assert (await look(str(MARC))).connector == "marc_file"
    assert (await look(str(MARC / "sample.xml"))).path == MARC / "sample.xml"
    saved = await look(str(SAVED))
    assert (saved.connector, saved.path) == ("oai_pmh", SAVED)
    assert (await look(str(SAVED / "page-1.xml"))).path == SAVED


async def test_a_table(tmp_path: Path) -> None:
    file = tmp_path / "works.csv"
    file.write_bytes(CSV)
    found = await look(str(file))
    assert found.connector == "table"
    assert found.columns == ("№", "Название (ky)", "Название (ru)", "Авторы", "Год")


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 50, b"<html></html>", b"%PDF-1.4", b"just words\nand more words\n"]
)
async def test_a_file_that_is_nothing(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(body)
    with pytest.raises(ConfigError, match="neither OAI-PMH responses, nor MARC"):
        await look(str(file))


async def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is empty"):
        await look(str(tmp_path))


async def test_files_on_the_web() -> None:
    body = (MARC / "sample.xml").read_bytes()
    async with site({"/export.xml": body, "/works.csv": CSV}) as root:
        found = await look(f"{root}/export.xml")
        assert found == Found("marc_file", body=body, file_name="export.xml", name="export")
        table = await look(f"{root}/works.csv")
        assert (table.connector, table.url, table.path) == ("table", f"{root}/works.csv", None)


# --- pure --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offered", "best"),
    [
        ((), "oai_dc"),
        (("rfc1807", "oai_dc", "marcxml", "oai_marc"), "oai_dc"),  # OJS: its MARC says less
        (("oai_dc", "marcxml"), "marcxml"),
        (("unheard_of", "oai_dc"), "oai_dc"),
    ],
)
def test_the_format_that_says_most(offered: tuple[str, ...], best: str) -> None:
    assert best_format(offered) == best


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://x.kg/oai?verb=Identify", "https://x.kg/oai"),
        ("https://x.kg/csw?mode=oaipmh&verb=ListSets", "https://x.kg/csw?mode=oaipmh"),
        ("https://x.kg/oai?verb=ListRecords&resumptionToken=a%2Fb#x", "https://x.kg/oai"),
        (" https://x.kg ", "https://x.kg"),
    ],
)
def test_base_address(address: str, base: str) -> None:
    assert base_address(address) == base


def test_a_generator_goes_before_words_on_the_page() -> None:
    page = GENERATOR.format("EPrints 3") + "dspace " * 9
    assert software(page.encode()) == "EPrints"
    assert candidates("https://x.kg/a/b.html", page.encode())[:2] == [
        "https://x.kg/a/cgi/oai2",
        "https://x.kg/cgi/oai2",
    ]


@pytest.mark.parametrize(
    "page", [b"", b"<", b"<\0>", b"\xff\xfe<a href='http://[oai'>", b"<" * 9999]
)
def test_pages_that_are_none(page: bytes) -> None:
    assert len(candidates("https://x.kg/", page)) <= CANDIDATES
