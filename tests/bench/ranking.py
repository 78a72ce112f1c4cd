"""How well `ilim evaluate` says that judged collections are ranked: the rows of `make bench`.

Both engines are asked, Elasticsearch on a server of the bench's own unless
ILIM_BENCH_ELASTICSEARCH names one.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.engines import server
from tests.bench.measure import ROOT, Note, last_json, run
from tests.shared import shared

MOST_APART = 0.002
"""How far the engines' figures may differ."""

_MEASURES = ("ndcg@10", "recall@100")


@dataclass(frozen=True, slots=True)
class Floor:
    """The figures to reach on a collection of ILIM_SHARED."""

    ndcg: float
    recall: float


FLOORS: Mapping[str, Floor] = {
    "cacm": Floor(0.52, 0.69),
    "scifact_dev": Floor(0.70, 0.93),
    "xquad_en_sent": Floor(0.84, 0.966),
}


def arguments(collection: str) -> list[str]:
    """Of `ilim evaluate`, for a collection of ILIM_SHARED."""
    folder = shared("data", "relevance", collection)
    files = {"--docs": "docs.jsonl", "--queries": "queries.tsv", "--qrels": "qrels.tsv"}
    return [word for option, name in files.items() for word in (option, str(folder / name))]


def configure(config: Path, url: str) -> None:
    """A configuration folder with Ilim's own thesaurus, and an Elasticsearch to be chosen."""
    config.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "config" / "thesaurus", config / "thesaurus", dirs_exist_ok=True)
    text = f"elasticsearch: {{nodes: ['{url}'], index: judged}}\n"
    (config / "ilim.yaml").write_text(text, encoding="utf-8")


def ranking(note: Note, folder: Path) -> None:
    """Every collection on both engines, and how far they are apart."""
    config = folder / "judging"
    with server() as url:
        configure(config, url)
        for collection, floor in FLOORS.items():
            figures = {
                engine: _evaluated(config, collection, engine)
                for engine in ("embedded", "elasticsearch")
            }
            for engine, found in figures.items():
                shown = " / ".join(f"{found[measure]:.4f}" for measure in _MEASURES)
                note(f"{collection}, {engine}: nDCG@10 / recall@100", shown,
                     f"≥ {floor.ndcg:.3f} / ≥ {floor.recall:.3f}")  # fmt: skip
            ours, theirs = figures.values()
            apart = max(abs(ours[measure] - theirs[measure]) for measure in ours)
            note(f"{collection}: most that a figure differs between the engines", f"{apart:.4f}",
                 f"≤ {MOST_APART}")  # fmt: skip


def _evaluated(config: Path, collection: str, engine: str) -> dict[str, float]:
    command = ["-m", "aggregator", "--config", str(config), "evaluate", *arguments(collection)]
    return last_json(run(*command, "--engine", engine, "--json").output)
