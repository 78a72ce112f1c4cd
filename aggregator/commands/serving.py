"""`ilim serve`, `ilim web`, `ilim worker`: the processes that stay."""

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import click
from aiohttp.web import SockSite

from aggregator.commands.harvesting import harvest_one
from aggregator.commands.house import Door, open_house
from aggregator.commands.output import Reporter
from aggregator.errors import ConfigError, Unavailable
from aggregator.live_sources import LOOK, LiveSources
from aggregator.memory import give_back
from aggregator.recrosswalk import Rereading
from aggregator.store.state import Run
from aggregator.wording import later, reason, say
from aggregator.worker import Turns, Worker
from connectors.crosswalks import CROSSWALKS
from web.app import create_app, make_runner

log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds a process has to end by itself once asked."""

HOST = click.option("--host", help="The address to listen on (default 127.0.0.1).")
PORT = click.option("--port", type=click.IntRange(0, 65535), help="The port (default 8080).")
FD = click.option("--fd", type=int, hidden=True, help="An open listening socket from `ilim serve`.")
TIED = click.option("--tied", is_flag=True, hidden=True, help="End when standard input ends.")


@click.command()
@HOST
@PORT
@click.pass_obj
def serve(door: Door, host: str | None, port: int | None) -> None:
    """Serve the page and keep the index up: one web process and one worker process."""
    settings = door.settings()
    door.sources()
    door.database("catalogue")

    async def work() -> None:
        # Both databases get their tables before two processes open them.
        await check_engine(door)
        listening = listen(host or settings.host, settings.port if port is None else port)
        with listening:
            await _Household(door, listening).run()

    with only_one(door):
        asyncio.run(until_asked(work()))


@click.command()
@HOST
@PORT
@FD
@TIED
@click.pass_obj
def web(door: Door, host: str | None, port: int | None, fd: int | None, tied: bool) -> None:
    """Serve the page only."""
    settings = door.settings()

    async def work() -> None:
        if fd is None:
            await check_engine(door)
        listening = (
            socket.socket(fileno=fd)
            if fd is not None
            else listen(host or settings.host, settings.port if port is None else port)
        )
        async with open_house(door, lenient=tied) as house:
            app = create_app(house.search, house.table, house.sources, languages=settings.languages)
            runner = make_runner(app)
            await runner.setup()
            try:
                await SockSite(runner, listening).start()
                if fd is None:
                    click.echo(_answers(listening))
                await follow(house.sources)
            finally:
                await runner.cleanup()

    asyncio.run(until_asked(work(), tied=tied))


@click.command()
@TIED
@click.pass_obj
def worker(door: Door, tied: bool) -> None:
    """Harvest each source when its turn comes, resolve, and keep the index up."""
    give_back()

    async def work() -> None:
        if tied is False:
            await check_engine(door)
        async with open_house(door, lenient=tied) as house, asyncio.TaskGroup() as group:
            silent = Reporter(None, every=60.0)

            async def harvest(id: str) -> Run:
                return await harvest_one(house, id, silent)

            if tied is False:
                click.echo(say("The worker is at work."))
            group.create_task(follow(house.sources))
            turns = Turns(house.sources, house.catalogue.standings, harvest, utc)
            rereading = Rereading(house.catalogue, CROSSWALKS, house.sources, reader=house.reader)
            await Worker(house.upkeep, turns, rereading.once).run()

    asyncio.run(until_asked(work(), tied=tied))


async def follow(sources: LiveSources) -> None:
    """Look at the sources' files every few seconds, until cancelled."""
    while True:
        await asyncio.sleep(LOOK)
        await asyncio.to_thread(sources.look)


def utc() -> datetime:
    """The time now."""
    return datetime.now(UTC)


