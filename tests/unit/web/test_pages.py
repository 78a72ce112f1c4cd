"""The pages over the real application: addresses, states, headers, languages, size."""

import gzip
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from lxml.html import HtmlElement, tostring

from aggregator.causes import ADVICE
from aggregator.errors import Unavailable
from aggregator.index.fields import load_table
from aggregator.record import Creator, Dates, Link, Record, Subject, Text, Title
from aggregator.search import Suggestion
from tests.unit.web.conftest import SOURCES, Client, Visit, source
from tests.unit.web.library import Library, work
from tests.unit.web.page import elements, parse, text, values
from web.app import create_app
from web.params import PAGE_SIZE
from web.words import LANGUAGES

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
BUDGET = 30 * 1024
ADDRESSES = {
    "/": 302,
    "/ky": 308,
    "/ky/": 200,
    "/ru/search?q=манас": 200,
    "/ru/search?q=zzz": 200,
    "/en/work/epic": 200,
    "/en/work/old": 308,
    "/en/work/gone": 410,
    "/en/work/nothing": 404,
    "/en/work/epic/raw?record=library/oai:library:1/2": 200,
    "/ky/suggest?q=ман": 200,
    "/ky/sources": 200,
    "/ky/nothing": 404,
    "/nothing": 404,
    "/static/0/site.css": 404,
    "/robots.txt": 200,
    "/healthz": 200,
}


async def read(client: Client, address: str, status: int = 200) -> HtmlElement:
    response = await client.get(address)
    assert response.status == status, address
    assert response.content_type == "text/html"
    return parse(await response.text())


@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
async def test_every_answer_has_its_status_and_the_security_headers(
    client: Client, address: str, status: int
) -> None:
    for method in ("GET", "HEAD"):
        response = await client.request(method, address, allow_redirects=False)
        assert response.status == status
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=()" in response.headers["Permissions-Policy"]
        assert response.headers["Server"] == "Ilim"
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
async def test_only_reading_is_allowed(client: Client, method: str) -> None:
    response = await client.request(method, "/ru/search")
    assert response.status == 405
    assert response.headers["Content-Security-Policy"] == POLICY
    assert set(response.headers["Allow"].split(",")) == {"GET", "HEAD"}
    assert "не имеет смысла" in await response.text()


@pytest.mark.parametrize(
    ("accept", "language"), [("ru-RU,ru;q=0.9", "ru"), ("en", "en"), ("ky", "ky"), ("de", "ky")]
)
async def test_the_start_leads_to_the_readers_language(
    client: Client, accept: str, language: str
) -> None:
    response = await client.get("/", headers={"Accept-Language": accept}, allow_redirects=False)
    assert response.headers["Location"] == f"/{language}/"
    assert response.headers["Vary"] == "Accept-Language"


async def test_languages_lead_to_the_same_results(client: Client) -> None:
    page = await read(client, "/ru/search?q=манас&type=book&page=1")
    assert page.get("lang") == "ru"
    links = elements(page, "//header//a[@hreflang]")
    assert [link.get("hreflang") for link in links] == ["ky", "ru", "en"]
    assert [link.get("aria-current") for link in links] == [None, "true", None]
    for link in links:
        other = await read(client, link.get("href"))
        assert other.get("lang") == link.get("hreflang")
        assert "".join(values(other, "//input[@name='q']/@value")) == "манас"
        assert len(elements(other, "//ul[@class='chips']//a[@class='chip']")) == 1


