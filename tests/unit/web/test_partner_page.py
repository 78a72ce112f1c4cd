"""The page for a partner: whole in three languages, alone, and deaf to what records say."""

import re
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from aggregator.record import Creator, Dates, Link, Other, Record, Text, Title
from aggregator.source import Names, SourceConfig
from aggregator.trial import SourceCheck, Trial
from web.partner_page import partner_page, tokens

TODAY = date(2026, 11, 26)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202e'


def check(*records: Record, name: str = "Ала-Тоо", **more: object) -> SourceCheck:
    names = Names(ky=name, ru=name, en=name)
    source = SourceConfig(id="alatoo", name=names, connector="oai_pmh")
    figures = {"received": len(records), "pages": 1, "seconds": 1.0, "page_seconds": 1.0} | more
    return SourceCheck(source, Trial(records, **figures), 1)  # type: ignore[arg-type]


GOOD = Record(
    source="alatoo",
    local_id="1",
    titles=(Title("Ысык-Көлдүн суусу", "ky"),),
    creators=(Creator("Иванов И."), Creator("Асанова А.")),
    issued=Dates(2012, 2012, "2012"),
    type="article",
    languages=("ky",),
    access="open",
    abstracts=(Text("Көл жөнүндө. " * 100, "ky"),),
    links=(Link("https://alatoo.kg/1"), Link("https://alatoo.kg/1.pdf", "fulltext")),
)
BAD = Record(
    source="alatoo",
    local_id="2",
    titles=(Title(EVIL, EVIL),),
    creators=(Creator(EVIL),),
    issued=Dates(text=EVIL),
    languages=(EVIL,),
    abstracts=(Text(EVIL, EVIL),),
    links=(Link("javascript:alert(1)", "fulltext"), Link("javascript:alert(2)")),
    other=(Other("dc:type", EVIL), Other("dc:language", EVIL)),
)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ky", ("Каралган жазуулар", "Кыргызча", "Макала", "26-ноябрь", "Аннотация")),
        ("ru", ("Просмотрено записей", "Кыргызский", "Статья", "26 ноября", "50")),
        ("en", ("Records looked at", "Kyrgyz", "Article", "26 November", "50%")),
    ],
)
def test_it_speaks_the_partners_language(
    locale: Path, language: str, texts: tuple[str, ...]
) -> None:
    found = check(GOOD, Record(source="alatoo", local_id="2"), total=5000, repairs=(("cut", 3),))
    page = partner_page(found, language, TODAY, locale)
    assert f'<html lang="{language}">' in page
    assert [text for text in texts if text not in page] == []
    assert "Ысык-Көлдүн суусу" in page and "Ала-Тоо" in page
    assert 'href="https://alatoo.kg/1"' in page and 'href="https://alatoo.kg/1.pdf"' in page


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_hostile_records_stay_text(locale: Path, language: str) -> None:
    reasons = ((EVIL, 2),)
    found = check(BAD, GOOD, name=EVIL, rejected=reasons, repairs=reasons, encodings=reasons)
    page = partner_page(found, language, TODAY, locale)
    root = etree.HTML(page)
    names = {str(element.tag) for element in root.iter("*")}
    assert names.isdisjoint({"script", "img", "iframe", "object", "form", "base", "link"})
    assert "49" not in re.sub(r"<[^>]*>", "", page.split("<main>")[1])
    for element in root.iter("*"):
        assert not any(str(name).startswith("on") for name in element.attrib)
        assert str(element.get("lang") or "ky") in {"ky", "ru", "en"}
        assert (element.get("href") or "https://").startswith("https://")


def test_it_fetches_nothing(locale: Path) -> None:
    page = partner_page(check(GOOD), "ru", TODAY, locale)
    assert not re.search(r"\bsrc=|@import|url\(|<link|<script", page)
    assert "default-src &#39;none&#39;" in page


def test_nothing_came_is_a_page_too(locale: Path) -> None:
    page = partner_page(check(problems=("away",)), "ky", TODAY, locale)
    assert "<ol" not in page and "Ала-Тоо" in page and "<bdi>away</bdi>" in page


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("ilim@example.kg", "mailto:ilim@example.kg"),
        ("https://ilim.example.kg/about", "https://ilim.example.kg/about"),
        ("javascript:alert(1)", ""),
        ("a@b?cc=c@d", ""),
        ("", ""),
    ],
)
def test_it_says_whom_to_answer(locale: Path, contact: str, link: str) -> None:
    root = etree.HTML(partner_page(check(GOOD), "ky", TODAY, locale, contact=contact))
    told = [str(one.get("href")) for one in root.iterfind(".//p[@class='told']//a")]
    assert told == ([link] if link else [])
    assert (contact in "".join(map(str, root.itertext()))) or not contact


def test_the_sites_tokens() -> None:
    style = (Path(__file__).parents[3] / "web" / "static" / "site.css").read_text()
    found = tokens(style)
    assert found.startswith(":root{") and "--ac:" in found and "prefers-color-scheme:dark" in found
    assert "body{" not in found
