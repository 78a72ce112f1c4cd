"""Which MARC a record is: told by its fields, or by the source's file."""

from pathlib import Path

import pytest

from connectors import iso5426, marc_dialect
from connectors.crosswalks import CROSSWALKS
from connectors.marc_charset import vote
from tests.unit.connectors.marc import Fields, element, framed, harvest, marcxml, record

UNIMARC: Fields = [("001", b"u1"), ("101", b"0 \x1fafre"), ("200", b"1 \x1faLa langue"),
                   ("801", b" 0\x1faFR")]  # fmt: skip
RUSMARC: Fields = [*UNIMARC[:3], ("801", b" 0\x1faRU\x1fbNLR\x1fgPSBO")]
IRBIS: Fields = [("200", b"\x1fATitle"), ("903", b"i1"), ("920", b"PAZK")]


@pytest.mark.parametrize(
    ("body", "dialect"),
    [
        (record("k1"), "marc21"),
        (framed(UNIMARC), "unimarc"),
        (framed(RUSMARC), "rusmarc"),
        (framed(IRBIS), "irbis"),
        (framed([("008", b"x"), ("100", b"1 \x1faA")]), "marc21"),
        (framed([("245", b"00\x1faT"), ("903", b"  \x1fa1"), ("920", b"  \x1fax")]), "marc21"),
        (framed([("245", b"00\x1faT"), ("200", b"  \x1fax"), ("008", b"x")]), "marc21"),
        (framed([("001", b"1"), ("700", b" 1\x1faA")]), None),
        (b'<record><datafield tag="200"/><datafield tag="801"/></record>', "unimarc"),
        (b'{"fields": [{"200": {}}, {"101": {}}]}', "unimarc"),
        (b"#920: PAZK\n#903: 1\n", "irbis"),
        (b"", None),
    ],
)
def test_fields_tell(body: bytes, dialect: str | None) -> None:
    assert marc_dialect.dialect(body) == dialect


async def test_a_folder_of_mixed_files(tmp_path: Path) -> None:
    (tmp_path / "a.mrc").write_bytes(record("k1") + framed(UNIMARC))
    (tmp_path / "b.iso").write_bytes(framed(RUSMARC).replace(b"u1", b"r1") + framed(IRBIS))
    plain = element("x1").replace('tag="245"', 'tag="200"')
    extra = '<m:datafield tag="101" ind1=" " ind2=" "/></m:record>'
    (tmp_path / "c.xml").write_bytes(marcxml(plain.replace("</m:record>", extra), element("x2")))
    (tmp_path / "d.txt").write_text("#920: PAZK\n#903: i2\n#200: ^AТил\n", "utf-8")
    raws, rejects, problem = await harvest(tmp_path)
    assert [(raw.id, raw.format) for raw in raws] == [
        ("k1", "marc21"), ("u1", "unimarc"), ("r1", "rusmarc"), ("i1", "irbis"),
        ("x1", "unimarc"), ("x2", "marcxml"), ("i2", "irbis"),
    ]  # fmt: skip
    assert (rejects, problem) == ([], "")
    assert all(raw.problems == () for raw in raws)


async def test_what_tells_nothing_is_as_the_rest_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.iso"
    bare = framed([("001", b"q"), ("700", b" 1\x1faA")])
    path.write_bytes(bare + framed(UNIMARC))
    assert [raw.format for raw in (await harvest(path))[0]] == ["unimarc", "unimarc"]
    path.write_bytes(bare)
    [raw] = (await harvest(path))[0]
    assert raw.format == "marc21"
    assert "write 'dialect'" in raw.problems[0]
    [raw] = (await harvest(path, dialect="rusmarc"))[0]
    assert (raw.format, raw.problems) == ("rusmarc", ())


async def test_the_file_of_the_source_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.iso"
    path.write_bytes(framed(IRBIS))
    assert [raw.format for raw in (await harvest(path, dialect="unimarc"))[0]] == ["unimarc"]
    assert [raw.format for raw in (await harvest(path, encoding="cp866"))[0]] == ["irbis+cp866"]


async def test_latin_letters_of_unimarc_are_in_iso_5426(tmp_path: Path) -> None:
    path = tmp_path / "a.iso"
    text = b"1 \x1fa\x88La \x89th\xc2eorie fran\xd0caise \xabna\xc8ive\xbb \xa6"
    path.write_bytes(framed([("001", b"u1"), ("200", text), UNIMARC[3]]))
    [raw] = (await harvest(path))[0]
    assert raw.format == "unimarc+iso-5426"
    assert raw.body is not None
    record = CROSSWALKS[raw.format].read(raw.body, "s", "1", "", "")
    assert record.titles[0].value == "La théorie française «naïve» †"
    [other] = (await harvest(path, dialect="marc21"))[0]
    assert other.format.startswith("marc21")


def test_what_iso_5426_does_not_have() -> None:
    assert iso5426.decode(b"a\xffb\xc2") == "a\ufffdb"


@pytest.mark.parametrize(
    ("code", "written", "expected"),
    [
        ("89", "cp866", "cp866"),  # the record lies, its letters do not
        ("79", "windows-1251", "windows-1251"),
        ("79", "cp866", "cp866"),
        ("99", "koi8-r", "koi8-r"),
    ],
)
def test_letters_go_before_a_declared_encoding(code: str, written: str, expected: str) -> None:
    coded = b"  \x1fa19980716d1997    u  y0rusy01%s    ca" % code.encode()
    words = "Основы общей теории языка и литературы для студентов".encode(written)
    assert vote([framed([("100", coded), ("200", b"1 \x1fa" + words)])]) == expected


def test_a_declared_encoding_decides_where_letters_do_not() -> None:
    coded = b"  \x1fa19980716d1997    u  y0rusy01%s    ca"
    for signs in ("ПК ДСМ ОЛН", "Т. Б."):
        words = b"1 \x1fa" + signs.encode("koi8-r")
        assert vote([framed([("100", coded % b"99"), ("200", words)])]) == "koi8-r"
    words = b"1 \x1fa" + "ПЕДАГОГИКА И ПСИХОЛОГИЯ".encode("windows-1251")
    for lie in (b"50", b"99", b"79"):
        assert vote([framed([("100", coded % lie), ("200", words)])]) == "windows-1251"
