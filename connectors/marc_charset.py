"""In which encoding a MARC record is, and its text. Pure.

Leader/09 is not believed: UTF-8 is what decodes strictly as UTF-8, whatever the leader says
(HARVESTING 67, 69). For the rest a file has one encoding, which its records vote for.
"""

import re
import unicodedata
from collections.abc import Iterable

from pymarc.marc8 import marc8_to_unicode
from pymarc.marc8_mapping import CODESETS, ODD_MAP

from connectors import cyrillic, iso5426
from connectors.marc_formats import UTF_8

MARC_8 = "marc-8"
ISO_5426 = "iso-5426"
LATIN = (MARC_8, ISO_5426)
"""Encodings of libraries alone, with diacritics before their letters."""
CHARSETS = (UTF_8, MARC_8, ISO_5426, *cyrillic.ENCODINGS)

_ESCAPE = b"\x1b"
_HIGH = re.compile(rb"[\x80-\xff]+")
_ANSEL = frozenset(CODESETS[0x45]) | frozenset(ODD_MAP) | {0x88, 0x89, 0x8D, 0x8E}
_NOT_ANSEL = re.compile(
    b"[" + b"".join(b"\\x%02x" % code for code in range(0x80, 0x100) if code not in _ANSEL) + b"]"
)
_NOT_5426 = re.compile(
    b"["
    + b"".join(b"\\x%02x" % code for code in range(0x80, 0x100) if code not in iso5426.CODES)
    + b"]"
)
_ASCII = bytes(range(128))
_ENOUGH = 4000
"""Bytes of words that are looked at."""
_DAMAGED_SHARE = 0.5
_CYRILLIC_RUN = 3
_LATIN_RUN = re.compile(rb"[\x80-\xff]{1,2}[A-Za-z]")
"""One or two diacritics and their letter."""
_CYRILLIC_WORD = re.compile(rb"[\x80-\xff]{2,}(?![\x80-\xffA-Za-z])|[\x80-\xff]{3,}")

_DECLARED = re.compile(rb"\x1fa\d{8}[a-v][^\x1e\x1f]{17}(?:[\d ]{2})?(79|89|99)")
_DECLARED_CHARSETS = {
    b"79": cyrillic.CP866, b"89": cyrillic.WINDOWS_1251, b"99": cyrillic.KOI8_R,
}  # fmt: skip
"""RUSMARC 100 $a/26-29: one or two sets of characters."""
_SURE = 25
"""Bits of evidence that outweigh a declaration, or what the other records of a file are: real
records with words in them have 80 and more, those of abbreviations alone less than 15."""

_NON_SORTING = re.compile(
    rb"\x88([^\x88\x89\x98\x9c]{1,40})\x89|\x98([^\x88\x89\x98\x9c]{1,40})\x9c"
)
"""ISO 6630 marks of words that do not sort, where the encoding has no letters there."""


def is_utf8(body: bytes) -> bool:
    """Whether ``body`` is strictly UTF-8 (ASCII is)."""
    if body.isascii():
        return _ESCAPE not in body
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_damaged_utf8(body: bytes) -> bool:
    """Whether most of the letters beyond ASCII are UTF-8 and only a few bytes are not."""
    high = len(body.translate(None, _ASCII))
    good = len(body.decode(UTF_8, "ignore").encode().translate(None, _ASCII))
    return good >= _DAMAGED_SHARE * high > 0


def vote(bodies: Iterable[bytes], latin: str = MARC_8) -> str:
    """The encoding of records that are not UTF-8: ``latin`` or an 8-bit Cyrillic one.

    ``latin`` is that of the dialect: MARC-8, in UNIMARC ISO 5426, in IRBIS windows-1251. Escape
    sequences are of MARC-8 (ISO 5427 has the same ones for Cyrillic), single marks before Latin
    letters of ``latin``; Cyrillic words are runs of high bytes, told apart by their pairs of
    letters. Single bytes that ``latin`` does not have are UTF-8 with damage.
    """
    sample = b" ".join(bodies)
    if _ESCAPE in sample:
        return MARC_8
    if _is_cyrillic(sample):
        return _cyrillic(sample, "")
    said = _DECLARED.search(sample)
    if said is not None and not _LATIN_RUN.search(sample):
        return _DECLARED_CHARSETS[said[1]]
    unknown = {MARC_8: _NOT_ANSEL, ISO_5426: _NOT_5426}.get(latin)
    return UTF_8 if unknown and unknown.search(b"".join(_HIGH.findall(sample))) else latin


def own(body: bytes, voted: str, latin: str) -> str:
    """The encoding of one record of a file that is mostly ``voted``: another one where it surely
    is, as in files put together of two."""
    if _ESCAPE in body:
        return MARC_8
    if _is_cyrillic(body):
        return _cyrillic(body, voted)
    if voted in cyrillic.ENCODINGS and len(_LATIN_RUN.findall(body)) > 1:
        return vote([body], latin)
    return voted


def _is_cyrillic(sample: bytes) -> bool:
    latin = sum(len(run) - 1 for run in _LATIN_RUN.findall(sample))
    return sum(map(len, _CYRILLIC_WORD.findall(sample))) > latin


def _cyrillic(sample: bytes, voted: str) -> str:
    """The likeliest Cyrillic encoding, but what is declared or ``voted`` while nothing is sure."""
    found = cyrillic.evidence(b" ".join(_HIGH.findall(sample))[:_ENOUGH])
    best = cyrillic.likeliest(found)
    said = _DECLARED.search(sample)
    declared = _DECLARED_CHARSETS[said[1]] if said is not None else ""
    for other in (declared, voted):
        if other in found and found[best] - found[other] < _SURE:
            return other
    return best


def as_utf8(body: bytes) -> tuple[bytes, str]:
    """What should be UTF-8 and is not, as that; and what was done: a few bytes were repaired, or
    all of it read in the encoding that it is really in."""
    charset = UTF_8 if is_damaged_utf8(body) else vote([body], UTF_8)
    if charset in cyrillic.ENCODINGS:
        return decode(body, charset).encode(), f"it is not UTF-8 and was read as {charset}"
    return decode(body, UTF_8).encode(), "bytes that are not UTF-8 were repaired"


def decode(data: bytes, charset: str) -> str:
    """The text of ``data`` in NFC; bytes that fit nothing become U+FFFD, never an error."""
    if data.isascii() and _ESCAPE not in data:
        return data.decode("ascii")
    if charset == MARC_8:
        return _marc8(data)
    if charset == UTF_8:
        return _utf8(data)
    if charset == ISO_5426:
        return iso5426.decode(data)
    if charset != cyrillic.CP866:
        data = _NON_SORTING.sub(rb"\1\2", data)
    return data.decode(charset, "replace")


def _marc8(data: bytes) -> str:
    if _ESCAPE not in data:
        data = data.replace(b"\x88", b"").replace(b"\x89", b"")
        if _NOT_ANSEL.search(data):
            return _utf8(data)
    try:
        text = marc8_to_unicode(data, hide_utf8_warnings=True)
    except ValueError:
        return data.decode(UTF_8, "replace")
    return unicodedata.normalize("NFC", text)


def _utf8(data: bytes) -> str:
    """UTF-8 in which only the bad runs are repaired, never the whole (HARVESTING 52)."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _HIGH.sub(_patched, data).decode()


def _patched(run: re.Match[bytes]) -> bytes:
    word = run[0]
    kept = word.decode(UTF_8, "ignore").encode()
    if kept or len(word) < _CYRILLIC_RUN:
        return word.decode(UTF_8, "replace").encode()
    return word.decode(cyrillic.vote(word), "replace").encode()
