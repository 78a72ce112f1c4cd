"""DataCite, bare, in its envelope, and as OpenAIRE's application profile has it."""

from xml.sax.saxutils import escape

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
    Title,
)
from connectors.crosswalks import CROSSWALKS, datacite
from tests.shared import shared
from tests.unit.crosswalks.trees import Element, elements, said, schema
from tests.unit.crosswalks.words import words, words_of

DATACITE = '<resource xmlns="http://datacite.org/schema/kernel-4">{}</resource>'
OPENAIRE = (
    '<oaire:resource xmlns:oaire="http://namespace.openaire.eu/schema/oaire/"'
    ' xmlns:datacite="http://datacite.org/schema/kernel-4"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "{}</oaire:resource>"
)


def read(elements: str, language: str = "", frame: str = DATACITE) -> Record:
    body = frame.format(elements).encode()
    return datacite.read(body, "zen", "oai:z:1", "2023-10-12", language, year=2026)


def real(name: str) -> Record:
    path = shared("data", "records", "datacite+bolognese", "spec", "fixtures", name)
    return datacite.read(path.read_bytes(), "s", "1", "", "", year=2026)


def test_the_full_example_of_the_schema() -> None:
    record = real("datacite-example-full-v4.6.xml")
    assert record.titles == (
        Title("Example Title : Example Subtitle", "en"),
        Title("Example TranslatedTitle", "fr", "parallel"),
        Title("Example AlternativeTitle", "en", "alternative"),
    )
    assert record.creators[0] == Creator(
        "ExampleFamilyName, ExampleGivenName",
        orcid="0000-0001-5727-2427",
        affiliation="ExampleAffiliation",
    )
    assert [one.role for one in record.creators] == ["aut", "aut", "trl", "ctb", "edt", "edt"]
    assert record.type == "project"
    assert record.issued == Dates(2023, 2023, "2023-01-01")
    assert record.identifiers == (Identifier("doi", "10.82433/b09z-4k37"),)
    assert record.publisher == (Text("Example Publisher", "en"),)
    assert record.subjects[0] == Subject("Computer and information sciences", "FORD")
    assert Subject("Vancouver, British Columbia, Canada", "coverage") in record.subjects
    assert Relation("HasTranslation", "doi:10.1234/translated-version") in record.related
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert record.access == "open"
    assert {
        Other("datacite:dates/date Created", "2023-01-01"),
        Other("datacite:contributors/contributor ContactPerson", "Smith, John"),
        Other("datacite:creators/creator/affiliation ROR",
              "ExampleAffiliation: https://ror.org/04wxnsj81"),
        Other("datacite:geoLocations/geoLocation/geoLocationPoint", "49.2827 -123.1207"),
        Other("datacite:version", "1"),
    } <= set(record.other)  # fmt: skip


def test_a_related_item_is_the_container() -> None:
    record = real("datacite-example-relateditems-with-attributes.xml")
    assert record.titles
    assert record.container.title or record.related


def test_what_datacite_says_is_unknown_is_not_a_title() -> None:
    record = real("datacite-example-complicated-tba.xml")
    assert record.titles == ()
    assert Other("datacite:titles/title", ":unav") in record.other
    assert record.creators[1].name == "つまらないものですが"
    assert record.languages == ("de",)


def test_a_chapter_in_a_series() -> None:
    record = read(
        "<titles><title>T</title></titles><descriptions>"
        '<description descriptionType="SeriesInformation">Вестник, 12(3), 1-5</description>'
        '<description descriptionType="TableOfContents">I. II.</description>'
        '<description descriptionType="Methods" xml:lang="en-US">Counted.</description>'
        '<description descriptionType="Abstract">&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;'
        "</description></descriptions>"
    )
    assert record.container == Container("Вестник", "", "12", "3", "1-5")
    assert record.contents == (Text("I. II."),)
    assert record.notes == (Text("Counted.", "en"),)
    assert record.abstracts == (Text("One two"),)


def test_markup_inside_a_description() -> None:
    record = read(
        '<descriptions><description descriptionType="Abstract">One<br/>two</description>'
        "</descriptions>"
    )
    assert record.abstracts == (Text("One two"),)


def test_the_words_of_a_grant_stay_together() -> None:
    record = read(
        "<titles><title>T</title></titles><fundingReferences><fundingReference>"
        "<funderName>Улуттук фонд</funderName><awardNumber>7</awardNumber></fundingReference>"
        "<fundingReference><funderName>Улуттук фонд</funderName><awardNumber>8</awardNumber>"
        "</fundingReference></fundingReferences>"
    )
    label = "datacite:fundingReferences/fundingReference"
    assert record.other == (Other(label, "Улуттук фонд; 7"), Other(label, "Улуттук фонд; 8"))


