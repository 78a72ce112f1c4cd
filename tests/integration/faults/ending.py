"""How a harvest ends: what is stored, the verdict, and what a reader of `ilim status` sees."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.causes import ADVICE, advice
from aggregator.harvest import Harvester, Limits
from aggregator.health import Health, health
from aggregator.record import Record
from aggregator.source import Connector, SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.sqlite import file_url
from aggregator.store.state import Run
from connectors.crosswalks import CROSSWALKS
from connectors.fetch import Fetcher
from connectors.hosts import Backoff
from connectors.http_settings import HttpSettings
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from tests.unit.connectors.oai_server import NAMES

QUICK = {"interval": 0, "retries": 1, "read_timeout": 2, "total_timeout": 5}
"""http settings of a patient source's opposite: tests must not wait."""


@dataclass(frozen=True, slots=True)
class Ending:
    """``titles``: of the records held, by local id; ``problems``: the repairs these needed;
    ``quarantine``: reasons by local id; ``words``: what `ilim status` tells, and its advice."""

    run: Run
    titles: Mapping[str, str]
    problems: Mapping[str, Sequence[str]]
    quarantine: Mapping[str, str]
    health: Health
    words: str

    @property
    def verdict(self) -> str:
        return self.run.verdict

    @property
    def cause(self) -> str:
        return self.run.cause


def source(url: str, id: str = "x", **options: Any) -> OaiPmhConfig:
    """The settings of a source at ``url``; ``http`` adds to `QUICK`."""
    http = HttpSettings(**{**QUICK, **options.pop("http", {})})
    return OaiPmhConfig(id=id, name=NAMES, connector="oai_pmh", url=url, http=http, **options)


async def harvest(folder: Path, url: str, *, full: bool = False, **options: Any) -> Ending:
    """Harvest once into the catalogue of ``folder``, and look at what came of it."""
    config = source(url, **options)
    file = await _catalogue(folder)
    async with AsyncExitStack() as rooms:
        catalogue = await rooms.enter_async_context(Catalogue.open(file_url(file)))
        fetcher = await rooms.enter_async_context(
            Fetcher(config.http, url, backoff=Backoff(0.001, 0.002))
        )
        harvester = Harvester(catalogue, CROSSWALKS, Limits())
        run = await harvester.run(config, OaiPmh(config, fetcher), full=full)
        return await look(catalogue, config, run)


async def bring(folder: Path, config: SourceConfig, connector: Connector) -> Ending:
    """The same for any connector."""
    file = await _catalogue(folder)
    async with Catalogue.open(file_url(file)) as catalogue:
        run = await Harvester(catalogue, CROSSWALKS, Limits()).run(config, connector)
        return await look(catalogue, config, run)


_EMPTY: list[bytes] = []


async def _catalogue(folder: Path) -> Path:
    """The catalogue of ``folder``. An empty one is made once: its tables take longer to make than
    most harvests here."""
    file = folder / "catalogue.sqlite"
    if not file.exists():  # nothing else runs here
        folder.mkdir(exist_ok=True)  # noqa: ASYNC240
        if not _EMPTY:
            async with Catalogue.open(file_url(file)):
                pass
            _EMPTY.append(file.read_bytes())
        file.write_bytes(_EMPTY[0])
    return file


async def look(catalogue: Catalogue, config: SourceConfig, run: Run) -> Ending:
    """What the store and the status say after ``run``."""
    titles: dict[str, str] = {}
    problems: dict[str, Sequence[str]] = {}
    async for stored in catalogue.each_record(config.id):
        if isinstance(stored.record, Record):
            first = stored.record.titles[0].value if stored.record.titles else ""
            titles[stored.record.local_id] = first
            if stored.problems:
                problems[stored.record.local_id] = stored.problems
    reasons = {one.local_id: one.reason async for one in catalogue.quarantined(config.id)}
    figures = (await catalogue.sources())[config.id]
    now = health(config, figures, datetime.now(UTC))
    assert run.cause in ADVICE  # or nobody would know what to do
    assert (run.verdict == "complete") or run.reason
    assert len(run.reason) < 2000
    return Ending(run, titles, problems, reasons, now, f"{now.said} {advice(now.cause, config.id)}")
