"""The words that matched, marked in titles and passages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.index.plan import plan
from aggregator.query import All, Concept, Names, Query, Word, parse
from aggregator.snippet import LONGEST_PASSAGE, Highlighter, Piece

NAMES = Names({"title": "title", "author": "creator"})


def marking(query: str) -> Highlighter:
    return Highlighter(plan(parse(query, NAMES)))


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("горная река", "О горных реках.", "О [горных] [реках]."),
        ("мектеп", "Мектептерде жана китепте", "[Мектептерде] жана китепте"),
        ("mountain", "The Mountains' mountain", "The [Mountains]' [mountain]"),
        ("covid", "COVID-19 жана covid", "[COVID]-19 жана [covid]"),
        ("covid-19", "(COVID-19)", "([COVID-19])"),
        ("2020", "5.10.2020", "5.10.[2020]"),
        ("көл", "Ысык-Көл, кѳл", "Ысык-[Көл], [кѳл]"),
        ('"горная река"', "Река горная", "[Река] [горная]"),
        ('"реки"', "Реки, река", "[Реки], река"),
        ("the of", "The art of", "[The] art [of]"),
        ("the art", "The art", "The [art]"),
        ("10.1000/abc", "doi:10.1000/ABC.", "doi:[10.1000/ABC]."),
        ("", "Манас", "Манас"),
        ("китеби", "Китептердин окурмандары", "[Китептердин] окурмандары"),
        ("колдор", "Көлдөрдүн суусу", "[Көлдөрдүн] суусу"),  # typed without ө
        ("көлдөр", "колдор", "[колдор]"),  # written without it
        ("кыр*", "Кыргыз, кырка, акыр", "[Кыргыз], [кырка], акыр"),
        ("река -гора title:море", "Гора, река, моря", "Гора, [река], [моря]"),
        ("author:Рекин Г. река", "Рекин и горная река", "Рекин и горная [река]"),
        ("(река OR гора)", "Гора и река", "[Гора] и [река]"),
        ("нет", "", ""),
        ("ёлка", "Е\u0308лка <b>", "[Е\u0308лка] <b>"),
    ],
)
def test_marks(query: str, text: str, marked: str) -> None:
    assert shown(marking(query).mark(text)) == marked


def test_a_concepts_other_names_are_marked() -> None:
    concept = Concept((Word("озеро"),), (("lake",), ("salt", "water")))
    highlighter = Highlighter(plan(Query("", All((concept,)), ())))
    assert shown(highlighter.mark("Lakes, озёра")) == "[Lakes], [озёра]"


def test_a_short_abstract_is_shown_whole() -> None:
    assert shown(marking("суу").passage(["Суу  \n жөнүндө."])) == "[Суу] жөнүндө."
    assert marking("суу").passage([]) == ()
    assert marking("суу").passage(["", "  "]) == ()


def test_the_best_passage_of_a_long_abstract() -> None:
    filler = "другие слова без всякого отношения к делу " * 12
    text = f"{filler}сначала вода одна. {filler}потом вода и лёд вместе. {filler}"
    passage = marking("вода лёд").passage([text])
    assert "потом [вода] и [лёд] вместе." in shown(passage)
    assert shown(passage).startswith("…")
    assert shown(passage).endswith("…")
    inner = "".join(piece.text for piece in passage).strip("…")
    assert len(inner) <= LONGEST_PASSAGE
    assert f" {inner} " in f" {text} "  # cut between words


def test_the_abstract_that_has_the_words_is_shown() -> None:
    texts = ["Бул жөнүндө эмес.", "Суу жана муз.", "Суу."]
    assert shown(marking("муз суу").passage(texts)) == "[Суу] жана [муз]."
    assert shown(marking("башкача").passage(texts)) == "Бул жөнүндө эмес."


def test_a_long_abstract_without_the_words_shows_its_beginning() -> None:
    passage = marking("нет").passage(["слово " * 100])
    assert shown(passage).startswith("слово слово")
    assert shown(passage).endswith("слово…")
    assert LONGEST_PASSAGE - 10 < len(shown(passage)) <= LONGEST_PASSAGE + 1


@given(st.text(), st.text())
def test_the_pieces_of_a_title_are_the_title(query: str, title: str) -> None:
    pieces = marking(query).mark(title)
    assert "".join(piece.text for piece in pieces) == title
    assert all(piece.text for piece in pieces)


WORDS = st.lists(st.sampled_from(["суу", "муз", "слово", "x" * 70, "y" * 300]), max_size=120)


@given(WORDS.map(" ".join))
def test_a_passage_is_a_part_of_its_abstract(text: str) -> None:
    pieces = marking("суу муз").passage([text])
    inner = "".join(piece.text for piece in pieces).strip("…")
    assert inner in text
    assert len(inner) <= LONGEST_PASSAGE
    if "суу" in text or "муз" in text:
        assert any(piece.marked for piece in pieces)
    assert all(left.marked != right.marked for left, right in pairwise(pieces))
