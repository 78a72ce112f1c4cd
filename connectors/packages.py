"""Connectors that installed packages bring, through the entry point group ``ilim.connectors``.

A package names one in its pyproject.toml (docs/example-connector):

    [project.entry-points."ilim.connectors"]
    dublin_core_folder = "ilim_dublin_core_folder:CONNECTOR"

where ``CONNECTOR`` is a `connectors.opening.Registered`. One that cannot be used takes nothing
else down: its place is held by a connector whose sources fail with the reason.
"""

import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any

from pydantic import ConfigDict

from aggregator.errors import SourceBroken
from aggregator.source import Batch, Checkpoint, SourceConfig
from aggregator.wording import say
from connectors.opening import Registered, from_disk

GROUP = "ilim.connectors"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Brought:
    """What packages bring: connectors by name in YAML, and a sentence on each broken one."""

    connectors: Mapping[str, Registered[Any]]
    troubles: tuple[str, ...]


def brought(found: Iterable[EntryPoint], taken: Collection[str]) -> Brought:
    """Load connectors; no name may be one of ``taken`` or come from two packages."""
    named: dict[str, list[EntryPoint]] = defaultdict(list)
    for entry in sorted(found, key=lambda entry: (entry.name, _package(entry))):
        named[entry.name].append(entry)
    connectors: dict[str, Registered[Any]] = {}
    troubles: list[str] = []
    for name, entries in named.items():
        try:
            connectors[name] = _load(name, entries, taken)
        except _UnusableError as error:
            trouble = say(
                "The connector '{name}' of {packages} cannot be used: {reason}",
                name=name,
                packages=f" {say('and')} ".join(dict.fromkeys(map(_package, entries))),
                reason=error,
            )
            troubles.append(trouble)
            if name not in taken:
                connectors[name] = _stand_in(trouble)
    return Brought(connectors, tuple(troubles))


class _UnusableError(Exception):
    """Why, and what to do: the end of a sentence."""


def _load(name: str, entries: list[EntryPoint], taken: Collection[str]) -> Registered[Any]:
    if name in taken:
        raise _UnusableError(
            say("Ilim has one of that name, which stays. Tell its author to rename it.")
        )
    if not _NAME.fullmatch(name):
        raise _UnusableError(say("a name is small Latin letters, digits and _. Tell its author."))
    if len(entries) > 1:
        raise _UnusableError(say("two packages bring one of that name. Uninstall one of them."))
    [entry] = entries
    try:
        loaded = entry.load()
    except (Exception, SystemExit) as error:  # whatever a stranger's module does when imported
        said = f"{type(error).__name__}: {error}".rstrip(".: ")
        raise _UnusableError(
            say(
                "it cannot be loaded ({reason}). Install it again, or tell its author.", reason=said
            )
        ) from error
    if not isinstance(loaded, Registered):
        raise _UnusableError(say("{name} is not a Registered. Tell its author.", name=entry.value))
    model = loaded.config
    if not (isinstance(model, type) and issubclass(model, SourceConfig)):
        raise _UnusableError(
            say("the model in {name} is not a SourceConfig. Tell its author.", name=entry.value)
        )
    if model.model_config.get("extra") != "forbid":
        raise _UnusableError(
            say(
                "{name} does not refuse unknown keys, so a misspelt one would go unnoticed. Tell "
                "its author.",
                name=model.__name__,
            )
        )
    return loaded


def _package(entry: EntryPoint) -> str:
    if entry.dist is None:
        return say("a package")
    return say("the package {name} {version}", name=entry.dist.name, version=entry.dist.version)


class _AnyConfig(SourceConfig):
    """Whatever the YAML says: the model that would know is not to be had."""

    model_config = ConfigDict(extra="allow", frozen=True)


def _stand_in(trouble: str) -> Registered[_AnyConfig]:
    """In the place of a broken connector: each of its sources fails, and says why."""

    class Broken:
        def __init__(self, config: _AnyConfig) -> None:
            self.id = config.id

        async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
            raise SourceBroken(
                say(
                    "The source '{source}' cannot be harvested. {reason}",
                    source=self.id,
                    reason=trouble,
                )
            )
            yield Batch((), checkpoint)  # makes this a generator

        def is_full(self, checkpoint: Checkpoint) -> bool:
            return not checkpoint

        def fingerprint(self) -> str:
            return "broken"

    return Registered(_AnyConfig, Broken, from_disk(Broken))
