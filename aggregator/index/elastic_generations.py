"""Generations on Elasticsearch: indexes ``NAME-000001`` and so on, and the alias ``NAME`` for the
serving one. Each index says in its mapping's ``_meta`` whose it is and how far it has come."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from aggregator.errors import ConfigError
from aggregator.index.elastic_client import Cluster, Missing
from aggregator.index.elastic_schema import Schema
from aggregator.index.port import Position
from aggregator.wording import later, say

_OURS = "ilim"
_GLANCE = 0.5
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One index as it says of itself. ``fits``: its mapping is the one this program makes."""

    name: str
    position: Position
    fits: bool
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def door(self) -> str:
        """The alias that it is written through: a write to the bare name of an index which has
        gone would make a new one, with whatever mapping the cluster guesses."""
        return f"{self.name}-in"


class Generations:
    """All indexes under one name. ``store`` is the fingerprint of the store they are made from."""

    def __init__(self, cluster: Cluster, name: str, schema: Schema, store: str) -> None:
        self.name = name
        self._cluster = cluster
        self._schema = schema
        self._begin = Position(store, schema.fingerprint, 0)
        self._glanced: tuple[float, Generation | None] | None = None
        self._pattern = re.compile(rf"{re.escape(name)}-[0-9]{{6,}}")

    async def glance(self) -> Generation | None:
        """``serving`` as it was half a second ago at most: a page asks for it several times. What
        this object itself has changed since then is seen."""
        if self._glanced is None or time.monotonic() - self._glanced[0] > _GLANCE:
            self._glanced = time.monotonic(), await self.serving()
        return self._glanced[1]

    async def serving(self) -> Generation | None:
        """What the alias leads to, or None when there is no such alias.

        Raises ConfigError when the name belongs to another program.
        """
        try:
            found = await self._cluster.ask(
                later("looking for the index"), lambda c: c.indices.get_mapping(index=self.name)
            )
        except Missing:
            return None
        generations = [self._read(name, body) for name, body in found.body.items()]
        if len(generations) != 1 or generations[0] is None:
            raise ConfigError(
                say(
                    "The name '{name}' on Elasticsearch at {place} belongs to an index of another "
                    "program: write another name as 'index' under 'elasticsearch' in ilim.yaml. "
                    "Nothing was written.",
                    name=self.name,
                    place=self._cluster,
                )
            )
        return generations[0]

    async def all(self) -> list[Generation]:
        """Our indexes in the order they were made."""
        found = await self._cluster.ask(
            later("looking for indexes"),
            lambda c: c.indices.get_mapping(index=f"{self.name}-*", allow_no_indices=True),
        )
        named = ((name, body) for name, body in found.body.items() if self._pattern.fullmatch(name))
        read = (self._read(name, body) for name, body in named)
        return sorted((one for one in read if one is not None), key=lambda one: one.name)

    def is_ours(self, generation: Generation) -> bool:
        """Whether it was made from this store by this version of the program."""
        at = generation.position
        return generation.fits and (at.store, at.schema) == (self._begin.store, self._begin.schema)

    def is_of_our_store(self, generation: Generation) -> bool:
        """Whether it was made from this store, by whatever version of the program."""
        return generation.position.store == self._begin.store

    async def begin(self) -> Generation:
        """A new, empty generation."""
        found = await self._cluster.ask(
            later("looking for indexes"),
            lambda c: c.indices.get_mapping(index=f"{self.name}-*", allow_no_indices=True),
        )
        numbers = (int(n.rpartition("-")[2]) for n in found.body if self._pattern.fullmatch(n))
        name = f"{self.name}-{max(numbers, default=0) + 1:06}"
        generation = Generation(name, self._begin, fits=True)
        body = self._schema.creation(_meta(generation))
        await self._cluster.ask(
            later("making an index"),
            lambda c: c.indices.create(
                index=name,
                settings=body["settings"],
                mappings=body["mappings"],
                aliases={generation.door: {}},
            ),
        )
        return generation

    async def save(
        self, generation: Generation, number: int, mark: str, refused: Mapping[str, str]
    ) -> Generation:
        """Move its position, and note what it refused."""
        at = replace(generation.position, number=number, mark=mark)
        moved = replace(generation, position=at, refused=dict(refused))
        await self._cluster.insist(
            later("moving the index's position"),
            lambda c: c.indices.put_mapping(index=generation.name, meta=_meta(moved)),
        )
        self._glanced = None
        return moved

    async def adapt(self, generation: Generation) -> None:
        """Give it the settings that may change while it is in use."""
        settings = self._schema.settings.as_elastic()
        await self._cluster.ask(
            later("setting up the index"),
            lambda c: c.indices.put_settings(index=generation.name, settings={"index": settings}),
        )

    async def point_to(self, generation: Generation) -> None:
        """Make it the serving one, in one step."""
        actions: list[Mapping[str, Any]] = [
            {"remove": {"index": f"{self.name}-*", "alias": self.name, "must_exist": False}},
            {"add": {"index": generation.name, "alias": self.name}},
        ]
        await self._cluster.insist(
            later("changing the serving index"), lambda c: c.indices.update_aliases(actions=actions)
        )
        self._glanced = None

    async def remove(self, generation: Generation) -> None:
        """Delete it; nothing happens when it has gone."""
        await self._cluster.ask(
            later("removing an index"),
            lambda c: c.indices.delete(index=generation.name, ignore_unavailable=True),
        )

    def _read(self, name: str, body: Mapping[str, Any]) -> Generation | None:
        """An index by its mapping; None when it is not one of ours."""
        mapping = body.get("mappings", {})
        meta = mapping.get("_meta", {}).get(_OURS)
        if not isinstance(meta, dict):
            return None
        position = Position(
            str(meta.get("store", "")),
            str(meta.get("schema", "")),
            int(meta.get("number", 0)),
            str(meta.get("mark", "")),
        )
        return Generation(name, position, self._schema.fits(mapping), meta.get("refused", {}))


def _meta(generation: Generation) -> dict[str, Any]:
    at = generation.position
    known = {"store": at.store, "schema": at.schema, "number": at.number, "mark": at.mark}
    return {_OURS: {**known, "refused": dict(generation.refused)}}
