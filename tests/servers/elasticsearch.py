"""A real Elasticsearch on loopback that a test starts, stops, pauses and kills.

    with ElasticsearchServer() as server:
        server.start()
        ...  # server.url

Measured on two cores: it answers after about 5 s (with security 7.5 s, and 2 s before its first
start for keys and passwords), stops in 0.2 s, and holds 400 to 480 MB of anonymous memory with
``heap="512m"`` as with ``"1g"``, its launcher 80 MB. As shipped it took 7.5 s and 1.2 GB: what
helps is one compiler instead of two, and a heap whose pages are not touched before they are used.

The server dies with the test process, however that one ends.
"""

import base64
import json
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.servers.certificates import make_certificates
from tests.servers.elasticsearch_build import elasticsearch_home, java_home

__all__ = ["ElasticsearchServer", "basic"]

START_SECONDS = 120
STOP_SECONDS = 60
LOG_BYTES = 4000

# The shell becomes the server; what it leaves behind ends the server when the test process, which
# holds the other end of the pipe, is gone. A parent-death signal would come when the thread that
# started the server ends, and tests start it from threads.
TIED = 'exec 3<&0; (cat <&3 >/dev/null; kill "$$") 2>/dev/null & exec "$@" 3<&- </dev/null'

# Quick to start and small, for servers that live for seconds.
FLAGS = "-XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch -XX:-HeapDumpOnOutOfMemoryError"

Answer = tuple[int, Any]
"""A status and the decoded body (None when empty)."""


