"""Real MARC files → stored, beside pymarc: ``python -m tests.bench.marc FOLDER COUNT``.

Records of real files, repeated under control numbers of their own until there are COUNT: MARC 21
(UTF-8 and MARC-8, 1.1 kB each) and RUSMARC (windows-1251, 1 kB). Timed are pymarc merely reading
them, the connector alone, the connector with the crosswalk, and the whole harvest into an empty
catalogue, commits included; each the best of three but for the last. Prints records a second.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from contextlib import aclosing
from itertools import cycle, islice
from pathlib import Path

from pymarc import MARCReader

from aggregator.harvest import Harvester, Limits
from aggregator.reading import understand
from aggregator.source import Names
from aggregator.store.catalogue import Catalogue
from aggregator.store.sqlite import file_url
from connectors import iso2709
from connectors.crosswalks import CROSSWALKS
from connectors.marc_file import MarcFile, MarcFileConfig
from tests.bench.measure import Note, last_json, run
from tests.shared import SHARED
from tests.unit.connectors.marc import framed

FILES = {
    "MARC 21": "solrmarc+solrmarc/test/data/records/uva_001_2000.mrc",
    "RUSMARC": "loge-gh+rusmarc/tests/data/TEST1.ISO",
}
COUNT = 20_000
TIMES = 3
WANTED = "≥ 4,000"
_WAYS = {
    "connector": "records of the connector",
    "crosswalked": "the same, understood by the crosswalk",
    "stored": "the same, stored",
}


def rates(note: Note, folder: Path) -> None:
    """Rows of the table; none without ILIM_SHARED."""
    if not all((SHARED / "data" / "records" / file).exists() for file in FILES.values()):
        note("ISO 2709", "not measured: the real files are not there")
        return
    found = last_json(run("-m", "tests.bench.marc", str(folder), str(COUNT)).output)
    for what, rate in found.items():
        theirs = rate["pymarc"]
        for way, words in _WAYS.items():
            wanted = WANTED if way == "connector" else ""
            note(f"ISO 2709 → {words}, {what}", f"{rate[way]:,.0f} records/s", wanted)
        note(f"pymarc merely reading the same, {what}", f"{theirs:,.0f} records/s")
        note(f"ISO 2709, Ilim's connector / pymarc, {what}", f"{rate['connector'] / theirs:.2f}")
        note(f"ISO 2709, stored by Ilim / read by pymarc, {what}", f"{rate['stored'] / theirs:.2f}")


def write(real: Path, path: Path, count: int) -> None:
    """``count`` records of a real file, each with a control number of its own."""
    pieces = list(iso2709.pieces([real.read_bytes()]))
    records = [
        (body, [(tag.decode(), data) for tag, data in fields if tag != b"001"])
        for body, (_, fields) in ((piece.body, iso2709.fields(piece.body)) for piece in pieces)
    ]
    with path.open("wb") as stream:
        for number, (body, fields) in enumerate(islice(cycle(records), count)):
            made = framed([("001", b"bench%08d" % number), *fields])
            stream.write(made[:5] + body[5:12] + made[12:17] + body[17:24] + made[24:])


def pymarc(path: Path) -> int:
    with path.open("rb") as stream:
        reader = MARCReader(stream, to_unicode=True, hide_utf8_warnings=True)
        return sum(record is not None for record in reader)


def connector(path: Path) -> int:
    return asyncio.run(_read(path, crosswalked=False))


def crosswalked(path: Path) -> int:
    return asyncio.run(_read(path, crosswalked=True))


async def _read(path: Path, *, crosswalked: bool) -> int:
    count = 0
    async with aclosing(MarcFile(_source(path)).harvest({})) as batches:
        async for batch in batches:
            assert not batch.rejects
            count += len(batch.records)
            if crosswalked:
                for raw in batch.records:
                    understand(raw, "bench", "", CROSSWALKS)
    return count


def stored(path: Path) -> int:
    return asyncio.run(_store(path))


async def _store(path: Path) -> int:
    file = path.with_suffix(".sqlite")
    async with Catalogue.open(file_url(file)) as catalogue:
        harvester = Harvester(catalogue, CROSSWALKS, Limits())
        done = await harvester.run(_source(path), MarcFile(_source(path)))
        assert done.verdict == "complete", done
        return done.new


def _source(path: Path) -> MarcFileConfig:
    names = Names(ky="Өлчөө", ru="Замер", en="Bench")
    return MarcFileConfig(id="bench", name=names, connector="marc_file", path=path)


def rate(way: Callable[[Path], int], path: Path, count: int, times: int) -> float:
    """Records a second, the best of ``times``."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        done = way(path)
        best = min(best, time.perf_counter() - begun)
        assert done == count or way is pymarc, (way.__name__, done)  # it loses some
    return count / best


def main(folder: Path, count: int) -> None:
    found = {}
    for what, file in FILES.items():
        path = folder / f"{what.replace(' ', '').lower()}.mrc"
        write(SHARED / "data" / "records" / file, path, count)
        ways = {"pymarc": pymarc, "connector": connector, "crosswalked": crosswalked}
        found[what] = {name: rate(way, path, count, TIMES) for name, way in ways.items()}
        found[what]["stored"] = rate(stored, path, count, 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
