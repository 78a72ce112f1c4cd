"""Master files and text exports of IRBIS: live records arrive, once, whatever happened to them."""

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import irbis_master, irbis_text
from connectors.crosswalks import CROSSWALKS
from connectors.files import BATCH_RECORDS
from tests.unit.connectors.marc import batches, framed, harvest
from tests.unit.connectors.masters import Fields, Master

BOTH = pytest.mark.parametrize("bits", [32, 64])


def book(number: int, title: str = "Ак кеме", encoding: str = "utf-8") -> Fields:
    said = f"^A{title}^FЧ. Айтматов"
    return [(920, b"PAZK"), (903, b"84/%d" % number), (200, said.encode(encoding))]


def title(body: bytes | None, format_name: str = "irbis") -> str:
    assert body is not None
    return CROSSWALKS[format_name].read(body, "s", "1", "", "").titles[0].value


@BOTH
async def test_old_versions_and_deleted_records_are_not_live(bits: int, tmp_path: Path) -> None:
    master = Master(bits)
    for number in range(1, 6):
        master.write(number, book(number, f"Китеп {number}"))
    master.write(2, book(2, "Жаңы басылышы"))
    master.write(3, book(3), status=1)
    master.delete(4)
    raws, rejects, problem = await harvest(master.save(tmp_path))
    assert [(raw.id, title(raw.body, raw.format)) for raw in raws] == [
        ("84/1", "Китеп 1"), ("84/2", "Жаңы басылышы"), ("84/5", "Китеп 5"),
    ]  # fmt: skip
    assert (rejects, problem) == ([], "")
    assert all(raw.problems == () for raw in raws)