async def test_a_hit_says_what_it_is_and_where_it_comes_from(client: Client) -> None:
    page = await read(client, "/en/search?q=манас")
    (hit,) = elements(page, "//ol[@class='res']/li")
    assert text(elements(page, "//h1")[0]) == "1 work found"
    assert text(elements(hit, ".//h2")[0]) == "Генезис эпоса «Манас»"
    assert values(hit, ".//h2/@lang") == ["ru"]
    assert [text(mark) for mark in elements(hit, ".//h2//mark")] == ["«Манас»"]
    assert text(elements(hit, ".//p[@class='by']")[0]) == "Кыдырбаева Р. З. · 1980"
    assert text(elements(hit, ".//p[@class='in']")[0]) == "Book · Russian · Фрунзе: Илим"
    assert "Open access" in text(hit)
    assert "In 2 sources" in text(hit)
    assert values(hit, ".//div[@class='acts']/a/@href") == ["https://library.example/1.pdf"]
    assert "Sample" not in text(hit)


async def test_sample_records_are_said_to_be_samples_wherever_they_show(client: Client) -> None:
    results = await read(client, "/en/search?q=ысык")
    assert text(elements(results, "//ol[@class='res']//span[@class='smp']")[0]) == "Sample"
    for address in ("/en/", "/en/search?q=ысык", "/en/work/lake", "/en/sources"):
        assert "sample catalogue" in text(await read(client, address)), address
    assert "sample catalogue" not in text(await read(client, "/en/work/epic"))


async def test_filters_join_the_search_form_and_chosen_ones_can_be_taken_off(
    client: Client,
) -> None:
    page = await read(client, "/en/search?q=&type=book&language=ru&from=1950")
    assert all(box.get("form") == "s" for box in elements(page, "//input[@type='checkbox']"))
    assert values(page, "//form[@id='s']/@method") == ["get"]
    checked = elements(page, "//input[@type='checkbox'][@checked]")
    assert {(box.get("name"), box.get("value")) for box in checked} == {
        ("type", "book"),
        ("language", "ru"),
    }
    assert values(page, "//input[@name='from']/@value") == ["1950"]
    chips = elements(page, "//a[@class='chip']")
    assert [text(chip) for chip in chips] == [
        "Remove filter: Book ×",
        "Remove filter: Russian ×",
        "Remove filter: from 1950 ×",
    ]
    assert [chip.get("href") for chip in chips] == [
        "/en/search?language=ru&from=1950",
        "/en/search?type=book&from=1950",
        "/en/search?type=book&language=ru",
    ]
    assert text(elements(page, "//h1")[0]) == "1 work found"


async def test_counts_of_a_filter_ignore_its_own_choice(client: Client) -> None:
    page = await read(client, "/en/search?language=ru")
    boxes = elements(page, "//input[@name='language']/ancestor::label")
    assert sorted(text(box) for box in boxes) == ["Kyrgyz 1", "Russian 1"]


def many(number: int) -> Library:
    return Library(
        work(
            f"w{n}",
            Record(
                source="library",
                local_id=str(n),
                titles=(Title(f"Манас таануу: {n}-китеп. Эпостун көркөм дүйнөсү", "ky"),),
                creators=(Creator(f"Абдылдаев Э. {n}"), Creator(f"Мусаев С. {n}")),
                abstracts=(Text(f"Айтуучулардын {n} варианты жөнүндө макалалар. " * 6, "ky"),),
                subjects=tuple(Subject(f"Адабият таануу, {n + k}") for k in range(4)),
                type=("book", "article", "thesis", "map", "report")[n % 5],
                languages=(("ky", "ru", "en", "kk", "uz", "tr", "de")[n % 7],),
                issued=Dates(1955 + n % 70, 1955 + n % 70),
                publisher=(Text("Бишкек: Илим"),),
                access=("open", "restricted", "metadata-only")[n % 3],
                links=(Link(f"https://library.example/{n}.pdf", "fulltext", "application/pdf"),),
            ),
        )
        for n in range(number)
    )


