"""MARC files of every frame and dialect: plain or gzip, one file, a folder or a pattern.

ISO 2709, MARCXML, MARC-in-JSON, IRBIS text and IRBIS master files; MARC 21, UNIMARC, RUSMARC and
IRBIS's own fields. A run reads everything, so the runner's sweep finds what is gone. Files are
streamed: memory does not grow with their size. See docs/connectors/marc_file.md for what is done
with broken files.
"""

import hashlib
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from aggregator.one_thread import OneThread
from aggregator.source import Batch, Checkpoint, Raw, Reject, SourceConfig
from aggregator.wording import say
from connectors import files, irbis_master, irbis_text, marcxml
from connectors.files import QUARANTINED, Found
from connectors.irbis_journals import Journals
from connectors.iso2709 import Piece
from connectors.marc_formats import MARCXML, Dialect, MarcFormat
from connectors.marc_label import label
from connectors.marc_reading import Encoding, Frame, Reading, frame_behind, frame_of, records
from connectors.seen import Seen

SUFFIXES = (
    ".mrc", ".marc", ".marc21", ".iso", ".dat", ".xml", ".marcxml", ".mrx",
    irbis_master.SUFFIX,
)  # fmt: skip
"""Names of files that are read in a folder, in any case and with ``.gz`` after them too."""

TEXTS = (".txt", ".json", ".jsonl", ".ndjson")
"""Names of files that are read in a folder if they begin as IRBIS text or as MARC-in-JSON."""

_FAR = 1 << 20
"""Bytes in which records are looked for where a file does not begin with one."""

_ENDINGS = ", ".join(SUFFIXES + TEXTS)
_JSON_RECORD = re.compile(rb"[\[\s]*\{\s*\"(?:leader|fields|type)\"")


class MarcFileConfig(SourceConfig):
    """``config/sources/<id>.yaml`` of a source that is MARC files."""

    path: Path = Field(description="a file, a folder of MARC files, or a pattern with * in it")
    encoding: Encoding = Field(
        "auto", description="of ISO 2709, IRBIS text and master files; auto finds it out by file"
    )
    dialect: Literal["auto", Dialect] = Field(
        default="auto", description="auto tells it by the fields of the records"
    )
    format: Literal["auto", Frame] = Field(
        default="auto", description="auto tells it by the first bytes of each file"
    )


class MarcFile:
    """The connector; ``config.path`` is absolute by the time it is made."""

    def __init__(self, config: MarcFileConfig) -> None:
        self._config = config
        self._reading = Reading(config.encoding, config.dialect)

    def is_full(self, checkpoint: Checkpoint) -> bool:
        """Always: a file has no "changed since"."""
        return True

    def fingerprint(self) -> str:
        """Changes with path, encoding, dialect and format."""
        said = self._config
        parts = (str(said.path), said.encoding, said.dialect, said.format)
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
            path, id = self._config.path, self._config.id
            what = say("MARC file ({endings})", endings=_ENDINGS)
            paths = await thread.run(files.listed, path, _is_marc, what, id)
            state = await thread.run(_state, paths)
            batches = files.batches(self._all(paths), state, checkpoint)
            try:
                while (batch := await thread.run(next, batches, None)) is not None:
                    yield batch
            finally:
                await thread.run(batches.close)

    def _all(self, paths: Sequence[Path]) -> Iterator[Found]:
        seen, journals = Seen(), Journals(lambda: self._irbis(paths))
        nothing = True
        for path in paths:
            try:
                for found in self._file(path, seen, journals):
                    nothing = False
                    yield found
            except files.UNREADABLE as error:
                if nothing and len(paths) == 1:
                    what = say(
                        "{path} cannot be read: {reason}", path=path, reason=files.unreadable(error)
                    )
                    raise files.broken(self._config.id, what) from error
                why = files.unreadable(error)
                what = say("{file} cannot be read to its end: {reason}", file=path.name, reason=why)
                yield Found(None, what)

    def _file(self, path: Path, seen: Seen, journals: Journals) -> Iterator[Found]:
        start = files.start(path)
        frame = self._frame(path, start)
        if not start:
            yield Found(None, say("{file} is empty", file=path.name))
        elif frame is None:
            begins = start[:40].decode("latin-1")
            what = say(
                "{file} is neither ISO 2709, MARCXML, JSON nor IRBIS text: it begins with {begins}",
                file=path.name,
                begins=repr(begins),
            )
            yield Found(None, what)
        else:
            for piece, known in records(path, frame, self._reading):
                if known is None:
                    yield _refused(piece, path, frame)
                else:
                    yield _found(piece, path, known, frame, seen, journals)

    def _frame(self, path: Path, start: bytes) -> Frame | None:
        said = self._config.format
        if said != "auto":
            return said
        return frame_of(path, start) or frame_behind(files.start(path, _FAR))

    def _irbis(self, paths: Sequence[Path]) -> Iterator[tuple[bytes, MarcFormat]]:
        """All records with IRBIS's own fields of those files that can be read."""
        for path in paths:
            try:
                frame = self._frame(path, files.start(path))
                if frame in ("iso2709", "text", "master"):
                    for piece, known in records(path, frame, self._reading):
                        if known is not None and known.dialect == "irbis":
                            yield piece.body, known
            except files.UNREADABLE:
                continue  # said when the file's turn comes


