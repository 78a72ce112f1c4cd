"""What every engine must answer behind the port `SearchIndex`."""

import asyncio
import base64
import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.index.port import DEEPEST, SORTS, SearchIndex, SearchRequest, Sort
from aggregator.query import parse
from aggregator.record import Identifier
from tests.contracts.engines import FACETS, Engine, documents, fill, find, ids, put
from tests.contracts.model import (
    ACCESS,
    LANGUAGES,
    SOURCES,
    SUBJECTS,
    TYPES,
    WORDS,
    Model,
    make_work,
    random_work,
)

# Finding


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("горные РЕКИ", ["ru"]),  # another case of both words
        ("тоолордо", ["ky"]),  # Kyrgyz endings: the first five letters agree
        ("mountain river", ["en"]),  # English number
        ("Айтматов", ["ky"]),  # people
        ("covid", ["en"]),  # a part of a compound
        ("covid-19", ["en"]),
        ("«Горная река»", ["ru"]),
        ('"горная река"', ["ru"]),
        ('"река горная"', []),  # another order is another phrase …
        ("10.1000/ABC.def", ["en"]),
        ("978-5-655-00123-4", ["ru"]),
        ("of the", ["en"]),  # stop words alone are looked for as written
        ("гидрология", ["ru"]),  # subjects
    ],
)
async def test_words_are_found_in_other_forms(
    index: SearchIndex, text: str, found: Sequence[str]
) -> None:
    await fill(
        index,
        [
            make_work(
                "ru",
                "Горная река",
                subjects=["Гидрология"],
                identifiers=(Identifier("isbn", "9785655001234"),),
            ),
            make_work("ky", "Тоолор жомогу", creator="Айтматов, Чыңгыз"),
            make_work(
                "en",
                "The mountains of the rivers",
                text="After COVID-19.",
                identifiers=(Identifier("doi", "10.1000/abc.def"),),
            ),
        ],
    )
    page = await find(index, text)
    if found:
        assert [hit.id for hit in page.hits] == found
        assert not page.widened
    else:
        assert page.widened  # … so its words are looked for one by one


async def test_all_words_come_first_and_few_hits_widen_the_search(index: SearchIndex) -> None:
    works = [make_work(f"w{n}", f"kilm ort {n}") for n in range(9)]
    await fill(index, [*works, make_work("x", "kilm"), make_work("y", "zuq")])
    page = await find(index, "kilm ort", facets=("type",))
    assert (page.total, page.widened) == (10, True)
    assert page.hits[-1].id == "x"
    assert page.facets["type"] == [("book", 10)]
    async with index.writer() as writer:
        await put(writer, [make_work("w9", "kilm ort 9")], 2)
    page = await find(index, "kilm ort")
    assert (page.total, page.widened) == (10, False)
    page = await find(index, "kilm nowhere")
    assert (page.total, page.widened) == (11, True)
    page = await find(index, "nowhere nohow")
    assert (page.total, page.widened) == (0, False)


async def test_a_title_that_has_the_words_goes_before_a_text_that_has_them(
    index: SearchIndex,
) -> None:
    long = "zuq " * 5
    await fill(
        index,
        [make_work("text", "shum", text=f"{long} kilm"), make_work("title", "kilm", text=long)],
    )
    assert await ids(index, "kilm") == ["title", "text"]


async def test_a_word_typed_twice_weighs_twice(index: SearchIndex) -> None:
    await fill(index, [make_work("k", "kilm shum"), make_work("z", "zuq shum")])
    assert await ids(index, "kilm kilm zuq") == ["k", "z"]
    assert await ids(index, "kilm zuq zuq") == ["z", "k"]


# Filters and facets


