"""All that is read of one thing is read in one thread."""

import asyncio
import threading
import time

import pytest

from aggregator.one_thread import OneThread


async def test_it_is_always_the_same_thread_and_never_the_loops() -> None:
    async with OneThread("one") as one, OneThread("other") as other:
        seen = [await one.run(threading.get_ident) for _ in range(20)]
        others = {await other.run(threading.get_ident)}
    assert len(set(seen)) == 1
    assert not {*seen} & {*others, threading.get_ident()}


async def test_who_is_cancelled_waits_until_the_thread_is_done() -> None:
    done: list[str] = []

    def work() -> None:
        time.sleep(0.2)
        done.append("read")
        raise ValueError("nobody asks any more")

    async with OneThread("one") as thread:
        task = asyncio.create_task(thread.run(work))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == ["read"]
        with pytest.raises(ZeroDivisionError):
            await thread.run(divmod, 1, 0)
