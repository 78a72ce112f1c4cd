"""Tantivy's failures as errors that people understand."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from tempfile import NamedTemporaryFile

from aggregator.errors import Unavailable
from aggregator.wording import say

_PROBE = 1_000_000
"""Bytes."""


class EngineFailed(Exception):
    """The engine gave up: broken files, or a fault of its own. Never leaves the index's modules."""


@contextmanager
def guarded(doing: str) -> Iterator[None]:
    """Turn what Tantivy raises into Unavailable (the disk) or EngineFailed (anything else).

    A panic in Rust arrives as an exception outside Python's ``Exception``; it is known by its name,
    since it can be imported from nowhere.
    """
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise _meaning(doing, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EngineFailed(f"{say(doing)}: {error}") from None


def disk_refuses(folder: Path, wanted: int) -> bool:
    """Whether ``folder``'s disk, quota or limit leaves no room: the engine does not always say so.

    ``wanted`` is how many bytes should be free.
    """
    try:
        with NamedTemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE))
            probe.flush()
    except OSError:
        return True
    return disk_usage(folder).free < wanted


def disk_full(doing: str) -> Unavailable:
    return Unavailable(
        say(
            "The disk is full ({doing}): free some space; indexing then goes on by itself",
            doing=say(doing),
        )
    )


def _meaning(doing: str, words: str) -> Exception:
    for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        if f"os error {code}" in words or os.strerror(code) in words:
            return disk_full(doing)
    for code in (errno.EACCES, errno.EROFS, errno.EPERM):
        if f"os error {code}" in words or os.strerror(code) in words:
            return Unavailable(
                say(
                    "The index's folder may not be written to ({doing}): check who owns it",
                    doing=say(doing),
                )
            )
    return EngineFailed(f"{say(doing)}: {words}")
