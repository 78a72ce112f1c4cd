"""Master files made for tests, independently of the code under test."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Fields = Sequence[tuple[int, bytes]]


class Master:
    """A .MST and its .XRF that grow record by record, as IRBIS lets them grow."""

    def __init__(self, bits: int) -> None:
        self._wide = bits == 64
        self._data = bytearray(36 if self._wide else 64)
        self._places: dict[int, int] = {}
        self._gone: set[int] = set()

    def write(self, number: int, fields: Fields, status: int = 0) -> int:
        """Put a record at the end; an older version of it stays in the file. Its position."""
        if len(self._data) % 2:
            self._data.append(0)
        place = len(self._data)
        self._data += self._record(number, fields, status)
        self._places[number] = place
        self._gone.discard(number)
        return place

    def delete(self, number: int) -> None:
        """Mark a record as deleted in the index alone."""
        self._gone.add(number)

    def save(self, folder: Path, name: str = "books", *, count: int | None = None) -> Path:
        """Write both files; ``count`` is what the control record claims as the last number."""
        last = count if count is not None else max(self._places, default=0)
        struct.pack_into(">ii" if self._wide else "<ii", self._data, 0, 0, last + 1)
        path = folder / f"{name}.MST"
        path.write_bytes(self._data)
        (folder / f"{name}.XRF").write_bytes(self._index(self._places))
        return path

    def _record(self, number: int, fields: Fields, status: int) -> bytes:
        data = b"".join(value for _, value in fields)
        directory, at = b"", 0
        for tag, value in fields:
            directory += struct.pack(">iii" if self._wide else "<HHH", tag, at, len(value))
            at += len(value)
        base = (32 if self._wide else 18) + len(directory)
        length = base + len(data)
        if self._wide:
            leader = struct.pack(">8i", number, length, 0, 0, base, len(fields), 1, status | 32)
        else:
            leader = struct.pack("<ihiHHHH", number, length, 0, 0, base, len(fields), status)
        return leader + directory + data

    def _index(self, places: Mapping[int, int]) -> bytes:
        last = max(places, default=0)
        if self._wide:
            entries = [(0, places.get(n, 0), int(n in self._gone)) for n in range(1, last + 1)]
            return b"".join(struct.pack(">III", low, high, flag) for high, low, flag in entries)
        blocks = b""
        for first in range(1, last + 1, 127):
            number = first // 127 + 1
            blocks += struct.pack("<i", -number if first + 127 > last else number)
            for n in range(first, first + 127):
                place = places.get(n, 0)
                block, offset = place // 512 + 1, place % 512
                sign = -1 if n in self._gone else 1
                blocks += struct.pack("<i", sign * (block * 2048 + offset) if place else 0)
        return blocks
