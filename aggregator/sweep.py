"""The end of a complete full pass: what did not come any more is taken as deleted, or is not.

Too much at once is not believed (DESIGN §2), nor what the source still has when it is asked by
name. Where nearly all is gone and as much has come under other names, the source has renamed its
records (HARVESTING case 29), and a person must say so.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aggregator.store.leases import Lease
from aggregator.store.ledger import Ending, Ledger
from aggregator.wording import say

ASKED = 20
"""Missing records that the source is asked for by name."""

FEWEST_RENAMED = 3
"""Fewer than so many records that go and come are taken as they are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond both ``sweep_share`` of a source's records and ``sweep_records`` nothing is swept.

    A list is short when more than ``short`` of what the source claims is missing (HARVESTING 8).
    A run that takes away ``few_records`` or more, and more than ``few_share`` of all, says so.
    Records were renamed when all but ``same`` of them are gone and as many others have come.
    """

    sweep_share: float = 0.10
    sweep_records: int = 20
    short: float = 0.01
    few_share: float = 0.5
    few_records: int = 10
    same: float = 0.10


@dataclass(frozen=True, slots=True)
class Found:
    """What a full pass found: see `Ledger.count_missing` and its neighbours.

    ``total`` is what the source claims. ``new`` came for the first time.
    """

    missing: int
    living: int
    seen: int
    new: int
    total: int | None

    def short(self, limits: Limits) -> bool:
        return self.total is not None and self.seen < self.total * (1 - limits.short)

    @property
    def claim(self) -> str:
        """What is to be said where fewer came than the source claims, "" where not."""
        if self.total is None or self.seen >= self.total:
            return ""
        return say(
            "the source speaks of {total} records and sent {count}",
            total=self.total,
            count=self.seen,
        )

    def renamed(self, limits: Limits) -> bool:
        before = self.living - self.new
        return (
            before >= FEWEST_RENAMED
            and self.missing >= (1 - limits.same) * before
            and self.new >= (1 - limits.same) * self.missing
        )


AskFor = Callable[[Sequence[str]], Awaitable[int]]
"""Asks the source for records by name and stores those that it has; gives their number."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The sweep of one source after the pass that began with run ``since``."""

    ledger: Ledger
    lease: Lease
    source: str
    run: int
    since: int
    limits: Limits

    async def find(self, total: int | None) -> Found:
        missing, living = await self.ledger.count_missing(self.source, self.since)
        seen = await self.ledger.count_seen(self.source, self.since)
        new = await self.ledger.count_new(self.source, self.since)
        return Found(missing, living, seen, new, total)

    async def end(self, found: Found, ask: AskFor, *, allowed: bool) -> tuple[Ending, int]:
        """How the pass ends, and how many records were taken as deleted.

        ``allowed``: the administrator says that what is gone is gone. An ending that is not
        complete means that the list is not to be trusted: the next pass must be a full one too,
        unless it only waits for that word (cause "renamed").
        """
        warned = Ending("complete", found.claim, "short" if found.claim else "")
        if allowed:
            return warned, await self._sweep()
        if found.renamed(self.limits):
            return await self._renamed(found), 0
        if found.missing:
            names = await self.ledger.names_missing(self.source, self.since, ASKED)
            here = await ask(names)
            if here and found.missing > ASKED:
                reason = say(
                    "{missing} of {living} records did not come, and of {asked} of them that the "
                    "source was asked for by name it has {here}: its list leaves records out. None "
                    "was taken as deleted; the whole list is asked for again.",
                    missing=found.missing,
                    living=found.living,
                    asked=len(names),
                    here=here,
                )
                return Ending("incomplete", reason, "gaps"), 0
            if here:
                reason = say(
                    "the list leaves out {count} records that the source has all the same",
                    count=here,
                )
                warned = Ending("complete", found.claim or reason, "short")
                found = await self.find(found.total)
        if found.short(self.limits):
            return Ending("incomplete", self._kept(found, found.claim), "short"), 0
        if refused := await self._doubt(found):
            return Ending("complete", self._kept(found, refused), "unswept"), 0
        return (warned, 0) if found.seen == 0 else (warned, await self._sweep())

    async def _doubt(self, found: Found) -> str:
        """Why what is missing should not be taken as deleted, "" if it may."""
        limits = self.limits
        if found.missing == 0:
            return ""  # only what is gone from quarantine goes
        if found.claim:
            return found.claim
        if found.seen == 0:
            return say("nothing came")
        too_many = limits.sweep_share * found.living
        if found.missing > limits.sweep_records and found.missing > too_many:
            return say("that is too many to believe")
        if await self.ledger.count_nameless(self.source, self.since):
            return say("pieces came whose names could not be read")
        return ""

    def _kept(self, found: Found, why: str) -> str:
        if not found.missing:
            return why
        return say(
            "{missing} of {living} records did not come any more, and none was taken as deleted: "
            "{reason}. If they are really gone, harvest once with --full --allow-deletions.",
            missing=found.missing,
            living=found.living,
            reason=why,
        )

    async def _renamed(self, found: Found) -> Ending:
        [old, *_] = await self.ledger.names_missing(self.source, self.since, 1)
        before = found.living - found.new
        return Ending(
            "incomplete",
            say(
                "{missing} of the {before} records that were here did not come any more, for "
                "example {name}, and {count} came under names that are new. The source seems to "
                "have given its records other identifiers, as happens when it moves. Nothing was "
                "taken as deleted. Ask the source; if that is so, harvest once with --full "
                "--allow-deletions, and the records under the old names go.",
                missing=found.missing,
                before=before,
                name=old,
                count=found.new,
            ),
            "renamed",
        )

    async def _sweep(self) -> int:
        return await self.ledger.sweep(self.lease, self.source, self.run, self.since)
