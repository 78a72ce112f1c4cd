"""UNIMARC and RUSMARC: what each field becomes, and that no word is lost."""

import json
from collections.abc import Sequence

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
    Thesis,
    Title,
)
from connectors.crosswalks import CROSSWALKS, unimarc
from connectors.crosswalks.unimarc_fixed import years
from tests.unit.connectors.marc import framed
from tests.unit.crosswalks.words import words, words_of

LEADER = "00000nam0 2200000   450 "

Data = tuple[str, str, Sequence[tuple[str, str]]]


def field(tag: str, text: str, indicators: str = "  ") -> Data:
    """``field("200", "$aTitle$fby me")``."""
    return tag, indicators, [(part[0], part[1:]) for part in text.split("$")[1:]]


def as_json(fields: Sequence[Data], leader: str = LEADER) -> bytes:
    listed = [
        {tag: {"ind1": marks[0], "ind2": marks[1], "subfields": [{c: v} for c, v in subfields]}}
        for tag, marks, subfields in fields
    ]
    return json.dumps({"leader": leader, "fields": [{"001": "k1"}, *listed]}).encode()


def read(*fields: Data, leader: str = LEADER, language: str = "") -> Record:
    """The Record of some fields; a title is added where they have none."""
    if not any(tag == "200" for tag, _, _ in fields):
        fields = (*fields, field("200", "$aТил"))
    return unimarc.read(as_json(fields, leader), "nlkr", "k1", "", language, year=2025)


def test_a_book() -> None:
    record = read(
        field("010", "$a5-7443-0043-0$d700"),
        field("020", "$aRU$b98-1576"),
        field("100", "$a19980716d1997    u  y0rusy0189    ca"),
        field("101", "$arus$ckir", "1 "),
        field("102", "$aKG"),
        field("200", "$aКиргизы и их предки$eочерк истории$dThe Kyrgyz$eа sketch$fВ. Бартольд"),
        field("205", "$a2-е изд.$bиспр."),
        field("210", "$aБишкек$cШам$d1997"),
        field("215", "$a240 с.$cил.$d21 см"),
        field("225", "$aТарых$v3", "1 "),
        field("300", "$aБиблиогр. в конце"),
        field("327", "$aГлава 1$aГлава 2"),
        field("330", "$aОчерк о происхождении народа."),
        field("606", "$aКыргызы$xИстория$2nlr-sh", "0 "),
        field("610", "$aистория$aэтнография"),
        field("675", "$a94(575.2)$v4$zrus"),
        field("686", "$a63.3(5Кир)$2rubbk"),
        field("700", "$aБартольд$bВ. В.$gВасилий Владимирович$4070", " 1"),
        field("702", "$aИванов$bИ.$4340", " 1"),
        field("702", "$aПетров$bП.$4999", " 1"),
        field("801", "$aRU$bNLR$c19980716$gPSBO", " 0"),
        field("899", "$aNLR$j97-4/119$p380184"),
        field("899", "$aNLR$j97-4/119$p380185"),
        field("990", "$aместное"),
    )  # fmt: skip
    assert record.titles == (
        Title("Киргизы и их предки : очерк истории", "ru"),
        Title("The Kyrgyz : а sketch", "", "parallel"),
    )
    assert record.creators == (
        Creator("Бартольд, Василий Владимирович"),
        Creator("Иванов, И.", "edt"),
        Creator("Петров, П.", "ctb"),
    )
    assert record.type == "book"
    assert record.languages == ("ru",)
    assert record.issued == Dates(1997, 1997, "1997")
    assert record.publisher == (Text("Шам"),)
    assert record.edition == "2-е изд., испр"
    assert record.extent == "240 с. ; ил. ; 21 см"
    assert record.series == "Тарых ; 3"
    assert record.notes == (Text("Библиогр. в конце"),)
    assert record.contents == (Text("Глава 1 Глава 2"),)
    assert record.abstracts == (Text("Очерк о происхождении народа."),)
    assert record.subjects == (
        Subject("Кыргызы -- История", "nlr-sh"), Subject("история"), Subject("этнография"),
        Subject("94(575.2)", "UDC"), Subject("63.3(5Кир)", "BBK"),
    )  # fmt: skip
    assert record.identifiers == (
        Identifier("isbn", "9785744300432"),
        Identifier("nbn", "RU 98-1576"),
        Identifier("local", "k1"),
    )
    assert record.holdings == (Holding("NLR", "97-4/119", 2),)
    for kept in (
        Other("UNIMARC 010 $d", "700"), Other("UNIMARC 101 $c", "kir"),
        Other("UNIMARC 200 $f", "В. Бартольд"), Other("UNIMARC 210 $a", "Бишкек"),
        Other("UNIMARC 700 $b", "В. В."), Other("UNIMARC 702 $4", "999"),
        Other("UNIMARC 801 $g", "PSBO"), Other("UNIMARC 899 $p", "380184"),
        Other("UNIMARC 990 $a", "местное"), Other("UNIMARC leader", LEADER),
        Other("UNIMARC 100 $a", "19980716d1997    u  y0rusy0189    ca"),
    ):  # fmt: skip
        assert kept in record.other, kept


