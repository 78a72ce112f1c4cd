"""Text as it may be stored: the same words, nothing that misbehaves."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  two\n\t words\xa0here ", "two words here"),
        ("a\x0bb\x00c", "a b c"),
        ("e\u0301", "\u00e9"),
        ("и\u0306", "й"),
        ("soft\xadhyphen\ufeff", "softhyphen"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("\x88The \x89history", "The history"),
        ("AT&amp;T &#169; &quot;x&quot;", 'AT&T © "x"'),
        ("R&D &c", "R&D &c"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("p&lt;0.001, &lt; 5%", "p<0.001, < 5%"),
        ("&amp;lt;b&amp;gt;", "&amp;lt;b&amp;gt;"),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("H<sub>2</sub>O is <i>wet</i>", "H2O is wet"),
        ('<jats:p xml:lang="en">One</jats:p>', "One"),
        ("line<br/>line", "line line"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("for all <i> in N, a <b and c> d", "for all <i> in N, a <b and c> d"),
        ("<p onclick=x>text", "<p onclick=x>text"),
        ("", ""),
    ],
)
def test_cleaning(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaned_text_is_one_tidy_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned) or "&" in text or "<" in text
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", cleaned)


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["C"])))
def test_no_word_is_lost(text: str) -> None:
    words = unicodedata.normalize("NFC", text).split()
    assert clean(text).split() == words


@given(st.text())
def test_cleaning_never_makes_markup(text: str) -> None:
    assert clean(text).count("<") <= text.count("<")
