"""The watch for lists that never end.

A server may loop over its pages for ever. Neither a repeated token nor an empty page proves it:
some repositories keep one token for a whole list, others send dozens of empty pages before the
next record (HARVESTING cases 2 to 4 and 9). What proves it is that no new identifier comes.
"""

from collections.abc import Iterable

from aggregator.source import Checkpoint

SAME_PLACE_PAGES = 3
EMPTY_PAGES = 200
STALE_PAGES = 20

_BITS = 1 << 25


class Watch:
    """Watches the pages of one run; made anew for each run.

    Two keys of a checkpoint tell it more, where a connector sets them:

    - ``list``: a number that grows whenever the connector begins another list or begins one
      again (a set, an interval, a token gone stale). Each list is judged by itself.
    - ``place``: where in the list to go on (a token). Without it the whole checkpoint counts.

    Memory is bounded whatever the length of the list: identifiers are remembered in a Bloom
    filter of 4 MB. At ten million identifiers a fifth of the new ones look known, far from
    enough to fill a row of pages.
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
        self._seen = bytearray(_BITS // 8)
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
        came, new = self._note(ids)
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
            return (
                f"The source sent us to the same place {same_place} times and no new record "
                "came: its list goes in a circle."
            )
        if self._empty >= empty:
            return f"The source sent {empty} empty pages in a row."
        if self._stale >= stale:
            return (
                f"The source sent {stale} pages in which every record was known already: its "
                "list goes in a circle."
            )
        return ""

    def _note(self, ids: Iterable[str]) -> tuple[int, int]:
        """Remember identifiers: how many came, how many of them were new."""
        came = new = 0
        seen = self._seen
        for one in ids:
            came += 1
            number = hash(one)
            known = True
            for bit in (number % _BITS, (number >> 32) % _BITS):
                byte, mask = bit >> 3, 1 << (bit & 7)
                if not seen[byte] & mask:
                    seen[byte] |= mask
                    known = False
            new += not known
        return came, new