def test_the_envelope_of_oai_datacite() -> None:
    inside = DATACITE.format(
        '<identifier identifierType="DOI">10.5281/Zenodo.1</identifier>'
        "<titles><title>Набор</title></titles><publicationYear>2019</publicationYear>"
        '<resourceType resourceTypeGeneral="Dataset"/><language>ru</language>'
    )
    body = (
        '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/">'
        "<isReferenceQuality>true</isReferenceQuality><schemaVersion>4.1</schemaVersion>"
        f"<datacentreSymbol>CERN.ZENODO</datacentreSymbol><payload>{inside}</payload>"
        "</oai_datacite>"
    )
    record = datacite.read(body.encode(), "s", "1", "", "", year=2026)
    assert record.titles == (Title("Набор"),)
    assert (record.type, record.languages) == ("dataset", ("ru",))
    assert record.issued == Dates(2019, 2019, "2019")
    assert record.identifiers == (Identifier("doi", "10.5281/zenodo.1"),)
    assert {one.text for one in record.other} == {
        "true", "4.1", "CERN.ZENODO", "2019", "10.5281/Zenodo.1",
    } - {"10.5281/Zenodo.1"}  # fmt: skip


def test_the_profile_of_openaire() -> None:
    record = read(
        """
<datacite:titles><datacite:title xml:lang="ru">Почвы Иссык-Куля</datacite:title>
 <datacite:title xml:lang="en" titleType="TranslatedTitle">Soils</datacite:title></datacite:titles>
<datacite:creators><datacite:creator>
 <datacite:creatorName nameType="Personal">Асанов, А.</datacite:creatorName>
 <datacite:nameIdentifier nameIdentifierScheme="ORCID"
  schemeURI="http://orcid.org">0000-0002-1825-0097</datacite:nameIdentifier>
 <datacite:affiliation>НАН КР</datacite:affiliation></datacite:creator></datacite:creators>
<datacite:contributors><datacite:contributor contributorType="Supervisor">
 <datacite:contributorName>Усенов, Б.</datacite:contributorName></datacite:contributor>
</datacite:contributors>
<oaire:fundingReferences><oaire:fundingReference><oaire:funderName>EC</oaire:funderName>
 <oaire:awardNumber>643410</oaire:awardNumber></oaire:fundingReference></oaire:fundingReferences>
<dc:language>rus</dc:language><dc:publisher>Илим</dc:publisher>
<datacite:dates><datacite:date dateType="Accepted">2019-01-02</datacite:date>
 <datacite:date dateType="Issued">2020-05</datacite:date></datacite:dates>
<oaire:resourceType resourceTypeGeneral="literature"
 uri="http://purl.org/coar/resource_type/c_6501">journal article</oaire:resourceType>
<dc:description xml:lang="ru">О почвах.</dc:description><dc:format>application/pdf</dc:format>
<datacite:identifier identifierType="Handle">http://hdl.handle.net/10919/5</datacite:identifier>
<datacite:rights rightsURI="http://purl.org/coar/access_right/c_abf2">open access</datacite:rights>
<datacite:subjects><datacite:subject subjectScheme="УДК">631.4</datacite:subject>
 <datacite:subject>почвы</datacite:subject></datacite:subjects>
<oaire:licenseCondition uri="https://creativecommons.org/licenses/by-nc/4.0/"
 startDate="2020-05-01">CC BY-NC 4.0</oaire:licenseCondition>
<oaire:file accessRightsURI="http://purl.org/coar/access_right/c_abf2" mimeType="application/pdf"
 objectType="fulltext">http://lib.example.kg/bitstream/1/soils</oaire:file>
<oaire:citationTitle>Вестник</oaire:citationTitle><oaire:citationVolume>3</oaire:citationVolume>
<oaire:citationIssue>2</oaire:citationIssue><oaire:citationStartPage>12</oaire:citationStartPage>
<oaire:citationEndPage>18</oaire:citationEndPage><dcterms:audience>студенты</dcterms:audience>
""",
        frame=OPENAIRE,
    )
    assert record.titles == (
        Title("Почвы Иссык-Куля", "ru"),
        Title("Soils", "en", "parallel"),
    )
    assert record.creators == (
        Creator("Асанов, А.", "aut", "", "0000-0002-1825-0097", "НАН КР"),
        Creator("Усенов, Б.", "ths"),
    )
    assert (record.type, record.languages, record.level) == ("article", ("ru",), "студенты")
    assert record.issued == Dates(2020, 2020, "2020-05")
    assert record.container == Container("Вестник", "", "3", "2", "12-18")
    assert record.subjects == (Subject("631.4", "UDC"), Subject("почвы"))
    assert record.access == "open"
    assert record.licence == "https://creativecommons.org/licenses/by-nc/4.0/"
    assert record.identifiers == (Identifier("hdl", "10919/5"),)
    assert record.links == (
        Link("http://hdl.handle.net/10919/5"),
        Link("http://lib.example.kg/bitstream/1/soils", "fulltext", "application/pdf"),
    )
    assert Other("datacite:dates/date Accepted", "2019-01-02") in record.other
    assert Other("oaire:fundingReferences/fundingReference", "EC; 643410") in record.other


