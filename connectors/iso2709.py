"""ISO 2709, the frame of MARC files: finding records in a stream, and fields in a record. Pure.

Real files lie about lengths: lines are broken every 80 bytes, systems count characters for
bytes, records outgrow the five digits (HARVESTING 65, 66, 70, 71). So records are told by
their terminator, never by their length, and fields by the directory only while it is true.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.wording import say

RECORD_END = b"\x1d"
FIELD_END = b"\x1e"
SUBFIELD = b"\x1f"

LONGEST = 16 * 1024 * 1024
"""Bytes without a record terminator after which a file is not taken for ISO 2709 any more."""

_LEADER = 24
_ENTRY = 12
# What stands between records: line ends, padding, the end-of-file mark of old systems, a BOM.
_PADDING = re.compile(rb"(?:[\r\n\x00\x1a\t ]|\xef\xbb\xbf)+")
_NO_LENGTH = b"     "
"""A record length that a system left blank: part of the leader, not padding."""
_LINE_BREAKS = re.compile(rb"[\r\n]+")


class NotARecordError(ValueError):
    """These bytes cannot be read as one ISO 2709 record; the text says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One record's bytes, with its terminator, and where it was found ("byte 1,234").

    ``problems`` names what was repaired. ``reason`` is set where no record could be made of
    the bytes, which are then as they were found; ``cut`` where the file ended in their middle.
    ``number`` is what the file itself calls the record where its fields need not.
    """

    place: str
    body: bytes
    problems: tuple[str, ...] = ()
    reason: str = ""
    cut: bool = False
    number: str = ""


def pieces(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The records of a stream, in order; every byte is in a piece or is padding between two."""
    rest, offset = b"", 0
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(RECORD_END)
        for body in whole:
            yield from _piece(body + RECORD_END, offset)
            offset += len(body) + 1
        if len(rest) > LONGEST:
            reason = say("no end of record within {limit} bytes", limit=LONGEST)
            yield Piece(_at(offset), rest, reason=reason)
            offset, rest = offset + len(rest), b""
    yield from _last(rest, offset)


def _piece(body: bytes, offset: int) -> Iterator[Piece]:
    padding = _PADDING.match(body)
    if padding is not None:
        start = padding.end()
        if padding[0].endswith(_NO_LENGTH) and not body[start : start + 5].isdigit():
            start -= len(_NO_LENGTH)
        body, offset = body[start:], offset + start
    if body.strip(b" ") != RECORD_END:
        yield _framed(body, offset)


def _last(rest: bytes, offset: int) -> Iterator[Piece]:
    """What stands after the last terminator: padding, or a record that was cut off."""
    padding = _PADDING.match(rest)
    if padding is not None:
        rest, offset = rest[padding.end() :], offset + padding.end()
    tail = rest.rstrip(b"\r\n\x00\x1a\t ")
    if not tail:
        return
    if tail.endswith(FIELD_END) and _declared(tail) in (len(tail), len(tail) + 1):
        piece = _framed(tail + RECORD_END, offset)
        note = ("the record terminator was missing at the end of the file",)
        yield Piece(piece.place, piece.body, note + piece.problems, piece.reason)
    else:
        reason = say("the file ends in the middle of a record")
        yield Piece(_at(offset), rest, reason=reason, cut=True)


def _framed(body: bytes, offset: int) -> Piece:
    """The record in ``body``, with line breaks taken out where they are not its own."""
    problems: list[str] = []
    declared = _declared(body)
    if declared != len(body) and _LINE_BREAKS.search(body):
        joined = _LINE_BREAKS.sub(b"", body)
        if declared == len(joined) or _even_lines(body):
            body = joined
            problems.append("line breaks inside the record were taken out")
    if declared != len(body):
        said = f"{declared:,} bytes" if declared else "no length"
        problems.append(f"the leader gives {said}, the record has {len(body):,}")
    try:
        fields(body)
    except NotARecordError as error:
        return Piece(_at(offset), body, tuple(problems), str(error))
    return Piece(_at(offset), body, tuple(problems))


def _at(offset: int) -> str:
    return say("byte {number}", number=offset)


def _declared(body: bytes) -> int:
    return int(body[:5]) if body[:5].isdigit() else 0


def _even_lines(body: bytes) -> bool:
    """Whether all lines but the first and the last are equally long, as a line printer's are."""
    lines = {len(line) for line in _LINE_BREAKS.split(body)[1:-1]}
    return len(lines) == 1 and 40 <= lines.pop() <= 132


def fields(body: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The leader and the fields (tag, bytes without terminator) of one record.

    The directory's positions are followed while each ends at a field terminator; where one
    does not, fields are taken in order (HARVESTING 70). Raises NotARecordError.
    """
    leader = body[:_LEADER]
    end = body.find(FIELD_END, _LEADER - 1)
    if len(leader) < _LEADER or end < _LEADER:
        raise NotARecordError(say("there is no leader and directory"))
    directory, data = body[_LEADER:end], body[end + 1 :]
    if len(directory) % _ENTRY:
        raise NotARecordError(
            say(
                "the directory has {count} bytes, which is not a multiple of {entry}",
                count=len(directory),
                entry=_ENTRY,
            )
        )
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    found = _by_directory(entries, data)
    return leader, found if found is not None else _in_order(entries, data)


def _by_directory(entries: list[bytes], data: bytes) -> list[tuple[bytes, bytes]] | None:
    """The fields where the directory says; None if it is wrong about any or misses one."""
    found, covered = [], 0
    for entry in entries:
        if not entry[3:].isdigit():
            return None
        start, length = int(entry[7:]), int(entry[3:7])
        field = data[start : start + length]
        if (
            len(field) != length
            or field.find(FIELD_END) != length - 1
            or (start and data[start - 1 : start] != FIELD_END)
        ):
            return None
        covered += length
        found.append((entry[:3], field[:-1]))
    return found if covered == len(data.rstrip(RECORD_END)) else None


def _in_order(entries: list[bytes], data: bytes) -> list[tuple[bytes, bytes]]:
    """The n-th tag of the directory for the n-th field.

    The directory's own order or that of its positions, whichever fits the lengths better:
    positions begin again after 99,999 bytes, and some systems list tags in order of number.
    """
    parts = data.rstrip(RECORD_END).split(FIELD_END)
    if parts and not parts[-1].strip():
        parts.pop()
    if len(parts) != len(entries):
        raise NotARecordError(
            say(
                "the directory lists {listed} fields, the record has {count}",
                listed=len(entries),
                count=len(parts),
            )
        )
    if all(entry[3:].isdigit() for entry in entries):
        lengths = [(len(part) + 1) % 10_000 for part in parts]
        by_position = sorted(entries, key=lambda entry: int(entry[7:]))
        entries = max(entries, by_position, key=lambda order: _fitting(order, lengths))
    return [(entry[:3], part) for entry, part in zip(entries, parts, strict=True)]


def _fitting(entries: list[bytes], lengths: list[int]) -> int:
    """How many entries give their field's length."""
    return sum(int(entry[3:7]) == length for entry, length in zip(entries, lengths, strict=True))
