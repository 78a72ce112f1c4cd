"""A wire to a server that can be cut at the worst moment: around the answer to a COMMIT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Cut = Literal["before", "during", "after"]
"""Before the COMMIT reaches the server, at the moment it does, or once it has been answered."""


@dataclass
class Wire:
    """Passes everything on, except what it was told to lose."""

    to: int
    port: int = 0
    cuts: list[Cut] = field(default_factory=list)
    """What happens to the next commits, one after the other."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.to)
        lost = asyncio.Event()

        async def back() -> None:
            while data := await server_reader.read(65536):
                if lost.is_set():  # the answer came, and nobody hears it
                    return
                writer.write(data)
                await writer.drain()
            writer.close()

        answers = asyncio.create_task(back())
        try:
            while data := await reader.read(65536):
                cut = self.cuts.pop(0) if self.cuts and b"COMMIT" in data else None
                if cut == "before":
                    break
                if cut is not None:
                    lost.set()
                server_writer.write(data)
                await server_writer.drain()
                if cut == "after":
                    await answers
                if cut is not None:
                    break
        finally:
            answers.cancel()
            for end in (writer, server_writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()


@asynccontextmanager
async def wire(to: int) -> AsyncIterator[Wire]:
    """A wire on loopback to a port on loopback."""
    laid = Wire(to)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await laid.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    laid.port = server.sockets[0].getsockname()[1]
    try:
        yield laid
    finally:
        server.close()
        await server.wait_closed()
