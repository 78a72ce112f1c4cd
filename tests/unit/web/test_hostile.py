"""Metadata and addresses that mean harm: they are shown as text, and nothing more."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement

from aggregator.record import (
    Creator,
    Holding,
    Identifier,
    Link,
    Other,
    Record,
    Subject,
    Text,
    Title,
)
from aggregator.search import Suggestion
from tests.unit.web.conftest import Client, Visit
from tests.unit.web.library import Library, work
from tests.unit.web.page import elements, parse, values
from web.responses import web_address
from web.suggestions import ORDER

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"><img src=x onerror=alert(1)>' onmouseover='alert(1)"
TURNED = "\u202egnihton"
TEMPLATE = "{{ 7 * 7 }} %(num)s {% raw %}"
LINKS = (
    "javascript:alert(1)",
    "data:text/html,<script>",
    "java\nscript:alert(1)",
    "//evil.example",
)
HARM = f"{SCRIPT}{BREAKOUT}{TURNED}{TEMPLATE}"
ADDRESSES = ("/en/search?q=harm", "/en/work/h", "/en/", "/ky/search?q=zz&subject=harm")


def hostile() -> Record:
    """A record whose every text means harm."""
    return Record(
        source="library",
        local_id=f"harm/{BREAKOUT}",
        titles=(Title(f"harm {HARM}", '"><script>'), Title(HARM, "x y", "alternative")),
        creators=(Creator(HARM, HARM, HARM, HARM, HARM),),
        abstracts=(Text(f"harm {HARM}", '" onload="x'),),
        subjects=(Subject(HARM), Subject(HARM, HARM)),
        type=HARM,
        languages=(HARM,),
        publisher=(Text(HARM),),
        extent=HARM,
        identifiers=(Identifier("url", "javascript:alert(1)"), Identifier(HARM, HARM)),
        links=tuple(Link(url, kind) for url in LINKS for kind in ("fulltext", "landing")),
        holdings=(Holding(HARM, HARM),),
        access=HARM,
        licence="javascript:alert(1)",
        other=(Other(HARM, HARM),),
    )


@pytest.fixture
async def attacked(visit: Visit) -> Client:
    second = msgspec.structs.replace(hostile(), source="academy")
    return await visit(Library([work("h", hostile(), second, reason=HARM)]))


@pytest.mark.parametrize("address", ADDRESSES)
async def test_metadata_adds_no_element_no_attribute_and_no_link(
    attacked: Client, address: str
) -> None:
    response = await attacked.get(address)
    assert response.status == 200
    body = await response.text()
    page = parse(body)
    assert len(elements(page, "//script")) == 1
    assert values(page, "//script/text()") == []
    assert elements(page, "//img | //iframe | //object | //style | //*[@style]") == []
    assert values(page, "//@*[starts-with(name(), 'on')]") == []
    for link in values(page, "//@href | //@src | //@action"):
        assert re.match(r"/(?!/)|#|https?://", link), link
        assert "evil" not in link
    for tag in values(page, "//@lang"):
        assert re.fullmatch(r"[A-Za-z-]+", tag), tag
    if address in ADDRESSES[:2]:
        assert "{{ 7 * 7 }}" in body


@pytest.mark.parametrize("address", ADDRESSES)
async def test_direction_marks_end_with_the_text_they_came_in(
    attacked: Client, address: str
) -> None:
    assert_turned_text_ends(parse(await (await attacked.get(address)).text()))


def assert_turned_text_ends(page: HtmlElement) -> None:
    for element in page.iter():
        if isinstance(element.tag, str):
            for text, owner in ((element.text, element), (element.tail, element.getparent())):
                if text and "\u202e" in text:
                    assert contained(owner), f"{owner.tag}: {text!r}"


def contained(element: HtmlElement | None) -> bool:
    """Whether the browser ends direction marks inside ``element`` with it (HTML §15.3.6)."""
    while element is not None:
        if element.tag == "bdi" or element.get("dir") == "auto":
            return True
        element = element.getparent()
    return False


@pytest.mark.parametrize("address", ["/en/search", "/ky/work/h", "/ru/sources", "/en/nothing"])
@pytest.mark.parametrize("name", ["q", "page", "sort", "from", "type", "subject", "record", "x"])
async def test_what_is_typed_into_an_address_is_shown_as_text(
    attacked: Client, address: str, name: str
) -> None:
    response = await attacked.get(address, params={name: SCRIPT + BREAKOUT})
    assert response.status in (200, 404)
    page = parse(await response.text())
    assert len(elements(page, "//script")) == 1
    assert values(page, "//img | //@*[starts-with(name(), 'on')]") == []


@pytest.mark.parametrize("concepts", ["on", "off"])
async def test_parts_and_other_queries_are_shown_as_text(
    visit: Visit, library: Library, concepts: str
) -> None:
    harm = f"{SCRIPT}'onerror='alert(1)"
    typed = f'title:{TURNED}{harm} "{harm} {TURNED}" -x{harm} ({TURNED}a OR b) {TURNED}harm* ) эпос'
    library.suggestions = tuple(Suggestion(kind, f"{kind} {HARM}") for kind in ORDER)
    client = await visit(library)
    response = await client.get("/en/search", params={"q": typed, "concepts": concepts})
    page = parse(await response.text())
    assert len(elements(page, "//a[@class='chip part']")) > 4
    assert len(elements(page, "//p[@class='dym']/a")) == 4
    assert len(elements(page, "//script")) == 1
    assert values(page, "//img | //@*[starts-with(name(), 'on')]") == []
    assert_turned_text_ends(page)


async def test_odd_addresses_get_pages_and_no_errors(attacked: Client) -> None:
    for query in (
        "q=%00%ff%fe", "q=%ED%A0%80", "page=-1&page=2", "q=a&q=b", "from=x&to=%F0%9F%92%A9",
        "&&&===", "type=", "sort=added", "q=" + "%D0%B0" * 900, "subject=" + "a" * 3000,
        "&".join(f"subject={n}" for n in range(400)), "year=1990", "q=%E2%80%AEabc",
    ):  # fmt: skip
        response = await attacked.get(f"/ru/search?{query}")
        assert response.status == 200, query


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "https://a.example/b?c=d#e",
        "HTTPS://a.example",
        "http://[2001:db8::1]/",
    ],
)
def test_addresses_that_may_be_followed(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "a.example", "//a.example", "/path", "ftp://a.example/", "javascript:alert(1)",
        "java\tscript:alert(1)", " https://a.example", "https://a.example/ b", "https://",
        "https://user:pass@a.example/", "https://[", "http://\x00a.example",
        "https://" + "a" * 3000,
    ],
)  # fmt: skip
def test_addresses_that_may_not(url: str) -> None:
    assert web_address(url) == ""


@given(st.text())
def test_what_may_be_followed_is_http(url: str) -> None:
    assert not web_address(url) or url.lower().startswith(("http://", "https://"))
