"""MODS, by documents of its schema and user guidelines: no recorded reply has it."""

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
from connectors.crosswalks import CROSSWALKS, mods
from tests.unit.crosswalks.trees import Element, elements, said, schema
from tests.unit.crosswalks.words import words_of

MODS = (
    '<mods xmlns="http://www.loc.gov/mods/v3" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' version="3.7">{}</mods>'
)


def read(elements: str, language: str = "") -> Record:
    body = MODS.format(elements).encode()
    return mods.read(body, "lib", "oai:m:1", "2020-01-01", language, year=2026)


BOOK = """
<titleInfo lang="eng" usage="primary"><nonSort>The</nonSort><title>glaciers</title>
 <subTitle>a survey</subTitle><partNumber>Vol. 2</partNumber></titleInfo>
<titleInfo type="translated" lang="rus"><title>Ледники</title></titleInfo>
<titleInfo type="uniform" authority="naf"><title>Muz</title></titleInfo>
<name type="personal" usage="primary"><namePart type="family">Асанов</namePart>
 <namePart type="given">Асан</namePart><namePart type="date">1950-2001</namePart>
 <role><roleTerm type="text">author</roleTerm>
  <roleTerm type="code" authority="marcrelator">aut</roleTerm></role>
 <nameIdentifier type="orcid">https://orcid.org/0000-0002-1825-0097</nameIdentifier>
 <affiliation>НАН КР</affiliation></name>
<name type="corporate"><namePart>Институт</namePart><namePart>Отдел</namePart>
 <role><roleTerm type="text">host of the expedition</roleTerm></role></name>
<typeOfResource>text</typeOfResource><genre authority="marcgt">handbook</genre>
<originInfo><place><placeTerm type="text">Бишкек</placeTerm></place><publisher>Илим</publisher>
 <dateIssued>[1998?]</dateIssued><dateIssued encoding="marc" point="start">1998</dateIssued>
 <dateIssued encoding="marc" point="end">1999</dateIssued><copyrightDate>1997</copyrightDate>
 <edition>2-бас.</edition><issuance>monographic</issuance></originInfo>
<language><languageTerm type="code" authority="iso639-2b">eng</languageTerm>
 <languageTerm type="text">English</languageTerm></language>
<language objectPart="summary"><languageTerm type="code">kir</languageTerm></language>
<physicalDescription><form authority="marcform">print</form><extent>120 p.</extent>
 <internetMediaType>application/pdf</internetMediaType></physicalDescription>
<abstract lang="kir">Мөңгүлөр жөнүндө.</abstract><tableOfContents>1. 2.</tableOfContents>
<targetAudience>specialized</targetAudience><note type="bibliography">Библиогр.: с. 9.</note>
<subject authority="lcsh"><topic>Glaciers</topic><geographic>Kyrgyzstan</geographic></subject>
<subject><geographic>Нарын</geographic></subject>
<subject><name><namePart>Семенов, П. П.</namePart></name></subject>
<subject><cartographics><scale>1:500</scale></cartographics></subject>
<classification authority="udc">551.32</classification>
<relatedItem type="series"><titleInfo><title>Труды</title><partNumber>5</partNumber></titleInfo>
</relatedItem>
<relatedItem type="otherFormat" xlink:href="http://lib.example.kg/2"><titleInfo><title>Microfilm
</title></titleInfo></relatedItem>
<identifier type="isbn">978-0-226-10389-1</identifier>
<identifier type="isbn" invalid="yes">978-0-226-10389-2</identifier>
<identifier type="local">A-7</identifier>
<location><physicalLocation>Улуттук китепкана</physicalLocation>
 <shelfLocator>551 А90</shelfLocator>
 <url usage="primary display">http://lib.example.kg/1</url>
 <url access="raw object">http://lib.example.kg/1/file</url>
 <url access="preview">http://lib.example.kg/1/small</url></location>
<accessCondition type="use and reproduction"
 xlink:href="https://creativecommons.org/licenses/by/4.0/">CC BY</accessCondition>
<recordInfo><recordContentSource>KgBiNB</recordContentSource>
 <recordIdentifier>kg-1</recordIdentifier></recordInfo>
"""


