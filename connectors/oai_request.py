"""What a source's file says about an OAI-PMH source, and the requests made from it. Pure."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import Field, field_validator, model_validator

from aggregator.source import SourceConfig, WebAddress
from aggregator.wording import say
from aggregator.yamlmodel import ONE_OR_MORE
from connectors.http_settings import HttpSettings
from connectors.oai_charset import codec
from connectors.oai_window import Window


class OaiPmhConfig(SourceConfig):
    """An OAI-PMH repository (``url``) or a folder of its saved responses (``path``)."""

    url: WebAddress = Field(default="", description="the base address, without ?verb=")
    path: Path | None = Field(default=None, description="a folder of *.xml and *.xml.gz files")
    formats: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        ONE_OR_MORE,
    ] = Field(
        default=("oai_dc",),
        min_length=1,
        description="metadata formats (metadataPrefix), the best one first: the first of them that "
        "the repository offers is harvested",
    )
    sets: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        ONE_OR_MORE,
    ] = Field(default=(), description="sets (setSpec) to harvest; all records if there are none")
    http: HttpSettings = Field(default=HttpSettings(), description="how to speak to its server")
    token_encoding: Literal["percent", "verbatim"] = Field(
        default="percent",
        description="verbatim: send resumption tokens as they came, for servers that decode twice",
    )
    granularity: Literal["day", "second"] | None = Field(
        default=None, description="of dates sent; what Identify says if absent"
    )
    overlap_hours: float = Field(
        default=24,
        ge=0,
        description="how far back an incremental run looks for records that were indexed late",
    )
    encoding: str = Field(
        default="", description="of the source's pages, if it declares another one than it sends"
    )
    ignore_total: bool = Field(
        default=False, description="the source's completeListSize is known to be wrong"
    )

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and not codec(name):
            raise ValueError(
                say(
                    "unknown encoding '{name}'; known are utf-8, windows-1251, koi8-r, …",
                    name=name,
                )
            )
        return name

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.url) == (self.path is not None):
            raise ValueError(say("give either 'url' or 'path'"))
        return self

    @property
    def format(self) -> str:
        """The format that is asked for where nothing better is known: the first."""
        return self.formats[0]

    def only(self, format: str) -> Self:
        """The same with one of its formats."""
        return self.model_copy(update={"formats": (format,)})

    @property
    def lists(self) -> tuple[str, ...]:
        """The sets to ask for, each once; "" for a list of everything."""
        return tuple(dict.fromkeys(self.sets)) or ("",)

    @property
    def overlap(self) -> timedelta:
        return timedelta(hours=self.overlap_hours)

    def fingerprint(self) -> str:
        """Changes with what decides which records come, and how they are read."""
        what = [self.url, str(self.path or ""), self.formats, sorted(self.lists), self.encoding]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


LONGEST_TOKEN = 100_000
"""Characters of a resumption token that is sent: no server takes an address as long as that."""


def build_request(
    config: OaiPmhConfig,
    window: Window,
    token: str = "",
    *,
    days: bool = False,
    verb: Literal["ListRecords", "ListIdentifiers"] = "ListRecords",
) -> str:
    """The query of a list request, encoded: of a window's first page, or of where a token leads.

    With a token nothing else is sent (HARVESTING case 12), and it is encoded once (case 11).
    ``days``: dates without a time.
    """
    if token:
        match config.token_encoding:
            case "percent":
                token = quote(token, safe="")
            case "verbatim":
                token = token.replace("&", "%26")  # or it would end here
        return f"verb={verb}&resumptionToken={token}"
    arguments = {"verb": verb, "metadataPrefix": config.format}
    for name, bound in (("from", window.start), ("until", window.end)):
        if bound:
            arguments[name] = bound[:10] if days else bound
    if window.set:
        arguments["set"] = window.set
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in arguments.items())
