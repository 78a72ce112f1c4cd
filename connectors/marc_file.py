"""MARC files: ISO 2709 and MARCXML, plain or gzip, one file, a folder or a pattern.

A run reads everything, so the runner's sweep finds what is gone. Files are streamed: memory
does not grow with their size. See docs/connectors/marc_file.md for what is done with broken
files.
"""

import glob
import gzip
import hashlib
import re
import zlib
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, cast

from pydantic import Field

from aggregator.errors import SourceBroken
from aggregator.normalize import clean
from aggregator.one_thread import OneThread
from aggregator.source import Batch, Checkpoint, Raw, Reject, SourceConfig
from connectors import iso2709, marc_charset, marcxml
from connectors.iso2709 import Piece
from connectors.seen import Seen

SUFFIXES = (".mrc", ".marc", ".marc21", ".iso", ".dat", ".xml", ".marcxml", ".mrx")
"""Names of files that are read in a folder, in any case and with ``.gz`` after them too."""

BATCH_RECORDS = 500
BATCH_BYTES = 8 * 1024 * 1024
"""A batch ends at whichever comes first."""

_CHUNK = 1 << 18
_QUARANTINED = 64 * 1024
_VOTERS = 200
_GZIP = b"\x1f\x8b"
_PATTERN = re.compile(r"[*?\[]")
_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d)?")

Encoding = Literal["auto", "utf-8", "windows-1251", "cp866", "koi8-r", "marc-8"]
Format = Literal["auto", "iso2709", "marcxml"]


class MarcFileConfig(SourceConfig):
    """``config/sources/<id>.yaml`` of a source that is MARC files."""

    path: Path = Field(description="a file, a folder of MARC files, or a pattern with * in it")
    encoding: Encoding = Field(
        "auto", description="of ISO 2709 records; auto finds it out file by file"
    )
    format: Format = Field("auto", description="auto tells it by the first bytes of each file")


@dataclass(frozen=True, slots=True)
class _Found:
    """A record or a reject, or only the news that a file is not whole."""

    item: Raw | Reject | None
    problem: str = ""

    @property
    def size(self) -> int:
        return len(self.item.body or b"") if self.item is not None else 0


