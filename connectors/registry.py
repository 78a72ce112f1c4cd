"""Which connectors there are: a visible table, name in YAML -> its configuration and its class.

A new one of Ilim's own is a module in this folder and a line here (docs/developer.md, "Adding a
connector"); those that installed packages bring are added at start (`connectors.packages`).
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from aggregator.errors import ConfigError
from aggregator.source import Connector, SourceConfig
from aggregator.wording import say
from connectors.hosts import Hosts
from connectors.marc_file import MarcFile, MarcFileConfig
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from connectors.opening import Network, Registered, from_disk, over_http
from connectors.packages import GROUP, brought
from connectors.table import Table, TableConfig

CONNECTORS: Mapping[str, Registered[Any]] = MappingProxyType(
    {
        "oai_pmh": Registered(OaiPmhConfig, OaiPmh, over_http(OaiPmh)),
        "marc_file": Registered(MarcFileConfig, MarcFile, from_disk(MarcFile)),
        "table": Registered(TableConfig, Table, over_http(Table)),
    }
)
"""Name in YAML -> connector: Ilim's own."""

_OTHERS = brought(entry_points(group=GROUP), CONNECTORS)

REGISTERED: Mapping[str, Registered[Any]] = MappingProxyType({**CONNECTORS, **_OTHERS.connectors})
"""Name in YAML -> connector: Ilim's own and those of installed packages."""

TROUBLES: tuple[str, ...] = _OTHERS.troubles
"""A sentence on each connector of a package that cannot be used."""

MODELS: Mapping[str, type[SourceConfig]] = MappingProxyType(
    {name: registered.config for name, registered in REGISTERED.items()}
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
    registered = REGISTERED.get(config.connector)
    if registered is None or not isinstance(config, registered.config):
        raise ConfigError(
            say(
                "The source '{source}' asks for the connector '{connector}', and its settings are "
                "not of that kind. Known: {known}.",
                source=config.id,
                connector=config.connector,
                known=", ".join(sorted(REGISTERED)),
            )
        )
    return registered.open(config, Network(hosts or Hosts(), contact))
