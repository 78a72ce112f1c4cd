"""What is the embedded engine's own: broken files, a full disk, a killed writer."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tantivy import Index

from aggregator.errors import RetryLater, Unavailable
from aggregator.index.document import analyse_work
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.embedded_query import QueryMaker, build_schema
from aggregator.index.port import SearchRequest
from aggregator.query import parse
from tests.contracts.engines import STORE, TABLE, fill, put
from tests.contracts.model import make_work, random_work
from tests.shared import ROOT
from tests.unit.index.harmed import KINDS

WORKS = [random_work(random.Random(number), number) for number in range(200)]


def opened(folder: Path) -> EmbeddedIndex:
    return EmbeddedIndex(folder, TABLE, STORE)


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    """An index of two commits, with deletions."""
    async with opened(tmp_path / "index") as index:
        await fill(index, WORKS[:150], 1)
        async with index.writer() as writer:
            await put(writer, WORKS[100:], 2, gone=["w0001"])
    yield tmp_path / "index"


def paths(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def cut(file: Path) -> None:
    body = file.read_bytes()
    file.unlink()
    file.write_bytes(body[: len(body) // 2])


def flip(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[len(body) // 3] ^= 0xFF
    file.unlink()
    file.write_bytes(bytes(body))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def remove(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("break_file", [cut, flip, empty, remove])
@pytest.mark.parametrize("kind", [*KINDS, "meta.json", "position.json", "current"])
async def test_broken_files_are_found_and_a_rebuild_mends_them(
    folder: Path, kind: str, break_file: Callable[[Path], None]
) -> None:
    file = paths(folder, f"*{kind}")[0]
    break_file(file)
    async with opened(folder) as index:
        state = await index.state()
        if kind == "current" and break_file is remove:
            assert state == "empty"
        elif kind == "position.json" and break_file is flip and state == "foreign":
            pass  # the flipped sign was one of the store's name
        elif kind == "meta.json" and break_file is flip and state == "ready":
            pass  # the flipped sign was one that nobody reads
        else:
            assert state == "damaged"
            with pytest.raises(Unavailable, match="ilim reindex"):
                await index.search(SearchRequest(parse("ак")))
        await fill(index, WORKS, 3)
        assert await index.state() == "ready"
        assert await index.count() == 200
    assert len(paths(folder, "engine")) == 1


def harm(how: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one of `tests.unit.index.harmed` in a process that it may end."""
    return subprocess.run(
        [sys.executable, "-m", "tests.unit.index.harmed", how, str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


async def test_files_that_break_under_an_open_reader_do_no_lasting_harm(folder: Path) -> None:
    """The engine reads mapped files unchecked: mostly it panics, which becomes a sentence, but it
    may end the process. `ilim serve` starts another, and that one must see the damage."""
    done = await asyncio.to_thread(harm, "overwritten", folder)
    assert done.returncode in {0, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}, done.stderr
    async with opened(folder) as index:
        assert await index.state() == "damaged"
        await fill(index, WORKS, 3)
        assert await index.count() == 200


async def test_files_older_than_their_position_are_found(folder: Path) -> None:
    """A backup of the engine's folder alone was put back."""
    kept = {path: path.read_bytes() for path in paths(folder, "engine/*")}
    async with opened(folder) as index:
        async with index.writer() as writer:
            await put(writer, [make_work("new", "Манас")], 3)
        assert await index.state() == "ready"
    for path in paths(folder, "engine/*"):
        path.unlink()
    for path, body in kept.items():
        path.write_bytes(body)
    async with opened(folder) as index:
        assert await index.state() == "damaged"


async def test_a_position_older_than_the_files_is_caught_up(folder: Path) -> None:
    """Killed between commit and position: the same changes come again."""
    position = paths(folder, "position.json")[0]
    kept = position.read_bytes()
    async with opened(folder) as index:
        async with index.writer() as writer:
            await put(writer, [make_work("new", "Манас")], 3)
        position.write_bytes(kept)
        stands = await index.position()
        assert stands
        assert stands.number == 2
        async with index.writer() as writer:
            await put(writer, [make_work("new", "Манас")], 3)
        assert await index.count() == 200


async def test_there_is_one_writer(folder: Path) -> None:
    async with opened(folder) as index:
        async with index.writer(), opened(folder) as other:
            with pytest.raises(RetryLater, match="writing"):
                async with other.writer():
                    pass
        async with index.writer() as writer:  # the refused one has left nothing locked
            await put(writer, [], 3)


async def test_a_full_disk_is_said_and_survived(folder: Path) -> None:
    done = await asyncio.to_thread(harm, "full", folder)
    assert done.returncode == 0, done.stderr


ENDLESS = """
import asyncio, random, sys
from pathlib import Path
from aggregator.index.document import analyse_work
from tests.contracts.engines import STORE, TABLE
from tests.contracts.model import random_work
from aggregator.index.document import analyse_work
from aggregator.index.embedded import EmbeddedIndex
from aggregator.index.embedded_query import QueryMaker, build_schema

async def main():
    async with EmbeddedIndex(Path(sys.argv[1]), TABLE, STORE) as index:
        rebuild = await index.state() != "ready"
        async with index.writer(rebuild=rebuild) as writer:
            if rebuild:
                await writer.promote()
            number = (await writer.position()).number
            while True:
                number += 1
                work = random_work(random.Random(number), number)
                await writer.write([analyse_work(work, number, TABLE)], [])
                await writer.commit(number)
                print(number, flush=True)

asyncio.run(main())
"""


@given(st.text(), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_any_titles_key_can_be_paged_from(title: str, id: str) -> None:
    """Tantivy's parser makes the range: it must read a key as one word, whatever the title."""
    key = analyse_work(make_work(id, title), 1, TABLE).values["sort_title"]
    assert isinstance(key, str)
    maker = QueryMaker(Index(build_schema(TABLE)), TABLE)
    made = repr(maker.after("sort_title", key))
    assert "RangeQuery" in made
    assert f'type=Str, "{key}")), upper_bound: Unbounded' in made


async def check_killed(folder: Path, said: int) -> None:
    async with opened(folder) as index:
        assert await index.state() == "ready"
        position = await index.position()
        assert position
        assert position.number >= said
        # A commit may be one ahead of its position; its change is written again.
        assert await index.count() - position.number in {0, 1}


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_usable_index(tmp_path: Path) -> None:
    chance = random.Random(11)
    for _ in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(tmp_path / "index")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert writer.stdout
        with writer.stdout:
            writer.stdout.readline()
            time.sleep(chance.uniform(0, 0.5))
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
            said = [int(line) for line in writer.stdout.read().split()]
        asyncio.run(check_killed(tmp_path / "index", max(said, default=0)))
