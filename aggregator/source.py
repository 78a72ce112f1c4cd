"""The port a connector implements: small ends, the runner does the rest.

A connector is a pydantic config (unknown keys refused) and an async generator
``harvest(checkpoint)``, resumable at any yield. HTTP with retries, the transaction, the
crosswalk, the watch for loops, the verdict, the quarantine and the sweep are the runner's.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

from aggregator.record import Record

Checkpoint = Mapping[str, Any]
"""Plain JSON. Empty: begin a full run."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One record exactly as its source gave it.

    ``body`` is None for a tombstone. ``format`` names the crosswalk. A body that had to be
    repaired names each repair in ``problems``.
    """

    id: str
    body: bytes | None
    format: str
    stamp: str = ""
    sets: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A piece that could not even be framed as a ``Raw``: quarantined with its reason.

    ``id`` is the local identifier where one could be read, else "".
    """

    reason: str
    body: bytes
    id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A page of records and where to go on after it.

    The runner stores records and checkpoint in one transaction. ``total`` is what the source
    claims for the whole list: evidence for the verdict, never a gate. ``problem`` is set when
    the connector had to leave something behind and goes on (the verdict becomes incomplete).
    ``still`` counts records a source still has but sent without content (an empty
    ``<metadata>``): their identifiers, so that the sweep leaves them alone.
    """

    records: Sequence[Raw]
    checkpoint: Checkpoint
    total: int | None = None
    rejects: Sequence[Reject] = field(default=())
    problem: str = ""
    still: Sequence[str] = field(default=())


class Names(BaseModel):
    """A name in the three languages of the pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ky: str
    ru: str
    en: str

    def get(self, language: str) -> str:
        """The name in ``language`` ("ky", "ru" or "en"), else the English one."""
        return {"ky": self.ky, "ru": self.ru}.get(language, self.en)


class SourceConfig(BaseModel):
    """What ``config/sources/<id>.yaml`` may say whatever the connector; connectors add keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="small Latin letters, digits, - and _, at most 64",
    )
    name: Names
    connector: str
    enabled: bool = True
    sample: bool = False
    """True for the catalogue that ships with Ilim: every page says that it is a sample."""
    homepage: str = ""
    contact: str = ""
    rights: str = ""
    language: str = ""
    """BCP 47 tag given to text whose language the source does not say."""

    def crosswalks(self) -> "Crosswalks":
        """Crosswalks made of this source's own settings, by format; most connectors need none.

        They go before those that all sources share. A changed setting must change the version.
        """
        return {}


class Connector(Protocol):
    """One protocol, one source. Made by ``Connector(config, fetcher)`` in the registry."""

    def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        """Yield batches from where ``checkpoint`` left off; resumable at any yield.

        A checkpoint of a finished run starts an incremental one where the protocol can, and a
        full one where it cannot; ``is_full`` tells which.
        Raises RetryLater or SourceBroken, each with a sentence for the administrator.
        """
        ...

    def is_full(self, checkpoint: Checkpoint) -> bool:
        """Whether a run that starts (or goes on) from ``checkpoint`` covers the whole source."""
        ...

    def fingerprint(self) -> str:
        """Changes with address, prefix, sets or options: then the run starts as a full one."""
        ...


class Crosswalk(NamedTuple):
    """A pure function from one metadata format to a Record, and its version.

    ``read(body, source, local_id, stamp, language)`` raises SkipRecord with a reason. Raise
    ``version`` with each change of what it makes: records made by an older version are then
    crosswalked again.
    """

    version: int
    read: Callable[[bytes, str, str, str, str], Record]


Crosswalks = Mapping[str, Crosswalk]
"""Metadata format -> crosswalk, as in `connectors.crosswalks.CROSSWALKS`."""
