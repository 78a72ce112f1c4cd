"""Qualified Dublin Core, as DSpace (``qdc``), CONTENTdm (``oai_qdc``) and others write it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import SkipRecord
from aggregator.record import (
    Container,
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
from connectors.crosswalks import CROSSWALKS, oai_dc
from tests.unit.crosswalks.trees import Element, elements, said, schema
from tests.unit.crosswalks.words import words_of

QDC = (
    '<qdc:qualifieddc xmlns:qdc="http://dspace.org/qualifieddc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}</qdc:qualifieddc>'
)

ITEM = """
<dc:title xml:lang="ky">Мөңгүлөр</dc:title><dcterms:alternative xml:lang="en">Glaciers
</dcterms:alternative><dc:creator>Асанов, Асан</dc:creator>
<dcterms:abstract xml:lang="ru">О &lt;i&gt;ледниках&lt;/i&gt;.</dcterms:abstract>
<dcterms:tableOfContents>1. 2.</dcterms:tableOfContents>
<dcterms:dateAccepted>2016-03-07T10:11:12Z</dcterms:dateAccepted>
<dcterms:available>2016-03-07T10:11:12Z</dcterms:available>
<dcterms:created>2016-03-07</dcterms:created>
<dcterms:issued xsi:type="dcterms:W3CDTF">2009-05</dcterms:issued>
<dc:type>Article</dc:type><dc:language xsi:type="dcterms:ISO639-2">kir</dc:language>
<dc:identifier xsi:type="dcterms:URI">http://hdl.handle.net/10919/5</dc:identifier>
<dc:subject xsi:type="dcterms:LCSH">Glaciers</dc:subject><dc:subject>УДК 551.32</dc:subject>
<dcterms:extent>12 с.</dcterms:extent><dcterms:medium>application/pdf</dcterms:medium>
<dcterms:spatial>Нарын</dcterms:spatial><dcterms:isPartOf>Труды</dcterms:isPartOf>
<dcterms:bibliographicCitation>Вестник; Том 3, № 2 (2009); 12-18
</dcterms:bibliographicCitation>
<dcterms:license>https://creativecommons.org/licenses/by/4.0/</dcterms:license>
<dcterms:accessRights>open access</dcterms:accessRights>
<dcterms:rightsHolder>КНУ</dcterms:rightsHolder>
<dcterms:educationLevel>магистратура</dcterms:educationLevel>
<dcterms:provenance>Архив</dcterms:provenance>
"""


def read(elements: str, language: str = "") -> Record:
    body = QDC.format(elements).encode()
    return oai_dc.read(body, "lib", "oai:q:1", "2020-01-01", language, year=2026)


def test_the_refinements() -> None:
    record = read(ITEM)
    assert record.titles == (Title("Мөңгүлөр", "ky"), Title("Glaciers", "en", "parallel"))
    assert record.abstracts == (Text("О ледниках.", "ru"),)
    assert record.contents == (Text("1. 2."),)
    assert record.issued == Dates(2009, 2009, "2009-05")
    assert (record.type, record.languages) == ("article", ("ky",))
    assert (record.extent, record.level) == ("12 с.", "магистратура")
    assert record.container == Container("", "", "3", "2", "12-18")
    assert record.identifiers == (Identifier("hdl", "10919/5"),)
    assert record.links == (Link("http://hdl.handle.net/10919/5"),)
    assert record.subjects == (
        Subject("Glaciers", "LCSH"),
        Subject("551.32", "UDC"),
        Subject("Нарын", "coverage"),
    )
    assert record.related == (Relation("IsPartOf", "Труды"),)
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert record.access == "open"
    assert Text("КНУ") in record.rights
    assert {
        Other("dcterms:available", "2016-03-07T10:11:12Z"),
        Other("dcterms:created", "2016-03-07"),
        Other("dcterms:provenance", "Архив"),
        Other("dc:language", "kir"),
    } <= set(record.other)


def test_the_date_of_what_was_never_issued_is_when_it_was_made() -> None:
    record = read(
        "<dcterms:created>1916</dcterms:created><dcterms:modified>2015</dcterms:modified>"
    )
    assert record.issued == Dates(1916, 1916, "1916")
    assert Other("dcterms:modified", "2015") in record.other
    only = read("<dc:title>T</dc:title><dcterms:available>2016-03-07</dcterms:available>")
    assert only.issued == Dates()
    assert Other("dcterms:available", "2016-03-07") in only.other


@pytest.mark.parametrize("root", ["qualifieddc", "dcterms", "qdc", "dc"])
def test_roots_that_are_seen(root: str) -> None:
    body = f'<{root} xmlns="http://purl.org/dc/terms/"><title>T</title></{root}>'
    assert oai_dc.read(body.encode(), "s", "1", "", "", year=2026).titles == (Title("T"),)


_SCHEMA = schema("""
root: dc:title dc:creator dc:subject dc:identifier dcterms:alternative dcterms:abstract\
 dcterms:issued dcterms:created dcterms:available dcterms:extent dcterms:medium dcterms:spatial\
 dcterms:isPartOf dcterms:bibliographicCitation dcterms:license dcterms:accessRights\
 dcterms:educationLevel dcterms:provenance dcterms:tableOfContents dcterms:odd
dc:subject xsi:type scheme
dc:identifier xsi:type
dcterms:issued xsi:type
""")
_VALUES = "dcterms:URI, dcterms:LCSH, dcterms:W3CDTF"


@settings(max_examples=35)
@given(elements(_SCHEMA, _VALUES), st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(found: tuple[Element, ...], language: str) -> None:
    xml = "".join(one.xml() for one in found)
    sent = said(QDC.format(xml).encode(), _VALUES)
    try:
        record = read(xml, language)
    except SkipRecord as reason:
        assert "empty" in str(reason)
        return
    assert sent - words_of(record) == set()


def test_the_crosswalks_by_name() -> None:
    body = QDC.format("<dc:title>T</dc:title>").encode()
    for prefix in ("qdc", "oai_qdc"):
        assert CROSSWALKS[prefix].read(body, "s", "1", "", "").titles == (Title("T"),)
