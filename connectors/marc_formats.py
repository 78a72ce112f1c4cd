"""Names of the formats of MARC payloads: dialect and encoding in one word. Made and read here.

``marc21``, ``unimarc+cp866``, ``irbis+windows-1251``. Whether a body is XML, JSON, IRBIS text or
ISO 2709 is told by the body (`frame`), so the name does not say it; MARC 21 in XML keeps the name
under which partners send it, ``marcxml``.
"""

from typing import Literal, NamedTuple, get_args

Dialect = Literal["marc21", "unimarc", "rusmarc", "irbis"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

MARCXML = "marcxml"
UTF_8 = "utf-8"


class MarcFormat(NamedTuple):
    """What a payload's fields mean, and the encoding of its bytes where they tell none."""

    dialect: Dialect
    charset: str = UTF_8

    @property
    def name(self) -> str:
        """As it stands in ``Raw.format`` and in the table of crosswalks."""
        return self.dialect if self.charset == UTF_8 else f"{self.dialect}+{self.charset}"

    @property
    def told(self) -> str:
        """The encoding as far as the name tells it: "" where it leaves that to the record."""
        return "" if self.charset == UTF_8 else self.charset


def frame(body: bytes) -> Literal["iso2709", "marcxml", "json", "text"]:
    """What a payload is written in: ISO 2709 ends with its terminator, the others begin with
    ``<``, ``{`` or ``#``. Anything else can only be meant as ISO 2709."""
    if body.endswith(b"\x1d"):
        return "iso2709"
    start = body.lstrip()[:4]
    if start[:1] == b"<" or start in (b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return "marcxml"
    return {b"{": "json", b"#": "text"}.get(start[:1], "iso2709")  # type: ignore[return-value]
