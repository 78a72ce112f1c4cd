"""The OAI-PMH of the programs that partners run, found from their pages: home pages and deep ones.

Each site answers as the program does after installation: its own pages, its OAI-PMH at one path
with the query it wants, and what it says to an address that it does not know.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from aggregator.errors import RetryLater
from connectors.discovery import SILENCES, Found, look
from connectors.http_settings import HttpSettings
from tests.unit.connectors.oai_server import Repository, items

AT_ONCE = HttpSettings(interval=0, retries=0)
KNOCKS = 14
"""Requests to a partner's site until its OAI-PMH is found and asked what it offers (3 of them)."""


def page(generator: str = "", body: str = "") -> str:
    """A page for people."""
    said = f'<meta name="Generator" content="{generator}">' if generator else ""
    return f"<!doctype html><html><head><title>x</title>{said}</head><body>{body}</body></html>"


@dataclass
class Site:
    """A program: ``pages`` by path (a path may end with *), ``moved`` from path to path.

    ``lost``: what it answers elsewhere: a status, or a page that it sends for everything.
    """

    oai: str
    pages: Mapping[str, str]
    moved: Mapping[str, str] = field(default_factory=dict)
    lost: int | str = 404
    asked: list[str] = field(default_factory=list)
    repository: Repository = field(default_factory=lambda: Repository(items(3, sets=("a",))))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        wanted, _, more = self.oai.partition("?")
        if request.path == wanted and more in request.query_string:
            return await self.repository.handle(request)
        if request.path in self.moved:
            raise web.HTTPFound(self.moved[request.path])
        for path, text in self.pages.items():
            if request.path == path or (path[-1] == "*" and request.path.startswith(path[:-1])):
                return web.Response(text=text, content_type="text/html")
        if isinstance(self.lost, str):
            return web.Response(text=self.lost, content_type="text/html")
        return web.Response(status=self.lost, text=page(), content_type="text/html")


@asynccontextmanager
async def standing(site: Site) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    async with TestServer(app) as server:
        site.repository.base = str(server.make_url(site.oai))
        yield str(server.make_url("/")).rstrip("/")


DSPACE_6 = page("DSpace 6.3", '<a href="/jspui/community-list">Communities</a>')
DSPACE_7 = page("DSpace 7.6.1", '<ds-app></ds-app><script id="dspace-angular-state">{}</script>')
OJS = page("Open Journal Systems 3.3.0.13")
EPRINTS = page("", "<p>Repository is powered by <a href='https://eprints.org/'>EPrints 3</a></p>")
RDM = page(
    "", "<footer>Powered by <a href='https://inveniordm.docs.cern.ch'>InvenioRDM</a></footer>"
)
KOHA = page("Koha 22.0508000", '<a href="/cgi-bin/koha/opac-main.pl">Catalogue</a>')
GEONODE = page("", '<a href="http://geonode.org">Powered by GeoNode version 4.1</a>')
DATAVERSE = page("", '<a href="http://dataverse.org/">Powered by the Dataverse Project v. 5.13</a>')
VUFIND = page("VuFind 9.1", '<form action="/vufind/Search/Results"></form>')
DLIBRA = page("", '<a href="https://dingo.psnc.pl/dlibra/">dLibra Digital Library Framework</a>')
ISLANDORA = page("Drupal 10", "<p>Islandora digital collections</p>")
OPUS = page("", '<a href="https://opus4.kobv.de/">OPUS 4 Repository</a>')
BEPRESS = page("", "<p>Elsevier - Digital Commons</p><a href='http://bepress.com'>bepress</a>")
OMEKA = page("", "<p>Proudly powered by <a href='http://omeka.org'>Omeka</a>.</p>")


