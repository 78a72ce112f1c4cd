"""Measures of runs, and a collection through an index."""

import runpy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.evaluation import Figures, Held, ask, fill, judged, score, trec_lines
from aggregator.finder import Finder
from aggregator.record import Record, Title
from tests.contracts.engines import TABLE, Engine
from tests.shared import shared


def test_measures() -> None:
    qrels = {"1": {"a": 1, "b": 1}, "2": {"c": 2}, "3": {"z": 1}, "4": {"a": 0}}
    found = score({"1": ["x", "a"], "2": ["c"], "5": ["a"]}, qrels)
    assert found.queries == 3  # the fourth has nothing relevant; nobody answered the third
    assert found.recall_100 == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert found.mrr_10 == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert found.ndcg_10 == pytest.approx((0.6309 / 1.6309 + 1 + 0) / 3, abs=1e-4)


def test_nothing_answered_and_nothing_judged() -> None:
    assert score({}, {"1": {"a": 1}}) == Figures(0, 0, 0, 1)
    with pytest.raises(ConfigError, match="nothing to measure"):
        score({"1": ["a"]}, {"1": {"a": 0}})


def test_a_run_as_trec_has_it() -> None:
    assert list(trec_lines({"q": ["b", "a"], "none": []})) == [
        "q Q0 b 1 2 ilim\n",
        "q Q0 a 2 1 ilim\n",
    ]


IDS = st.sampled_from([f"d{n}" for n in range(30)])


@given(
    run=st.dictionaries(st.sampled_from("abc"), st.lists(IDS, unique=True)),
    qrels=st.dictionaries(st.sampled_from("abcd"), st.dictionaries(IDS, st.integers(0, 3))),
)
def test_measures_are_those_of_trec_eval(
    reference: Mapping[str, Any], run: dict[str, list[str]], qrels: dict[str, dict[str, int]]
) -> None:
    if not judged(qrels):
        return
    written: dict[str, dict[str, float]] = {}
    for line in trec_lines(run):
        query, _, document, _, points, _ = line.split()
        written.setdefault(query, {})[document] = float(points)
    wanted = reference["mean"](reference["measures"](qrels, written))
    found = score(run, qrels)
    assert found.ndcg_10 == pytest.approx(wanted["ndcg@10"])
    assert found.recall_100 == pytest.approx(wanted["recall@100"])
    assert found.mrr_10 == pytest.approx(wanted["mrr@10"])


@pytest.fixture(scope="session")
def reference() -> Mapping[str, Any]:
    """The measures as ILIM_SHARED has them, by the standard library alone."""
    return runpy.run_path(str(shared("data", "relevance", "evaluate.py")))


async def test_each_document_is_found_by_its_id(engine: Engine) -> None:
    titles = {"a/1": "Көлдөр", "b": "Lakes of Asia", "c": "Lakes, lakes"}
    records = [
        Record(source="judged", local_id=id, titles=(Title(title),)) for id, title in titles.items()
    ]
    async with engine.open() as index:
        told: list[int] = []
        held = await fill(index, TABLE, iter(records), told.append)
        assert (held, told) == (Held(["a/1", "b", "c"], []), [3])
        asked = {"1": "lakes", "2": "көлдөр", "3": "nothing", "4": ""}
        run = await ask(Finder(index, TABLE), held, asked, told.append)
    assert told == [3, 1, 2, 3, 4]
    assert {id: sorted(found) for id, found in run.items()} == {
        "1": ["b", "c"],
        "2": ["a/1"],
        "3": [],
        "4": ["a/1", "b", "c"],
    }


async def test_only_so_many_as_are_wanted(engine: Engine) -> None:
    records = [Record(source="s", local_id=str(n), titles=(Title("x"),)) for n in range(1_234)]
    async with engine.open() as index:
        held = await fill(index, TABLE, records, lambda done: None)
        run = await ask(Finder(index, TABLE), held, {"1": "x"}, lambda done: None)
    assert len(set(run["1"])) == 1_000
