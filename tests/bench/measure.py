"""What a measurement needs: processes with their memory watched, percentiles, rows of a table."""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Row:
    """One line of the table; ``wanted`` is the figure to reach, "" where none is set."""

    what: str
    figure: str
    wanted: str = ""


Note = Callable[..., None]
"""Takes what, figure and the figure to reach."""


@dataclass(slots=True)
class Watched:
    """A finished process: its output, its seconds, the most anonymous memory (MB) that it and its
    children held at once, and the seconds of the processor that they took."""

    output: str
    seconds: float
    anonymous: float
    cpu: float


@dataclass(slots=True)
class Anonymous:
    """Watches RssAnon of processes, each with those it started, while it is used; mapped files do
    not count (DESIGN §8)."""

    pids: list[int]
    peak: dict[int, float] = field(default_factory=dict)
    peak_sum: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Anonymous":
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            now = {pid: sum(map(rss_anon, [pid, *children(pid)])) for pid in self.pids}
            self.peak_sum = max(self.peak_sum, sum(now.values()))
            for pid, held in now.items():
                self.peak[pid] = max(self.peak.get(pid, 0.0), held)


def rss_anon(pid: int) -> float:
    """RssAnon of a process in MB; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def run(*arguments: str, **environment: str) -> Watched:
    """Run a Python module of ours to its end; what it says on standard error is shown."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with (
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
        ) as process,
        Anonymous([process.pid]) as memory,
    ):
        assert process.stdout is not None
        output = process.stdout.read()
        code = process.wait()
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)} ended with {code}: {output[-500:]}")
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Watched(output, seconds, memory.peak.get(process.pid, 0.0), cpu)


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of ours and the first line it printed; ended by its own pid."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(30)


def children(pid: int) -> list[int]:
    """The processes that a process started and that still run. Not one that has yet to begin its
    own program: until then it stands on its parent's memory."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, path.read_text().split())
    return [child for child in found if _program(child) != _program(pid)]


def _program(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def times(found: Mapping[str, float], *shares: str) -> str:
    """Percentiles in milliseconds, p50, p95 and p99 where none are named."""
    return " / ".join(f"{found[share]:.1f}" for share in shares or ("p50", "p95", "p99")) + " ms"


def last_json(output: str) -> dict[str, Any]:
    """The JSON document a command printed last."""
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return found
