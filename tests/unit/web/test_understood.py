"""What a page says about a query: in words, in three languages, each part to be taken back."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement

from aggregator.errors import Unavailable
from aggregator.field_names import field_names
from aggregator.index.fields import load_table
from aggregator.query import parse
from aggregator.search import Suggestion
from tests.unit.web import page as read
from tests.unit.web.conftest import SOURCES, Client, Visit
from tests.unit.web.library import Library
from tests.unit.web.page import elements, text, values
from web.listing import Lister
from web.params import MAX_TEXT, PageState
from web.suggestions import MOST_OFFERS, ORDER, offers
from web.understood import Reader, Reading
from web.words import LANGUAGES, Words, read_words

TABLE = load_table()
SOURCES_BY_ID = {source.id: source for source in SOURCES}
NAMES = field_names(TABLE, SOURCES_BY_ID)
SIGNS = st.lists(
    st.sampled_from(
        ["манас", "of", '"', "(", ")", "-", " ", " OR ", " ЖАНА ", " НЕ ", "title:", "жылы:", "*",
         "тили:ky ", "2010..", "10.1000/182", "type:", "book ", "\u202e", "<b>"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def words(locale: Path) -> Mapping[str, Words]:
    return read_words(locale, LANGUAGES)


def reading(words: Words, typed: str) -> Reading:
    labels = {name: field.labels[words.code] for name, field in TABLE.fields.items()}
    lister = Lister(words, SOURCES_BY_ID, labels)
    reader = Reader(words, labels, lister.value)
    return reader.reading(parse(typed, NAMES).understood, PageState(typed, page=3))


@pytest.mark.parametrize(
    ("typed", "language", "said"),
    [
        ("манас эпосу", "ky", []),
        ("of the", "en", []),
        ("", "ky", []),
        ('"улуу жибек жолу" манас', "ky", ["Сөз айкашы: улуу жибек жолу"]),
        ("аталышы:манас", "ky", ["Аталышы: манас"]),
        ("title:(манас эпосу)", "ru", ["Название: (манас эпосу)"]),
        ('title:"silk road"', "en", ['Title: "silk road"']),
        ("автор:айтматов -кино", "ky", ["Автор: айтматов", "Болбосун: кино"]),
        ("манас НЕ (кино ИЛИ театр)", "ru", ["Без: (кино ИЛИ театр)"]),
        ("(мөңгү ЖЕ кар) ЖАНА нарын", "ky", ["Бири болсун: мөңгү ЖЕ кар"]),
        ("(a b) OR (c d)", "en", ["One of: (a b) OR (c d)"]),
        ("(манас эпосу)", "en", ["All of: манас эпосу"]),
        ("геолог*", "ru", ["Начало слова: геолог"]),
        ("жылы:2010..2020", "ky", ["Жылы: 2010–2020"]),
        ("год:2015", "ru", ["Год: 2015"]),
        ("year:2010..", "en", ["Year: from 2010"]),
        ("year:..1990", "en", ["Year: up to 1990"]),
        ("тили:ky түрү:thesis", "ky", ["Тили: Кыргызча", "Түрү: Диссертация"]),
        ("language:russian access:open", "en", ["Language: Russian", "Access: Open access"]),
        ("source:academy", "ru", ["Источник: Academy Library (ru)"]),
        ("doi:10.1000/182", "en", ["DOI: 10.1000/182"]),
        ("https://doi.org/10.1000/182", "en", ["DOI: https://doi.org/10.1000/182"]),
    ],
)
def test_parts_in_words(
    typed: str, language: str, said: list[str], words: Mapping[str, Words]
) -> None:
    parts = reading(words[language], typed).parts
    assert [f"{part.label}: {part.text}" for part in parts] == said


def test_a_part_is_taken_back_and_the_others_stay(words: Mapping[str, Words]) -> None:
    parts = reading(words["en"], 'манас "улуу жибек" -кино year:2010..2020').parts
    assert [part.state for part in parts] == [
        PageState("манас -кино year:2010..2020"),
        PageState('манас "улуу жибек" year:2010..2020'),
        PageState('манас "улуу жибек" -кино'),
    ]


def test_common_words_are_named_only_where_there_is_more_to_say(
    words: Mapping[str, Words],
) -> None:
    assert reading(words["en"], "history of manas").common == ()
    assert reading(words["en"], "title:history of manas").common == ("of",)


@given(SIGNS)
def test_any_query_is_put_into_words(words: Mapping[str, Words], typed: str) -> None:
    read = reading(words["ky"], typed)
    for part in read.parts:
        assert part.label
        assert part.text
        assert part.state.page == 1


@given(
    st.lists(st.builds(Suggestion, st.sampled_from(ORDER), st.text(max_size=MAX_TEXT * 2))),
    st.text(max_size=20),
)
def test_few_other_queries_are_offered_and_never_the_same(
    words: Mapping[str, Words], suggestions: list[Suggestion], typed: str
) -> None:
    state = PageState().with_text(typed)
    queries = [
        query for group in offers(suggestions, state, words["ru"]) for query in group.queries
    ]
    assert len(queries) <= MOST_OFFERS
    assert all(query.text == query.state.text != typed.strip() for query in queries)


async def page(client: Client, address: str) -> HtmlElement:
    response = await client.get(address)
    assert response.status == 200, address
    return read.parse(await response.text())


async def test_a_page_shows_the_parts_and_takes_them_back(client: Client) -> None:
    found = await page(client, '/en/search?q=title:манас "эпоса" )&type=book&concepts=off')
    parts = elements(found, "//a[@class='chip part']")
    assert [text(part) for part in parts] == [
        "Remove from the query: Title: манас ×",
        "Remove from the query: Phrase: эпоса ×",
    ]
    assert parts[1].get("href") == (
        "/en/search?q=title%3A%D0%BC%D0%B0%D0%BD%D0%B0%D1%81+%29&type=book&concepts=off"
    )
    assert "Not understood and left out: )" in text(found)
    plain = await page(client, "/en/search?q=манас")
    assert not elements(plain, "//a[@class='chip part'] | //p[@class='read']")


async def test_what_was_not_read_of_a_long_query_is_named(client: Client) -> None:
    found = await page(client, "/en/search?q=" + "+".join(f"w{n}" for n in range(80)))
    assert "it was read only up to “w64”" in text(found)


async def test_other_names_of_a_concept_can_be_left_out_and_taken_in_again(
    client: Client,
) -> None:
    found = await page(client, "/ru/search?q=эпос&type=book")
    line = elements(found, "//p[@class='read']")[0]
    assert text(line) == "Искали также: Epic Искать только набранное"
    (switch,) = values(line, "./a/@href")
    off = await page(client, switch)
    assert values(off, "//input[@name='concepts']/@value") == ["off"]
    line = elements(off, "//p[@class='read']")[0]
    assert text(line) == "Искать и под другими названиями"
    assert values(line, "./a/@href") == ["/ru/search?q=%D1%8D%D0%BF%D0%BE%D1%81&type=book"]
    for address in values(off, "//header//a[@hreflang]/@href"):
        assert address.endswith("concepts=off")


async def test_works_in_the_language_of_the_page_are_asked_for(
    client: Client, library: Library
) -> None:
    for language in LANGUAGES:
        await page(client, f"/{language}/search?q=манас")
    assert library.languages == list(LANGUAGES)


@pytest.mark.parametrize("query", ["манас", "zzz"])
async def test_other_queries_are_offered_in_groups(
    visit: Visit, library: Library, query: str
) -> None:
    library.suggestions = (
        Suggestion("keyboard", "илим"),
        Suggestion("script", "manas"),
        Suggestion("spelling", "манас\u202e"),
        Suggestion("joined", "манасчы"),
        Suggestion("fewer", "never shown"),
    )
    found = await page(await visit(library), f"/en/search?q={query}&type=book")
    assert [text(line) for line in elements(found, "//p[@class='dym']")] == [
        "Did you mean: манас\u202e манасчы",
        "On the other keyboard layout: илим",
        "In the other alphabet: manas",
    ]
    assert values(found, "//p[@class='dym']/a/@href")[2] == (
        "/en/search?q=%D0%B8%D0%BB%D0%B8%D0%BC&type=book"
    )
    assert len(elements(found, "//p[@class='dym']/a/bdi")) == 4


async def test_what_is_being_typed_is_completed(client: Client, library: Library) -> None:
    response = await client.get("/en/suggest", params={"q": "Ысык"})
    assert response.content_type == "application/json"
    assert response.headers["Cache-Control"] == "private, max-age=60"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert await response.json() == [
        {"text": "Ысык-Көл", "kind": "title", "works": 1, "note": "Title"}
    ]
    response = await client.get("/ky/suggest", params={"q": "айт"})
    assert await response.json() == [
        {"text": "Айтматов Ч.", "kind": "name", "works": 1, "note": "1 эмгек"}
    ]
    library.failure = Unavailable("There is nothing to search in: the index is being made.")
    response = await client.get("/ky/suggest", params={"q": "айт"})
    assert response.status == 503
    assert await response.json() == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%00",
        "q=%ED%A0%80",
        "q=" + "%D0%B0" * 1000,
        "q[]=1",
        "q=%E2%80%AE",
        "x=1",
        "&&==",
    ],
)
async def test_nothing_typed_breaks_the_completions(client: Client, query: str) -> None:
    response = await client.get(f"/ru/suggest?{query}")
    assert response.status == 200
    assert await response.json() == []
