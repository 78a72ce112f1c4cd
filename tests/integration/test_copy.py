"""`ilim copy`: the same store at another address, whatever happens on the way."""

import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.house import Done, Installation
from tests.integration.test_killed import snapshot
from tests.postgres import PASSWORD, Server
from tests.shared import ROOT

pytestmark = pytest.mark.slow

ORDERED = {
    "cursors": "name", "keys": "key, record", "marks": "number", "meta": "name", "numbers": "name",
    "payloads": "record", "quarantine": "source, local_id", "records": "id", "runs": "id",
    "sources": "source", "tallies": "source", "works": "id",
}  # fmt: skip

KEPT = ("decisions", "suppressions")


@pytest.fixture
def library(installation: Installation) -> Installation:
    """A store with records, merged and withdrawn works, redirects, quarantine, two runs and a
    takedown."""
    installation.saved("lib", snapshot(random.Random(1), frozenset()))
    assert installation.ilim("harvest").code == 0
    installation.saved("lib", snapshot(random.Random(2), frozenset(range(40, 60))))
    assert installation.ilim("harvest").code == 0
    with sqlite3.connect(installation.data / "keep.sqlite") as keep:
        keep.execute("INSERT INTO decisions VALUES (7, 'same', 'lib/a', 'lib/ё', 'note', '2026')")
    assert installation.ilim("suppress", "lib/oai:k:5", "--reason", "укук").code == 0
    return installation


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    name = postgres.fresh(empty=True)
    yield postgres.url(name)
    postgres.drop(name)


def contents(folder: Path) -> dict[str, list[Any]]:
    """All rows of a SQLite store, but the mark of the copy."""
    found = {}
    with sqlite3.connect(folder / "catalogue.sqlite") as store:
        for table, order in ORDERED.items():
            rows = store.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()
            found[table] = [row for row in rows if row[0] != "copy"]
    with sqlite3.connect(folder / "keep.sqlite") as store:
        for table in KEPT:
            found[table] = store.execute(f"SELECT * FROM {table}").fetchall()
    return found


def copy(installation: Installation, to: str, *more: str) -> Done:
    done = installation.ilim("copy", "--to", to, "--json", *more)
    assert PASSWORD not in done.words and "%6E%6F" not in done.words
    assert "Traceback" not in done.words, done.words
    return done


class OverPostgres(Installation):
    """An installation whose settings want the server's password."""

    def ilim(self, *arguments: str, timeout: float = 120, **env: str) -> Done:
        return super().ilim(*arguments, timeout=timeout, ILIM_DATABASE_PASSWORD=PASSWORD, **env)


def over_postgres(library: Installation, url: str) -> Installation:
    """The same sources over the server."""
    moved = OverPostgres(library.folder / "moved")
    shutil.copytree(library.config, moved.config)
    bare = re.sub(r":[^:@/]*@", "@", url)
    (moved.config / "ilim.yaml").write_text(
        f"database:\n  url: {bare}\n  password: ${{ILIM_DATABASE_PASSWORD}}\n"
    )
    return moved


