"""A row and a mapping become a Record: every form of mapping, every field, no word lost."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.errors import ConfigError, SkipRecord
from aggregator.normalize import clean
from aggregator.record import (
    Container,
    Creator,
    Dates,
    Holding,
    Identifier,
    Link,
    Other,
    Patent,
    Project,
    Record,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from aggregator.settings import load_sources
from connectors.crosswalks.table import crosswalk, pairs
from connectors.crosswalks.table_mapping import TableMapping
from connectors.registry import MODELS
from tests.unit.crosswalks.words import words, words_of


def read(row: Mapping[str, Any], default: str = "", /, **mapping: Any) -> Record:
    """The record of a row; ``default`` is the source's language."""
    made = TableMapping.model_validate({"local_id": "id", **mapping})
    body = json.dumps(row, ensure_ascii=False).encode()
    return crosswalk(made).read(body, "s", "1", "", default)


def test_a_column_by_its_name() -> None:
    assert read({"Аталышы ": "Ак  кеме"}, title="аталышы").titles == (Title("Ак кеме"),)


def test_a_constant_and_a_language() -> None:
    found = read(
        {"name": "Ак кеме"}, title={"column": "name", "lang": "ky"}, type={"constant": "project"}
    )
    assert (found.titles, found.type) == ((Title("Ак кеме", "ky"),), "project")


def test_the_sources_language_where_the_letters_allow_it() -> None:
    found = read({"a": "Ак кеме", "b": "The White Ship"}, "ky", title=["a", "b"])
    assert found.titles == (Title("Ак кеме", "ky"), Title("The White Ship", "", "parallel"))


def test_titles_of_several_kinds() -> None:
    row = {"ky": "Ак кеме", "ru": "Белый пароход", "en": "The White Ship", "short": "Кеме"}
    title = [{"column": name, "lang": name} for name in ("ky", "ru")]
    found = read(row, title=title, parallel={"column": "en", "lang": "en"}, alternative="short")
    assert found.titles == (
        Title("Ак кеме", "ky"), Title("Белый пароход", "ru", "parallel"),
        Title("Кеме", "", "alternative"), Title("The White Ship", "en", "parallel"),
    )  # fmt: skip
    assert read({"ru": "Белый пароход"}, title=title).titles == (Title("Белый пароход", "ru"),)


def test_split_regex_and_map_in_turn() -> None:
    split = {"column": "who", "split": ";", "regex": r"^[^(]+", "map": {"НАН": "НАН КР"}}
    found = read({"who": "Асанов А. (Бишкек);; нан ;Иванов И."}, creators=split)
    assert [one.name for one in found.creators] == ["Асанов А.", "НАН КР", "Иванов И."]
    assert found.other == (Other("who", "Асанов А. (Бишкек);; нан ;Иванов И."),)


def test_the_first_group_of_a_pattern() -> None:
    found = read({"when": "срок: 2015 год"}, issued={"column": "when", "regex": r"(\d{4}) год"})
    assert found.issued == Dates(2015, 2015, "2015")
    assert found.other == (Other("when", "срок: 2015 год"),)
    nothing = read({"when": "скоро"}, issued={"column": "when", "regex": r"\d{4}"})
    assert (nothing.issued, nothing.other) == (Dates(), (Other("when", "скоро"),))


def test_columns_side_by_side_and_joined() -> None:
    row = {"a1": "Асанов А.", "a2": "", "a3": "Иванов И.", "o1": "", "o3": "0000-0002-1825-0097"}
    found = read(
        row, creators={"columns": ["a1", "a2", "a3"]}, orcid={"columns": ["o1", "o2", "o3"]},
        extent={"columns": ["a1", "a2", "a3"], "join": " / "},
    )  # fmt: skip
    assert found.creators == (
        Creator("Асанов А."), Creator("Иванов И.", orcid="0000-0002-1825-0097"),
    )  # fmt: skip
    assert found.extent == "Асанов А. / Иванов И."
    assert found.other == ()


def test_values_that_belong_to_nobody_are_kept_apart() -> None:
    row = {"a": "А; Б", "home": "НАН", "mark": "Ж 12"}
    found = read(row, creators={"column": "a", "split": ";"}, affiliation="home", shelf_mark="mark")
    assert [one.affiliation for one in found.creators] == ["", ""]
    assert found.other == (Other("home", "НАН"), Other("mark", "Ж 12"))


def test_what_a_formula_could_not_tell_is_absent() -> None:
    found = read({"t": "#N/A", "y": "#REF!"}, title="t", issued="y")
    assert (found.titles, found.issued) == ((), Dates())
    assert found.other == (Other("t", "#N/A"), Other("y", "#REF!"))


