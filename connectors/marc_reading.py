"""One file of MARC records, whatever its frame, dialect and encoding: records with their format.

Frames are told by the first bytes of a file (a master file by its name), dialects and 8-bit
encodings by its records: each speaks for itself where it can, else the file's majority does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from connectors import (
    cyrillic,
    files,
    irbis_master,
    irbis_text,
    iso2709,
    marc_charset,
    marc_dialect,
    marc_json,
    marcxml,
)
from connectors.iso2709 import Piece
from connectors.marc_formats import UTF_8, Dialect, MarcFormat

Encoding = Literal[
    "auto", "utf-8", "windows-1251", "cp866", "koi8-r", "marc-8", "iso-5426"
]  # fmt: skip
Frame = Literal["iso2709", "marcxml", "json", "text", "master"]

_VOTERS = 200
_LATIN: dict[Dialect, str] = {
    "marc21": marc_charset.MARC_8,
    "unimarc": marc_charset.ISO_5426,
    "rusmarc": marc_charset.ISO_5426,
    "irbis": cyrillic.WINDOWS_1251,
}
"""What single letters beyond ASCII are in, where they are not UTF-8."""
_UNSURE = (
    "its fields do not tell whether it is MARC 21 or UNIMARC: it was read as MARC 21; "
    "write 'dialect' in the file of the source if that is wrong"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the records of a file are to be read; "auto" where that is to be found out."""

    encoding: Encoding = "auto"
    dialect: Literal["auto", Dialect] = "auto"


def frame_of(path: Path, start: bytes) -> Frame | None:
    """The frame by name and first bytes; None for no frame of these."""
    bare = start.lstrip(b"\xef\xbb\xbf\r\n\x00\x1a\t ")
    if irbis_master.is_master(path):
        return "master"
    if bare.startswith(b"<") or start[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return "marcxml"
    if irbis_text.begins(start):
        return "text"
    if marc_json.begins(start):
        return "json"
    return "iso2709" if bare[:5].isdigit() or iso2709.RECORD_END in start else None


def frame_behind(start: bytes) -> Frame | None:
    """The frame of a file that begins with something else: what a program had to say, a page of
    text. ``start`` is a good deal of the file."""
    if iso2709.RECORD_END in start:
        return "iso2709"
    if marcxml.is_in(start):
        return "marcxml"
    return "json" if marc_json.is_in(start) else None


def records(
    path: Path, frame: Frame, reading: Reading
) -> Iterator[tuple[Piece, MarcFormat | None]]:
    """The pieces of a file, each record with its format; a piece with a reason has none."""

    def bodies() -> Iterator[bytes]:
        """What a record cannot tell, the others may: those of the file that can be read."""
        return (piece.body for piece in files.Ended(_pieces(path, frame)) if not piece.reason)

    dialects = _Dialects(bodies, frame, reading)
    charsets = _Charsets(bodies, frame, reading)
    for piece in _pieces(path, frame):
        if piece.reason:
            yield piece, None
            continue
        dialect, doubts = dialects.of(piece.body)
        charset, repairs = charsets.of(piece.body, dialect)
        noted = piece.problems + repairs + doubts
        known = MarcFormat(dialect, charset)
        yield (replace(piece, problems=noted) if repairs or doubts else piece), known


def _pieces(path: Path, frame: Frame) -> Iterator[Piece]:
    if frame == "marcxml":
        yield from marcxml.pieces(lambda: files.opened(path))
    elif frame == "master":
        yield from irbis_master.pieces(path)
    else:
        read = {"iso2709": iso2709, "text": irbis_text, "json": marc_json}[frame].pieces
        with files.opened(path) as stream:
            chunks = files.Ended(files.chunks(stream))
            yield from read(chunks)
            chunks.check()


class _Dialects:
    """The dialect of each record of one file."""

    def __init__(
        self, bodies: Callable[[], Iterator[bytes]], frame: Frame, reading: Reading
    ) -> None:
        self._bodies = bodies
        self._told: Dialect | None = None if reading.dialect == "auto" else reading.dialect
        if self._told is None and frame in ("text", "master"):
            self._told = "irbis"
        self._voted: tuple[Dialect | None] | None = None

    def of(self, body: bytes) -> tuple[Dialect, tuple[str, ...]]:
        dialect = self._told or marc_dialect.dialect(body)
        if dialect is not None:
            return dialect, ()
        if self._voted is None:
            self._voted = (marc_dialect.vote(islice(self._bodies(), _VOTERS)),)
        (most,) = self._voted
        return (most, ()) if most is not None else ("marc21", (_UNSURE,))


class _Charsets:
    """The encoding of each record of one file, and what had to be repaired for it.

    What is UTF-8 is read as that. The other records of a file mostly share one encoding, which
    they vote for when the first of them comes; a record that is surely in another one is read as
    that. XML and JSON have told theirs already.
    """

    def __init__(
        self, bodies: Callable[[], Iterator[bytes]], frame: Frame, reading: Reading
    ) -> None:
        self._bodies = bodies
        self._known = frame in ("marcxml", "json")
        self._encoding = reading.encoding
        self._voted = ""

    def of(self, body: bytes, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
        if self._known:
            return UTF_8, ()
        if self._encoding not in ("auto", UTF_8):
            return self._encoding, ()
        if marc_charset.is_utf8(body):
            return UTF_8, ()
        charset = UTF_8
        if self._encoding == "auto" and not marc_charset.is_damaged_utf8(body):
            voters = islice(self._voters(), _VOTERS)
            self._voted = self._voted or marc_charset.vote(voters, _LATIN[dialect])
            charset = marc_charset.own(body, self._voted, _LATIN[dialect])
        if charset == UTF_8:
            return charset, ("bytes that are not UTF-8 were repaired",)
        if charset in marc_charset.LATIN:
            return charset, ()
        return charset, (f"it is not UTF-8 and was read as {charset}",)

    def _voters(self) -> Iterator[bytes]:
        for body in self._bodies():
            if not marc_charset.is_utf8(body) and not marc_charset.is_damaged_utf8(body):
                yield body
