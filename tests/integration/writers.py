"""A process that stores records for as long as it is asked: ``python -m tests.integration.writers
URL SOURCE SEED PAGES``; several tasks, each a source of its own, and a resolve beside them."""

import asyncio
import random
import sys

from aggregator.errors import RetryLater
from aggregator.resolve import LEASE, resolve
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.ledger import Ending
from aggregator.store.page import Counts, Entry, Page, Tombstone
from tests.contracts.test_resolve import book
from tests.contracts.test_store import entry

TASKS, IDS = 3, 40


async def store(catalogue: Catalogue, source: str, seed: str, pages: int) -> None:
    """New, changed, unchanged and deleted records, in pages of all sizes."""
    chance = random.Random(seed)
    lease = await catalogue.leases.take(f"harvest:{source}")
    assert lease is not None
    run = await catalogue.ledger.begin(lease, source, "f", {}, True)
    for number in range(pages):
        ids = chance.sample([str(id) for id in range(IDS)], chance.randrange(1, 15))
        known = await catalogue.ledger.known(source, ids)
        page = Page()
        for id in ids:
            held = known[id].id if id in known else None
            kind = chance.random()
            if held is not None and kind < 0.2:
                page.seen.append((held, f"stamp {number}"))
            elif held is not None and kind < 0.3:
                page.tombstones.append(Tombstone(held, id, ""))
            else:
                page.entries.append(_entry(source, id, held, chance))
        await catalogue.ledger.save(lease, source, run, page, Counts(), 0.0, {"page": number})
        if number % 10 == 0:
            await catalogue.leases.renew(lease)
    await catalogue.ledger.finish(lease, run, Ending("complete"), Counts(), 0.0)


def _entry(source: str, id: str, held: int | None, chance: random.Random) -> Entry:
    # Sources share identifiers, so that resolve writes to the records of all of them at once.
    from msgspec.structs import replace

    record = book(id, f"10.1/{chance.randrange(30)}", title=f"Манас {chance.random()}")
    return entry(id, replace(record, source=source), held)


async def follow(catalogue: Catalogue, url: str) -> None:
    async with Keep.open(url) as keep:
        while True:
            lease = await catalogue.leases.take(LEASE)
            if lease is not None:
                await resolve(catalogue, keep, lease, at_once=25)
                await catalogue.leases.release(lease)
            await asyncio.sleep(0.01)


async def main(url: str, source: str, seed: str, pages: int) -> None:
    async with Catalogue.open(url) as catalogue:
        following = asyncio.create_task(follow(catalogue, url))
        async with asyncio.TaskGroup() as group:
            for task in range(TASKS):
                group.create_task(store(catalogue, f"{source}{task}", f"{seed}{task}", pages))
        following.cancel()


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
    except* RetryLater as error:
        sys.exit(f"somebody waited for somebody: {error.exceptions}")
