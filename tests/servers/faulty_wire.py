"""A server on loopback that speaks HTTP byte by byte, so that HTTP itself may be broken."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from tests.unit.connectors.oai_server import Repository

__all__ = ["CUT", "Asked", "Say", "Script", "Wire", "http", "repository_over", "wire"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its number from 0 on, its target and its headers (names in lower case)."""

    number: int
    target: str
    headers: Mapping[str, str]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


CUT = None
"""Instead of an answer: the connection is reset."""

Say = bytes | None | Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Bytes to send as they are, `CUT`, or what writes as it likes. Then the connection is closed."""

Script = Callable[[Asked], Say]


@dataclass
class Wire:
    """``asked`` are the requests that came; ``connections`` counts those that were opened."""

    port: int = 0
    scheme: str = "http"
    connections: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/oai"


def http(
    body: bytes = b"", status: str = "200 OK", *, length: bool = True, **headers: str
) -> bytes:
    """A whole answer. ``headers``: with _ for -; ``length``: whether Content-Length is told."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


@asynccontextmanager
async def wire(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """Answers each request as ``script`` says, one request a connection."""
    laid = Wire(scheme="https" if tls else "http")
    open_now: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        laid.connections += 1
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                pairs = [line.partition(":")[::2] for line in head[1:] if line]
                headers = {name.lower(): value.strip() for name, value in pairs}
                asked = Asked(len(laid.asked), head[0].split(" ")[1], headers)
                laid.asked.append(asked)
                said = script(asked)
                if said is None:
                    writer.transport.abort()
                elif isinstance(said, bytes):
                    writer.write(said)
                    await writer.drain()
                else:
                    await said(writer)
        finally:
            open_now.discard(task)
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls, limit=1 << 25)
    laid.port = server.sockets[0].getsockname()[1]
    try:
        yield laid
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        if open_now:
            await asyncio.wait(open_now)
        await server.wait_closed()


def repository_over(
    repository: Repository, fault: Callable[[Asked, bytes], Say] = lambda _asked, page: http(page)
) -> Script:
    """The answers of a compliant repository; ``fault`` says how each page goes over the wire."""
    return lambda asked: fault(asked, repository.answer(asked.query))
