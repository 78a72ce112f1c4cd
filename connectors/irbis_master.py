"""Master files of IRBIS and CDS/ISIS: the records of a .MST that its .XRF calls live.

Two layouts. IRBIS32 (CDS/ISIS): little-endian, 18-byte leader, an index of blocks of 127
pointers (UNESCO, CDS/ISIS for Windows reference manual, appendix "Master file structure").
IRBIS64: big-endian, 32-byte leader, an index of 12 bytes a record (the layout as documented by
ManagedIrbis, and checked on its files). A record that is written again stays in the file as an
old version; only the index tells which one counts, so it is read in its order.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aggregator.wording import say
from connectors import irbis_text
from connectors.iso2709 import LONGEST, Piece

SUFFIX = ".mst"

_BLOCK = 512
_POINTERS = 127
_DELETED = 0b11
"""Status bits: logically and physically deleted."""
_ABSENT = 0b100


class _Layout(NamedTuple):
    """How leader and directory entries of one of the two layouts are packed."""

    leader: struct.Struct
    entry: struct.Struct
    order: str


_IRBIS32 = _Layout(struct.Struct("<ihiHHHH"), struct.Struct("<HHH"), "<")
_IRBIS64 = _Layout(struct.Struct(">iiiiiiii"), struct.Struct(">iii"), ">")


class _Place(NamedTuple):
    number: int
    position: int


class _DamagedError(ValueError):
    """No record can be read where the index says; the text says why."""


def is_master(path: Path) -> bool:
    """Whether a file is one by its name."""
    return path.suffix.lower() == SUFFIX


def index_of(path: Path) -> Path | None:
    """The .XRF beside a .MST, in any case of its letters; None if there is none."""
    wanted = f"{path.stem}.xrf".lower()
    found = (one for one in sorted(path.parent.iterdir()) if one.name.lower() == wanted)
    return next(found, None)


def pieces(path: Path) -> Iterator[Piece]:
    """The live records of a master file as IRBIS text in the file's own encoding.

    Each carries its number in the database (MFN). Whatever is missing is said: an index that is
    not there, is shorter than the file claims, or leads to something else.
    """
    index = index_of(path)
    if index is None:
        reason = say(
            "{file} is not beside it, and without it old versions look like records",
            file=f"{path.stem}.XRF",
        )
        yield Piece(say("its index"), b"", reason=reason, cut=True)
        return
    with path.open("rb") as master, index.open("rb") as xrf:
        start = xrf.read(4)
        layout = _IRBIS32 if start in (b"\x01\0\0\0", b"\xff\xff\xff\xff") else _IRBIS64
        xrf.seek(0)
        size = path.stat().st_size
        claimed = _claimed(master, layout)
        for place in _pointers(xrf, layout):
            if place.position > 0:
                yield from _record(master, place, layout, size)
            elif place.position == 0 and place.number <= claimed:
                reason = say("the index gives it no place, nor calls it deleted")
                where = say("record {number}", number=str(place.number))
                yield Piece(where, b"", reason=reason, cut=True)
        entries = _entries(index.stat().st_size, layout)
        if entries < claimed:
            reason = say(
                "the index lists {listed} records, the master file {count}",
                listed=entries,
                count=claimed,
            )
            yield Piece(say("its index"), b"", reason=reason, cut=True)


def _pointers(xrf: BinaryIO, layout: _Layout) -> Iterator[_Place]:
    """Number and position of each record; -1 where there is none or it is deleted, 0 where the
    index says nothing of it (of IRBIS32 that is what "none" looks like)."""
    number = 0
    if layout is _IRBIS64:
        while len(entry := xrf.read(12)) == 12:
            number += 1
            low, high, flags = struct.unpack(">IIi", entry)
            live = not flags & (_DELETED | _ABSENT)
            yield _Place(number, (high << 32 | low) if live else -1)
        return
    while block := xrf.read(_BLOCK):
        for at in range(4, len(block) - 3, 4):
            number += 1
            (pointer,) = struct.unpack_from("<i", block, at)
            # 21 bits block, 11 bits: two flags and the place in it. Negative is deleted.
            position = ((pointer >> 11) - 1) * _BLOCK + (pointer & (_BLOCK - 1))
            yield _Place(number, position if pointer > 0 else -1)


def _entries(size: int, layout: _Layout) -> int:
    return size // 12 if layout is _IRBIS64 else size // _BLOCK * _POINTERS


def _claimed(master: BinaryIO, layout: _Layout) -> int:
    """How many records the control record at the start says there ever were."""
    master.seek(4)
    said = master.read(4)
    return max(0, struct.unpack(f"{layout.order}i", said)[0] - 1) if len(said) == 4 else 0


def _record(master: BinaryIO, place: _Place, layout: _Layout, size: int) -> Iterator[Piece]:
    where = say("record {record} at byte {number}", record=str(place.number), number=place.position)
    try:
        found = _fields(master, place, layout, size)
    except _DamagedError as error:
        master.seek(min(place.position, size))
        body = master.read(1024)
        yield Piece(where, body, reason=str(error), cut=not body, number=str(place.number))
        return
    if found == []:
        reason = say("the record has no fields")
        yield Piece(where, b"(empty)", reason=reason, number=str(place.number))
    elif found is not None:
        yield Piece(where, irbis_text.written(found), number=str(place.number))


def _fields(
    master: BinaryIO, place: _Place, layout: _Layout, size: int
) -> irbis_text.Fields | None:
    """The fields of one record; None if its status says that it is deleted."""
    if place.position + layout.leader.size > size:
        raise _DamagedError(say("the index leads beyond the end of the master file"))
    master.seek(place.position)
    leader = master.read(layout.leader.size)
    number, length, _, _, base, count, *status = layout.leader.unpack(leader)
    if number != place.number:
        raise _DamagedError(say("the index leads to record {number}", number=str(number)))
    if status[-1] & _DELETED:
        return None
    length = abs(length)  # negative while somebody has the record open
    if length > LONGEST or base != len(leader) + count * layout.entry.size or base > length:
        raise _DamagedError(say("its leader does not fit its directory"))
    body = master.read(length - len(leader))
    if len(body) < length - len(leader):
        raise _DamagedError(
            say("the master file ends at byte {number}, in the middle of the record", number=size)
        )
    data = body[base - len(leader) :]
    found: irbis_text.Fields = []
    for at in range(0, count * layout.entry.size, layout.entry.size):
        tag, start, extent = layout.entry.unpack_from(body, at)
        if start < 0 or extent < 0 or start + extent > len(data) or not 0 < tag < 100_000:
            raise _DamagedError(say("its field {tag} lies outside of it", tag=str(tag)))
        found.append((b"%03d" % tag, data[start : start + extent]))
    return found
