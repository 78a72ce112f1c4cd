"""Tables: every row arrives or is accounted for, whatever wrote the file."""

import csv
import gzip
import io
import json
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import SourceBroken
from aggregator.normalize import clean
from aggregator.record import Creator, Record, Title
from aggregator.source import Raw
from connectors import table_sheet
from connectors.files import BATCH_RECORDS
from connectors.registry import connect
from connectors.table_rows import header_names, payload
from tests.shared import ROOT
from tests.unit.connectors.tables import batches, config, harvest, record, workbook

DATA = ROOT / "tests" / "data" / "table"
PROJECTS = {
    "local_id": "№",
    "title": [
        {"column": "Аталышы", "lang": "ky"},
        {"column": "Название", "lang": "ru"},
        {"column": "Title", "lang": "en"},
    ],
    "creators": {"column": "Исполнители", "split": ";"},
    "donor": "Донор",
    "budget": "Бюджет, тыс. долл.",
    "start": "Начало",
    "end": "Конец",
    "issued": "Начало",
    "type": {"constant": "project"},
    "access": {"column": "Статус", "map": {"открыт": "open", "закрыт": "restricted"}},
}


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


async def rows(path: Path, text: str | bytes, **settings: Any) -> list[Raw]:
    """The records of a small CSV file, in which nothing may be amiss."""
    raws, rejects, problem = await harvest(config(path=written(path, text), **settings))
    assert (rejects, problem) == ([], "")
    return raws


def body(raw: Raw) -> dict[str, str]:
    assert raw.body is not None
    return dict(json.loads(raw.body))


# --- CSV ---------------------------------------------------------------------------------------


async def test_a_register_in_windows_1251_with_a_title_above_the_header() -> None:
    made = config(PROJECTS, path=DATA / "projects.csv")
    raws, [reject], problem = await harvest(made)
    assert [raw.id for raw in raws] == ["KG-001", "KG-002", "KG-003", "KG-004", "KG-005"]
    assert problem == ""
    assert reject.reason == (
        "projects.csv, line 8: the row has no identifier (mapping.local_id takes it from '№')."
    )
    found = [record(made, raw) for raw in raws]
    assert found[0].titles == (
        Title("Суу ресурстарын коргоо", "ky"),
        Title("Охрана вод озера Иссык-Куль", "ru", "parallel"),
        Title("Protection of Lake Issyk-Kul waters", "en", "parallel"),
    )
    assert [one.name for one in found[0].creators] == ["Институт водных проблем", "НАН КР"]
    assert found[0].project is not None
    assert (found[0].project.donor, found[0].project.budget) == ("Всемирный банк", "1 250")
    assert (found[0].issued.min, found[0].type) == (2015, "project")
    assert [one.access for one in found[:3]] == ["open", "restricted", "open"]
    assert found[2].creators == (Creator('Институт "Кыргыздортранс"'),)
    assert body(raws[3])["Название"] == "Наблюдение за ледниками:\r\nпервая и вторая очередь"
    assert found[3].titles[0].value == "Наблюдение за ледниками: первая и вторая очередь"