@pytest.mark.parametrize("packed", [True, False])
def test_an_article_stands_in_its_journal(packed: bool) -> None:
    if packed:
        hosts = [
            field("461", "$1001RU\\1$1011  $a1694-7452$12001 $aВестник ОшГУ", " 0"),
            field("463", "$1001RU\\2$12001 $a2019, № 2$vС. 12-18", " 0"),
        ]
    else:
        hosts = [field("463", "$tВестник ОшГУ$x1694-7452$v2019, № 2$pС. 12-18$d2019", " 1")]
    record = read(*hosts, leader="00000naa2 2200000   450 ")
    said = record.container
    assert (said.title, said.issn, said.issue) == ("Вестник ОшГУ", "1694-7452", "2")
    assert said.pages == "12-18"
    assert record.type == "article"
    assert record.titles == (Title("Тил"),)


def test_a_chapter_is_in_a_book() -> None:
    record = read(
        field("463", "$1010  $a9967-00-123-4$12001 $aКыргыз тарыхы$vС. 5-9", " 0"),
        leader="00000naa2 2200000   450 ",
    )
    assert record.container == Container("Кыргыз тарыхы", "", "", "", "5-9")
    assert record.type == "chapter"
    assert record.related == (Relation("IsPartOf", "ISBN 9967-00-123-4"),)


def test_a_volume_is_called_after_its_whole() -> None:
    record = read(
        field("200", "$aВып. 13", "0 "),
        field("461", "$1001RU\\5996$12001 $aЗадачи и этюды$vВып. 13", " 0"),
    )
    assert record.titles == (Title("Задачи и этюды. Вып. 13"),)
    assert record.part == "Вып. 13"
    assert record.related == (Relation("IsPartOf", "Задачи и этюды; Вып. 13"),)
    assert Other("UNIMARC 461 $1", "RU\\5996") in record.other
    named = read(field("200", "$aЭтюды"), field("461", "$12001 $aЗадачи$v5", " 0"))
    assert named.titles == (Title("Этюды"),)
    assert named.related == (Relation("IsPartOf", "Задачи; 5"),)


def test_related_works_series_and_other_titles() -> None:
    record = read(
        field("410", "$1001X$12001 $aТарых$v7", " 0"),
        field("454", "$12001 $aSecond foundation$1700 1$aAsimov", " 1"),
        field("510", "$aThe language$zeng", "1 "),
        field("517", "$aО языке", "1 "),
    )
    assert record.series == "Тарых. 7"
    assert record.related == (Relation("IsTranslationOf", "Second foundation. Asimov"),)
    assert record.titles[1:] == (
        Title("The language", "en", "parallel"),
        Title("О языке", "", "alternative"),
    )


def test_a_thesis_a_link_and_an_issn() -> None:
    record = read(
        field("011", "$a1694-7452$y0000-0001"),
        field("328", "$bканд. ист. наук$eОшГУ$d2003", " 0"),
        field("856", "$uhttp://kg.org/a.pdf$qpdf", "4 "),
        field("017", "$a10.1234/AbC$2doi", "70"),
        field("710", "$aОшский университет$bКафедра истории", "02"),
    )
    assert record.type == "thesis"
    assert record.thesis == Thesis("канд. ист. наук", "ОшГУ")
    assert record.links == (Link("http://kg.org/a.pdf", "fulltext", "application/pdf"),)
    assert record.identifiers[:2] == (
        Identifier("issn", "1694-7452"), Identifier("doi", "10.1234/abc"),
    )  # fmt: skip
    assert record.creators == (Creator("Ошский университет. Кафедра истории"),)
    assert Other("UNIMARC 011 $y", "0000-0001") in record.other


@pytest.mark.parametrize(
    ("coded", "words", "expected"),
    [
        ("19980716d1997    u", "1997", Dates(1997, 1997, "1997")),
        ("19981005g19  9999u", "1997", Dates(1997, 1997, "1997")),
        ("19981005g19979999u", "1997-", Dates(1997, 2025, "1997-")),
        ("19981005g19951998u", "", Dates(1995, 1998, "1995-1998")),
        ("19991220e19991913u", "1999", Dates(1999, 1999, "1999")),
        ("19991220a1990    u", "1990-", Dates(1990, 2025, "1990-")),
        ("19991220b19901995u", "1990-1995", Dates(1990, 1995, "1990-1995")),
        ("19991220f19  19  u", "", Dates(1900, 1999, "19-19")),
        ("19991220u        u", "2001", Dates(2001, 2001, "2001")),
        ("", "2012г.", Dates(2012, 2012, "2012г.")),
        ("нет", "", Dates()),
    ],
)
def test_years_of_field_100(coded: str, words: str, expected: Dates) -> None:
    assert years(coded, 2025, words) == expected


