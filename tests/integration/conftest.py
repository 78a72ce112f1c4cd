"""Fixtures over the real command line."""

from pathlib import Path

import pytest

from tests.integration.house import Installation
from tests.integration.peers import oai_peer, pool_folder, pyoai_peer, xoai_peer
from tests.servers.elasticsearch_fixtures import (
    elasticsearch_server,
    own_elasticsearch,
    secured_elasticsearch,
)

__all__ = [
    "elasticsearch_server",
    "installation",
    "oai_peer",
    "own_elasticsearch",
    "pool_folder",
    "pyoai_peer",
    "secured_elasticsearch",
    "xoai_peer",
]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty installation: a configuration folder and nothing else."""
    made = Installation(tmp_path)
    made.config.mkdir()
    return made
