"""`make bench` (``N=1000000`` for the large index too): prints the table of docs/benchmarks.md."""

import argparse
import gzip
import http.client
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.bench import beside, finding, language, marc
from tests.bench.generated import Vocabulary, queries
from tests.bench.measure import Anonymous, Row, children, last_json, percentile, run, serving, times
from tests.bench.ranking import ranking
from tests.bench.twenty import twenty

SEED = 20261123
RECORDS, PAGE, DELAY = 50_000, 1000, 0.2
SMALL = 100_000
SEARCHES = 1000
PAGES = 300

_SOURCE = """\
id: bench
name: {{ky: Өлчөө, ru: Замер, en: Bench}}
connector: oai_pmh
url: {url}
http: {{interval: 0}}
"""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--works", type=int, default=0, help="size of the large index")
    arguments.add_argument("--records", type=int, default=RECORDS, help="records over HTTP")
    arguments.add_argument("--keep", type=Path, help="keep filled folders here for another run")
    chosen = arguments.parse_args()
    rows: list[Row] = []
    with _folder(chosen.keep) as folder:
        for row in language.rows(SEED):
            note(rows, row.what, row.figure, row.wanted)
        ranking(partial(note, rows), folder)
        finding.known_works(partial(note, rows), folder)
        harvesting(rows, folder, chosen.records)
        marc.rates(partial(note, rows), folder)
        twenty(partial(note, rows), folder, SEED)
        beside.databases(partial(note, rows), folder, SEED)
        for works in sorted({SMALL, chosen.works or SMALL}):
            large = works > SMALL
            beside.engines(partial(note, rows), folder, works, SEARCHES, SEED)
            index = folder / f"index-{works}"
            indexing(rows, index, works, "≥ 7,000" if large else "")
            finding.asking(partial(note, rows), index, works, SEARCHES, SEED, large=large)
            shutil.rmtree(index)
            searching(rows, folder, works, large)
    print(f"\n{machine()}; seed {SEED}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n")
    print("| what | figure | to reach |\n|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.figure} | {row.wanted} |")


def note(rows: list[Row], what: str, figure: str, wanted: str = "") -> None:
    rows.append(Row(what, figure, wanted))
    print(f"  {what}: {figure}", file=sys.stderr, flush=True)


def harvesting(rows: list[Row], folder: Path, count: int) -> None:
    """HTTP on loopback → stored, beside Sickle merely iterating; stored → searchable."""
    data, config = folder / "http", folder / "config"
    shutil.rmtree(data, ignore_errors=True)
    server = ["-m", "tests.bench.server", str(count), str(PAGE), str(DELAY), str(SEED)]
    with serving(*server) as (_, port):
        url = f"http://127.0.0.1:{port}/oai"
        (config / "sources").mkdir(parents=True, exist_ok=True)
        (config / "sources" / "bench.yaml").write_text(_SOURCE.format(url=url))
        ilim = ["-m", "aggregator", "--config", str(config), "--data", str(data)]
        sickle = last_json(run("-m", "tests.bench.sickle_only", url).output)
        stored = run(*ilim, "harvest", "bench", "--no-index", "--json")
        figures = last_json(stored.output)["runs"][0]
        assert figures["new"] == count == sickle["count"], figures
        ours, theirs = count / figures["seconds"], count / sickle["seconds"]
        note(rows, f"HTTP → stored, {count:,} records, {PAGE} a page, {DELAY} s a page",
             f"{ours:,.0f} records/s", "≥ 4,300")  # fmt: skip
        note(rows, "Sickle merely fetching the same", f"{theirs:,.0f} records/s")
        note(rows, "stored by Ilim / fetched by Sickle", f"{ours / theirs:.2f}", "> 1")
        note(rows, "RssAnon of that harvest", f"{stored.anonymous:.0f} MB", "≤ 250 MB")
        shown = run(*ilim, "reindex")
    note(rows, f"stored → searchable, {count:,} works, start of the program included",
         f"{count / shown.seconds:,.0f} works/s", "≥ 2,000")  # fmt: skip
    note(rows, "RssAnon of that", f"{shown.anonymous:.0f} MB", "≤ 250 MB")


_WAYS = {
    "index": "search with 6 facets",
    "broad": "the same, function words in the queries",
    "find": "search with 6 facets, works fetched and words marked",
}


