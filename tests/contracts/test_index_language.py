"""The query language and what ranks beside the words, on every engine."""

import random
from collections.abc import Sequence

import pytest

from aggregator.field_names import field_names
from aggregator.index.port import SearchIndex, SearchRequest
from aggregator.query import All, Any, Concept, Node, Not, Query, Word, parse
from aggregator.record import Identifier
from aggregator.works import Work
from tests.contracts.engines import TABLE, fill
from tests.contracts.model import WORDS, make_work, random_work

NAMES = field_names(TABLE, {})


def read(text: str) -> Query:
    return parse(text, NAMES)


async def found(index: SearchIndex, query: str | Query, **wanted: object) -> list[str]:
    asked = read(query) if isinstance(query, str) else query
    page = await index.search(SearchRequest(asked, size=100, **wanted))  # type: ignore[arg-type]
    return [hit.id for hit in page.hits]


LIBRARY = [
    make_work("manas", "Манас эпосу", creator="Орозбаков, С.", subjects=["Фольклор"],
              years=(1978, 1978), languages=("ky",), type="book", access="open"),
    make_work("lake", "Озеро Иссык-Куль", text="Вода озера солёная", creator="Манасов, А.",
              years=(1990, 1995), languages=("ru",), type="article", access="restricted",
              identifiers=(Identifier("doi", "10.1000/182"),)),
    make_work("water", "Water of high mountains", text="An epic of the water cycle",
              creator="Lake, J.", subjects=["Hydrology of lakes"], years=(2015, 2015),
              languages=("en",), type="thesis", identifiers=(Identifier("patent", "KG1234C1"),)),
    make_work("honey", "Көлдүн суусу", text="Ысык-Көлдүн өзгөчө суусу", years=(2020, 2020),
              creator="Айтматов, Чыңгыз", languages=("ky",), type="article",
              identifiers=(Identifier("isbn", "9780306406157"),)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("манас OR water", {"manas", "lake", "water"}),
        ("(манас ЖЕ water) -озеро", {"manas", "water"}),
        ("-манас", {"water", "honey"}),
        ("NOT (water OR манас)", {"honey"}),
        ("озеро И НЕ эпос", {"lake"}),
        ("аталышы:манас", {"manas"}),
        ("title:water", {"water"}),
        ('title:"high mountains"', {"water"}),
        ('title:"mountains high"', set()),
        ("author:манасов", {"lake"}),
        ("автор:lake", {"water"}),
        ("тармак:фольклор", {"manas"}),
        ("subject:(lake OR фольклор)", {"manas", "water"}),
        ("-title:water water", set()),
        ("year:1978", {"manas"}),
        ("озеро 1990", {"lake"}),  # a year among words
        ("жылы:1994..2015", {"lake", "water"}),
        ("year:..1980 OR year:2020..", {"manas", "honey"}),
        ("тили:кыргызча", {"manas", "honey"}),
        ("язык:en", {"water"}),
        ("type:макала -озеро", {"honey"}),
        ("доступ:open", {"manas"}),
        ("title:вода OR access:open", {"manas"}),
        ("мана*", {"manas", "lake"}),
        ("wat* -hydro*", set()),
        ("title:озе*", {"lake"}),
        ("title:mountains*", {"water"}),  # its stem is shorter
        ("автор:Айтматов Ч.", {"honey"}),
        ("автор:Ч.Айтматов", {"honey"}),
        ('автор:"Чыңгыз Айтматов"', {"honey"}),
        ("автор:Айтматов Т.", set()),
        ("автор:L. Jack", set()),
        ("author:J. Lake", {"water"}),
        ("doi:10.1000/182", {"lake"}),
        ("see https://doi.org/10.1000/182 for the lake", {"lake"}),
        ("KG 1234", {"water"}),
        ("0-306-40615-2", {"honey"}),
        ("10.1000/181 манас", {"manas", "lake"}),  # no work has it: the words are looked for
        ("колдун суусу", {"honey"}),  # ө and ү typed as о and у
        ("озгочо", {"honey"}),
        ('"салып жок" манас', {"manas", "lake"}),  # nothing has the phrase: given up
    ],
)
async def test_what_a_query_finds(index: SearchIndex, text: str, ids: set[str]) -> None:
    await fill(index, LIBRARY)
    assert set(await found(index, text)) == ids


