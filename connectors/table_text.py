"""The lines of a text file that a spreadsheet or a script has written, whatever its encoding."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from aggregator.wording import say
from connectors import cyrillic, marc_charset
from connectors.files import Ended, chunks, opened, start

Encoding = Literal["auto", "utf-8", "windows-1251", "cp866", "koi8-r", "utf-16"]

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes. No table has such a row: the file is of another kind, or one to fill our memory."""

_KEPT = 64 * 1024
"""Bytes of a longer line that are kept to show it."""

_UTF_8 = "utf-8"
_UTF_16 = "utf-16"
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZEROS = 0.2
_VOTERS = 1000
_LONGEST_VOTE = 1000


class NoTableError(Exception):
    """A file that cannot be read as a table; its text says why."""


class Line(NamedTuple):
    """A line with its end; ``repaired`` if bytes of it were, ``long`` if only its beginning is
    here."""

    text: str
    repaired: bool = False
    long: bool = False


def too_long() -> str:
    """What to say of a line that is too long."""
    return say("it has a line of more than {size} MB, as no table has", size=LONGEST_LINE >> 20)


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file is written: its encoding, whether lines end in CR alone (old Macintosh), and
    whether the encoding was guessed by its letters."""

    encoding: str
    lone_cr: bool = False
    guessed: bool = False

    @property
    def problems(self) -> tuple[str, ...]:
        """What to note beside each record: nothing in the file says how it is to be read."""
        return (f"read as {self.encoding}, found out by its letters",) if self.guessed else ()


def writing(path: Path, encoding: Encoding) -> Writing:
    """Read the file once and find out: UTF-8 is what decodes as that, UTF-16 has a mark; for the
    rest the lines that are not UTF-8 vote (HARVESTING 81)."""
    name = encoding if encoding != "auto" else _marked(start(path))
    line_feeds = returns = 0
    with opened(path) as stream:
        for chunk in Ended(chunks(stream)):  # what it ends with is said when its rows are read
            line_feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
    lone_cr = returns > 0 and line_feeds == 0
    if encoding == "auto" and name == _UTF_8:
        pieces = Ended(_bytes(path, Writing(name, lone_cr)))
        name = _vote(line for line, _ in pieces)
    return Writing(name, lone_cr, guessed=encoding == "auto" and name in cyrillic.ENCODINGS)


def _marked(beginning: bytes) -> str:
    """UTF-16 if there is its mark, or as many zeros as letters of any alphabet have in it."""
    if beginning[:2] in _UTF_16_MARKS:
        return _UTF_16
    pairs = len(beginning) // 2
    for name, at in ((f"{_UTF_16}-le", 1), (f"{_UTF_16}-be", 0)):
        if pairs and beginning[at::2].count(0) > _ZEROS * pairs > 2 * beginning[1 - at :: 2].count(
            0
        ):
            return name
    return _UTF_8


def _vote(lines: Iterable[bytes]) -> str:
    """UTF-8 if most of the lines beyond ASCII are, or most letters of those that are not; else
    what the others look like."""
    good = 0
    bad: list[bytes] = []
    for line in islice((line for line in lines if not line.isascii()), _VOTERS):
        if marc_charset.is_utf8(line):
            good += 1
        else:
            bad.append(line[:_LONGEST_VOTE])
    sample = b"".join(bad)
    if good >= len(bad) or marc_charset.is_damaged_utf8(sample):
        return _UTF_8
    return cyrillic.vote(sample)


def lines(path: Path, how: Writing) -> Iterator[Line]:
    """The lines of a file. Raises NoTableError if the first one is too long, an error of
    `connectors.files.UNREADABLE` where the file cannot be read any further."""
    first = True
    for line, long in _bytes(path, how):
        if first and long:
            raise NoTableError(too_long())
        if how.encoding == _UTF_8 or how.encoding.startswith(_UTF_16):
            good = line.isascii() or marc_charset.is_utf8(line)
            text = line.decode() if good else marc_charset.decode(line, _UTF_8)
        else:
            text = line.decode(how.encoding, "replace")
            good = "\ufffd" not in text
        if first:
            text = text.removeprefix("\ufeff")
            first = False
        yield Line(text, not good, long)


def _bytes(path: Path, how: Writing) -> Iterator[tuple[bytes, bool]]:
    """Lines as bytes, and whether one is longer than this; UTF-16 becomes UTF-8 on the way."""
    with opened(path) as stream:
        pieces = chunks(stream)
        if how.encoding.startswith(_UTF_16):
            pieces = _from_utf_16(pieces, how.encoding)
        if how.lone_cr:
            pieces = (piece.replace(b"\r", b"\n") for piece in pieces)
        rest, long = b"", False
        for piece in pieces:
            parts = (rest + piece).split(b"\n")
            rest = parts.pop()
            for part in parts:
                yield part + b"\n", long
                long = False
            if long or len(rest) > LONGEST_LINE:
                rest, long = rest[:_KEPT], True
        rest = rest.removesuffix(b"\x1a")  # the end of a file under DOS
        if rest:
            yield rest, long


def _from_utf_16(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