@pytest.mark.parametrize(
    ("leader", "fields", "label"),
    [
        ("am", [], "book"),
        ("as", [], "journal"),
        ("em", [], "map"),
        ("cm", [], "score"),
        ("lm", [field("135", "$ad")], "book"),
        ("lm", [], "other"),
        ("am", [field("105", "$ay   m   000yy")], "thesis"),
        ("am", [field("105", "$ay   j   000yy")], "textbook"),
        ("am", [field("105", "$ay       100yy")], "conference"),
        ("am", [field("200", "$aТил$eавтореф. дис. ... канд. филол. наук")], "thesis"),
        ("am", [field("200", "$aТил$eучебное пособие")], "textbook"),
    ],
)
def test_types(leader: str, fields: list[Data], label: str) -> None:
    assert read(*fields, leader=f"00000n{leader}0 2200000   450 ").type == label


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (as_json([field("010", "$a1")]), "no title"),
        (as_json([field("200", "$aИванов")], "00000nx  a22     3  450 "), "describes no work"),
        (b"{", "not MARC-in-JSON"),
        (b"00026", "not ISO 2709"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        unimarc.read(body, "s", "1", "", "", year=2025)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "cp866", "koi8-r"])
def test_an_encoding_in_the_name_of_the_format(charset: str) -> None:
    name = "unimarc" if charset == "utf-8" else f"unimarc+{charset}"
    body = framed([("200", b"1 \x1fa" + "Кыргызский язык".encode(charset))], mark=b" ")
    assert CROSSWALKS[name].read(body, "s", "1", "", "").titles[0].value == "Кыргызский язык"
    rusmarc = CROSSWALKS[name.replace("unimarc", "rusmarc")]
    assert rusmarc.read(body, "s", "1", "", "").titles[0].value == "Кыргызский язык"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("unimarc", "\x98The \x9cbook".encode()),
        ("unimarc", "\x88The \x89book".encode()),
        ("unimarc+windows-1251", b"\x88The \x89book"),
        ("unimarc+koi8-r", b"\x98The \x9cbook"),
    ],
)
def test_marks_of_words_that_do_not_sort_are_not_shown(name: str, title: bytes) -> None:
    body = framed([("200", b"1 \x1fa" + title)], mark=b" ")
    assert CROSSWALKS[name].read(body, "s", "1", "", "").titles[0].value == "The book"


_TAGS = """
010 011 013 014 016 017 020 021 035 040 071 073 100 101 102 105 110 135 200 205 210 214 215 225 230
300 304 320 327 328 330 333 371 410 421 423 440 451 454 461 462 463 464 470 481 500 510 512 517 530
541 600 601 602 604 605 606 607 608 610 615 620 675 676 680 686 700 701 702 710 712 720 801 830 856
899 901 995
"""
_HARD = """
5-7443-0043-0 (в пер.)
1694-7452
rus
rusengkir
Вып. 13
2019, № 2
С. 12-18
Т. 3
20111108d2012    km y0rusy89
учебник для вузов
Дис. ... канд. ист. наук (ОшГУ)
340 отв. ред.
070
rubbk
http://x.org/a.pdf
application/pdf
, Isaac
CC BY 4.0
001RU\\NLR\\5996
2001
011
[1998?]
10.1234/AbC
doi
eng
"""
_VALUES = st.sampled_from(_HARD.strip().splitlines()) | st.text(
    st.characters(exclude_categories=["C"]), max_size=40
)
_FIELDS = st.lists(
    st.tuples(
        st.sampled_from(_TAGS.split()),
        st.sampled_from(["  ", "1 ", " 0", " 1", "02"]),
        st.lists(
            st.tuples(st.sampled_from("abcdefghijklmnopqrstuvwxyz01234579"), _VALUES),
            min_size=1,
            max_size=6,
        ),
    ),
    max_size=10,
)


@settings(max_examples=60)
@given(_FIELDS, st.sampled_from(["am", "aa", "as", "lm"]), st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(fields: list[Data], kind: str, language: str) -> None:
    record = read(
        *fields, field("512", "$aТил"), leader=f"00000n{kind}0 2200000   450 ", language=language
    )
    sent = [text for _, _, subfields in fields for code, text in subfields if code not in "16"]
    assert words(*sent) <= words_of(record)
