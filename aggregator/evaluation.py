"""How well Ilim ranks a judged collection: index it, ask its queries as people ask, count.

Measures are those of ``ir-measures`` (trec_eval's definitions): nDCG@10, recall@100, MRR@10, each
the mean over all queries for which at least one relevant document is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from aggregator.errors import ConfigError
from aggregator.finder import Finder
from aggregator.index.document import analyse_work
from aggregator.index.fields import FieldTable
from aggregator.index.port import Refused, SearchIndex
from aggregator.judged import Qrels
from aggregator.record import Record
from aggregator.wording import say
from aggregator.works import Member, Work

DEPTH = 1_000
"""Works of each answer that a run holds, as TREC's do."""

TAG = "ilim"
"""What the last column of a run says."""

_AT_ONCE = 500

Run = Mapping[str, Sequence[str]]
"""Query id -> ids of documents, best first."""

Progress = Callable[[int], None]
"""Told how many are done."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means from 0 to 1 over ``queries`` queries."""

    ndcg_10: float
    recall_100: float
    mrr_10: float
    queries: int


@dataclass(frozen=True, slots=True)
class Held:
    """What an index was filled with: ids of documents in the order of the works' numbers, and
    those that the engine refused."""

    ids: Sequence[str]
    refused: Sequence[Refused]


async def fill(
    index: SearchIndex, table: FieldTable, documents: Iterable[Record], progress: Progress
) -> Held:
    """Make each document a work of its own, in a new index that then serves.

    Works have their number for an id, in which works that are equally good are put in the same
    order by every engine.
    """
    ids: list[str] = []
    left = iter(documents)
    async with index.writer(rebuild=True) as writer:
        while some := list(islice(left, _AT_ONCE)):
            first = len(ids) + 1
            ids += [record.local_id for record in some]
            await writer.write(
                [
                    analyse_work(_work(number, record), number, table)
                    for number, record in enumerate(some, first)
                ],
                (),
            )
            progress(len(ids))
        await writer.commit(len(ids))
        refused = list(await writer.refused())
        await writer.promote()
    named = [Refused(ids[int(one.id) - 1], one.reason) for one in refused]
    return Held(ids, named)


async def ask(
    finder: Finder, held: Held, queries: Mapping[str, str], progress: Progress, size: int = DEPTH
) -> Run:
    """The first ``size`` documents that each query finds, as on a page of results."""
    run: dict[str, list[str]] = {}
    for id, text in queries.items():
        answer = await finder.find(text, size=size, facets=False, suggest=False)
        run[id] = [held.ids[int(hit.id) - 1] for hit in answer.page.hits]
        progress(len(run))
    return run


def score(run: Run, qrels: Qrels) -> Figures:
    """The measures of a run. Queries that are judged and not in it count as 0.

    Raises ConfigError when no query has a relevant document, and where ir-measures is not there.
    """
    scored = judged(qrels)
    if not scored:
        raise ConfigError(
            say(
                "No query has a document that is judged relevant (a grade of 1 or more): there is "
                "nothing to measure. Look at the last column of the judgements."
            )
        )
    try:
        import ir_measures  # noqa: PLC0415 brings numpy, and only this command needs it
        from ir_measures import RR, R, nDCG  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            say(
                "The package ir-measures is not installed here (on Linux it comes ready only for "
                "x86-64 processors): run `.venv/bin/pip install ir-measures`."
            )
        ) from error
    ranked = {id: _countdown(run[id]) for id in scored if run.get(id)}
    found = ir_measures.calc_aggregate([nDCG @ 10, R @ 100, RR @ 10], scored, ranked)
    return Figures(found[nDCG @ 10], found[R @ 100], found[RR @ 10], len(scored))


def judged(qrels: Qrels) -> dict[str, dict[str, int]]:
    """Queries that can be measured: those with a relevant document."""
    return {id: dict(grades) for id, grades in qrels.items() if any(grades.values())}


def trec_lines(run: Run) -> Iterable[str]:
    """A run as TREC's tools read it: query, Q0, document, rank, score, tag."""
    for query, documents in run.items():
        for rank, (document, score) in enumerate(_countdown(documents).items(), 1):
            yield f"{query} Q0 {document} {rank} {score:g} {TAG}\n"


def _countdown(documents: Sequence[str]) -> dict[str, float]:
    """Scores that only say the order: by the engine's own, tools would put works that are equally
    good into another order than people see."""
    return {id: float(len(documents) - place) for place, id in enumerate(documents)}


def _work(number: int, record: Record) -> Work:
    members = (Member(record.source, record.local_id),)
    return Work(id=str(number), added=number, record=record, members=members)