@pytest.mark.parametrize(
    ("site", "given", "program"),
    [
        (Site("/oai/request", {"/": DSPACE_6, "/jspui/*": DSPACE_6}), "/jspui/", "DSpace"),
        (Site("/oai/request", {"/*": DSPACE_6}, lost=404), "/xmlui/handle/123456789/7", "DSpace"),
        (Site("/dspace-oai/request", {"/jspui/*": DSPACE_6}), "/jspui/handle/1/2?x=y", "DSpace"),
        (Site("/server/oai/request", {"/home": DSPACE_7}, {"/": "/home"}), "/", "DSpace"),
        (Site("/server/oai/request", {}, lost=DSPACE_7), "/items/9f2-44/full", "DSpace"),
        (Site("/elib/server/oai/request", {}, lost=DSPACE_7), "/elib/handle/123/4", "DSpace"),
        (
            Site("/index.php/index/oai", {"/index.php/*": OJS}, {"/": "/index.php/index"}),
            "/", "OJS",
        ),
        (
            Site("/index.php/talas/oai", {"/index.php/*": OJS}, {"/": "/index.php/talas/index"}),
            "/", "OJS",
        ),
        (
            Site("/ojs/index.php/talas/oai", {"/ojs/*": OJS}),
            "/ojs/index.php/talas/article/view/7/8", "OJS",
        ),
        (Site("/talas/oai", {"/talas/*": OJS, "/": OJS}), "/talas/article/view/7", "OJS"),
        (Site("/journals/index/oai", {"/journals/*": OJS}), "/journals/", "OJS"),
        (Site("/cgi/oai2", {"/": EPRINTS, "/1234/": EPRINTS}), "/", "EPrints"),
        (Site("/cgi/oai2", {"/*": EPRINTS}), "/id/eprint/1234/", "EPrints"),
        (Site("/oai2d", {"/": RDM, "/records/*": RDM}), "/records/ab1c2-3de45", "Invenio"),
        (Site("/cgi-bin/koha/oai.pl", {"/": KOHA, "/cgi-bin/koha/*": KOHA}), "/", "Koha"),
        (
            Site("/cgi-bin/koha/oai.pl", {"/cgi-bin/koha/opac*": KOHA}),
            "/cgi-bin/koha/opac-detail.pl?biblionumber=5", "Koha",
        ),
        (
            Site("/catalogue/csw?mode=oaipmh", {"/*": GEONODE}, {"/oai": "/account/login/"}),
            "/", "GeoNode",
        ),
        (
            Site("/catalogue/csw?mode=oaipmh", {"/layers/*": GEONODE}),
            "/layers/geonode:soil", "GeoNode",
        ),
        (Site("/oai", {"/dataverse/root": DATAVERSE}, {"/": "/dataverse/root"}), "/", "Dataverse"),
        (
            Site("/oai", {"/dataset.xhtml": DATAVERSE}),
            "/dataset.xhtml?persistentId=doi:10.5072/FK2/J8SJZB", "Dataverse",
        ),
        (Site("/vufind/OAI/Server", {"/vufind/*": VUFIND}), "/vufind/Record/12", "VuFind"),
        (Site("/OAI/Server", {"/": VUFIND}), "/", "VuFind"),
        (
            Site("/dlibra/oai-pmh-repository.xml", {"/dlibra*": DLIBRA}, {"/": "/dlibra"}),
            "/", "dLibra",
        ),
        (
            Site("/dlibra/oai-pmh-repository.xml", {"/dlibra/*": DLIBRA}),
            "/dlibra/publication/3/edition/2", "dLibra",
        ),
        (Site("/oai/request", {"/*": ISLANDORA}), "/node/17", "Islandora"),
        (Site("/oai2", {"/*": ISLANDORA}), "/islandora/object/x%3A1", "Islandora"),
        (Site("/opus4/oai", {"/opus4/*": OPUS}), "/opus4/frontdoor/index/index/docId/3", "OPUS"),
        (Site("/do/oai/", {"/*": BEPRESS}), "/theses/12", "Digital Commons"),
        (Site("/oai-pmh-repository/request", {"/*": OMEKA}), "/items/show/3", "Omeka"),
        # Nothing tells which program it is.
        (Site("/oai/request", {"/*": page()}), "/", ""),
        (Site("/index.php/index/oai", {"/*": page()}), "/", ""),
        (Site("/cgi-bin/koha/oai.pl", {"/*": page()}), "/", ""),
        (Site("/elib/oai", {"/elib/*": page()}), "/elib/", ""),
    ],
)  # fmt: skip
async def test_from_a_page_of_a_program(site: Site, given: str, program: str) -> None:
    async with standing(site) as root:
        found = await look(root + given, http=AT_ONCE)
    assert found.url == root + site.oai
    assert found.software == program
    assert len(site.asked) <= (KNOCKS if program else KNOCKS + 10), site.asked


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/sites/all/oai2", '<a href="/sites/all/oai2">OAI</a>'),
        ("/harvest/oai.php", '<a href="harvest/oai.php?verb=Identify">for harvesters</a>'),
        ("/a/oai-pmh", '<link href="/a/oai-pmh?verb=ListRecords&amp;metadataPrefix=oai_dc">'),
        ("/x/csw?mode=oaipmh", '<a href="/x/csw?mode=oaipmh&amp;verb=Identify">OAI-PMH</a>'),
        ("/gs/oai-pmh-repository.xml", '<a href="/gs/oai-pmh-repository.xml">OAI</a>'),
    ],
)
async def test_a_site_of_another_kind_that_links_to_it(path: str, link: str) -> None:
    """An institute's WordPress, whose page points to where its catalogue speaks OAI-PMH."""
    site = Site(path, {"/": page("WordPress 6.5", f"<p>Китепкана</p>{link}")})
    async with standing(site) as root:
        found = await look(root, http=AT_ONCE)
    assert found.url == root + path
    assert len(site.asked) <= 6