class MarcFile:
    """The connector; ``config.path`` is absolute by the time it is made."""

    def __init__(self, config: MarcFileConfig) -> None:
        self._config = config

    def is_full(self, checkpoint: Checkpoint) -> bool:
        """Always: a file has no "changed since"."""
        return True

    def fingerprint(self) -> str:
        """Changes with path, encoding and format."""
        parts = (str(self._config.path), self._config.encoding, self._config.format)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch, None]:
        """All records of all files, in the order of their names.

        The checkpoint counts what has been given: a run that goes on reads over that much
        again, which keeps repeated control numbers right. When a file has changed meanwhile it
        begins anew. Raises SourceBroken where there is nothing to read.
        """
        # lxml's ``iterparse`` keeps the names of a document in memory of the thread that reads:
        # continued in another one it was seen to end the process ("free(): invalid pointer").
        async with OneThread("marc-file") as thread:
            files = await thread.run(self._files)
            batches = self._batches(files, checkpoint)
            try:
                while (batch := await thread.run(next, batches, None)) is not None:
                    yield batch
            finally:
                await thread.run(batches.close)

    def _files(self) -> list[Path]:
        path = self._config.path
        try:
            if path.is_file():
                return [path]
            if path.is_dir():
                found = [one for one in path.iterdir() if one.is_file() and _is_marc(one.name)]
                missing = f"The folder {path} holds no MARC file ({', '.join(SUFFIXES)})"
            elif _PATTERN.search(str(path)):
                found = [Path(one) for one in glob.glob(str(path), recursive=True)]  # noqa: PTH207 the pattern may be absolute
                found = [one for one in found if one.is_file()]
                missing = f"No file fits the pattern {path}"
            else:
                found, missing = [], f"There is no file or folder {path}"
        except OSError as error:
            raise self._broken(f"{path} cannot be opened: {error.strerror}") from error
        if not found:
            raise self._broken(missing)
        return sorted(found)

    def _broken(self, what: str) -> SourceBroken:
        return SourceBroken(
            f"{what}. Check 'path' in the file of the source '{self._config.id}', or put the "
            "export there; nothing was deleted.",
            "address",
        )

    def _batches(
        self, files: Sequence[Path], checkpoint: Checkpoint
    ) -> Generator[Batch, None, None]:
        """Cut the stream of all files into batches; the last one's checkpoint is empty."""
        state = _state(files)
        done = int(checkpoint.get("done", 0)) if checkpoint.get("files") == state else 0
        found = islice(self._all(files), done, None)
        held: list[_Found] = []
        size = 0
        for one in found:
            if len(held) >= BATCH_RECORDS or size > BATCH_BYTES:
                done += len(held)
                yield _batch(held, {"files": state, "done": done})
                held, size = [], 0
            held.append(one)
            size += one.size
        yield _batch(held, {})

    def _all(self, files: Sequence[Path]) -> Iterator[_Found]:
        seen = Seen()
        for path in files:
            try:
                yield from self._file(path, seen)
            except (OSError, EOFError, zlib.error) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else error
                if len(files) == 1:
                    raise self._broken(f"{path} cannot be read: {reason}") from error
                yield _Found(None, f"{path.name} cannot be read to its end: {reason}")

    def _file(self, path: Path, seen: Seen) -> Iterator[_Found]:
        with _open(path) as stream:
            start = stream.read(4096)
        kind = self._config.format if self._config.format != "auto" else _format(start)
        if not start:
            yield _Found(None, f"{path.name} is empty")
        elif kind == "":
            begins = start[:40].decode("latin-1")
            what = f"{path.name} is neither ISO 2709 nor MARCXML: it begins with {begins!r}"
            yield _Found(None, what)
        elif kind == "marcxml":
            for piece in marcxml.pieces(lambda: _open(path)):
                yield from _found(piece, path, "marcxml", seen)
        else:
            charset = _Charset(path, self._config.encoding)
            with _open(path) as stream:
                for piece in iso2709.pieces(_chunks(stream)):
                    name, problems = charset.of(piece.body)
                    known = (
                        replace(piece, problems=piece.problems + problems) if problems else piece
                    )
                    yield from _found(known, path, marc_charset.format_name(name), seen)


