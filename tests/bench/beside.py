"""The rows of `make bench` that set two things beside each other: engines, databases."""

import shutil
from pathlib import Path

from tests.bench.measure import Note, last_json, run, times
from tests.postgres import running_server

STORED = 30_000


def databases(note: Note, folder: Path, seed: int) -> None:
    """Records stored in batches of 500, on a PostgreSQL of the bench's own and on SQLite."""
    with running_server() as server:
        places = {
            "PostgreSQL": server.url(server.fresh(empty=True)),
            "SQLite": f"sqlite:///{folder / 'sqlite'}",
        }
        for name, url in places.items():
            found = last_json(run("-m", "tests.bench.storing", url, str(STORED), str(seed)).output)
            rate = f"{found['records_a_second']:,} records/s"
            note(f"{STORED:,} records stored in batches of 500, {name}", rate, "≥ 8,000")
            note(f"{name}: size with indexes", f"{found['bytes_a_record']:,} bytes a record")


def engines(note: Note, folder: Path, works: int, queries: int, seed: int) -> None:
    """The same documents into both engines, the same queries to both."""
    index = folder / f"beside-{works}"
    shutil.rmtree(index, ignore_errors=True)
    arguments = (str(index), str(works), str(queries), str(seed))
    found = last_json(run("-m", "tests.bench.engines", *arguments).output)
    shutil.rmtree(index)
    rates, search, size = found["works_a_second"], found["search"], found["bytes"]
    of = f"{works:,} works"
    note(f"{of}, both engines in turn: embedded in", f"{rates['embedded']:,.0f} works/s")
    note(f"{of}: Elasticsearch through Ilim in", f"{rates['elasticsearch']:,.0f} works/s")
    through, bare = rates["first_elasticsearch"], rates["first_bare"]
    note(f"the first {min(works, 100_000):,} works by a bare async_bulk", f"{bare:,.0f} works/s")
    note("Elasticsearch through Ilim / bare async_bulk", f"{through / bare:.2f}", "≥ 0.80")
    for engine in ("embedded", "elasticsearch"):
        wanted = "no worse than Elasticsearch's" if engine == "embedded" else ""
        note(f"{of}, 6 facets: {engine}, p50 / p95 / p99", times(search[engine]), wanted)
    added = search["added"]
    note(f"{of}: what Ilim adds to the client's call, p50 / p99",
         f"{added['p50']:.2f} / {added['p99']:.2f} ms", "p50 ≤ 3 ms")  # fmt: skip
    odd, asked = search["differing"], search["queries"]
    note(f"{of}: of {asked:,} queries, other totals / other facets / other first ten",
         f"{odd['totals']} / {odd['facets']} / {odd['first_ten']}", "0 / 0 / ≤ 1%")  # fmt: skip
    note(f"{of}: size of the index, embedded / Elasticsearch",
         f"{size['embedded'] / 1e6:,.0f} / {size['elasticsearch'] / 1e6:,.0f} MB")  # fmt: skip