async def test_a_tsv_with_a_byte_order_mark() -> None:
    mapping = {
        "local_id": "id", "title": "title", "issued": "year", "doi": "doi", "pages": "pages",
        "creators": {"column": "authors", "split": ";"}, "orcid": {"column": "orcid", "split": ";"},
    }  # fmt: skip
    made = config(mapping, path=DATA / "papers.tsv")
    raws, rejects, problem = await harvest(made)
    assert ([raw.id for raw in raws], rejects, problem) == (["p1", "p2"], [], "")
    first = record(made, raws[0])
    assert [(one.name, one.orcid) for one in first.creators] == [
        ("Асанов А. А.", ""), ("Иванова Е. П.", "0000-0002-1825-0097"),
    ]  # fmt: skip
    assert first.other == ()
    assert first.identifiers[0].value == "10.5555/ik.2019"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_the_delimiter_is_the_one_that_shows_the_columns(
    tmp_path: Path, delimiter: str
) -> None:
    text = f"id{delimiter}title\n1{delimiter}a;b,c|d\n2{delimiter}x\n".replace(
        "a;b,c|d", '"a;b,c|d"'
    )
    raws = await rows(tmp_path / "a.csv", text)
    assert [body(raw) for raw in raws] == [
        {"id": "1", "title": "a;b,c|d"}, {"id": "2", "title": "x"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251", "cp866", "koi8-r"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    text = "id;title\n1;История Кыргызстана с древнейших времен\n\n2;Русский язык в школе\n"
    raws = await rows(tmp_path / "a.csv", text.replace("\n", end).encode(encoding))
    assert [body(raw)["title"] for raw in raws] == [
        "История Кыргызстана с древнейших времен", "Русский язык в школе",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["windows-1251", "cp866", "koi8-r"])
async def test_a_guessed_encoding_is_told(tmp_path: Path, encoding: str) -> None:
    text = "id;title\n1;ПЕДАГОГИКА И ПСИХОЛОГИЯ\n"  # capitals, and one row only
    [raw] = await rows(tmp_path / "a.csv", text.encode(encoding))
    assert body(raw)["title"] == "ПЕДАГОГИКА И ПСИХОЛОГИЯ"
    assert raw.problems == (f"read as {encoding}, found out by its letters",)
    lines = '{"id": 1, "title": "Ак кеме. Повесть"}\n'
    [raw] = await rows(tmp_path / "a.jsonl", lines.encode(encoding))
    assert raw.problems == (f"read as {encoding}, found out by its letters",)


async def test_a_pinned_encoding_and_delimiter(tmp_path: Path) -> None:
    raws = await rows(
        tmp_path / "a.csv", "id;title\n1;Я\n".encode("cp866"), encoding="cp866",
        delimiter="semicolon",
    )  # fmt: skip
    assert body(raws[0])["title"] == "Я"


async def test_a_few_bytes_of_another_encoding_are_repaired(tmp_path: Path) -> None:
    text = "id,title\n1,Кыргыз тилинин сөздүгү\n2,Ак кеме\n".encode()
    text += b"3," + "Сөз ".encode() + "Повесть".encode("windows-1251") + b"\n"
    raws = await rows(tmp_path / "a.csv", text)
    assert body(raws[2])["title"] == "Сөз Повесть"
    assert [len(raw.problems) for raw in raws] == [0, 0, 1]


async def test_doubled_and_missing_headers_are_told_apart(tmp_path: Path) -> None:
    raws = await rows(tmp_path / "a.csv", "id,title,Автор,,Автор\n1,t,А,x,Б\n")
    assert body(raws[0]) == {
        "id": "1",
        "title": "t",
        "Автор": "А",
        "column 4": "x",
        "Автор (2)": "Б",
    }


async def test_short_rows_are_taken_and_say_so_long_ones_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,title,year\n1,t\n2,Water, and land,2015\n3,t,2015,,\n")
    raws, [reject], _ = await harvest(config(path=path))
    assert [(raw.id, len(raw.problems)) for raw in raws] == [("1", 1), ("3", 0)]
    assert reject.reason.startswith("a.csv, line 3: the row has 4 cells and the header 3")
    assert reject.id == "2"  # the first cell cannot be shifted, so the record is not swept


async def test_an_identifier_that_may_be_shifted_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,id\nWater, and land,2\n")
    _, [reject], _ = await harvest(config(path=path))
    assert reject.id == ""


async def test_a_quotation_mark_that_nothing_closes_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rest = "".join(f"{number},t,2015\n" for number in range(3, 13_000))
    path.write_text('id,title,year\n1,t,2015\n2,"open,2015\n' + rest)
    raws, [reject], _ = await harvest(config(path=path))
    assert [raw.id for raw in raws] == ["1", *map(str, range(3, 13_000))]
    assert reject.reason.startswith("a.csv, line 3: the row has 2 of 3 cells: its quotation marks")


async def test_quotation_marks_inside_a_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,title\n1,"Журнал "Манас" 2"\n2,5" трубы\n3,x\n')
    raws, rejects, _ = await harvest(config(path=path))
    assert [(raw.id, len(raw.problems)) for raw in raws] == [("1", 1), ("2", 0), ("3", 0)]
    assert body(raws[1])["title"] == '5" трубы'
    assert rejects == []


async def test_rows_between_two_stray_quotation_marks_come_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"KG-{number},title,2015,x" for number in range(9)]
    rows[3] = 'KG-3,"open,2015,x'
    rows[7] = 'KG-7,"closed"",2015,x'  # from row 3 to here it reads as one long cell
    path.write_text("id,title,year,more\n" + "\n".join([*rows[:7], 'KG-7,",2015,x', rows[8]]))
    raws, rejects, _ = await harvest(config(path=path))
    assert [raw.id for raw in raws] == [f"KG-{n}" for n in (0, 1, 2, 4, 5, 6, 8)]
    assert [reject.reason.split(":")[0] for reject in rejects] == ["a.csv, line 5", "a.csv, line 9"]


async def test_a_line_that_is_too_long_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    long = b'2,"' + b"x" * 9_000_000
    path.write_bytes(b"id,title\n1,a\n" + long + b"\n3,c\n")
    raws, [reject], problem = await harvest(config(path=path))
    assert ([raw.id for raw in raws], problem) == (["1", "3"], "")
    assert reject.reason == "a.csv, line 3: it has a line of more than 8 MB, as no table has."
    path.write_bytes(b'{"id": 1}\n{"id": 2, "title": "' + long + b'"}\n{"id": 3, "title": "t"}\n')
    raws, [reject], _ = await harvest(config(path=path))
    assert [raw.id for raw in raws] == ["1", "3"]


async def test_pieces_of_a_broken_text_are_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,title,year\n1,"one "two\nthree\nfour",2015\n2,t,2016\n')
    raws, rejects, _ = await harvest(config(path=path))
    assert [raw.id for raw in raws] == ["2"]
    assert [reject.reason.split(":")[0] for reject in rejects] == [
        "a.csv, line 2", "a.csv, line 3", "a.csv, line 4",
    ]  # fmt: skip


async def test_the_end_of_a_file_under_dos(tmp_path: Path) -> None:
    raws = await rows(tmp_path / "a.csv", b"id,title\r\n1,a\r\n\x1a")
    assert [raw.id for raw in raws] == ["1"]


async def test_an_identifier_of_two_columns_and_a_stamp(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "year,no,changed\n2015,7,2020-01-02\n2016,,2020-01-03\n")
    mapping = {"local_id": {"columns": ["year", "no"], "join": "-"}, "stamp": "changed"}
    [raw], [reject], _ = await harvest(config(mapping, path=path))
    assert (raw.id, raw.stamp) == ("2015-7", "2020-01-02")
    assert "takes it from 'year' and 'no'" in reject.reason


async def test_repeated_identifiers(tmp_path: Path) -> None:
    raws = await rows(tmp_path / "a.csv", "id,title\n1,a\n1,b\n1,a\n")
    assert (raws[0].id, raws[2].id) == ("1", "1")
    assert raws[1].id.startswith("1~")
    assert "a.csv: the identifier 1 came before" in raws[1].problems[0]


async def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("№;Название;Год\n1;a;2015\n")
    with pytest.raises(SourceBroken) as caught:
        await harvest(config({"local_id": "№", "title": "Назвние", "issued": "Год"}, path=path))
    assert str(caught.value) == (
        "a.csv: mapping.title names the column 'Назвние' (did you mean 'Название'?), which the "
        "file does not have. Its columns are: '№', 'Название', 'Год'. Check 'path' and 'mapping' "
        "in the file of the source 'x'; nothing was deleted."
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b'"\n1,a\n', "no row with a text"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xef\xbb\xbf \n<table border=1><tr><td>id</td></tr></table>", "a web page"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old kind"),
        (b'[\n{"id": 1}\n]', "not JSON Lines"),
        (b'{\n "id": 1\n}', "not JSON Lines"),
        (b"PK\x03\x04 and nothing", "cannot be read as a workbook"),
        (b"id,title" + bytes(9_000_000), "a line of more than 8 MB"),
        (gzip.compress(b"id,title\n1,a\n", mtime=0)[:10], "cannot be read to its end"),
    ],
)
async def test_what_is_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(SourceBroken, match=words):
        await harvest(config(path=path))