async def test_totals_and_facets_equal_the_model(index: SearchIndex) -> None:
    chance = random.Random(7)
    works = [random_work(chance, number) for number in range(300)]
    await fill(index, works[:200])
    async with index.writer() as writer:  # several segments, with deletions in them
        await put(writer, works[200:], 2)
        works = [*works[50:], *(random_work(chance, number) for number in range(20))]
        await put(writer, works[-20:], 3, gone=[f"w{number:04}" for number in range(20, 50)])
    model = Model(works)
    values = {
        "source": (*SOURCES, "kg-none"),
        "type": TYPES,
        "language": LANGUAGES,
        "subject": SUBJECTS,
        "access": ACCESS,
        "year": ("1995", "1990..2000", "..1999", "2010..", "1850", "2100", "700..800"),
    }
    widened = 0
    for _ in range(150):
        words = chance.choices(WORDS, k=chance.choice([0, 1, 1, 2, 2, 3]))
        names = chance.sample(list(values), chance.choice([0, 1, 1, 2, 3]))
        filters = {
            name: tuple(chance.sample(values[name], chance.choice([1, 1, 2]))) for name in names
        }
        page = await find(index, " ".join(words), filters=filters, facets=FACETS, facet_size=99)
        found = model.matching(words, filters)
        assert page.total == len(found), (words, filters)
        assert page.widened == model.widened(words, filters)
        widened += page.widened
        if page.total <= 100:
            assert {hit.id for hit in page.hits} == {work.id for work in found}
        for name in FACETS:
            assert dict(page.facets[name]) == model.facet(name, words, filters), (name, filters)
    assert widened > 10


async def test_a_years_count_is_the_total_of_its_filter(index: SearchIndex) -> None:
    works = [random_work(random.Random(number), number) for number in range(60)]
    await fill(index, works)
    page = await find(index, facets=("year",))
    years = [int(year) for year, _ in page.facets["year"]]
    assert years == sorted(years, reverse=True)
    for year, count in page.facets["year"][::37]:
        assert (await find(index, filters={"year": (year,)})).total == count


async def test_a_decade_counts_what_a_filter_by_it_finds(index: SearchIndex) -> None:
    chance = random.Random(80)
    await fill(index, [random_work(chance, number) for number in range(200)])
    page = await find(index, facets=("year",))
    assert page.facets["decade"]
    for decade, count in page.facets["decade"]:
        assert (await find(index, filters={"year": (decade,)})).total == count


async def test_facets_are_cut_to_the_greatest(index: SearchIndex) -> None:
    works = [
        make_work(f"w{n}", "kilm", subjects=[f"s{k:02}" for k in range(n, 20)]) for n in range(20)
    ]
    await fill(index, works)
    page = await find(index, "kilm", facets=("subject",), facet_size=3)
    assert page.facets["subject"] == [("s19", 20), ("s18", 19), ("s17", 18)]
    page = await find(
        index, "kilm", facets=("subject",), facet_size=3, filters={"subject": ("s01", "s00")}
    )
    assert page.total == 1
    assert {("s00", 1), ("s01", 1)} <= set(page.facets["subject"])  # chosen: never cut off
    page = await find(index, facets=("type",), filters={"type": ("map",)})
    assert page.facets["type"] == [("book", 20), ("map", 0)]


async def test_an_unknown_filter_or_facet_is_named(index: SearchIndex) -> None:
    with pytest.raises(ConfigError, match="did you mean 'language'"):
        await find(index, filters={"langage": ("ky",)})
    with pytest.raises(ConfigError, match="no filter 'title'"):
        await find(index, facets=("title",))


# Order and pages


async def test_titles_sort_as_in_a_kyrgyz_catalogue(index: SearchIndex) -> None:
    titles = (
        "9 жыл", "10 жыл", "«Акбара»", "Ёлка", "Жаз", "нан", "Наң", "Нар", "Огуз", "Өзгөн", "Пар",
        "Тур", "Түн", "Ысык-Көл", "Applied physics", "zoology",
    )  # fmt: skip
    works = [make_work(f"w{place:02}", title) for place, title in enumerate(titles)]
    random.Random(3).shuffle(works)
    await fill(index, [*works, make_work("untitled")])
    assert await ids(index, sort="title") == [*(f"w{n:02}" for n in range(len(titles))), "untitled"]


