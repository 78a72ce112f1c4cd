"""One run over the network of the OAI-PMH connector: what each answer leads to.

Trouble inside a list costs that list and not the run: it is begun again once, then halved down to a
day, whose records are at last asked for one by one; what still cannot be had makes the run
incomplete and stays open for the next one. A list that ended is believed as far as the evidence
goes (`connectors.oai_evidence`). The numbered cases are those of HARVESTING §2.
"""

import logging
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime

from sickle import oaiexceptions
from sickle.oaiexceptions import BadArgument, BadResumptionToken, NoRecordsMatch

from aggregator.errors import IlimError, RetryLater, SourceBroken
from aggregator.source import Batch, Reject
from aggregator.wording import later, say
from connectors.fetch import Fetcher, TooLarge
from connectors.oai_client import Foreign, OaiClient, Refused, some_of
from connectors.oai_dates import Dates
from connectors.oai_evidence import SHORT, Evidence
from connectors.oai_page import Damaged, Page, tail_token
from connectors.oai_request import LONGEST_TOKEN, OaiPmhConfig
from connectors.oai_singles import REPAIR_LIMIT, SINGLE_LIMIT, Name, Names, Singles
from connectors.oai_window import Progress, Window, stamp

log = logging.getLogger(__name__)

TROUBLE_LIMIT = 30
"""Lists in a row that may fail, enough to halve all time down to a bad day twice over."""

CIRCLE_LIMIT = 8
"""Lists in a row that may go in a circle before their windows are no longer halved."""

_NOTHING = Page()
_OUR_FAULT = (
    oaiexceptions.BadArgument,
    oaiexceptions.CannotDisseminateFormat,
    oaiexceptions.NoMetadataFormat,
    oaiexceptions.NoSetHierarchy,
)


class Doubt(RetryLater):
    """A list came to its end, and something of it is missing."""

    cause = "gaps"


