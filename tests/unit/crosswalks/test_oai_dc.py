"""Dublin Core over OAI-PMH, as OJS, DSpace, CyberLeninka and others write it."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import given
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
from connectors.crosswalks import CROSSWALKS, oai_dc
from tests.unit.crosswalks.words import OAI_DC, words, words_of


def read(elements: str, language: str = "") -> Record:
    body = OAI_DC.format(elements).encode()
    return oai_dc.read(body, "osh", "oai:x:1", "2020-01-01", language, year=2025)


OJS = """
<dc:title xml:lang="ru-RU">Право и общество</dc:title>
<dc:title xml:lang="en-US">Law and society</dc:title>
<dc:creator>Асанов, Асан; Ошский государственный университет</dc:creator>
<dc:creator>Иванова, М. И.</dc:creator>
<dc:subject xml:lang="ru-RU">право</dc:subject>
<dc:subject>УДК 340.1</dc:subject>
<dc:description xml:lang="ru-RU">О праве.</dc:description>
<dc:publisher xml:lang="ru-RU">ОшГУ</dc:publisher>
<dc:date>2019-12-30</dc:date>
<dc:type>info:eu-repo/semantics/article</dc:type>
<dc:type>info:eu-repo/semantics/publishedVersion</dc:type>
<dc:format>application/pdf</dc:format>
<dc:identifier>https://journal.example.kg/index.php/law/article/view/12</dc:identifier>
<dc:identifier>10.52754/16947452_2019_3_2_12</dc:identifier>
<dc:source xml:lang="ru-RU">Вестник; Том 3, № 2 (2019): Право; 12-18</dc:source>
<dc:source>1694-7452</dc:source>
<dc:language>rus</dc:language>
<dc:relation>https://journal.example.kg/index.php/law/article/view/12/34</dc:relation>
<dc:rights xml:lang="ru-RU">https://creativecommons.org/licenses/by/4.0</dc:rights>
"""


def test_an_article_of_a_journal_platform() -> None:
    record = read(OJS)
    assert (record.source, record.local_id, record.stamp) == ("osh", "oai:x:1", "2020-01-01")
    assert record.titles == (
        Title("Право и общество", "ru"),
        Title("Law and society", "en", "parallel"),
    )
    assert record.creators == (
        Creator("Асанов, Асан", affiliation="Ошский государственный университет"),
        Creator("Иванова, М. И."),
    )
    assert record.subjects == (Subject("право", "", "ru"), Subject("340.1", "UDC"))
    assert record.abstracts == (Text("О праве.", "ru"),)
    assert record.type == "article"
    assert record.languages == ("ru",)
    assert record.issued == Dates(2019, 2019, "2019-12-30")
    assert record.container == Container("Вестник", "1694-7452", "3", "2", "12-18")
    assert record.identifiers == (Identifier("doi", "10.52754/16947452_2019_3_2_12"),)
    assert record.links == (
        Link("https://journal.example.kg/index.php/law/article/view/12"),
        Link(
            "https://journal.example.kg/index.php/law/article/view/12/34",
            "fulltext",
            "application/pdf",
        ),
    )
    assert record.access == "open"
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_what_is_normalised_keeps_the_words_of_the_source() -> None:
    others = read(OJS).other
    assert Other("dc:language", "rus") in others
    assert Other("dc:type", "info:eu-repo/semantics/publishedVersion") in others
    assert Other("dc:source", "Вестник; Том 3, № 2 (2019): Право; 12-18", "ru") in others
    assert Other("dc:subject", "УДК 340.1") in others


def test_dates_of_dspace() -> None:
    record = read(
        "<dc:title>x</dc:title><dc:date>2016-03-07T10:11:12Z</dc:date>"
        "<dc:date>2016-03-07T10:11:12Z</dc:date><dc:date>2009</dc:date>"
    )
    assert record.issued == Dates(2009, 2009, "2009")
    assert record.other == (Other("dc:date", "2016-03-07T10:11:12Z"),)


def test_a_date_of_issue_by_name_goes_before_a_vaguer_one() -> None:
    record = read("<dc:date>1999</dc:date><dcterms:issued>2009-05-01</dcterms:issued>")
    assert record.issued == Dates(2009, 2009, "2009-05-01")
    assert record.other == (Other("dc:date", "1999"),)


def test_an_embargo_is_no_date_of_issue() -> None:
    record = read(
        "<dc:date>info:eu-repo/date/embargoEnd/2030-01-01</dc:date><dc:date>2020</dc:date>"
        "<dc:rights>info:eu-repo/semantics/embargoedAccess</dc:rights>"
    )
    assert record.issued.text == "2020"
    assert record.access == "embargoed"


def test_a_record_without_a_title_is_kept() -> None:
    assert read("<dc:creator>Аноним</dc:creator>").titles == ()


def test_elements_of_other_namespaces_are_kept_under_their_names() -> None:
    record = oai_dc.read(
        b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        b' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bibo="http://purl.org/ontology/bibo/"'
        b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:my="urn:my">'
        b'<dc:title>T</dc:title><rdf:type rdf:resource="http://purl.org/ontology/bibo/Article"/>'
        b"<bibo:issn>0021-3446</bibo:issn><bibo:volume>7</bibo:volume>"
        b"<bibo:uri>http://x.org/1</bibo:uri><my:shelf>A7</my:shelf></oai_dc:dc>",
        "s", "1", "", "", year=2025,
    )  # fmt: skip
    assert record.container == Container(issn="0021-3446", volume="7")
    assert {(one.label, one.text) for one in record.other} == {
        ("rdf:type", "http://purl.org/ontology/bibo/Article"), ("bibo:issn", "0021-3446"),
        ("bibo:volume", "7"), ("bibo:uri", "http://x.org/1"), ("my:shelf", "A7"),
    }  # fmt: skip


def test_full_texts_and_thumbnails_that_cyberleninka_marks() -> None:
    record = read(
        '<dc:identifier linktype="fulltext">http://x.org/a</dc:identifier>'
        '<dc:identifier linktype="thumbnail">http://x.org/b</dc:identifier>'
    )
    assert [link.kind for link in record.links] == ["fulltext", "thumbnail"]


def test_an_address_that_a_browser_would_run_is_only_text() -> None:
    record = read(
        "<dc:identifier>javascript:alert(1)</dc:identifier><dc:relation>data:x</dc:relation>"
    )
    assert record.links == () == record.identifiers
    assert Other("dc:identifier", "javascript:alert(1)") in record.other


def test_markup_in_text_stays_text() -> None:
    record = read("<dc:title>&lt;script&gt;alert(1)&lt;/script&gt; AT&amp;amp;T</dc:title>")
    assert record.titles[0].value == "<script>alert(1)</script> AT&T"


def test_the_language_of_the_source_goes_where_letters_allow_it() -> None:
    record = read(
        "<dc:title>Кыргыз тили</dc:title><dc:title>The Kyrgyz language</dc:title>"
        '<dc:title xml:lang="ru">Язык</dc:title>',
        language="ky",
    )
    assert [title.lang for title in record.titles] == ["ky", "", "ru"]
    assert [title.kind for title in record.titles] == ["main", "parallel", "parallel"]


def test_a_contributor_with_a_role() -> None:
    record = read(
        "<dc:contributor>Finch, Joyce (Interviewer)</dc:contributor>"
        "<dc:contributor>Акматов, Э.</dc:contributor>"
        "<dc:creator>Асанов, А. https://orcid.org/0000-0002-1825-0097</dc:creator>"
    )
    assert record.creators == (
        Creator("Асанов, А.", orcid="0000-0002-1825-0097"),
        Creator("Finch, Joyce", "ivr"),
        Creator("Акматов, Э.", "ctb"),
    )


def test_several_people_in_one_element_and_years_of_life() -> None:
    record = read("<dc:creator>Асанов, А.; Усенов, Б. (1920-1990); НАН КР</dc:creator>")
    assert record.creators == (
        Creator("Асанов, А."),
        Creator("Усенов, Б.", affiliation="НАН КР"),
    )
    assert record.other == (Other("dc:creator years", "1920-1990"),)


def test_relations_and_places() -> None:
    record = read(
        "<dcterms:isPartOf>Труды</dcterms:isPartOf><dc:relation>doi:10.5061/dryad.v6037</dc:relation>"
        "<dc:coverage>Ош шаары</dc:coverage><dc:coverage>1916</dc:coverage>"
    )
    assert record.related == (
        Relation("IsPartOf", "Труды"),
        Relation("IsRelatedTo", "doi:10.5061/dryad.v6037"),
    )
    assert record.subjects == (Subject("Ош шаары", "coverage"),)
    assert Other("dc:coverage", "1916") in record.other


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<dc><title>cut off", "not well-formed"),
        (b"", "not well-formed|not XML"),
        (b"<html><body>Maintenance</body></html>", "not Dublin Core: its root element is <html>"),
        (OAI_DC.format("").encode(), "empty"),
        (OAI_DC.format("<dc:title> \n</dc:title><!-- x -->").encode(), "empty"),
        (b'<!DOCTYPE dc [<!ENTITY a "b">]><dc><title>&a;</title></dc>', "document type"),
        (b'<!DOCTYPE dc SYSTEM "file:///etc/passwd"><dc><title>x</title></dc>', "document type"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(SkipRecord, match=reason):
        oai_dc.read(body, "s", "1", "", "", year=2025)


@pytest.mark.parametrize(
    "body",
    [
        "<dc><title>Т</title></dc>",
        '<dc xmlns="http://purl.org/dc/elements/1.1/"><title>Т</title></dc>',
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/">'
        "<oai_dc:title>Т</oai_dc:title></oai_dc:dc>",
        '<x:dc xmlns:x="urn:wrong" xmlns:dc="https://purl.org/dc/elements/1.1">'
        "<dc:Title>Т</dc:Title></x:dc>",
    ],
)
def test_namespaces_that_are_missing_or_wrong(body: str) -> None:
    record = oai_dc.read(body.encode(), "s", "1", "", "", year=2025)
    assert [title.value for title in record.titles] == ["Т"]


def test_a_comment_inside_a_title_does_not_cut_it() -> None:
    assert read("<dc:title>A<!-- x -->B</dc:title>").titles[0].value == "AB"


def test_nested_elements_and_loose_text_are_kept() -> None:
    record = read("<dc:description><p>One</p><p>two</p></dc:description>loose")
    assert record.abstracts == (Text("One two"),)
    assert Other("text", "loose") in record.other


_NAMES = """
title creator contributor subject description publisher date type format identifier source
language relation coverage rights odd
"""
_HARD = """
ISSN 1694-7452
ISBN 978-0-226-10389-1
Том 3, № 2 (2019); 12-18
rus; eng
en_US
https://doi.org/10.1234/AbC
hdl:10919/5
http://x.org/a.pdf
УДК 340.1; право
12 с.
Асанов, Асан; Ошский университет
Finch, J. (Editor)
application/pdf
[19--?]
&amp;c
arXiv:1501.00001v2
info:eu-repo/semantics/article
PeerReviewed Article
CC BY 4.0
0000-0002-1825-0097
Journal; 12(3): 45-67
2009-05-01
javascript:alert(1)
10.5/x
"""
_VALUES = st.sampled_from(_HARD.strip().splitlines()) | st.text(
    st.characters(exclude_categories=["C"]), max_size=80
)
_ELEMENTS = st.lists(
    st.tuples(
        st.sampled_from(_NAMES.split()), _VALUES, st.sampled_from(["", "ru", "en-US", "xx-bad"])
    ),
    min_size=1,
    max_size=12,
)


@given(_ELEMENTS, st.sampled_from(["", "ky"]))
def test_no_word_of_any_record_is_lost(elements: list[tuple[str, str, str]], language: str) -> None:
    sent = "".join(
        f'<dc:{name} xml:lang="{lang}">{escape(value)}</dc:{name}>'
        for name, value, lang in elements
    )
    try:
        record = read(sent, language)
    except SkipRecord:
        assert not words(*(value for _, value, _ in elements))
        return
    assert words(*(value for _, value, _ in elements)) <= words_of(record)


def test_the_crosswalks_by_name() -> None:
    body = OAI_DC.format("<dc:title>T</dc:title>").encode()
    for prefix in ("oai_dc", "dc", "qdc"):
        assert CROSSWALKS[prefix].read(body, "s", "1", "", "").titles == (Title("T"),)


@pytest.mark.parametrize(
    "sign", ["1", "i", "1 ", "1,", "a, ", "А. ", "1-", "(", ".", "№ 1 ", "x/1; "]
)
def test_a_long_text_is_read_in_no_time(sign: str) -> None:
    """A pattern that tries every way to divide a text would not come back (a format of fifty
    digits once took for ever)."""
    value = sign * (3000 // len(sign))
    elements = "".join(f"<dc:{name}>{value}!</dc:{name}>" for name in _NAMES.split())
    assert words(value) <= words_of(read(elements))


def test_an_embargo_ends() -> None:
    said = "<dc:title>A</dc:title><dc:rights>info:eu-repo/semantics/embargoedAccess</dc:rights>"
    end = "<dc:date>info:eu-repo/date/embargoEnd/{}-05-22</dc:date>"
    assert read(said).access == "embargoed"
    assert read(said + end.format(2016)).access == "open"
    assert read(said + end.format(2099)).access == "embargoed"


def test_the_doi_in_a_citation_of_the_thing() -> None:
    cited = "Royal Society Open Science 2015, 2, 150129. doi: 10.1098/rsos.150129"
    record = read(f"<dc:title>A</dc:title><dc:identifier>{cited}</dc:identifier>")
    assert record.identifiers == (Identifier("doi", "10.1098/rsos.150129"),)
    assert cited in [one.text for one in record.other]


def test_several_people_in_one_statement_and_what_stands_beside_a_name() -> None:
    record = read(
        "<dc:creator>Иванов И.И., Петров П.П.</dc:creator>"
        "<dc:creator>Roman Soták, et al</dc:creator>"
        "<dc:creator>Gasser, Robert E., EDITOR (Soil Systems, Inc.)</dc:creator>"
        "<dc:creator>http://example.org/x</dc:creator>"
        "<dc:contributor>Асанов А. Б., ред.</dc:contributor>"
    )
    assert record.creators == (
        Creator("Иванов И. И."),
        Creator("Петров П. П."),
        Creator("Roman Soták"),
        Creator("Gasser, Robert E.", "edt", affiliation="Soil Systems, Inc."),
        Creator("Асанов А. Б.", "edt"),
    )
    assert {"http://example.org/x", "Roman Soták, et al"} <= {one.text for one in record.other}