class _Charset:
    """The encoding of each record of one ISO 2709 file, and what had to be repaired for it.

    What is UTF-8 is read as that; the other records of a file share one encoding, which they
    vote for when the first of them comes.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self._path = path
        self._encoding = encoding
        self._voted = ""

    def of(self, body: bytes) -> tuple[str, tuple[str, ...]]:
        if self._encoding not in ("auto", marc_charset.UTF_8):
            return self._encoding, ()
        if marc_charset.is_utf8(body):
            return marc_charset.UTF_8, ()
        charset = marc_charset.UTF_8
        if self._encoding == "auto" and not marc_charset.is_damaged_utf8(body):
            self._voted = self._voted or marc_charset.vote(islice(self._voters(), _VOTERS))
            charset = self._voted
        if charset == marc_charset.UTF_8:
            return charset, ("bytes that are not UTF-8 were repaired",)
        if charset == marc_charset.MARC_8:
            return charset, ()
        return charset, (f"it is not UTF-8 and was read as {charset}",)

    def _voters(self) -> Iterator[bytes]:
        with _open(self._path) as stream:
            for piece in iso2709.pieces(_chunks(stream)):
                body = piece.body
                if not marc_charset.is_utf8(body) and not marc_charset.is_damaged_utf8(body):
                    yield body


@dataclass(frozen=True, slots=True)
class _Label:
    """What a connector must know of a record: its number, whether it is deleted, its time."""

    number: str
    deleted: bool
    stamp: str


def _found(piece: Piece, path: Path, format_name: str, seen: Seen) -> Iterator[_Found]:
    """The record of a piece under its identifier, or why there is none."""
    where = f"{path.name}, {piece.place}"
    problem = f"{where}: {piece.reason}, so records may be missing" if piece.cut else ""
    if piece.reason:
        reject = Reject(
            f"{where}: {piece.reason}.",
            piece.body[:_QUARANTINED],
            marcxml.control_number(piece.body) if format_name == "marcxml" else "",
        )
        yield _Found(reject if piece.body else None, problem)
        return
    label = _xml_label(piece.body) if format_name == "marcxml" else _label(piece.body, format_name)
    digest = hashlib.blake2b(piece.body, digest_size=8).hexdigest()
    problems = piece.problems
    if label.deleted:
        if label.number:
            note = "the record says that it is deleted (leader/05)"
            yield _Found(Raw(label.number, None, format_name, label.stamp, problems=(note,)))
        else:
            reason = f"{where}: a deleted record without a control number (001) deletes nothing."
            yield _Found(Reject(reason, piece.body[:_QUARANTINED]))
        return
    if not label.number:
        identifier = f"~{digest}"
        problems += ("no control number (001): the identifier is made from the content",)
    elif seen.first(label.number.encode(), piece.body):
        identifier = label.number
    else:
        identifier = f"{label.number}~{digest}"
        problems += (
            f"the control number (001) {label.number} came before with other content: "
            "the identifier has a piece made from the content",
        )
    yield _Found(Raw(identifier, piece.body, format_name, label.stamp, problems=problems))


def _label(body: bytes, format_name: str) -> _Label:
    leader, fields = iso2709.fields(body)
    charset = format_name.partition("+")[2] or marc_charset.UTF_8
    number = stamp = ""
    for tag, data in fields:
        if tag == b"001" and not number:
            number = clean(marc_charset.decode(data, charset))
        elif tag == b"005" and not stamp:
            stamp = data.decode("latin-1")
    return _Label(number, leader[5:6] == b"d", _stamp(stamp))


_XML_LEADER = re.compile(rb"<(?:[\w.-]+:)?leader[^<>]*>.{5}(.)", re.DOTALL)
_XML_STAMP = re.compile(rb"<(?:[\w.-]+:)?controlfield[^<>]*tag=\"005\"[^<>]*>([^<]*)<")


def _xml_label(body: bytes) -> _Label:
    leader, stamp = _XML_LEADER.search(body), _XML_STAMP.search(body)
    return _Label(
        clean(marcxml.control_number(body)),
        leader is not None and leader[1] == b"d",
        _stamp(stamp[1].decode() if stamp is not None else ""),
    )


def _stamp(text: str) -> str:
    """MARC 005 as ISO 8601, "" if it is no time."""
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second = match.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}"


def _batch(found: Sequence[_Found], checkpoint: Checkpoint) -> Batch:
    items = [one.item for one in found]
    return Batch(
        records=[item for item in items if isinstance(item, Raw)],
        checkpoint=checkpoint,
        rejects=[item for item in items if isinstance(item, Reject)],
        problem="; ".join(one.problem for one in found if one.problem),
    )


def _state(files: Iterable[Path]) -> str:
    """Changes when a file comes, goes or is written again."""
    lines = [f"{path}|{path.stat().st_size}|{path.stat().st_mtime_ns}" for path in files]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest()


def _is_marc(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(SUFFIXES) and not name.startswith(".")


def _open(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked if it is gzip by its first bytes, whatever its name."""
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(_CHUNK), b"")


def _format(start: bytes) -> Literal["", "iso2709", "marcxml"]:
    """The format by the first bytes; "" for neither."""
    bare = start.lstrip(b"\xef\xbb\xbf\r\n\x00\x1a\t ")
    if bare.startswith(b"<") or start[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return "marcxml"
    return "iso2709" if bare[:5].isdigit() or iso2709.RECORD_END in start else ""
