"""MARC files: every record arrives or is accounted for, whatever the file is like."""

import gzip
import re
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from aggregator.errors import SourceBroken
from connectors.crosswalks import CROSSWALKS
from connectors.files import BATCH_RECORDS
from tests.unit.connectors.marc import (
    batches,
    connector,
    element,
    framed,
    harvest,
    marcxml,
    record,
)


def title(raw_body: bytes | None, format_name: str = "marc21") -> str:
    assert raw_body is not None
    return CROSSWALKS[format_name].read(raw_body, "s", "1", "", "").titles[0].value


async def test_a_file_of_records(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1") + record("k2", "Жамиля"))
    raws, rejects, problem = await harvest(path)
    assert [(raw.id, raw.format, raw.problems) for raw in raws] == [
        ("k1", "marc21", ()),
        ("k2", "marc21", ()),
    ]
    assert raws[0].body == record("k1")
    assert title(raws[1].body) == "Жамиля"
    assert (rejects, problem) == ([], "")


@pytest.mark.parametrize("between", [b"\r\n", b"\n", b"\x1a", b"\x00\x00", b"  ", b"\xef\xbb\xbf"])
async def test_what_stands_between_records_is_padding(tmp_path: Path, between: bytes) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(between + record("k1") + between + record("k2") + between)
    raws, rejects, problem = await harvest(path)
    assert [raw.body for raw in raws] == [record("k1"), record("k2")]
    assert (rejects, problem, raws[0].problems) == ([], "", ())


async def test_lines_of_eighty_bytes_are_joined(tmp_path: Path) -> None:
    whole = record("k1", "Кыргызстан тарыхы " * 20)
    lines = b"\r\n".join(whole[at : at + 80] for at in range(0, len(whole), 80))
    path = tmp_path / "a.iso"
    path.write_bytes(lines + b"\r\n" + record("k2"))
    raws, _, _ = await harvest(path)
    assert [raw.body for raw in raws] == [whole, record("k2")]
    assert raws[0].problems == ("line breaks inside the record were taken out",)


async def test_a_wrong_length_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"99999" + record("k1")[5:] + b"00012" + record("k2")[5:] + record("k3"))
    raws, rejects, _ = await harvest(path)
    assert [raw.id for raw in raws] == ["k1", "k2", "k3"]
    assert [len(raw.problems) for raw in raws] == [1, 1, 0]
    assert "99,999" in raws[0].problems[0]
    assert rejects == []


async def test_a_record_longer_than_its_leader_can_say(tmp_path: Path) -> None:
    notes = [("500", b"  \x1fa" + f"эскертүү {number}".encode() * 90) for number in range(120)]
    path = tmp_path / "a.mrc"
    path.write_bytes(
        framed([("001", b"big"), ("245", b"10\x1faT"), *notes, ("999", b"  \x1falast")])
        + record("k2")
    )
    raws, rejects, _ = await harvest(path)
    assert [raw.id for raw in raws] == ["big", "k2"]
    assert rejects == []
    assert raws[0].body is not None
    assert len(raws[0].body) > 99_999
    read = CROSSWALKS["marc21"].read(raws[0].body, "s", "1", "", "")
    assert len(read.notes) == 120
    assert "last" in [one.text for one in read.other]


async def test_fields_in_another_order_than_the_directory(tmp_path: Path) -> None:
    body = record("k1")
    swapped = body[:24] + body[36:48] + body[24:36] + body[48:]
    path = tmp_path / "a.mrc"
    path.write_bytes(swapped)
    raws, _, _ = await harvest(path)
    assert (raws[0].id, title(raws[0].body)) == ("k1", "Ак кеме")


async def test_positions_counted_in_letters_instead_of_bytes(tmp_path: Path) -> None:
    body = record("k1", "Ак кеме")
    wrong = body.replace(b"2450018", b"2450011", 1)  # seven Cyrillic letters are 14 bytes
    path = tmp_path / "a.mrc"
    path.write_bytes(wrong)
    raws, rejects, _ = await harvest(path)
    assert rejects == []
    assert title(raws[0].body) == "Ак кеме"