async def test_uncertain_years_go_behind_certain_ones(index: SearchIndex) -> None:
    years = {
        "a": (1999, 1999),
        "b": (1900, 1999),
        "c": (1950, 1950),
        "d": (0, 0),
        "e": (2001, 2001),
    }
    works = [make_work(id, "kilm", added=n, years=y) for n, (id, y) in enumerate(years.items())]
    await fill(index, works)
    assert await ids(index, "kilm", sort="newest") == ["e", "a", "c", "b", "d"]
    assert await ids(index, "kilm", sort="oldest") == ["c", "b", "a", "e", "d"]
    assert await ids(index, "kilm", sort="added") == ["e", "d", "c", "b", "a"]
    assert await ids(index) == ["e", "d", "c", "b", "a"]  # nothing typed: as added


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "ак", "ак бор зор"])
async def test_keys_lead_through_every_work_once(index: SearchIndex, sort: Sort, text: str) -> None:
    works = [random_work(random.Random(number), number) for number in range(140)]
    await fill(index, works[:70])
    async with index.writer() as writer:
        await put(writer, works[70:], 2)
    filters = {"type": ("book", "article")}
    expected = {work.id for work in Model(works).matching(text.split(), filters)}
    seen: list[str] = []
    after = ""
    for _ in range(100):
        page = await find(index, text, sort=sort, size=7, after=after, filters=filters)
        assert page.total == len(expected)
        seen += [hit.id for hit in page.hits]
        if not page.next:
            break
        after = page.next
    assert len(seen) == len(set(seen))
    assert set(seen) == expected
    in_one = await ids(index, text, sort=sort, size=200, filters=filters)
    assert seen == in_one
    assert await ids(index, text, sort=sort, size=7, offset=14, filters=filters) == seen[14:21]


async def test_works_added_meanwhile_do_not_disturb_deep_paging(index: SearchIndex) -> None:
    await fill(index, [make_work(f"w{n}", f"Китеп {n}", added=n) for n in range(20)])
    first = await find(index, sort="title", size=10)
    async with index.writer() as writer:
        await put(writer, [make_work("early", "Аа", added=99)], 2, gone=["w3"])
    second = await find(index, sort="title", size=20, after=first.next)
    assert [h.id for h in (*first.hits, *second.hits)] == [f"w{n}" for n in range(20)]


async def test_the_key_of_another_search_is_refused(index: SearchIndex) -> None:
    await fill(index, [make_work(f"w{n}", f"Китеп {n}") for n in range(5)])
    page = await find(index, sort="title", size=2)
    foreign = base64.urlsafe_b64encode(b'["title","a TO *} OR id:{b"]').decode()
    for after in (page.next[:-3], foreign, "x", "*", "\ud800", "=" * 9):
        with pytest.raises(ConfigError, match="first page"):
            await find(index, sort="title", after=after)
    with pytest.raises(ConfigError, match="first page"):
        await find(index, sort="newest", after=page.next)


