"""Whose turn it is on each host."""

import asyncio
import itertools

import pytest
from aiohttp import web

from aggregator.errors import RetryLater
from connectors.hosts import Hosts
from tests.unit.connectors.web_server import (
    fetcher,
    ok,
    serving,
)


async def test_one_request_at_a_time_and_a_pause_between_two() -> None:
    running = most = 0
    starts: list[float] = []
    loop = asyncio.get_running_loop()

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        starts.append(loop.time())
        await asyncio.sleep(0.01)
        running -= 1
        return ok()

    hosts = Hosts()
    async with (
        serving(handler) as url,
        fetcher(url, hosts=hosts, interval=0.05) as one,
        fetcher(url, hosts=hosts, interval=0.05) as other,
    ):
        await asyncio.gather(one.get(url), other.get(url), one.get(url), other.get(url))
    assert most == 1
    assert all(later - sooner >= 0.03 for sooner, later in itertools.pairwise(starts))


async def test_as_many_requests_at_once_as_the_file_allows() -> None:
    running = most = 0
    busy = False

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return web.Response(status=429 if busy else 200, headers={"Retry-After": "0"}, text="x")

    async with serving(handler) as url, fetcher(url, at_once=2, retries=0) as one:
        await asyncio.gather(*(one.get(url) for _ in range(6)))
        assert most == 2
        busy = True
        with pytest.raises(RetryLater):
            await one.get(url)
        busy, most = False, 0
        await asyncio.gather(*(one.get(url) for _ in range(3)))
        assert most == 1


async def test_two_hosts_do_not_wait_for_each_other() -> None:
    meeting = asyncio.Barrier(2)

    async def handler(request: web.Request) -> web.StreamResponse:
        async with asyncio.timeout(5):
            await meeting.wait()
        return ok()

    hosts = Hosts()
    async with (
        serving(handler) as first,
        serving(handler) as second,
        fetcher(first, hosts=hosts) as one,
        fetcher(second, hosts=hosts) as other,
    ):
        await asyncio.gather(one.get(first), other.get(second))


async def test_a_cancelled_request_frees_its_host() -> None:
    started = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        if "slow" in request.query:
            started.set()
            await asyncio.sleep(60)
        return ok()

    async with serving(handler) as url, fetcher(url) as opened:
        task = asyncio.create_task(opened.get(url, "slow=1"))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            assert (await opened.get(url)).body == b"fine"
