"""What a browser prefers, well said or badly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.negotiation import accepts_gzip, preferred_language
from web.words import LANGUAGES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ky"),
        ("ru", "ru"),
        ("ru-KG,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB;q=0.3, ky;q=0.2", "en"),
        ("de, fr;q=0.9, en;q=0.1", "en"),
        ("de", "ky"),
        ("*", "ky"),
        ("ru;q=0, en;q=0.1", "en"),
        ("ru;q=high, en;q=0.1", "en"),
        ("RU", "ru"),
    ],
)
def test_the_language_liked_best(header: str, language: str) -> None:
    assert preferred_language(header, LANGUAGES) == language


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip, deflate, br", True),
        ("GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("identity", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
    ],
)
def test_compression(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


@given(st.text())
def test_any_header_has_an_answer(header: str) -> None:
    assert preferred_language(header, LANGUAGES) in LANGUAGES
    assert accepts_gzip(header) in (True, False)
