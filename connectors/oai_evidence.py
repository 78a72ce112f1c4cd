"""What the pages of a list prove: whether all of it came, or something is missing. Pure.

A list has no seal. But a source says how many records it has (completeListSize) and where in it a
page stands (cursor), and what it sends twice it may have sent instead of something else. The
numbered cases are those of HARVESTING §2.
"""

from collections.abc import Sequence

from aggregator.watch import Watch
from aggregator.wording import say
from connectors.oai_reader import Page
from connectors.oai_window import Progress

SHORT = 0.01
"""A list is short when more than this share of what the source claims is missing (case 8)."""

STRICT = {"same_place": 1, "stale": 1}
"""How the watch judges the lists of a source that went in a circle once."""


class Evidence:
    """Of the open list of a run; what must outlive the run is kept in its `Progress`."""

    def __init__(self, progress: Progress, *, ignore_total: bool = False) -> None:
        self._progress = progress
        self._ignore = ignore_total
        self._watch = Watch()
        self._list = progress.number
        self._twice = 0
        self._shaken = False
        self._widest = self._last = 0
        self.blind = progress.at > 0
        """Whether the open list was begun by an earlier run, whose names are not known here."""
        self.moved = False
        """Whether a record came on two pages, or the size of the list changed: one that moves while
        it is read shows a record twice and hides another (case 31)."""
        self.circles = 0
        """Lists in a row that went in a circle."""

    def page(self, page: Page, *, again: bool) -> str:
        """Note a page of the open list before its token is; "" or why the list ends nowhere.

        ``again``: the page had to be asked for more than once.
        """
        progress = self._progress
        if progress.number != self._list:
            self._list = progress.number
            self._twice, self._shaken, self.moved, self.blind = 0, False, False, False
        self._number(page)
        ids = list(page.ids())
        place = {"list": progress.number, "place": page.token or "the end"}
        circle = self._watch.page(ids, place)
        known = len(set(ids)) - self._watch.new
        self._twice += known > 0 and self._watch.new == 0
        self.moved |= known > 0
        # One that came on an earlier page does not count; twice on one page, the source counts it
        # twice too.
        progress.at += page.count if self._watch.names.crowded else page.count - known
        if page.token and page.token == progress.place:
            progress.session = True
        self._shaken |= again
        self._last, self._widest = page.count, max(page.count, self._widest)
        return circle

    def _number(self, page: Page) -> None:
        """Compare with what the source says about its size and the place of this page in it."""
        progress = self._progress
        if self._ignore:
            return
        if page.total is not None:
            self.moved |= progress.total not in (None, page.total)
            progress.total = page.total
        if not progress.place and page.cursor == 0:
            progress.lack = 0  # it counts from nought, as the protocol says
        elif progress.lack is not None and page.cursor is not None:
            progress.lack = max(progress.lack, page.cursor - progress.at)

    def filled(self, names: Sequence[str]) -> None:
        """These, which the list left out, were had in another way."""
        progress = self._progress
        progress.at += len(names)
        if progress.lack is not None:
            progress.lack = max(0, progress.lack - len(names))
        self._watch.names.add(names)

    def unknown(self, names: Sequence[str]) -> list[str]:
        """Those of ``names`` that the list has not brought."""
        return [name for name in dict.fromkeys(names) if name not in self._watch.names]

    @property
    def whole(self) -> bool:
        """Whether as many records came as the source claims, neither fewer nor many more."""
        came, claimed = self._progress.at, self._progress.total
        return claimed is not None and 0 < claimed <= came <= claimed * (1 + SHORT)

    @property
    def tapered(self) -> bool:
        """Whether the last page was not full, as last pages are, and no figure speaks against."""
        return self._last < self._widest and not (self._progress.total or self._progress.lack)

    @property
    def missing(self) -> int:
        """How many records did not come, by the source's own figure."""
        return max(0, (self._progress.total or 0) - self._progress.at)

    def shortage(self) -> str:
        """Why a list that ended should not be believed, "" if it may be (cases 7 and 8)."""
        came, claimed = self._progress.at, self._progress.total
        if claimed is None or came >= claimed * (1 - SHORT):
            return ""
        return say(
            "The source speaks of {total} records and sent {count}. If its number is known to be "
            "wrong, set `ignore_total: true`.",
            total=claimed,
            count=came,
        )

    def hole(self) -> str:
        """Why something must be missing inside a list that ended, "" where nothing shows it."""
        progress = self._progress
        if self.whole:
            return ""
        if progress.lack and progress.lack > SHORT * progress.at:
            return say(
                "The source numbers its records and left out {count} of them between two pages of "
                "its list.",
                count=progress.lack,
            )
        if self._twice:
            return say(
                "Pages of the list that came twice, perhaps instead of others: {count}.",
                count=self._twice,
            )
        if self._shaken and progress.session:
            return say("The list has a single token, and a page of it had to be asked for twice.")
        return ""

    def circled(self) -> None:
        """A list went in a circle: less patience with the next ones."""
        self.circles += 1
        self._watch = Watch(**STRICT)

    def ended(self) -> None:
        """A list came to an end of its own."""
        if self._progress.at:
            self.circles = 0
