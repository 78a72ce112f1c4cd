"""The only door to the network: polite, bounded, patient, and shut towards private addresses.

One `Fetcher` serves one source; all fetchers of a process share one `Hosts`, so that a host
gets one request at a time (more where a source's file says so), and a pause between two,
however many sources live on it.
"""

import asyncio
import logging
import re
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self
from urllib.parse import quote, urlencode

import aiohttp
from multidict import CIMultiDictProxy
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_exponential, wait_random
from yarl import URL

from aggregator.errors import ConfigError, RetryLater, SourceBroken
from aggregator.wording import later, reason, say
from aggregator.yamlmodel import ONE_OR_MORE
from connectors.addresses import (
    AddressGuard,
    GuardedResolver,
    describe,
    is_this_machine,
    network_of,
    no_web_address,
    web_address,
)
from connectors.http_date import retry_after, server_clock
from connectors.payload import Payload, PayloadCutError, PayloadTooLargeError

_log = logging.getLogger(__name__)

BRIEF = 1
"""Further tries where patience was shown before, or would be wasted."""

REDIRECT_LIMIT = 5
_CHUNK = 1 << 16
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_FOREIGN_PACKINGS = {"br", "deflate", "zstd", "compress", "x-compress"}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_SHOWN = 200
_CHALLENGE_MARKS = (b"/.within.website/", b"/cdn-cgi/challenge-platform/", b"cf-chl-")


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


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between two tries, in seconds: ``first``, doubled each time up to ``longest``."""

    first: float = 1.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; ``url`` is where it came from in the end, ``body`` is whole and unpacked,
    ``tries`` how often it was asked for."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    tries: int = 1


class ServerError(RetryLater):
    """The source's program failed on this very request (HTTP 5xx other than "busy"), each time."""

    cause = "server"


class TooLarge(SourceBroken):
    """One answer is larger than ``max_bytes``."""

    cause = "large"


