"""ISO 2709, the frame of MARC files: finding records in a stream, and fields in a record. Pure.

Real files lie about lengths: lines are broken every 80 bytes, systems count characters for
bytes, records outgrow the five digits (HARVESTING 65, 66, 70, 71). So records are told by
their terminator, never by their length, and fields by the directory only while it is true.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.wording import later, say

RECORD_END = b"\x1d"
FIELD_END = b"\x1e"
SUBFIELD = b"\x1f"

LONGEST = 16 * 1024 * 1024
"""Bytes without a record terminator after which a file is not taken for ISO 2709 any more."""

_LEADER = 24
_ENTRY = 12
_PAD = b"\r\n\x00\x1a\t "
# What stands between records: line ends, padding, the end-of-file mark of old systems, a BOM.
_PADDING = re.compile(rb"(?:[\r\n\x00\x1a\t ]|\xef\xbb\xbf)+")
_NO_LENGTH = b"     "
"""A record length that a system left blank: part of the leader, not padding."""
_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
_WIDTHS = range(40, 133)
"""Bytes to a line of what breaks files into even lines: cards, screens, line printers."""
_BEGINNING = re.compile(rb"[^\x1d-\x1f]{24}(?:[0-9A-Za-z]{3}[0-9]{9})+\x1e")
"""Leader and directory, whatever the leader says: nothing else looks so."""
_LIKELY = re.compile(rb"(?:[0-9]{5}|     )[^0-9]")
"""Length and status: what tells a leader from a piece of a directory."""
_NO_RECORD = later("it is no record")
_CUT = later("the file ends in the middle of a record")
_LOST_END = later("the record terminator was missing")


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
            last = max(_beginnings(rest), default=0)
            if last:
                yield from _apart(rest[:last], offset, [*_beginnings(rest[:last])])
            else:
                last = len(rest)
                yield Piece(
                    _at(offset),
                    rest,
                    reason=say("no end of record within {limit} bytes", limit=LONGEST),
                )
            offset, rest = offset + last, rest[last:]
    yield from _last(rest, offset)


def _piece(body: bytes, offset: int) -> Iterator[Piece]:
    """The record that ends here, and what stands before it since the last terminator."""
    body, offset = _bare(body, offset)
    if body.strip(b" ") == RECORD_END:
        return
    whole = _framed(body, offset)
    if _declared(whole.body) == len(whole.body) and not whole.reason:
        yield whole
        return
    for text in dict.fromkeys((body, _LINE_BREAK.sub(b"", body))):
        starts = [*_beginnings(text)]
        if starts and starts != [0]:
            yield from _apart(text, offset, starts)
            return
    yield whole


def _last(rest: bytes, offset: int) -> Iterator[Piece]:
    """What stands after the last terminator: padding, or records whose end is lost."""
    rest, offset = _bare(rest, offset)
    if rest.rstrip(_PAD):
        yield from _apart(rest, offset, [*_beginnings(rest)], at_end=True)


def _bare(body: bytes, offset: int) -> tuple[bytes, int]:
    """Without the padding before it."""
    padding = _PADDING.match(body)
    if padding is None:
        return body, offset
    start = padding.end()
    if padding[0].endswith(_NO_LENGTH) and not body[start : start + 5].isdigit():
        start -= len(_NO_LENGTH)
    return body[start:], offset + start


def _beginnings(text: bytes) -> Iterator[int]:
    """Where records begin, by what leaders and directories look like.

    Digits before a leader fit its pattern too: the true one gives the length of its directory.
    """
    for match in _BEGINNING.finditer(text):
        ways = range(match.start(), match.end() - _LEADER - _ENTRY, _ENTRY)
        fitting = (at for at in ways if text[at + 12 : at + 17] == b"%05d" % (match.end() - at))
        likely = (at for at in ways if _LIKELY.match(text, at))
        found = next(fitting, next(likely, None))
        if found is not None:
            yield found


def _apart(text: bytes, offset: int, starts: list[int], at_end: bool = False) -> Iterator[Piece]:
    """Pieces of what stands between two terminators, cut where records begin.

    Only the last one may have its own terminator; ``at_end``: the file ends instead.
    """
    if not starts or starts[0] > 0:
        starts = [0, *starts]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part, last = text[start:end], end == len(text)
        if last and not at_end and part.endswith(RECORD_END):
            yield _framed(part, offset + start)
        else:
            yield from _unended(part, offset + start, cut=last and at_end)


def _unended(part: bytes, offset: int, cut: bool) -> Iterator[Piece]:
    """A record without its terminator, whole or not, and what stands behind its fields."""
    end = part.rfind(FIELD_END) + 1
    behind = part[end:].strip(_PAD)
    record = _framed(part[:end] + RECORD_END, offset)
    if end and not record.reason:
        yield Piece(record.place, record.body, (_LOST_END, *record.problems))
        if len(behind) > 1:  # a single byte is what has become of the terminator
            at = offset + part.index(behind, end)
            yield Piece(_at(at), behind, reason=say(_CUT if cut else _NO_RECORD), cut=cut)
    elif cut:
        yield Piece(_at(offset), part, reason=say(_CUT), cut=True)
    elif _BEGINNING.match(part):
        yield Piece(_at(offset), part, reason=say("the next record begins in the middle of it"))
    else:
        yield Piece(_at(offset), part, reason=say(_NO_RECORD))


def _framed(body: bytes, offset: int) -> Piece:
    """The record in ``body``, with line breaks taken out where they are not its own."""
    problems: list[str] = []
    if _declared(body) != len(body) and _LINE_BREAK.search(body):
        joined = _unbroken(body)
        if joined is not None:
            body = joined
            problems.append("line breaks inside the record were taken out")
    declared = _declared(body)
    if declared != len(body):
        said = f"{declared:,} bytes" if declared else "no length"
        problems.append(f"the leader gives {said}, the record has {len(body):,}")
    try:
        fields(body)
    except NotARecordError as error:
        return Piece(_at(offset), body, tuple(problems), str(error))
    return Piece(_at(offset), body, tuple(problems))


def _unbroken(body: bytes) -> bytes | None:
    """Without the line breaks that were put into it; None if there are none such.

    They are all that there are if the length is right then; else those that stand so evenly that
    no text would have them so.
    """
    joined = _LINE_BREAK.sub(b"", body)
    if _declared(joined) == len(joined):
        return joined
    breaks = [match.span() for match in _LINE_BREAK.finditer(body)]
    for number, first in enumerate(breaks[:4]):
        for second in breaks[number + 1 : number + 5]:
            width = second[0] - first[1]
            if width in _WIDTHS and first[0] <= width:
                found = _even(body, first, width)
                joined = b"".join(found)
                if found and (len(found) > 3 or _declared(joined) == len(joined)):
                    return joined
    return None


def _even(body: bytes, first: tuple[int, int], width: int) -> list[bytes]:
    """The lines of ``body`` if a break stands every ``width`` bytes from ``first`` on, else []."""
    sign = body[slice(*first)]
    lines, start, at = [], 0, first[0]
    while at < len(body):
        if not body.startswith(sign, at):
            return []
        lines.append(body[start:at])
        start = at + len(sign)
        at = start + width
    return [*lines, body[start:]]


def _at(offset: int) -> str:
    return say("byte {number}", number=offset)


def _declared(body: bytes) -> int:
    return int(body[:5]) if body[:5].isdigit() else 0


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
