"""Known works, looked for as people type them: ``python -m tests.bench.known``.

Titles are drawn, seeded, from the recorded real records of ILIM_SHARED, all of which are indexed
(embedded engine, the store's own way). A work counts as found where only its duplicates, works
with the same title, stand before it. ``--failures`` prints each query that failed.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.commands.house import Door, House, open_house
from aggregator.search import Results
from aggregator.works import Work, tokens_of
from tests.bench import recorded, typed
from tests.bench.measure import ROOT
from web.suggestions import MOST_OFFERS

SEED = 20261125
COUNT = 1000
"""Titles to draw."""
IDENTIFIERS = 200
"""Of DOIs and of ISBNs each, in all their forms; no more than titles."""
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the work that is meant; with ``identifier`` any work that has it is meant."""

    query: str
    work: Work
    identifier: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Part:
    """One row: questions of one kind. ``least``: share of them to find the work, 0 where none is
    set; ``places``: the work may stand so far down; ``suggestions``: so many of these may be
    followed when it does not."""

    name: str
    questions: Sequence[Question]
    least: float = 0.0
    places: int = 1
    suggestions: int = 0
    direct: int = 0
    behind: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the questions that found their work; 0 where there are none."""
        return (self.direct + self.behind) / max(1, len(self.questions))

    @property
    def figure(self) -> str:
        count = len(self.questions)
        if not count:
            return "–"
        share = f"{self.share:.1%}"
        if not self.suggestions:
            return share
        return f"{share} ({self.direct / count:.1%} directly)"

    @property
    def wanted(self) -> str:
        if not self.least:
            return ""
        return f"≥ {self.least:.0%}" if self.least < 1 else "100%"


async def ask(house: House, part: Part) -> None:
    """Ask all questions of a part."""
    for question in part.questions:
        results = await house.search.find(question.query, size=_SHOWN, facets=False)
        if place(results, question) <= part.places:
            part.direct += 1
            continue
        said = [one.text for one in results.suggestions[: part.suggestions]]
        for suggestion in said:
            again = await house.search.find(suggestion, size=_SHOWN, facets=False)
            if place(again, question) <= part.places:
                part.behind += 1
                break
        else:
            part.failures.append(_failure(question, results, said))


def place(results: Results, question: Question) -> int:
    """Where the work stands among the first, duplicates before it not counted; far if nowhere."""
    wanted = titles_of(question.work)
    number = 1
    for hit in results.hits:
        if hit.id == question.work.id or _has(hit.work, question.identifier):
            return number
        number += not wanted & titles_of(hit.work)
    return number if number == 1 and results.hits else _SHOWN + 1


def titles_of(work: Work) -> set[tuple[str, ...]]:
    """All titles as they are compared."""
    return {tokens_of(title.value) for title in work.record.titles} - {()}


def _has(work: Work, identifier: tuple[str, str]) -> bool:
    return any((i.scheme, i.value) == identifier for i in work.record.identifiers)


def _failure(question: Question, results: Results, said: Sequence[str]) -> str:
    first = typed.title_of(results.hits[0].work.record) if results.hits else "nothing"
    at = place(results, question)
    lines = [
        f"  {question.query!r}",
        f"    meant:  {question.work.id} {typed.title_of(question.work.record)[:150]}",
        f"    found:  {first[:150]} ({results.total:,} works{', widened' * results.widened};"
        f" the one meant {f'at {at}' if at <= _SHOWN else 'is not among the first ten'})",
    ]
    return "\n".join([*lines, *(f"    suggested: {one}" for one in said)])


def parts(works: Sequence[Work], count: int, seed: int) -> Iterator[Part]:
    """All rows but the Kyrgyz ones."""
    chance = random.Random(seed)
    drawn = draw(works, count, chance)
    plain = [Question(typed.plain(typed.title_of(w.record)), w) for w in drawn]
    yield Part("title, lower case, no punctuation: first", plain, 0.98)
    slips = [(typed.with_slip(q.query, chance), q.work) for q in plain]
    asked = [Question(query, work) for query, work in slips if query]
    yield Part(
        "title with one slip: first, or first behind the suggestion", asked, 0.90, suggestions=1
    )
    named = [(typed.name_and_words(w.record, chance), w) for w in chance.sample(works, len(works))]
    asked = [Question(query, work) for query, work in named if query][:count]
    yield Part(
        "first author's surname and two title words: in the first three", asked, 0.95, places=3
    )
    for scheme, forms in (("doi", typed.pasted_dois), ("isbn", typed.pasted_isbns)):
        rows: dict[str, list[Question]] = {}
        holders = {i.value: w for w in works for i in w.record.identifiers if i.scheme == scheme}
        for value in chance.sample(sorted(holders), min(IDENTIFIERS, count, len(holders))):
            for name, query in forms(value).items():
                question = Question(query, holders[value], (scheme, value))
                rows.setdefault(name, []).append(question)
        for name, questions in rows.items():
            yield Part(f"{scheme.upper()} as «{name}»: first", questions, 1.0)
    cited: dict[str, list[Question]] = {}
    for work in [w for w in drawn if w.record.creators][: max(1, count // 2)]:
        for name, query in typed.citations(work.record).items():
            cited.setdefault(name, []).append(Question(query, work))
    for name, questions in cited.items():
        yield Part(f"whole citation, {name}: first", questions)


def draw(works: Sequence[Work], count: int, chance: random.Random) -> list[Work]:
    """Works of different titles."""
    drawn: dict[tuple[str, ...], Work] = {}
    for work in chance.sample(works, len(works)):
        title = tokens_of(typed.title_of(work.record))
        if title and len(drawn) < count:
            drawn.setdefault(title, work)
    return list(drawn.values())


def kyrgyz_parts(works: Sequence[Work]) -> Iterator[Part]:
    """The rows of the Kyrgyz titles, none where there are none."""
    meant = {m.local_id: w for w in works for m in w.members if m.source == recorded.KYRGYZ}
    rows: dict[str, list[Question]] = {}
    for number, row in enumerate(recorded.titles()):
        for name, query in typed.kyrgyz(row["title"]):
            rows.setdefault(name, []).append(Question(query, meant[recorded.title_id(number)]))
    for name, questions in rows.items():
        if name in typed.IN_CYRILLIC:
            yield Part(f"Kyrgyz title, {name}: first", questions, 0.97)
        else:
            what = f"Kyrgyz title, {name}: first, or first behind a suggestion"
            yield Part(what, questions, 0.95, suggestions=MOST_OFFERS)


async def measure(data: Path, count: int, seed: int, told: Callable[[Part], None]) -> list[Part]:
    """Fill the data folder where it is empty, and ask; each part is ``told`` when it is done."""
    filled = (data / "filled").exists()
    async with open_house(Door(ROOT / "config", data)) as house:
        if not filled:
            await recorded.fill(house)
            (data / "filled").touch()
        works = [work async for work in recorded.works(house)]
        measured = [*parts(works, count, seed), *kyrgyz_parts(works)]
        for part in measured:
            await ask(house, part)
            told(part)
    return measured


def _progress(part: Part) -> None:
    print(f"  {part.name}: {part.figure}", file=sys.stderr, flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.known")
    arguments.add_argument("--count", type=int, default=COUNT, help="titles to draw")
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--keep", type=Path, help="keep the filled folder for another run")
    arguments.add_argument("--failures", action="store_true", help="print what failed")
    chosen = arguments.parse_args()
    with ExitStack() as stack:
        data = chosen.keep or Path(stack.enter_context(TemporaryDirectory(prefix="ilim-bench-")))
        measured = asyncio.run(measure(data, chosen.count, chosen.seed, _progress))
    print("| what | queries | share | to reach |\n|---|--:|--:|---|")
    for part in measured:
        print(f"| {part.name} | {len(part.questions):,} | {part.figure} | {part.wanted} |")
    if chosen.failures:
        for part in measured:
            print(f"\n{part.name}: {len(part.failures)} failed")
            print("\n".join(part.failures))


if __name__ == "__main__":
    main()
