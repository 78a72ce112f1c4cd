"""Records → stored: ``python -m tests.bench.storing URL COUNT SEED``.

URL is ``postgresql://…`` or ``sqlite:///FOLDER``, of an empty store. Through `Ledger.save`, in
batches of 500, commits included; records are made, crosswalked and compressed outside the clock.
Prints records a second and bytes a record (on disk, with indexes) as JSON.
"""

import asyncio
import json
import sys
import time

from sqlalchemy import text

from aggregator.intake import take_in
from aggregator.reader import Reader
from aggregator.source import Batch
from aggregator.store.address import Address
from aggregator.store.catalogue import Catalogue
from aggregator.store.page import Counts
from connectors.crosswalks import CROSSWALKS
from tests.bench.fill import SOURCE
from tests.bench.generated import Vocabulary, raws

AT_ONCE = 500


async def main(address: Address, count: int, seed: int) -> None:
    address.make_folder()
    vocabulary = Vocabulary(seed)
    spent = payload = 0.0
    reader = Reader(after=count)
    async with Catalogue.open(address.of("catalogue")) as catalogue:
        ledger = catalogue.ledger
        lease = await catalogue.leases.take(f"harvest:{SOURCE.id}")
        assert lease is not None
        run = await ledger.begin(lease, SOURCE.id, "bench", {}, True)
        for start in range(0, count, AT_ONCE):
            made = list(raws(start, min(start + AT_ONCE, count), seed, vocabulary))
            page, _ = await take_in(Batch(made, {}), SOURCE, CROSSWALKS, ledger, reader)
            payload += sum(len(raw.body or b"") for raw in made)
            begun = time.perf_counter()
            await ledger.save(lease, SOURCE.id, run, page, Counts(), 0.0, {"next": start})
            spent += time.perf_counter() - begun
        size = await _size(catalogue, address)
    print(
        json.dumps(
            {
                "records_a_second": round(count / spent),
                "bytes_a_record": round(size / count),
                "payload_bytes": round(payload / count),
            }
        )
    )


async def _size(catalogue: Catalogue, address: Address) -> int:
    if address.folder is not None:
        query = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    else:
        query = text("SELECT pg_database_size(current_database())")
    async with catalogue._database.read() as connection:
        return int((await connection.execute(query)).scalar_one())


if __name__ == "__main__":
    asyncio.run(main(Address.parse(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
