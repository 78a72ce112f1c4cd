"""Elasticsearch for pytest, started when a test first asks for it.

Import the fixtures into the conftest.py that needs them. The servers of a session are shared: a
test uses indexes of a name of its own and leaves settings as they were. What stops, pauses, fills
or breaks a server takes `own_elasticsearch`, or makes an `ElasticsearchServer` itself.
"""

from collections.abc import Iterator

import pytest

from tests.servers.elasticsearch import ElasticsearchServer

__all__ = ["elasticsearch_server", "own_elasticsearch", "secured_elasticsearch"]


@pytest.fixture(scope="session")
def elasticsearch_server() -> Iterator[ElasticsearchServer]:
    """Plain HTTP, no security."""
    with ElasticsearchServer() as server:
        server.start()
        yield server


@pytest.fixture(scope="session")
def secured_elasticsearch() -> Iterator[ElasticsearchServer]:
    """Security and TLS, with an authority of its own."""
    with ElasticsearchServer(secured=True, heap="512m") as server:
        server.start()
        yield server


@pytest.fixture(scope="module")
def own_elasticsearch() -> Iterator[ElasticsearchServer]:
    """One for the tests of this module alone, plain and running. Leave it running."""
    with ElasticsearchServer(heap="512m") as server:
        server.start()
        yield server
