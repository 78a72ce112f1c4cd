"""Fixtures over the real command line."""

from pathlib import Path

import pytest

from tests.integration.house import Installation
from tests.integration.peers import (
    oai_peer,
    oai_repo_peer,
    pool_folder,
    pyoai_peer,
    small_peer,
    small_pool,
    xoai_peer,
)

__all__ = [
    "installation",
    "oai_peer",
    "oai_repo_peer",
    "pool_folder",
    "pyoai_peer",
    "small_peer",
    "small_pool",
    "xoai_peer",
]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty installation: a configuration folder and nothing else."""
    made = Installation(tmp_path)
    made.config.mkdir()
    return made
