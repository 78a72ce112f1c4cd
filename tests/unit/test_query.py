"""What a person types, read."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.query import (
    MOST_CHARACTERS,
    MOST_PREFIXES,
    MOST_WORDS,
    All,
    Any,
    In,
    Names,
    Node,
    Not,
    Part,
    Phrase,
    Prefix,
    Query,
    Value,
    Word,
    name_key,
    parse,
)

NAMES = Names(
    {name_key(word): field for word, field in
     [("title", "title"), ("аталышы", "title"), ("автор", "creator"), ("year", "year"),
      ("жылы", "year"), ("жеткиликтүүлүк", "access")]},
    {"year": lambda text: text if text[:1].isdigit() else "",
     "access": lambda text: {"ачык": "open"}.get(text, "")},
)  # fmt: skip


def read(text: str) -> Query:
    return parse(text, NAMES)


def parts(query: Query) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in query.understood]


def test_words_phrases_and_compounds() -> None:
    query = read('COVID-19 "Улуу Ата Мекендик согуш" жана Ысык-Көл')
    assert query.root == All(
        (
            Word("covid-19", ("covid", "19")),
            Phrase(("улуу", "ата", "мекендик", "согуш")),
            Word("жана", common=True),
            Word("ысык"),
            Word("көл"),
        )
    )
    assert parts(query) == [
        ("word", "COVID-19"),
        ("phrase", '"Улуу Ата Мекендик согуш"'),
        ("common", "жана"),
        ("word", "Ысык"),
        ("word", "Көл"),
    ]
    assert not query.empty


@pytest.mark.parametrize("text", ["", "   ", "!?", '""', "\x00\ud800", '" … "', "()", "* -", "()("])
def test_nothing_typed_means_everything(text: str) -> None:
    query = read(text)
    assert query.empty
    assert query.understood[0] == Part("all", "")


def words(*texts: str) -> tuple[Node, ...]:
    return tuple(map(Word, texts))


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("“two words”", (Phrase(("two", "words")),)),
        ("„eins zwei“", (Phrase(("eins", "zwei")),)),
        ("«Манас» эпосу", words("манас", "эпосу")),  # guillemets belong to titles
        ('open "end', words("open", "end")),
        ('"ak" bor "', (Phrase(("ak",)), Word("bor"))),
        ("-химия тарых", (Not(Word("химия")), Word("тарых"))),
        ('көл -"ысык көл"', (Word("көл"), Not(Phrase(("ысык", "көл"))))),
        ("жер NOT суу", (Word("жер"), Not(Word("суу")))),
        ("жер ЭМЕС суу", (Word("жер"), Not(Word("суу")))),
        ("земля НЕ вода", (Word("земля"), Not(Word("вода")))),
        ("NOT NOT суу", words("суу")),
        ("жер -(суу мөңгү)", (Word("жер"), Not(All(words("суу", "мөңгү"))))),
        ("ak AND bor", words("ak", "bor")),
        ("ак ЖАНА бор", words("ак", "бор")),
        ("ak OR bor", (Any(words("ak", "bor")),)),
        ("ак ЖЕ бор ЖЕ дал", (Any(words("ак", "бор", "дал")),)),
        ("соль ИЛИ вода И огонь", (Any((Word("соль"), All(words("вода", "огонь")))),)),
        ("mol ak OR bor dal", (Word("mol"), Any(words("ak", "bor")), Word("dal"))),
        ("(ak OR bor) AND dal", (Any(words("ak", "bor")), Word("dal"))),
        ("(ak (bor dal))", words("ak", "bor", "dal")),
        ("кыр*", (Prefix("кыр"),)),
        ("Ысык-Көл*", (Word("ысык"), Prefix("көл"))),
        ("title:манас", (In("title", Word("манас")),)),
        ("аталышы:(манас эпосу)", (In("title", All(words("манас", "эпосу"))),)),
        ('АВТОР:"Айтматов Ч"', (In("creator", All((Word("айтматов"), Prefix("ч")))),)),
        ("title:(ak OR bor)", (In("title", Any(words("ak", "bor"))),)),
        ("-title:манас көл", (Not(In("title", Word("манас"))), Word("көл"))),
        ("автор: Айтматов", (In("creator", Word("айтматов")),)),
        ("year: 2015 көл", (Value("year", "2015"), Word("көл"))),
        ("Year: a study", (Word("year"), Word("a", common=True), Word("study"))),
        ("Title: манас", words("title", "манас")),  # a title with a colon
        ("year:2010..2020 көл", (Value("year", "2010..2020"), Word("көл"))),
        ("жеткиликтуулук:ачык", (Value("access", "open"),)),  # typed without ү
    ],
)
def test_the_query_language(text: str, nodes: tuple[Node, ...]) -> None:
    assert read(text).root.nodes == nodes


@pytest.mark.parametrize(
    ("text", "nodes", "ignored"),
    [
        ("ak AND", words("ak"), ["AND"]),
        ("OR ak", words("ak"), ["OR"]),
        ("ak OR OR bor", (Any(words("ak", "bor")),), ["OR"]),
        ("NOT", (), ["NOT"]),
        ("ak) (bor", words("ak", "bor"), [")", "("]),
        ("ak *", words("ak"), ["*"]),
        ("bo*", words("bo"), ["bo*"]),  # too short: almost everything begins so
        ("year:кечээ", words("кечээ"), ["year:"]),
        ("title:", words("title"), []),
        ("http://ilim.kg", words("http", "ilim", "kg"), []),
        ("Язык:структура", words("язык", "структура"), []),  # no field, and a title's colon
        ("a-b -5 ilim", (Word("a", common=True), *words("b", "5", "ilim")), []),
        ("kilm – - ak", words("kilm", "ak"), []),
        ('ak "bor', words("ak", "bor"), ['"']),
    ],
)
def test_what_cannot_be_read_is_searched_as_words(
    text: str, nodes: tuple[Node, ...], ignored: list[str]
) -> None:
    query = read(text)
    assert query.root.nodes == nodes
    assert [part.text for part in query.understood if part.kind == "ignored"] == ignored


def test_a_title_in_capitals_has_no_operators() -> None:
    long = read("ИСТОРИЯ И КУЛЬТУРА НЕ ТОЛЬКО КЫРГЫЗОВ")
    assert all(isinstance(node, Word) for node in long.root.nodes)
    assert read("ДНК ИЛИ РНК").root.nodes == (Any(words("днк", "рнк")),)


def test_an_acronym_is_no_common_word() -> None:
    assert read("WHO europe").root.nodes == words("who", "europe")
    assert read("who in europe").root.nodes[0] == Word("who", common=True)
    assert read("WHO WAS JEANNE BARET").root.nodes[0] == Word("who", common=True)
    assert read("IT europe").root.nodes[0] == Word("it", common=True)  # no index has it


@pytest.mark.parametrize(
    ("text", "kind", "typed", "rest"),
    [
        ("ак бор ЭМЕС дал", "not", "ЭМЕС дал", "ак бор"),
        ("ак ЖАНА (бор ЖЕ дал) мол", "any", "(бор ЖЕ дал)", "ак мол"),
        ("title:(ak bor) -dal", "field", "title:(ak bor)", "-dal"),
        ("ak year:2010..2020 bor", "value", "year:2010..2020", "ak bor"),
        ("ak кыр* bor", "prefix", "кыр*", "ak bor"),
        ('ak "bor dal"', "phrase", '"bor dal"', "ak"),
        ("ak (bor dal)", "group", "(bor dal)", "ak"),
        ("ak 10.1000/182 bor", "known", "10.1000/182", "ak bor"),
        ('ak автор:"Айтматов Ч." bor', "field", 'автор:"Айтматов Ч."', "ak bor"),
        ('"ak bor" AND dal', "phrase", '"ak bor"', "dal"),
    ],
)
def test_each_part_can_be_taken_back(text: str, kind: str, typed: str, rest: str) -> None:
    [part] = [part for part in read(text).understood if part.kind == kind]
    assert (part.text, part.without) == (typed, rest)


def test_parts_say_which_field_and_value_they_are_about() -> None:
    part, value = read("аталышы:манас жеткиликтүүлүк:ачык").understood
    assert (part.kind, part.field) == ("field", "title")
    assert (value.kind, value.field, value.more) == ("value", "access", ("open",))


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("автор:Айтматов Ч. Т. кеме", ("айтматов", "ч", "т"), ("кеме",)),
        ("автор:Ч. Т. Айтматов кеме", ("ч", "т", "айтматов"), ("кеме",)),
        ("автор:Ч.Т.Айтматов кеме", ("ч", "т", "айтматов"), ("кеме",)),
        ("автор:Ч. -кеме", ("ч",), ()),
        ('автор:"Чыңгыз Т. Айтматов" кеме', ("чыңгыз", "т", "айтматов"), ("кеме",)),
    ],
)
def test_initials_go_with_a_name(text: str, name: tuple[str, ...], rest: tuple[str, ...]) -> None:
    [first, *others] = read(text).root.nodes
    assert isinstance(first, In)
    nodes = first.node.nodes if isinstance(first.node, All) else (first.node,)
    assert tuple(node.text for node in nodes if isinstance(node, Word | Prefix)) == name
    assert all(isinstance(node, Prefix) == (len(node.text) == 1) for node in nodes)  # type: ignore[union-attr]
    assert tuple(node.text for node in others if isinstance(node, Word)) == rest


def test_identifiers_are_known_items() -> None:
    query = read("see doi:10.1000/182.")
    assert query.known == (("10.1000/182",),)
    assert parts(query) == [("known", "doi:10.1000/182."), ("word", "see")]
    assert not read("ISBN 978-0-306-40615-7").empty


def test_the_issn_in_a_citation_is_a_word() -> None:
    assert read("Вестник ISSN 1694-7452").known == (("1694-7452",),)
    query = read("Айтматов Ч. Ак кеме // Жаңы дүйнө. – 1970. – ISSN 1694-7452.")
    assert not query.known
    assert Word("1694-7452", ("1694", "7452")) in query.root.nodes


def test_common_words_are_words_when_there_are_no_others() -> None:
    assert parts(read("of the")) == [("word", "of"), ("word", "the")]
    assert parts(read("of lakes")) == [("common", "of"), ("word", "lakes")]
    assert parts(read('"to be" or not'))[1:] == [("common", "or"), ("common", "not")]


def test_a_common_word_is_not_left_out_either() -> None:
    assert parts(read("манас -жана")) == [("word", "манас"), ("common", "-жана")]


def test_repetitions_stay_in_the_tree_and_are_understood_once() -> None:
    query = read("көл көл")
    assert query.root.nodes == words("көл", "көл")
    assert parts(query) == [("word", "көл")]


def test_too_much_is_cut_and_said() -> None:
    query = read(" ".join(f"w{n}x" for n in range(500)))
    assert len(query.root.nodes) == MOST_WORDS
    assert parts(query)[-1] == ("cut", f"w{MOST_WORDS}x")
    query = read("слово " * 20_000)
    assert len(query.text) <= MOST_CHARACTERS
    assert query.understood[-1].kind == "cut"
    query = read(" ".join(f"{n}." + "1." * 28 for n in range(20)))
    assert sum(len(word.parts) for word in query.root.nodes if isinstance(word, Word)) <= MOST_WORDS
    query = read(" ".join(f"бор{n}*" for n in "абвгдежз"))
    assert sum(isinstance(node, Prefix) for node in query.root.nodes) == MOST_PREFIXES
    assert parts(query)[-2:] == [("ignored", "борж*"), ("ignored", "борз*")]
    query = read('"' + "so " * 100 + '" tail')
    assert query.empty
    assert [part.kind for part in query.understood] == ["all", "cut"]


@pytest.mark.parametrize(
    "text",
    ["(" * 2000, ")(" * 1000, '"' * 2001, "NOT " * 500, "-(" * 900, "title:(" * 280, "a*" * 900,
     "9" * 2000, "9 " * 1000, "10.1000/" * 250, "ak OR " * 330, "\u202e\u200f" * 900],
)  # fmt: skip
def test_hostile_queries_are_bounded(text: str) -> None:
    query = read(text)
    assert depth(query.root) < 40
    assert len(query.root.nodes) <= MOST_WORDS


def depth(node: Node) -> int:
    match node:
        case All(nodes=nodes) | Any(nodes=nodes):
            return 1 + max(map(depth, nodes), default=0)
        case Not(node=inner) | In(node=inner):
            return 1 + depth(inner)
        case _:
            return 1


def test_what_was_understood_is_plain_json() -> None:
    query = read('\ud83d көл "a b"')
    found = msgspec.json.decode(msgspec.json.encode(query.understood))
    assert [(part["kind"], part["text"]) for part in found] == [
        ("word", "көл"),
        ("phrase", '"a b"'),
    ]
    query.text.encode()


typed = st.lists(
    st.sampled_from(
        ["AND", "ЖЕ", "НЕ", "(", ")", '"', "-", "*", "title:", "-title:(", "year:", "2010..",
         "кыр*", "көл", "10.1000/182", " ", "a-b", "\u202e", "\x00", "«"]
    ) | st.text(max_size=8),
    max_size=40,
).map(" ".join)  # fmt: skip


@given(st.text() | typed)
@example("-" * 40)
@example("title:title:title: (")
@example("-title:(" * 8 + "көл" + ")" * 8)
def test_any_string_is_legal(text: str) -> None:
    query = read(text)
    assert query.understood
    assert len(query.root.nodes) <= MOST_WORDS
    query.text.encode()
    assert read(query.text).root == query.root


@given(typed)
def test_taking_parts_back_ends_with_nothing(text: str) -> None:
    query = read(text)
    for _ in range(200):
        left = [part for part in query.understood if part.kind not in {"all", "cut", "ignored"}]
        if not left:
            return
        shorter = read(left[0].without)
        assert len(shorter.text) <= len(query.text)
        query = shorter
    raise AssertionError(text)