async def test_a_page_may_be_empty(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас")])
    page = await find(index, "манас", size=0, facets=("type",))
    assert (page.total, list(page.hits), page.facets["type"]) == (1, [], [("book", 1)])
    assert await ids(index, "манас", offset=10**9) == []
    assert await ids(index, "манас", offset=10**9, sort="title") == []


# Any text


@pytest.fixture
def filled(engine: Engine) -> Engine:
    works = [random_work(random.Random(number), number) for number in range(50)]

    async def prepare() -> None:
        async with engine.open() as index:
            await fill(index, works)

    asyncio.run(prepare())
    return engine


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_text_is_a_legal_query(filled: Engine, data: st.DataObject) -> None:
    """Of any characters, or made of what query languages give a meaning to."""
    signs = ["AND", "OR", "NOT", "(", ")", '"', "*", ":", "[", "TO", "]", "{", "}", "~2", "^", "\\"]
    mixed = st.lists(st.sampled_from([*signs, *WORDS, "ort-1", "10.1234/x"]), max_size=30).map(
        " ".join
    )
    texts = data.draw(st.lists(st.one_of(st.text(max_size=200), mixed), min_size=1, max_size=20))

    async def ask() -> None:
        async with filled.open() as index:
            for text in texts:
                page = await index.search(
                    SearchRequest(parse(text), {"source": (text,), "year": (text,)}, facets=FACETS)
                )
                assert page.total == 0
                page = await index.search(SearchRequest(parse(text), facets=FACETS))
                assert 0 <= page.total <= 50

    asyncio.run(ask())


async def test_a_very_long_query_is_bounded(index: SearchIndex) -> None:
    await fill(index, [make_work("w1", "Манас")])
    assert await ids(index, "манас " * 20_000) == ["w1"]
    assert await ids(index, " ".join(f"zuq{n}" for n in range(500)) + " манас") == []


# Words


async def test_works_that_share_telling_words_are_similar(index: SearchIndex) -> None:
    works = [
        make_work("lake", "Ысык-Көл гидрологиясы", text="көл суусу гидрология деңгээл туз"),
        make_work("lake2", "Соң-Көл гидрологиясы", text="көл суусу гидрология деңгээл муз"),
        make_work("lake3", "Чатыр-Көл", text="көл суусу гидрология"),
        *(
            make_work(f"w{n}", f"Башка китеп {n}", text="тарых коом маданият саясат")
            for n in range(30)
        ),
    ]
    await fill(index, works)
    [lake] = documents(works[:1], 1)
    found = [hit.id for hit in await index.similar(lake)]
    assert found[0] == "lake2"
    assert set(found) == {"lake2", "lake3"}
    assert [hit.id for hit in await index.similar(lake, size=1)] == ["lake2"]
    [alone] = documents(
        [make_work("alone", "кулпунай")], 1
    )  # never stored, of a word nobody else has
    assert list(await index.similar(alone)) == []
    [silent] = documents([make_work("silent", "")], 1)
    assert list(await index.similar(silent)) == []


async def test_a_word_with_slips_leads_to_words_of_the_index(index: SearchIndex) -> None:
    works = [make_work(f"m{n}", "манас эпосу") for n in range(5)]
    works += [make_work(f"s{n}", "мамас жана манат") for n in range(2)]
    works += [make_work("e", "mountains fountains")]
    await fill(index, works)
    assert list(await index.spellings("мансс")) == [("манас", 5), ("мамас", 2), ("манат", 2)]
    assert list(await index.spellings("манас")) == [("мамас", 2), ("манат", 2)]  # never itself
    assert list(await index.spellings("mountians")) == [("mountains", 1)]  # two swapped letters
    assert list(await index.spellings("манат", size=1)) == [("манас", 5)]
    for word in ("", "м", "ма", "керемет", "м" * 5000, "🏔🏔🏔", "a*b?", "\x00\x00\x00"):
        assert list(await index.spellings(word)) == []


async def test_names_and_subjects_are_completed(index: SearchIndex) -> None:
    works = [make_work(f"w{n}", "Китеп", creator="Айтматов, Ч. Т.") for n in range(3)]
    works += [make_work(f"x{n}", "Китеп", creator="Айтбаев, А.") for n in range(2)]
    works += [make_work(f"y{n}", "Китеп", creator="Айдаров, Б.") for n in range(2)]
    works += [make_work("z", "Китеп", subjects=["Айыл чарба (экономика)", "C++ тили"])]
    await fill(index, works)
    expected = [
        ("Айтматов, Ч. Т.", 3),
        ("Айдаров, Б.", 2),
        ("Айтбаев, А.", 2),
        ("Айыл чарба (экономика)", 1),
    ]
    assert list(await index.completions("ай")) == expected
    assert list(await index.completions("АЙ", size=2)) == expected[:2]
    assert list(await index.completions("айтматов ч")) == expected[:1]
    assert list(await index.completions("Айыл чарба (эко")) == expected[3:]
    assert list(await index.completions("ай.*")) == expected  # signs are no pattern
    for beginning in ("", " ", "ж", ".*", "[а-я]", "а" * 5000, "\x1f"):
        assert list(await index.completions(beginning)) == []


async def test_offsets_end_where_keys_go_on(index: SearchIndex) -> None:
    await fill(index, [make_work(f"w{n}", f"Китеп {n}") for n in range(3)])
    for offset in (DEEPEST - 1, DEEPEST, DEEPEST + 5):
        page = await find(index, sort="title", size=10, offset=offset)
        assert (page.total, list(page.hits), page.next) == (3, [], "")
