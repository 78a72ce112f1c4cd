"""The connection to Elasticsearch: who is asked, how long it is waited for, and every failure in
plain words."""

import logging
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from aiohttp import ServerFingerprintMismatch
from elastic_transport import ApiResponseMeta, ConnectionTimeout, TlsError, TransportError
from elastic_transport import ConnectionError as NoConnection
from elasticsearch import ApiError, AsyncElasticsearch, UnsupportedProductError
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_random_exponential,
)

from aggregator.errors import ConfigError, IlimError, Unavailable
from aggregator.wording import later, moment, say

log = logging.getLogger(__name__)

_BUSY = frozenset({429, 502, 503, 504})
_PAUSE = 2.0
"""Seconds between two tries while the cluster rests."""

_GLANCE = 2.0
"""Seconds for finding out whether anybody is there at all."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the cluster is and how to get in. Secrets do not show in its repr.

    ``fingerprint`` is the SHA-256 of a certificate to trust, in place of ``ca_file``. ``timeout``
    and ``patience`` are seconds: for one answer, and for trying a write again while the cluster is
    busy or away.
    """

    nodes: tuple[str, ...] = ("http://127.0.0.1:9200",)
    ca_file: Path | None = None
    fingerprint: str = ""
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 10.0
    patience: float = 20.0


class Missing(Exception):
    """What was asked about is not in the cluster. Never leaves the index's modules."""


class Busy(Exception):
    """The cluster asks to be left alone for a moment. Never leaves the index's modules."""


