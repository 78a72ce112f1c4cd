"""OAI-PMH 2.0: harvests a repository, or a folder of its saved responses.

A run asks for intervals of datestamps (`connectors.oai_window`): one without bounds the first
time, then what came since. Trouble inside a list costs that list and not the run: it is begun
again once, then halved down to a day, whose records are at last asked for one by one; what
still cannot be had makes the run incomplete and stays open for the next one. The numbered
cases are those of HARVESTING §2.
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

from sickle import oaiexceptions
from sickle.oaiexceptions import BadArgument, BadResumptionToken, NoRecordsMatch

from aggregator.errors import IlimError, RetryLater, SourceBroken
from aggregator.source import Batch, Checkpoint, Raw, Reject
from connectors.fetch import Fetcher, ServerError, TooLarge
from connectors.oai_client import OaiClient, Refused, said
from connectors.oai_folder import saved_pages
from connectors.oai_page import Damaged, Page, tail_token
from connectors.oai_request import OaiPmhConfig, build_request
from connectors.oai_window import EARLIEST, Progress, Window, outside, parse_stamp, stamp

__all__ = ["OaiPmh", "OaiPmhConfig", "build_request"]

log = logging.getLogger(__name__)

SHORT = 0.01
"""A list is short when more than this share of what the source claims is missing (case 8)."""

OUTSIDE = 0.01
"""A server ignores dates when more than this share of records lies outside (case 13)."""

SINGLE_LIMIT = 1000
"""Records asked for one by one in a day whose list cannot be had (case 10)."""

REPAIR_LIMIT = 20
"""Unreadable records of one page that are asked for by themselves (case 64)."""

TROUBLE_LIMIT = 30
"""Lists in a row that may fail, enough to halve all time down to a bad day twice over."""

_NOTHING = Page()
_OUR_FAULT = (
    oaiexceptions.BadArgument,
    oaiexceptions.CannotDisseminateFormat,
    oaiexceptions.NoMetadataFormat,
    oaiexceptions.NoSetHierarchy,
)
_OAI_ERRORS = (
    oaiexceptions.BadArgument,
    oaiexceptions.BadResumptionToken,
    oaiexceptions.BadVerb,
    oaiexceptions.CannotDisseminateFormat,
    oaiexceptions.IdDoesNotExist,
    oaiexceptions.NoMetadataFormat,
    oaiexceptions.NoSetHierarchy,
    oaiexceptions.OAIError,
)


class OaiPmh:
    """The connector (`aggregator.source.Connector`); ``fetcher`` is not used for a folder."""

    def __init__(self, config: OaiPmhConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher

    def fingerprint(self) -> str:
        return self._config.fingerprint()

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return self._config.path is not None or self._progress(checkpoint).full

    def _progress(self, checkpoint: Checkpoint) -> Progress:
        config = self._config
        return Progress.resume(config.fingerprint(), config.lists, checkpoint, config.overlap)

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch, None]:
        if self._config.path is not None:
            batches = saved_pages(self._config, checkpoint)
        else:
            progress = self._progress(checkpoint)
            progress.format = progress.format or await self._choose_format()
            config = self._config.only(progress.format)
            batches = _Run(config, self._fetcher, progress).batches()
        async with aclosing(batches):
            async for batch in batches:
                yield batch

    async def _choose_format(self) -> str:
        """The first of the wanted formats that the repository offers; the first of all where it
        does not tell. A single one needs no question."""
        wanted = self._config.formats
        if len(wanted) == 1:
            return wanted[0]
        offered = await OaiClient(self._config, self._fetcher).formats()
        if not offered:
            return wanted[0]
        for format in wanted:
            if format in offered:
                return format
        raise SourceBroken(
            f"The source offers none of the formats {', '.join(wanted)}. It offers "
            f"{', '.join(offered)}. Correct `formats` in the source's file."
        )


class _Run:
    """One run over the network; ``progress`` is where it stands."""

    def __init__(self, config: OaiPmhConfig, fetcher: Fetcher, progress: Progress) -> None:
        self._config = config
        self._client = OaiClient(config, fetcher)
        self._progress = progress
        self._earliest = EARLIEST
        self._asked = self._turned = False
        self._inside = self._outside = 0
        self._row = 0

    async def batches(self) -> AsyncGenerator[Batch, None]:
        try:
            while (window := self._progress.window) is not None:
                yield await self._step(window)
        finally:
            await self._client.close()

    async def _step(self, window: Window) -> Batch:
        """One page of the open window, or what its trouble leads to."""
        progress = self._progress
        if (window.start or window.end) and not progress.place:
            await self._learn_granularity()
        try:
            page = await self._client.page(
                window, progress.place, days=progress.days, brief=progress.failures > 0
            )
        except (Damaged, ServerError, TooLarge) as trouble:
            if isinstance(trouble, ServerError):
                await self._still_there(trouble)
            return await self._trouble(window, trouble)
        except Refused as refused:
            return await self._refused(window, refused)
        self._row = 0
        if not progress.first:
            progress.first = self._client.clock
        errors = [error for error in page.errors if not isinstance(error, NoRecordsMatch)]
        if page.count or page.token or not page.errors:
            problem = ""
            if page.errors:
                problem = f"The source sent records and an error at once: {page.errors[0]}."
                progress.damage()
            return await self._take(window, page, problem)
        if progress.place:
            return await self._broken_off(window, (errors or page.errors)[0])
        if not errors:
            return await self._nothing(window)
        return await self._rejected(window, errors[0])

    def _batch(
        self,
        page: Page = _NOTHING,
        *,
        problem: str = "",
        total: int | None = None,
    ) -> Batch:
        return Batch(
            page.records,
            self._progress.checkpoint(),
            total=total,
            rejects=page.rejects,
            problem=problem,
            still=page.still,
        )

    async def _take(self, window: Window, page: Page, problem: str) -> Batch:
        """Note a page that came, and turn to the next one or the next window."""
        progress = self._progress
        if page.rejects:
            page = await self._ask_singly(page)
        stamps = [raw.stamp for raw in page.records]
        progress.see(stamps)
        progress.at += page.count
        if page.total is not None and not self._config.ignore_total:
            progress.total = page.total
        # Only one list's length is that of the run; each list is judged by itself anyway.
        alone = progress.number == 0 and len(self._config.lists) == 1
        total = progress.total if alone else None
        if self._ignores_dates(window, stamps):
            log.info("%s ignores dates: asking for everything at once", self._config.id)
            progress.ignore_dates()
        elif page.token:
            progress.place = page.token
        else:
            problem = problem or self._shortage()
            if problem:
                progress.damage()
            progress.close()
        return self._batch(page, problem=problem, total=total)

    def _shortage(self) -> str:
        """Why a list that ended should not be believed, "" if it may be (cases 7 and 8)."""
        came, claimed = self._progress.at, self._progress.total
        if claimed is None or came >= claimed * (1 - SHORT):
            return ""
        return (
            f"The source speaks of {claimed} records and sent {came}. If its number is known to be "
            "wrong, set `ignore_total: true`."
        )

    def _ignores_dates(self, window: Window, stamps: list[str]) -> bool:
        """Whether so many records lie outside the window that dates mean nothing to the server."""
        progress = self._progress
        if not progress.place:
            self._inside = self._outside = 0
        read, wrong = outside(window, stamps)
        self._inside += read - wrong
        self._outside += wrong
        # A single window that is open above brings everything either way.
        several = window.end or sum(one.set == window.set for one in progress.todo) > 1
        return bool(several) and self._outside > OUTSIDE * (self._inside + self._outside)

    async def _ask_singly(self, page: Page) -> Page:
        """Ask for the unreadable records of a page one by one: some come whole that way."""
        records: list[Raw] = []
        still: list[str] = []
        rejects: list[Reject] = []
        for number, reject in enumerate(page.rejects):
            single = None
            if reject.id and number < REPAIR_LIMIT:
                single = await self._single(reject.id)
            if single is not None:
                records += single.records
                still += single.still
            else:
                rejects.append(reject)
        return Page(
            (*page.records, *records), tuple(rejects), (*page.still, *still), page.token,
            page.total, page.response_date, page.verb, page.errors, page.repairs,
        )  # fmt: skip

    async def _single(self, local_id: str) -> Page | None:
        """A record by itself, None if it cannot be had that way either."""
        try:
            page = await self._client.record(local_id)
        except (RetryLater, TooLarge) as error:
            log.info("%s cannot be had by itself: %s", local_id, error)
            return None
        good = page.records or page.still
        return page if good and not page.rejects else None

    async def _nothing(self, window: Window) -> Batch:
        """The source says that a window holds nothing, which is normal unless it never will."""
        problem = ""
        if window.set and not window.start and not window.end:
            try:
                names, all_of_them = await self._client.set_names()
            except RetryLater:
                names, all_of_them = [], False
            if names and all_of_them and window.set not in names:
                problem = (
                    f"The source has no set “{window.set}”: correct `sets` in its file. Its sets "
                    f"are {', '.join(names[:20])}{', …' * (len(names) > 20)}."
                )
        self._progress.close()
        return self._batch(problem=problem)

    async def _rejected(self, window: Window, error: Exception) -> Batch:
        """The first request of a window was refused in the protocol's own words."""
        progress = self._progress
        dated = window.start or window.end
        doubtful = dated and not self._turned and self._config.granularity is None
        if doubtful and isinstance(error, BadArgument):
            # Whatever it said: some read days only, some refuse them (case 16).
            self._turned = True
            progress.days = not progress.days
            return self._batch()
        if not isinstance(error, _OUR_FAULT):
            raise SourceBroken(
                f"The source '{self._config.id}' answers the first request with an error "
                f"({error}). If it goes on doing so, tell the source.",
                "server",
            )
        offers = await self._client.offers()
        withdrawn = dated and isinstance(error, oaiexceptions.CannotDisseminateFormat)
        advice = " `ilim harvest ID --full` chooses among `formats` anew." if withdrawn else ""
        raise SourceBroken(
            f"The source refuses the request for the format “{self._config.format}”"
            f"{f' and the set “{window.set}”' if window.set else ''} ({error}). {offers} "
            f"Correct `formats` or `sets` in the file of the source '{self._config.id}'.{advice}",
            "request",
        )

    async def _broken_off(self, window: Window, error: Exception) -> Batch:
        """An error instead of the page that a token promised."""
        progress = self._progress
        all_came = progress.total is not None and progress.at >= progress.total
        if all_came and isinstance(error, NoRecordsMatch | BadResumptionToken):
            progress.close()  # a token on the last page, cases 5 and 6
            return self._batch()
        if isinstance(error, NoRecordsMatch):
            problem = f"The list ended early, after {progress.at} records ({error})."
            progress.leave()
            return self._batch(problem=problem)
        return await self._trouble(window, error)

    async def _refused(self, window: Window, refused: Refused) -> Batch:
        """An HTTP 4xx without a word of OAI-PMH."""
        if self._progress.place:
            return await self._trouble(window, refused)
        if not window.start and not window.end:
            raise SourceBroken(
                f"{refused} Check `url` in the file of the source '{self._config.id}': opened with "
                "?verb=Identify it must show an OAI-PMH answer.",
                "address",
            )
        await self._still_there(refused)
        # Some say so that an interval is empty (case 14). It stays open: the next run asks again.
        self._progress.leave()
        return self._batch()

    async def _still_there(self, error: RetryLater) -> None:
        """Raise ``error`` unless the server answers Identify: then it is this one request."""
        if await self._client.identify() is None:
            raise error

    async def _learn_granularity(self) -> None:
        """Ask once a run how the source writes dates and where they begin."""
        if self._asked:
            return
        self._asked = True
        server = await self._client.identify()
        granularity = said(server, "granularity").casefold()
        earliest = said(server, "earliestDatestamp")
        moment = parse_stamp(earliest)
        if moment is not None and moment < datetime.now(UTC):
            self._earliest = stamp(moment)
        if self._config.granularity is not None:
            self._progress.days = self._config.granularity == "day"
        elif "hh" not in granularity:
            # Days are legal everywhere, if not everywhere understood; a full date is a better sign.
            self._progress.days |= bool(granularity) or "T" not in earliest

    async def _trouble(self, window: Window, error: Exception) -> Batch:
        """A list that cannot be gone on with: again, then halved, then record by record."""
        progress = self._progress
        log.info("%s: trouble in %s: %s", self._config.id, window, error)
        self._row += 1
        if self._row > TROUBLE_LIMIT:
            cause = error.cause if isinstance(error, IlimError) else "server"
            raise SourceBroken(
                f"{self._row} lists in a row of the source '{self._config.id}' could not be had. "
                f"The last: {error}",
                cause,
            )
        if progress.failures == 0:
            progress.again()
            return self._batch()
        await self._learn_granularity()
        if progress.split(self._earliest, self._client.clock or stamp(datetime.now(UTC))):
            return self._batch()
        return await self._one_by_one(window, error)

    async def _one_by_one(self, window: Window, error: Exception) -> Batch:
        """The last resort for a window: its identifiers, and each record by itself (case 10)."""
        progress = self._progress
        span = " to ".join(day for day in (window.start[:10], window.end[:10]) if day) or "all"
        problem = f"A list could not be had ({span}): {error}"
        body = error.body if isinstance(error, Damaged) else b""
        lost = (Reject(problem, body),) if body else ()
        pages: list[Page] = []
        try:
            names = [] if window.whole else await self._names(window)
        except (RetryLater, TooLarge, *_OAI_ERRORS) as mistake:
            log.info("%s: nor its identifiers: %s", self._config.id, mistake)
            names = []
        refused = 0
        for name, deleted, date in names:
            if deleted:
                pages.append(Page((Raw(name, None, self._config.format, date),)))
            elif single := await self._single(name):
                pages.append(single)
            else:
                refused += 1
                reason = "The record can be had neither in a list nor by itself."
                pages.append(Page(rejects=(Reject(reason, b"", name),)))
        if names:
            problem, lost = "", ()
            if refused:  # the next run asks for this window again: the source may be mended
                problem = f"Of {len(names)} records ({span}) {refused} could not be had: {error}"
                progress.damage()
            progress.close()
        elif isinstance(error, Damaged) and not error.truncated and (on := tail_token(error.body)):
            progress.damage()
            progress.place = on if on != progress.place else ""
            if not progress.place:
                progress.leave()
        else:
            progress.leave()
        records = tuple(raw for page in pages for raw in page.records)
        still = tuple(one for page in pages for one in page.still)
        rejects = (*lost, *(reject for page in pages for reject in page.rejects))
        return self._batch(Page(records, rejects, still), problem=problem)

    async def _names(self, window: Window) -> list[tuple[str, bool, str]]:
        """Identifier, deletion and datestamp of a window's records; none if they are too many."""
        names: dict[str, tuple[str, bool, str]] = {}
        token = ""
        while len(names) <= SINGLE_LIMIT:
            headers, token = await self._client.headers(window, token, days=self._progress.days)
            known = len(names)
            for header in headers:
                if name := said(header, "identifier"):
                    names[name] = (name, bool(header.deleted), said(header, "datestamp"))
            if not token or len(names) == known:
                return list(names.values())
        return []
