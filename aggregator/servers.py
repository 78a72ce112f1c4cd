"""How to reach the servers that Ilim may stand on, as ``ilim.yaml`` says it."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from aggregator.wording import later, say

_NODE = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?/?")
_FROZEN = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DatabaseSettings(BaseModel):
    """Where records, works and decisions are kept. ``database: postgresql://…`` is short for
    ``url`` alone."""

    model_config = _FROZEN

    url: str = ""
    """``postgresql://ROLE@HOST:PORT/DATABASE``; "": SQLite files in the data folder."""
    password: SecretStr | None = None
    """None: what PGPASSWORD or ``~/.pgpass`` say."""
    connections: Annotated[int, Field(ge=2, le=1000)] = 10
    """Of one process, at most, to each of `catalogue` and `keep`."""
    connect_timeout: Annotated[float, Field(ge=1, le=300)] = 10
    """Seconds."""
    tls: Literal["off", "prefer", "require"] = "prefer"
    ca_file: Path | None = None
    """The server's certificate must come from this authority and bear its name."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        return {"url": given} if isinstance(given, str) else given

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            port_is_there = parts.port != 0
        except ValueError:
            parts, port_is_there = urlsplit(""), False
        if not url:
            return url
        if parts.scheme not in ("postgresql", "postgres") or not port_is_there:
            raise ValueError(say("write postgresql://ROLE@HOST:PORT/DATABASE; without it: SQLite"))
        if parts.password is not None:
            raise ValueError(
                say(
                    "a password must not be written here; write the key 'password' with ${NAME} "
                    "and set that variable"
                )
            )
        if not parts.hostname or len(parts.path) < 2 or parts.query or parts.fragment:
            raise ValueError(
                say("write postgresql://ROLE@HOST:PORT/DATABASE, and nothing after it")
            )
        return url


class ElasticsearchSettings(BaseModel):
    """How to reach Elasticsearch; looked at when it is the engine."""

    model_config = _FROZEN

    nodes: Annotated[tuple[str, ...], Field(min_length=1)] = ("http://127.0.0.1:9200",)
    """Several: another is asked when one does not answer."""
    index: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$",
            description=later("small Latin letters, digits, '-' and '_', at most 61"),
        ),
    ] = "ilim"
    """The name of the index there; two installations on one cluster need two."""
    ca_file: Path | None = None
    """The servers' certificates must come from this authority."""
    fingerprint: Annotated[
        str,
        Field(
            pattern=r"^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$|^$",
            description=later("the SHA-256 of a certificate: 64 hexadecimal digits"),
        ),
    ] = ""
    """In place of ``ca_file``: this certificate and no other."""
    api_key: SecretStr | None = None
    user: str = ""
    password: SecretStr | None = None
    timeout: Annotated[float, Field(ge=0.5, le=300)] = 10
    """Seconds for one answer."""

    @field_validator("nodes")
    @classmethod
    def _are_addresses(cls, nodes: tuple[str, ...]) -> tuple[str, ...]:
        for node in nodes:
            if "@" in node:
                raise ValueError(
                    say(
                        "a name and password must not be written here; write the keys 'user' and "
                        "'password', or 'api_key', with ${NAME} and set that variable"
                    )
                )
            if not _NODE.fullmatch(node):
                raise ValueError(say("write addresses like https://search.example.org:9200"))
        return nodes

    @field_validator("api_key", "password")
    @classmethod
    def _is_one_line(cls, secret: SecretStr | None) -> SecretStr | None:
        """A secret from a file often ends in a line break."""
        if secret is None:
            return None
        word = secret.get_secret_value().strip()
        if not word.isprintable():
            raise ValueError(say("the secret must be one line of letters, digits and signs"))
        return SecretStr(word)

    @model_validator(mode="after")
    def _fits_together(self) -> "ElasticsearchSettings":
        if bool(self.user) != (self.password is not None):
            raise ValueError(say("'user' and 'password' go together: write both or neither"))
        if self.api_key is not None and self.user:
            raise ValueError(say("write 'api_key', or 'user' and 'password', not both"))
        if self.ca_file is not None and self.fingerprint:
            raise ValueError(say("write 'ca_file' or 'fingerprint', not both"))
        trusted = self.ca_file is not None or self.fingerprint
        if trusted and any(node.startswith("http:") for node in self.nodes):
            raise ValueError(say("'ca_file' and 'fingerprint' need nodes that begin with https://"))
        return self
