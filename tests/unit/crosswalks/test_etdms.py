"""Theses in ETD-MS, as the standard shows them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import SkipRecord
from aggregator.record import (
    Creator,
    Dates,
    Identifier,
    Link,
    Other,
    Record,
    Subject,
    Text,
    Thesis,
    Title,
)
from connectors.crosswalks import CROSSWALKS, etdms
from tests.unit.crosswalks.trees import Element, elements, said, schema
from tests.unit.crosswalks.words import words_of

ETDMS = (
    '<thesis xmlns="http://www.ndltd.org/standards/metadata/etdms/1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.ndltd.org/standards/metadata/etdms/1.1/ x.xsd">{}</thesis>'
)


def read(elements: str, language: str = "") -> Record:
    body = ETDMS.format(elements).encode()
    return etdms.read(body, "etd", "oai:e:1", "2020-01-01", language, year=2026)


THESIS = """
<title xml:lang="ru">Ледники Тянь-Шаня</title>
<alternativeTitle xml:lang="en">Glaciers of the Tien Shan</alternativeTitle>
<creator resource="https://orcid.org/0000-0002-1825-0097">Асанов, Асан</creator>
<subject scheme="УДК">551.32</subject><subject xml:lang="ru">ледники; климат</subject>
<description xml:lang="ru">О ледниках.</description>
<description role="note">С картой.</description>
<publisher>КНУ</publisher>
<contributor role="advisor">Усенов, Б.</contributor>
<contributor role="chair of the council">Иванова, М.</contributor>
<date>2019-06</date><type>Electronic Thesis or Dissertation</type><format>application/pdf</format>
<identifier>http://etd.example.kg/handle/1/2</identifier>
<identifier scheme="DOI">10.1234/ETD.5</identifier>
<language>rus</language><coverage>Нарын</coverage>
<rights>info:eu-repo/semantics/openAccess</rights>
<degree><name>Кандидат наук</name><level>doctoral</level><discipline>География</discipline>
<grantor>Кыргыз улуттук университети</grantor></degree>
"""


def test_a_thesis() -> None:
    record = read(THESIS)
    assert record.titles == (
        Title("Ледники Тянь-Шаня", "ru"),
        Title("Glaciers of the Tien Shan", "en", "parallel"),
    )
    assert record.thesis == Thesis("Кандидат наук", "Кыргыз улуттук университети")
    assert record.type == "thesis"
    assert record.creators == (
        Creator("Асанов, Асан", orcid="0000-0002-1825-0097"),
        Creator("Усенов, Б.", "ths"),
        Creator("Иванова, М.", "ctb"),
    )
    assert record.subjects == (
        Subject("551.32", "UDC"),
        Subject("ледники", "", "ru"),
        Subject("климат", "", "ru"),
        Subject("Нарын", "coverage"),
    )
    assert record.abstracts == (Text("О ледниках.", "ru"),)
    assert record.notes == (Text("С картой."),)
    assert record.issued == Dates(2019, 2019, "2019-06")
    assert record.languages == ("ru",)
    assert record.identifiers == (Identifier("doi", "10.1234/etd.5"),)
    assert record.links == (Link("http://etd.example.kg/handle/1/2"),)
    assert record.access == "open"
    assert {
        Other("etdms:contributor chair of the council", "Иванова, М."),
        Other("etdms:degree/level", "doctoral"),
        Other("etdms:degree/discipline", "География"),
    } <= set(record.other)


def test_a_degree_makes_a_thesis_of_what_names_no_type() -> None:
    record = read("<title>T</title><degree><level>master</level></degree>")
    assert (record.type, record.thesis) == ("thesis", Thesis("master", ""))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<thesis><title>cut", "not well-formed"),
        (b"<html/>", "not ETD-MS: its root element is <html>"),
        (ETDMS.format(" <title> </title>").encode(), "empty"),
        (b'<!DOCTYPE t [<!ENTITY a "b">]><thesis><title>&a;</title></thesis>', "document type"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        etdms.read(body, "s", "1", "", "", year=2026)


_SCHEMA = schema("""
root: title alternativeTitle creator subject description publisher contributor date type format\
 identifier language coverage rights degree source relation
creator resource role
contributor resource role
subject scheme
description role
identifier scheme
rights resource
degree: name level discipline grantor
""")
_VALUES = "advisor, editor, note, URI, DOI"


@settings(max_examples=35)
@given(elements(_SCHEMA, _VALUES), st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(found: tuple[Element, ...], language: str) -> None:
    xml = "".join(one.xml() for one in found)
    sent = said(ETDMS.format(xml).encode(), _VALUES)
    try:
        record = read(xml, language)
    except SkipRecord as reason:
        assert "empty" in str(reason)
        return
    assert sent - words_of(record) == set()


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_anything_else_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(SkipRecord):
        etdms.read(body, "s", "1", "", "", year=2026)


def test_the_crosswalks_by_name() -> None:
    body = ETDMS.format("<title>T</title>").encode()
    for prefix in ("oai_etdms", "etdms"):
        assert CROSSWALKS[prefix].read(body, "s", "1", "", "").titles == (Title("T"),)
