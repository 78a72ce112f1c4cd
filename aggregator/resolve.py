"""Resolve: follow the records by change number and write the works they form.

Each step is one transaction over some changed records and everything connected with them: the
partition of a component is a pure function (`works.partition`), so steps may be cut anywhere.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.leases import Lease
from aggregator.store.payload import pack, unpack
from aggregator.store.resolution import Resolution, Row, Step, WorkRow
from aggregator.store.workbody import encode_work
from aggregator.works import (
    SHARED_BY_TOO_MANY,
    Candidate,
    Decisions,
    Group,
    Hidden,
    Member,
    Work,
    candidate,
    match_keys,
    merge,
    partition,
    work_id,
)

LEASE = "resolve"

WORK, REST = 2.0, 0.15
"""Seconds of steps without a gap, and the gap after them: SQLite's waiting writers look about every
0.1 s whether it is their turn, and were measured to wait for as long as there was none."""


async def resolve(catalogue: Catalogue, keep: Keep, lease: Lease, *, at_once: int = 500) -> int:
    """Resolve all that has changed; gives the number of record changes taken in.

    What people decided is asked before each step: a takedown does not wait for a large harvest.
    Raises LeaseLost when another worker took over.
    """

    async def one(step: Step) -> int:
        changed = await step.changed(at_once)
        if changed:
            await _resolve(step, changed, decisions)
        return len(changed)

    done = 0
    rested = time.monotonic()
    while True:
        if time.monotonic() - rested > WORK:
            await asyncio.sleep(REST)
            rested = time.monotonic()
        decisions, hidden = await keep.decisions(), await keep.hidden()
        await _apply(catalogue.resolution, lease, hidden)
        taken = await catalogue.resolution.step(lease, hidden, one)
        if not taken:
            return done
        done += taken


async def is_behind(catalogue: Catalogue, keep: Keep) -> bool:
    """Whether `resolve` has anything to do."""
    if await catalogue.resolution.behind():
        return True
    return not await catalogue.resolution.is_applied(await keep.hidden())


async def _apply(resolution: Resolution, lease: Lease, hidden: Hidden) -> None:
    """Let the records be resolved again that what is hidden now puts in another place.

    It is the records themselves that tell which: so it does not matter what was hidden before, and
    a catalogue or a keep that was put back from a backup comes right too. Cut off, it goes on.
    """
    if await resolution.is_applied(hidden):
        return
    async for ids in resolution.misplaced(hidden):
        if ids:
            await resolution.step(lease, hidden, partial(Step.renumber, ids=ids))
    await resolution.step(lease, hidden, Step.note_applied)


async def _resolve(step: Step, changed: list[Row], decisions: Decisions) -> None:
    component, off = await _component(step, changed, decisions)
    living = {row.name: row for row in component.values() if row.record is not None}
    candidates: dict[str, Candidate] = {}
    for name, row in living.items():
        assert row.record is not None
        seen = candidate(row.record)
        candidates[name] = replace(seen, keys=tuple(k for k in seen.keys if k not in off))
    groups = partition(candidates, decisions)
    standing = await step.works({row.work for row in component.values() if row.work})

    plan = _inherit(groups, standing, component.values())
    await _found(step, plan, living)
    writes: list[WorkRow] = []
    moved: dict[int, str | None] = {}
    for heir in sorted(plan.heirs, key=lambda heir: min(living[n].id for n, _ in heir.members)):
        body = encode_work(_describe(heir, living))
        known = plan.known.get(heir.id)
        fresh = WorkRow(heir.id, heir.founder, heir.added, "live", "", b"")
        if known is None or replace(known, body=b"") != fresh or unpack(known.body) != body:
            writes.append(replace(fresh, body=pack(body)))
        moved |= {
            living[name].id: heir.id for name, _ in heir.members if living[name].work != heir.id
        }
    writes += plan.retired
    moved |= {row.id: None for row in component.values() if row.record is None and row.work}
    await step.save(writes, moved, changed[-1].change)


async def _component(
    step: Step, changed: list[Row], decisions: Decisions
) -> tuple[dict[int, Row], set[str]]:
    """Everything connected with the changed records, and the keys that are off among it.

    Updates the stored keys first. A key that becomes on or off touches all its holders.
    """
    old = await step.keys_of(row.id for row in changed)
    added: set[tuple[str, int]] = set()
    removed: set[tuple[str, int]] = set()
    for row in changed:
        now = set(match_keys(row.record)) if row.record else set()
        before = old.get(row.id, set())
        added |= {(key, row.id) for key in now - before}
        removed |= {(key, row.id) for key in before - now}
    await step.set_keys(added, removed)

    component = {row.id: row for row in changed}
    touched = {key for keys in old.values() for key in keys} | {key for key, _ in added}
    counts = await step.counts(touched)
    gained, lost = Counter(key for key, _ in added), Counter(key for key, _ in removed)
    crossed = {
        key
        for key in touched
        if counts.get(key, 0) > SHARED_BY_TOO_MANY >= counts[key] - gained[key] + lost[key]
    }
    follow = {key for key in touched if counts.get(key, 0) <= SHARED_BY_TOO_MANY} | crossed
    off = {key for key in touched if counts.get(key, 0) > SHARED_BY_TOO_MANY}
    works = {row.work for row in changed if row.work}
    partners: dict[str, set[str]] = defaultdict(set)
    for left, right in decisions.same:
        partners[left].add(right)
        partners[right].add(left)
    fresh = changed
    while True:
        ids = await step.holders(follow) | await step.members(works)
        ids |= await step.named({name for row in fresh for name in partners.get(row.name, ())})
        fresh = await step.rows(ids - component.keys())
        component |= {row.id: row for row in fresh}
        seen = {key for row in fresh if row.record for key in match_keys(row.record)} - touched
        touched |= seen
        counts = await step.counts(seen)
        off |= {key for key in seen if counts.get(key, 0) > SHARED_BY_TOO_MANY}
        follow = seen - off
        works = {row.work for row in fresh if row.work} - works
        if not fresh:
            return component, off


@dataclass(slots=True)
class _Heir:
    """A work as it will stand: an id, its founding record, and its members."""

    id: str
    founder: str
    added: int
    members: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Plan:
    """``heirs`` are the works that live on or begin, ``new`` the groups that still need an id,
    ``retired`` the works that are redirected or withdrawn, ``known`` works as they stood."""

    heirs: list[_Heir]
    new: list[Group]
    retired: list[WorkRow]
    known: dict[str, WorkRow]


def _inherit(groups: list[Group], standing: dict[str, WorkRow], component: Iterable[Row]) -> _Plan:
    """Give the standing works' ids to the groups.

    An id stays with its founding record; if that is gone, with the member that came first. Of
    several ids in one group the oldest survives and the others redirect to it.
    """
    group_of = {name: group for group in groups for name, _ in group.members}
    first: dict[str, Row] = {}
    for row in component:
        if row.work and row.name in group_of:
            other = first.setdefault(row.work, row)
            first[row.work] = min(row, other, key=lambda r: r.id)
    claims: dict[Group, list[WorkRow]] = defaultdict(list)
    retired: list[WorkRow] = []
    for work in standing.values():
        heir = group_of.get(work.founder)
        if heir is None and work.id in first:
            heir = group_of[first[work.id].name]
        if heir is None:
            if work.state != "withdrawn":
                retired.append(replace(work, state="withdrawn", target=""))
        else:
            claims[heir].append(work)

    names = {row.name: row.id for row in component}
    heirs: list[_Heir] = []
    for group, works in claims.items():
        survivor, *others = sorted(works, key=lambda work: (work.added, work.id))
        founder = survivor.founder
        if group_of.get(founder) is not group:
            founder = min((name for name, _ in group.members), key=lambda name: names[name])
        heirs.append(_Heir(survivor.id, founder, survivor.added, group.members))
        retired += [
            replace(work, state="redirected", target=survivor.id)
            for work in others
            if (work.state, work.target) != ("redirected", survivor.id)
        ]
    return _Plan(heirs, [g for g in groups if g not in claims], retired, dict(standing))


async def _found(step: Step, plan: _Plan, living: dict[str, Row]) -> None:
    """Give the new groups ids, made from their founding record: the member that came first.

    A withdrawn or redirected work of that id lives again, with the ``added`` number it had.
    """
    waiting = {
        min((name for name, _ in group.members), key=lambda name: living[name].id): group
        for group in plan.new
    }
    taken = {heir.id for heir in plan.heirs}
    begun: list[_Heir] = []
    attempt = 0
    while waiting:
        proposed = {work_id(founder, attempt): founder for founder in waiting}
        there = await step.works(proposed)
        for id, founder in proposed.items():
            known = there.get(id)
            if id in taken or (known is not None and known.state == "live"):
                continue
            heir = _Heir(id, founder, known.added if known else 0, waiting.pop(founder).members)
            if known is None:
                begun.append(heir)
            else:
                plan.known[id] = known
                plan.heirs.append(heir)
            taken.add(id)
        attempt += 1
    begun.sort(key=lambda heir: living[heir.founder].id)
    for heir, number in zip(begun, await step.added(len(begun)), strict=True):
        heir.added = number
    plan.heirs += begun


def _describe(heir: _Heir, living: dict[str, Row]) -> Work:
    """The work in words: merged from its members, the founding record first."""
    ordered = sorted(heir.members, key=lambda member: (member[0] != heir.founder, member[0]))
    records = [living[name].record for name, _ in ordered]
    members = [
        Member(record.source, record.local_id, reason)
        for record, (_, reason) in zip(records, ordered, strict=True)
        if record is not None
    ]
    merged = merge([record for record in records if record is not None])
    return Work(id=heir.id, added=heir.added, record=merged, members=tuple(members))
