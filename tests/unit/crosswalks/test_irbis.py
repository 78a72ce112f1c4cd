"""IRBIS's own fields: what each becomes, and that no word is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import SkipRecord
from aggregator.record import (
    Container,
    Creator,
    Dates,
    Holding,
    Identifier,
    Link,
    Other,
    Record,
    Relation,
    Subject,
    Text,
    Title,
)
from connectors.crosswalks import CROSSWALKS, irbis
from tests.unit.connectors.marc import framed
from tests.unit.crosswalks.words import words, words_of


def read(*lines: str, language: str = "") -> Record:
    """The Record of lines such as ``"200: ^AТил"``."""
    body = "".join(f"#{line}\n" for line in lines).encode()
    return irbis.read(body, "lib", "k1", "", language, year=2025)


BOOK = (
    "920: PAZK",
    "900: ^Ta^B05",
    "102: KG",
    "101: kir",
    "10: ^A5-7110-0177-9^D300",
    "200: ^AАк кеме^Eповесть^FЧ. Айтматов",
    "510: ^DThe white ship",
    "210: ^CКыргызстан^AФрунзе^D1972",
    "215: ^A160^Cил.^D3000",
    "225: ^AКыргыз прозасы^VВып. 5",
    "331: Бала жөнүндө повесть",
    "606: ^AКыргыз адабияты^BТарыхы^G20 к.",
    "610: повесть",
    "675: 821.512.154",
    "621: 84(5Кир)",
    "964: 17.82",
    "700: ^AАйтматов^BЧ. Т.^GЧыңгыз Төрөкулович",
    "702: ^4340 ред.^AСыдыкбеков^BТ.",
    "702: ^4570 общ. ред.^AЖусупов^BК.",
    "903: 84/А36-1",
    "906: 84",
    "908: А36",
    "910: ^A0^B1^DЧЗ^H107206G",
    "910: ^A0^B2^DЧЗ",
    "910: ^AU^BУ-1^125^DАБ",
    "910: ^A6^B3^DХР",
    "951: ^Ihttp://kg.org/a.pdf^Tтолук текст",
    "907: ^CКТ^A20160406^BТрембач",
)


def test_a_book() -> None:
    record = read(*BOOK)
    assert record.titles == (
        Title("Ак кеме : повесть", "ky"),
        Title("The white ship", "", "parallel"),
    )
    assert record.creators == (
        Creator("Айтматов, Чыңгыз Төрөкулович"),
        Creator("Сыдыкбеков, Т.", "edt"),
        Creator("Жусупов, К.", "oth"),
    )
    assert record.type == "book"
    assert record.languages == ("ky",)
    assert record.issued == Dates(1972, 1972, "1972")
    assert record.publisher == (Text("Кыргызстан"),)
    assert record.series == "Кыргыз прозасы ; Вып. 5"
    assert record.extent == "160 с. : ил."
    assert record.abstracts == (Text("Бала жөнүндө повесть"),)
    assert record.subjects == (
        Subject("Кыргыз адабияты -- Тарыхы -- 20 к."), Subject("повесть"),
        Subject("821.512.154", "UDC"), Subject("84(5Кир)", "BBK"), Subject("17.82", "GRNTI"),
    )  # fmt: skip
    assert record.identifiers == (
        Identifier("isbn", "9785711001775"),
        Identifier("local", "84/А36-1"),
    )
    assert record.holdings == (Holding("ЧЗ", "84 А36", 2), Holding("АБ", "84 А36", 25))
    assert record.links == (Link("http://kg.org/a.pdf", "fulltext", "application/pdf"),)
    for kept in (
        Other("IRBIS 010 $d", "300"), Other("IRBIS 200 $f", "Ч. Айтматов"),
        Other("IRBIS 210 $a", "Фрунзе"), Other("IRBIS 700 $b", "Ч. Т."),
        Other("IRBIS 907 $b", "Трембач"), Other("IRBIS 910 $d", "ХР"),
        Other("IRBIS 910 $h", "107206G"), Other("IRBIS 920", "PAZK"),
    ):  # fmt: skip
        assert kept in record.other, kept


def test_codes_of_subfields_are_read_in_either_case_and_frame() -> None:
    lines = [line.replace("^A", "^a").replace("^D", "^d").replace("^C", "^c") for line in BOOK]
    assert read(*lines) == read(*BOOK)
    fields = [line.split(": ", 1) for line in BOOK]
    body = framed(
        [(tag.zfill(3), value.replace("^", "\x1f").encode("cp866", "replace"))
         for tag, value in fields]
    )  # fmt: skip
    record = CROSSWALKS["irbis+cp866"].read(body, "lib", "k1", "", "")
    assert record.titles[0] == Title("Ак кеме : повесть", "ky")
    assert record.holdings == (Holding("ЧЗ", "84 А36", 2), Holding("АБ", "84 А36", 25))
    assert Subject("821.512.154", "UDC") in record.subjects


def test_a_volume_is_called_after_its_whole() -> None:
    record = read(
        "920: SPEC",
        "200: ^VТ. 18^AКапиллярный электрофорез^Eмонография",
        "210: ^D2014",
        "461: ^CПроблемы аналитической химии^GНаука^XИванов И.^H1970^I5-7110-0177-9",
        "961: ^AКарцова^BЛ. А.^4340 ред.",
        "962: ^AАкадемия наук",
    )
    assert record.titles == (
        Title("Проблемы аналитической химии. Т. 18. Капиллярный электрофорез : монография"),
    )
    assert record.part == "Т. 18"
    assert record.publisher == (Text("Наука"),)
    assert record.creators == (Creator("Карцова, Л. А.", "edt"), Creator("Академия наук", "ctb"))
    assert record.related == (
        Relation("IsPartOf", "Иванов И. Проблемы аналитической химии"),
        Relation("IsPartOf", "ISBN 5-7110-0177-9"),
    )
    assert Other("IRBIS 461 $h", "1970") in record.other


def test_an_article_stands_in_its_journal() -> None:
    record = read(
        "920: ASP",
        "200: ^AТехнологии портативных компьютеров^FИ. Иванов",
        "463: ^CКомпьютер-Пресс^J1989^VТ. 3^HN2^S16-19^WУ1415/1989/2",
        "463: ^CДругой журнал^J1990^HN5",
        "963: ^I02636115",
        "961: ^AСоставитель^BС.",
        "470: ^0Рец. на ^CDelphi^AДарахвелидзе П.",
    )
    assert record.container == Container("Компьютер-Пресс", "0263-6115", "3", "2", "16-19")
    assert record.type == "article"
    assert record.issued == Dates(1989, 1989, "1989")
    assert record.creators == ()
    assert record.related == (
        Relation("IsPartOf", "Другой журнал, 1990, N5"),
        Relation("Reviews", "Delphi. Дарахвелидзе П."),
    )
    assert Other("IRBIS 463 $w", "У1415/1989/2") in record.other
    chapter = read("920: ASP", "200: ^AГлава", "463: ^CКнига^J1970^S133")
    assert chapter.type == "chapter"


def test_an_issue_is_called_after_its_journal() -> None:
    issue = ("920: NJ", "933: У1415", "934: 1989", "935: 3", "936: 2", "922: ^CВыбор^FИванов^472")
    record = read(*issue, "461: ^CКомпьютер-Пресс^WУ1415")
    assert record.titles == (Title("Компьютер-Пресс. 1989, Т. 3, № 2"),)
    assert record.container == Container("Компьютер-Пресс", "", "3", "2", "")
    assert (record.type, record.issued) == ("journal", Dates(1989, 1989, "1989"))
    assert record.contents == (Text("Выбор / Иванов. С. 72"),)
    with pytest.raises(SkipRecord, match=r"issue of the journal 'У1415'.*add it to the export"):
        read(*issue)


def test_a_patent_a_textbook_and_an_event() -> None:
    patent = read("920: PAZK", "200: ^AКрюк", "982: ^0Пат.^92032293^SRU^IF16B 45/02")
    assert patent.type == "patent"
    assert Identifier("patent", "RU2032293") in patent.identifiers
    for subtitle, kind in (
        ("учебник", "textbook"), ("Учеб. пособие для вузов", "textbook"),
        ("монография", "book"), ("для учеб. заведений", "book"), ("отчет о НИР", "report"),
        ("автореферат дис. ... канд. техн. наук", "thesis"),
        ("материалы V региональной научно-практической конференции", "conference"),
    ):  # fmt: skip
        assert read("920: PAZK", f"200: ^AТил^E{subtitle}").type == kind, subtitle
    event = read("920: KF", "309: ^E2005^TПроведение конференции", "972: ^ALibcom^GЗвенигород")
    assert (event.titles, event.type) == ((Title("Libcom"),), "other")
    person = read("920: PERS", "700: ^AБарсов^BЕ.В.", "331: историк")
    assert person.titles == (Title("Барсов, Е. В."),)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"#920: SZPRF\n#907: ^A20080122\n", "no title"),
        (b"#1: 5\n", "no fields"),
        (b"", "not ISO 2709"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        irbis.read(body, "s", "1", "", "", year=2025)


_TAGS = """
1 7 10 11 19 20 46 60 61 100 101 102 200 205 210 215 225 230 300 309 314 320 330 331 337 391 421 454
461 463 470 481 488 510 517 600 606 607 610 621 675 686 690 700 701 702 710 711 852 900 902 903 905
906 907 908 910 912 920 922 925 933 934 935 936 951 961 962 963 964 972 982 2006
"""
_VALUES = st.sampled_from(
    ["PAZK", "SPEC", "ASP", "NJ", "J", "PERS", "Т.2", "N2", "02636115", "1989", "С. 5-7", "U", "25",
     "340 ред.", "http://x.org/a.pdf", "5-7110-0177-9", "Пат.", "RU", "2032293", "rus", "иные", "p"]
) | st.text(st.characters(exclude_categories=["C"], exclude_characters="^")
)  # fmt: skip
_PARTS = st.lists(
    st.tuples(st.sampled_from("ABCDEFGHIJKNPSTUVWXZabcdfgsvw1234569=!?"), _VALUES), max_size=6
)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.sampled_from(_TAGS.split()), _VALUES | st.just(""), _PARTS), max_size=10),
    st.sampled_from(["", "ky"]),
)
def test_no_word_of_any_record_is_lost(
    fields: list[tuple[str, str, list[tuple[str, str]]]], language: str
) -> None:
    lines = [
        f"{tag}: {head.replace(chr(0x2028), '').replace(chr(0x2029), '')}"
        + "".join(f"^{code}{value}" for code, value in parts)
        for tag, head, parts in fields
    ]
    try:
        record = read(*lines, language=language)
    except SkipRecord:  # there is no title in it
        record = read("200: ^AТил", *lines, language=language)
    sent = [text for _, head, parts in fields for text in (head, *(value for _, value in parts))]
    assert words(*sent) <= words_of(record)