def test_an_identifier_that_does_not_check_is_kept_as_words() -> None:
    row = {"doi": "см. сайт", "isbn": "123", "issn": "-", "url": "javascript:alert(1)"}
    found = read(row, doi="doi", isbn="isbn", issn="issn", url="url")
    assert (found.identifiers, found.links, found.container) == ((), (), Container())
    assert [one.text for one in found.other] == list(row.values())


def test_a_value_that_another_column_has_too_is_not_lost() -> None:
    found = read({"year": "2015", "isbn": "2015"}, issued="year", isbn="isbn")
    assert found.other == (Other("isbn", "2015"),)


def test_values_of_json() -> None:
    row = {"n": 2015.0, "b": True, "none": None, "deep": {"er": [1, {"x": "y"}]}, "s": "\ud800"}
    assert pairs(json.dumps(row).encode()) == [
        ("n", "2015"), ("b", "true"), ("none", ""), ("deep.er", "1"), ("deep.er.x", "y"),
        ("s", "\ufffd"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"[1]",
        b"{",
        b'"a"',
        b"{}",
        b'{"a": " "}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_row(body: bytes) -> None:
    made = crosswalk(TableMapping(local_id="id"))
    with pytest.raises(SkipRecord):
        made.read(body, "s", "1", "", "")


FULL = Record(
    source="s",
    local_id="1",
    titles=(Title("T"), Title("A", "", "alternative"), Title("P", "en", "parallel")),
    creators=(Creator("C, D", "aut", "", "0000-0002-1825-0097", "Home"), Creator("E", "ths")),
    abstracts=(Text("Abstract", "en"),),
    contents=(Text("Contents"),),
    subjects=(Subject("water", "FORD"), Subject("556.5", "UDC"), Subject("37.27", "GRNTI")),
    type="article",
    languages=("ky", "ru"),
    issued=Dates(2015, 2015, "2015"),
    publisher=(Text("House"),),
    edition="2nd",
    series="Series",
    part="Part",
    container=Container("Вестник", "1694-7452", "3", "2", "12-18"),
    extent="12 p.",
    notes=(Text("Note"),),
    identifiers=(
        Identifier("doi", "10.5555/x"), Identifier("isbn", "9780306406157"),
        Identifier("issn", "1694-7452"), Identifier("local", "№ 7"),
        Identifier("hdl", "10125/1234"),
    ),
    links=(
        Link("https://x.kg/a.pdf", "fulltext", "application/pdf"), Link("https://x.kg/1"),
        Link("https://x.kg/t.png", "thumbnail"),
    ),
    holdings=(Holding("НБ", "Ж 12", 3),),
    access="open",
    licence="https://creativecommons.org/licenses/by/4.0/",
    rights=(Text("© НАН"),),
    related=(Relation("IsPartOf", "10.5555/whole"),),
    thesis=Thesis("PhD", "КНУ"),
    patent=Patent("КТУ", "2015/12", ("A01B 1/00",)),
    project=Project("Всемирный банк", "1000", "2015", "2018"),
    level="адистер",
    other=(Other("more", "left"),),
)  # fmt: skip


def test_every_field_of_a_record_can_be_reached() -> None:
    row = {
        "title": "T", "alternative": "A", "parallel": "P", "creators": "C, D", "second": "E",
        "orcid": "0000-0002-1825-0097;", "affiliation": "Home;", "abstract": "Abstract",
        "contents": "Contents", "subjects": "water", "udc": "556.5", "grnti": "37.27",
        "type": "article", "language": "ky, ru", "issued": "2015", "publisher": "House",
        "edition": "2nd", "series": "Series", "part": "Part", "container": "Вестник",
        "issn": "1694-7452", "volume": "3", "issue": "2", "pages": "12-18", "extent": "12 p.",
        "notes": "Note", "doi": "10.5555/x", "isbn": "9780306406157", "number": "№ 7",
        "identifiers": "10125/1234", "fulltext": "https://x.kg/a.pdf", "url": "https://x.kg/1",
        "media_type": "application/pdf", "thumbnail": "https://x.kg/t.png", "library": "НБ",
        "shelf_mark": "Ж 12", "copies": "3", "access": "open", "rights": "© НАН",
        "licence": "https://creativecommons.org/licenses/by/4.0/", "related": "10.5555/whole",
        "degree": "PhD", "institution": "КНУ", "applicant": "КТУ", "application_number": "2015/12",
        "ipc": "A01B 1/00", "donor": "Всемирный банк", "budget": "1000", "start": "2015",
        "end": "2018", "level": "адистер", "more": "left",
    }  # fmt: skip
    forms = {
        "parallel": {"column": "parallel", "lang": "en"},
        "abstract": {"column": "abstract", "lang": "en"},
        "creators": ["creators", {"column": "second", "role": "ths"}],
        "orcid": {"column": "orcid", "split": ";"},
        "affiliation": {"column": "affiliation", "split": ";"},
        "subjects": {"column": "subjects", "scheme": "FORD"},
        "identifiers": {"column": "identifiers", "scheme": "hdl"},
        "related": {"column": "related", "kind": "IsPartOf"},
    }
    mapping = {key: forms.get(key, key) for key in row if key not in ("second", "more")}
    found = read(row, **mapping)
    assert found == FULL
    reached = {key for key in TableMapping.model_fields if key in mapping}
    assert reached == set(TableMapping.model_fields) - {"local_id", "stamp"}


def test_a_number_of_the_udc_without_its_name() -> None:
    assert read({"u": "УДК 556.5"}, udc="u").subjects == (Subject("556.5", "UDC"),)


def test_a_patent_and_a_journal() -> None:
    patent = read({"n": "KG 1234 C1"}, type={"constant": "patent"}, number="n")
    assert patent.identifiers == (Identifier("patent", "KG1234C1"),)
    journal = read({"n": "1694-7452"}, type={"constant": "journal"}, issn="n")
    assert (journal.identifiers, journal.container) == (
        (Identifier("issn", "1694-7452"),), Container(),
    )  # fmt: skip


def test_the_version_is_that_of_the_mapping() -> None:
    def version(**mapping: Any) -> int:
        return crosswalk(TableMapping.model_validate({"local_id": "id", **mapping})).version

    assert version(title="a") == version(title="a")
    assert len({version(title="a"), version(title="b"), version(notes="a")}) == 3
    assert 0 <= version(title="a") < 2**31


# --- mistakes in a mapping ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("titel: name", "line 6: mapping.titel: there is no such key; did you mean 'title'?"),
        ("title: {colum: name}", "line 6: mapping.title.colum: there is no such key; did you mean "
         "'column'?"),
        ("title: [{column: a, langs: ky}]", "line 6: mapping.title[0].langs: there is no such key; "
         "did you mean 'lang'?"),
        ("title:", "line 6: mapping.title: found nothing after the colon; it must be text"),
        ("doi: {column: a, lang: ky}", "line 6: mapping.doi.lang: there is no such key; allowed: "
         "column, columns, constant, split, join, regex, map"),
        ("title: {lang: ky}", "line 6: mapping.title: give one of 'column', 'columns' and "
         "'constant'"),
        ("type: {constant: projekt}", "line 6: mapping.type: found 'projekt'; did you mean "
         "'project'?"),
        ("access: {column: a, map: {открыт: opne}}", "line 6: mapping.access: found 'opne'; did "
         "you mean 'open'?"),
        ("issued: {column: a, regex: '('}", "line 6: mapping.issued.regex: found '(', which is "
         "no regular expression: see its character 1"),
        ("creators: {column: a, role: author}", "line 6: mapping.creators.role: found 'author'; it "
         "must be a MARC relator code of three letters: aut, edt, ths"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_key(tmp_path: Path, wrong: str, said: str) -> None:
    file = tmp_path / "sources" / "x.yaml"
    file.parent.mkdir()
    file.write_text(
        "id: x\nname: {ky: а, ru: а, en: a}\nconnector: table\npath: x\nmapping:\n"
        f"  {wrong}\n  local_id: id\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_sources(tmp_path, MODELS, {})
    assert str(caught.value) == f"{file}, {said}"


def test_a_constant_is_no_identifier() -> None:
    with pytest.raises(ValidationError, match="the same for every row"):
        TableMapping.model_validate({"local_id": {"constant": "1"}})


# --- laws --------------------------------------------------------------------------------------

CELL = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["2015", "ky", "open", "10.5555/x", "Асанов А.; Б", "УДК 5", "https://x.kg/a", "(ред.)", "; ;"]
)
KEYS = sorted(set(TableMapping.model_fields) - {"local_id", "stamp"})


@given(st.dictionaries(st.sampled_from(KEYS), CELL, min_size=1), st.booleans())
def test_no_cell_is_lost_whatever_field_takes_it(row: dict[str, str], split: bool) -> None:
    mapping = {key: {"column": key, "split": ";"} if split else key for key in row}
    if not any(map(clean, row.values())):
        return
    found = read(row, **mapping)
    assert words(*row.values()) <= words_of(found)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), CELL))
def test_columns_that_are_not_mapped_are_kept_under_their_names(row: dict[str, str]) -> None:
    said = [(clean(label), clean(text)) for label, text in row.items() if clean(text)]
    if said:
        found = read(row)
        kept = [(one.label, one.text) for one in found.other]
        assert [pair for pair in said if pair[0] != "id" and pair not in kept] == []
