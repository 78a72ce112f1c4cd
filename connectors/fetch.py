"""The only door to the network: polite, bounded, patient, and shut towards private addresses.

One `Fetcher` serves one source; all fetchers of a process share one `Hosts`.
"""

import asyncio
import logging
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

import aiohttp
from multidict import CIMultiDictProxy
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_exponential, wait_random
from yarl import URL

from aggregator.errors import ConfigError, RetryLater, SourceBroken
from aggregator.wording import later, reason, say
from connectors.addresses import (
    AddressGuard,
    GuardedResolver,
    describe,
    is_this_machine,
    no_web_address,
    web_address,
)
from connectors.hosts import BACKOFF, Backoff, Hosts
from connectors.http_date import retry_after, server_clock
from connectors.http_settings import HttpSettings
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
        backoff: Backoff = BACKOFF,
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