class Cluster:
    """One cluster. Whoever opens it closes it; opening asks nothing of it yet."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._since: datetime | None = None
        self._next_try = 0.0
        self._probing = False

    def __str__(self) -> str:
        return ", ".join(self.connection.nodes)

    async def __aenter__(self) -> Self:
        self._client = _client(self.connection)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.close()

    async def ask(self, doing: str, call: Callable[[AsyncElasticsearch], Awaitable[T]]) -> T:
        """One request; ``doing`` says what for ("searching").

        While the cluster rests one request at a time finds out, every `_PAUSE` seconds, whether it
        is back; the others are refused at once. Raises Missing, Unavailable (no answer; it says
        since when) and ConfigError (it does not let us in, or is none that Ilim can use).
        """
        if self._since and (self._probing or time.monotonic() < self._next_try):
            raise self._resting(doing, "")
        probing = self._since is not None
        self._probing = self._probing or probing
        try:
            return await self._asked(doing, call)
        except Busy as error:
            raise Unavailable(
                self._busy(doing, error),
                datetime.now(UTC),
            ) from error
        finally:
            if probing:
                self._probing = False

    async def insist(self, doing: str, call: Callable[[AsyncElasticsearch], Awaitable[T]]) -> T:
        """A request that is repeated, with growing pauses, while the cluster is busy or away; for
        those that may be repeated without harm. Raises as ``ask`` does when patience is over."""
        patient = AsyncRetrying(
            stop=stop_after_delay(self.connection.patience),
            wait=wait_random_exponential(0.2, max=5),
            retry=retry_if_exception_type((Busy, Unavailable)),
            reraise=True,
        )
        try:
            return await patient(self._asked, doing, call)
        except Busy as error:
            raise Unavailable(
                say(
                    "Elasticsearch at {place} is busy ({doing}: {reason}); indexing goes on by "
                    "itself when it has caught its breath",
                    place=self,
                    doing=say(doing),
                    reason=error,
                )
            ) from error

    async def _asked(self, doing: str, call: Callable[[AsyncElasticsearch], Awaitable[T]]) -> T:
        try:
            answer = await call(self._client)
        except ConnectionTimeout as error:
            if self._since is None and await self._answers():
                raise Unavailable(
                    say(
                        "Elasticsearch at {place} took more than {seconds} s ({doing}): ask again, "
                        "or for less",
                        place=self,
                        seconds=f"{self.connection.timeout:g}",
                        doing=say(doing),
                    ),
                    datetime.now(UTC),
                ) from error
            raise self._meaning(doing, error) from error
        except (ApiError, TransportError) as error:
            meant = self._meaning(doing, error)
            if not isinstance(meant, Unavailable):
                self._since = None  # it answers
            raise meant from error
        self._require_version(getattr(answer, "meta", None))
        if self._since:
            log.info("Elasticsearch at %s answers again.", self)
        self._since = None
        return answer

    async def _answers(self) -> bool:
        """Whether anybody is there: a request that took too long may only have been a hard one."""
        try:
            await self._client.options(request_timeout=_GLANCE, max_retries=0).perform_request(
                "HEAD", "/"
            )
        except ApiError:
            return True
        except TransportError:
            return False
        return True

    def item_error(self, doing: str, item: Mapping[str, Any]) -> Exception:
        """The error of one search among several."""
        meant = self._refused(doing, int(item.get("status", 500)), *_said(item))
        if isinstance(meant, Busy):
            return Unavailable(self._busy(doing, meant), datetime.now(UTC))
        return meant

    def _busy(self, doing: str, error: Busy) -> str:
        return say(
            "Elasticsearch at {place} is busy ({doing}: {reason}): ask again in a moment",
            place=self,
            doing=say(doing),
            reason=error,
        )

    def _require_version(self, meta: ApiResponseMeta | None) -> None:
        """Raises ConfigError for a server before version 8. It takes the client's requests and
        shows itself only by the type of its answers, which newer ones repeat from the request."""
        if meta is None or meta.headers.get("x-elastic-product") != "Elasticsearch":
            return
        if str(meta.headers.get("content-type", "")).startswith("application/json"):
            raise self._unusable(_OLD)

    def _resting(self, doing: str, why: str) -> Unavailable:
        self._since = self._since or datetime.now(UTC)
        said = f"{say(doing)}: {why}" if why else say(doing)
        words = say(
            "Elasticsearch at {place} does not answer ({reason}) since {moment} UTC: start it, or "
            "correct 'nodes' in ilim.yaml. What is stored is safe, and the index catches up by "
            "itself.",
            place=self,
            reason=said,
            moment=moment(self._since),
        )
        return Unavailable(words, self._since)

    def _meaning(self, doing: str, error: ApiError | TransportError) -> IlimError | Missing | Busy:
        if isinstance(error, UnsupportedProductError):
            return self._unusable(
                later(
                    "What answers at {place} is not an Elasticsearch that Ilim can use: Ilim works "
                    "with Elasticsearch 8. Correct 'nodes' under 'elasticsearch' in ilim.yaml, or "
                    "upgrade the server. Nothing was written."
                )
            )
        if isinstance(error, ApiError):
            return self._refusal(doing, error)
        if isinstance(error, TlsError) or _is_another_certificate(error):
            return ConfigError(
                say(
                    "The certificate of Elasticsearch at {place} is not trusted: name the file of "
                    "the authority that issued it as 'ca_file', or its 'fingerprint', under "
                    "'elasticsearch' in ilim.yaml; write http:// if the server has no TLS.",
                    place=self,
                )
            )
        self._next_try = time.monotonic() + _PAUSE
        if isinstance(error, ConnectionTimeout):
            seconds = f"{self.connection.timeout:g}"
            return self._resting(doing, say("no answer within {seconds} s", seconds=seconds))
        if isinstance(error, NoConnection):
            return self._resting(doing, say("no connection"))
        return Unavailable(
            say(
                "Elasticsearch at {place} answered what cannot be read ({doing})",
                place=self,
                doing=say(doing),
            )
        )

    def _refusal(self, doing: str, error: ApiError) -> IlimError | Missing | Busy:
        if error.status_code not in _BUSY:  # of a proxy before it, perhaps
            self._require_version(error.meta)
        return self._refused(doing, error.status_code, *_said(error.body))

    def _refused(self, doing: str, code: int, kind: str, reason: str) -> IlimError | Missing | Busy:
        match code:
            case 404:
                return Missing(kind)
            case 401:
                return ConfigError(
                    say(
                        "Elasticsearch at {place} does not know this user: correct 'api_key', or "
                        "'user' and 'password', under 'elasticsearch' in ilim.yaml and the "
                        "variables they name.",
                        place=self,
                    )
                )
            case 403 | 429 if kind == "cluster_block_exception":
                return Unavailable(blocked(str(self), doing))
            case 403:
                return ConfigError(
                    say(
                        "The user of Elasticsearch at {place} may not do what Ilim needs "
                        "({doing}): give it the rights in docs/operations.md. It said: {reason}",
                        place=self,
                        doing=say(doing),
                        reason=reason[:300],
                    )
                )
            case 400 | 406 if kind == "media_type_header_exception" or "compatible-with" in reason:
                return self._unusable(_OLD)
            case status if status in _BUSY:
                return Busy(reason[:200] or str(status))
        return Unavailable(
            say(
                "Elasticsearch at {place} refused ({doing}, {code}): {reason}",
                place=self,
                doing=say(doing),
                code=str(code),
                reason=reason[:300],
            )
        )

    def _unusable(self, what: str) -> ConfigError:
        return ConfigError(say(what, place=self))


_OLD = later(
    "What answers at {place} is older than version 8: Ilim works with Elasticsearch 8. Correct "
    "'nodes' under 'elasticsearch' in ilim.yaml, or upgrade the server. Nothing was written."
)


def blocked(where: str, doing: str) -> str:
    """The sentence for a cluster that takes no writes, mostly since its disk is nearly full."""
    return say(
        "Elasticsearch at {place} takes no writes now ({doing}): its disk is nearly full, or an "
        "administrator has blocked the index. Free some space there; Ilim goes on by itself",
        place=where,
        doing=say(doing),
    )


def _is_another_certificate(error: BaseException | None) -> bool:
    """Whether the server's certificate has not the fingerprint that was named."""
    while error is not None:
        if isinstance(error, ServerFingerprintMismatch):
            return True
        error = error.__cause__ or error.__context__
    return False


