"""Text as a partner sent it, made fit to store: the same words, nothing that can misbehave.

Metadata is hostile and stays text: nothing here is ever meant to be read as HTML again.
"""

import html
import re
import unicodedata

_UNWANTED = re.compile(
    "[\u00ad\u200b\ufeff\u2060\u180e"  # soft hyphen, zero-width spaces, byte order mark
    "\u200e\u200f"  # marks of direction: pages give every text its own
    "\u202a-\u202e\u2066-\u2069"  # direction overrides: they let text show as other text
    "\x88\x89\x98\x9c]"  # ISO 6630 and Latin-1 marks of non-sorting words (HARVESTING 72)
)
_WINDOWS = {
    byte: sign
    for byte in range(0x80, 0xA0)
    if (sign := bytes([byte]).decode("windows-1252", "ignore")) and byte not in b"\x88\x89\x98\x9c"
}
"""What Latin-1's control characters are in nearly all texts that have any: the dashes and quotation
marks of windows-1252 (HTML §13.2.5.80 reads &#150; so). Marks of non-sorting words stay those."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_MARKUP = re.compile(r"<[A-Za-z/!?]")
"""Where markup may begin: `p<0.05` is none."""

_BLOCK = (
    "p|br|div|li|ul|ol|dl|dt|dd|h[1-6]|hr|tr|td|th|table|tbody|thead|blockquote|pre|section|img"
    "|jats:p|jats:title|jats:sec|jats:list|jats:list-item"
)
_INLINE = (
    "a|i|b|em|strong|u|sub|sup|span|font|small|big|code|tt|kbd|s|del|ins|mark|cite|center|sc|abbr"
    "|o:p|jats:italic|jats:bold|jats:sub|jats:sup|jats:sc|jats:underline|mml:[a-z]+"
)
_LINK = re.compile(
    r"""<a\s(?:[^<>]*\s)?href\s*=\s*["'](https?://[^"'<>\s]+)["'][^<>]*>([^<>]*)</a>""",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_TAG = re.compile(
    rf"<(?P<close>/?)(?P<name>{_BLOCK}|{_INLINE})"
    r"""(?:\s+[A-Za-z][\w:-]*\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*/?>""",
    re.IGNORECASE,
)
_BLOCK_NAME = re.compile(rf"(?:{_BLOCK})\Z", re.IGNORECASE)
_ALONE = frozenset({"br", "hr", "p", "li", "img"})


def clean(text: str) -> str:
    """One line of text in NFC: runs of white space are one space, control characters are gone.

    A control character becomes a space (HARVESTING 51): words never run together. An entity
    that was escaped twice is resolved once, unless that would make new markup (HARVESTING 59).
    Formatting tags (``<p>``, ``<i>``, ``<jats:p>``) are taken away, also those that were escaped
    twice; of a link its address stays. Other markup and TeX stay as the text they are. Cleaning
    what is clean changes nothing.
    """
    if (
        text.isprintable()
        and "  " not in text
        and "&" not in text
        and "<" not in text
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    ):
        return text.strip()  # nearly all text: five quick looks instead of a copy or two
    if not text.isprintable():
        text = text.translate(_WINDOWS)
    text = _tidied(text)
    if "&" in text or "<" in text:
        for _ in range(_PASSES):
            before, text = text, _tidied(_without_tags(_unescape_once(text)))
            if text == before:
                break
    return text


_PASSES = 9
"""Where a tag was taken away, what stood around it may make one; each pass shortens the text."""


def _tidied(text: str) -> str:
    """In NFC, on one line, without what nobody sees."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if text.isprintable():
        return text
    text = _CONTROL.sub(" ", _UNWANTED.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unescape_once(text: str) -> str:
    if "&" not in text or not _ENTITY.search(text):
        return text
    resolved = _ENTITY.sub(_meant, text)
    if any(_meant(entity) != entity[0] for entity in _ENTITY.finditer(resolved)):
        return text
    made = len(_MARKUP.findall(_without_tags(resolved)))
    return text if made > len(_MARKUP.findall(_without_tags(text))) else resolved


def _meant(entity: re.Match[str]) -> str:
    """One entity resolved. Without its semicolon none is: ``?a=1&section=2`` is an address."""
    return html.unescape(entity[0])


def _without_tags(text: str) -> str:
    """Without formatting tags; a lone ``<i>`` that nothing closes is not a tag but text."""
    if "<" not in text:
        return text
    text = _LINK.sub(lambda link: link[2] if link[1] in link[2] else f"{link[2]} ({link[1]})", text)
    counts: dict[str, int] = {}
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        counts[name] = counts.get(name, 0) + (-1 if tag["close"] else 1)
    if not counts:
        return text
    tags = {name for name, open_tags in counts.items() if name in _ALONE or open_tags == 0}

    def gap(tag: re.Match[str]) -> str:
        if tag["name"].lower() not in tags:
            return tag[0]
        return " " if _BLOCK_NAME.match(tag["name"]) else ""

    return " ".join(_TAG.sub(gap, text).split())
