"""A source's file is edited while the worker runs: what is stored changes, no partner is asked."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.integration.house import Installation, live
from tests.shared import ROOT

pytestmark = pytest.mark.slow

BOOKS = "overrides: {type: {default: book}}\n"


@contextmanager
def worker(installation: Installation) -> Iterator[None]:
    """`ilim worker`, from its first line on."""
    process = subprocess.Popen(
        installation.command("worker"), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def types(installation: Installation) -> dict[str, str]:
    lines = installation.ilim("records").output.splitlines()
    return {one["local_id"]: one.get("type", "other") for one in map(json.loads, lines)}


def wait_for(installation: Installation, wanted: dict[str, str]) -> None:
    deadline = time.monotonic() + 60
    while types(installation) != wanted:
        assert time.monotonic() < deadline, types(installation)
        time.sleep(1)


def test_an_edited_file_changes_what_is_stored(installation: Installation) -> None:
    """The partner's files are gone: from there nothing can come."""
    for name in ("on", "off"):
        installation.saved(name, {"1.xml": [live(f"oai:{name}:1", title="Ак кеме")]})
    assert installation.ilim("harvest", "--no-index").code == 0
    for name in ("on", "off"):
        shutil.rmtree(installation.config / name)
    wanted = {"oai:on:1": "other", "oai:off:1": "other"}
    assert types(installation) == wanted
    with worker(installation):
        installation.source("on", "path: on\n" + BOOKS)
        wait_for(installation, wanted | {"oai:on:1": "book"})
        installation.source("off", "path: off\nenabled: false\n" + BOOKS)
        wait_for(installation, {"oai:on:1": "book", "oai:off:1": "book"})
        installation.source("off", "path: off\nenabled: false\n")
        wait_for(installation, {"oai:on:1": "book", "oai:off:1": "other"})


def test_a_harvest_by_hand_does_it_too(installation: Installation) -> None:
    installation.saved("lib", {"1.xml": [live("oai:lib:1", title="Ак кеме")]})
    assert installation.ilim("harvest", "--no-index").code == 0
    (installation.config / "lib" / "1.xml").write_text("out of order")
    installation.source("lib", "path: lib\n" + BOOKS)
    [run] = installation.ilim("harvest", "lib", "--no-index", "--json").json["runs"]
    assert run["verdict"] != "complete"
    assert types(installation) == {"oai:lib:1": "book"}