class Run:
    """One run; ``progress`` is where it stands, ``config`` names the one format asked for."""

    def __init__(self, config: OaiPmhConfig, fetcher: Fetcher, progress: Progress) -> None:
        self._config = config
        self._client = OaiClient(config, fetcher)
        self._singles = Singles(self._client, config.format)
        self._progress = progress
        self._evidence = Evidence(progress, ignore_total=config.ignore_total)
        self._resumed = bool(progress.place)
        self._dates = Dates(config, self._client, progress)
        self._told = False
        self._row = 0

    async def batches(self) -> AsyncGenerator[Batch, None]:
        try:
            while (window := self._progress.window) is not None:
                batch = await self._step(window)
                self._told |= bool(batch.problem)
                if self._progress.window is None and self._progress.lost and not self._told:
                    # What an earlier run of this pass had to leave is no smaller loss today.
                    problem = say(
                        "An earlier part of this pass could not be had; it is asked for again."
                    )
                    batch = replace(batch, problem=problem)
                yield batch
        finally:
            await self._client.close()

    async def _step(self, window: Window) -> Batch:
        """One page of the open window, or what its trouble leads to."""
        progress = self._progress
        if (window.start or window.end) and not progress.place:
            await self._dates.learn()
        try:
            page = await self._client.page(
                window, progress.place, days=progress.days, brief=progress.failures > 0
            )
        except Refused as refused:
            return await self._refused(window, refused)
        except Foreign as page_of_html:
            begun = progress.place or progress.failures
            if not begun or await self._client.identify() is None:
                raise
            return await self._trouble(window, page_of_html)
        except (RetryLater, TooLarge) as trouble:
            if not isinstance(trouble, Damaged | TooLarge):
                await self._only_this(window, trouble)
            return await self._trouble(window, trouble)
        self._row = 0
        if not progress.first:
            progress.first = self._client.clock
        errors = [error for error in page.errors if not isinstance(error, NoRecordsMatch)]
        if page.count or page.token or not page.errors:
            problem = ""
            if page.errors:
                problem = say(
                    "The source sent records and an error at once: {error}.", error=page.errors[0]
                )
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
        problem: str = "",
        cause: str = "gaps",
        total: int | None = None,
    ) -> Batch:
        checkpoint = self._progress.checkpoint()
        return Batch(page.records, checkpoint, total, page.rejects, problem, page.still, cause)

    # A page came

    async def _take(self, window: Window, page: Page, problem: str) -> Batch:
        """Note a page that came, and turn to the next one or the next window."""
        progress = self._progress
        if page.rejects:
            page = await self._singles.mend(page)
        stamps = [raw.stamp for raw in page.records]
        progress.see(stamps)
        circle = self._evidence.page(page, again=self._client.again)
        # Only one list's length is that of the run; each list is judged by itself anyway.
        alone = progress.number == 0 and len(self._config.lists) == 1
        total = progress.total if alone else None
        if self._dates.are_ignored(window, stamps):
            log.info("%s ignores dates: asking for everything at once", self._config.id)
            progress.ignore_dates()
        elif circle:
            return await self._circle(window, page, circle)
        elif len(page.token) > LONGEST_TOKEN:
            told = say(
                "The source's resumption token is {size} characters long.", size=len(page.token)
            )
            return _with(page, await self._trouble(window, Doubt(told)))
        elif page.token:
            progress.place = page.token
        elif self._evidence.hole():
            page = page.plus((await self._left_out(window))[0])
            if hole := self._evidence.hole():
                return _with(page, await self._trouble(window, Doubt(hole)))
            return replace(await self._ended(window, page, problem), total=total)
        else:
            return replace(await self._ended(window, page, problem), total=total)
        return self._batch(page, problem, total=total)

    async def _ended(self, window: Window, page: Page, problem: str) -> Batch:
        """A list that ended: what it left out is asked for by name, as far as anything tells."""
        progress, evidence = self._progress, self._evidence
        unbounded = not (window.start or window.end)
        empty_end = page.count == 0 and not progress.total
        if evidence.missing or empty_end or evidence.moved:
            more, whole, left = await self._left_out(window)
            page = page.plus(more)
            if left:
                problem = problem or say(
                    "The list left out {count} records that it should hold.", count=left
                )
            elif evidence.moved and not (whole or evidence.whole):
                problem = problem or say(
                    "The list changed while it was read, and may have hidden some records."
                )
            if empty_end and self._resumed and not whole:
                # A token from an earlier run that has gone stale may look like an end.
                self._resumed = False
                progress.again()
                return self._batch(page, problem)
        short = evidence.shortage()
        cause = "short" if short and not problem else "gaps"
        problem = problem or short
        if not problem and unbounded and progress.at == 0:
            problem = say("The source sent an empty list instead of its records.")
        if problem:
            progress.damage()
        evidence.ended()
        progress.close()
        return self._batch(page, problem, cause)

    async def _left_out(self, window: Window) -> tuple[Page, bool, int]:
        """What ListIdentifiers names and the open list did not bring: those records, whether the
        list of names came to its end, and how many more there are that could not be had."""
        limit = max(SINGLE_LIMIT, 2 * self._progress.at + SINGLE_LIMIT)
        names = await self._singles.names(window, days=self._progress.days, limit=limit)
        came, few = self._progress.at, SHORT * len(names.names)
        if self._evidence.blind:  # what came before this run is counted, and not known by name
            more = max(0, len(names.names) - came) + names.lack
            return _NOTHING, names.whole, more if more > few else 0
        unknown = set(self._evidence.unknown([name.id for name in names.names]))
        asked = [name for name in names.names if name.id in unknown]
        found = await self._singles.all_of(asked[:SINGLE_LIMIT])
        self._evidence.filled(list(found.page.ids()))
        left = len(found.lost) + max(0, len(asked) - SINGLE_LIMIT) + names.lack
        # A few that lists of names keep after their end are normal (case 27), many are a sign.
        if len(found.absent) > few:
            left += len(found.absent)
        return found.page, names.whole, left

    async def _circle(self, window: Window, page: Page, circle: str) -> Batch:
        """A list without an end: it is left, and what it kept from us asked for in other ways."""
        progress, evidence = self._progress, self._evidence
        progress.lost = True
        evidence.circled()
        all_here = evidence.whole
        if not all_here and evidence.circles == 1:
            more, whole, left = await self._left_out(window)
            page, all_here = page.plus(more), whole and not left
        if all_here:
            progress.close()
        elif evidence.circles > CIRCLE_LIMIT or not await self._split(window):
            progress.leave()
        return self._batch(page, circle, "circle")

    # No page came, or none that is any use

    async def _nothing(self, window: Window) -> Batch:
        """The source says that a window holds nothing, which is normal unless it never will."""
        progress = self._progress
        if window.start or window.end:
            if not await self._dates.are_heeded(window):
                return self._batch()
            if progress.low and window.start <= progress.low <= (window.end or progress.low):
                doubt = say(
                    "The source says that it has nothing of a time of which it has records."
                )
                return await self._trouble(window, Doubt(doubt))
            progress.close()
            return self._batch()
        problem = ""
        page, _, left = await self._left_out(window)
        if page.count or left:
            problem = say("The source says that it has nothing, and names records all the same.")
            progress.damage()
        elif window.set:
            try:
                names, all_of_them = await self._client.set_names()
            except IlimError:
                names, all_of_them = [], False
            if names and all_of_them and window.set not in names:
                problem = say(
                    "The source has no set “{set}”: correct `sets` in its file. Its sets are "
                    "{sets}.",
                    set=window.set,
                    sets=some_of(names),
                )
        if problem:
            progress.close()
        else:
            progress.skip()  # an empty source is asked for everything the next time too
        return self._batch(page, problem, "gaps" if page.count or left else "request")

    async def _rejected(self, window: Window, error: Exception) -> Batch:
        """The first request of a window was refused in the protocol's own words."""
        dated = window.start or window.end
        if dated and isinstance(error, BadArgument) and self._dates.turn():
            return self._batch()
        if not isinstance(error, _OUR_FAULT):
            raise SourceBroken(
                say(
                    "The source '{source}' answers the first request with an error ({error}). If "
                    "it goes on doing so, tell the source.",
                    source=self._config.id,
                    error=error,
                ),
                "server",
            )
        offers = await self._client.offers()
        withdrawn = dated and isinstance(error, oaiexceptions.CannotDisseminateFormat)
        source = self._config.id
        refusal = later("The source refuses the request for the format “{format}” ({error}).")
        with_set = later(
            "The source refuses the request for the format “{format}” and the set “{set}” "
            "({error})."
        )
        words = [
            say(with_set if window.set else refusal,
                format=self._config.format, set=window.set, error=error),
            offers,
            say("Correct `formats` or `sets` in the file of the source '{source}'.", source=source),
        ]  # fmt: skip
        if withdrawn:
            words.append(
                say("`ilim harvest {source} --full` chooses among `formats` anew.", source=source)
            )
        raise SourceBroken(" ".join(filter(None, words)), "request")

    async def _broken_off(self, window: Window, error: Exception) -> Batch:
        """An error instead of the page that a token promised."""
        progress = self._progress
        if self._evidence.whole and isinstance(error, NoRecordsMatch | BadResumptionToken):
            progress.close()  # a token on the last page, cases 5 and 6
            return self._batch()
        if isinstance(error, NoRecordsMatch):
            came = progress.at
            page, whole, left = await self._left_out(window)
            progress.lost = True
            if whole and not left:
                progress.close()
            else:
                progress.leave()
            said = say(
                "The list ended early, after {count} records ({error}).", count=came, error=error
            )
            return self._batch(page, said)
        return await self._trouble(window, error)

    async def _refused(self, window: Window, refused: Refused) -> Batch:
        """An HTTP 4xx without a word of OAI-PMH."""
        if self._progress.place:
            return await self._trouble(window, refused)
        if not window.start and not window.end:
            raise SourceBroken(
                say(
                    "{reason} Check `url` in the file of the source '{source}': opened with "
                    "?verb=Identify it must show an OAI-PMH answer.",
                    reason=refused,
                    source=self._config.id,
                ),
                "address",
            )
        await self._only_this(window, refused)
        # Some say so that an interval is empty (case 14). It stays open: the next run asks again.
        if await self._dates.are_heeded(window):
            self._progress.skip()
        return self._batch()

    async def _only_this(self, window: Window, error: RetryLater) -> None:
        """Raise ``error`` unless the server answers another request: then it is this one."""
        stuck = self._resumed and not self._row and not self._progress.failures
        if error.after is not None or (error.cause == "busy" and not stuck):
            raise error
        self._resumed = False
        if await self._client.identify() is not None:
            return
        if not self._progress.place:
            raise error
        try:
            await self._client.page(window, "", days=self._progress.days, ahead=False)
        except IlimError:
            raise error from None

    # Trouble

    async def _trouble(self, window: Window, error: Exception) -> Batch:
        """A list that cannot be gone on with: again, then halved, then record by record."""
        progress = self._progress
        log.info("%s: trouble in %s: %s", self._config.id, window, error)
        self._row += 1
        if self._row > TROUBLE_LIMIT:
            cause = error.cause if isinstance(error, IlimError) else "server"
            raise SourceBroken(
                say(
                    "{count} lists in a row of the source '{source}' could not be had. The last: "
                    "{reason}",
                    count=self._row,
                    source=self._config.id,
                    reason=error,
                ),
                cause,
            )
        if progress.failures == 0:
            progress.again()
            return self._batch()
        names = await self._singles.names(window, days=progress.days, limit=SINGLE_LIMIT)
        if isinstance(error, Damaged) and not names.names:
            names = Names()  # something came, so that there is nothing cannot be true
        unknown = set(self._evidence.unknown([name.id for name in names.names]))
        few = [name for name in names.names if name.id in unknown]
        page = _NOTHING
        if not few and isinstance(error, BadResumptionToken) and self._evidence.tapered:
            progress.close()  # a token on the last page, case 5
            return self._batch()
        if names.whole and len(few) <= REPAIR_LIMIT and not isinstance(error, Doubt):
            found = await self._singles.all_of(few)
            page, few = found.page, [*found.lost, *found.absent]
            self._row = 0
            if not few:
                progress.close()
                return self._batch(page)
        if await self._split(window):
            return self._batch(page)
        return _with(page, await self._one_by_one(window, error, few if names.whole else None))

    async def _split(self, window: Window) -> bool:
        await self._dates.learn()
        latest = self._client.clock or stamp(datetime.now(UTC))
        return self._progress.split(self._dates.earliest, latest)

    async def _one_by_one(
        self, window: Window, error: Exception, names: list[Name] | None
    ) -> Batch:
        """The last resort for a window: each record by itself (case 10)."""
        progress = self._progress
        span = "–".join(day for day in (window.start[:10], window.end[:10]) if day) or say("all")
        problem = say("A list could not be had ({span}): {reason}", span=span, reason=error)
        if names is not None:
            found = await self._singles.all_of(names)
            page, lost = found.page, [*found.lost, *found.absent]
            reason = say("The record can be had neither in a list nor by itself.")
            rejects = tuple(Reject(reason, b"", name.id) for name in lost)
            if page.count:
                self._row = 0
            if not lost:
                progress.close()
                return self._batch(page)
            progress.leave()
            return self._batch(page.plus(Page(rejects=rejects)), problem)
        body = error.body if isinstance(error, Damaged) else b""
        rejects = (Reject(problem, body),) if body else ()
        if isinstance(error, Damaged) and not error.truncated and (on := tail_token(error.body)):
            progress.damage()
            progress.place = on if on != progress.place else ""
            if not progress.place:
                progress.leave()
        else:
            progress.leave()
        return self._batch(Page(rejects=rejects), problem)


def _with(page: Page, batch: Batch) -> Batch:
    """``batch`` with the records of ``page`` before its own."""
    return replace(
        batch,
        records=(*page.records, *batch.records),
        rejects=(*page.rejects, *batch.rejects),
        still=(*page.still, *batch.still),
    )