async def test_a_host_that_falls_silent_is_left_alone() -> None:
    site = Site("/nowhere", {"/": page()}, lost=503)
    async with standing(site) as root:
        with pytest.raises(RetryLater, match="503"):
            await look(root, http=AT_ONCE)
    assert len(site.asked) == 1 + SILENCES


async def test_the_server_of_a_dspace_that_stands_apart() -> None:
    """DSpace 7's pages and its server may be two hosts; the page names the server."""
    repository = Site("/api/server/oai/request", {}, lost=404)
    async with standing(repository) as server:
        state = f"{{&q;rest&q;:{{&q;baseUrl&q;:&q;{server}/api/server&q;}}}}"
        script = f'<script id="dspace-angular-state" type="application/json">{state}</script>'
        pages = Site("/nowhere", {}, lost=page("DSpace 7.6", script))
        async with standing(pages) as root:
            both = HttpSettings(interval=0, retries=0, networks=("127.0.0.0/8",))
            found = await look(f"{root}/home", http=both)
    assert found.url == f"{server}/api/server/oai/request"
    assert len(repository.asked) == 3


async def test_an_address_that_has_moved_is_noted_where_it_is_now() -> None:
    site = Site("/new/oai", {}, {"/old/oai": "/new/oai?verb=Identify"})
    async with standing(site) as root:
        found = await look(f"{root}/old/oai/", http=AT_ONCE)
        assert found.url == f"{root}/new/oai"


@pytest.mark.parametrize("given", ["/oai", "/oai/", "/oai?verb=ListSets", "/oai#top"])
async def test_the_address_itself_in_other_forms(given: str) -> None:
    site = Site("/oai", {}, {"/oai/": "/oai?verb=Identify"})
    async with standing(site) as root:
        found = await look(root + given, http=AT_ONCE)
        assert found.url.rstrip("/") == f"{root}/oai"


async def test_a_site_without_https_whose_address_names_no_scheme() -> None:
    site = Site("/oai", {"/": page()})
    async with standing(site) as root:
        found: Found = await look(root.removeprefix("http://"), http=AT_ONCE)
        assert found.url == f"{root}/oai"
