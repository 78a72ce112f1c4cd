"""The Elasticsearch that tests run: where it comes from, and what it lacks.

Elastic publishes the server's bare build for the tests of plugins on Maven Central, 98 MB as a zip,
107 MB unpacked. Seen in 8.19.8:

- its modules are ``transport-netty4``, ``x-pack-core``, ``x-pack-security`` and ``apm``: security
  and TLS work with nothing added, on a basic licence; the user ``elastic`` takes its password from
  the keystore's ``bootstrap.password``; users, roles and API keys need the plugin of
  `tests.servers.email_analysis`;
- no ``GET /``, so no ``client.info()``; the version is in ``/_nodes``;
- no analysis beyond the analyzers ``standard``, ``whitespace``, ``simple``, ``stop`` and
  ``keyword``, no scripting, no ``_reindex``, no percolator, no ingest processors;
- no Java of its own: 17 or newer is needed.

``python -m tests.servers.elasticsearch_build`` fetches it and says how far it is.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from functools import cache
from pathlib import Path

import pytest

from tests.servers.downloads import cache_folder, kept, maven
from tests.servers.email_analysis import SOURCE, add_email_analysis
from tests.shared import leave_out

__all__ = ["elasticsearch_home", "java_home"]

VERSION = "8.19.8"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
OLDEST_JAVA = 17


@cache
def java_home() -> Path:
    """The folder of a Java that is new enough, as that Java itself names it."""
    for folder in (os.environ.get("ES_JAVA_HOME"), os.environ.get("JAVA_HOME")):
        if folder and (Path(folder) / "bin" / "java").is_file():
            program: str | None = str(Path(folder) / "bin" / "java")
            break
    else:
        program = shutil.which("java")
    if program is None:
        leave_out("Elasticsearch needs Java (Debian: default-jre-headless), which is not here")
    said = subprocess.run(
        [program, "-XshowSettings:properties", "-version"],
        check=False, capture_output=True, text=True, timeout=60,
    ).stderr  # fmt: skip
    home = re.search(r"^\s*java\.home = (.+)$", said, re.MULTILINE)
    version = re.search(r"^\s*java\.specification\.version = (\d+)", said, re.MULTILINE)
    if home is None or version is None or int(version[1]) < OLDEST_JAVA:
        leave_out(f"Elasticsearch needs Java {OLDEST_JAVA} or newer; {program} is not")
    return Path(home[1].strip())


def elasticsearch_home() -> Path:
    """The unpacked build, readable by every user, because the server refuses to run as root."""
    return kept(_folder(), _fetch)


def _folder() -> Path:
    plugin = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    return cache_folder(open_to_all=True) / f"elasticsearch-{VERSION}-{plugin}"


def _fetch(folder: Path) -> None:
    """Fetch the zip with Maven and unpack it into ``folder``."""
    java = java_home()  # without it the fetching is for nothing
    folder.mkdir(mode=0o755)
    zips = folder / "zip"
    maven("Elasticsearch", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={zips}")
    with zipfile.ZipFile(next(zips.glob("*.zip"))) as packed:
        for entry in packed.infolist():
            name = Path(*Path(entry.filename).parts[1:])  # all is in one folder, elasticsearch-…
            path = folder / name
            if entry.is_dir():
                path.mkdir(exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(packed.read(entry))
            # zipfile keeps no modes; the scripts must stay programs, and all of it readable
            path.chmod(0o755 if entry.is_dir() or entry.external_attr >> 16 & 0o100 else 0o644)
    add_email_analysis(folder, VERSION, java)
    for rest in (zips, folder / "compiler"):
        shutil.rmtree(rest)


def _progress(done: threading.Event) -> None:
    started = time.monotonic()
    while not done.wait(1):
        print(
            f"\rFetching Elasticsearch for the tests … {time.monotonic() - started:.0f} s ",
            end="", file=sys.stderr, flush=True,
        )  # fmt: skip


def main() -> None:
    """Fetch the build if it is not there; what cannot be fetched is left out, and said."""
    if _folder().is_dir():
        return
    print("Fetching Elasticsearch for the tests (once, about 100 MB) …", file=sys.stderr)
    done = threading.Event()
    watcher = threading.Thread(target=_progress, args=(done,))
    if sys.stderr.isatty():
        watcher.start()
    started = time.monotonic()
    try:
        elasticsearch_home()
        words = f"Elasticsearch is there after {time.monotonic() - started:.0f} s."
    except (pytest.skip.Exception, pytest.fail.Exception) as reason:
        words = f"{reason.msg}\nThe tests with a real Elasticsearch will be left out."
    finally:
        done.set()
        if watcher.is_alive():
            watcher.join()
    print(f"\r{words}", file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
