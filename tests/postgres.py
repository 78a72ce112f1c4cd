"""A PostgreSQL server of the tests' own, from Debian's binaries, with a fresh database for each.

It lives in a temporary folder, listens on loopback only, runs as a user without rights (it refuses
root) and with the durability it has by default. Import the fixtures into the conftest.py that needs
them.
"""

import asyncio
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from aggregator.store.database import Database, Name
from tests.shared import leave_out

__all__ = ["Server", "postgres", "postgres_url", "running_server"]

ROLE, PASSWORD = "ilim", "not a secret:/@"  # as awkward as passwords may be
_HOST = "127.0.0.1"
_numbers = count()


@dataclass(frozen=True)
class Server:
    """A running server."""

    folder: Path
    binaries: Path
    port: int
    user: str | None
    """Whom it runs as; None: whoever runs the tests."""
    templates: list[str] = field(default_factory=list)

    def url(self, database: str, *, password: str = PASSWORD, role: str = ROLE) -> str:
        """A database's address, as it is given to commands."""
        quoted = "".join(f"%{byte:02X}" for byte in password.encode())
        return f"postgresql://{role}:{quoted}@{_HOST}:{self.port}/{database}"

    def fresh(self, *, empty: bool = False) -> str:
        """Make a database; gives its name. It has all tables, unless ``empty``."""
        name = f"test_{next(_numbers)}"
        template = [] if empty else ["--template", self._template()]
        self.tool("createdb", *template, name)
        return name

    def drop(self, name: str) -> None:
        self.tool("dropdb", "--force", "--if-exists", name)

    def _template(self) -> str:
        if not self.templates:
            self.tool("createdb", "template_ilim")
            with ThreadPoolExecutor(1) as thread:  # the tests' own loop is left alone
                thread.submit(asyncio.run, _migrate(self.url("template_ilim"))).result()
            self.templates.append("template_ilim")
        return self.templates[0]

    def sql(self, database: str, words: str) -> str:
        """What psql answers, without headings."""
        return self.tool(
            "psql", "-d", database, "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", words
        )

    def tool(self, name: str, *arguments: str) -> str:
        """Run one of PostgreSQL's own commands as the owner of everything."""
        done = subprocess.run(
            [str(self.binaries / name), "-h", _HOST, "-p", str(self.port), "-U", ROLE, *arguments],
            env={**os.environ, "PGPASSWORD": PASSWORD}, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def control(self, action: str, *more: str) -> None:
        """pg_ctl: ``start``, ``stop`` or ``restart``; with ``-m immediate`` as after a crash."""
        settings = (
            f"-p {self.port} -c listen_addresses={_HOST} -c unix_socket_directories='' "
            "-c max_connections=60"
        )
        _run(
            [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), "-w", "-t", "60",
             "-l", str(self.folder / "log"), "-o", settings, action, *more],
            self.user,
        )  # fmt: skip


async def _migrate(url: str) -> None:
    names: tuple[Name, ...] = ("catalogue", "keep")
    for name in names:
        database = Database(url, name)
        await database.migrate()
        await database.close()


def _run(command: list[str], user: str | None) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=180, check=False, cwd="/", **_as_user(user),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def _as_user(user: str | None) -> dict[str, Any]:
    """Arguments for subprocess: to be another user, or to stay oneself."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _binaries() -> Path:
    """Where initdb is: on the PATH, or where Debian puts it; the newest version."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: int(path.parent.name),
        reverse=True,
    )
    if not places:
        leave_out("PostgreSQL's server (Debian: postgresql) is not here")
    return places[0]


def _user() -> str | None:
    """Somebody without rights when root runs the tests."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def running_server() -> Iterator[Server]:
    """A server in a temporary folder. It ends with this process, however that one ends."""
    with tempfile.TemporaryDirectory(prefix="ilim-postgres-", ignore_cleanup_errors=True) as folder:
        server = _start(Path(folder))
        stop = [str(server.binaries / "pg_ctl"), "-D", str(server.folder / "data"), "-m", "fast"]
        waiting = subprocess.Popen(
            ["/bin/sh", "-c", 'cat >/dev/null; exec "$@"', "sh", *stop, "-w", "stop"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            start_new_session=True, **_as_user(server.user),
        )  # fmt: skip
        assert waiting.stdin is not None
        try:
            yield server
        finally:
            waiting.stdin.close()
            waiting.wait(60)


def _start(folder: Path) -> Server:
    """Make a cluster in an empty folder and start it."""
    binaries, user = _binaries(), _user()
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    with socket.create_server((_HOST, 0)) as probe:
        port = probe.getsockname()[1]
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o644)  # in a folder that only its owner may enter
    version = subprocess.run(
        [str(binaries / "initdb"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    [major] = re.findall(r"\) (\d+)", version)
    # An order of letters that is not that of bytes shows where the program relies on the default.
    locale = ["--locale-provider=icu", "--icu-locale=en"] if int(major) >= 15 else []
    _run(
        [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", ROLE, "--pwfile", str(secret),
         "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", *locale],
        user,
    )  # fmt: skip
    server = Server(folder, binaries, port, user)
    server.control("start")
    return server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server, for as long as the tests run."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of a fresh database with all tables and nothing in them."""
    name = postgres.fresh()
    yield postgres.url(name)
    postgres.drop(name)
