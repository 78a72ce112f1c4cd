"""Speaks OAI-PMH with one server: asks, asks again for what came damaged, and reads.

The next page is asked for while the one before is read and stored: one page ahead at most.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from sickle.models import Identify

from aggregator.errors import RetryLater, SourceBroken
from aggregator.wording import say
from connectors.addresses import describe
from connectors.fetch import Fetcher, Response, ServerError
from connectors.http_date import server_clock
from connectors.oai_page import (
    Damaged,
    Headers,
    NotOai,
    Page,
    parse_page,
    read_formats,
    read_headers,
    read_identify,
    read_sets,
    tail_token,
)
from connectors.oai_request import LONGEST_TOKEN, OaiPmhConfig, build_request
from connectors.oai_window import DAY, Window, parse_stamp, stamp

log = logging.getLogger(__name__)

TRIES = 3
"""How often a page that came but cannot be read is asked for …"""

BRIEF_TRIES = 2
"""… and in a list that is asked for because of trouble in a longer one."""

SET_PAGES = 30
"""How far a list of sets is read to see whether one is in it."""

_PARSING = ThreadPoolExecutor(2, thread_name_prefix="oai")
"""Two at once: a parsed page takes several times its size, and each thread keeps some of that."""

ANSWERS = {"ListRecords", "GetRecord"}
_T = TypeVar("_T")


class Refused(RetryLater):
    """An HTTP 4xx whose body is no OAI-PMH: nothing like this is there, or not now."""

    cause = "address"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Foreign(SourceBroken):
    """Each time something else came than OAI-PMH: a notice, a login, an error page."""

    cause = "address"


class OaiClient:
    """The requests of one run. ``close`` ends a request that is under way."""

    def __init__(self, config: OaiPmhConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher
        self._ahead: tuple[str, asyncio.Task[Response]] | None = None
        self._moved = False
        self.clock = ""
        """The source's time at the last page, "" if it never told; never in our own future."""
        self.again = False
        """Whether the last page had to be asked for more than once."""

    async def page(
        self, window: Window, token: str, *, days: bool, brief: bool = False, ahead: bool = True
    ) -> Page:
        """A page of ListRecords: the first of ``window``, or the one ``token`` leads to.

        ``brief``: with few tries, since a longer list broke off here after all of them.
        ``ahead``: the page after it is asked for at once. Raises RetryLater (Damaged, Refused and
        ServerError are kinds of it) or SourceBroken (Foreign is one).
        """
        query = build_request(self._config, window, token, days=days)
        error: RetryLater | None = None
        self.again = False
        for attempt in range(BRIEF_TRIES if brief else TRIES):
            if attempt:
                await self._fetcher.pause(attempt - 1)
            response = await self._take(query, brief)
            self.again |= bool(attempt) or response.tries > 1
            self._notice_move(response)
            following = tail_token(response.body) if ahead else ""
            if 0 < len(following) <= LONGEST_TOKEN and response.status < HTTPStatus.BAD_REQUEST:
                self._send(build_request(self._config, window, following), brief)
            try:
                page = await self._parsed(response)
            except (NotOai, Damaged) as mistake:
                await self.close()
                self._refuse(response, mistake)
                error = mistake
                log.info("Asking again: %s", mistake)
                continue
            if self._ahead is not None and page.token != following:
                await self.close()
            told = _moment(page.response_date) or _http_date(response)
            # A clock that is fast would have us skip the time between: ours is early enough then.
            self.clock = min(told, stamp(datetime.now(UTC) + DAY)) if told else self.clock
            return page
        assert error is not None
        if isinstance(error, NotOai):
            raise Foreign(
                say(
                    "{address} does not speak OAI-PMH. {reason} Open the address with "
                    "?verb=Identify in a browser, and correct `url` or tell the source.",
                    address=describe(self._config.url),
                    reason=error,
                )
            ) from error
        raise error

    async def record(self, local_id: str) -> Page:
        """One record by itself, asked for with few tries: a list with it failed before."""
        query = {
            "verb": "GetRecord",
            "metadataPrefix": self._config.format,
            "identifier": local_id,
        }
        response = await self._fetcher.get(self._config.url, query, brief=True)
        return await self._parsed(response)

    async def headers(self, window: Window, token: str, *, days: bool) -> Headers:
        """A page of ListIdentifiers, asked for with few tries: something failed before. Raises
        Sickle's exceptions too."""
        query = build_request(self._config, window, token, days=days, verb="ListIdentifiers")
        return await self._ask(query, read_headers, brief=True)

    async def identify(self) -> Identify | None:
        """What the server says about itself; None where it says nothing usable."""
        try:
            return await self._ask("verb=Identify", read_identify)
        except (Damaged, NotOai, Refused, ServerError):
            return None

    async def formats(self) -> list[str]:
        """The metadata formats on offer; none where the server does not tell."""
        try:
            formats = await self._ask("verb=ListMetadataFormats", read_formats)
        except RetryLater:
            return []
        return [name for one in formats if (name := said(one, "metadataPrefix"))]

    async def offers(self) -> str:
        """The formats and the first sets on offer, for a message; "" if it does not tell."""
        told = []
        names = await self.formats()
        if names:
            told.append(say("It offers the formats {formats}.", formats=", ".join(names)))
        if self._config.sets:
            with contextlib.suppress(RetryLater):
                sets, _ = await self.set_names(pages=1)
                if sets:
                    told.append(say("Its sets are {sets}.", sets=some_of(sets)))
        return " ".join(told)

    async def set_names(self, pages: int = SET_PAGES) -> tuple[list[str], bool]:
        """The sets it lists, on at most ``pages`` pages, and whether these are all."""
        names: list[str] = []
        query = "verb=ListSets"
        for _ in range(pages):
            sets, token = await self._ask(query, read_sets)
            names += [name for one in sets if (name := said(one, "setSpec"))]
            if not token:
                return names, True
            query = f"verb=ListSets&resumptionToken={quote(token, safe='')}"
        return names, False

    async def close(self) -> None:
        """Give up the request that was sent ahead, if any."""
        if self._ahead is not None:
            task = self._ahead[1]
            self._ahead = None
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # seen: it does not matter any more

    async def _ask(self, query: str, read: Callable[[bytes], _T], *, brief: bool = False) -> _T:
        response = await self._fetcher.get(self._config.url, query, brief=brief)
        try:
            return read(response.body)
        except (NotOai, Damaged) as mistake:
            self._refuse(response, mistake)
            raise

    def _send(self, query: str, brief: bool) -> None:
        get = self._fetcher.get(self._config.url, query, brief=brief)
        self._ahead = (query, asyncio.create_task(get))

    async def _take(self, query: str, brief: bool) -> Response:
        if self._ahead is not None and self._ahead[0] == query:
            task = self._ahead[1]
            try:
                return await task
            finally:
                self._ahead = None
        await self.close()
        return await self._fetcher.get(self._config.url, query, brief=brief)

    async def _parsed(self, response: Response) -> Page:
        # In a thread, so that twenty sources do not hold up one another's answers.
        return await asyncio.get_running_loop().run_in_executor(_PARSING, self._read, response)

    def _read(self, response: Response) -> Page:
        kind = Message()
        kind["Content-Type"] = response.headers.get("Content-Type", "")
        charset = kind.get_content_charset() or ""
        config = self._config
        page = parse_page(response.body, config.format, charset=charset, encoding=config.encoding)
        if page.verb not in ANSWERS and not page.errors:
            raise Damaged(say("The answer holds neither records nor an error."), response.body)
        return page

    def _refuse(self, response: Response, mistake: RetryLater) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise Refused(
                say(
                    "{address} answers with HTTP {status}. {reason}",
                    address=describe(response.url),
                    status=str(response.status),
                    reason=mistake,
                ),
                response.status,
            ) from mistake

    def _notice_move(self, response: Response) -> None:
        here = describe(response.url)
        if here != describe(self._config.url) and not self._moved:
            self._moved = True
            log.warning(
                "The source %s has moved: put %s into `url`, it saves a request for each page.",
                self._config.id,
                here,
            )


def some_of(names: Sequence[str]) -> str:
    """The first of many names, for a message."""
    return f"{', '.join(names[:20])}{', …' * (len(names) > 20)}"


def said(model: object, name: str) -> str:
    """A field of one of Sickle's models, "" where the server left it out or empty."""
    return str(getattr(model, name, None) or "").strip()


def _moment(text: str) -> str:
    moment = parse_stamp(text)
    return stamp(moment) if moment else ""


def _http_date(response: Response) -> str:
    date = server_clock(response.headers)
    return stamp(date) if date else ""
