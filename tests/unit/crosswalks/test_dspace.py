"""DSpace's own formats, DIM and XOAI, by documents as DSpace 5 to 7 write them."""

from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import SkipRecord
from aggregator.record import (
    Container,
    Creator,
    Dates,
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
from connectors.crosswalks import CROSSWALKS, dspace
from tests.unit.crosswalks.trees import HARD, Element, elements, said, schema
from tests.unit.crosswalks.words import words, words_of

DIM = '<dim:dim xmlns:dim="http://www.dspace.org/xmlns/dspace/dim">{}</dim:dim>'
XOAI = '<metadata xmlns="http://www.lyncode.com/xoai">{}</metadata>'

ITEM = (
    ("dc.contributor.author", "ru", "Асанов, Асан"),
    ("dc.contributor.advisor", "", "Усенов, Б."),
    ("dc.contributor.editor", "", "Иванова, М."),
    ("dc.contributor.consultant", "", "Ким, А."),
    ("dc.date.accessioned", "", "2016-03-07T10:11:12Z"),
    ("dc.date.available", "", "2016-03-07T10:11:12Z"),
    ("dc.date.issued", "", "2009-05"),
    ("dc.identifier.citation", "ru", "Вестник. – 2009. – Т. 3, № 2. – С. 12-18."),
    ("dc.identifier.isbn", "", "978-0-226-10389-1"),
    ("dc.identifier.issn", "", "1694-7452"),
    ("dc.identifier.uri", "", "http://hdl.handle.net/10919/5"),
    ("dc.identifier.doi", "", "10.1234/AbC"),
    ("dc.identifier.udk", "", "551.32"),
    ("dc.identifier.govdoc", "", "NKR 17"),
    ("dc.description.abstract", "ru", "О ледниках."),
    ("dc.description.provenance", "en", "Submitted by A"),
    ("dc.description.sponsorship", "", "Фонд"),
    ("dc.description.tableofcontents", "", "1. 2."),
    ("dc.format.extent", "", "12 с."),
    ("dc.format.mimetype", "", "application/pdf"),
    ("dc.language.iso", "", "ru_RU"),
    ("dc.publisher", "ru", "Илим"),
    ("dc.relation.ispartofseries", "", "Труды;5"),
    ("dc.relation.ispartof", "", "Сборник"),
    ("dc.relation.isversionof", "", "doi:10.1/x"),
    ("dc.rights", "", "Attribution 4.0"),
    ("dc.rights.uri", "", "https://creativecommons.org/licenses/by/4.0/"),
    ("dc.subject", "ru", "ледники"),
    ("dc.subject.lcsh", "", "Glaciers"),
    ("dc.title", "ru", "Ледники"),
    ("dc.title.alternative", "en", "Glaciers"),
    ("dc.type", "", "Thesis"),
    ("thesis.degree.name", "", "к. г. н."),
    ("thesis.degree.level", "", "doctoral"),
    ("thesis.degree.grantor", "", "КНУ"),
    ("local.shelf", "", "А7"),
)

BUNDLES = """
<element name="bundles"><element name="bundle"><field name="name">ORIGINAL</field>
 <element name="bitstreams"><element name="bitstream"><field name="name">a.pdf</field>
  <field name="format">application/pdf</field><field name="size">12345</field>
  <field name="url">http://lib.example.kg/bitstream/1/5/1/a.pdf</field>
  <field name="checksum">abc</field></element>
 <element name="bitstream"><field name="name">b.doc</field>
  <field name="format">application/msword</field>
  <field name="url">http://lib.example.kg/bitstream/1/5/2/b</field></element>
 </element></element>
 <element name="bundle"><field name="name">THUMBNAIL</field><element name="bitstreams">
  <element name="bitstream"><field name="name">a.pdf.jpg</field>
  <field name="format">image/jpeg</field>
  <field name="url">http://lib.example.kg/bitstream/1/5/3/a.pdf.jpg</field></element>
 </element></element>
 <element name="bundle"><field name="name">TEXT</field><element name="bitstreams">
  <element name="bitstream">
  <field name="url">http://lib.example.kg/bitstream/1/5/4/a.pdf.txt</field></element>
 </element></element></element>
<element name="others"><field name="handle">10919/5</field>
 <field name="identifier">oai:lib.example.kg:10919/5</field>
 <field name="lastModifyDate">2017-01-01 00:00:00.0</field>
 <element name="access-status"><field name="value">open.access</field></element></element>
<element name="repository"><field name="name">Китепкана</field></element>
<element name="license"><field name="bin">0JvQuNGG0LXQvdC30LjRjw==</field></element>
"""


def dim(item: tuple[tuple[str, str, str], ...]) -> str:
    fields = ""
    for name, lang, value in item:
        scheme, element, qualifier = (*name.split("."), "")[:3]
        fields += f'<dim:field mdschema="{scheme}" element="{element}"'
        fields += f' qualifier="{qualifier}"' if qualifier else ""
        fields += f' lang="{lang}">' if lang else ">"
        fields += f"{escape(value)}</dim:field>"
    return DIM.format(fields)


def xoai(item: tuple[tuple[str, str, str], ...], more: str = "") -> str:
    """One element below another, the language last, "none" where there is none."""
    text = ""
    for name, lang, value in item:
        inside = f'<field name="value">{escape(value)}</field>'
        for one in [lang or "none", *reversed(name.split("."))]:
            inside = f"<element name={quoteattr(one)}>{inside}</element>"
        text += inside
    return XOAI.format(text + more)


def read(body: str, language: str = "") -> Record:
    reader = dspace.read_xoai if "xoai" in body else dspace.read_dim
    return reader(body.encode(), "dsp", "oai:d:1", "2020-01-01", language, year=2026)


@pytest.mark.parametrize("body", [dim(ITEM), xoai(ITEM)], ids=["dim", "xoai"])
def test_an_item(body: str) -> None:
    record = read(body)
    assert record.titles == (Title("Ледники", "ru"), Title("Glaciers", "en", "parallel"))
    assert record.creators == (
        Creator("Асанов, Асан", "aut", "ru"),
        Creator("Усенов, Б.", "ths"),
        Creator("Иванова, М.", "edt"),
        Creator("Ким, А.", "ctb"),
    )
    assert record.issued == Dates(2009, 2009, "2009-05")
    assert (record.type, record.languages, record.extent) == ("thesis", ("ru",), "12 с.")
    assert record.thesis == Thesis("к. г. н.", "КНУ")
    assert record.series == "Труды;5"
    assert record.container == Container("", "1694-7452", "3", "2", "12-18")
    assert record.abstracts == (Text("О ледниках.", "ru"),)
    assert record.contents == (Text("1. 2."),)
    assert record.publisher == (Text("Илим", "ru"),)
    assert record.subjects == (
        Subject("551.32", "UDC"),
        Subject("ледники", "", "ru"),
        Subject("Glaciers", "LCSH"),
    )
    assert record.identifiers == (
        Identifier("isbn", "9780226103891"),
        Identifier("issn", "1694-7452"),
        Identifier("hdl", "10919/5"),
        Identifier("doi", "10.1234/abc"),
        Identifier("local", "NKR 17"),
    )
    assert record.links == (Link("http://hdl.handle.net/10919/5"),)
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert record.access == "open"
    assert record.related == (
        Relation("IsPartOf", "Сборник"),
        Relation("IsVersionOf", "doi:10.1/x"),
    )
    assert {
        Other("dc.date.accessioned", "2016-03-07T10:11:12Z"),
        Other("dc.description.provenance", "Submitted by A", "en"),
        Other("dc.description.sponsorship", "Фонд"),
        Other("dc.identifier.govdoc", "NKR 17"),
        Other("dc.language.iso", "ru_RU"),
        Other("thesis.degree.level", "doctoral"),
        Other("local.shelf", "А7"),
    } <= set(record.other)


def test_files_by_their_bundles() -> None:
    record = read(xoai((("dc.title", "", "T"),), BUNDLES))
    assert record.links == (
        Link("http://lib.example.kg/bitstream/1/5/1/a.pdf", "fulltext", "application/pdf"),
        Link("http://lib.example.kg/bitstream/1/5/2/b", "fulltext", "application/msword"),
        Link("http://lib.example.kg/bitstream/1/5/3/a.pdf.jpg", "thumbnail", "image/jpeg"),
    )
    assert record.access == "open"
    assert record.identifiers == (Identifier("hdl", "10919/5"),)
    assert {
        Other("bitstream ORIGINAL", "a.pdf; application/pdf; 12345; abc"),
        Other("bitstream TEXT", "http://lib.example.kg/bitstream/1/5/4/a.pdf.txt"),
        Other("others.identifier", "oai:lib.example.kg:10919/5"),
        Other("repository.name", "Китепкана"),
        Other("license.bin", "Лицензия"),
    } <= set(record.other)


def test_an_orcid_that_is_an_authority() -> None:
    in_dim = DIM.format(
        '<dim:field mdschema="dc" element="contributor" qualifier="author"'
        ' authority="will be generated::ORCID::0000-0002-1825-0097" confidence="600">A, B'
        "</dim:field>"
    )
    in_xoai = XOAI.format(
        '<element name="dc"><element name="contributor"><element name="author">'
        '<element name="none">'
        '<field name="value">A, B</field><field name="authority">0000-0002-1825-0097</field>'
        '<field name="confidence">600</field><field name="value">C, D</field>'
        '<field name="authority">rp00017</field></element></element></element></element>'
    )
    assert read(in_dim).creators == (Creator("A, B", orcid="0000-0002-1825-0097"),)
    record = read(in_xoai)
    assert record.creators == (Creator("A, B", orcid="0000-0002-1825-0097"), Creator("C, D"))
    assert Other("dc.contributor.author@authority", "rp00017") in record.other


def test_the_journal_of_an_article() -> None:
    record = read(
        dim(
            (
                ("dc.title", "", "T"),
                ("oaire.citation.title", "", "Вестник"),
                ("oaire.citation.volume", "", "3"),
                ("oaire.citation.startPage", "", "12"),
                ("oaire.citation.endPage", "", "18"),
                ("dcterms.issued", "", "2011"),
            )
        )
    )
    assert record.container == Container("Вестник", "", "3", "", "12-18")
    assert record.issued == Dates(2011, 2011, "2011")


def test_the_language_of_the_source_goes_where_letters_allow_it() -> None:
    record = read(dim((("dc.title", "", "Тил"), ("dc.title", "", "Language"))), "ky")
    assert [title.lang for title in record.titles] == ["ky", ""]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<dim><field>cut", "not well-formed"),
        (b"<html/>", "root element is <html>"),
        (DIM.format("<dim:field> </dim:field>").encode(), "empty"),
        (XOAI.format('<element name="dc"/>').encode(), "empty|root element"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><dim><field>&a;</field></dim>', "document type"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    for reader in (dspace.read_dim, dspace.read_xoai):
        with pytest.raises(SkipRecord, match=f"{reason}|root element"):
            reader(body, "s", "1", "", "", year=2026)


_FIELDS = """
dc.title dc.title.alternative dc.contributor.author dc.contributor.advisor dc.contributor
dc.contributor.odd dc.creator dc.date dc.date.issued dc.date.available dc.description
dc.description.abstract dc.description.odd dc.format.extent dc.format dc.identifier
dc.identifier.isbn dc.identifier.issn dc.identifier.doi dc.identifier.uri dc.identifier.udk
dc.identifier.citation dc.identifier.odd dc.language.iso dc.publisher dc.publisher.place
dc.relation dc.relation.ispartof dc.relation.ispartofseries dc.relation.odd dc.rights
dc.rights.uri dc.source dc.subject dc.subject.lcsh dc.subject.odd dc.type dc.type.degree
dc.coverage.spatial thesis.degree.name thesis.degree.level oaire.citation.title
oaire.citation.startPage oaire.citation.endPage dcterms.issued dcterms.isPartOf local.odd
"""
_NAMES = st.sampled_from(_FIELDS.split())
_VALUES = st.sampled_from(HARD) | st.text(st.characters(exclude_categories=["C"]), max_size=40)
_ITEMS = st.lists(
    st.tuples(_NAMES, st.sampled_from(["", "ru", "en_US"]), _VALUES), min_size=1, max_size=10
).map(tuple)


@settings(max_examples=50)
@given(_ITEMS, st.sampled_from(["", "ky"]), st.booleans())
def test_no_word_of_any_item_is_lost(
    item: tuple[tuple[str, str, str], ...], language: str, nested: bool
) -> None:
    sent = words(*(value for _, _, value in item))
    try:
        record = read(xoai(item) if nested else dim(item), language)
    except SkipRecord as reason:
        assert "empty" in str(reason)
        return
    assert sent - words_of(record) == set()


_SCHEMA = schema("""
root: field element
element name: element field
field name mdschema element qualifier lang language authority confidence
""")
_KNOWN = (
    "dc, title, contributor, author, date, issued, none, en_US, value, authority, bundles, bundle,"
    " ORIGINAL, THUMBNAIL, bitstreams, bitstream, url, format, others, repository, license, bin,"
    " subject, identifier, rights, relation"
)


@settings(max_examples=35)
@given(elements(_SCHEMA, _KNOWN))
def test_no_word_of_a_document_that_dspace_would_not_write_is_lost(
    found: tuple[Element, ...],
) -> None:
    xml = "".join(one.xml() for one in found)
    for frame, reader in (
        ('<dim xmlns="http://www.dspace.org/xmlns/dspace/dim">{}</dim>', dspace.read_dim),
        (XOAI, dspace.read_xoai),
    ):
        body = frame.format(xml).encode()
        sent = said(body, f"{_KNOWN}, rus, tba, (:tba)")  # languages, and "to come"
        try:
            record = reader(body, "s", "1", "", "", year=2026)
        except SkipRecord as reason:
            assert "empty" in str(reason)
            continue
        assert sent - words_of(record) == set()


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_anything_else_is_refused_with_a_reason(body: bytes) -> None:
    for reader in (dspace.read_dim, dspace.read_xoai):
        with pytest.raises(SkipRecord):
            reader(body, "s", "1", "", "", year=2026)


def test_the_crosswalks_by_name() -> None:
    one = (("dc.title", "", "T"),)
    for prefix, body in (("dim", dim(one)), ("xoai", xoai(one))):
        record = CROSSWALKS[prefix].read(body.encode(), "s", "1", "", "")
        assert record.titles == (Title("T"),)
