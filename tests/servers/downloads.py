"""What Maven fetches for the tests, kept in a cache and fetched once."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.shared import leave_out

__all__ = ["cache_folder", "kept", "maven"]

FETCH_SECONDS = 900


def cache_folder(*, open_to_all: bool = False) -> Path:
    """Where the tests keep what they fetched: the user's cache.

    ``open_to_all`` is for what another user must read. Root's home is closed to others as a rule;
    root then keeps it in the system's cache.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if open_to_all and os.geteuid() == 0 and not _open(home):
        home = Path("/var/cache")
    return home / "ilim-tests"


def kept(folder: Path, fill: Callable[[Path], None]) -> Path:
    """``folder``, filled by ``fill`` if it is not there yet: whole or not at all.

    May be interrupted and run by several at once; each works in a folder of its own and the first
    to end wins.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    for rest in folder.parent.glob(f"{folder.name}.*"):
        if not _alive(rest.suffix[1:]):
            shutil.rmtree(rest, ignore_errors=True)  # of a run that was killed
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        fill(fresh)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if not folder.is_dir():  # else another run was first
            raise
    return folder


def maven(what: str, *arguments: str) -> None:
    """Run Maven; without it, or when it cannot fetch, the tests that need ``what`` are left out."""
    program = shutil.which("mvn")
    if program is None:
        leave_out(f"{what} is fetched with Maven (Debian: maven), which is not here")
    try:
        done = subprocess.run(
            [program, "-q", "-B", *arguments],
            check=False, capture_output=True, text=True, timeout=FETCH_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        leave_out(f"Maven did not fetch {what} within {FETCH_SECONDS} s")
    if done.returncode != 0:
        why = done.stdout[max(done.stdout.find("[ERROR]"), 0) :]
        leave_out(f"Maven could not fetch {what}: {why[:500]}")


def _alive(number: str) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        return False
    return True


def _open(folder: Path) -> bool:
    """Whether every user may reach what is in ``folder``."""
    there = [one for one in (folder, *folder.parents) if one.exists()]
    return all(one.stat().st_mode & 0o001 for one in there)
