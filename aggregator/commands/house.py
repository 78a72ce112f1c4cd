"""What a command opens, and closes again: configuration, both databases, the index."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from aggregator.errors import ConfigError, Unavailable
from aggregator.field_names import field_names
from aggregator.finder import Finder
from aggregator.follow import Follower, Pace
from aggregator.harvest import Harvester, Limits
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import FieldTable, load_table
from aggregator.index.port import SearchIndex
from aggregator.live_sources import LiveSources
from aggregator.reader import Reader
from aggregator.search import Search
from aggregator.servers import DatabaseSettings
from aggregator.settings import Engine, Settings, Sources, load, load_sources, read_sources
from aggregator.source import SourceConfig
from aggregator.store.address import Address
from aggregator.store.catalogue import Catalogue
from aggregator.store.database import URL, Name
from aggregator.store.keep import Keep
from aggregator.store.state import Suppression
from aggregator.thesaurus import Thesaurus
from aggregator.thesaurus import load as load_thesaurus
from aggregator.upkeep import Upkeep
from aggregator.wording import day, reason, say
from aggregator.yamlmodel import nearest
from connectors.crosswalks import CROSSWALKS
from connectors.hosts import Hosts
from connectors.registry import MODELS

if TYPE_CHECKING:
    from aggregator.index.elastic import ElasticIndex


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

    def live_sources(self, *, lenient: bool) -> LiveSources:
        """The same, to be looked at again. Raises ConfigError as `sources` does unless
        ``lenient``: then the files that are right are taken, and it knows what is wrong."""
        sources = LiveSources(
            self.config / "sources", lambda: read_sources(self.config, MODELS, os.environ)
        )
        if sources.mistakes and not lenient:
            raise ConfigError("\n".join(sources.mistakes))
        return sources

    def thesaurus(self) -> Thesaurus:
        """Raises ConfigError naming every mistake in ``thesaurus/*.yaml``."""
        return load_thesaurus(self.config / "thesaurus")

    def database(self, name: Name) -> URL:
        """The address of a database: where ``ilim.yaml`` says, else in the data folder."""
        return self.address(self.settings().database).of(name)

    def address(self, chosen: DatabaseSettings) -> Address:
        """The address of both databases. The data folder is made when absent: the index and the
        lock of `ilim serve` are there in any case.

        Raises Unavailable when it cannot be made.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                say(
                    "The data folder {folder} cannot be made: {reason}. Name another with --data "
                    "or ILIM_DATA.",
                    folder=self.data,
                    reason=reason(error),
                )
            ) from error
        if not chosen.url:
            return Address(folder=self.data)
        url = Address.parse(chosen.url).url
        assert url is not None
        if chosen.password is not None:
            url = url.set(password=chosen.password.get_secret_value())
        query = {
            "pool_size": str(chosen.connections),
            "connect_timeout": str(chosen.connect_timeout),
            "sslmode": "disable" if chosen.tls == "off" else chosen.tls,
        }
        if chosen.ca_file is not None:
            query |= {"sslmode": "verify-full", "sslrootcert": str(chosen.ca_file)}
        return Address(url=url.set(query=query))


@dataclass(frozen=True, slots=True)
class House:
    """All rooms open."""

    settings: Settings
    sources: LiveSources
    table: FieldTable
    thesaurus: Thesaurus
    catalogue: Catalogue
    keep: Keep
    index: SearchIndex
    hosts: Hosts
    """Shared by all sources, so that two on one host wait for each other."""
    reader: Reader
    """Shared by all harvests, so that no more children run than there is work for."""

    @property
    def search(self) -> Search:
        return Search(self.catalogue, self.index, self.table, self.finder)

    @property
    def finder(self) -> Finder:
        names = field_names(self.table, self.sources)
        return Finder(self.index, self.table, names, self.thesaurus)

    @property
    def harvester(self) -> Harvester:
        worker = self.settings.worker
        limits = Limits(worker.sweep_percent / 100, worker.sweep_records)
        return Harvester(self.catalogue, CROSSWALKS, limits, self.reader)

    @property
    def upkeep(self) -> Upkeep:
        worker = self.settings.worker
        pace = Pace(worker.commit_works, worker.commit_seconds)
        follower = Follower(self.catalogue, self.index, self.table, pace)
        return Upkeep(self.catalogue, self.keep, follower, self.index.engine)

    def source(self, id: str) -> SourceConfig:
        """A configured source. Raises ConfigError naming the nearest one."""
        found = self.sources.get(id)
        if found is not None:
            return found
        raise ConfigError(unknown_source(id, self.sources, say("`ilim sources` lists them all.")))

    async def removed(self) -> Mapping[str, Suppression]:
        """The sources that were removed (`ilim sources remove`), by id."""
        return {one.name: one for one in await self.keep.suppressions("source")}

    async def refuse_removed(self, *ids: str) -> None:
        """Raises ConfigError for a source that was removed: it is not harvested."""
        removed = await self.removed()
        for id in ids:
            if id in removed:
                one = removed[id]
                why = f" ({one.reason})" if one.reason else ""
                raise ConfigError(
                    say(
                        "{source} was removed on {day}{why} and is not harvested: "
                        "`ilim sources restore {source}` brings it back.",
                        source=id,
                        day=day(date.fromisoformat(one.at[:10])),
                        why=why,
                    )
                )


def unknown_source(id: str, known: Iterable[str], advice: str) -> str:
    """What to say of an id that no file of a source has."""
    near = nearest(id, known)
    words = say("There is no source '{source}' in the configuration.", source=id)
    hints = [say("Did you mean '{word}'?", word=near)] if near else []
    return " ".join([words, *hints, advice])


def make_index(door: Door, settings: Settings, table: FieldTable, store: str) -> SearchIndex:
    """The index of the engine that ``settings`` names, not yet opened."""
    if settings.engine == "embedded":
        return EmbeddedIndex(door.data / "index", table, store)
    return _elastic_index(settings, settings.elasticsearch.index, table, store)


def _elastic_index(settings: Settings, name: str, table: FieldTable, store: str) -> "ElasticIndex":
    # Imported where it is wanted: its client takes 12 MB and a third of a second.
    from aggregator.index.elastic import ElasticIndex  # noqa: PLC0415
    from aggregator.index.elastic_client import Connection  # noqa: PLC0415
    from aggregator.index.elastic_schema import load_settings  # noqa: PLC0415

    chosen = settings.elasticsearch
    connection = Connection(
        chosen.nodes,
        chosen.ca_file,
        chosen.fingerprint,
        chosen.api_key.get_secret_value() if chosen.api_key else "",
        chosen.user,
        chosen.password.get_secret_value() if chosen.password else "",
        chosen.timeout,
    )
    return ElasticIndex(connection, name, load_settings(), table, store)


@asynccontextmanager
async def throw_away_index(
    door: Door, engine: Engine | None, table: FieldTable
) -> AsyncIterator[SearchIndex]:
    """An empty index beside this installation's own, taken away afterwards whatever happens: in a
    temporary folder, or on the cluster of ``ilim.yaml`` under a name that begins like its index's,
    so that the same rights are enough."""
    settings, store = door.settings(), uuid4().hex
    if (engine or settings.engine) == "embedded":
        with tempfile.TemporaryDirectory(prefix="ilim-") as folder:
            async with EmbeddedIndex(Path(folder), table, store) as index:
                yield index
        return
    name = f"{settings.elasticsearch.index}-evaluate-{store[:12]}"
    async with _elastic_index(settings, name, table, store) as index:
        try:
            yield index
        finally:
            await index.remove()


@asynccontextmanager
async def open_house(
    door: Door, engine: Engine | None = None, *, lenient: bool = False
) -> AsyncIterator[House]:
    """Open everything a command may need; closed in reverse order, whatever happens. ``engine``
    goes before the one that ``ilim.yaml`` names; ``lenient`` is for who must work although a
    source's file is wrong."""
    settings, table = door.settings(), load_table()
    sources = door.live_sources(lenient=lenient)
    thesaurus = door.thesaurus()
    async with AsyncExitStack() as stack:
        address = door.address(settings.database)
        catalogue = await stack.enter_async_context(Catalogue.open(address.of("catalogue")))
        keep = await stack.enter_async_context(Keep.open(address.of("keep")))
        if engine is not None:
            settings = settings.model_copy(update={"engine": engine})
        index = await stack.enter_async_context(
            make_index(door, settings, table, await catalogue.fingerprint())
        )
        yield House(settings, sources, table, thesaurus, catalogue, keep, index, Hosts(), Reader())