async def test_of_a_gzip_that_is_cut_the_rows_before_come(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{n},title {n % 97}\n" for n in range(3000))
    packed = gzip.compress(f"id,title\n{rows}".encode())
    path.write_bytes(packed[: len(packed) // 2])
    raws, _, problem = await harvest(config(path=path))
    assert [raw.id for raw in raws] == [str(n) for n in range(len(raws))]
    assert len(raws) > 1000
    assert problem.startswith("a.csv cannot be read to its end")


async def test_one_bad_file_of_a_folder_makes_the_run_incomplete(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,title\n1,a\n")
    (tmp_path / "b.csv").write_text("number,title\n2,b\n")
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(b"id,title\n3,c\n"))
    (tmp_path / "~$d.xlsx").write_bytes(b"a lock file")
    (tmp_path / "readme.txt").write_text("not read")
    for path in (tmp_path, tmp_path / "*.csv*"):
        raws, rejects, problem = await harvest(config(path=path))
        assert ([raw.id for raw in raws], rejects) == (["1", "3"], [])
        assert problem.startswith("b.csv: mapping.local_id names the column 'id'")


async def test_a_run_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = "".join(f"{number},t{number}\n" for number in range(2 * BATCH_RECORDS + 10))
    path.write_text("id,title\n" + lines)
    made = config(path=path)
    whole = await batches(made)
    assert [len(batch.records) for batch in whole] == [BATCH_RECORDS, BATCH_RECORDS, 10]
    assert whole[-1].checkpoint == {}
    assert await batches(made, whole[0].checkpoint) == whole[1:]
    path.write_text("id,title\n1,a\n")
    [again] = await batches(made, whole[0].checkpoint)
    assert [raw.id for raw in again.records] == ["1"]


async def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as stream:
        stream.write("id,title\n")
        stream.writelines(f"{number},{'x' * 5_000}\n" for number in range(4_000))
    made = config(path=path, encoding="windows-1251", delimiter="comma")
    tracemalloc.start()
    async with connect(made) as opened:
        async for _ in opened.harvest({}):
            pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 15_000_000 < path.stat().st_size


# --- JSON Lines --------------------------------------------------------------------------------


async def test_json_lines_with_nested_values() -> None:
    mapping = {
        "local_id": "id", "title": [
            {"column": "title.ky", "lang": "ky"}, {"column": "title.ru", "lang": "ru"},
            {"column": "title.en", "lang": "en"},
        ],
        "creators": "author.name", "orcid": "author.orcid", "issued": "year", "degree": "degree",
        "type": {"constant": "thesis"},
    }  # fmt: skip
    made = config(mapping, path=DATA / "theses.jsonl")
    raws, rejects, problem = await harvest(made)
    assert ([raw.id for raw in raws], rejects, problem) == (["1", "2"], [], "")
    assert raws[0].body == (DATA / "theses.jsonl").read_bytes().split(b"\n")[0]
    first, second = (record(made, raw) for raw in raws)
    assert [one.lang for one in first.titles] == ["ky", "en"]
    assert first.thesis is not None
    assert first.thesis.degree == "PhD"
    assert second.creators == (
        Creator("Петров И."), Creator("Асанов Б.", orcid="0000-0002-1825-0097"),
    )  # fmt: skip
    assert second.issued.text == "2018"
    assert [(one.label, one.text) for one in second.other] == [
        ("keywords", "сейсмика"), ("keywords", "Тянь-Шань"),
    ]  # fmt: skip


async def test_lines_that_are_no_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "title": "a"}\n{"id": 2, "titl\n[3]\n\n{"id": "", "title": "x"}\n')
    raws, rejects, problem = await harvest(config(path=path))
    assert ([raw.id for raw in raws], problem) == (["1"], "")
    assert [reject.reason.split(":")[0] for reject in rejects] == [
        "a.jsonl, line 2", "a.jsonl, line 3", "a.jsonl, line 5",
    ]  # fmt: skip


async def test_a_misspelt_column_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "title": "a", "publisher": "P"}\n')
    mapping = {"local_id": "id", "title": "title", "publisher": "publsher", "licence": "licence"}
    raws, _, problem = await harvest(config(mapping, path=path))
    assert len(raws) == 1
    assert problem == (
        "a.jsonl: mapping.publisher names 'publsher', which no line has; did you mean 'publisher'?"
    )


async def test_json_lines_without_identifiers_or_titles_are_not_begun(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "title": "a"}\n{"id": 2}\n')
    for mapping, words in [
        ({"local_id": "nr", "title": "title"}, "mapping.local_id names the column 'nr'"),
        ({"local_id": "id", "title": "titel"}, "'titel' [(]did you mean 'title'[?]"),
    ]:
        with pytest.raises(SourceBroken, match=words):
            await harvest(config(mapping, path=path))
    titles = {"local_id": "id", "title": ["name", "title"]}
    assert len((await harvest(config(titles, path=path)))[0]) == 2


# --- XLSX --------------------------------------------------------------------------------------


async def test_a_workbook_with_dates_numbers_and_a_hidden_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    header = ("id", "title", "year", "when", "at", "open", "share")
    values = (7.0, "Ысык-Көл", 2015.0, date(2015, 3, 1), datetime(2015, 3, 1, 9, 30), True, 0.1)
    sheets: dict[str, list[tuple[Any, ...]]] = {
        "old": [header, (1, "hidden")],
        "now": [("Реестр",), (), header, values, (), (8, "b", None, None, None, None, None, "x")],
        "more": [header, (9, "c")],
    }
    workbook(path, sheets, hidden="old")
    raws, rejects, problem = await harvest(config(path=path))
    assert (rejects, problem) == ([], "")
    assert [body(raw) for raw in raws] == [
        {"id": "7", "title": "Ысык-Көл", "year": "2015", "when": "2015-03-01",
         "at": "2015-03-01T09:30:00", "open": "true", "share": "0.1"},
        {"id": "8", "title": "b", "column 8": "x"},
    ]  # fmt: skip
    for pattern, ids in [("more", ["9"]), ("old", ["1"]), ("*o*", ["1", "7", "8", "9"])]:
        raws, _, _ = await harvest(config(path=path, sheet=pattern))
        assert [raw.id for raw in raws] == ids
    with pytest.raises(SourceBroken, match=r"no sheet 'mroe'. Did you mean 'more'\?"):
        await harvest(config(path=path, sheet="mroe"))


async def test_where_a_row_of_a_workbook_is(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, {"now": [("id", "title"), (1, "a"), (None, "b")]})
    _, [reject], _ = await harvest(config(path=path))
    assert reject.reason.startswith("a.xlsx, sheet 'now', row 3: the row has no identifier")
    with pytest.raises(
        SourceBroken, match=r"in the sheet 'now' mapping\.title names the column 'nmae'"
    ):
        await harvest(config({"local_id": "id", "title": "nmae"}, path=path))


def repack(path: Path, part: str, change: bytes, into: bytes) -> None:
    """Write a workbook again with a part of it changed."""
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    assert change in parts[part]
    parts[part] = parts[part].replace(change, into)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)


SHEET = "xl/worksheets/sheet1.xml"


async def test_values_of_formulas(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, {"now": [("id", "title", "sum"), (1, "a", "=1+2"), (2, "b", "=1/0")]})
    raws, _, problem = await harvest(config(path=path))
    assert [body(raw) for raw in raws] == [{"id": "1", "title": "a"}, {"id": "2", "title": "b"}]
    assert "has 2 formulas whose values were never calculated" in problem
    repack(path, SHEET, b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>")
    repack(path, SHEET, b'<c r="C3"><f>1/0</f><v></v>', b'<c r="C3" t="str"><f>1/0</f><v></v>')
    raws, _, problem = await harvest(config(path=path))
    assert body(raws[0]) == {"id": "1", "title": "a", "sum": "3"}
    assert problem == ""


async def test_a_workbook_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, {"now": [("id", "title"), *((n, "x" * 1000) for n in range(200))]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", bytes(300_000))
    monkeypatch.setattr(table_sheet, "LARGEST_PART", 2_000)  # the sheet itself is larger
    with pytest.raises(SourceBroken, match=r"its part xl/[a-z/0-9]*[.]xml would be more than"):
        await harvest(config(path=path))
    monkeypatch.setattr(table_sheet, "LARGEST_PART", 250_000)
    with pytest.raises(SourceBroken, match=r"sharedStrings2\.xml would be more than"):
        await harvest(config(path=path))
    monkeypatch.setattr(table_sheet, "LARGEST", 200_000)
    with pytest.raises(SourceBroken, match="when unpacked; save the table as CSV"):
        await harvest(config(path=path))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "piece", "before", "words"),
    [
        (SHEET, b"<c/>", b"</row>", "has a row of more than 8 MB"),
        (SHEET, b"<col/>", b"<sheetData>", "has a row of more than 8 MB"),
        (SHEET, b"x", b"</t>", "has a row of more than 8 MB"),
        ("xl/styles.xml", b"<xf/>", b"</cellXfs>", "has more than 5,000,000 tags"),
    ],
)
async def test_a_workbook_that_would_fill_the_memory(
    tmp_path: Path, part: str, piece: bytes, before: bytes, words: str
) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, {"now": [("id", "title"), (1, "a")]})
    inline = b'<c r="A2" t="inlineStr"><is><t></t></is></c>'
    repack(path, SHEET, b'<c r="A2" t="n"><v>1</v></c>', inline)
    repack(path, part, before, piece * (30_000_000 // len(piece)) + before)
    assert path.stat().st_size < 200_000
    with pytest.raises(SourceBroken, match=words):
        await harvest(config(path=path))


async def test_an_entity_bomb_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, {"now": [("id", "title"), (1, "a")]})
    bomb = b'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    bomb += b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 20) for n in range(1, 9))
    repack(path, SHEET, b"<worksheet ", bomb + b"]><worksheet ")
    repack(path, SHEET, b"<v>1</v>", b"<v>&a8;</v>")
    with pytest.raises(SourceBroken, match="cannot be read as a workbook"):
        await harvest(config(path=path))


# --- from an address ---------------------------------------------------------------------------


@pytest.fixture
async def server() -> AsyncIterator[BaseTestServer]:
    """The fixture folder as a web site."""
    app = web.Application()
    app.router.add_static("/", DATA)
    async with TestServer(app) as served:
        yield served


async def test_a_table_from_an_address(server: BaseTestServer) -> None:
    url = str(server.make_url("/projects.csv"))
    made = config(PROJECTS, url=url, http={"interval": 0})
    raws, [reject], _ = await harvest(made)
    assert [raw.id for raw in raws] == ["KG-001", "KG-002", "KG-003", "KG-004", "KG-005"]
    assert reject.reason.startswith(f"{url}, line 8: ")
    missing = config(PROJECTS, url=f"{url}x", http={"interval": 0})
    with pytest.raises(SourceBroken, match=r"answers with HTTP 404; no table came\. Check 'url'"):
        await harvest(missing)


# --- laws --------------------------------------------------------------------------------------

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def held(found: Record) -> set[str]:
    return {found.local_id, *(t.value for t in found.titles), *(o.text for o in found.other)}


@settings(max_examples=50)  # files are written
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
async def test_every_cell_of_any_table_is_in_a_record(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [["id", "title", "more", "other"], *([n, *row] for n, row in enumerate(table))]
    )
    path = tmp_path_factory.mktemp("law") / "a.csv"
    path.write_bytes(text.getvalue().encode())
    made = config({"local_id": "id", "title": "title", "doi": "more"}, path=path)
    raws, rejects, problem = await harvest(made)
    assert (rejects, problem, len(raws)) == ([], "", len(table))
    for raw, row in zip(raws, table, strict=True):
        assert raw.problems == ()
        found = record(made, raw)
        values = held(found) | {one.value for one in found.identifiers}
        for cell in row:
            assert clean(cell) in values | {""}


@given(st.lists(CELLS, min_size=1, max_size=8), st.lists(CELLS, max_size=9))
def test_no_cell_of_a_row_is_lost_under_any_header(header: list[str], cells: list[str]) -> None:
    names = header_names(header)
    assert len({name.casefold() for name in names}) == len(header)
    kept: Sequence[str] = list(json.loads(payload(names, cells)).values())
    assert kept == [cell for cell in cells if cell]
