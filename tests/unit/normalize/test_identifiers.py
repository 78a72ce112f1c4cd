"""Identifiers: recognised, checked, in one shape."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.normalize import identifier, isbn, issn, orcid, patent, web_address
from aggregator.record import Identifier


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("10.1234/ABC", "doi", "10.1234/abc"),
        ("https://doi.org/10.1234/AbC", "doi", "10.1234/abc"),
        ("http://dx.doi.org/10.1234/a%2Fb", "doi", "10.1234/a/b"),
        ("doi:10.1234/x.", "doi", "10.1234/x"),
        ("DOI: 10.1002/(SICI)1097(199806)49:8<693::AID>3.0.CO;2-O", "doi",
         "10.1002/(sici)1097(199806)49:8<693::aid>3.0.co;2-o"),
        ("info:doi/10.1016/X", "doi", "10.1016/x"),
        ("doi.org/10.1234/x", "doi", "10.1234/x"),
        ("urn:doi:10.1234/x", "doi", "10.1234/x"),
        ("doi: http://dx.doi.org/10.1234/x", "doi", "10.1234/x"),
        ("https://doi.org/https://doi.org/10.1234/x", "doi", "10.1234/x"),
        ("10.1234%2Fx", "doi", "10.1234/x"),
        ("(doi:10.1234/x)", "doi", "10.1234/x"),
        ("10.1234/x</a>", "doi", "10.1234/x"),
        ("https://doi.org/10.1234/x?utm_source=y#top", "doi", "10.1234/x"),
        ("10.1234/abc def", "local", "10.1234/abc def"),
        ("Journal doi: 10.1016/X", "local", "Journal doi: 10.1016/X"),
        ("978-0-226-10389-1", "isbn", "9780226103891"),
        ("0-226-10389-7", "isbn", "9780226103891"),
        ("ISBN 0226103897", "isbn", "9780226103891"),
        ("urn:isbn:978-0-226-10389-1", "isbn", "9780226103891"),
        ("978-0-226-10389-2", "local", "978-0-226-10389-2"),
        ("5-02-013850-9 : 3 р. 20 к.", "isbn", "9785020138506"),
        ("ISBN 5-02-013850-0", "local", "ISBN 5-02-013850-0"),  # kept as said
        ("ISSN 1694-7453", "local", "ISSN 1694-7453"),
        ("0226103897", "local", "0226103897"),  # bare digits that check may be chance
        ("0081-0223", "issn", "0081-0223"),
        ("ISSN: 1694-7452", "issn", "1694-7452"),
        ("urn:issn:0021-3446", "issn", "0021-3446"),
        ("1694-7453", "local", "1694-7453"),
        ("http://hdl.handle.net/2027/mdp.39015", "hdl", "2027/mdp.39015"),
        ("hdl:10919/5", "hdl", "10919/5"),
        ("handle: 10919/5", "hdl", "10919/5"),
        ("http://hdl.handle.net/123456789/12", "url", "http://hdl.handle.net/123456789/12"),
        ("arXiv:1501.00001v2", "arxiv", "1501.00001"),
        ("http://arxiv.org/abs/hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid", "0000-0002-1825-0097"),
        ("pmid:23907541", "pmid", "23907541"),
        ("URN:NBN:de:101:1-2012", "urn", "urn:nbn:de:101:1-2012"),
        ("https://example.org/a?b=c", "url", "https://example.org/a?b=c"),
        ("oai:example.org:12", "local", "oai:example.org:12"),
        ("EA 012345 B1", "patent", "EA012345B1"),
        ("RU 2 345 678 C2", "patent", "RU2345678C2"),
        ("WO 2012/123456 A1", "patent", "WO2012123456A1"),
        ("US20120123456A1", "patent", "US20120123456A1"),
        ("Патент РФ № 2345678", "patent", "RU2345678"),
        ("Пат. 1234 Кыргызская Республика", "patent", "KG1234"),
        ("А.с. 1234567 СССР", "patent", "SU1234567"),
        ("https://patents.google.com/patent/RU2345678C2/ru", "patent", "RU2345678C2"),
        ("CS 1234 A1", "patent", "CS1234A1"),
        ("AB 1234 A1", "local", "AB 1234 A1"),  # no such office
        ("KG 1234", "local", "KG 1234"),  # may be any number of theirs
        ("javascript:alert(1)", "local", "javascript:alert(1)"),
    ],
)  # fmt: skip
def test_what_an_identifier_is(text: str, scheme: str, value: str) -> None:
    assert identifier(text) == Identifier(scheme, value)


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("0226103897 (pbk.)", "isbn", Identifier("isbn", "9780226103891")),
        ("0226103898", "isbn", Identifier("local", "0226103898")),
        ("12345", "oclc", Identifier("oclc", "12345")),
        ("2027/1999", "hdl", Identifier("hdl", "2027/1999")),
        ("KG 1234 C1", "patent", Identifier("patent", "KG1234C1")),
        ("US 6,123,456", "Patent", Identifier("patent", "US6123456")),
        ("EP 1 234 567 B1", "patent", Identifier("patent", "EP1234567B1")),
        ("KG (11) 1234 (13) C1", "patent", Identifier("patent", "KG1234C1")),
        ("(11) 1234 (13) C1 (19) KG", "patent", Identifier("patent", "KG1234C1")),
        ("KG 20120012.1", "patent", Identifier("patent", "KG20120012.1")),
        ("KG № 12 U1", "patent", Identifier("patent", "KG12U1")),
        ("AB 12", "patent", Identifier("local", "AB 12")),
        ("Euro 1,200", "patent", Identifier("local", "Euro 1,200")),
        ("no number", "patent", Identifier("local", "no number")),
    ],
)
def test_a_hint_is_believed_if_the_value_checks(text: str, hint: str, expected: Identifier) -> None:
    assert identifier(text, hint) == expected


@given(st.text(max_size=200), st.sampled_from(["", "isbn", "issn", "doi", "patent", "hdl", "x"]))
def test_any_text_gives_an_identifier_of_bounded_length(text: str, hint: str) -> None:
    found = identifier(text, hint)
    assert found.scheme
    assert len(found.value) <= 1000
    assert found.scheme != "url" or web_address(found.value) == found.value


@given(st.from_regex(r"10\.[1-9][0-9]{3}/[A-Za-z0-9._()-]{0,20}[a-z0-9]", fullmatch=True))
def test_a_doi_is_one_however_it_is_written(doi: str) -> None:
    assert (
        identifier(doi)
        == identifier(f"https://doi.org/{doi}")
        == identifier(f"doi:{doi.upper()}")
        == identifier(identifier(doi).value)
    )


@given(st.lists(st.sampled_from(string.digits), min_size=9, max_size=9))
def test_isbn_10_and_13_of_one_book_are_one(digits: list[str]) -> None:
    assume(len(set(digits)) > 1)  # ten equal digits check, and are no book's
    body = "".join(digits)
    rest = -sum(int(digit) * (10 - place) for place, digit in enumerate(body)) % 11
    ten = body + ("X" if rest == 10 else str(rest))
    thirteen = isbn(ten)
    assert isbn(thirteen) == thirteen
    assert thirteen[3:12] == body


def test_a_cyrillic_x_in_an_isbn_and_an_issn() -> None:
    assert isbn("0-8044-2957-Х") == "9780804429573"
    assert issn("2434-561Х") == "2434-561X"


@given(st.text("KGRUEPWO0123456789 ./,()№-патенСABC", max_size=40))
def test_a_number_of_a_patent_is_one_once_it_is_written_in_one_word(text: str) -> None:
    found = identifier(text, "patent")
    if found.scheme == "patent":
        assert identifier(found.value, "patent") == found
        assert " " not in found.value


def test_orcid_and_patent_alone() -> None:
    assert orcid("0000-0002-1825-0098") == ""
    assert patent("KG1234") == Identifier("patent", "KG1234")
    assert patent("1234") is None


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/x", "http://", "https://a b",
     "http://user:secret@example.org/", "//example.org", "https://example.org/<script>",
     "https://example.org/" + "x" * 4000, ""],
)  # fmt: skip
def test_addresses_that_no_page_may_link_to(text: str) -> None:
    assert web_address(text) == ""


def test_addresses_that_a_page_may_link_to() -> None:
    assert web_address(" HTTPS://Example.org/Путь?a=1#b ") == "https://Example.org/Путь?a=1#b"
    assert web_address("http://[2001:db8::1]:8080/x") == "http://[2001:db8::1]:8080/x"
