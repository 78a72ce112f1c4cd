"""The rows of `make bench` that say what is found, and how soon."""

import asyncio
from pathlib import Path

from tests.bench import known
from tests.bench.measure import Note, last_json, run, times

STRINGS = 100_000
"""Random strings asked of the small index: so many that one in a thousand says something."""


def known_works(note: Note, folder: Path) -> None:
    """Works of real records, looked for as people type them."""

    def told(part: known.Part) -> None:
        note(f"{part.name} (of {len(part.questions):,})", part.figure, part.wanted)

    asyncio.run(known.measure(folder / "known", known.COUNT, known.SEED, told))


def asking(note: Note, index: Path, works: int, queries: int, seed: int, *, large: bool) -> None:
    """The published workload, beginnings while they are typed, and random strings, which are many
    where the index is small."""
    strings = queries if large else STRINGS
    numbers = map(str, (works, queries, seed, strings))
    found = last_json(run("-m", "tests.bench.asked", str(index), *numbers).output)
    of = f"{works:,} works"
    wanted = "p50 ≤ 15 ms, p99 ≤ 150 ms" if large else ""
    note(f"{of}: published workload, 6 facets, concepts and suggestions, p50 / p95 / p99",
         times(found["asked"]), wanted)  # fmt: skip
    note(f"{of}: suggestions while typing, p50 / p95 / p99", times(found["typed"]),
         "p99 ≤ 20 ms" if large else "")  # fmt: skip
    note(f"{of}: {strings:,} random strings, p50 / p99 / p99.9",
         times(found["random"], "p50", "p99", "p99.9"),
         "" if large else "p99.9 ≤ 50 ms")  # fmt: skip
    note(f"{of}: of these, raised an error", f"{found['raised']}", "0")
