"""Databases and engines for the contracts: each test runs on every kind there is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aggregator.index.port import SearchIndex
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from tests.contracts.engines import Engine

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database for the catalogue."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'catalogue.sqlite'}"


@pytest.fixture
async def catalogue(database_url: str) -> AsyncIterator[Catalogue]:
    async with Catalogue.open(database_url) as opened:
        yield opened


@pytest.fixture
async def keep(database_url: str) -> AsyncIterator[Keep]:
    async with Keep.open(database_url.replace("catalogue.sqlite", "keep.sqlite")) as opened:
        yield opened


@pytest.fixture
async def index(engine: Engine) -> AsyncIterator[SearchIndex]:
    async with engine.open() as opened:
        yield opened
