"""The data that lives beside the project, read in place and never copied into it."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent

SHARED = Path(os.environ.get("ILIM_SHARED", ROOT.parent / "shared"))
"""The folder of that data, whether it is there or not; tests ask `shared` for what is in it."""


def leave_out(reason: str) -> NoReturn:
    """Skip, or fail where leaving out is a failure (``CI=true``)."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def shared(*parts: str) -> Path:
    """A path under ``ILIM_SHARED`` (default: ``../shared``); skips, or fails in CI, without it."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        leave_out(f"{path.name} is not in the folder ILIM_SHARED points to")
    return path