async def test_pages_are_turned_one_by_one_and_never_past_the_end(visit: Visit) -> None:
    client = await visit(many(25))
    page = await read(client, "/en/search?q=манас")
    seen = [text(hit) for hit in elements(page, "//ol[@class='res']//h2")]
    for number in (2, 3):
        (address,) = values(page, "//nav[@class='pager']/a[@rel='next']/@href")
        page = await read(client, address)
        assert f"Page {number} of 3" in text(elements(page, "//nav[@class='pager']")[0])
        assert values(page, "//ol[@class='res']/@start") == [str((number - 1) * PAGE_SIZE + 1)]
        seen += [text(hit) for hit in elements(page, "//ol[@class='res']//h2")]
    assert len(seen) == len(set(seen)) == 25
    assert not elements(page, "//a[@rel='next']")
    beyond = await read(client, "/en/search?q=манас&page=999")
    assert text(elements(beyond, "//ol[@class='res']")[0]) == text(
        elements(page, "//ol[@class='res']")[0]
    )
    assert "Page 3 of 3" in text(beyond)


async def test_a_long_list_of_values_opens_without_a_script(visit: Visit) -> None:
    page = await read(await visit(many(25)), "/en/search?q=манас")
    (rest,) = elements(page, "//input[@name='subject']/ancestor::details[@class='rest']")
    shown = elements(page, "//input[@name='subject'][not(ancestor::details[@class='rest'])]")
    assert len(shown) == 5
    total = len(shown) + len(elements(rest, ".//input"))
    assert text(elements(rest, "./summary")[0]) == f"Show all {total}"


