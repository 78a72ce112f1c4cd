"""A partner's server, and the real runner that harvests it into a real catalogue."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.harvest import Harvester, Limits
from aggregator.record import Record
from aggregator.source import Names
from aggregator.store.catalogue import Catalogue
from aggregator.store.state import Run
from connectors.crosswalks import CROSSWALKS
from connectors.fetch import Fetcher
from connectors.hosts import Backoff
from connectors.http_settings import HttpSettings
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from tests.servers.faulty_oai import Repository, serving

NAMES = Names(ky="Китепкана", ru="Библиотека", en="Library")


@dataclass
class Trial:
    """A source ``lib`` at ``url``; ``settings`` are those of its file."""

    repository: Repository
    catalogue: Catalogue
    url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    @property
    def source(self) -> OaiPmhConfig:
        http = HttpSettings(interval=0, retries=2, read_timeout=1)
        return OaiPmhConfig(
            id="lib", name=NAMES, connector="oai_pmh", url=self.url, http=http, **self.settings
        )

    async def harvest(self, *, full: bool = False, allow_deletions: bool = False) -> Run:
        """One run, as `ilim harvest` does it."""
        source = self.source
        async with Fetcher(source.http, self.url, backoff=Backoff(0.001, 0.002)) as fetcher:
            run = await Harvester(self.catalogue, CROSSWALKS, Limits()).run(
                source, OaiPmh(source, fetcher), full=full, allow_deletions=allow_deletions
            )
        self.runs.append(run)
        return run

    async def records(self) -> dict[str, Record]:
        """The living records by their identifiers."""
        found = [stored.record async for stored in self.catalogue.each_record()]
        return {one.local_id: one for one in found if isinstance(one, Record)}

    async def titles(self) -> dict[str, str]:
        """What is stored: identifier and title."""
        return {
            name: record.titles[0].value if record.titles else ""
            for name, record in (await self.records()).items()
        }

    async def quarantined(self) -> dict[str, str]:
        """What could not be read: identifier and reason."""
        return {one.local_id: one.reason async for one in self.catalogue.quarantined()}

    @property
    def there(self) -> dict[str, str]:
        """What the repository truly has: identifier and title."""
        return {item.id: item.title for item in self.repository.records if not item.deleted}


@asynccontextmanager
async def trial(repository: Repository, database: Path, **settings: Any) -> AsyncIterator[Trial]:
    """``database`` is a file for the catalogue, or a copy of an empty one."""
    async with (
        serving(repository) as url,
        Catalogue.open(f"sqlite+aiosqlite:///{database}") as catalogue,
    ):
        yield Trial(repository, catalogue, url, settings)
