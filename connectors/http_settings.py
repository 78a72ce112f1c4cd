"""What a source's file says below ``http``: how to speak to its host."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from aggregator.wording import say
from aggregator.yamlmodel import ONE_OR_MORE
from connectors.addresses import network_of


def _is_network(line: str) -> str:
    try:
        network_of(line)
    except ValueError as error:
        raise ValueError(
            say(
                "found '{word}'; it must be a network (10.1.0.0/16) or the name of a host",
                word=line,
            )
        ) from error
    return line


class HttpSettings(BaseModel):
    """How to speak to one source's host. Times are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval: float = Field(
        default=1.0, ge=0, description="seconds from the start of one request to that of the next"
    )
    at_once: int = Field(
        default=1,
        ge=1,
        le=16,
        description="requests that may be under way to the host at a time, of all its sources",
    )
    connect_timeout: float = Field(default=5.0, gt=0, description="seconds, for a connection")
    read_timeout: float = Field(
        default=60.0, gt=0, description="seconds, the longest silence within an answer"
    )
    total_timeout: float = Field(
        default=600.0,
        gt=0,
        description="seconds, for one whole answer: one byte a second holds no run for ever",
    )
    retries: int = Field(default=5, ge=0, description="how often a failed request is tried again")
    patience: float = Field(
        default=120.0,
        ge=0,
        description="seconds; a longer wait asked by the source ends the run, and the next goes on",
    )
    max_bytes: int = Field(
        default=64 * 1024 * 1024,
        gt=0,
        description="largest answer, as sent and again when unpacked",
    )
    ca_file: Path | None = Field(
        default=None, description="certificates (PEM) to trust besides the system's"
    )
    networks: Annotated[
        tuple[Annotated[str, AfterValidator(_is_network)], ...],
        ONE_OR_MORE,
    ] = Field(
        default=(),
        description="private networks (10.1.0.0/16) or hosts that redirects may lead to",
    )
    contact: str = Field(
        default="", description="e-mail or web address told to the source with every request"
    )
    user: str = Field(default="", description="a name to log in with (HTTP Basic)")
    password: SecretStr | None = Field(
        default=None,
        description="its password, written as ${NAME}: the environment variable NAME holds it",
    )

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.user) != (self.password is not None):
            raise ValueError(say("give both 'user' and 'password', or neither"))
        return self