class _TryAgainError(Exception):
    """This try failed in a way that the next may not."""

    cause = "damaged"

    def __init__(self, message: str, *, status: int = 0, after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.after = after


class _UnreachedError(_TryAgainError):
    """Not even a connection."""

    cause = "unreached"


class _SilentError(_TryAgainError):
    """It began and did not end."""

    cause = "unreached"


class _Host:
    def __init__(self) -> None:
        self.door = asyncio.Lock()
        self.left = asyncio.Event()
        self.under_way = 0
        self.not_before = 0.0
        self.slower = 0.0


class Hosts:
    """Whose turn it is on each host: first come, first served, starts kept apart."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def _host(self, url: URL) -> _Host:
        return self._hosts.setdefault(f"{url.host}:{url.port}", _Host())

    @asynccontextmanager
    async def turn(self, url: URL, interval: float, at_once: int = 1) -> AsyncIterator[None]:
        """A request to the host of ``url``, begun when fewer than ``at_once`` are under way there.

        The next one begins ``interval`` seconds after this one, or later. A host that once said
        that it is busy gets one at a time.
        """
        host = self._host(url)
        loop = asyncio.get_running_loop()
        async with host.door:
            while host.under_way >= (1 if host.slower else at_once):
                host.left.clear()
                await host.left.wait()
            await asyncio.sleep(max(0.0, host.not_before - loop.time()))
            host.not_before = loop.time() + max(interval, host.slower)
            host.under_way += 1
        try:
            yield
        finally:
            host.under_way -= 1
            host.left.set()

    def slow_down(self, url: URL, backoff: Backoff, rest: float | None) -> None:
        """The host said that it is busy: leave it alone for ``rest``, then come half as often."""
        host = self._host(url)
        host.slower = min(backoff.longest, max(backoff.first, 2 * host.slower))
        until = asyncio.get_running_loop().time() + (rest or 0.0)
        host.not_before = max(host.not_before, until)


class Fetcher:
    """GETs for one source: cookies, retries, redirects, limits of size, time and rate.

    ``home`` is the source's own address; ``contact`` serves where the settings name none.
    """

    def __init__(
        self,
        settings: HttpSettings,
        home: str = "",
        *,
        hosts: Hosts | None = None,
        contact: str = "",
        backoff: Backoff = Backoff(),
    ) -> None:
        self._settings = settings
        self._guard = AddressGuard(home, settings.networks)
        self._home = URL(home)
        self._hosts = hosts or Hosts()
        self._backoff = backoff
        self._wait = wait_exponential(multiplier=backoff.first, max=backoff.longest) + wait_random(
            0, backoff.first
        )
        self._contact = settings.contact or contact
        self._session: aiohttp.ClientSession | None = None
        self._reached = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        """The session, made at the first request: a source that is a folder needs none."""
        if self._session is None:
            settings = self._settings
            tls: ssl.SSLContext | bool = True
            if settings.ca_file is not None:
                tls = ssl.create_default_context()
                try:
                    tls.load_verify_locations(settings.ca_file)
                except OSError as error:
                    raise ConfigError(
                        say(
                            "The certificate file {file} cannot be read ({reason}); `ca_file` must "
                            "name a PEM file.",
                            file=settings.ca_file,
                            reason=error if isinstance(error, ssl.SSLError) else reason(error),
                        )
                    ) from error
            about = f"; {self._contact}" if self._contact else ""
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                connector=aiohttp.TCPConnector(ssl=tls, resolver=GuardedResolver(self._guard)),
                cookie_jar=aiohttp.CookieJar(unsafe=True),  # servers known by number set them too
                headers={
                    "Accept-Encoding": "gzip",
                    "User-Agent": f"Ilim/{version('ilim')} (metadata harvester{about})",
                },
                timeout=aiohttp.ClientTimeout(
                    total=settings.total_timeout,
                    connect=settings.connect_timeout,
                    sock_connect=settings.connect_timeout,
                    sock_read=settings.read_timeout,
                ),
            )
        return self._session

    async def get(
        self, url: str, params: Mapping[str, str] | str = "", *, brief: bool = False
    ) -> Response:
        """GET ``url`` with ``params`` (a mapping, or a query already encoded, sent as it is).

        ``brief``: one further try at most, for what has had all its tries in another form.

        Any status but 403, 408, 429 and 5xx is an answer: OAI errors may come with a 4xx.
        Raises RetryLater (ServerError for 5xx) when tries are used up or the wait asked for is
        longer than ``patience``; SourceBroken when it is no use to try again.
        """
        query = params if isinstance(params, str) else urlencode(params, quote_via=quote)
        address = web_address(url, query)
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_TryAgainError),
            stop=partial(
                self._enough,
                min(BRIEF, self._settings.retries) if brief else self._settings.retries,
            ),
            wait=self._pause,
            reraise=True,
        )
        try:
            response: Response = await retrying(self._follow, address)
            return replace(response, tries=retrying.statistics["attempt_number"])
        except _TryAgainError as again:
            if again.status and again.status not in _BUSY:
                raise ServerError(str(again), again.after) from again
            cause = "busy" if again.status in _BUSY else again.cause
            raise RetryLater(str(again), again.after, cause) from again

    async def pause(self, attempt: int) -> None:
        """Wait as between tries, before asking again for a page that came but was damaged."""
        await asyncio.sleep(min(self._backoff.first * 2**attempt, self._backoff.longest))

    def _enough(self, retries: int, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        never = isinstance(error, _UnreachedError) and not self._reached
        if never or isinstance(error, _SilentError):
            # Nobody should wait for a host that never answered, or does not end its answers.
            retries = min(BRIEF, retries)
        return state.attempt_number > retries

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _TryAgainError) and error.after is not None:
            return error.after
        return self._wait(state)

    async def _follow(self, address: URL) -> Response:
        start = address
        for _ in range(REDIRECT_LIMIT + 1):
            found = await self._once(address)
            if isinstance(found, Response):
                return found
            _log.info("%s sends us on to %s", describe(address), describe(found))
            address = found
        raise SourceBroken(
            say(
                "{address} sends us from address to address without end; open it in a browser and "
                "put the address it ends at into `url`.",
                address=describe(start),
            ),
            "address",
        )

    async def _once(self, address: URL) -> Response | URL:
        """One request: an answer, or where it sends us on."""
        self._guard.check(address)
        session = self._open()
        settings = self._settings
        name = describe(address)
        interval = settings.interval
        if "interval" not in settings.model_fields_set and is_this_machine(address):
            interval = 0.0  # a server that is ours alone is nobody's burden
        async with self._hosts.turn(address, interval, settings.at_once):
            try:
                async with session.get(
                    address, allow_redirects=False, headers=self._login(address)
                ) as answer:
                    self._reached = True
                    if answer.status in _REDIRECTS and "Location" in answer.headers:
                        return web_address(answer.headers["Location"], home=address)
                    self._refuse(address, answer.status, answer.headers)
                    body = await self._read(answer, name)
            except (aiohttp.ConnectionTimeoutError, aiohttp.ServerTimeoutError) as error:
                if isinstance(error, aiohttp.ConnectionTimeoutError):
                    raise _UnreachedError(
                        say(
                            "{address} did not answer within {seconds} s.",
                            address=name,
                            seconds=f"{settings.connect_timeout:g}",
                        )
                    ) from error
                raise _SilentError(
                    say(
                        "{address} fell silent for {seconds} s.",
                        address=name,
                        seconds=f"{settings.read_timeout:g}",
                    )
                ) from error
            except TimeoutError as error:
                raise _SilentError(
                    say(
                        "{address} did not finish its answer within {seconds} s.",
                        address=name,
                        seconds=f"{settings.total_timeout:g}",
                    )
                ) from error
            except aiohttp.InvalidURL as error:
                raise no_web_address(name) from error
            except aiohttp.ClientConnectorCertificateError as error:
                raise SourceBroken(
                    say(
                        "The certificate of {address} cannot be trusted ({reason}). Tell the "
                        "source; if it uses its own authority, name that authority's file as "
                        "`ca_file`.",
                        address=name,
                        reason=_distrust(error.certificate_error),
                    ),
                    "certificate",
                ) from error
            except aiohttp.ClientConnectorError as error:
                raise _UnreachedError(
                    say(
                        "{address} cannot be reached: {reason}.",
                        address=name,
                        reason=reason(error.os_error),
                    )
                ) from error
            except aiohttp.ClientError as error:
                raise _TryAgainError(
                    say(
                        "{address} broke off its answer ({error}).",
                        address=name,
                        error=type(error).__name__,
                    )
                ) from error
        if any(mark in body[:20_000] for mark in _CHALLENGE_MARKS):
            raise _challenged(name)
        if not body.strip() and answer.status < HTTPStatus.BAD_REQUEST:
            raise _TryAgainError(
                say(
                    "{address} sent an empty answer (HTTP {status}).",
                    address=name,
                    status=str(answer.status),
                )
            )
        return Response(str(address), answer.status, answer.headers, body)

    def _login(self, address: URL) -> dict[str, str]:
        """Name and password, for the source's own address alone: not for where it sends us on,
        nor without encryption where the source has it."""
        home, password = self._home, self._settings.password
        own = address.host == home.host and address.port in (home.port, 443) and not address.user
        if password is None or not own or (home.scheme, address.scheme) == ("https", "http"):
            return {}
        both = f"{self._settings.user}:{password.get_secret_value()}".encode()
        return {"Authorization": f"Basic {b64encode(both).decode()}"}

    async def _read(self, answer: aiohttp.ClientResponse, name: str) -> bytes:
        payload = Payload(self._settings.max_bytes)
        try:
            async for chunk in answer.content.iter_chunked(_CHUNK):
                payload.feed(chunk)
            body = payload.finish()
        except PayloadTooLargeError as error:
            raise TooLarge(
                say(
                    "{address} sent more than {size} MB in one answer; the rest was not read. If "
                    "that is right, raise `http.max_bytes`.",
                    address=name,
                    size=round(self._settings.max_bytes / 1e6),
                )
            ) from error
        except PayloadCutError as error:
            raise _TryAgainError(
                say("{address} sent a compressed answer that is cut or damaged.", address=name)
            ) from error
        packing = answer.headers.get("Content-Encoding", "").strip().lower()
        if packing in _FOREIGN_PACKINGS and _BINARY.search(body[:_SHOWN]):
            raise _TryAgainError(
                say(
                    "{address} sent its answer packed as “{kind}”, which Ilim did not ask for and "
                    "cannot unpack.",
                    address=name,
                    kind=packing,
                )
            )
        return body

    def _refuse(self, address: URL, status: int, headers: CIMultiDictProxy[str]) -> None:
        """Raise for the states that are no answer."""
        name = describe(address)
        if headers.get("cf-mitigated") == "challenge":
            raise _challenged(name)
        if status == HTTPStatus.FORBIDDEN:
            raise SourceBroken(
                say(
                    "{address} refuses us (HTTP 403). Ask the source to allow Ilim's address or "
                    "its name (the User-Agent begins with “Ilim/”).",
                    address=name,
                ),
                "refused",
            )
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in (
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.TOO_MANY_REQUESTS,
        ):
            return
        after = None
        if "Retry-After" in headers:
            after = retry_after(headers["Retry-After"], server_clock(headers) or datetime.now(UTC))
        said, waits = _FAILS
        if status in _BUSY:
            said, waits = _IS_BUSY
            self._hosts.slow_down(address, self._backoff, after)
        if after is not None and after > self._settings.patience:
            words = say(waits, address=name, status=str(status), seconds=round(after))
            raise RetryLater(words, after, "busy")
        words = say(said, address=name, status=str(status))
        raise _TryAgainError(words, status=status, after=after)


_FAILS = (
    later("{address} answers with HTTP {status}."),
    later("{address} answers with HTTP {status} and asks to come back in {seconds} s."),
)
_IS_BUSY = (
    later("{address} is busy (HTTP {status})."),
    later("{address} is busy (HTTP {status}) and asks to come back in {seconds} s."),
)

_DISTRUST = {
    9: later("it is not valid yet"),
    10: later("it has expired"),
    18: later("it is self-signed"),
    19: later("its authority is not known here"),
    20: later("its authority is not known here"),
    21: later("its chain of certificates is incomplete"),
    62: later("it is of another host"),
    64: later("it is of another address"),
}
"""What OpenSSL's verification answers (openssl-verification-options(1)), by number."""


def _distrust(error: Exception) -> str:
    known = _DISTRUST.get(getattr(error, "verify_code", 0))
    return say(known) if known else str(getattr(error, "verify_message", "") or error)


def _challenged(name: str) -> SourceBroken:
    return SourceBroken(
        say(
            "{address} asks visitors to prove that they are not robots. Ilim does not get around "
            "that: ask the source to allow its harvester (the User-Agent begins with “Ilim/”).",
            address=name,
        ),
        "refused",
    )