def test_a_book() -> None:
    record = read(BOOK)
    assert record.titles == (
        Title("The glaciers : a survey. Vol. 2", "en"),
        Title("Ледники", "ru", "parallel"),
        Title("Muz", "", "alternative"),
    )
    assert record.part == "Vol. 2"
    assert record.creators == (
        Creator("Асанов, Асан", "aut", "", "0000-0002-1825-0097", "НАН КР"),
        Creator("Институт. Отдел", "ctb"),
    )
    assert (record.type, record.languages, record.level) == ("book", ("en",), "specialized")
    assert record.issued == Dates(1998, 1999, "1998/1999")
    assert (record.edition, record.series, record.extent) == ("2-бас.", "Труды. 5", "120 p.")
    assert record.publisher == (Text("Илим"),)
    assert record.abstracts == (Text("Мөңгүлөр жөнүндө.", "ky"),)
    assert record.contents == (Text("1. 2."),)
    assert record.notes == (Text("Библиогр.: с. 9."),)
    assert record.subjects == (
        Subject("Glaciers -- Kyrgyzstan", "LCSH"),
        Subject("Нарын", "coverage"),
        Subject("Семенов, П. П."),
        Subject("551.32", "UDC"),
    )
    assert record.identifiers == (
        Identifier("isbn", "9780226103891"),
        Identifier("local", "A-7"),
        Identifier("local", "kg-1"),
    )
    assert record.holdings == (Holding("Улуттук китепкана", "551 А90"),)
    assert record.links == (
        Link("http://lib.example.kg/1"),
        Link("http://lib.example.kg/1/file", "fulltext", "application/pdf"),
        Link("http://lib.example.kg/1/small", "thumbnail"),
    )
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert Relation("IsVariantFormOf", "Microfilm; http://lib.example.kg/2") in record.related
    assert {
        Other("mods:name/namePart date", "Асанов, Асан: 1950-2001"),
        Other("mods:name/role", "Институт. Отдел: host of the expedition"),
        Other("mods:originInfo/place/placeTerm text", "Бишкек"),
        Other("mods:language/languageTerm code", "kir"),
        Other("mods:identifier isbn", "978-0-226-10389-2"),
        Other("mods:subject/cartographics/scale", "1:500"),
        Other("mods:originInfo/copyrightDate", "1997"),
        Other("mods:originInfo/dateIssued", "[1998?]"),
    } <= set(record.other)


def test_an_article_in_its_journal() -> None:
    record = read("""
<titleInfo><title>Почвы</title></titleInfo><genre>article</genre>
<name><namePart>Усенов, Б.</namePart></name>
<relatedItem type="host"><titleInfo><title>Вестник</title></titleInfo>
 <identifier type="issn">1694-7452</identifier><part>
 <detail type="volume"><number>3</number><caption>Том</caption></detail>
 <detail type="issue"><number>2</number></detail>
 <extent unit="pages"><start>12</start><end>18</end></extent><date>2019</date></part></relatedItem>
""")
    assert record.container == Container("Вестник", "1694-7452", "3", "2", "12-18")
    assert record.issued == Dates(2019, 2019, "2019")
    assert record.type == "article"
    assert record.creators == (Creator("Усенов, Б."),)


def test_a_range_of_years_in_an_encoding_only() -> None:
    record = read(
        '<originInfo><dateIssued encoding="marc" point="start">1987</dateIssued>'
        '<dateIssued encoding="marc" point="end">1990</dateIssued></originInfo>'
    )
    assert record.issued == Dates(1987, 1990, "1987/1990")


def test_an_unpublished_thing_has_the_year_it_was_made() -> None:
    record = read(
        "<titleInfo><title>Хат</title></titleInfo><typeOfResource>still image</typeOfResource>"
        '<originInfo><dateCreated keyDate="yes" encoding="w3cdtf">1916</dateCreated>'
        "<issuance>monographic</issuance></originInfo>"
    )
    assert record.issued == Dates(1916, 1916, "1916")
    assert record.type == "image"
    assert Other("mods:originInfo/dateCreated", "1916") in record.other


def test_the_degree_of_a_thesis() -> None:
    record = read(
        '<titleInfo><title>T</title></titleInfo><extension><etd:degree xmlns:etd="http://www.ndltd'
        '.org/standards/metadata/etdms/1.0/"><etd:name>PhD</etd:name><etd:discipline>Law'
        "</etd:discipline><etd:grantor>КНУ</etd:grantor></etd:degree></extension>"
    )
    assert record.thesis == Thesis("PhD", "КНУ")
    assert record.type == "thesis"
    assert "Law" in {one.text for one in record.other}


