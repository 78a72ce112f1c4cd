"""Many writers in several processes: numbers appear in order, nothing is lost, nobody deadlocks."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from aggregator.resolve import LEASE, resolve
from aggregator.store import tables as t
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.works import candidate, partition
from tests.integration.house import Installation
from tests.integration.test_copy import over_postgres
from tests.integration.test_killed import snapshot
from tests.postgres import PASSWORD, Server
from tests.shared import ROOT

pytestmark = pytest.mark.slow

PROCESSES, PAGES = 3, 60


async def test_a_follower_misses_no_number(postgres: Server, postgres_url: str) -> None:
    """It reads what is after the greatest number it has seen, as every follower does."""
    async with Catalogue.open(postgres_url) as catalogue, Keep.open(postgres_url) as keep:
        writers = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.integration.writers", postgres_url, f"s{number}-",
                str(number), str(PAGES), cwd=ROOT, stderr=subprocess.PIPE,
            )
            for number in range(PROCESSES)
        ]  # fmt: skip
        records, works = _Reader(catalogue, t.records), _Reader(catalogue, t.works)
        over = asyncio.gather(*(writer.communicate() for writer in writers))
        while not over.done():
            await records.read()
            await works.read()
        for (_, said), writer in zip(await over, writers, strict=True):
            assert writer.returncode == 0, said.decode()
            assert b"busy" not in said, said.decode()  # no deadlock had to be broken
        held = await catalogue.leases.take(LEASE)
        assert held is not None
        await resolve(catalogue, keep, held)
        for reader in (records, works):
            await reader.read()
            assert reader.seen == await reader.all()

        living = {
            f"{s.record.source}/{s.record.local_id}": s.record
            async for s in catalogue.each_record()
        }
        expected = partition(
            {name: candidate(r) for name, r in living.items()},  # type: ignore[arg-type]
            await keep.decisions(),
        )
        found = [
            sorted(f"{m.source}/{m.local_id}" for m in c.work.members)
            for c in await catalogue.changes(0, 100_000)
            if c.work
        ]
        assert sorted(found) == sorted(sorted(n for n, _ in g.members) for g in expected)
    log = (postgres.folder / "log").read_text(errors="replace")
    assert "deadlock detected" not in log


class _Reader:
    """Follows one table by number: id -> the last number seen."""

    def __init__(self, catalogue: Catalogue, table: Any) -> None:
        self._database, self._table = catalogue._database, table
        self._after = 0
        self.seen: dict[Any, int] = {}

    async def read(self) -> None:
        c = self._table.c
        rows = await self._database.rows(
            select(c.id, c.change).where(c.change > self._after).order_by(c.change).limit(50)
        )
        for row in rows:
            self.seen[row.id] = self._after = row.change
        if len(rows) == 50:
            await self.read()

    async def all(self) -> dict[Any, int]:
        rows = await self._database.rows(select(self._table.c.id, self._table.c.change))
        return {row.id: row.change for row in rows}


def test_killed_eight_times_a_harvest_ends_with_the_same(
    installation: Installation, postgres: Server, tmp_path: Path
) -> None:
    chance = random.Random(8)
    installation.saved("lib", snapshot(chance, frozenset()))
    names = [postgres.fresh(), postgres.fresh()]
    clean = over_postgres(installation, postgres.url(names[0]))
    assert clean.ilim("harvest").code == 0
    text = (clean.config / "ilim.yaml").read_text()
    (clean.config / "ilim.yaml").write_text(text.replace(names[0], names[1]))
    (clean.data / "index").rename(tmp_path / "the index of the other store")
    kills = 0
    while kills < 8:
        where = chance.choice(["statement", "commit", "committed"])
        n = chance.randrange(8, 120) if where == "statement" else chance.randrange(3, 14)
        done = subprocess.run(
            [sys.executable, "-m", "tests.integration.killed", where, str(n),
             *clean.command("harvest")[3:]],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
            env={"PATH": "/usr/bin:/bin", "ILIM_DATABASE_PASSWORD": PASSWORD},
        )  # fmt: skip
        assert done.returncode == -9, done.stderr
        kills += 1
    assert clean.ilim("harvest").code == 0
    assert clean.ilim("status", "--json").json["index"]["behind"] == 0
    for query in (
        "SELECT source, local_id, format, raw_hash, record_hash, stamp, sets, problems, deleted, "
        "work FROM catalogue.records ORDER BY 1, 2",
        "SELECT source, local_id, raw, body FROM catalogue.payloads JOIN catalogue.records "
        "ON id = record ORDER BY 1, 2",
        "SELECT key, source, local_id FROM catalogue.keys JOIN catalogue.records ON id = record "
        "ORDER BY 1, 2, 3",
        "SELECT source, local_id, reason, raw FROM catalogue.quarantine ORDER BY 1, 2",
        "SELECT source, fingerprint, checkpoint FROM catalogue.sources",
        "SELECT id, state, target, founder FROM catalogue.works ORDER BY 1",
    ):
        one, other = (postgres.sql(name, query) for name in names)
        assert one == other
    for name in names:
        postgres.drop(name)
