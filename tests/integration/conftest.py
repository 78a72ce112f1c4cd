"""Fixtures over the real command line."""

from pathlib import Path

import pytest

from tests.integration.house import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty installation: a configuration folder and nothing else."""
    made = Installation(tmp_path)
    made.config.mkdir()
    return made
