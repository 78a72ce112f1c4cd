"""`ilim evaluate`: how well Ilim ranks a collection that somebody has judged."""

import asyncio
import signal
from pathlib import Path
from typing import get_args

import click

from aggregator.commands.house import Door, throw_away_index
from aggregator.commands.output import emit, not_indexed, reporting, tell
from aggregator.errors import ConfigError
from aggregator.evaluation import Figures, Held, Run, ask, fill, judged, score, trec_lines
from aggregator.field_names import field_names
from aggregator.finder import Finder
from aggregator.index.fields import load_table
from aggregator.judged import Qrels, read_documents, read_qrels, read_queries
from aggregator.settings import Engine
from aggregator.wording import later, number, say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--docs", required=True, type=_FILE, help="Documents, JSON Lines.")
@click.option("--queries", required=True, type=_FILE, help="Queries: id, tab, query.")
@click.option("--qrels", required=True, type=_FILE, help="Judgements, as TREC writes them.")
@click.option(
    "--run", "run_file", type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was found, as a TREC run.",
)  # fmt: skip
@click.option("--engine", type=click.Choice(get_args(Engine)), help="Else that of ilim.yaml.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def evaluate(
    door: Door,
    docs: Path,
    queries: Path,
    qrels: Path,
    run_file: Path | None,
    engine: Engine | None,
    as_json: bool,
) -> None:
    """Measure ranking against judged queries, in an index of its own that is thrown away.

    The works, the index and the configuration of this installation are left as they are.
    """
    # Ended by SIGTERM, too, the index is taken away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if run_file is not None and not run_file.parent.is_dir():
        raise ConfigError(
            say(
                "--run {file}: there is no folder {folder}; make it first.",
                file=run_file,
                folder=run_file.parent,
            )
        )
    grades, asked = read_qrels(qrels), read_queries(queries)
    held, run = asyncio.run(_run(door, engine, docs, asked))
    figures = score(run, grades)
    if run_file is not None:
        run_file.write_text("".join(trec_lines(run)), encoding="utf-8")
    for words in _remarks(grades, asked, held):
        tell(words)
    _show(figures, as_json)


async def _run(
    door: Door, engine: Engine | None, docs: Path, asked: dict[str, str]
) -> tuple[Held, Run]:
    table = load_table()
    names, thesaurus = field_names(table, {}), door.thesaurus()
    with reporting() as reporter:
        async with throw_away_index(door, engine, table) as index:
            held = await fill(
                index, table, read_documents(docs),
                lambda done: reporter.tell(say("indexing"), done, None),
            )  # fmt: skip
            run = await ask(
                Finder(index, table, names, thesaurus), held, asked,
                lambda done: reporter.tell(say("asking"), done, len(asked)),
            )  # fmt: skip
    return held, run


def _remarks(qrels: Qrels, asked: dict[str, str], held: Held) -> list[str]:
    """What a reader of the figures must know of the three files."""
    scored = judged(qrels)
    relevant = {id for grades in scored.values() for id, grade in grades.items() if grade}
    counts = {
        later("Queries without a document judged relevant, not measured: {count}."): len(
            asked.keys() - scored.keys()
        ),
        later("Judged queries that are not among the queries, counted as 0: {count}."): len(
            scored.keys() - asked.keys()
        ),
        later("Relevant documents that are not there, counted as not found: {count}."): len(
            relevant.difference(held.ids)
        ),
    }
    remarks = [say(words, count=count) for words, count in counts.items() if count]
    return remarks + [not_indexed(one.id, one.reason) for one in held.refused]


def _show(figures: Figures, as_json: bool) -> None:
    values = {
        "nDCG@10": figures.ndcg_10,
        "recall@100": figures.recall_100,
        "MRR@10": figures.mrr_10,
    }
    if as_json:
        emit({name.lower(): value for name, value in values.items()} | {"queries": figures.queries})
        return
    for name, value in values.items():
        click.echo(f"{name:12}{value:.4f}")
    click.echo(f"{say('queries'):12}{number(figures.queries)}")
