"""Identifiers in what people paste."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.known import known_items


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("10.1000/xyz123", ["10.1000/xyz123"]),
        ("https://doi.org/10.1016/S0140-6736(05)67889-4.", ["10.1016/s0140-6736(05)67889-4"]),
        ("DOI: 10.1000/XYZ", ["10.1000/xyz"]),
        ("ISBN 0-306-40615-2", ["9780306406157"]),
        ("ISBN-10: 0306406152.", ["9780306406157"]),
        ("978 0 306 40615 7", ["9780306406157"]),
        ("0306406152", ["9780306406157"]),
        ("страницы 0306406152 и дальше", []),  # ten digits in a text: chance, once in eleven
        ("978-0-306-40615-8", []),  # the check digit is wrong
        ("ISSN 1694-7452", ["1694-7452"]),
        ("2049-3630", ["2049-3630"]),
        ("1998-2001", []),  # years, for their check digit is wrong
        ("hdl:10568/1234", ["10568/1234"]),
        ("https://hdl.handle.net/10568/1234", ["10568/1234"]),
        ("arXiv:2101.00001v2", ["2101.00001"]),
        ("KG 1234 C1", ["kg1234c1"]),
        ("US 7,654,321 B2", ["us7654321b2"]),
        ("kg 1234", []),  # a weight
        ("KG 1234", ["kg1234"]),
        ("патент KG 1234", ["kg1234"]),
        ("see RU 2123456", ["ru2123456"]),
        ("World War II 1939-1945", []),
        ("UN 2030 agenda", []),
        ("FERGANA IN 1917", []),
        ("PM 2.5 particles", []),
        (
            "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
            ["10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o"],
        ),
        ("<a>10.1000/x</a>", ["10.1000/x"]),
        ("http://example.org/a?b=1", ["http://example.org/a?b=1"]),
        (
            "Smith J. (2010). A title. J. 12(3), 45-67. https://doi.org/10.1000/abc.",
            ["10.1000/abc"],
        ),
        ("10.1000/a 10.1000/b", ["10.1000/a", "10.1000/b"]),
        ("манас", []),
    ],
)
def test_what_is_known(text: str, values: list[str]) -> None:
    items = known_items(text)
    assert [item.values[0] for item in items] == values
    assert all(text[item.start : item.end].strip() for item in items)


def test_a_patent_number_without_its_kind_may_have_any() -> None:
    [item] = known_items("патент RU 2345678")
    assert {"ru2345678", "ru2345678c1", "ru2345678c2"} <= set(item.values)


@given(st.text(alphabet="10.978-/ISBNdoi:KGC xhl –") | st.text())
def test_any_text_is_legal(text: str) -> None:
    items = known_items(text)
    assert len(items) <= 4
    assert all(a.end <= b.start for a, b in pairwise(items))
