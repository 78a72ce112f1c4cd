"""Regular expressions of librarians: right ones work as in Python, no one holds up a harvest."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import SkipRecord
from aggregator.pattern import TRIES, Pattern, checked

ENDLESS = r"(а|а)*$"
TEXT = "а" * 60 + "б"


@given(st.text(st.characters(categories=("L", "Nd", "P", "Zs")), max_size=40))
def test_what_is_found_is_what_python_finds(text: str) -> None:
    """But for fractions and the like, which only Python takes for letters of a word."""
    for pattern in (r"\d{4}", r"(\w+)\s*/", r"^[^(]+", r"УДК (.*)", r"(x)?y"):
        match = re.search(pattern, text)
        expected = (match[match.re.groups and 1] or "").strip() if match else None
        assert Pattern(pattern).found(text) == expected


def test_a_pattern_without_end_costs_seconds_in_all() -> None:
    endless = Pattern(ENDLESS, longest=0.02)
    started = time.process_time()
    for number in range(1000):
        with pytest.raises(SkipRecord, match="takes too long on 'ааа") as caught:
            endless.found(TEXT)
        assert ("not tried any more" in str(caught.value)) == (number >= TRIES - 1)
    assert time.process_time() - started < 60  # without a limit: longer than anybody lives
    assert Pattern(ENDLESS).found("ааа") == "а"


@pytest.mark.parametrize("wrong", ["(x", "[а-", "*", "(?P<a>x)(?P<a>y)"])
def test_what_is_no_regular_expression(wrong: str) -> None:
    with pytest.raises(ValueError, match="no regular expression: see its character"):
        checked(wrong)
