"""Tantivy's failures as errors that people understand."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.errors import Unavailable


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
        raise EngineFailed(f"{doing}: {error}") from None


def disk_full(doing: str) -> Unavailable:
    return Unavailable(
        f"The disk is full ({doing}): free some space; indexing then goes on by itself"
    )


def _meaning(doing: str, words: str) -> Exception:
    for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        if f"os error {code}" in words or os.strerror(code) in words:
            return disk_full(doing)
    for code in (errno.EACCES, errno.EROFS, errno.EPERM):
        if f"os error {code}" in words or os.strerror(code) in words:
            return Unavailable(
                f"The index's folder may not be written to ({doing}): check who owns it"
            )
    return EngineFailed(f"{doing}: {words}")
