"""MARC files: ISO 2709 and MARCXML, plain or gzip, one file, a folder or a pattern.

A run reads everything, so the runner's sweep finds what is gone. Files are streamed: memory
does not grow with their size. See docs/connectors/marc_file.md for what is done with broken
files.
"""

import hashlib
import re
import zlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import Field

from aggregator.normalize import clean
from aggregator.one_thread import OneThread
from aggregator.source import Batch, Checkpoint, Raw, Reject, SourceConfig
from connectors import files, iso2709, marc_charset, marcxml
from connectors.files import Found
from connectors.iso2709 import Piece
from connectors.seen import Seen

SUFFIXES = (".mrc", ".marc", ".marc21", ".iso", ".dat", ".xml", ".marcxml", ".mrx")
"""Names of files that are read in a folder, in any case and with ``.gz`` after them too."""

_VOTERS = 200
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
            config = self._config
            what = f"MARC file ({', '.join(SUFFIXES)})"
            found = await thread.run(files.listed, config.path, _is_marc, what, config.id)
            state = await thread.run(files.state, found)
            batches = files.batches(self._all(found), state, checkpoint)
            try:
                while (batch := await thread.run(next, batches, None)) is not None:
                    yield batch
            finally:
                await thread.run(batches.close)

    def _all(self, paths: Sequence[Path]) -> Iterator[Found]:
        seen = Seen()
        for path in paths:
            try:
                yield from self._file(path, seen)
            except (OSError, EOFError, zlib.error) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else error
                if len(paths) == 1:
                    what = f"{path} cannot be read: {reason}"
                    raise files.broken(self._config.id, what) from error
                yield Found(None, f"{path.name} cannot be read to its end: {reason}")

    def _file(self, path: Path, seen: Seen) -> Iterator[Found]:
        with files.opened(path) as stream:
            start = stream.read(4096)
        kind = self._config.format if self._config.format != "auto" else _format(start)
        if not start:
            yield Found(None, f"{path.name} is empty")
        elif kind == "":
            begins = start[:40].decode("latin-1")
            what = f"{path.name} is neither ISO 2709 nor MARCXML: it begins with {begins!r}"
            yield Found(None, what)
        elif kind == "marcxml":
            for piece in marcxml.pieces(lambda: files.opened(path)):
                yield from _found(piece, path, "marcxml", seen)
        else:
            charset = _Charset(path, self._config.encoding)
            with files.opened(path) as stream:
                for piece in iso2709.pieces(files.chunks(stream)):
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
        with files.opened(self._path) as stream:
            for piece in iso2709.pieces(files.chunks(stream)):
                body = piece.body
                if not marc_charset.is_utf8(body) and not marc_charset.is_damaged_utf8(body):
                    yield body


@dataclass(frozen=True, slots=True)
class _Label:
    """What a connector must know of a record: its number, whether it is deleted, its time."""

    number: str
    deleted: bool
    stamp: str


def _found(piece: Piece, path: Path, format_name: str, seen: Seen) -> Iterator[Found]:
    """The record of a piece under its identifier, or why there is none."""
    where = f"{path.name}, {piece.place}"
    problem = f"{where}: {piece.reason}, so records may be missing" if piece.cut else ""
    if piece.reason:
        reject = Reject(
            f"{where}: {piece.reason}.",
            piece.body[: files.QUARANTINED],
            marcxml.control_number(piece.body) if format_name == "marcxml" else "",
        )
        yield Found(reject if piece.body else None, problem)
        return
    label = _xml_label(piece.body) if format_name == "marcxml" else _label(piece.body, format_name)
    digest = hashlib.blake2b(piece.body, digest_size=8).hexdigest()
    problems = piece.problems
    if label.deleted:
        if label.number:
            note = "the record says that it is deleted (leader/05)"
            yield Found(Raw(label.number, None, format_name, label.stamp, problems=(note,)))
        else:
            reason = f"{where}: a deleted record without a control number (001) deletes nothing."
            yield Found(Reject(reason, piece.body[: files.QUARANTINED]))
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
    yield Found(Raw(identifier, piece.body, format_name, label.stamp, problems=problems))


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


def _is_marc(path: Path) -> bool:
    return files.ends(path, SUFFIXES)


def _format(start: bytes) -> Literal["", "iso2709", "marcxml"]:
    """The format by the first bytes; "" for neither."""
    bare = start.lstrip(b"\xef\xbb\xbf\r\n\x00\x1a\t ")
    if bare.startswith(b"<") or start[:4] in (b"\xff\xfe<\x00", b"\xfe\xff\x00<"):
        return "marcxml"
    return "iso2709" if bare[:5].isdigit() or iso2709.RECORD_END in start else ""
