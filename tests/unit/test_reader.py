"""Payloads read in a child process: the same as here, whatever becomes of the child."""

import asyncio
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.errors import SkipRecord
from aggregator.overrides import Overrides
from aggregator.reader import Reader
from aggregator.reading import Reading, read_all
from aggregator.record import Record, Title
from aggregator.source import LOST_LETTERS, Crosswalk, Raw
from connectors.crosswalks import CROSSWALKS
from tests.scripted import SOURCE, raw


def troubled(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
    """A crosswalk that does what the payload says."""
    what, _, argument = body.decode().partition(" ")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "die-once" and not Path(argument).exists():
        Path(argument).touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    elif what == "sleep":
        Path(argument).write_text(str(os.getpid()))
        time.sleep(60)
    elif what == "print":
        print("among the answers?")
    elif what == "skip":
        raise SkipRecord(argument)
    return Record(source=source, local_id=local_id, titles=(Title(str(os.getpid())),))


RULES = {"publisher": {"default": "Илим"}, "part": {"take": "titles", "regex": r"(\d+)"}}
TROUBLED = {"odd": Crosswalk(1, troubled)}


def odd(*bodies: str) -> list[Raw]:
    return [Raw(str(number), body.encode(), "odd") for number, body in enumerate(bodies)]


async def test_few_are_read_here_and_many_in_a_child_just_the_same() -> None:
    raws = [raw(str(number), f"Эмгек {number}") for number in range(300)]
    raws += [Raw("broken", b"<oai_dc:dc", "oai_dc"), Raw("unknown", b"<a/>", "nothing")]
    raws.append(replace(raw("maimed", "Эмг\ufffdк"), problems=(LOST_LETTERS,)))
    config = SOURCE.model_copy(update={"overrides": Overrides.model_validate(RULES)})
    own = config.reading(CROSSWALKS)
    reader = Reader(after=2)
    async with reader.needed():
        places: list[Reading | str] = []
        for _ in range(4):
            async with reader.needed():
                places += await reader.read(odd("title"), "s", "", TROUBLED)
        assert places[0] == places[1] == read_all(odd("title"), "s", "", TROUBLED)[0]
        assert places[2] == places[3] != places[0]
        for crosswalks in (CROSSWALKS, own):
            found = await reader.read(raws, "lib", "ky", crosswalks)
            assert list(found) == read_all(raws, "lib", "ky", crosswalks)
            assert sum(isinstance(reading, Reading) for reading in found) == 300


@pytest.mark.slow
async def test_the_payload_that_ends_the_child_is_refused_alone(tmp_path: Path) -> None:
    raws = odd("a", "print", "b", f"die-once {tmp_path / 'once'}", "die", "skip why", "c")
    reader = Reader(after=0)
    async with reader.needed():
        found = await reader.read(raws, "s", "", TROUBLED)
    refused = [reading for reading in found if isinstance(reading, str)]
    assert [isinstance(reading, str) for reading in found] == [False] * 4 + [True, True, False]
    assert "ended (signal 9)" in refused[0] and refused[1] == "why"


@pytest.mark.slow
async def test_who_is_cancelled_leaves_no_child_behind(tmp_path: Path) -> None:
    reader = Reader(after=0)
    note = tmp_path / "pid"
    async with reader.needed():
        asking = asyncio.create_task(reader.read(odd(f"sleep {note}"), "s", "", TROUBLED))
        async with asyncio.timeout(60):
            while not (note.exists() and note.read_text()):  # noqa: ASYNC110  another process
                await asyncio.sleep(0.02)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        with pytest.raises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)
        [reading] = await reader.read(odd("title"), "s", "", TROUBLED)
        assert isinstance(reading, Reading)


async def test_crosswalks_that_cannot_leave_this_process_are_read_with_here() -> None:
    def local(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
        return Record(source=source, local_id=local_id, titles=(Title(value="A"),))

    reader = Reader(after=0)
    async with reader.needed():
        found = await reader.read(odd("title"), "s", "", {"odd": Crosswalk(7, local)})
    assert [reading.version for reading in found if isinstance(reading, Reading)] == [7]