@pytest.mark.parametrize("encoding", ["windows-1251", "cp866", "koi8-r"])
async def test_old_cyrillic_encodings_are_found_out(tmp_path: Path, encoding: str) -> None:
    titles = ["История Кыргызстана с древнейших времен", "Русский язык в школе", "Ак кеме"]
    path = tmp_path / "a.iso"
    path.write_bytes(b"".join(record(f"k{i}", t, encoding) for i, t in enumerate(titles)))
    raws, _, _ = await harvest(path)
    assert {raw.format for raw in raws} == {f"marc21+{encoding}"}
    assert [title(raw.body, raw.format) for raw in raws] == titles
    assert raws[0].problems == (f"it is not UTF-8 and was read as {encoding}",)


async def test_utf8_is_believed_before_the_leader(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(framed([("245", "10\x1faҮч сүйүү".encode())], mark=b" "))
    raws, _, _ = await harvest(path)
    assert (raws[0].format, title(raws[0].body)) == ("marc21", "Үч сүйүү")


async def test_marc8_with_marks_before_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(framed([("001", b"1"), ("245", b"10\x1faP\xe2etain, G\xe8unter")], mark=b" "))
    raws, _, _ = await harvest(path)
    assert raws[0].format == "marc21+marc-8"
    assert title(raws[0].body, raws[0].format) == "Pétain, Günter"


async def test_a_few_bad_bytes_do_not_spoil_a_record(tmp_path: Path) -> None:
    good, bad = "Кыргыз тилинин сөздүгү".encode(), "Ак кеме".encode("windows-1251")
    path = tmp_path / "a.mrc"
    path.write_bytes(framed([("001", b"1"), ("245", b"10\x1fa" + good + b" \x1fb" + bad)]))
    raws, _, _ = await harvest(path)
    assert raws[0].problems == ("bytes that are not UTF-8 were repaired",)
    assert title(raws[0].body).startswith("Кыргыз тилинин сөздүгү : ")


async def test_the_encoding_that_the_configuration_pins(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1", "Я", "cp866"))
    raws, _, _ = await harvest(path, encoding="cp866")
    assert title(raws[0].body, raws[0].format) == "Я"


async def test_a_file_that_is_cut_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1") + record("k2")[:-10])
    raws, rejects, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["k1"]
    [reject] = rejects
    assert reject.body == record("k2")[:-10]
    assert f"byte {len(record('k1'))}" in reject.reason
    assert "a.mrc" in problem
    assert "missing" in problem


async def test_a_missing_last_terminator_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1") + record("k2")[:-1] + b"\r\n")
    raws, rejects, problem = await harvest(path)
    assert [raw.body for raw in raws] == [record("k1"), record("k2")]
    assert len(raws[1].problems) == 1
    assert (rejects, problem) == ([], "")


@pytest.mark.parametrize("first", [b"<", b"{", b"#"])
async def test_a_leader_that_begins_as_another_frame(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1") + first + record("k2")[1:])
    raws, rejects, problem = await harvest(path)
    assert [(raw.id, title(raw.body, raw.format)) for raw in raws] == [
        ("k1", "Ак кеме"),
        ("k2", "Ак кеме"),
    ]
    assert (rejects, problem) == ([], "")


async def test_rubbish_between_records_goes_to_quarantine(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1") + b"not a record at all\x1d" + record("k2"))
    raws, [reject], problem = await harvest(path)
    assert [raw.id for raw in raws] == ["k1", "k2"]
    assert reject.reason.startswith("a.mrc, byte 7")
    assert reject.body == b"not a record at all\x1d"
    assert problem == ""


async def test_records_without_a_number_or_with_a_used_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("") + record("k1", "a") + record("k1", "b") + record("k1", "a"))
    raws, _, _ = await harvest(path)
    nameless, first, other, again = raws
    assert re.fullmatch("~[0-9a-f]{16}", nameless.id)
    assert (first.id, again.id) == ("k1", "k1")
    assert re.fullmatch("k1~[0-9a-f]{16}", other.id)
    assert [len(raw.problems) for raw in raws] == [1, 0, 1, 0]
    assert [raw.id for raw in (await harvest(path))[0]] == [raw.id for raw in raws]


async def test_a_deleted_record_is_a_tombstone(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(record("k1", status="d") + record("", status="d"))
    [raw], [reject], _ = await harvest(path)
    assert (raw.id, raw.body) == ("k1", None)
    assert "deletes nothing" in reject.reason


async def test_marcxml_keeps_its_namespaces_and_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(marcxml(element("k1"), "<!-- x -->", element("k&amp;2", "A &lt; B")))
    raws, rejects, problem = await harvest(path)
    assert [(raw.id, raw.format, title(raw.body)) for raw in raws] == [
        ("k1", "marcxml", "Ак кеме"),
        ("k&2", "marcxml", "A < B"),
    ]
    assert (rejects, problem) == ([], "")


async def test_marcxml_in_windows_1251_and_inside_an_oai_reply(tmp_path: Path) -> None:
    declaration = '<?xml version="1.0" encoding="windows-1251"?>'
    (tmp_path / "a.xml").write_bytes(
        marcxml(element("k1"), declaration=declaration).decode().encode("windows-1251")
    )
    inner = element("k2").replace("<m:record>", '<m:record xmlns:m="urn:m">')
    (tmp_path / "b.xml").write_text(
        f"<OAI-PMH><ListRecords><record><header/><metadata>{inner}</metadata></record>"
        "</ListRecords></OAI-PMH>",
        "utf-8",
    )
    raws, rejects, problem = await harvest(tmp_path)
    assert [(raw.id, title(raw.body)) for raw in raws] == [("k1", "Ак кеме"), ("k2", "Ак кеме")]
    assert (rejects, problem) == ([], "")


@pytest.mark.parametrize(
    ("bad", "repair"),
    [
        ("R&D", "bare & were escaped"),
        ("a\x0bb", "control characters were replaced by spaces"),
        ("a&nbsp;b", "bare & were escaped"),
    ],
)
async def test_one_damaged_record_costs_only_a_repair(
    tmp_path: Path, bad: str, repair: str
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(marcxml(element("k1"), element("k2", bad), element("k3")))
    raws, rejects, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["k1", "k2", "k3"]
    assert raws[0].problems == ()
    assert repair in raws[1].problems
    assert (rejects, problem) == ([], "")


async def test_one_broken_record_goes_to_quarantine_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(
        marcxml(element("k1"), element("k2").replace("</m:subfield>", ""), element("k3"))
    )
    raws, [reject], problem = await harvest(path)
    assert [raw.id for raw in raws] == ["k1", "k3"]
    assert reject.id == "k2"
    assert "not well-formed" in reject.reason
    assert problem == ""


@pytest.mark.parametrize("cut", [14, 60])
async def test_marcxml_that_is_cut_says_so(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(marcxml(element("k1"), element("k2"))[:-cut])
    raws, rejects, problem = await harvest(path)
    assert [raw.id for raw in raws] == ["k1"] if cut == 60 else ["k1", "k2"]
    assert len(rejects) == (1 if cut == 60 else 0)
    assert "missing" in problem


async def test_entities_are_never_resolved(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    bomb = '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    path.write_bytes(marcxml(element("k1", "&x;"), declaration=bomb))
    raws, rejects, _ = await harvest(path)
    assert not any(b"root:" in (raw.body or b"") for raw in raws)
    assert len(raws) + len(rejects) == 1


async def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(gzip.compress(record("k1")))
    assert [raw.id for raw in (await harvest(path))[0]] == ["k1"]


async def test_of_a_gzip_that_is_cut_everything_before_comes(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc.gz"
    packed = gzip.compress(b"".join(record(f"k{n}") for n in range(5000)))
    path.write_bytes(packed[: len(packed) // 2])
    whole = zlib.decompressobj(31).decompress(packed[: len(packed) // 2]).count(b"\x1d")
    raws, [reject], problem = await harvest(path)
    assert [raw.id for raw in raws] == [f"k{n}" for n in range(whole)]
    assert "the file ends in the middle of a record" in reject.reason
    assert "a.mrc.gz cannot be read to its end" in problem
    (tmp_path / "b.mrc").write_bytes(record("l"))
    raws, _, problem = await harvest(tmp_path)
    assert [raws[-1].id, len(raws)] == ["l", whole + 1]
    assert "a.mrc.gz cannot be read to its end" in problem
    path.write_bytes(packed[:15])
    with pytest.raises(SourceBroken, match=r"a\.mrc\.gz cannot be read"):
        await harvest(path)


async def test_a_folder_and_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "b.MRC").write_bytes(record("k2"))
    (tmp_path / "a.mrc").write_bytes(record("k1"))
    (tmp_path / "readme.txt").write_bytes(b"not MARC")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.mrc").write_bytes(record("k3"))
    assert [raw.id for raw in (await harvest(tmp_path))[0]] == ["k1", "k2"]
    assert [raw.id for raw in (await harvest(tmp_path / "**" / "*.mrc"))[0]] == ["k1", "k3"]


async def test_a_file_that_is_neither(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(b"PK\x03\x04 a zip")
    (tmp_path / "b.mrc").write_bytes(b"")
    (tmp_path / "c.mrc").write_bytes(record("k1"))
    raws, _, problem = await harvest(tmp_path)
    assert [raw.id for raw in raws] == ["k1"]
    assert "a.dat is neither ISO 2709, MARCXML, JSON nor IRBIS text" in problem
    assert "b.mrc is empty" in problem


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.mrc", "no file or folder"), ("*.mrc", "No file fits"), ("", "holds no MARC file")],
)
async def test_nothing_to_read(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(SourceBroken, match=said) as raised:
        await harvest(tmp_path / name)
    assert "'files'" in str(raised.value)


async def test_a_run_goes_on_from_any_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "a.mrc").write_bytes(
        b"".join(record(f"a{n}") for n in range(BATCH_RECORDS + 20)) + b"rubbish\x1d"
    )
    (tmp_path / "b.xml").write_bytes(marcxml(*(element(f"b{n}") for n in range(BATCH_RECORDS))))
    whole = await batches(tmp_path)
    assert len(whole) == 3
    assert whole[-1].checkpoint == {}
    everything = [raw for batch in whole for raw in batch.records]
    assert len(everything) == 2 * BATCH_RECORDS + 20
    for done, batch in enumerate(whole[:-1], 1):
        rest = await batches(tmp_path, batch.checkpoint)
        before = [raw for early in whole[:done] for raw in early.records]
        assert before + [raw for late in rest for raw in late.records] == everything


async def test_a_changed_file_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(record(f"a{n}") for n in range(BATCH_RECORDS + 1)))
    first = (await batches(path))[0]
    path.write_bytes(path.read_bytes() + record("new"))
    again = await batches(path, first.checkpoint)
    assert sum(len(batch.records) for batch in again) == BATCH_RECORDS + 2


def test_every_run_is_full_and_the_fingerprint_follows_the_options(tmp_path: Path) -> None:
    one = connector(tmp_path)
    assert one.is_full({})
    assert one.is_full({"done": 1})
    assert one.fingerprint() == connector(tmp_path).fingerprint()
    assert one.fingerprint() != connector(tmp_path, encoding="cp866").fingerprint()
    assert one.fingerprint() != connector(tmp_path, dialect="irbis").fingerprint()
    assert one.fingerprint() != connector(tmp_path / "a").fingerprint()


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="encodign"):
        connector(tmp_path, encodign="utf-8")
    for key in ("encoding", "dialect", "format"):
        with pytest.raises(ValidationError, match=r"1 validation error.*\n.*\n.*latin-1"):
            connector(tmp_path, **{key: "latin-1"})


async def test_stopping_early_closes_the_file(tmp_path: Path) -> None:
    # A file left open is a ResourceWarning, and warnings are errors here.
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(record(f"a{n}") for n in range(2 * BATCH_RECORDS)))
    run = connector(path).harvest({})
    await anext(run)
    await run.aclose()


async def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(marcxml(*(element(f"b{n}", "Тарых " * 200) for n in range(4000))))
    assert path.stat().st_size > 9_000_000
    tracemalloc.start()
    async for batch in connector(path).harvest({}):
        assert len(batch.records) <= BATCH_RECORDS
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


# --- MARCXML that is broken ----------------------------------------------------------------------

XML_FAULTS: dict[str, Callable[[str], str]] = {
    "no end": lambda text: text.replace("</m:record>", ""),
    "no beginning": lambda text: text.replace("<m:record>", ""),
    "mismatched": lambda text: text.replace("</m:datafield>", ""),
    "empty": lambda text: "<m:record/>",
    "cut": lambda text: text[: len(text) // 2],
    "rubbish": lambda text: "Warning: <b>x & y</b>",
    "another prefix": lambda text: text.replace("m:", "n:"),
    "a bare sign": lambda text: text.replace("кеме", "кеме & < 2"),
}
MENDED = ("another prefix", "a bare sign")


@pytest.mark.parametrize("fault", XML_FAULTS)
@pytest.mark.parametrize("end", ["</m:collection>", ""])
async def test_a_broken_xml_record_costs_only_itself(fault: str, end: str, tmp_path: Path) -> None:
    texts = [element(f"k{n}") for n in range(5)]
    texts[2] = XML_FAULTS[fault](texts[2])
    path = tmp_path / "a.xml"
    path.write_bytes(marcxml(*texts).removesuffix(b"</m:collection>") + end.encode())
    raws, rejects, problem = await harvest(path)
    whole = ["k0", "k1", "k3", "k4"] if fault not in MENDED else [f"k{n}" for n in range(5)]
    assert [raw.id for raw in raws] == whole
    told = fault in (*MENDED, "rubbish", "no beginning") or rejects
    assert told
    assert bool(problem) == (end == "")


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "cp866"])
async def test_xml_that_is_not_in_utf8_as_it_claims(charset: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    title = "История Кыргызстана с древнейших времён"
    path.write_bytes(marcxml(element("k1", title), element("k2", title)).decode().encode(charset))
    raws, rejects, problem = await harvest(path)
    assert ([raw.id for raw in raws], rejects, problem) == (["k1", "k2"], [], "")
    for raw in raws:
        assert raw.body is not None
        assert title in raw.body.decode()
        assert raw.problems == (f"it is not UTF-8 and was read as {charset}",)
    declaration = f'<?xml version="1.0" encoding="{charset}"?>'
    said = marcxml(element("k1", title), declaration=declaration).decode().encode(charset)
    path.write_bytes(said.removesuffix(b"</m:collection>"))  # true, but cut
    [raw], _, _ = await harvest(path)
    assert raw.body is not None
    assert (title in raw.body.decode(), raw.problems) == (True, ())


@pytest.mark.parametrize(
    "data",
    [
        record("k1") + record("k2"),
        marcxml(element("k1"), element("k2")),
        b"[" + b",".join(b'{"leader": "", "fields": [{"001": "k%d"}]}' % n for n in (1, 2)) + b"]",
    ],
)
async def test_records_behind_a_page_of_something_else(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(b"Warning: deprecated function, line 12 & more\r\n" * 200 + data)
    raws, _, problem = await harvest(path)
    assert ([raw.id for raw in raws], problem) == (["k1", "k2"], "")