class ElasticsearchServer:
    """One server with a folder and a port of its own, both kept from `stop` to `start`.

    ``settings`` are lines of elasticsearch.yml, read at each start; they may be changed in between.
    ``secured`` turns on security and TLS: `url` is https, `authority` is whom to trust and
    `password` that of the user ``elastic``. `request` and the helpers below it know both.

    A full disk: the server takes ``index.blocks.read_only_allow_delete`` back by itself within
    30 s, whoever set it. It stays when the disk really counts as full: start with
    ``cluster.routing.allocation.disk.threshold_enabled: true`` and
    ``cluster.info.update.interval: 10s``, make the index, then raise the watermarks ``low``,
    ``high`` and ``flood_stage`` to 900tb, 800tb and 700tb; it was seen full after 10 s.
    """

    def __init__(
        self,
        *,
        secured: bool = False,
        heap: str = "1g",
        settings: Mapping[str, object] | None = None,
        flags: str = FLAGS,
    ) -> None:
        self._home = elasticsearch_home()
        self._java = java_home()
        self._account = _account()
        self._heap = heap
        self._flags = flags
        self._process: subprocess.Popen[bytes] | None = None
        self._paused = False
        self._closing = ExitStack()
        # Not pytest's own folder, which is closed to the other user.
        self.folder = Path(tempfile.mkdtemp(prefix="ilim-elasticsearch-"))
        self._closing.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.port = _free_port()
        self.url = f"http{'s' if secured else ''}://127.0.0.1:{self.port}"
        self.settings: dict[str, object] = {
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": 0,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "xpack.security.enabled": secured,
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        self.password = ""
        self.authority: Path | None = None
        self._context: ssl.SSLContext | None = None
        try:
            self._make_folders()
            if secured:
                self._secure()
        except BaseException:
            self.close()
            raise
        self.settings |= settings or {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the server and remove its folder."""
        self.kill()
        self._closing.close()

    # Life

    def start(self) -> None:
        """Start it, if it does not run, and wait until it answers."""
        if self._process is None:
            self._write_settings()
            self._pid_file.unlink(missing_ok=True)
            program = str(self._home / "bin" / "elasticsearch")
            with self._console.open("wb") as console:
                self._process = subprocess.Popen(
                    ["/bin/sh", "-c", TIED, "sh", program, "-p", str(self._pid_file)],
                    stdin=subprocess.PIPE,
                    stdout=console,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl+C is for pytest, which then ends the server
                    **self._as_account(),
                )
        self._wait()

    def stop(self) -> None:
        """End it in good order (SIGTERM)."""
        self.resume()
        self._end(STOP_SECONDS)

    def kill(self) -> None:
        """End it at once (SIGKILL): what it had not yet written is lost."""
        if self._process is None:
            return
        try:
            os.kill(self.pid, signal.SIGKILL)
        except (OSError, ValueError):  # gone already, or not yet far enough to have a number
            self._process.kill()
        self._end(STOP_SECONDS)

    def pause(self) -> None:
        """Let it hang (SIGSTOP): it takes connections and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        """Let a paused one go on."""
        if self._paused:
            os.kill(self.pid, signal.SIGCONT)
            self._paused = False

    @property
    def pid(self) -> int:
        """The number of the server's own process; its launcher is another.

        Raises OSError or ValueError when it does not run, or is only about to.
        """
        if self._process is None:  # what the file says may by now be another's number
            raise ProcessLookupError("this Elasticsearch does not run")
        return int(self._pid_file.read_text(encoding="ascii"))

    @property
    def log(self) -> str:
        """The end of what the server said since its last start."""
        try:
            said = self._console.read_bytes()
        except FileNotFoundError:
            return ""
        return said[-LOG_BYTES:].decode("utf-8", "replace")

    # Questions

    def request(
        self, method: str, path: str, body: object = None, *, authorization: str | None = None
    ) -> Answer:
        """Ask with the rights of ``elastic``, or with another ``Authorization`` header.

        ``body`` is sent as JSON; a list as the lines of a bulk or a multi-search.
        """
        headers = {"Content-Type": "application/json"}
        if authorization is None and self.password:
            authorization = basic("elastic", self.password)
        if authorization:
            headers["Authorization"] = authorization
        data = None
        if isinstance(body, list):
            data = "".join(json.dumps(line) + "\n" for line in body).encode()
            headers["Content-Type"] = "application/x-ndjson"
        elif body is not None:
            data = json.dumps(body).encode()
        asked = urllib.request.Request(
            f"{self.url}{path}", data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(asked, timeout=30, context=self._context) as answer:
                return answer.status, _decoded(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decoded(error.read())

    def create_api_key(self, roles: Mapping[str, object] | None = None) -> str:
        """An API key in the form clients want, with the rights of ``roles`` (default: all)."""
        asked = {"name": secrets.token_hex(4), "role_descriptors": roles or {}}
        status, made = self.request("POST", "/_security/api_key", asked)
        assert status == 200, made
        return str(made["encoded"])

    def create_read_only_user(self, indices: str = "*") -> tuple[str, str]:
        """A user that may read ``indices`` and nothing else: name and password."""
        name, password = f"reader-{secrets.token_hex(4)}", secrets.token_hex(8)
        may = {"cluster": ["monitor"], "indices": [{"names": [indices], "privileges": READ}]}
        for path, asked in (
            (f"/_security/role/{name}", may),
            (f"/_security/user/{name}", {"password": password, "roles": [name]}),
        ):
            status, made = self.request("PUT", path, asked)
            assert status == 200, made
        return name, password

    # Inside

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "pid"

    @property
    def _console(self) -> Path:
        return self.folder / "console.log"

    def _as_account(self) -> dict[str, Any]:
        """Arguments for subprocess: the server's surroundings, and its user when we are root."""
        heap = f"-Xms{self._heap} -Xmx{self._heap}"
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {
            "ES_JAVA_HOME": str(self._java),
            "ES_JAVA_OPTS": f"{heap} {self._flags}",
            "ES_PATH_CONF": str(self.folder / "config"),
            "HOME": str(self.folder / "data"),
            "TMPDIR": str(self.folder / "tmp"),
        }
        arguments: dict[str, Any] = {"env": kept | own, "cwd": self.folder}
        if self._account is not None:
            arguments |= {
                "user": self._account.pw_uid,
                "group": self._account.pw_gid,
                "extra_groups": [],
            }
        return arguments

    def _make_folders(self) -> None:
        self.folder.chmod(0o755)
        shutil.copytree(self._home / "config", self.folder / "config")
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir()
        # Beside the data there is nothing to see: no log of collections, no dump of the heap.
        options = "-XX:+UseG1GC\n-Djava.io.tmpdir=${ES_TMPDIR}\n-XX:+ExitOnOutOfMemoryError\n"
        (self.folder / "config" / "jvm.options").write_text(options, encoding="ascii")
        self._hand_over()

    def _hand_over(self) -> None:
        """Give the folder to the server's user."""
        if self._account is not None:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _secure(self) -> None:
        """Certificates for the port and a password for ``elastic``."""
        made = make_certificates(self.folder / "config")
        self._hand_over()
        self.authority = made.authority
        self._context = ssl.create_default_context(cafile=made.authority)
        self.settings |= {
            "xpack.security.http.ssl.enabled": True,
            "xpack.security.http.ssl.certificate": made.server,
            "xpack.security.http.ssl.key": made.key,
        }
        self.password = secrets.token_hex(12)
        keystore = self._home / "bin" / "elasticsearch-keystore"
        done = subprocess.run(
            [keystore, "add", "--stdin", "--force", "bootstrap.password"],
            check=False, input=self.password.encode(), capture_output=True, timeout=120,
            **self._as_account(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")

    def _write_settings(self) -> None:
        # JSON is YAML, and quotes what needs it
        lines = (
            f"{name}: {json.dumps(value, default=str)}" for name, value in self.settings.items()
        )
        path = self.folder / "config" / "elasticsearch.yml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _wait(self) -> None:
        """Until it answers; raises with the end of its log when it ends or takes too long."""
        health = "/_cluster/health"
        if self.password:
            # The server makes this index right after it began to answer, and while it does so no
            # password is right.
            health += "/.security-7?wait_for_active_shards=1&timeout=1s"
        process, end = self._process, time.monotonic() + START_SECONDS
        assert process is not None
        while True:
            try:
                if self.request("GET", health)[0] == 200:
                    return
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() > end:
                why = f"took more than {START_SECONDS} s" if process.returncode is None else "ended"
                said = self.log
                self.kill()
                raise RuntimeError(f"Elasticsearch {why} instead of answering:\n{said}")
            time.sleep(0.1)

    def _end(self, seconds: float) -> None:
        """Close the pipe the server is tied to and see it end."""
        if self._process is None:
            return
        try:
            server = self.pid
        except (OSError, ValueError):
            server = 0
        process, self._process, self._paused = self._process, None, False
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()  # the server ends when its launcher is gone
            process.wait()
        while server and _runs(server):
            time.sleep(0.05)


READ = ["read", "view_index_metadata"]


def basic(name: str, password: str) -> str:
    """An ``Authorization`` header."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _account() -> pwd.struct_passwd | None:
    """Who the server runs as, when we are root: it refuses root. Else None, ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    """A port nobody listens on, below those that the system gives to outgoing connections.

    Otherwise a client that retries while the server is down may be given the very port it asks for
    and be connected with itself.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def _decoded(body: bytes) -> Any:
    return json.loads(body) if body else None
