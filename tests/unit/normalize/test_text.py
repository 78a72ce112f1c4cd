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
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;&amp;Two&nbsp;three.&lt;/p&gt;", "One. &Two three."),
        ("p &lt;0.05, r &gt; 0.3", "p <0.05, r > 0.3"),
        ("a &lt;b and c", "a &lt;b and c"),
        ("&thetas; &alpha; ?a=1&section=2", "&thetas; α ?a=1&section=2"),
        (
            'See <a href="https://example.org/x">the page</a>.',
            "See the page (https://example.org/x).",
        ),
        ('<a href="https://example.org/">https://example.org/</a>', "https://example.org/"),
        ("<h3>Title</h3><table><tr><td>a</td><td>b</td></tr></table>", "Title a b"),
        ("<mml:math><mml:mi>x</mml:mi></mml:math><sup>2</sup>", "x2"),
        ("$x_1$ and \\alpha, {\\it y}", "$x_1$ and \\alpha, {\\it y}"),
        ("\u200fنقد\u200e a\u2060b", "نقد ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian is not written without it
        ("<<b></b>i>x</i>", "x"),
        ("", ""),
    ],
)
def test_cleaning(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaned_text_is_one_tidy_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", cleaned)


PIECES = [
    "<p>", "</p>", "<i>", "</i>", "<", ">", "&", "lt;", "&lt;", "&amp;", "&gt;", "a", " ", "/", "p",
    "<br/>", "&#60;", "\u200b", "e\u0301", "<script>", "&lt;b&gt;", "&nbsp;",
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["C"])))
def test_no_word_is_lost(text: str) -> None:
    words = unicodedata.normalize("NFC", text).split()
    assert clean(text).split() == words


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_cleaning_never_makes_markup(text: str) -> None:
    def markup(text: str) -> int:
        return len(re.findall(r"<[A-Za-z/!?]", text))

    assert markup(clean(text)) <= markup(re.sub(r"[^\x21-\x7e]", "", text))
