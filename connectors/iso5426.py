"""ISO 5426, the encoding of UNIMARC with Latin letters: text of bytes. Pure.

Source: ISO 5426:1983 (extension of the Latin alphabet coded character set for bibliographic
information interchange). Diacritics stand before their letter, as in MARC-8, under other codes.
"""

import unicodedata

_SIGNS = dict(zip(range(0xA1, 0xB3), "¡„£$¥†§′‘“«♭©℗®ʻʿ‚", strict=True))
_SIGNS |= dict(zip(range(0xB6, 0xC0), "‡·″’”»♯ʹʺ¿", strict=True))
_SIGNS |= {
    0xE1: "Æ", 0xE2: "Đ", 0xE6: "Ĳ", 0xE8: "Ł", 0xE9: "Ø", 0xEA: "Œ", 0xEC: "Þ", 0xF1: "æ",
    0xF2: "đ", 0xF3: "ð", 0xF5: "ı", 0xF6: "ĳ", 0xF8: "ł", 0xF9: "ø", 0xFA: "œ", 0xFB: "ß",
    0xFC: "þ",
}  # fmt: skip
_MARKS = {
    0xC0: 0x309, 0xC1: 0x300, 0xC2: 0x301, 0xC3: 0x302, 0xC4: 0x303, 0xC5: 0x304, 0xC6: 0x306,
    0xC7: 0x307, 0xC8: 0x308, 0xC9: 0x308, 0xCA: 0x30A, 0xCB: 0x315, 0xCC: 0x312, 0xCD: 0x30B,
    0xCE: 0x31B, 0xCF: 0x30C, 0xD0: 0x327, 0xD1: 0x31C, 0xD2: 0x326, 0xD3: 0x328, 0xD4: 0x325,
    0xD5: 0x32E, 0xD6: 0x323, 0xD7: 0x324, 0xD8: 0x332, 0xD9: 0x333, 0xDA: 0x329, 0xDB: 0x32D,
    0xDD: 0xFE20, 0xDE: 0xFE21, 0xDF: 0xFE23,
}  # fmt: skip
_NOT_SHOWN = frozenset({0x88, 0x89, 0x98, 0x9C})
"""ISO 6630: around words that do not sort."""

CODES = frozenset(_SIGNS) | frozenset(_MARKS) | _NOT_SHOWN
"""The bytes over 0x7F that mean something."""


def decode(data: bytes) -> str:
    """The text in NFC; what has no meaning becomes U+FFFD, a mark without a letter goes."""
    text: list[str] = []
    marks = ""
    for code in data:
        if code in _MARKS:
            marks += chr(_MARKS[code])
        elif code not in _NOT_SHOWN:
            sign = chr(code) if code < 0x80 else _SIGNS.get(code, "\ufffd")
            text.append(sign + marks)
            marks = ""
    return unicodedata.normalize("NFC", "".join(text))