def test_copies_by_branch() -> None:
    record = read(
        "<location><physicalLocation>Китепкана</physicalLocation><holdingSimple><copyInformation>"
        "<subLocation>1-зал</subLocation><shelfLocator>А1</shelfLocator></copyInformation>"
        "<copyInformation><subLocation>2-зал</subLocation></copyInformation></holdingSimple>"
        "</location>"
    )
    assert record.holdings == (Holding("Китепкана, 1-зал", "А1"), Holding("Китепкана, 2-зал"))


def test_a_collection_of_one() -> None:
    one = MODS.format("<titleInfo><title>T</title></titleInfo>")
    two = f'<modsCollection xmlns="http://www.loc.gov/mods/v3">{one}{{}}</modsCollection>'
    record = mods.read(two.format("").encode(), "s", "1", "", "", year=2026)
    assert record.titles == (Title("T"),)
    with pytest.raises(SkipRecord, match="<modsCollection> of 2"):
        mods.read(two.format(one).encode(), "s", "1", "", "", year=2026)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<mods><titleInfo>cut", "not well-formed"),
        (b"<html/>", "not MODS: its root element is <html>"),
        (MODS.format("<titleInfo/>").encode(), "empty"),
        (b'<!DOCTYPE m [<!ENTITY a "b">]><mods><note>&a;</note></mods>', "document type"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        mods.read(body, "s", "1", "", "", year=2026)


_SCHEMA = schema("""
root: titleInfo name typeOfResource genre originInfo language physicalDescription abstract\
 tableOfContents targetAudience note subject classification relatedItem identifier location\
 accessCondition part extension recordInfo
titleInfo type usage displayLabel authority: title nonSort subTitle partNumber partName
name type usage authority valueURI: namePart displayForm role nameIdentifier affiliation
namePart type
role: roleTerm
roleTerm type authority
nameIdentifier type
typeOfResource manuscript
genre authority
originInfo eventType: place publisher dateIssued dateCreated copyrightDate edition issuance
place: placeTerm
placeTerm type
dateIssued encoding point keyDate qualifier
dateCreated encoding point keyDate
language objectPart: languageTerm scriptTerm
languageTerm type authority
physicalDescription: form extent internetMediaType note
extent unit: start end list
abstract type
note type displayLabel
subject authority: topic geographic temporal name titleInfo cartographics geographicCode\
 hierarchicalGeographic
topic authority
hierarchicalGeographic: country city
cartographics: scale coordinates
classification authority
relatedItem type otherType xlink:href: titleInfo name identifier part originInfo note
identifier type invalid
location: physicalLocation shelfLocator url holdingSimple
url access usage
holdingSimple: copyInformation
copyInformation: subLocation shelfLocator note
accessCondition type xlink:href
part: detail extent date text
detail type: number caption
date encoding point
extension: degree
degree: name level grantor
recordInfo: recordIdentifier recordContentSource
""")
_VALUES = (
    "primary, yes, code, text, marc, start, end, translated, alternative, family, given, date,"
    " termsOfAddress, personal, isbn, issn, preview, raw object, object in context, host, series,"
    " volume, issue, pages, w3cdtf, publication, otherVersion, primary display"
)


@settings(max_examples=35)
@given(elements(_SCHEMA, _VALUES), st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(found: tuple[Element, ...], language: str) -> None:
    xml = "".join(one.xml() for one in found)
    sent = said(MODS.format(xml).encode(), f"{_VALUES}, 3.7")
    try:
        record = read(xml, language)
    except SkipRecord as reason:
        assert "empty" in str(reason)
        return
    assert sent - words_of(record) == set()


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_anything_else_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(SkipRecord):
        mods.read(body, "s", "1", "", "", year=2026)


def test_the_crosswalks_by_name() -> None:
    body = MODS.format("<titleInfo><title>T</title></titleInfo>").encode()
    for prefix in ("mods", "oai_mods"):
        assert CROSSWALKS[prefix].read(body, "s", "1", "", "").titles == (Title("T"),)