def _with_port(node: str) -> str:
    """The address with Elasticsearch's usual port where it names none."""
    return node if urlsplit(node).port else f"{node.rstrip('/')}:9200"


def _said(body: Any) -> tuple[str, str]:
    """Type and reason of an error as Elasticsearch words it."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("type", "")), str(error.get("reason", ""))
    return "", str(error or body or "")


def _client(connection: Connection) -> AsyncElasticsearch:
    options: dict[str, Any] = {}
    if connection.ca_file is not None:
        if not connection.ca_file.is_file():
            raise ConfigError(
                say(
                    "There is no file {file}; correct 'ca_file' under 'elasticsearch' in "
                    "ilim.yaml.",
                    file=connection.ca_file,
                )
            )
        options["ca_certs"] = str(connection.ca_file)
    if connection.fingerprint:
        options["ssl_assert_fingerprint"] = connection.fingerprint
    if connection.api_key:
        options["api_key"] = connection.api_key
    elif connection.user:
        pair = f"{connection.user}:{connection.password}".encode()
        options["headers"] = {"authorization": f"Basic {b64encode(pair).decode()}"}
    try:
        return AsyncElasticsearch(
            [_with_port(node) for node in connection.nodes],
            request_timeout=max(1.0, connection.timeout / len(connection.nodes)),
            # Another node at once; the rest is `insist`'s.
            max_retries=len(connection.nodes) - 1,
            retry_on_timeout=len(connection.nodes) > 1,
            retry_on_status=(),
            http_compress=False,
            **options,
        )
    except (ValueError, OSError) as error:
        raise ConfigError(
            say(
                "The connection to Elasticsearch at {place} cannot be made: {reason}. Correct "
                "'elasticsearch' in ilim.yaml.",
                place=", ".join(connection.nodes),
                reason=error,
            )
        ) from error
