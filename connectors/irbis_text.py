"""IRBIS records as text: lines ``#200: ^AКуда пойти учиться?``, records parted by ``*****``. Pure.

This is what IRBIS writes when asked for a text export, and the form in which a record of a
master file is kept: the same bytes, field by field.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from aggregator.wording import later, say
from connectors.iso2709 import LONGEST, Piece

MARK = b"^"
"""Stands before the code of a subfield, as 0x1F does in ISO 2709."""

_FIELD = re.compile(rb"#(\d{1,5})(?:/\d+)?:[ _]?")
_PARTING = re.compile(rb"^\*{5,}[ \t]*\r?\n", re.MULTILINE)
_LAST_PARTING = re.compile(rb"^\*{5,}\s*\Z", re.MULTILINE)
_PADDING = re.compile(rb"(?:[\r\n\x00\x1a\t ]|\xef\xbb\xbf)*")
_TAIL = b"\r\n\x00\x1a\t "
_BEGINS = re.compile(rb"(?:\*{5,}\s+)?#\d{1,5}(?:/\d+)?:")
_TWO_FIELDS = re.compile(rb"^#\d{1,5}(?:/\d+)?:[^\r\n]*\r?\n#\d{1,5}(?:/\d+)?:", re.MULTILINE)
_FIRST_FIELD = re.compile(rb"^#\d{1,5}(?:/\d+)?:", re.MULTILINE)
_ONCE = (b"200", b"903", b"920")
"""Fields that no record has twice: its title, its cipher, its worksheet."""
_STRAY = later("a line that is no field was put to the field before it")
_LINE_BREAKS = re.compile(rb"[\r\n]+")

Fields = list[tuple[bytes, bytes]]


def begins(start: bytes) -> bool:
    """Whether a file or a payload that starts so is IRBIS text."""
    return _BEGINS.match(_bare(start)) is not None or _TWO_FIELDS.search(start) is not None


def pieces(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The records of a stream, in order. The last one needs no ``*****`` if it is the only one."""
    rest, offset, count = b"", 0, 0
    for chunk in chunks:
        rest += chunk
        done = 0
        for parting in _PARTING.finditer(rest):
            for piece in _piece(rest[done : parting.start()], offset + done):
                count += 1
                yield piece
            done = parting.end()
        offset, rest = offset + done, rest[done:]
        if len(rest) > LONGEST:
            reason = say("no end of record (*****) within {limit} bytes", limit=LONGEST)
            yield Piece(_at(offset), rest, reason=reason)
            offset, rest = offset + len(rest), b""
    parting_at_end = _LAST_PARTING.search(rest)
    whole = rest if parting_at_end is None else rest[: parting_at_end.start()]
    for piece in _piece(whole, offset):
        if parting_at_end is None and count and not piece.reason:
            note = (later("no ***** stands behind the last record: its end may be missing"),)
            yield replace(piece, problems=piece.problems + note, cut=True)
        else:
            yield piece


def _piece(text: bytes, offset: int) -> Iterator[Piece]:
    """The record in a text, and what stands before it that is none."""
    body = _bare(text)
    offset += len(text) - len(body)
    body = body.rstrip(_TAIL)
    first = _FIRST_FIELD.search(body)
    at = first.start() if first is not None else len(body)
    if body[:at].strip(_TAIL):
        cause = say("there is no line such as '#200: ^A…' at its start")
        yield Piece(_at(offset), body[:at], reason=cause)
    if first is not None:
        yield _record(body[at:] + b"\n", offset + at)


def _record(body: bytes, offset: int) -> Piece:
    """One record; two that nothing parts cannot be told apart, for fields stand in any order."""
    tags = Counter(match[1].zfill(3) for match in map(_FIELD.match, body.splitlines()) if match)
    if any(tags[tag] > 1 for tag in _ONCE):
        twice = ", ".join(tag.decode() for tag in _ONCE if tags[tag] > 1)
        cause = say(
            "it has {fields} twice, as no record has: a line ***** is missing in it", fields=twice
        )
        return Piece(_at(offset), body, reason=cause)
    whole = all(_FIELD.match(line) or not line.strip() for line in body.splitlines())
    return Piece(_at(offset), body, () if whole else (_STRAY,))


def _bare(text: bytes) -> bytes:
    """Without a byte order mark and blank lines before it."""
    return text[_PADDING.match(text).end() :]  # type: ignore[union-attr]  # it fits anything


def _at(offset: int) -> str:
    return say("byte {number}", number=offset)


def fields(body: bytes) -> Fields:
    """The fields (tag, value) of one record; a line that is no field goes on the one before."""
    found: Fields = []
    for line in _bare(body).splitlines():
        match = _FIELD.match(line)
        if match is not None:
            found.append((match[1].zfill(3), line[match.end() :]))
        elif found and line.strip():
            tag, value = found[-1]
            found[-1] = (tag, value + b" " + line)
    return found


def written(found: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The text of a record: `fields` gives back what went in, line breaks as spaces."""
    return b"".join(
        b"#%d: %s\n" % (int(tag), _LINE_BREAKS.sub(b" ", value)) for tag, value in found
    )


def subfield(value: bytes, code: bytes, mark: bytes = MARK) -> bytes:
    """The first subfield ``code`` of a value, in either case; b"" if it has none."""
    for part in value.split(mark)[1:]:
        if part[:1].lower() == code:
            return part[1:].strip()
    return b""