async def check_engine(door: Door) -> None:
    """Open everything once. Raises ConfigError where the search server does not let us in; one that
    does not answer may come later."""
    async with open_house(door) as house:
        try:
            await house.index.state()
        except Unavailable as error:
            log.warning("%s", error)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigError when the port is taken or the address is not ours."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family = found[0][0]
        return socket.create_server(found[0][4][:2], family=family, backlog=128)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        if number == errno.EADDRINUSE:
            said = later(
                "Port {port} on {host} is used by another program: choose another with --port or "
                "ILIM_PORT."
            )
        elif number == errno.EACCES:
            said = later(
                "Port {port} on {host} may not be used by this user: choose one above 1023 with "
                "--port or ILIM_PORT."
            )
        else:
            said = later(
                "Port {port} on {host} cannot be listened on ({reason}): see --host and --port."
            )
        words = reason(error) if isinstance(error, OSError) else str(error)
        raise ConfigError(say(said, port=str(port), host=host, reason=words)) from error


def _answers(listening: socket.socket) -> str:
    return say("Ilim answers at {address}", address=address(listening))


def address(listening: socket.socket) -> str:
    """The address people type."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104  shown, not bound
    return f"http://{host}:{port}/"


@contextmanager
def only_one(door: Door) -> Iterator[None]:
    """Hold the data folder. Raises ConfigError while another `ilim serve` holds it."""
    path = door.data / "serve.lock"
    try:
        file = path.open("w")
    except OSError as error:
        raise Unavailable(
            say("{file} cannot be written: {reason}.", file=path, reason=reason(error))
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                say(
                    "Another `ilim serve` is at work on the data folder {folder}: stop it first, "
                    "or choose another folder with --data.",
                    folder=door.data,
                )
            ) from error
        yield


async def until_asked(work: Awaitable[None], *, tied: bool = False) -> None:
    """Run until done, or until SIGTERM, SIGINT or (``tied``) the end of standard input."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    if tied:
        loop.add_reader(sys.stdin, _at_end_of_input, task)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _at_end_of_input(task: "asyncio.Future[None]") -> None:
    """End: whoever started us has gone. Nobody would notice a process that cannot, so after a while
    it is ended whatever it waits for; all that is stored is stored in transactions."""
    if not os.read(sys.stdin.fileno(), 1):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        last = threading.Timer(GRACE, os._exit, [1])
        last.daemon = True
        last.start()
        task.cancel()


@dataclass(slots=True)
class _Household:
    """The parent of both processes: starts them, starts them again, and ends them."""

    door: Door
    listening: socket.socket

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            number = self.listening.fileno()
            group.create_task(self._keep("web", "--fd", str(number), shared=[number]))
            group.create_task(self._keep("worker", shared=[]))
            await self._until_it_answers()
            click.echo(_answers(self.listening))
            sys.stdout.flush()

    async def _keep(self, *arguments: str, shared: list[int]) -> None:
        pause = 1.0
        while True:
            begun = time.monotonic()
            async with self._child(arguments, shared) as child:
                status = await child.wait()
            if time.monotonic() - begun > 60:
                pause = 1.0
            if status == 2:
                raise ConfigError(
                    say("The process `ilim {name}` did not start.", name=arguments[0])
                )
            log.error("The %s process ended (%d); it is started again.", arguments[0], status)
            await asyncio.sleep(pause)
            pause = min(60.0, pause * 2)

    @asynccontextmanager
    async def _child(
        self, arguments: tuple[str, ...], shared: list[int]
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        # Standard input is a pipe that ends with this process, however it ends (`--tied`).
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aggregator",
            "--config", str(self.door.config), "--data", str(self.door.data), *arguments, "--tied",
            stdin=asyncio.subprocess.PIPE, stdout=sys.stderr, pass_fds=shared,
        )  # fmt: skip
        try:
            yield child
        finally:
            if child.returncode is None:
                child.terminate()
                try:
                    await asyncio.wait_for(asyncio.shield(child.wait()), GRACE)
                except TimeoutError:
                    child.kill()
                    await child.wait()

    async def _until_it_answers(self) -> None:
        timeout = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(address(self.listening) + "healthz"):
                        return  # it answers; what it says of the index is for who watches it
                await asyncio.sleep(0.1)
