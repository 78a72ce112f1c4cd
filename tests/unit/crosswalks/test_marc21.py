"""MARC 21 from MARCXML and ISO 2709."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

import pymarc
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
from connectors.crosswalks import CROSSWALKS, marc21
from tests.unit.crosswalks.words import MARCXML, words, words_of

LEADER = "00000nam a2200000 a 4500"
FIXED = "030528s1972    kg a     b    000 0 kir d"

Data = tuple[str, str, Sequence[tuple[str, str]]]


def marcxml(fields: Sequence[Data], leader: str = LEADER, fixed: str = FIXED) -> bytes:
    parts = [f"<leader>{leader}</leader>", '<controlfield tag="001">k1</controlfield>']
    parts += [f'<controlfield tag="008">{fixed}</controlfield>'] if fixed else []
    for tag, indicators, subfields in fields:
        inner = "".join(
            f"<subfield code={quoteattr(code)}>{escape(value)}</subfield>"
            for code, value in subfields
        )
        marks = f'ind1="{indicators[0]}" ind2="{indicators[1]}"'
        parts.append(f'<datafield tag="{tag}" {marks}>{inner}</datafield>')
    return MARCXML.format("".join(parts)).encode()


def read(*fields: Data, leader: str = LEADER, fixed: str = FIXED, language: str = "") -> Record:
    """The Record of some fields; a title is added where they have none."""
    if not any(tag == "245" for tag, _, _ in fields):
        fields = (*fields, ("245", "10", [("a", "Тил")]))
    return marc21.read(marcxml(fields, leader, fixed), "nlkr", "k1", "", language, year=2025)


def field(tag: str, text: str, indicators: str = "  ") -> Data:
    """``field("245", "$aTitle /$cby me")``."""
    return tag, indicators, [(part[0], part[1:]) for part in text.split("$")[1:]]


def test_a_book_in_kyrgyz() -> None:
    record = read(
        field("020", "$a0-8044-2957-X (кат.)"),
        field("035", "$a(OCoLC)ocm00012345"),
        field("080", "$a821.512.154"),
        field("100", "$aАйтматов, Чыңгыз,$d1928-2008,$eавтор.", "1 "),
        field("245", "$aАк кеме :$bповесть /$cЧыңгыз Айтматов.", "10"),
        field("250", "$a2-бас."),
        field("260", "$aФрунзе :$bКыргызстан,$c1972."),
        field("300", "$a160 б. ;$c21 см."),
        field("490", "$aКыргыз прозасы ;$v5"),
        field("500", "$aКитеп кыргыз тилинде."),
        field("520", "$aБала жөнүндө повесть."),
        field("650", "$aКыргыз адабияты$xТарыхы.", " 4"),
        field("700", "$aСыдыкбеков, Т.,$eред.", "1 "),
        field("852", "$aКРУБ$hК84$iА36"),
        field("852", "$aКРУБ$hК84$iА36"),
        field("999", "$zжергиликтүү"),
    )
    assert record.titles == (Title("Ак кеме : повесть", "ky"),)
    assert record.creators == (
        Creator("Айтматов, Чыңгыз", "aut"),
        Creator("Сыдыкбеков, Т.", "edt"),
    )
    assert record.languages == ("ky",)
    assert record.issued == Dates(1972, 1972, "1972")
    assert record.publisher == (Text("Кыргызстан"),)
    assert record.edition == "2-бас."
    assert record.series == "Кыргыз прозасы ; 5"
    assert record.extent == "160 б. ; 21 см."
    assert record.notes == (Text("Китеп кыргыз тилинде."),)
    assert record.abstracts == (Text("Бала жөнүндө повесть."),)
    assert record.subjects == (
        Subject("821.512.154", "UDC"),
        Subject("Кыргыз адабияты -- Тарыхы"),
    )
    assert record.identifiers == (
        Identifier("isbn", "9780804429573"),
        Identifier("oclc", "12345"),
        Identifier("local", "k1"),
    )
    assert record.holdings == (Holding("КРУБ", "К84 А36", 2),)
    assert record.type == "book"
    for kept in (
        Other("MARC 020 $a", "0-8044-2957-X (кат.)"), Other("MARC 100 $d", "1928-2008,"),
        Other("MARC 245 $c", "Чыңгыз Айтматов."), Other("MARC 260 $a", "Фрунзе :"),
        Other("MARC 999 $z", "жергиликтүү"), Other("MARC 008", FIXED),
        Other("MARC leader", LEADER), Other("MARC 700 role", "ред."),
    ):  # fmt: skip
        assert kept in record.other, kept


def test_fields_in_another_script_are_parallel() -> None:
    record = read(
        field("245", "$6880-01$aAk keme /$cCh. Aitmatov.", "10"),
        field("880", "$6245-01/(N$aАк кеме /$cЧ. Айтматов.", "10"),
        field("880", "$6700-02/Cyrl$aИванов, И.$eпер.", "1 "),
        field("880", "$aБез связи"),
    )
    assert record.titles == (Title("Ak keme"), Title("Ак кеме", "ky", "parallel"))
    assert record.creators == (Creator("Иванов, И.", "trl", "ky"),)
    assert Other("MARC 245 $c", "Ч. Айтматов.", "ky") in record.other
    assert Other("MARC 880 $a", "Без связи") in record.other


@pytest.mark.parametrize(
    ("code", "imprint", "expected"),
    [
        ("s1972    ", "1972.", Dates(1972, 1972, "1972")),
        ("s19uu    ", "[19--?]", Dates(1900, 1999, "[19--?]")),
        ("t19951990", "1995, c1990.", Dates(1995, 1995, "1995, c1990")),
        ("r20011930", "2001.", Dates(2001, 2001, "2001")),
        ("c19989999", "1998-", Dates(1998, 2025, "1998-")),
        ("d19501960", "1950-1960.", Dates(1950, 1960, "1950-1960")),
        ("q19701979", "[197-?]", Dates(1970, 1979, "[197-?]")),
        ("m19901993", "", Dates(1990, 1993, "1990-1993")),
        ("m1990uuuu", "", Dates(1990, 1990, "1990")),
        ("nuuuuuuuu", "XIX в.", Dates(1801, 1900, "XIX в.")),
        ("|||||||||", "1988 (1987)", Dates(1987, 1988, "1988 (1987)")),
        ("s9999    ", "б. г.", Dates(0, 0, "б. г.")),
        ("x1972    ", "1974", Dates(1974, 1974, "1974")),
        ("b        ", "", Dates()),
    ],
)
def test_years_of_field_008(code: str, imprint: str, expected: Dates) -> None:
    fields = [field("260", f"$c{imprint}")] if imprint else []
    assert read(*fields, fixed=f"030528{code}kg a").issued == expected


@pytest.mark.parametrize(
    ("leader", "fixed", "fields", "label"),
    [
        ("am", "", [], "book"),
        ("aa", "", [], "chapter"),
        ("ab", "", [], "article"),
        ("as", "", [], "journal"),
        ("am", " " * 29 + "1", [], "conference"),
        ("am", " " * 24 + "m", [], "thesis"),
        ("am", " " * 24 + " j", [], "patent"),
        ("am", "", [field("502", "$aДис. ... канд. ист. наук. — Ош")], "thesis"),
        ("am", "", [field("650", "$aУчебники для вузов", " 4")], "textbook"),
        ("em", "", [], "map"),
        ("jm", "", [], "sound"),
        ("cm", "", [], "score"),
        ("gm", "", [], "video"),
        ("km", "", [], "image"),
        ("tm", "", [], "manuscript"),
        ("mm", " " * 26 + "a", [], "dataset"),
        ("mm", " " * 26 + "b", [], "software"),
        ("ai", " " * 21 + "w", [], "website"),
        ("pc", "", [], "other"),
        ("  ", "", [], "other"),
    ],
)
def test_types(leader: str, fixed: str, fields: list[Data], label: str) -> None:
    record = read(*fields, leader=f"00000n{leader} a2200000 a 4500", fixed=fixed)
    assert record.type == label


@pytest.mark.parametrize("kind", ["z", "y", "w"])
def test_records_that_describe_no_work_are_refused(kind: str) -> None:
    with pytest.raises(SkipRecord, match="describes no work"):
        read(leader=f"00000n{kind}  a2200000 a 4500")


def test_a_part_of_a_journal() -> None:
    record = read(
        field("773", "$tВестник ОшГУ.$gТ. 3, № 2 (2019), с. 12-18$x1694-7452$w(K)1", "0 "),
        field("776", "$iOnline:$tVestnik$z9780226103891", "08"),
        field("700", "$aШекспир, У.$tГамлет.", "12"),
        leader="00000nab a2200000 a 4500",
    )
    assert record.container == Container("Вестник ОшГУ", "1694-7452", "3", "2", "12-18")
    assert record.related == (
        Relation("IsVariantFormOf", "Online: Vestnik 9780226103891"),
        Relation("HasPart", "Шекспир, У. Гамлет."),
    )


def test_a_thesis() -> None:
    record = read(
        field("502", "$aThesis (Ph. D.)--University of Bern, 1981."),
    )
    assert record.thesis == Thesis("Ph. D.", "University of Bern")
    parts = read(field("502", "$bM.A.$cОшГУ$d2003"))
    assert parts.thesis == Thesis("M.A.", "ОшГУ")
    assert Other("MARC 502 $d", "2003") in parts.other


def test_links_and_access() -> None:
    record = read(
        field("856", "$uhttps://doi.org/10.1234/AbC", "40"),
        field("856", "$uhttp://x.org/toc.html$3Table of contents", "42"),
        field("856", "$ujavascript:alert(1)", "40"),
        field("506", "$aOpen access.", "0 "),
        field("540", "$aCC BY 4.0$uhttps://creativecommons.org/licenses/by/4.0/"),
    )
    assert record.links == (
        Link("https://doi.org/10.1234/AbC", "fulltext"),
        Link("http://x.org/toc.html", "landing"),
    )
    assert Identifier("doi", "10.1234/abc") in record.identifiers
    assert Other("MARC 856 $u", "javascript:alert(1)") in record.other
    assert record.access == "open"
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_languages_of_041_go_before_008() -> None:
    record = read(field("041", "$aky$arus$heng"), field("245", "$aТил"))
    assert record.languages == ("ky", "ru")
    assert Other("MARC 041 $h", "eng") in record.other
    assert record.titles == (Title("Тил"),)


def test_other_titles_subjects_and_parallel_titles() -> None:
    record = read(
        field("245", "$aМанас =$bManas.$n1-бөлүк,$pСеметей", "10"),
        field("240", "$aManas.$lEnglish", "10"),
        field("246", "$aЭпос", "1 "),
        field("242", "$aThe epic$yeng", "10"),
        field("084", "$a17.82.30$2rugasnti"),
        field("653", "$aэпос$aфольклор"),
        field("650", "$aEpic poetry.", " 0"),
        field("650", "$aEpos$2gnd", " 7"),
    )
    assert record.titles == (
        Title("Манас. 1-бөлүк. Семетей", "ky"),
        Title("Manas", "", "parallel"),
        Title("Manas. English", "", "alternative"),
        Title("Эпос", "", "alternative"),
        Title("The epic", "en", "parallel"),
    )
    assert record.part == "1-бөлүк, Семетей"
    assert record.subjects == (
        Subject("17.82.30", "GRNTI"), Subject("эпос"), Subject("фольклор"),
        Subject("Epic poetry", "LCSH"), Subject("Epos", "gnd"),
    )  # fmt: skip


def iso2709(*fields: pymarc.Field, leader: str = LEADER) -> bytes:
    record = pymarc.Record(leader=leader, force_utf8=leader[9] == "a")
    record.fields.extend(fields)
    return bytes(record.as_marc())


def test_iso2709_and_marcxml_of_one_record_give_one_record() -> None:
    title = [("a", "Ак кеме :"), ("b", "повесть /"), ("c", "Ч. Айтматов")]
    body = iso2709(
        pymarc.Field("001", data="k1"),
        pymarc.Field("008", data=FIXED),
        pymarc.Field("245", pymarc.Indicators("1", "0"), [pymarc.Subfield(*one) for one in title]),
    )
    leader = body[:24].decode()
    from_xml = marc21.read(marcxml([("245", "10", title)], leader), "s", "1", "", "", year=2025)
    assert CROSSWALKS["marc21"].read(body, "s", "1", "", "") == from_xml
    assert CROSSWALKS["marcxml"].read(body, "s", "1", "", "") == from_xml


def test_an_encoding_in_the_name_of_the_format() -> None:
    marked = iso2709(pymarc.Field("245", subfields=[pymarc.Subfield("a", "#" * 9)]))
    body = marked.replace(b"#" * 9, "Кыргызтил".encode("windows-1251")).replace(b"a22", b" 22", 1)
    record = CROSSWALKS["marc21+windows-1251"].read(body, "s", "1", "", "")
    assert record.titles[0].value == "Кыргызтил"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<record><leader>", "not well-formed"),
        (b"<html/>", "root element is <html>"),
        (b"<record/>", "empty"),
        (b"<collection><record/><record/></collection>", "2 came"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><record><leader>&a;</leader></record>', "document type"),
        (b"00026", "not ISO 2709"),
        (b"", "not ISO 2709"),
        (marcxml([("020", "  ", [("a", "1")])]), "no title"),
        (marcxml([("200", "  ", [("a", "1")])]), "is it UNIMARC"),
        (b'{"leader": "x", "fields": []}', "JSON has no fields"),
        (b'{"fields": 7}', "not MARC-in-JSON"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        marc21.read(body, "s", "1", "", "", year=2025)


_TAGS = """
010 013 015 020 022 024 027 028 035 041 043 050 080 082 084 100 110 111 130 210 240 242 245 246
250 260 264 300 336 362 440 490 500 502 505 506 520 521 540 541 546 600 610 650 651 653 655 700
710 711 730 740 760 773 776 780 787 800 830 850 852 856 866 880 952
"""
_HARD = """
ISBN 0-8044-2957-X (pbk.)
(OCoLC)ocm00012
http://x.org/a
editor.
rubbk
engfre
Vol. 2, no. 3
10.1234/AbC
Thesis (Ph.D.)--Univ.
1998-
application/pdf
Title /
[S.l.
https://orcid.org/0000-0002-1825-0097
CC BY
Parallel =
1694-7452
245-01/(N
doi
"""
_VALUES = st.sampled_from(_HARD.strip().splitlines()) | st.text(
    st.characters(exclude_categories=["C"]), max_size=40
)
_FIELDS = st.lists(
    st.tuples(
        st.sampled_from(_TAGS.split()),
        st.sampled_from(["  ", "10", " 0", "42", "7 ", " 7", "12", "04", " 4"]),
        st.lists(
            st.tuples(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123457"), _VALUES),
            min_size=1,
            max_size=6,
        ),
    ),
    max_size=10,
)


@settings(max_examples=60)
@given(_FIELDS, st.sampled_from(["am", "ab", "as", "gm"]), st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(fields: list[Data], kind: str, language: str) -> None:
    fields = [*fields, ("245", "10", [("a", "Тил")])]
    record = read(*fields, leader=f"00000n{kind} a2200000 a 4500", language=language)
    sent = [value for _, _, subfields in fields for _, value in subfields]
    assert words(*sent) <= words_of(record)
