"""Files on disk as a connector reads them: which they are, whether they changed, their batches."""

import glob
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, cast

from aggregator.errors import SourceBroken
from aggregator.source import Batch, Checkpoint, Raw, Reject
from aggregator.wording import reason, say

BATCH_RECORDS = 500
BATCH_BYTES = 8 * 1024 * 1024
"""A batch ends at whichever comes first."""

QUARANTINED = 64 * 1024
"""Bytes of an unreadable piece that are kept."""

UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a file may raise: the disk fails, a gzip is cut off or damaged."""

_CHUNK = 1 << 18
_START = 4096
_GZIP = b"\x1f\x8b"
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Found:
    """A record or a reject, or only the news that a file is not whole."""

    item: Raw | Reject | None
    problem: str = ""

    @property
    def size(self) -> int:
        return len(self.item.body or b"") if self.item is not None else 0


def broken(source: str, what: str) -> SourceBroken:
    """There is nothing to read at the ``path`` of a source, as an error to raise."""
    return SourceBroken(
        say(
            "{what}. Check 'path' in the file of the source '{source}', or put the export there; "
            "nothing was deleted.",
            what=what,
            source=source,
        ),
        "address",
    )


def listed(path: Path, wanted: Callable[[Path], bool], what: str, source: str) -> list[Path]:
    """The files that ``path`` means, in the order of their names: one, a folder's files that are
    ``wanted``, or those that fit a pattern.

    Raises SourceBroken where there are none; ``what`` is what a folder should hold.
    """
    try:
        if path.is_file():
            return [path]
        if path.is_dir():
            found = [one for one in path.iterdir() if one.is_file() and wanted(one)]
            missing = say("The folder {folder} holds no {what}", folder=path, what=what)
        elif _PATTERN.search(str(path)):
            found = [Path(one) for one in glob.glob(str(path), recursive=True)]  # noqa: PTH207 the pattern may be absolute
            found = [one for one in found if one.is_file()]
            missing = say("No file fits the pattern {pattern}", pattern=path)
        else:
            found, missing = [], say("There is no file or folder {path}", path=path)
    except OSError as error:
        what = say("{path} cannot be opened: {reason}", path=path, reason=reason(error))
        raise broken(source, what) from error
    if not found:
        raise broken(source, missing)
    return sorted(found)


def ends(path: Path, suffixes: tuple[str, ...]) -> bool:
    """Whether a file has such a name, in any case and with ``.gz`` after it too.

    Hidden files begin with ``.``, lock files of office programs with ``~$``.
    """
    hidden = path.name.startswith((".", "~$"))
    return path.name.lower().removesuffix(".gz").endswith(suffixes) and not hidden


def state(files: Iterable[Path]) -> str:
    """Changes when a file comes, goes or is written again."""
    lines = [f"{path}|{path.stat().st_size}|{path.stat().st_mtime_ns}" for path in files]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest()


def batches(
    found: Iterator[Found], state: str, checkpoint: Checkpoint
) -> Generator[Batch, None, None]:
    """Cut what is found into batches; the last one's checkpoint is empty.

    A checkpoint counts what was given. A run that goes on reads over that much again, which
    keeps repeated identifiers right, unless the ``state`` of the files is another one.
    """
    done = int(checkpoint.get("done", 0)) if checkpoint.get("files") == state else 0
    held: list[Found] = []
    size = 0
    for one in islice(found, done, None):
        if len(held) >= BATCH_RECORDS or size > BATCH_BYTES:
            done += len(held)
            yield _batch(held, {"files": state, "done": done})
            held, size = [], 0
        held.append(one)
        size += one.size
    yield _batch(held, {})


def _batch(found: Sequence[Found], checkpoint: Checkpoint) -> Batch:
    items = [one.item for one in found]
    return Batch(
        records=[item for item in items if isinstance(item, Raw)],
        checkpoint=checkpoint,
        rejects=[item for item in items if isinstance(item, Reject)],
        problem="; ".join(one.problem for one in found if one.problem),
    )


def opened(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked if it is gzip by its first bytes, whatever its name."""
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def start(path: Path, size: int = _START) -> bytes:
    """Enough of a file to tell what it is; raises one of `UNREADABLE` if nothing can be read."""
    with opened(path) as stream:
        readable = Ended(chunks(stream))
        found = b""
        for chunk in readable:
            found += chunk
            if len(found) >= size:
                break
    if not found:
        readable.check()
    return found[:size]


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """All bytes of a stream. Of a damaged gzip everything before the damage comes, then an error of
    `UNREADABLE`: ``read`` would lose what it has unpacked so far."""
    return iter(lambda: stream.read1(_CHUNK), b"")  # type: ignore[attr-defined]  # both kinds have it


T = TypeVar("T")


class Ended(Generic[T]):
    """Chunks, or what is made of them, up to where a file cannot be read any further; `error` then
    says why."""

    def __init__(self, found: Iterator[T]) -> None:
        self._found = found
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[T]:
        try:
            yield from self._found
        except UNREADABLE as error:
            self.error = error

    def check(self) -> None:
        """Raise the error, if there was one."""
        if self.error is not None:
            raise self.error


def unreadable(error: Exception) -> str:
    """Why a file cannot be read to its end."""
    if isinstance(error, OSError) and error.strerror:
        return reason(error)
    return say("its packing is damaged")
