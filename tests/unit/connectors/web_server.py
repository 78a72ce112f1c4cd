"""Small web servers on loopback that behave badly, and a fetcher to ask them with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.fetch import Fetcher, Response
from connectors.hosts import Backoff, Hosts
from connectors.http_settings import HttpSettings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FAST = Backoff(0.001, 0.002)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"


@asynccontextmanager
async def serving(handler: Handler, **options: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    async with TestServer(app, **options) as server:
        yield str(server.make_url("/oai"))


@asynccontextmanager
async def raw_server(*answers: bytes | None) -> AsyncIterator[str]:
    """Sends each of ``answers`` in turn and hangs up; None hangs up at once. The last one stays."""
    left = list(answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        answer = left.pop(0) if len(left) > 1 else left[0]
        writer.write(answer or b"")
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def fetcher(home: str, *, hosts: Hosts | None = None, **options: Any) -> Fetcher:
    settings = HttpSettings(**{"interval": 0, "retries": 3, **options})
    return Fetcher(settings, home, hosts=hosts, backoff=FAST)


async def get(url: str, params: Any = "", **options: Any) -> Response:
    async with fetcher(url, **options) as opened:
        return await opened.get(url, params)


class Answers:
    """Gives the answers of a list one after another, the last one for ever."""

    def __init__(self, *answers: Callable[[], web.StreamResponse]) -> None:
        self._answers = list(answers)
        self.requests: list[web.Request] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        number = min(len(self.requests), len(self._answers)) - 1
        return self._answers[number]()


def ok(text: str = "fine") -> web.StreamResponse:
    return web.Response(text=text)
