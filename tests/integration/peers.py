"""Independent OAI-PMH servers over the recorded real records of ILIM_SHARED.

`oai_peer` is each of pyoai, XOAI and oai-repo in turn. Import the fixtures into the conftest.py
that needs them.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.downloads import cache_folder, kept, maven
from tests.shared import leave_out, shared

__all__ = [
    "Peer",
    "PoolRecord",
    "oai_peer",
    "oai_repo_peer",
    "pool_folder",
    "pyoai_peer",
    "small_peer",
    "small_pool",
    "start",
    "xoai_peer",
]

HERE = Path(__file__).resolve().parent
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PoolRecord:
    """One recorded record: ``body`` is its oai_dc element, "" for a deleted one."""

    id: str
    stamp: str
    sets: tuple[str, ...]
    deleted: bool
    body: str


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server: its address and what it serves."""

    name: str
    url: str
    pool: tuple[PoolRecord, ...]

    @property
    def told(self) -> tuple[PoolRecord, ...]:
        """What its lists tell: oai-repo leaves deleted records out of ListRecords."""
        if self.name != "oai-repo":
            return self.pool
        return tuple(record for record in self.pool if not record.deleted)


@pytest.fixture(scope="session")
def pool_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pool.jsonl and pool.tsv, made from the recorded replies."""
    folder = tmp_path_factory.mktemp("pool")
    replies = shared("data", "records", "CenterForOpenScience+scrapi")
    subprocess.run(
        [sys.executable, shared("peers", "pool.py"), replies],
        cwd=folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder


def _pool(folder: Path) -> tuple[PoolRecord, ...]:
    with (folder / "pool.jsonl").open(encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    return tuple(
        PoolRecord(
            row["id"],
            row["ds"],
            tuple(name for name in row["sets"] if name),
            row["deleted"],
            row["dc"] or "",
        )
        for row in rows
    )


@contextmanager
def _running(name: str, command: list[str], folder: Path) -> Iterator[Peer]:
    """Start a server that prints its address first; end that very process afterwards."""
    with (folder / f"{name}.log").open("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdout is not None
        too_slow = threading.Timer(START_SECONDS, process.kill)
        too_slow.start()
        try:
            address = process.stdout.readline().strip()
            too_slow.cancel()
            if not address:
                errors.seek(0)
                pytest.fail(f"{name} did not start: {errors.read()[-2000:]}")
            yield Peer(name, address, _pool(folder))
        finally:
            too_slow.cancel()
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()


@contextmanager
def start(name: str, folder: Path) -> Iterator[Peer]:
    """One of the independent servers over the pool in ``folder``, until the block ends."""
    if name == "xoai":
        with _running(name, _xoai(folder), folder) as peer:
            yield peer
        return
    script = {"pyoai": "pyoai_peer.py", "oai-repo": "oai_repo_peer.py"}[name]
    command = [sys.executable, "-W", "ignore", str(HERE / script), str(folder / "pool.jsonl")]
    with _running(name, command, folder) as peer:
        yield peer


def _xoai(folder: Path) -> list[str]:
    """The command that starts XOAI, compiled first."""
    java = shutil.which("java")
    if java is None:
        leave_out("XOAI needs Java (Debian: default-jre-headless), which is not here")
    jars = f"{_jars()}{os.sep}*"
    classes = folder / "classes"
    compiler = "org.eclipse.jdt.internal.compiler.batch.Main"
    source = str(HERE / "xoai" / "Peer.java")
    compiled = subprocess.run(
        [java, "-cp", jars, compiler, "-17", "-nowarn", "-cp", _spread(jars), "-d", str(classes),
         source],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    return [
        java, "-Xmx512m", "-cp", f"{classes}{os.pathsep}{jars}", "Peer", str(folder / "pool.tsv"),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def pyoai_peer(pool_folder: Path) -> Iterator[Peer]:
    """pyoai 2.5.0: no completeListSize, persistent deletions, 100 records a page."""
    with start("pyoai", pool_folder) as peer:
        yield peer


@pytest.fixture(scope="session")
def xoai_peer(pool_folder: Path) -> Iterator[Peer]:
    """XOAI 5.3.0: completeListSize, persistent deletions, 100 records a page."""
    with start("xoai", pool_folder) as peer:
        yield peer


@pytest.fixture(scope="session")
def oai_repo_peer(pool_folder: Path) -> Iterator[Peer]:
    """oai-repo 0.5.2: completeListSize, deletions promised and not told, 100 records a page."""
    with start("oai-repo", pool_folder) as peer:
        yield peer


def _spread(jars: str) -> str:
    """A class path with each jar named: the compiler knows no wildcard."""
    return os.pathsep.join(str(jar) for jar in sorted(Path(jars).parent.glob("*.jar")))


def _jars() -> Path:
    """The folder of XOAI's jars, fetched once into the user's cache."""
    pom = HERE / "xoai" / "pom.xml"
    version = hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    return kept(
        cache_folder() / f"xoai-{version}",
        lambda fresh: maven(
            "XOAI", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"
        ),
    )


@pytest.fixture(scope="session", params=["pyoai", "xoai", "oai_repo"])
def oai_peer(request: pytest.FixtureRequest) -> Peer:
    """Each of the independent servers in turn."""
    peer: Peer = request.getfixturevalue(f"{request.param}_peer")
    return peer


SMALL = 12
"""Of so many records of the pool one is in the small pool."""


@pytest.fixture(scope="session")
def small_pool(pool_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool of eight pages: a source that is asked once a second, as its new file says, is here
    in eight seconds."""
    folder = tmp_path_factory.mktemp("small-pool")
    records = _pool(pool_folder)
    chosen = range(0, len(records), SMALL)
    for name in ("pool.jsonl", "pool.tsv"):
        lines = (pool_folder / name).read_text(encoding="utf-8").split("\n")
        text = "".join(f"{lines[n]}\n" for n in chosen)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(params=["pyoai", "xoai", "oai-repo"])
def small_peer(request: pytest.FixtureRequest, small_pool: Path) -> Iterator[Peer]:
    """Each of the independent servers in turn, over the small pool."""
    with start(request.param, small_pool) as peer:
        yield peer
