"""The recorded real records of ILIM_SHARED as one catalogue, through the real connectors,
crosswalks, resolve and follow, without the network."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from aggregator.commands.house import House
from aggregator.source import Batch, Checkpoint, Connector, Names, Raw, SourceConfig
from aggregator.works import Work
from connectors.marc_file import MarcFile, MarcFileConfig
from tests.bench.measure import ROOT
from tests.shared import shared

MARC = {
    "uva": "solrmarc+solrmarc/**/*.mrc",
    "marc": "lcnetdev+marc2bibframe2/**/*.xml",
    "princeton": "pulibrary+bibdata/**/*.xml",
    "scsb": "pulibrary+bibdata/**/*.mrx",
}
"""Source id -> where its files are. UNIMARC is left out: there is no crosswalk for it yet."""

KYRGYZ = "kyrgyz"
TITLES = ROOT / "tests" / "data" / "kyrgyz_titles.tsv"
"""Columns title, author, year, kind; may be absent."""

_NAMES = Names(ky="Өлчөө", ru="Замер", en="Bench")
_PAGE = 1000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Prepared:
    """A connector over raw records that are at hand."""

    raws: tuple[Raw, ...]

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        for start in range(checkpoint.get("next", 0), len(self.raws), _PAGE):
            page = self.raws[start : start + _PAGE]
            yield Batch(page, {"next": start + _PAGE}, len(self.raws))

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return not checkpoint

    def fingerprint(self) -> str:
        return str(len(self.raws))


async def fill(house: House) -> None:
    """Store every record, and wait until all works are searchable."""
    sources: dict[str, Connector] = {
        "oai": Prepared(tuple(_oai())),
        **{id: MarcFile(_marc(id, pattern)) for id, pattern in MARC.items()},
    }
    if TITLES.exists():
        sources[KYRGYZ] = Prepared(tuple(_titles()))
    for id, connector in sources.items():
        run = await house.harvester.run(
            SourceConfig(id=id, name=_NAMES, connector="bench"), connector
        )
        print(
            f"  {id}: {run.verdict}, {run.received:,} received, {run.rejected:,} not read",
            file=sys.stderr,
            flush=True,
        )
    await house.upkeep.until_searchable()


async def works(house: House) -> AsyncIterator[Work]:
    """All works, in the order of their changes: the same order each time."""
    number = 0
    while changes := await house.catalogue.changes(number, _AT_ONCE):
        for change in changes:
            if change.work is not None:
                yield change.work
        number = changes[-1].number


def titles() -> list[Mapping[str, str]]:
    """The rows of `TITLES`, none where there is no such file."""
    if not TITLES.exists():
        return []
    with TITLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def title_id(number: int) -> str:
    """The local id of a row's record."""
    return f"row-{number}"


def _marc(id: str, pattern: str) -> MarcFileConfig:
    path = shared("data", "records") / pattern
    return MarcFileConfig(
        id=id, name=_NAMES, connector="marc_file", path=path, encoding="auto", format="auto"
    )


def _oai() -> Iterator[Raw]:
    """The oai_dc records of all recorded replies, each once."""
    replies = shared("data", "records", "CenterForOpenScience+scrapi")
    with tempfile.TemporaryDirectory(prefix="ilim-bench-") as folder:
        subprocess.run(
            [sys.executable, shared("peers", "pool.py"), replies],
            cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        with (Path(folder) / "pool.jsonl").open(encoding="utf-8", newline="\n") as lines:
            for row in map(json.loads, lines):
                if row["dc"]:
                    yield Raw(row["id"], row["dc"].encode(), "oai_dc", row["ds"])


def _titles() -> Iterator[Raw]:
    for number, row in enumerate(titles()):
        elements = {"title": row["title"], "creator": row["author"], "date": row["year"]}
        body = "".join(f"<dc:{k}>{escape(v)}</dc:{k}>" for k, v in elements.items() if v)
        text = (
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{body}<dc:language>ky</dc:language>'
            "</oai_dc:dc>"
        )
        yield Raw(title_id(number), text.encode(), "oai_dc", "2026-11-01")
