"""Twenty sources at once, a stage of `make bench`; alone: ``python -m tests.bench.twenty``."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.measure import Note, Row, last_json, run, serving

SOURCES, RECORDS, PAGE, DELAY = 20, 5000, 1000, 0.2

_SOURCE = """\
id: {id}
name: {{ky: Өлчөө, ru: Замер, en: Bench}}
connector: oai_pmh
url: http://127.0.0.1:{port}/oai
http: {{interval: 0}}
"""


def twenty(note: Note, folder: Path, seed: int) -> None:
    """Harvested by a command, and by the worker with resolve and index beside it."""
    of = f"{SOURCES} sources of {RECORDS:,} records, {PAGE} a page, {DELAY} s a page"
    server = map(str, (RECORDS, PAGE, DELAY, seed, SOURCES))
    with serving("-m", "tests.bench.server", *server) as (_, ports):
        config = _configured(folder / "twenty", ports.split())
        data = folder / "twenty" / "data"
        ilim = ["-m", "aggregator", "--config", str(config), "--data", str(data)]
        done = run(*ilim, "harvest", "--no-index", "--json")
        stored = sum(one["new"] for one in last_json(done.output)["runs"])
        assert stored == SOURCES * RECORDS, done.output
        note(f"{of}, harvested at once by one process, its start included",
             f"{stored / done.seconds:,.0f} records/s", "≥ 5,000")  # fmt: skip
        note("time of the processor for that", f"{done.cpu / stored * 1e6:,.0f} µs a record")
        note("RssAnon of that, child included", f"{done.anonymous:.0f} MB", "≤ 300 MB")

        shutil.rmtree(data)
        done = run("-m", "tests.bench.working", str(config), str(data))
        found = last_json(done.output)
        assert found["stored"] == stored, found
        rate, late = found["stored"] / found["seconds"], found["late"]
        note("the same by the worker, which makes works and index meanwhile",
             f"{rate:,.0f} records/s")  # fmt: skip
        note("RssAnon of that, child included", f"{done.anonymous:.0f} MB", "≤ 300 MB")
        note("its event loop is late by, p50 / p99 / most",
             f"{late['p50']:.1f} / {late['p99']:.1f} / {late['max']:.0f} ms")  # fmt: skip


def _configured(folder: Path, ports: Sequence[str]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    sources = folder / "config" / "sources"
    sources.mkdir(parents=True)
    for number, port in enumerate(ports):
        id = f"bench{number:02}"
        (sources / f"{id}.yaml").write_text(_SOURCE.format(id=id, port=port))
    return folder / "config"


def main(seed: int = 20261123) -> None:
    rows: list[Row] = []

    def note(what: str, figure: str, wanted: str = "") -> None:
        rows.append(Row(what, figure, wanted))
        print(f"| {what} | {figure} | {wanted} |", flush=True)

    with tempfile.TemporaryDirectory(prefix="ilim-bench-") as folder:
        twenty(note, Path(folder), seed)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
