"""The port a connector implements: small ends, the runner does the rest.

A connector is a pydantic config (unknown keys refused) and an async generator
``harvest(checkpoint)``, resumable at any yield. HTTP with retries, the transaction, the
crosswalk, the watch for loops, the verdict, the quarantine and the sweep are the runner's.
"""

import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, NamedTuple, Protocol, runtime_checkable

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aggregator.overrides import Overrides, Plan, this_year
from aggregator.record import Record
from aggregator.schedule import FORMS, check
from aggregator.settings import Language
from aggregator.wording import later, say

Checkpoint = Mapping[str, Any]
"""Plain JSON. Empty: begin a full run."""


LOST_LETTERS = "letters that cannot be read marked as lost"
"""The repair that is none, among the ``problems`` of a Raw: U+FFFD stands for what is not known."""


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
    the connector had to leave something behind and goes on (the verdict becomes incomplete);
    ``cause`` is then one word of `aggregator.causes`.
    ``still`` counts records a source still has but sent without content (an empty
    ``<metadata>``): their identifiers, so that the sweep leaves them alone.
    """

    records: Sequence[Raw]
    checkpoint: Checkpoint
    total: int | None = None
    rejects: Sequence[Reject] = field(default=())
    problem: str = ""
    still: Sequence[str] = field(default=())
    cause: str = "gaps"


class Names(BaseModel):
    """A name in the three languages of the pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ky: str = Field(description="in Kyrgyz")
    ru: str = Field(description="in Russian")
    en: str = Field(description="in English")

    def get(self, language: str) -> str:
        """The name in ``language`` ("ky", "ru" or "en"), else the English one."""
        return {"ky": self.ky, "ru": self.ru}.get(language, self.en)


def _is_web_address(text: str) -> str:
    if re.match(r"\w*:?//[^/@]*:[^/]*@", text):
        raise ValueError(
            say(
                "a password must not be written here; write http.user and http.password: ${NAME}, "
                "and set that environment variable"
            )
        )
    if not re.fullmatch(r"https?://[^\s/]\S*", text, re.IGNORECASE):
        raise ValueError(
            say("found '{word}'; it must be an address that begins with https://", word=text)
        )
    return text


WebAddress = Annotated[str, AfterValidator(_is_web_address)]
"""A key that holds an http(s) address."""


class SourceConfig(BaseModel):
    """What ``config/sources/<id>.yaml`` may say whatever the connector; connectors add keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description=later("small Latin letters, digits, - and _, at most 64"),
    )
    name: Names = Field(description="what readers see")
    connector: str = Field(description="how the source is read")
    enabled: bool = Field(default=True, description="false: harvested only if named in a command")
    sample: bool = Field(
        default=False,
        description="true for the catalogue that ships with Ilim: pages say that it is a sample",
    )
    institution: str = Field(default="", description="whose source it is")
    homepage: WebAddress = Field(default="", description="the partner's own page")
    contact: str = Field(default="", description="whom to write to when it fails")
    correspondence: Language = Field(
        default="ky", description="the language of pages and letters for the partner"
    )
    rights: str = Field(default="", description="terms under which its descriptions may be used")
    language: str = Field(
        default="",
        description="code (ky, ru, en, …) given to text whose language the source does not say",
    )
    schedule: Annotated[str, AfterValidator(check)] = Field(
        default="daily", description=f"when it is harvested: {FORMS}"
    )
    full_every: int = Field(
        default=30,
        ge=0,
        le=3650,
        description="days after which all is asked for anew, since some sources delete without "
        "saying so; 0: only with --full",
    )
    overrides: Overrides = Field(
        default=Overrides(),
        description="the partner's habits: what becomes of places of a record when it was read",
    )

    def reading(self, shared: "Crosswalks") -> "Crosswalks":
        """All crosswalks for this source: its own before ``shared``, its overrides after each.

        The version of each changes with the overrides and with the source's language, so that what
        is stored is read again.
        """
        known = {**shared, **self.crosswalks()}
        if not (self.overrides.rules() or self.language):
            return known
        made: dict[int, Crosswalk] = {}  # one crosswalk stands under many names
        return {
            format: made.setdefault(
                id(crosswalk), _overridden(crosswalk, self.overrides, self.language)
            )
            for format, crosswalk in known.items()
        }

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
        """Changes with address, formats, sets or options: then the run starts as a full one."""
        ...


@runtime_checkable
class AsksByName(Protocol):
    """What a connector may do besides: then less is taken as deleted that is not."""

    async def still_has(self, names: Sequence[str], checkpoint: Checkpoint) -> Sequence[Raw]:
        """Those of ``names`` (local ids that a full pass did not bring) that the source has when
        it is asked for each. ``checkpoint`` is the pass's last. Raises nothing."""
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


def _overridden(crosswalk: Crosswalk, overrides: Overrides, language: str) -> Crosswalk:
    """``crosswalk`` followed by ``overrides``. Its version is a number made of all (31 bits,
    which is what the store has room for)."""
    words = f"{crosswalk.version} {language} {overrides.words()}"
    digest = hashlib.blake2b(words.encode(), digest_size=4).digest()
    version = int.from_bytes(digest, "big") >> 1
    if not overrides.rules():
        return Crosswalk(version, crosswalk.read)
    return Crosswalk(version, partial(_read, crosswalk.read, Plan(overrides)))


def _read(
    read: Callable[[bytes, str, str, str, str], Record],
    plan: Plan,
    body: bytes,
    source: str,
    local_id: str,
    stamp: str,
    language: str,
) -> Record:
    return plan.apply(read(body, source, local_id, stamp, language), this_year())
