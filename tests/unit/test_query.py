"""What a person types, read."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.query import MOST_CHARACTERS, MOST_WORDS, All, Part, Phrase, Word, parse


def test_words_phrases_and_compounds() -> None:
    query = parse('COVID-19 "Улуу Ата Мекендик согуш" жана Ысык-Көл')
    assert query.root == All(
        (
            Word("covid-19", ("covid", "19")),
            Phrase(("улуу", "ата", "мекендик", "согуш")),
            Word("жана", common=True),
            Word("ысык"),
            Word("көл"),
        )
    )
    assert query.understood == (
        Part("word", "COVID-19"),
        Part("phrase", "Улуу Ата Мекендик согуш"),
        Part("common", "жана"),
        Part("word", "Ысык"),
        Part("word", "Көл"),
    )
    assert not query.empty


@pytest.mark.parametrize("text", ["", "   ", "!?", '""', "\x00\ud800", '" … "'])
def test_nothing_typed_means_everything(text: str) -> None:
    query = parse(text)
    assert query.empty
    assert query.understood == (Part("all", ""),)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("“two words”", (Phrase(("two", "words")),)),
        ("„eins zwei“", (Phrase(("eins", "zwei")),)),
        ("«Манас» эпосу", (Word("манас"), Word("эпосу"))),  # guillemets belong to titles
        ('open "end', (Word("open"), Word("end"))),
        ('"a" b "', (Phrase(("a",)), Word("b"))),
    ],
)
def test_quotation_marks(text: str, root: tuple[Word | Phrase, ...]) -> None:
    assert parse(text).root.nodes == root


def test_common_words_are_words_when_there_are_no_others() -> None:
    assert parse("of the").understood == (Part("word", "of"), Part("word", "the"))
    assert parse("of lakes").understood == (Part("common", "of"), Part("word", "lakes"))
    assert parse('"to be" or not').understood[1:] == (Part("common", "or"), Part("common", "not"))


def test_repetitions_stay_in_the_tree_and_are_understood_once() -> None:
    query = parse("көл көл")
    assert query.root.nodes == (Word("көл"), Word("көл"))
    assert query.understood == (Part("word", "көл"),)


def test_too_much_is_cut_and_said() -> None:
    query = parse(" ".join(f"w{n}x" for n in range(500)))
    assert len(query.root.nodes) == MOST_WORDS
    assert query.understood[-1] == Part("cut", f"w{MOST_WORDS}x")
    query = parse("слово " * 20_000)
    assert len(query.text) <= MOST_CHARACTERS
    assert query.understood[-1].kind == "cut"
    query = parse('"' + "so " * 100 + '" tail')
    assert query.empty
    assert [part.kind for part in query.understood] == ["all", "cut"]


def test_what_was_understood_is_plain_json() -> None:
    query = parse('\ud83d көл "a b"')
    assert msgspec.json.decode(msgspec.json.encode(query.understood)) == [
        {"kind": "word", "text": "көл"},
        {"kind": "phrase", "text": "a b"},
    ]
    query.text.encode()


@given(st.text())
def test_any_string_is_legal(text: str) -> None:
    query = parse(text)
    assert query.understood
    assert len(query.root.nodes) <= MOST_WORDS
    query.text.encode()
    assert parse(query.text).root == query.root
