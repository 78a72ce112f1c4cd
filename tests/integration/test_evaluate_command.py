"""`ilim evaluate` over real judged collections, on both engines."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.bench.ranking import FLOORS, MOST_APART, arguments, configure
from tests.integration.house import Done, Installation
from tests.servers.elasticsearch import ElasticsearchServer
from tests.shared import ROOT, shared

pytestmark = pytest.mark.slow


def evaluate(installation: Installation, collection: str, *more: str) -> Done:
    done = installation.ilim("evaluate", *arguments(collection), "--json", *more, timeout=600)
    assert done.code == 0, done.words
    return done


def reference(collection: str, run: Path) -> dict[str, Any]:
    """What the script beside the collections says of a run."""
    folder = shared("data", "relevance")
    script, qrels = folder / "evaluate.py", folder / collection / "qrels.tsv"
    command = [sys.executable, str(script), str(qrels), str(run), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("collection", "queries"), [("cacm", 52), ("scifact_dev", 809), ("xquad_en_sent", 1190)]
)
def test_floors_on_both_engines(
    installation: Installation,
    elasticsearch_server: ElasticsearchServer,
    tmp_path: Path,
    collection: str,
    queries: int,
) -> None:
    configure(installation.config, elasticsearch_server.url)
    run = tmp_path / "run"
    found = evaluate(installation, collection, "--run", str(run)).json
    assert found.keys() == {"ndcg@10", "recall@100", "mrr@10", "queries"}
    wanted = reference(collection, run)
    assert found == pytest.approx({name: wanted[name] for name in found})
    assert found["queries"] == queries
    assert found["ndcg@10"] >= FLOORS[collection].ndcg
    assert found["recall@100"] >= FLOORS[collection].recall
    theirs = evaluate(installation, collection, "--engine", "elasticsearch").json
    assert theirs == pytest.approx(found, abs=MOST_APART)
    assert not installation.data.exists(), "a store was made"
    assert indexes(elasticsearch_server.url) == []


def test_ended_in_the_middle_it_leaves_nothing(
    installation: Installation, elasticsearch_server: ElasticsearchServer
) -> None:
    url = elasticsearch_server.url
    (installation.config / "ilim.yaml").write_text(
        f"engine: elasticsearch\nelasticsearch: {{nodes: ['{url}'], index: judged}}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        installation.command("evaluate", *arguments("scifact_dev")),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not indexes(url):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    output, words = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, ""), words
    assert "Traceback" not in words
    assert indexes(url) == []


def indexes(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/judged*/_mapping") as answer:
        return list(json.load(answer))


def small(folder: Path, docs: str, queries: str, qrels: str) -> list[str]:
    words = []
    for option, content in (("docs", docs), ("queries", queries), ("qrels", qrels)):
        (folder / option).write_text(content, encoding="utf-8")
        words += [f"--{option}", str(folder / option)]
    return words


def test_what_does_not_fit_together_is_told(installation: Installation, tmp_path: Path) -> None:
    files = small(
        tmp_path,
        '{"id": "a", "title": "Lakes"}\n{"id": "b", "title": "Rivers"}\n',
        "1\tlakes\n2\trivers\n3\t\n",
        "1 0 a 1\n1 0 gone 1\n7 0 b 1\n",
    )
    done = installation.ilim("evaluate", *files)
    assert done.code == 0, done.words
    figures = dict(line.split() for line in done.output.splitlines())
    assert figures == {
        "nDCG@10": "0.3066",
        "recall@100": "0.2500",
        "MRR@10": "0.5000",
        "queries": "2",
    }
    assert "not measured: 2" in done.words
    assert "not among the queries, counted as 0: 1" in done.words
    assert "counted as not found: 1" in done.words


def test_mistakes_end_it(installation: Installation, tmp_path: Path) -> None:
    good = small(tmp_path, '{"id": "a"}\n', "1\tx\n", "1 0 a 1\n")
    missing = installation.ilim("evaluate", *good[:-1], str(tmp_path / "nothing"))
    folder = installation.ilim("evaluate", *good, "--run", str(tmp_path / "no" / "run"))
    small(tmp_path, '{"id": "a"}\n{"id": \n', "1\tx\n", "1 0 a 1\n")
    broken = installation.ilim("evaluate", *good)
    (installation.config / "ilim.yaml").write_text(
        "elasticsearch: {nodes: ['http://127.0.0.1:9']}\n", encoding="utf-8"
    )
    small(tmp_path, '{"id": "a"}\n', "1\tx\n", "1 0 a 1\n")
    away = installation.ilim("evaluate", *good, "--engine", "elasticsearch")
    assert [done.code for done in (missing, folder, broken, away)] == [2, 2, 2, 3]
    assert f"{tmp_path / 'docs'}, line 2: this is not JSON" in broken.words
    assert "make it first" in folder.words
    for done in (missing, folder, broken, away):
        assert "Traceback" not in done.words and done.output == ""
