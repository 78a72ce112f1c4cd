"""The text of a new source's file: it is read back as meant, whatever a partner calls itself."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.settings import load_sources
from aggregator.source import SourceConfig
from connectors.discovery import Found
from connectors.registry import MODELS
from connectors.sheet_header import sheet_header
from connectors.source_file import ID, SCHEMA, compose, propose_id, quoted
from connectors.table_guess import guess_mapping, header

TODAY = date(2026, 11, 26)
EVIL = 'a"\nenabled: true\u2028# x\u0085- y: [1]\\\t\x07\x00{}'
REPOSITORY = Found(
    "oai_pmh",
    "https://dspace.auca.kg/oai/request",
    name="AUCA «Repository»",
    homepage="https://dspace.auca.kg/",
    contact="library@auca.kg",
    software="DSpace",
    formats=("oai_dc", "dim"),
    sets=(("com_1", "Theses"), ("com_2", "")),
    more_sets=True,
    earliest="2015-01-01",
)


TABLE = Found("table", path=Path("/x/works.csv"), name="works", columns=("№", "Название", "Авторы"))


def read_back(found: Found, folder: Path, id: str = "new") -> Any:
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    file = sources / f"{id}.yaml"
    file.write_text(compose(found, id, TODAY, folder), encoding="utf-8", newline="\n")
    return load_sources(folder, MODELS, {})[id]


def test_a_repository(tmp_path: Path) -> None:
    config = read_back(REPOSITORY, tmp_path)
    assert config.name.ky == config.name.ru == config.name.en == "AUCA «Repository»"
    assert (config.url, config.formats) == (REPOSITORY.url, ("oai_dc",))
    assert (config.enabled, config.sets, config.http.interval) == (False, (), 1)
    assert (config.homepage, config.contact) == ("https://dspace.auca.kg/", "library@auca.kg")
    text = compose(REPOSITORY, "new", TODAY, tmp_path)
    assert '#   - "com_1" # Theses\n#   - "com_2"\n' in text
    assert "ilim sources check new" in text


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("found", [REPOSITORY, TABLE])
def test_its_notes_are_in_the_language_of_who_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, found: Found
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    english = compose(found, "new", TODAY, tmp_path).splitlines()
    monkeypatch.setenv("LANGUAGE", language)
    text = compose(found, "new", TODAY, tmp_path)
    assert text.startswith(f"# yaml-language-server: $schema=../{SCHEMA}\n")
    assert (text.splitlines() == english) == (language == "en")
    assert yaml.safe_load(text) == yaml.safe_load("\n".join(english))
    assert read_back(found, tmp_path).id == "new"


def test_sets_that_are_uncommented_hold(tmp_path: Path) -> None:
    text = compose(REPOSITORY, "new", TODAY, tmp_path)
    text = text.replace("# sets:", "sets:").replace('#   - "', '  - "')
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "new.yaml").write_text(text, encoding="utf-8")
    config: Any = load_sources(tmp_path, MODELS, {})["new"]
    assert config.sets == ("com_1", "com_2")


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    evil = Found(
        "oai_pmh", "https://x.kg/oai", name=EVIL, contact="x@y" + EVIL, software=EVIL[:1],
        formats=(EVIL, "oai_dc"), sets=((EVIL, EVIL),), earliest=EVIL,
    )  # fmt: skip
    config = read_back(evil, tmp_path)
    assert config.enabled is False
    assert config.name.en == 'a" enabled: true # x…- y: [1]\\ {}'
    assert config.sets == () and config.formats == ("oai_dc",)


@given(text=st.text())
def test_any_text_is_one_line_of_yaml(text: str) -> None:
    found = quoted(text)
    assert found.isprintable() and len(found.splitlines()) == 1


@given(name=st.text(), spec=st.text())
def test_any_name_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, spec: str
) -> None:
    found = Found("oai_pmh", "https://x.kg/oai", name=name or "x", sets=((spec, name),))
    config = read_back(found, tmp_path_factory.getbasetemp() / "any")
    assert config.url == "https://x.kg/oai" and config.sets == ()


def test_a_path_inside_the_configuration_moves_with_it(tmp_path: Path) -> None:
    inside = tmp_path / "lib" / "a.mrc"
    text = compose(Found("marc_file", path=inside, name="a"), "lib", TODAY, tmp_path)
    assert 'path: "lib/a.mrc"' in text
    outside = Path("/exports/ә «1».mrc")
    config = read_back(Found("marc_file", path=outside, name="a"), tmp_path)
    assert config.path == outside


@pytest.mark.parametrize(
    ("found", "id"),
    [
        (REPOSITORY, "auca"),
        (Found("oai_pmh", "https://www.journal.oshsu.kg/x"), "oshsu"),
        (Found("oai_pmh", "https://lib.edu.kg/oai"), "lib-edu-kg"),
        (Found("oai_pmh", "http://127.0.0.1:8000/oai"), "127-0-0-1"),
        (Found("marc_file", path=Path("/x/Export 2024.mrc")), "export-2024"),
        (Found("marc_file", path=Path("/x/Каталог.mrc")), "source"),
        (Found("marc_file", body=b"x", file_name="big.mrc"), "big-mrc"),
    ],
)
def test_an_id(found: Found, id: str) -> None:
    assert propose_id(found) == id


@given(st.text())
def test_an_id_is_what_the_model_allows(name: str) -> None:
    assert ID.fullmatch(propose_id(Found("marc_file", path=Path("/x") / f"{name}.mrc")))


def test_the_model_has_the_same_pattern() -> None:
    metadata: list[Any] = SourceConfig.model_fields["id"].metadata
    assert [one.pattern for one in metadata if hasattr(one, "pattern")] == [f"^{ID.pattern}$"]


# --- tables ------------------------------------------------------------------------------------


def test_columns_in_three_languages() -> None:
    columns = [
        "Код",
        "Аталышы (ky)",
        "Название_ru",
        "Title (en)",
        "Авторлор",
        "Жылы",
        "Бюджет",
        "?",
    ]
    assert guess_mapping(columns) == {
        "local_id": [("Код", "")],
        "title": [("Аталышы (ky)", "ky"), ("Название_ru", "ru"), ("Title (en)", "en")],
        "creators": [("Авторлор", "")],
        "issued": [("Жылы", "")],
        "budget": [("Бюджет", "")],
    }


def test_names_in_three_languages_tell_theirs() -> None:
    columns = [
        "№",
        "Аталышы",
        "Название",
        "Title",
        "Название 2",
        "Бюджет, тыс. долл.",
        "Год",
        "Year",
    ]
    assert guess_mapping(columns) == {
        "local_id": [("№", "")],
        "title": [("Аталышы", "ky"), ("Название", "ru"), ("Title", "en")],
        "budget": [("Бюджет, тыс. долл.", "")],
        "issued": [("Год", "")],
    }


def test_the_first_column_is_the_identifier_where_none_looks_like_one() -> None:
    assert guess_mapping(["Инв.", "Название"])["local_id"] == [("Инв.", "")]
    assert guess_mapping([]) == {}


@pytest.mark.parametrize(
    ("start", "columns"),
    [
        (b"\xef\xbb\xbfid,title\r\n1,a\r\n", ("id", "title")),
        ("Код;Название\n1;Манас\n".encode("cp1251"), ("Код", "Название")),
        ("a\tb\nб".encode()[:-1], ("a", "b")),
        (b'id;"long; name"\n1;2\n', ("id", "long; name")),
        (b"Projects of 2024\n\nid;title;donor\n1;2;3\n", ("id", "title", "donor")),
        (b"<a>;<b>\n", ()),
        (b"words\n", ()),
        (b"", ()),
        (b"a;b\0;c", ()),
    ],
)
def test_a_header(start: bytes, columns: tuple[str, ...]) -> None:
    assert header(start) == columns


def workbook(path: Path, rows: str, shared: str = "", state: str = "visible") -> Path:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        f'<sheet name="notes" state="hidden" r:id="r2"/><sheet name="a" state="{state}" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="x"><Relationship Id="r1" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}'
        "</sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return path


ROWS = (
    '<row><c t="s"><v>2</v></c></row>'
    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c>'
    '<c t="inlineStr"><is><t>Донор</t></is></c></row>'
    '<row><c><v>1</v></c><c t="s"><v>3</v></c><c/></row>'
)
SHARED = (
    "<si><t>Код</t></si><si><r><t>Назва</t></r><r><t>ние</t></r></si><si><t>Проекты</t></si>"
    "<si><t>Суу</t></si>"
)


def test_the_columns_of_a_workbook(tmp_path: Path) -> None:
    assert sheet_header(workbook(tmp_path / "a.xlsx", ROWS, SHARED)) == ("Код", "Название", "Донор")


@pytest.mark.parametrize(
    ("rows", "shared", "state"),
    [
        (ROWS, SHARED, "hidden"),
        ("", "", "visible"),
        (ROWS, "<si>", "visible"),
        ('<row><c t="s"><v>x</v></c></row>', SHARED, "visible"),
        ("<row><c><v>" + "9" * 20_000_000 + "</v></c></row>", "", "visible"),
    ],
)
def test_a_workbook_without_columns(tmp_path: Path, rows: str, shared: str, state: str) -> None:
    assert sheet_header(workbook(tmp_path / "a.xlsx", rows, shared, state)) == ()


def test_what_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 nothing")
    assert sheet_header(tmp_path / "a.xlsx") == ()


def test_a_mapping_is_written(tmp_path: Path) -> None:
    found = Found("table", path=tmp_path / "x.csv", columns=("Код", "Название (ru)", "Автор", EVIL))
    text = compose(found, "x", TODAY, tmp_path)
    assert '  local_id: "Код"\n  title: {column: "Название (ru)", lang: ru}\n' in text
    assert '  creators: {column: "Автор", split: ";"}\n' in text


@pytest.mark.skipif("table" not in MODELS, reason="no connector for tables is registered")
def test_a_table_is_read_back(tmp_path: Path) -> None:
    found = Found(
        "table", path=tmp_path / "x.csv", columns=("Код", "Название (ru)", "Авторы", EVIL)
    )
    config = read_back(found, tmp_path)
    assert config.mapping.local_id == "Код"
