"""What a connector is for the rest of Ilim: its model, its class, and how one is opened."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aggregator.source import Connector, SourceConfig
from connectors.fetch import Fetcher
from connectors.hosts import Hosts

C = TypeVar("C", bound=SourceConfig)


@dataclass(frozen=True, slots=True)
class Network:
    """What the connectors of one process share of the network.

    ``hosts`` keeps requests to one host apart however many sources live on it; ``contact`` is
    told to sources whose own settings name none.
    """

    hosts: Hosts
    contact: str = ""


Opener = Callable[[C, Network], AbstractAsyncContextManager[Connector]]


@dataclass(frozen=True, slots=True)
class Registered(Generic[C]):
    """A connector: what its YAML may say, its class, and how one is opened and closed."""

    config: type[C]
    connector: type[Connector]
    open: Opener[C]


def from_disk(connector: Callable[[C], Connector]) -> Opener[C]:
    """Opens a connector that needs no network."""

    @asynccontextmanager
    async def opened(config: C, _network: Network) -> AsyncIterator[Connector]:
        yield connector(config)

    return opened


def over_http(connector: Callable[[Any, Fetcher], Connector]) -> Opener[Any]:
    """Opens a connector whose settings have ``url`` and ``http``, with a fetcher of its own."""

    @asynccontextmanager
    async def opened(config: Any, network: Network) -> AsyncIterator[Connector]:
        async with Fetcher(
            config.http, config.url, hosts=network.hosts, contact=network.contact
        ) as fetcher:
            yield connector(config, fetcher)

    return opened
