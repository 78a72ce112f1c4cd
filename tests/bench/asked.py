"""Times of the published workload: ``python -m tests.bench.asked FOLDER WORKS QUERIES SEED
[STRINGS]``.

FOLDER holds an embedded index of generated works (`tests.bench.indexing`, made with the same SEED:
with another no word is known). Asked are the queries that ``data/relevance/workload.py`` of
ILIM_SHARED makes from such works (topics, titles, authors, slips, whole citations, fields), none
twice, through `Finder` with six facets, concepts and suggestions; then beginnings as they are
typed; then STRINGS random strings, as many as QUERIES by default. Prints milliseconds as JSON, and
how many of the random strings raised an error: "raised".
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from aggregator.field_names import field_names
from aggregator.finder import Finder
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.fields import load_table
from aggregator.thesaurus import load
from connectors.crosswalks import CROSSWALKS
from tests.bench.generated import Vocabulary, raws
from tests.bench.measure import ROOT
from tests.bench.searching import WARM, timed
from tests.shared import shared

DRAWN = 20_000
"""Works that queries are made from."""
_TOLD = 20
"""Errors that are shown."""

SIGNS = (
    "abcdefghijklmnopqrstuvwxyz   абвгдежзийклмнопрстуфхцчшщыэюя   ңөү 0123456789  "
    '""()*:-+&|!^~[]{}«»“”\'./\\\x00\x07\u200b\u202e\u0301\ud800é中あ👍'
)
WORDS = ("AND", "OR", "NOT", "ЖАНА", "ЖЕ", "ЭМЕС", "title:", "year:", "автор:", "2010..", "жана")


def workload(works: int, count: int, seed: int) -> list[str]:
    """The published mix over works that are in the index."""
    vocabulary, crosswalk = Vocabulary(seed), CROSSWALKS["oai_dc"]
    step = max(1, works // DRAWN)
    with tempfile.TemporaryDirectory() as folder:
        docs = Path(folder) / "docs.jsonl"
        with docs.open("w", encoding="utf-8") as file:
            for number in range(0, works, step):
                raw = next(raws(number, number + 1, seed, vocabulary))
                assert raw.body is not None
                record = crosswalk.read(raw.body, "bench", raw.id, "", "")
                doc = {
                    "id": raw.id,
                    "title": record.titles[0].value,
                    "text": record.abstracts[0].value,
                    "authors": "; ".join(creator.name for creator in record.creators),
                    "year": record.issued.min,
                    "journal": record.container.title,
                }
                print(json.dumps(doc, ensure_ascii=False), file=file)
        script = shared("data", "relevance", "workload.py")
        made = subprocess.run(
            [sys.executable, str(script), str(docs), str(count), str(seed)],
            check=True,
            capture_output=True,
            text=True,
        )
    return [line.partition("\t")[2] for line in made.stdout.splitlines()]


def beginnings(asked: list[str], chance: random.Random) -> list[str]:
    """What stands in the box while queries are typed, from two letters on."""
    return [text[: chance.randrange(2, 14)].lstrip() for text in asked]


def random_text(chance: random.Random) -> str:
    """Anything at all: letters of many scripts, signs of the language, signs that cannot be."""
    parts = [
        chance.choice(WORDS)
        if chance.random() < 0.05
        else "".join(chance.choices(SIGNS, k=chance.randrange(1, 14)))
        for _ in range(chance.choice([1, 2, 3, 5, 8, 30]))
    ]
    return " ".join(parts)


async def main(folder: Path, works: int, count: int, seed: int, strings: int) -> None:
    table = load_table()
    chance = random.Random(f"{seed}:asked")
    asked = workload(works, count + WARM, seed)
    hostile = [random_text(chance) for _ in range(strings + WARM)]
    raised: list[str] = []
    async with EmbeddedIndex(folder, table, store="bench") as index:
        finder = Finder(index, table, field_names(table, {}), load(ROOT / "config" / "thesaurus"))

        async def complete(text: str) -> None:
            await asyncio.gather(index.completions(text, 8), index.titles(text, 8))

        async def endure(text: str) -> None:
            try:
                await finder.find(text)
            except Exception as error:
                raised.append(f"{text!r}: {error!r}")

        found: dict[str, object] = {
            "asked": await timed(finder.find, asked),
            "typed": await timed(complete, beginnings(asked, chance)),
            "random": await timed(endure, hostile),
        }
    for line in raised[:_TOLD]:
        print(line, file=sys.stderr)
    print(json.dumps(found | {"raised": len(raised)}))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:]]
    if len(numbers) == 3:
        numbers.append(numbers[1])
    asyncio.run(main(Path(sys.argv[1]), *numbers))