def test_the_language_of_the_source_goes_where_letters_allow_it() -> None:
    record = read("<titles><title>Тил</title><title>Language</title></titles>", language="ky")
    assert [title.lang for title in record.titles] == ["ky", ""]


def test_an_address_that_a_browser_would_run_is_only_text() -> None:
    record = read(
        '<identifier identifierType="URL">javascript:alert(1)</identifier>'
        "<titles><title>T</title></titles>"
    )
    assert record.links == () == record.identifiers
    assert Other("datacite:identifier URL", "javascript:alert(1)") in record.other


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<resource><titles>cut", "not well-formed"),
        (b"<html/>", "not DataCite: its root element is <html>"),
        (DATACITE.format(" <titles> </titles>").encode(), "empty"),
        (b"<oai_datacite><payload/></oai_datacite>", "holds no <resource>"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><resource><title>&a;</title></resource>', "document type"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        datacite.read(body, "s", "1", "", "", year=2026)


_SCHEMA = schema("""
root: titles creators contributors publisher publicationYear dates date language resourceType\
 subjects identifier alternateIdentifiers relatedIdentifiers relatedItems sizes\
 formats format rightsList rights licenseCondition descriptions description geoLocations\
 fundingReferences file source audience coverage citationTitle citationVolume citationIssue\
 citationStartPage citationEndPage citationEdition version
titles: title
title titleType
creators: creator
creator: creatorName givenName familyName nameIdentifier affiliation
creatorName nameType
nameIdentifier nameIdentifierScheme schemeURI
affiliation affiliationIdentifier affiliationIdentifierScheme
contributors: contributor
contributor contributorType: contributorName givenName familyName nameIdentifier affiliation
contributorName nameType
publisher publisherIdentifier
dates: date
date dateType dateInformation
resourceType resourceTypeGeneral uri
subjects: subject
subject subjectScheme valueURI classificationCode
identifier identifierType
alternateIdentifiers: alternateIdentifier
alternateIdentifier alternateIdentifierType
relatedIdentifiers: relatedIdentifier
relatedIdentifier relatedIdentifierType relationType resourceTypeGeneral
relatedItems: relatedItem
relatedItem relationType: relatedItemIdentifier titles volume issue firstPage lastPage
relatedItemIdentifier relatedItemIdentifierType
sizes: size
formats: format
rightsList: rights
rights rightsURI rightsIdentifier rightsIdentifierScheme
licenseCondition uri startDate
descriptions: description
description descriptionType
geoLocations: geoLocation
geoLocation: geoLocationPlace geoLocationPoint
geoLocationPoint: pointLatitude pointLongitude
fundingReferences: fundingReference
fundingReference: funderName awardNumber
awardNumber awardURI
file mimeType objectType accessRightsURI
""")
_VALUES = (
    "DOI, URL, ISSN, ISBN, Handle, ORCID, Personal, Organizational, Issued, Created, Abstract,"
    " TableOfContents, SeriesInformation, Subtitle, TranslatedTitle, AlternativeTitle, Other,"
    " IsPublishedIn, IsPartOf, Editor, ContactPerson, Dataset, Text, Audiovisual, literature"
)


@settings(max_examples=35)
@given(elements(_SCHEMA, _VALUES), st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(found: tuple[Element, ...], language: str) -> None:
    xml = "".join(one.xml() for one in found)
    sent = said(DATACITE.format(xml).encode(), _VALUES)
    try:
        record = read(xml, language)
    except SkipRecord as reason:
        assert "empty" in str(reason)
        return
    assert sent - words_of(record) == set()


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_anything_else_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(SkipRecord):
        datacite.read(body, "s", "1", "", "", year=2026)


@given(st.text(max_size=60))
def test_any_text_is_a_title_or_nothing(text: str) -> None:
    try:
        record = read(f"<titles><title>{escape(text)}</title></titles><version>1</version>")
    except SkipRecord as reason:
        assert "not well-formed" in str(reason)
        return
    assert words(text) <= words_of(record)


def test_the_crosswalks_by_name() -> None:
    body = DATACITE.format("<titles><title>T</title></titles>").encode()
    for prefix in ("datacite", "oai_datacite", "oai_openaire"):
        assert CROSSWALKS[prefix].read(body, "s", "1", "", "").titles == (Title("T"),)
