"""Reading judged collections: what is right, and each mistake with its line and a remedy."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.judged import (
    MOST_MISTAKES,
    authors,
    read_documents,
    read_qrels,
    read_queries,
    subjects,
)
from aggregator.record import Creator, Dates, Record, Subject, Text, Title


def saved(folder: Path, content: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_document_is_a_record(tmp_path: Path) -> None:
    full = {
        "id": 7, "title": "Озёра", "text": "Об озёрах.", "authors": ["Ли, А.", " "],
        "year": "[199-]", "subjects": "limnology, lakes", "journal": {"passed": "over"},
    }  # fmt: skip
    bare = {"id": "p0s1", "title": None, "text": "Some\u2028sentence."}
    lines = "\ufeff" + json.dumps(full) + "\r\n\n" + json.dumps(bare, ensure_ascii=False)
    assert list(read_documents(saved(tmp_path, lines))) == [
        Record(
            source="judged",
            local_id="7",
            titles=(Title("Озёра"),),
            abstracts=(Text("Об озёрах."),),
            creators=(Creator("Ли, А."),),
            subjects=(Subject("limnology"), Subject("lakes")),
            issued=Dates(1990, 1999, "[199-]"),
        ),
        Record(source="judged", local_id="p0s1", abstracts=(Text("Some\u2028sentence."),)),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Perlis, A. J.; Samelson,K.", ["Perlis, A. J.", "Samelson,K."]),
        ("Sugai, I.", ["Sugai, I."]),
        ("Ann Lee, John  Smith", ["Ann Lee", "John Smith"]),
        ("Айтматов Ч.", ["Айтматов Ч."]),
        (["Lee, Ann, Jr.", ""], ["Lee, Ann, Jr."]),
    ],
)
def test_authors(text: str | list[str], names: list[str]) -> None:
    assert authors(text) == names


def test_subjects() -> None:
    assert subjects("a, b; c") == ["a, b", "c"]
    assert subjects("a,  b") == subjects(["a", "b "]) == ["a", "b"]


def test_queries(tmp_path: Path) -> None:
    path = saved(tmp_path, "\ufeff1\tlakes of\tAsia \r\n\nq2\t\n")
    assert read_queries(path) == {"1": "lakes of\tAsia", "q2": ""}


def test_qrels_with_tabs_or_spaces(tmp_path: Path) -> None:
    path = saved(tmp_path, "1 0 a 1\n1\t0\tb\t-1\n\n1  Q0  a  1\nq2 0 c 3\n")
    assert read_qrels(path) == {"1": {"a": 1, "b": 0}, "q2": {"c": 3}}


ID = st.text(st.characters(exclude_categories=["Cs", "Z", "C"]), min_size=1)


@given(grades=st.dictionaries(ID, st.dictionaries(ID, st.integers(0, 9), min_size=1), min_size=1))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, grades: dict[str, dict[str, int]]
) -> None:
    lines = (f"{q} 0 {d} {g}\n" for q, judged in grades.items() for d, g in judged.items())
    path = saved(tmp_path_factory.getbasetemp(), "".join(lines))
    assert read_qrels(path) == grades


DOCUMENTS, QUERIES, QRELS = (
    lambda path: list(read_documents(path)),
    read_queries,
    read_qrels,
)


@pytest.mark.parametrize(
    ("read", "content", "line", "words"),
    [
        (DOCUMENTS, '{"id": "1"}\n{"id": "2",}', 2, "not JSON"),
        (DOCUMENTS, '{"id": "1"} x', 1, "not JSON"),
        (DOCUMENTS, '{"title": "x"}', 1, "'id' is missing"),
        (DOCUMENTS, '{"id": 1.5}', 1, "'id' must be a text or a number"),
        (DOCUMENTS, '{"id": "1", "title": ["x"]}', 1, "'title' must be a text"),
        (DOCUMENTS, '{"id": "1", "authors": [1]}', 1, "'authors' must be a text or a list"),
        (DOCUMENTS, '{"id": "1", "year": 1.5}', 1, "'year' must be a number or a text"),
        (DOCUMENTS, '["1", "x"]', 1, "not an object"),
        (DOCUMENTS, '{"id": ""}', 1, "id is empty"),
        (DOCUMENTS, '{"id": "a b"}', 1, "has a space"),
        (DOCUMENTS, '{"id": 1}\n\n{"id": "1"}', 3, "line 1 too"),
        (DOCUMENTS, '{"id": "1", "title": "Озеро"}'.encode("cp1251"), 1, "save the file as UTF-8"),
        (QUERIES, "1\tx\n2 y", 2, "no tab"),
        (QUERIES, "1\tx\n1\ty", 2, "line 1 too"),
        (QUERIES, "\tx", 1, "id is empty"),
        (QRELS, "1 0 a 1\n1 a 1", 2, "3 columns; write four"),
        (QRELS, "query-id corpus-id rel score", 1, "'score' is not a whole number"),
        (QRELS, "1 0 a 1\n1 0 a 2", 2, "another grade"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path,
    read: Callable[[Path], object],
    content: str | bytes,
    line: int,
    words: str,
) -> None:
    path = saved(tmp_path, content)
    with pytest.raises(ConfigError) as told:
        read(path)
    assert str(told.value).startswith(f"{path}, line {line}: ")
    assert words in str(told.value)


@pytest.mark.parametrize("read", [DOCUMENTS, QUERIES, QRELS])
def test_an_empty_file_is_a_mistake(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(ConfigError, match="one a line"):
        read(saved(tmp_path, "\n"))


def test_many_mistakes_are_told_at_once_and_not_endlessly(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as two:
        read_queries(saved(tmp_path, "a\n1\tx\nb\n"))
    assert len(str(two.value).splitlines()) == 2
    with pytest.raises(ConfigError) as many:
        list(read_documents(saved(tmp_path, "x\n" * 1000)))
    assert len(str(many.value).splitlines()) == MOST_MISTAKES + 1