async def test_facets_count_what_such_queries_find(index: SearchIndex) -> None:
    await fill(index, LIBRARY)
    for text in ("манас OR water", "-манас", "year:1990..2020", "мана*", "10.1000/182"):
        page = await index.search(SearchRequest(read(text), size=100, facets=("source", "type")))
        assert page.total == len(page.hits)
        assert sum(count for _, count in page.facets["type"]) == page.total


def random_tree(chance: random.Random, depth: int) -> Node:
    kind = chance.random()
    if depth == 0 or kind < 0.4:
        return Word(chance.choice(WORDS))
    if kind < 0.55:
        return Not(random_tree(chance, depth - 1))
    nodes = tuple(random_tree(chance, depth - 1) for _ in range(chance.choice([2, 2, 3])))
    return All(nodes) if kind < 0.75 else Any(nodes)


def holds(node: Node, words: set[str]) -> bool:
    match node:
        case Word(text=text):
            return text in words
        case Not(node=inner):
            return not holds(inner, words)
        case All(nodes=nodes):
            return all(holds(inner, words) for inner in nodes)
        case Any(nodes=nodes):
            return any(holds(inner, words) for inner in nodes)
        case _:
            raise AssertionError(node)


def words_of(work: Work) -> set[str]:
    record = work.record
    texts = [title.value for title in record.titles] + [text.value for text in record.abstracts]
    return {word for text in texts for word in text.split()}


async def test_any_tree_of_operators_means_what_it_says(index: SearchIndex) -> None:
    chance = random.Random(5)
    works = [random_work(chance, number) for number in range(60)]
    await fill(index, works)
    for _ in range(60):
        tree = random_tree(chance, 3)
        query = Query("", All((tree, Not(Word("жок")))), ())
        wanted = {work.id for work in works if holds(tree, words_of(work))}
        assert set(await found(index, query, widen=False)) == wanted, tree
        assert set(await found(index, query, widen=False, sort="title")) == wanted, tree


async def test_without_widening_all_words_are_wanted(index: SearchIndex) -> None:
    await fill(index, [make_work("a", "ак бор"), make_work("b", "ак")])
    assert await found(index, "ак бор") == ["a", "b"]
    assert await found(index, "ак бор", widen=False) == ["a"]


# Ranking


async def test_a_whole_title_goes_before_works_that_say_more_of_it(index: SearchIndex) -> None:
    await fill(
        index,
        [
            make_work("more", "Пульсация", text="пульсация пульсация"),
            make_work("other", "Пульсация пульсация сердца"),
            make_work("meant", "The Pulsation: an introduction", text="слова " * 50),
        ],
    )
    assert (await found(index, "pulsations"))[0] == "meant"
    assert (await found(index, "пульсации"))[0] == "more"
    assert (await found(index, "introduction pulsation"))[0] == "meant"


async def test_what_was_typed_goes_before_what_is_the_same_without_kyrgyz_letters(
    index: SearchIndex,
) -> None:
    await fill(index, [make_work("lake", "Терең көл"), make_work("hand", "Терең кол")])
    assert await found(index, "көл") == ["lake", "hand"]
    assert await found(index, "кол") == ["hand", "lake"]


async def test_a_concepts_other_names_rank_lower(index: SearchIndex) -> None:
    await fill(
        index,
        [
            make_work("en", "Chemistry chemistry", text="chemistry"),
            make_work("ru", "Слова о химии", text="слова " * 40),
            make_work("none", "Физика"),
        ],
    )
    concept = Concept((Word("химия"),), (("chemistry",),))
    assert await found(index, Query("", All((concept,)), ())) == ["ru", "en"]
    both = Query("", All((concept, Word("слова"))), ())
    assert await found(index, both, widen=False) == ["ru"]


