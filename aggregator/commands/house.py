"""What a command opens, and closes again: configuration, both databases, the index."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import ConfigError, Unavailable
from aggregator.follow import Follower, Pace
from aggregator.harvest import Harvester, Limits
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import FieldTable, load_table
from aggregator.search import Search
from aggregator.settings import Settings, Sources, load, load_sources
from aggregator.source import SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.database import URL
from aggregator.store.keep import Keep
from aggregator.store.sqlite import file_url
from aggregator.upkeep import Upkeep
from aggregator.yamlmodel import nearest
from connectors.crosswalks import CROSSWALKS
from connectors.fetch import Hosts
from connectors.registry import MODELS


@dataclass(frozen=True, slots=True)
class Door:
    """Where configuration and data are; read at most once a command."""

    config: Path
    data: Path

    def settings(self) -> Settings:
        """Raises ConfigError naming every mistake in ``ilim.yaml``."""
        return load(self.config, os.environ)

    def sources(self) -> Sources[SourceConfig]:
        """Raises ConfigError naming every mistake in ``sources/*.yaml``."""
        return load_sources(self.config, MODELS, os.environ)

    def database(self, name: str) -> URL:
        """The address of a database in the data folder, which is made when absent.

        Raises Unavailable when it cannot be made.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                f"The data folder {self.data} cannot be made: {error.strerror}. Name another with "
                "--data or ILIM_DATA."
            ) from error
        return file_url(self.data.resolve() / f"{name}.sqlite")


@dataclass(frozen=True, slots=True)
class House:
    """All rooms open."""

    settings: Settings
    sources: Sources[SourceConfig]
    table: FieldTable
    catalogue: Catalogue
    keep: Keep
    index: EmbeddedIndex
    hosts: Hosts
    """Shared by all sources, so that two on one host wait for each other."""

    @property
    def search(self) -> Search:
        return Search(self.catalogue, self.index, self.table)

    @property
    def harvester(self) -> Harvester:
        worker = self.settings.worker
        limits = Limits(worker.sweep_percent / 100, worker.sweep_records)
        return Harvester(self.catalogue, CROSSWALKS, limits)

    @property
    def upkeep(self) -> Upkeep:
        worker = self.settings.worker
        pace = Pace(worker.commit_works, worker.commit_seconds)
        follower = Follower(self.catalogue, self.index, self.table, pace)
        return Upkeep(self.catalogue, self.keep, follower, self.settings.engine)

    def source(self, id: str) -> SourceConfig:
        """A configured source. Raises ConfigError naming the nearest one."""
        found = self.sources.get(id)
        if found is not None:
            return found
        near = nearest(id, self.sources)
        hint = f" Did you mean '{near}'?" if near else ""
        raise ConfigError(
            f"There is no source '{id}' in the configuration.{hint} `ilim sources` lists them all."
        )


@asynccontextmanager
async def open_house(door: Door) -> AsyncIterator[House]:
    """Open everything a command may need; closed in reverse order, whatever happens."""
    settings, sources, table = door.settings(), door.sources(), load_table()
    async with AsyncExitStack() as stack:
        catalogue = await stack.enter_async_context(Catalogue.open(door.database("catalogue")))
        keep = await stack.enter_async_context(Keep.open(door.database("keep")))
        index = await stack.enter_async_context(
            EmbeddedIndex(door.data / "index", table, store=await catalogue.fingerprint())
        )
        yield House(settings, sources, table, catalogue, keep, index, Hosts())
