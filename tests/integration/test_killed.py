"""Killed fifty times, a harvest ends with the same as one clean run."""

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.integration.house import Installation, deleted, live
from tests.shared import ROOT

pytestmark = pytest.mark.slow

FILES, A_FILE = 60, 12
KILLS = 50


def snapshot(chance: random.Random, gone: frozenset[int]) -> dict[str, list[str]]:
    """Saved responses: records that share DOIs, tombstones, and one that no crosswalk reads."""
    pages: dict[str, list[str]] = {}
    for file in range(FILES):
        records = []
        for place in range(A_FILE):
            number = file * A_FILE + place
            if number in gone:
                continue
            if number % 29 == 0:
                records.append(deleted(f"oai:k:{number}"))
                continue
            doi = f"https://doi.org/10.5555/k{chance.randrange(400)}"
            title = f"Эмгек {number} {chance.choice(['тарых', 'тоо', 'көл', 'манас'])}"
            record = live(f"oai:k:{number}", title=title, identifier=doi, date="1999")
            if number == 100:
                record = record.replace("oai_dc:dc", "oai_dc:etd")
            records.append(record)
        pages[f"{file:03}.xml"] = records
    return pages


def contents(installation: Installation) -> dict[str, Any]:
    """All that must be the same; run ids, times and numbers aside."""
    unpack = zstandard.ZstdDecompressor().decompress
    with sqlite3.connect(installation.data / "catalogue.sqlite") as store:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return [
                tuple(unpack(v) if isinstance(v, bytes) and v[:4] == b"\x28\xb5\x2f\xfd" else v
                      for v in row)
                for row in store.execute(query)
            ]  # fmt: skip

        found: dict[str, Any] = {
            "records": rows(
                "SELECT source, local_id, format, crosswalk, raw_hash, record_hash, stamp, sets, "
                "problems, deleted, work FROM records ORDER BY 1, 2"
            ),
            "payloads": rows(
                "SELECT source, local_id, raw, body FROM payloads JOIN records ON id = record "
                "ORDER BY 1, 2"
            ),
            "keys": rows(
                "SELECT key, source, local_id FROM keys JOIN records ON id = record "
                "ORDER BY 1, 2, 3"
            ),
            "quarantine": rows(
                "SELECT source, local_id, reason, raw FROM quarantine ORDER BY 1, 2"
            ),
            "checkpoints": rows("SELECT source, fingerprint, checkpoint FROM sources"),
            "works": [
                (id, state, target, founder, {**json.loads(body), "added": 0})
                for id, state, target, founder, body in rows(
                    "SELECT id, state, target, founder, body FROM works ORDER BY id"
                )
            ],
        }
        assert rows("PRAGMA integrity_check") == [("ok",)]
    shown = installation.ilim("search", "", "--sort", "title", "--size", "1000", "--json").json
    found["index"] = shown["total"], [hit["id"] for hit in shown["hits"]], shown["facets"]
    found["index behind"] = installation.ilim("status", "--json").json["index"]["behind"]
    return found


def moments(chance: random.Random) -> Iterator[tuple[str, int, str]]:
    """Where to be killed, and in which command: inside a transaction, before its end, between two,
    around the index. Filling the index anew always has something to do."""
    while True:
        yield from chance.sample(
            [
                ("statement", chance.randrange(8, 120), "harvest"),
                ("statement", chance.randrange(8, 120), "harvest"),
                ("commit", chance.randrange(3, 12), "harvest"),
                ("committed", chance.randrange(2, 12), "harvest"),
                ("indexing", 1, "harvest"),
                ("indexed", chance.randrange(1, 3), "harvest"),
                ("indexing", chance.randrange(1, 3), "reindex"),
                ("indexed", chance.randrange(1, 3), "reindex"),
            ],
            8,
        )


def is_killed(installation: Installation, where: str, n: int, command: str) -> bool:
    """Run a command that is to be killed; tells whether it was, or ended before."""
    arguments = installation.command(command)[3:]
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.killed", where, str(n), *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode in (-9, 0), done.stderr
    return done.returncode == -9


def test_fifty_kills_change_nothing(tmp_path: Path) -> None:
    chance = random.Random(50)
    clean, killed = Installation(tmp_path, "clean"), Installation(tmp_path, "killed")
    gone = frozenset(chance.sample(range(FILES * A_FILE), 30))
    for phase, missing in enumerate((frozenset[int](), gone)):
        # The second snapshot has other identifiers, and lacks records that a full run must sweep.
        pages = snapshot(random.Random(phase), missing)
        clean.saved("lib", pages)
        assert clean.ilim("harvest").code == 0
        kills = {"harvest": 0, "reindex": 0}
        for where, n, command in moments(chance):
            kills[command] += is_killed(killed, where, n, command)
            if sum(kills.values()) == KILLS // 2:
                break
        assert min(kills.values()) > 0
        assert killed.ilim("harvest").code == 0
        assert contents(killed) == contents(clean)