def indexing(rows: list[Row], index: Path, works: int, wanted: str) -> None:
    """Documents already analysed → committed."""
    done = run("-m", "tests.bench.indexing", str(index), str(works), str(SEED))
    rate = last_json(done.output)["works_a_second"]
    note(rows, f"analysed documents → committed, {works:,} works", f"{rate:,.0f} works/s", wanted)


def searching(rows: list[Row], folder: Path, works: int, large: bool) -> None:
    """Search with six facets, the results page, and the memory of web and worker together."""
    data = folder / f"data-{works}"
    if not (data / "filled").exists():
        filled = last_json(run("-m", "tests.bench.fill", str(data), str(works), str(SEED)).output)
        (data / "filled").touch()
        note(rows, f"{works:,} works: stored → searchable",
             f"{works / filled['searchable']:,.0f} works/s", "≥ 2,000")  # fmt: skip
    size = sum(path.stat().st_size for path in (data / "index").rglob("*") if path.is_file())
    note(rows, f"{works:,} works: size of the index", f"{size / 1e6:,.0f} MB")
    found = last_json(
        run("-m", "tests.bench.searching", str(data), str(SEARCHES), str(SEED)).output
    )
    for way, what in _WAYS.items():
        wanted = "p50 ≤ 10 ms, p99 ≤ 150 ms" if large and way == "index" else ""
        note(rows, f"{works:,} works: {what}, p50 / p95 / p99", times(found[way]), wanted)
    pages(rows, folder, data, works, large)


def pages(rows: list[Row], folder: Path, data: Path, works: int, large: bool) -> None:
    """Time to first byte and sizes of pages, and RssAnon of web and worker while both work."""
    asked = queries(PAGES, SEED + 1, Vocabulary(SEED))
    server = ["-m", "tests.bench.server", "5000", str(PAGE), str(DELAY), str(SEED)]
    with serving(*server) as (_, port):
        source = _SOURCE.format(url=f"http://127.0.0.1:{port}/oai")
        (folder / "config" / "sources" / "bench.yaml").write_text(source)
        ilim = ["-m", "aggregator", "--config", str(folder / "config"), "--data", str(data)]
        with serving(*ilim, "serve", "--port", "0") as (process, first):
            where = urlsplit(first.split()[-1])
            both = children(process.pid)
            with Anonymous(both) as memory:
                waited, largest = [], 0
                for query in asked:
                    begun = time.perf_counter()
                    body, seconds = fetch(where.netloc, f"/en/search?q={quote(query)}", begun)
                    waited.append(1000 * seconds)
                    largest = max(largest, len(gzip.compress(body)))
                home, _ = fetch(where.netloc, "/en/", time.perf_counter())
                css = style(where.netloc, home.decode())
                time.sleep(5)
    note(rows, f"{works:,} works: time to first byte of a results page, p50 / p99",
         f"{percentile(waited, 0.5):.1f} / {percentile(waited, 0.99):.1f} ms")  # fmt: skip
    note(rows, f"{works:,} works: RssAnon of each process while both work",
         " + ".join(f"{memory.peak[pid]:.0f}" for pid in both) + " MB")  # fmt: skip
    note(rows, f"{works:,} works: RssAnon of web and worker together",
         f"{memory.peak_sum:.0f} MB", "≤ 400 MB" if large else "")  # fmt: skip
    kilobytes = [(len(gzip.compress(home)) + css) / 1000, (largest + css) / 1000]
    note(rows, "home / largest results page, compressed, CSS included",
         f"{kilobytes[0]:.1f} / {kilobytes[1]:.1f} kB", "≤ 30 kB")  # fmt: skip


def fetch(host: str, path: str, begun: float) -> tuple[bytes, float]:
    """A page, and the seconds since ``begun`` until its first byte."""
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read(1)
    seconds = time.perf_counter() - begun
    connection.close()
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, (path, answer.status)
    body = answer.read()
    connection.close()
    return body, seconds


def style(host: str, page: str) -> int:
    """The compressed size of the style sheet a page names."""
    address = next(part.split('"')[0] for part in page.split('href="') if ".css" in part[:200])
    body, _ = fetch(host, address, time.perf_counter())
    return len(gzip.compress(body))


def machine() -> str:
    """What this was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} × {model}, {memory:.0f} GiB, Python {platform.python_version()}"


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="ilim-bench-") as made:
        yield Path(made)


if __name__ == "__main__":
    main()
