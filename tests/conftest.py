"""Engines and servers for every test that asks for one; it runs on each engine there is."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from aggregator.index.elastic_client import Connection
from tests.contracts.engines import Engine, elastic, embedded
from tests.postgres import postgres, postgres_url
from tests.servers.elasticsearch import ElasticsearchServer
from tests.servers.elasticsearch_fixtures import (
    elasticsearch_server,
    own_elasticsearch,
    secured_elasticsearch,
)

__all__ = [
    "elasticsearch_server",
    "own_elasticsearch",
    "postgres",
    "postgres_url",
    "secured_elasticsearch",
]

os.environ["LANGUAGE"] = "en"  # what Ilim says is compared in English, whoever runs the tests
settings.register_profile("patient", settings(), deadline=None)  # machines are shared
settings.load_profile("patient")


@pytest.fixture(scope="session")
def elasticsearch(elasticsearch_server: ElasticsearchServer) -> Connection:
    """How to reach the session's Elasticsearch."""
    return Connection((elasticsearch_server.url,))


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A place for an index, with nothing in it yet."""
    if request.param == "embedded":
        return embedded(tmp_path / "index")
    return elastic(request.getfixturevalue("elasticsearch"))