@pytest.mark.parametrize(("language", "first"), [("ky", "ky"), ("ru", "ru"), ("en", "open")])
async def test_the_readers_language_and_free_texts_go_before_their_equals(
    index: SearchIndex, language: str, first: str
) -> None:
    works = [
        make_work("ky", "ак бор", languages=("ky",)),
        make_work("ru", "ак бор", languages=("ru",)),
        make_work("open", "ак бор", access="open"),
        make_work("best", "ак бор зор", text="зор зор зор"),
    ]
    await fill(index, [*works, *(make_work(f"x{n}", "мол") for n in range(20))])
    order = await found(index, "ак бор", language=language)
    assert order[0] == first
    assert set(order) == {"ky", "ru", "open", "best"}
    assert (await found(index, "зор", language=language))[0] == "best"


async def test_a_whole_long_title_is_not_widened(index: SearchIndex) -> None:
    await fill(
        index,
        [
            make_work("meant", "Ак бор дал зор"),
            make_work("other", "Ак бор дал кыл", type="article"),
            make_work("same", "Дал", text="ак бор дал зор", type="article"),
        ],
    )
    assert await found(index, "ак бор дал зор") == ["meant", "same"]
    assert set(await found(index, "ак бор зор")) == {"meant", "same", "other"}
    only = {"type": ("article",)}  # the work of this title is not among these
    assert set(await found(index, "ак бор дал зор", filters=only)) == {"same", "other"}


async def test_a_part_of_a_compound_alone_is_not_enough(index: SearchIndex) -> None:
    works = [make_work("both", "Covid-19 кеселине эмдөө"), make_work("one", "19 аңгеме"),
             make_work("other", "Covid")]  # fmt: skip
    await fill(index, works)
    for text, total in (("covid-19", 1), ("covid-19 эмдөө аңгеме", 2)):
        page = await index.search(SearchRequest(read(text), facets=("type",)))
        assert (page.total, page.facets["type"]) == (total, [("book", total)])


async def test_of_the_works_of_one_book_the_one_that_was_cited_comes_first(
    index: SearchIndex,
) -> None:
    book = Identifier("isbn", "9780306406157")
    more = Identifier("doi", "10.1000/7")
    works = [
        make_work("a", "Эл", identifiers=(book,)),
        make_work("b", "Ак бор дал", identifiers=(book, more)),
        make_work("c", "Ак бор дал зор"),
    ]
    await fill(index, works)
    text = "Айтматов Ч. Ак бор дал // Эл. – 1970. – С. 12–15. – ISBN 978-0-306-40615-7"
    page = await index.search(SearchRequest(read(text), facets=("type",)))
    assert [hit.id for hit in page.hits] == ["b", "a"]
    assert (page.total, page.facets["type"]) == (2, [("book", 2)])
    [one, two] = (await index.search(SearchRequest(read("9780306406157")))).hits
    assert one.score == two.score, "how many identifiers a work has does not matter"


# Words of the index


async def test_how_many_works_have_words(index: SearchIndex) -> None:
    works = [make_work(f"w{n}", "Озёра гор", creator="Көлбаев, А.") for n in range(3)]
    await fill(index, works)
    asked = [("content_a", "озер"), ("surface", "озера"), ("surface", "гора"),
             ("content_f", "колба"), ("creator_c", "озера")]  # fmt: skip
    assert list(await index.holding(asked)) == [3, 3, 0, 3, 0]
    assert list(await index.holding([])) == []


@pytest.mark.parametrize(
    ("beginning", "ids"),
    [
        ("манас", ["a", "b"]),
        ("МАНАС: э", ["b"]),
        ("ma", ["c"]),
        ("көл", ["d"]),
        ("", []),
        ("*", []),
        ("\x1f \ud800", []),
    ],
)
async def test_titles_are_completed(index: SearchIndex, beginning: str, ids: Sequence[str]) -> None:
    titles = {"a": "Манас", "b": "Манас эпосу", "c": "Mathematics", "d": "Көл", "e": "Бөлөк"}
    await fill(index, [make_work(id, title) for id, title in titles.items()])
    assert list(await index.titles(beginning)) == list(ids)
    assert list(await index.titles(beginning, size=1)) == list(ids)[:1]