def _refused(piece: Piece, path: Path, frame: Frame) -> Found:
    """Why there is no record in a piece; a file that is not whole is a problem of the run."""
    where = f"{path.name}, {piece.place}: {piece.reason}"
    number = marcxml.control_number(piece.body) if frame == "marcxml" else ""
    reject = Reject(f"{where}.", piece.body[:QUARANTINED], number) if piece.body else None
    cut = say("{where}, so records may be missing", where=where) if piece.cut else ""
    return Found(reject, cut)


def _found(
    piece: Piece, path: Path, known: MarcFormat, frame: Frame, seen: Seen, journals: Journals
) -> Found:
    """The record of a piece under its identifier."""
    where = f"{path.name}, {piece.place}"
    body, problems = piece.body, piece.problems
    said = label(body, known)
    number = said.number or (f"mfn:{piece.number}" if piece.number else "")
    name = MARCXML if frame == "marcxml" and known.dialect == "marc21" else known.name
    cut = f"{where}: {'; '.join(map(say, problems))}" if piece.cut else ""
    if said.deleted:
        if not number:
            why = say(
                "{where}: a deleted record without a control number (001) deletes nothing.",
                where=where,
            )
            return Found(Reject(why, body[:QUARANTINED]), cut)
        note = "the record says that it is deleted (leader/05)"
        return Found(Raw(number, None, name, said.stamp, problems=(note,)), cut)
    if known.dialect == "irbis" and frame in ("iso2709", "text", "master"):
        body, added = journals.completed(body, known)
        problems += added
    identifier, doubts = _identifier(number, piece.body, known, seen)
    return Found(Raw(identifier, body, name, said.stamp, problems=problems + doubts), cut)


def _identifier(
    number: str, body: bytes, known: MarcFormat, seen: Seen
) -> tuple[str, tuple[str, ...]]:
    """What a record is called, and why not simply by its number."""
    if number and seen.first(number.encode(), body):
        return number, ()
    field = "record number (903)" if known.dialect == "irbis" else "control number (001)"
    identifier = f"{number}~{hashlib.blake2b(body, digest_size=8).hexdigest()}"
    if not number:
        return identifier, (f"no {field}: the identifier is made from the content",)
    return identifier, (
        f"the {field} {number} came before with other content: "
        "the identifier has a piece made from the content",
    )


def _state(paths: Sequence[Path]) -> str:
    """Changes when a file, or the index of a master file, comes, goes or is written again."""
    indexes = (irbis_master.index_of(one) for one in paths if irbis_master.is_master(one))
    return files.state([*paths, *filter(None, indexes)])


def _is_marc(path: Path) -> bool:
    """Whether a file of a folder is meant: by its name, a text also by how it begins."""
    name = path.name.lower().removesuffix(".gz")
    if name.startswith("."):
        return False
    if not name.endswith(TEXTS):
        return name.endswith(SUFFIXES)
    try:
        start = files.start(path)
    except files.UNREADABLE:
        return True  # said when the file's turn comes
    return irbis_text.begins(start) or _JSON_RECORD.match(start.lstrip(b"\xef\xbb\xbf")) is not None
