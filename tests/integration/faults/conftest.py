"""An empty catalogue for each test, made once and copied."""

import asyncio
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from aggregator.store.catalogue import Catalogue
from tests.integration.faults.trial import Trial, trial
from tests.servers.faulty_oai import Repository

Begin = Callable[..., AbstractAsyncContextManager[Trial]]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "catalogue.sqlite"

    async def make() -> None:
        async with Catalogue.open(f"sqlite+aiosqlite:///{file}"):
            pass

    asyncio.run(make())
    return file


@pytest.fixture
def begin(empty: Path, tmp_path: Path) -> Begin:
    """Serves a repository to an empty catalogue; ``settings`` are those of the source's file."""
    database = tmp_path / "catalogue.sqlite"
    shutil.copy(empty, database)

    def beginning(repository: Repository, **settings: Any) -> AbstractAsyncContextManager[Trial]:
        return trial(repository, database, **settings)

    return beginning
