"""MARC files of every frame and dialect: plain or gzip, one file, a folder or a pattern.

ISO 2709, MARCXML, MARC-in-JSON, IRBIS text and IRBIS master files; MARC 21, UNIMARC, RUSMARC and
IRBIS's own fields. A run reads everything, so the runner's sweep finds what is gone. Files are
streamed: memory does not grow with their size. See docs/connectors/marc_file.md for what is done
with broken files.
"""

import glob
import hashlib
import re
import zlib
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import Field

from aggregator.errors import SourceBroken
from aggregator.one_thread import OneThread
from aggregator.source import Batch, Checkpoint, Raw, Reject, SourceConfig
from connectors import irbis_master, irbis_text, marcxml
from connectors.irbis_journals import Journals
from connectors.iso2709 import Piece
from connectors.marc_formats import MARCXML, Dialect, MarcFormat
from connectors.marc_label import label
from connectors.marc_reading import Encoding, Frame, Reading, first_bytes, frame_of, records
from connectors.seen import Seen

SUFFIXES = (
    ".mrc", ".marc", ".marc21", ".iso", ".dat", ".xml", ".marcxml", ".mrx",
    irbis_master.SUFFIX,
)  # fmt: skip
"""Names of files that are read in a folder, in any case and with ``.gz`` after them too."""

TEXTS = (".txt", ".json", ".jsonl", ".ndjson")
"""Names of files that are read in a folder if they begin as IRBIS text or as MARC-in-JSON."""

BATCH_RECORDS = 500
BATCH_BYTES = 8 * 1024 * 1024
"""A batch ends at whichever comes first."""

_QUARANTINED = 64 * 1024
_PATTERN = re.compile(r"[*?\[]")
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
                found = [one for one in path.iterdir() if one.is_file() and _is_marc(one)]
                missing = f"The folder {path} holds no MARC file ({', '.join(SUFFIXES + TEXTS)})"
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
        seen, journals = Seen(), Journals(lambda: self._irbis(files))
        for path in files:
            try:
                yield from self._file(path, seen, journals)
            except (OSError, EOFError, zlib.error) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else error
                if len(files) == 1:
                    raise self._broken(f"{path} cannot be read: {reason}") from error
                yield _Found(None, f"{path.name} cannot be read to its end: {reason}")

    def _file(self, path: Path, seen: Seen, journals: Journals) -> Iterator[_Found]:
        start = first_bytes(path)
        frame = self._frame(path, start)
        if not start:
            yield _Found(None, f"{path.name} is empty")
        elif frame is None:
            begins = start[:40].decode("latin-1")
            what = (
                f"{path.name} is neither ISO 2709, MARCXML, JSON nor IRBIS text: "
                f"it begins with {begins!r}"
            )
            yield _Found(None, what)
        else:
            for piece, known in records(path, frame, self._reading):
                if known is None:
                    yield _refused(piece, path, frame)
                else:
                    yield _found(piece, path, known, frame, seen, journals)

    def _frame(self, path: Path, start: bytes) -> Frame | None:
        said = self._config.format
        return said if said != "auto" else frame_of(path, start)

    def _irbis(self, files: Sequence[Path]) -> Iterator[tuple[bytes, MarcFormat]]:
        """All records with IRBIS's own fields of those files that can be read."""
        for path in files:
            try:
                frame = self._frame(path, first_bytes(path))
                if frame in ("iso2709", "text", "master"):
                    for piece, known in records(path, frame, self._reading):
                        if known is not None and known.dialect == "irbis":
                            yield piece.body, known
            except (OSError, EOFError, zlib.error):
                continue  # said when the file's turn comes


def _refused(piece: Piece, path: Path, frame: Frame) -> _Found:
    """Why there is no record in a piece; a file that is not whole is a problem of the run."""
    where = f"{path.name}, {piece.place}: {piece.reason}"
    number = marcxml.control_number(piece.body) if frame == "marcxml" else ""
    reject = Reject(f"{where}.", piece.body[:_QUARANTINED], number) if piece.body else None
    return _Found(reject, f"{where}, so records may be missing" if piece.cut else "")


def _found(
    piece: Piece, path: Path, known: MarcFormat, frame: Frame, seen: Seen, journals: Journals
) -> _Found:
    """The record of a piece under its identifier."""
    where = f"{path.name}, {piece.place}"
    body, problems = piece.body, piece.problems
    said = label(body, known)
    number = said.number or (f"mfn:{piece.number}" if piece.number else "")
    name = MARCXML if frame == "marcxml" and known.dialect == "marc21" else known.name
    cut = f"{where}: {'; '.join(problems)}" if piece.cut else ""
    if said.deleted:
        if not number:
            reason = f"{where}: a deleted record without a control number (001) deletes nothing."
            return _Found(Reject(reason, body[:_QUARANTINED]), cut)
        note = "the record says that it is deleted (leader/05)"
        return _Found(Raw(number, None, name, said.stamp, problems=(note,)), cut)
    if known.dialect == "irbis" and frame in ("iso2709", "text", "master"):
        body, added = journals.completed(body, known)
        problems += added
    identifier, doubts = _identifier(number, piece.body, known, seen)
    return _Found(Raw(identifier, body, name, said.stamp, problems=problems + doubts), cut)


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


def _batch(found: Sequence[_Found], checkpoint: Checkpoint) -> Batch:
    items = [one.item for one in found]
    return Batch(
        records=[item for item in items if isinstance(item, Raw)],
        checkpoint=checkpoint,
        rejects=[item for item in items if isinstance(item, Reject)],
        problem="; ".join(one.problem for one in found if one.problem),
    )


def _state(files: Sequence[Path]) -> str:
    """Changes when a file, or the index of a master file, comes, goes or is written again."""
    indexes = (irbis_master.index_of(one) for one in files if irbis_master.is_master(one))
    known = [*files, *filter(None, indexes)]
    lines = [f"{path}|{path.stat().st_size}|{path.stat().st_mtime_ns}" for path in known]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest()


def _is_marc(path: Path) -> bool:
    """Whether a file of a folder is meant: by its name, a text also by how it begins."""
    name = path.name.lower().removesuffix(".gz")
    if name.startswith("."):
        return False
    if not name.endswith(TEXTS):
        return name.endswith(SUFFIXES)
    try:
        start = first_bytes(path)
    except (OSError, EOFError, zlib.error):
        return True  # said when the file's turn comes
    return irbis_text.begins(start) or _JSON_RECORD.match(start.lstrip(b"\xef\xbb\xbf")) is not None