@pytest.mark.parametrize("address", ["/ky/", "/ky/search?q=манас"])
async def test_a_page_and_its_style_fit_the_budget(visit: Visit, address: str) -> None:
    client = await visit(many(200))
    response = await client.get(address, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    body = await response.text()
    page = parse(body)
    if "search" in address:
        assert len(elements(page, "//ol[@class='res']/li")) == 10
        assert len(elements(page, "//input[@name='subject']")) == 50
    size = len(gzip.compress(body.encode(), 6))
    assets = values(page, "//link[@rel='stylesheet' or @rel='icon']/@href") + values(
        page, "//script/@src"
    )
    assert len(assets) == 3
    for asset in assets:
        response = await client.get(asset)
        size += len(gzip.compress(await response.read(), 9))
    assert size <= BUDGET


async def test_styles_are_kept_for_a_year_under_an_address_of_their_own(client: Client) -> None:
    page = await read(client, "/ky/")
    (address,) = values(page, "//link[@rel='stylesheet']/@href")
    response = await client.get(address)
    assert response.status == 200
    assert response.content_type == "text/css"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    first = await client.get("/ru/search?q=манас")
    again = await client.get("/ru/search?q=манас", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == HTTPStatus.NOT_MODIFIED
    assert await again.read() == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    other = await client.get("/ru/search?q=эпос", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status == 200


async def test_a_work_shows_every_source_and_why_they_are_one(client: Client) -> None:
    page = await read(client, "/en/work/epic")
    assert text(elements(page, "//h1")[0]) == "Генезис эпоса «Манас»"
    aside = text(elements(page, "//aside")[0])
    assert "Joined by the same DOI: 10.1000/182" in aside
    assert "National Library" in aside
    assert "Academy Library" in aside
    assert "Sources disagree" in text(elements(page, "//tr[th//bdi='Extent']")[0])
    assert "All 2 sources" in text(elements(page, "//tr[th//bdi='Year']")[0])
    assert "Shelf mark: 398 К-97 · 2 copies" in text(page)
    assert values(page, "//a[@class='btn']/@href") == ["https://library.example/1"]
    assert values(page, "//tr[th//bdi='DOI']//a[@rel]/@href") == ["https://doi.org/10.1000/182"]


async def test_a_moved_work_leads_to_where_it_is_now(client: Client) -> None:
    response = await client.get("/ru/work/old", allow_redirects=False)
    assert response.headers["Location"] == "/ru/work/epic"


async def test_back_to_results_is_offered_to_who_came_from_them(client: Client) -> None:
    base = str(client.make_url("/")).rstrip("/")
    for referer, back in (
        (
            f"{base}/ru/search?q=манас&page=2&type=book",
            ["/en/search?q=%D0%BC%D0%B0%D0%BD%D0%B0%D1%81&type=book&page=2"],
        ),
        ("https://elsewhere.example/ru/search?q=x", []),
        (f"{base}/ru/sources", []),
        ("http://[", []),
        ("", []),
    ):
        response = await client.get("/en/work/epic", headers={"Referer": referer})
        page = parse(await response.text())
        assert values(page, "//a[@class='back']/@href") == back


async def test_a_payload_is_handed_out_as_plain_text_to_keep(client: Client) -> None:
    response = await client.get("/en/work/epic/raw", params={"record": "library/oai:library:1/2"})
    assert response.status == 200
    assert response.content_type == "text/plain"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="library-oai-library-1-2.txt"'
    )
    for record in ("", "library", "library/", "academy/1", "sample/lake", "x" * 5000):
        response = await client.get("/en/work/epic/raw", params={"record": record})
        assert response.status == 404, record


async def test_an_uncertain_year_counts_once_in_each_decade(client: Client) -> None:
    page = await read(client, "/en/search?from=1900&to=1999")
    decades = [text(item) for item in elements(page, "//div[@class='ridge']//li")]
    assert decades == [
        "1930–1939 1", "1940–1949 1", "1950–1959 1", "1960–1969 1", "1970–1979 1",
        "1980–1989 2", "1990–1999 1",
    ]  # fmt: skip
    assert "/en/search?from=1980&to=1989" in values(page, "//div[@class='ridge']//a/@href")
    assert "/en/search?to=1929" in values(page, "//a[@class='more']/@href")


async def test_sources_and_their_states(client: Client) -> None:
    page = await read(client, "/en/sources")
    lines = {
        text(elements(line, "./h3")[0]): text(line)
        for line in elements(page, "//li[@class='line']")
    }
    assert list(lines) == [
        "National Library",
        "Academy Library",
        "Sample catalogue",
        "Silent Journals",
        "Later Repository",
    ]
    assert "Not reached yet" in lines["Silent Journals"]
    assert "0 records" in lines["Silent Journals"]
    assert "Not connected" in lines["Later Repository"]
    assert "1 record" in lines["National Library"]
    # Its coverage, how complete its descriptions are, and when it is read next.
    assert "1 work · 1980 · with full text: 100%" in lines["National Library"]
    assert "How complete its descriptions are: 100%" in lines["National Library"]
    assert "How complete its descriptions are: 33%" in lines["Academy Library"]
    assert "Next time: in" in lines["National Library"]
    assert "Next time" not in lines["Later Repository"]
    assert "1900–1999" in lines["Sample catalogue"]
    [note] = elements(page, "//div[@class='note warn']")
    assert "Up to date: 3 of 4." in text(note) and "Not reached yet: 1" in text(note)


async def test_a_partner_who_left_is_not_named(visit: Visit, library: Library) -> None:
    library.removed = frozenset({"academy"})
    page = await read(await visit(library), "/en/sources")
    assert "Academy Library" not in text(page) and "National Library" in text(page)


async def test_records_of_a_source_that_is_off_are_still_counted(
    locale: Path, library: Library
) -> None:
    off = {"library": source("library", "National Library", enabled=False)}
    app = create_app(library, load_table(), off, locale=locale)
    async with TestClient(TestServer(app)) as client:
        [line] = elements(await read(client, "/en/sources"), "//li[@class='line']")
    assert "Not connected" in text(line) and "1 record" in text(line)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_trouble_of_a_source_is_told_in_each_language(
    visit: Visit, library: Library, language: str
) -> None:
    client = await visit(library)
    causes = sorted(ADVICE.keys() - {"", "interrupted", "limit"})
    told = set()
    for cause in causes:
        library.trouble = cause
        page = await read(client, f"/{language}/sources")
        told.add(text(elements(page, "//li[@class='line'][1]/p[last()]")[0]))
    assert len(told) == len(causes)


async def test_a_source_whose_file_changes_is_another_one_on_the_pages(
    locale: Path, library: Library
) -> None:
    table = load_table()
    sources = {config.id: config for config in SOURCES}
    async with TestClient(TestServer(create_app(library, table, sources, locale=locale))) as client:
        before = await read(client, "/en/sources")
        assert "National Library" in text(before)
        sources["library"] = source("library", "Library of the Nation")
        page = await read(client, "/en/sources")
        assert "Library of the Nation" in text(page) and "National Library" not in text(page)
        page = await read(client, "/en/search?q=")
        assert "Library of the Nation" in text(page) and "National Library" not in text(page)


async def test_few_words_many_results_say_why(visit: Visit, library: Library) -> None:
    library.widened = True
    library.suggestions = (Suggestion("spelling", "манас эпосу"),)
    library.behind = 3
    page = await read(await visit(library), "/en/search?q=манас")
    assert "These have any of them, best first" in text(page)
    assert "3 new or changed works cannot be found yet" in text(page)
    assert "Did you mean: манас эпосу" in text(page)


async def test_nothing_found_says_what_to_do(client: Client) -> None:
    page = await read(client, "/en/search?q=абвгд&type=map")
    assert text(elements(page, "//h1")[0]) == "Nothing found for “абвгд”"
    assert "/en/search?q=%D0%B0%D0%B1%D0%B2%D0%B3%D0%B4" in values(
        page, "//ul[@class='tips']//a/@href"
    )


async def test_an_empty_catalogue_says_so(visit: Visit) -> None:
    client = await visit(Library([]))
    for address in ("/en/", "/en/search?q=manas"):
        assert "No records have arrived yet" in text(await read(client, address))


async def test_a_rebuilt_index_is_said_to_be_one(visit: Visit, library: Library) -> None:
    client = await visit(library)
    library.condition = "foreign"
    assert "not every work can be found yet" in text(await read(client, "/en/search?q=манас"))
    library.failure = Unavailable("There is nothing to search in: the index is being made.")
    page = await read(client, "/ru/search?q=манас", 503)
    assert text(elements(page, "//h1")[0]) == "Поиск перестраивается"
    assert "".join(values(page, "//input[@name='q']/@value")) == "манас"
    assert "Search is being rebuilt" in text(await read(client, "/en/"))
    assert (await client.get("/healthz")).status == 503


async def test_a_resting_search_says_since_when(visit: Visit, library: Library) -> None:
    client = await visit(library)
    since = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
    library.failure = Unavailable("Elasticsearch does not answer.", since)
    page = await read(client, "/ru/search?q=манас", 503)
    assert text(elements(page, "//h1")[0]) == "Поиск временно не работает"
    assert "25 ноября 2026" in text(page)
    assert "14:05 UTC" in text(page)
    assert "14:05 UTC" in text(await read(client, "/ky/"))
    assert (await client.get("/healthz")).status == 503


async def test_a_mistake_of_ours_shows_no_trace(
    visit: Visit, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    client = await visit(library)
    library.failure = RuntimeError("the secret of /etc/ilim")
    for address, language in (("/ky/search?q=1", "ky"), ("/en/work/epic", "en")):
        page = await read(client, address, 500)
        assert page.get("lang") == language
        assert "secret" not in tostring(page, encoding="unicode")
        assert "Traceback" not in text(page)
    assert "the secret of /etc/ilim" in caplog.text


async def test_the_page_of_an_unknown_address_speaks_the_readers_language(client: Client) -> None:
    response = await client.get("/nothing", headers={"Accept-Language": "ru"})
    assert response.status == 404
    assert "Такой страницы нет" in await response.text()
    assert response.headers["Cache-Control"] == "no-store"


async def test_robots_may_read_works_but_not_endless_filters(client: Client) -> None:
    rules = await (await client.get("/robots.txt")).text()
    assert "Disallow: /ky/search" in rules
    assert "Disallow: /en/suggest" in rules
    assert "work" not in rules.replace("/raw", "")