def test_there_and_back(library: Installation, url: str, postgres: Server) -> None:
    there = copy(library, url)
    assert there.code == 0, there.words
    tables = {table["table"]: table for table in there.json["tables"]}
    assert set(tables) == {*ORDERED, *KEPT}
    before = contents(library.data)
    assert {name: table["rows"] for name, table in tables.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert all(table["copied"] == table["rows"] for table in tables.values())
    again = copy(library, url)  # done is done
    assert again.code == 0 and all(t["copied"] == 0 for t in again.json["tables"])

    moved = over_postgres(library, url)
    back = library.folder / "back"
    home = copy(moved, f"sqlite:///{back}")
    assert home.code == 0, home.words
    assert [(t["table"], t["hash"]) for t in home.json["tables"]] == [
        (t["table"], t["hash"]) for t in there.json["tables"]
    ]
    assert contents(back) == before

    # The index of the source is no stranger here, and what comes next gets the next numbers.
    run = moved.ilim("harvest", "--full", "--json")
    assert run.code == 0, run.words
    assert run.json["runs"][0]["new"] == 0
    lines = moved.ilim("records").output.splitlines()
    assert "oai:k:5" not in [json.loads(line)["local_id"] for line in lines]
    [taken] = moved.ilim("suppress", "--list", "--json").json
    assert (taken["record"], taken["reason"]) == ("lib/oai:k:5", "укук")
    name = url.rsplit("/", 1)[1]
    runs = postgres.sql(name, "SELECT count(*), max(id) FROM catalogue.runs")
    assert runs == f"{len(before['runs']) + 1}|{max(row[0] for row in before['runs']) + 1}"
    changed = copy(library, url)
    assert changed.code == 2 and "since then one of the two has changed" in changed.words


def test_killed_on_the_way_it_goes_on(library: Installation, url: str) -> None:
    """Killed at twelve moments, in both directions, each copy ends with the same."""
    chance = random.Random(12)
    before = contents(library.data)
    kills = 0
    for where in ("statement", "commit", "committed", "statement", "committed", "commit"):
        n = chance.randrange(12, 90) if where == "statement" else chance.randrange(16, 45)
        done = killed(library, where, n, "copy", "--to", url)
        assert done.returncode in (-9, 0), done.stderr
        kills += done.returncode == -9
        if done.returncode == 0:
            break
    assert kills >= 3
    there = copy(library, url)
    assert there.code == 0, there.words
    moved = over_postgres(library, url)
    back = library.folder / "back"
    assert moved.ilim("copy", "--to", f"sqlite:///{back}").code == 0
    assert contents(back) == before


def killed(
    installation: Installation, where: str, n: int, *arguments: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.integration.killed", where, str(n)]
    return subprocess.run(
        [*command, *installation.command(*arguments)[3:]],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_an_unfinished_target_is_not_used(library: Installation, tmp_path: Path) -> None:
    target = Installation(library.folder, "target")
    done = killed(library, "committed", 40, "copy", "--to", f"sqlite:///{target.data}")
    assert done.returncode == -9
    refused = target.ilim("status")
    assert refused.code == 2 and "did not end" in refused.words
    assert copy(library, f"sqlite:///{target.data}").code == 0
    assert target.ilim("status").code == 0
    assert contents(target.data) == contents(library.data)


def test_a_source_that_changed_meanwhile_is_copied_anew(library: Installation) -> None:
    target = library.folder / "target"
    done = killed(library, "committed", 52, "copy", "--to", f"sqlite:///{target}")
    assert done.returncode == -9
    library.saved("lib", snapshot(random.Random(3), frozenset(range(90, 110))))
    assert library.ilim("harvest").code == 0
    first = copy(library, f"sqlite:///{target}")
    assert first.code == 3 and "begins anew" in first.words
    assert copy(library, f"sqlite:///{target}").code == 0
    assert contents(target) == contents(library.data)


def test_a_target_with_other_data_or_the_source_itself_is_refused(
    library: Installation, url: str
) -> None:
    other = Installation(library.folder, "other")
    assert other.ilim("harvest").code == 0
    before = contents(other.data)
    done = copy(library, f"sqlite:///{other.data}")
    assert done.code == 2 and "holds other data already" in done.words
    assert contents(other.data) == before

    link = library.folder / "link"
    link.symlink_to(library.data)
    for same in (library.data, link):
        done = copy(library, f"sqlite:///{same}")
        assert done.code == 2 and "the very database" in done.words
    assert copy(library, url).code == 0
    moved = over_postgres(library, url)
    done = copy(moved, url.replace("127.0.0.1", "localhost"))
    assert done.code == 2 and "the very database" in done.words
    for strange in (
        "mysql://u:hidden@h/d",
        "postgresql://u:hidden@h",
        "postgresql://:hidden@[",
        "x",
    ):
        done = library.ilim("copy", "--to", strange)
        assert done.code == 2 and "hidden" not in done.words and "Traceback" not in done.words


def test_a_source_at_work_is_refused(library: Installation, url: str) -> None:
    with sqlite3.connect(library.data / "catalogue.sqlite") as store:
        store.execute(
            "UPDATE leases SET holder = 'elsewhere/1:5:6', expires = 9e12 "
            "WHERE name = 'harvest:lib'"
        )
    done = copy(library, url)
    assert done.code == 2 and "held on elsewhere)" in done.words
