"""Records asked for one by one, by the names that ListIdentifiers gives (HARVESTING 10 and 64)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sickle.oaiexceptions import CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch

from aggregator.errors import IlimError
from aggregator.source import Raw, Reject
from connectors.oai_client import OaiClient, said
from connectors.oai_page import Page
from connectors.oai_reader import ERROR_KINDS
from connectors.oai_window import Window

log = logging.getLogger(__name__)

REPAIR_LIMIT = 20
"""Unreadable records of one page that are asked for by themselves (case 64)."""

SINGLE_LIMIT = 1000
"""Records of one window asked for one by one."""

FAILURES = 3
"""Lists of identifiers that give nothing before no more are asked for in a run."""

STALE_PAGES = 3
"""Pages of identifiers in a row without a new one, and their list goes in a circle."""


_NONE = (CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch)


@dataclass(frozen=True, slots=True)
class Name:
    """A line of a list of identifiers."""

    id: str
    stamp: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers of a window; ``whole`` where the list of them came to its end, or the source
    said that there are none: an empty list says nothing. ``lack``: how many more there are by the
    list's own numbering."""

    names: Sequence[Name] = ()
    whole: bool = False
    lack: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What came of asking by name: ``page``, the names ``lost`` that cannot be had that way either,
    and those that are ``absent``: the source says that it has no such record in this format."""

    page: Page
    lost: Sequence[Name] = ()
    absent: Sequence[Name] = ()


class Singles:
    """Asks ``client`` for records of the metadata format ``format`` by name."""

    def __init__(self, client: OaiClient, format: str) -> None:
        self._client = client
        self._format = format
        self._failed = 0

    async def names(self, window: Window, *, days: bool, limit: int) -> Names:
        """The identifiers of a window, not whole if there are more than some ``limit``.

        No trouble is raised: a list of them that breaks off, or that leaves something out by its
        own figures, is not whole.
        """
        found: dict[str, Name] = {}
        if self._failed >= FAILURES:
            return Names()
        token, stale, total, lack, numbered, sound = "", 0, 0, 0, False, True
        try:
            while len(found) <= limit and stale < STALE_PAGES:
                page = await self._client.headers(window, token, days=days)
                known, total = len(found), max(total, page.total or 0)
                numbered |= not token and page.cursor == 0
                if numbered and page.cursor is not None:
                    lack = max(lack, page.cursor - known)
                token = page.token
                for header in page.headers:
                    if name := said(header, "identifier"):
                        found[name] = Name(name, said(header, "datestamp"), bool(header.deleted))
                twice = bool(page.headers) and len(found) == known
                sound &= not twice or 0 < total <= known
                if not token:
                    whole = sound and not lack and len(found) >= total
                    return Names(list(found.values()), whole, lack)
                stale = 0 if len(found) > known else stale + 1
        except NoRecordsMatch:
            whole = not token or 0 < total <= len(found)
            return Names(list(found.values()), sound and not lack and whole, lack)
        except (IlimError, *ERROR_KINDS) as mistake:
            log.info("The identifiers of %s cannot be had: %s", window, mistake)
            self._failed += not found
        return Names(list(found.values()))

    async def all_of(self, names: Sequence[Name]) -> Found:
        """The records of ``names``, each asked for by itself."""
        pages: list[Page] = []
        lost: list[Name] = []
        absent: list[Name] = []
        for name in names:
            if name.deleted:
                pages.append(Page((Raw(name.id, None, self._format, name.stamp),)))
                continue
            page = await self._answer(name.id)
            if page is not None and _holds(page, name.id):
                pages.append(page)
            elif page is not None and _says_none(page):
                absent.append(name)
            else:
                lost.append(name)
        return Found(Page().plus(*pages), lost, absent)

    async def one(self, local_id: str) -> Page | None:
        """A record by itself, None if it cannot be had that way either."""
        page = await self._answer(local_id)
        return page if page is not None and _holds(page, local_id) else None

    async def _answer(self, local_id: str) -> Page | None:
        try:
            return await self._client.record(local_id)
        except IlimError as error:
            log.info("%s cannot be had by itself: %s", local_id, error)
            return None

    async def mend(self, page: Page) -> Page:
        """``page`` with those of its unreadable records that come whole by themselves."""
        pages: list[Page] = []
        rejects: list[Reject] = []
        for number, reject in enumerate(page.rejects):
            single = await self.one(reject.id) if reject.id and number < REPAIR_LIMIT else None
            if single is None:
                rejects.append(reject)
            else:
                pages.append(single)
        return replace(page, rejects=tuple(rejects)).plus(*pages)


def _holds(page: Page, local_id: str) -> bool:
    return not page.rejects and local_id in page.ids()


def _says_none(page: Page) -> bool:
    """Whether a sound answer to GetRecord says that there is no such record."""
    said_so = all(isinstance(error, _NONE) for error in page.errors)
    return page.count == 0 and said_so
