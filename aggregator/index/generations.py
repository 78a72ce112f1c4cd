"""The folders of an embedded index, and whether what is in them can be trusted.

    current                     name of the serving generation; replaced in one step
    g000001/position.json       how far it has come, of which store and schema
    g000001/engine/             the engine's own files
    g000001/damaged             a note, left by whoever found broken files in it

Files are checked without the engine: it would end the whole process on some broken ones.
"""

import json
import os
import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from aggregator.index.port import Position
from aggregator.wording import reason, say

_NAME = re.compile(r"g[0-9]{6,}")
_LOOKS = 5
"""A commit may replace files while they are looked at: then they are looked at again."""

_MAGIC = 1337
_LARGEST_FOOTER = 4096
_PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")


@dataclass(frozen=True, slots=True)
class Cursor:
    """``position.json``: the position, and the stamp of the commit it belongs to."""

    store: str
    schema: str
    number: int
    commit: int
    mark: str = ""

    @property
    def position(self) -> Position:
        return Position(self.store, self.schema, self.number, self.mark)


class Generation:
    """One generation's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.engine = folder / "engine"
        self._cursor = folder / "position.json"
        self._note = folder / "damaged"
        self._meta = self.engine / "meta.json"

    def cursor(self) -> Cursor | None:
        """The cursor, or None when there is none that can be read."""
        try:
            return Cursor(**json.loads(self._cursor.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, cursor: Cursor) -> None:
        """Replace the cursor durably."""
        _replace(self._cursor, json.dumps(asdict(cursor)))

    def create(self, cursor: Cursor) -> None:
        """Make its folders, with ``cursor`` as where it stands."""
        self.engine.mkdir(parents=True)
        self.save(cursor)

    def stamp(self) -> tuple[int, int]:
        """Changes with every commit. Raises OSError when the folder has gone."""
        status = self._meta.stat()
        return status.st_ino, status.st_mtime_ns

    def commit(self) -> int:
        """The engine's number of the last commit."""
        return int(json.loads(self._meta.read_bytes())["opstamp"])

    def note_damage(self, reason: str) -> None:
        """Tell other processes; a reader without the right to write here tells nobody."""
        try:
            self._note.write_text(reason, encoding="utf-8")
        except OSError:
            return

    def damage(self, *, thoroughly: bool) -> str:
        """Why its files cannot be used, or "".

        ``thoroughly`` reads every file against its checksum (about a second for a million works);
        else only that all files are there and whole.
        """
        if self._note.exists():
            return self._note.read_text(encoding="utf-8", errors="replace") or say(
                "marked as damaged"
            )
        for _ in range(_LOOKS):
            try:
                before = self.stamp()
                found = self._files_damage(thoroughly)
                if not found or before == self.stamp():
                    return found
            except OSError as error:
                return _unreadable(self._meta, error)
        return ""  # it is being written to all the time: alive

    def _files_damage(self, thoroughly: bool) -> str:
        try:
            meta = json.loads(self._meta.read_bytes())
            files = [name for segment in meta["segments"] for name in _segment_files(segment)]
            commit = int(meta["opstamp"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return say("{file} is not what the engine writes", file=self._meta.name)
        cursor = self.cursor()
        if cursor is None:
            return say("{file} is missing or cannot be read", file="position.json")
        if cursor.commit > commit:
            return say("its files are older than its position: a part of it was restored or lost")
        reasons = (_file_damage(self.engine / name, thoroughly) for name in files)
        return next(filter(None, reasons), "")

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class Generations:
    """All generations under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / "current"

    def current(self) -> Generation | None:
        """The serving generation, or None when there is none.

        Raises ValueError when the pointer names nothing that could be one.
        """
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        if not _NAME.fullmatch(name):
            raise ValueError(say("the file 'current' does not name a generation"))
        return Generation(self.folder / name)

    def all(self) -> list[Generation]:
        """In the order they were made."""
        if not self.folder.is_dir():
            return []
        names = (path.name for path in self.folder.iterdir() if path.is_dir())
        return [Generation(self.folder / name) for name in sorted(filter(_NAME.fullmatch, names))]

    def begin(self, cursor: Cursor) -> Generation:
        """A new, empty generation."""
        last = max((int(generation.name[1:]) for generation in self.all()), default=0)
        generation = Generation(self.folder / f"g{last + 1:06}")
        generation.create(cursor)
        return generation

    def point_to(self, generation: Generation) -> None:
        """Make ``generation`` the serving one, in one step."""
        _replace(self._pointer, generation.name)


def _segment_files(segment: dict[str, object]) -> Iterator[str]:
    name = str(segment["segment_id"]).replace("-", "")
    yield from (f"{name}.{part}" for part in _PARTS)
    deletes = segment.get("deletes")
    if isinstance(deletes, dict):
        yield f"{name}.{deletes['opstamp']}.del"


def _unreadable(path: Path, error: OSError) -> str:
    return say("{file} cannot be read ({reason})", file=path.name, reason=reason(error))


def _file_damage(path: Path, thoroughly: bool) -> str:
    """A file ends in a footer (JSON with a checksum of all before it), its length and a sign."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 8, 0))
            length, magic = struct.unpack("<II", file.read(8))
            if magic != _MAGIC or length > min(_LARGEST_FOOTER, size - 8):
                return say("{file} is cut off", file=path.name)
            file.seek(size - 8 - length)
            checksum = int(json.loads(file.read(length))["crc"])
            if not thoroughly:
                return ""
            file.seek(0)
            left = size - 8 - length
            actual = 0
            while left:
                block = file.read(min(left, 1 << 20))
                actual = zlib.crc32(block, actual)
                left -= len(block)
    except OSError as error:
        return _unreadable(path, error)
    except (ValueError, KeyError, TypeError, struct.error):
        return say("{file} is cut off", file=path.name)
    if actual == checksum:
        return ""
    return say("{file} does not match its checksum", file=path.name)


def _replace(path: Path, text: str) -> None:
    """Write so that after a power cut either the old or the new text is there."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
