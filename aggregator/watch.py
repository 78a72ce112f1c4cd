"""The watch for lists that never end.

A server may loop over its pages for ever. Neither a repeated token nor an empty page proves it:
some repositories keep one token for a whole list, others send dozens of empty pages before the
next record (HARVESTING cases 2 to 4 and 9). What proves it is that no new identifier comes.
"""

from collections.abc import Iterable

from aggregator.bloom import Bloom
from aggregator.source import Checkpoint
from aggregator.wording import say

SAME_PLACE_PAGES = 3
EMPTY_PAGES = 200
STALE_PAGES = 20


class Watch:
    """Watches the pages of one run; made anew for each run.

    Two keys of a checkpoint tell it more, where a connector sets them:

    - ``list``: a number that grows whenever the connector begins another list or begins one
      again (a set, an interval, a token gone stale). Each list is judged by itself.
    - ``place``: where in the list to go on (a token). Without it the whole checkpoint counts.

    Memory is bounded whatever the length of the list (`aggregator.bloom`): what it wrongly takes
    for known is far from enough to fill a row of pages.
    """

    def __init__(
        self,
        *,
        same_place: int = SAME_PLACE_PAGES,
        empty: int = EMPTY_PAGES,
        stale: int = STALE_PAGES,
    ) -> None:
        self._limits = (same_place, empty, stale)
        self._list: object = None
        self._begin()

    def _begin(self) -> None:
        self.names = Bloom()
        """What came in this list."""
        self.new = 0
        """How many names of the last page were new to it."""
        self._place: object = None
        self._same = self._empty = self._stale = 0

    def page(self, ids: Iterable[str], checkpoint: Checkpoint) -> str:
        """Note one page; "" to go on, else why the run should stop, as a sentence.

        ``ids`` are all identifiers the page named: records, tombstones, rejects and those
        still there without content.
        """
        if checkpoint.get("list") != self._list:
            self._begin()
            self._list = checkpoint.get("list")
        some = list(ids)
        came = len(some)
        self.new = new = self.names.add(some)
        place = checkpoint.get("place") or dict(checkpoint)
        if new:
            self._same = self._empty = self._stale = 0
        else:
            self._same = self._same + 1 if place == self._place else 0
            self._empty = 0 if came else self._empty + 1
            self._stale += 1 if came else 0
        self._place = place
        same_place, empty, stale = self._limits
        if self._same >= same_place:
            return say(
                "The source sent us to the same place {count} times and no new record came: its "
                "list goes in a circle.",
                count=same_place,
            )
        if self._empty >= empty:
            return say("The source sent {count} empty pages in a row.", count=empty)
        if self._stale >= stale:
            return say(
                "The source sent {count} pages in which every record was known already: its list "
                "goes in a circle.",
                count=stale,
            )
        return ""