@BOTH
@settings(max_examples=30)
@given(
    records=st.lists(
        st.lists(st.tuples(st.integers(1, 9999), st.binary(max_size=40)), min_size=1, max_size=5),
        min_size=1,
        max_size=300,
    )
)
def test_what_is_written_is_read(
    bits: int, records: list[list[tuple[int, bytes]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    master = Master(bits)
    for number, fields in enumerate(records, 1):
        master.write(number, fields)
    path = master.save(tmp_path_factory.mktemp("law"))
    found = list(irbis_master.pieces(path))
    assert [piece.number for piece in found] == [str(n) for n in range(1, len(records) + 1)]
    for piece, fields in zip(found, records, strict=True):
        assert piece.body == irbis_text.written((b"%d" % tag, value) for tag, value in fields)


@BOTH
async def test_an_index_that_lies_costs_only_the_records_it_lies_about(
    bits: int, tmp_path: Path
) -> None:
    master = Master(bits)
    places = [master.write(number, book(number)) for number in range(1, 5)]
    path = master.save(tmp_path, count=2000)
    data = bytearray(path.read_bytes())
    data[places[1]] ^= 0x41  # another number
    data[places[1] + 3] ^= 0x41
    struct.pack_into(">i" if bits == 64 else "<H", data, places[2] + (20 if bits == 64 else 14), 99)
    path.write_bytes(data)
    raws, rejects, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["84/1", "84/4"]
    assert [reject.reason.split(" at ")[0] for reject in rejects] == [
        "books.MST, record 2", "books.MST, record 3",
    ]  # fmt: skip
    assert "leads to record" in rejects[0].reason
    assert "does not fit its directory" in rejects[1].reason
    assert "the master file 2,000, so records may be missing" in problem


@BOTH
async def test_a_master_file_that_is_cut_says_so(bits: int, tmp_path: Path) -> None:
    master = Master(bits)
    for number in range(1, 4):
        master.write(number, book(number))
    path = master.save(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    raws, [reject], _ = await harvest(path)
    assert [raw.id for raw in raws] == ["84/1", "84/2"]
    assert "in the middle of the record" in reject.reason
    assert reject.body


async def test_without_its_index_a_master_file_gives_nothing(tmp_path: Path) -> None:
    master = Master(64)
    master.write(1, book(1))
    path = master.save(tmp_path)
    path.with_suffix(".XRF").unlink()
    raws, rejects, problem = await harvest(path)
    assert (raws, rejects) == ([], [])
    assert "books.XRF is not beside it" in problem


async def test_a_record_without_fields_is_quarantined(tmp_path: Path) -> None:
    master = Master(64)
    master.write(1, [])
    raws, [reject], problem = await harvest(master.save(tmp_path))
    assert (raws, problem) == ([], "")
    assert reject.reason == "books.MST, record 1 at byte 36: the record has no fields."


async def test_a_record_without_903_is_called_by_its_number(tmp_path: Path) -> None:
    master = Master(64)
    master.write(1, [(200, "^AТил".encode())])
    master.write(2, [(200, "^AКол\r\nжазма".encode())])
    raws, _, _ = await harvest(master.save(tmp_path))
    assert [(raw.id, title(raw.body)) for raw in raws] == [("mfn:1", "Тил"), ("mfn:2", "Кол жазма")]


@BOTH
async def test_a_run_goes_on_from_any_checkpoint(bits: int, tmp_path: Path) -> None:
    master = Master(bits)
    for number in range(1, 2 * BATCH_RECORDS + 3):
        master.write(number, book(number))
    path = master.save(tmp_path)
    whole = await batches(path)
    assert len(whole) == 3
    everything = [raw for batch in whole for raw in batch.records]
    assert len(everything) == 2 * BATCH_RECORDS + 2
    for done, batch in enumerate(whole[:-1], 1):
        rest = await batches(path, batch.checkpoint)
        before = [raw for early in whole[:done] for raw in early.records]
        assert before + [raw for late in rest for raw in late.records] == everything
    with path.with_suffix(".XRF").open("ab") as index:
        index.write(b"\0" * 12)
    again = await batches(path, whole[0].checkpoint)
    assert sum(len(batch.records) for batch in again) == 2 * BATCH_RECORDS + 2


TEXT = "#920: PAZK\n#903: 84/{0}\n#200: ^AКыргыз тилинин тарыхы {0}^FЧ. Айтматов\n*****\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "windows-1251", "cp866", "koi8-r"])
async def test_a_text_export_in_any_encoding(charset: str, tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    text = "".join(TEXT.format(number) for number in range(1, 4)).replace("\n", "\r\n")
    path.write_bytes(text.encode(charset))
    raws, rejects, problem = await harvest(tmp_path)
    assert [(raw.id, title(raw.body, raw.format)) for raw in raws] == [
        (f"84/{n}", f"Кыргыз тилинин тарыхы {n}") for n in range(1, 4)
    ]
    assert (rejects, problem) == ([], "")
    utf8 = charset.startswith("utf-8")
    assert {raw.format for raw in raws} == {"irbis" if utf8 else f"irbis+{charset}"}
    assert all(bool(raw.problems) is not utf8 for raw in raws)


async def test_lines_that_go_on_numbers_of_repeats_and_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text(
        "*****\n#920/1:_PAZK\n#200/1:_^AТил\nжана адабият\n*****\nкат\n*****\n"
        "#200: ^AЭкинчи\n\n*****\n",
        "utf-8",
    )
    raws, [reject], problem = await harvest(path)
    assert [title(raw.body) for raw in raws] == ["Тил жана адабият", "Экинчи"]
    assert "there is no line such as '#200: ^A…'" in reject.reason
    assert problem == ""


async def test_a_text_that_is_cut_says_so(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text((TEXT.format(1) + TEXT.format(2))[:-20], "utf-8")
    raws, _, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["84/1", "84/2"]
    assert "its end may be missing" in problem
    path.write_text(TEXT.format(1).removesuffix("*****\n"), "utf-8")
    assert (await harvest(path))[2] == ""


async def test_two_records_that_nothing_parts_are_told(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    texts = [TEXT.format(number) for number in range(1, 6)]
    texts[1] = texts[1].removesuffix("*****\n")
    path.write_text("Выгрузка из ИРБИС\n" + "".join(texts), "utf-8")
    raws, rejects, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["84/1", "84/4", "84/5"]
    assert "there is no line such as" in rejects[0].reason
    assert "it has 200, 903, 920 twice, as no record has" in rejects[1].reason
    assert (len(rejects), problem) == (2, "")


async def test_an_index_that_says_nothing_of_a_record_is_told(tmp_path: Path) -> None:
    master = Master(64)
    for number in range(1, 4):
        master.write(number, book(number))
    path = master.save(tmp_path)
    index = bytearray(path.with_suffix(".XRF").read_bytes())
    index[12:24] = bytes(12)
    path.with_suffix(".XRF").write_bytes(index)
    raws, _, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["84/1", "84/3"]
    assert "record 2: the index gives it no place" in problem


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(1, 99_999),
                st.text(
                    st.characters(exclude_categories=["C"], exclude_characters="*"), max_size=9
                ),
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=6,
    ),
    st.integers(1, 30),
)
def test_what_is_written_as_text_is_read(records: list[list[tuple[int, str]]], chunk: int) -> None:
    fields = [[(b"%03d" % tag, text.encode()) for tag, text in one] for one in records]
    stream = b"*****\n".join([*map(irbis_text.written, fields), b""])
    chunks = [stream[at : at + chunk] for at in range(0, len(stream), chunk)]
    found = [irbis_text.fields(piece.body) for piece in irbis_text.pieces(chunks)]
    wanted = [[(tag, value.rstrip()) for tag, value in one] for one in fields]
    assert [[(tag, value.rstrip()) for tag, value in one] for one in found] == wanted


async def test_an_issue_gets_its_journals_title_from_anywhere_in_the_source(tmp_path: Path) -> None:
    issue = [(b"920", b"NJ"), (b"903", b"J1/1989/2"), (b"933", b"J1"), (b"934", b"1989"),
             (b"936", b"2")]  # fmt: skip
    (tmp_path / "a.txt").write_bytes(irbis_text.written(issue))
    (tmp_path / "b.iso").write_bytes(
        framed([(tag.decode(), value) for tag, value in [*issue[:1], (b"903", b"x"), *issue[2:]]])
    )
    journal = [("920", b"J"), ("903", b"J1"), ("200", b"\x1fA" + "Ала-Тоо".encode("cp1251"))]
    (tmp_path / "c.iso").write_bytes(framed(journal))
    raws, _, _ = await harvest(tmp_path)
    assert [title(raw.body, raw.format) for raw in raws] == [
        "Ала-Тоо. 1989, № 2", "Ала-Тоо. 1989, № 2", "Ала-Тоо",
    ]  # fmt: skip
    assert "the title of the journal was added" in raws[0].problems[-1]
