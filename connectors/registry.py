"""Which connectors there are: a visible table, name in YAML -> its configuration and its class.

A new one is a module in this folder and a line here (docs/developer.md, "Adding a connector").
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from aggregator.errors import ConfigError
from aggregator.source import Connector, SourceConfig
from connectors.fetch import Fetcher, Hosts
from connectors.marc_file import MarcFile, MarcFileConfig
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from connectors.table import Table, TableConfig

C = TypeVar("C", bound=SourceConfig)


@dataclass(frozen=True, slots=True)
class Network:
    """What the connectors of one process share of the network.

    ``hosts`` keeps requests to one host apart however many sources live on it; ``contact`` is
    told to sources whose own settings name none.
    """

    hosts: Hosts
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Registered(Generic[C]):
    """A connector: what its YAML may say, its class, and how one is opened and closed."""

    config: type[C]
    connector: type[Connector]
    open: Callable[[C, Network], AbstractAsyncContextManager[Connector]]


@asynccontextmanager
async def _oai_pmh(config: OaiPmhConfig, network: Network) -> AsyncIterator[Connector]:
    async with Fetcher(
        config.http, config.url, hosts=network.hosts, contact=network.contact
    ) as fetcher:
        yield OaiPmh(config, fetcher)


@asynccontextmanager
async def _marc_file(config: MarcFileConfig, _network: Network) -> AsyncIterator[Connector]:
    yield MarcFile(config)


@asynccontextmanager
async def _table(config: TableConfig, network: Network) -> AsyncIterator[Connector]:
    async with Fetcher(
        config.http, config.url, hosts=network.hosts, contact=network.contact
    ) as fetcher:
        yield Table(config, fetcher)


CONNECTORS: Mapping[str, Registered[Any]] = MappingProxyType(
    {
        "oai_pmh": Registered(OaiPmhConfig, OaiPmh, _oai_pmh),
        "marc_file": Registered(MarcFileConfig, MarcFile, _marc_file),
        "table": Registered(TableConfig, Table, _table),
    }
)
"""Name in YAML -> connector."""

MODELS: Mapping[str, type[SourceConfig]] = MappingProxyType(
    {name: registered.config for name, registered in CONNECTORS.items()}
)
"""Name in YAML -> model of the source's file, for `aggregator.settings.load_sources`."""


def connect(
    config: SourceConfig, *, hosts: Hosts | None = None, contact: str = ""
) -> AbstractAsyncContextManager[Connector]:
    """Open the connector of a source, with a way to the network if it needs one.

    Pass one ``hosts`` to all sources of a process, or two of them on one host will not wait for
    each other. Nothing is asked of the source before its first batch. Raises ConfigError for a
    connector that is not registered.
    """
    registered = CONNECTORS.get(config.connector)
    if registered is None or not isinstance(config, registered.config):
        raise ConfigError(
            f"The source '{config.id}' asks for the connector '{config.connector}', and its "
            f"settings are not of that kind. Known: {', '.join(sorted(CONNECTORS))}."
        )
    return registered.open(config, Network(hosts or Hosts(), contact))
