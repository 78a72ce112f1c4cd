"""The command line as other programs rely on it (DESIGN §10)."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.house import Installation, deleted, live
from tests.shared import ROOT

pytestmark = pytest.mark.slow

MANAS = live(
    "oai:x:1",
    title=["«Манас» эпосу", "Эпос «Манас»"],
    creator="Орозбаков, Сагымбай",
    date="1978",
    language="ky",
    type="book",
    identifier="https://doi.org/10.5555/manas",
)
JAMILA = live("oai:x:2", title="Жамийла", creator="Айтматов, Чыңгыз", date="1958", language="ky")
LAKE = live(
    "oai:x:3", title="Lake Issyk-Kul: hydrology", date="2005", language="en", type="article"
)


@pytest.fixture
def library(installation: Installation) -> Installation:
    installation.saved("lib", {"1.xml": [MANAS, JAMILA], "2.xml": [LAKE, deleted("oai:x:4")]})
    twin = MANAS.replace("oai:x:1", "oai:y:1")
    installation.saved("other", {"1.xml": [twin]})
    return installation


def test_harvest_to_search_and_back(library: Installation) -> None:
    done = library.ilim("harvest", "--json")
    assert done.code == 0, done.words
    runs = {run["source"]: run for run in done.json["runs"]}
    assert runs["lib"].keys() == {
        "source", "verdict", "received", "new", "changed", "unchanged", "deleted", "rejected",
        "seconds", "reason",
    }  # fmt: skip
    assert (runs["lib"]["verdict"], runs["lib"]["received"], runs["lib"]["new"]) == (
        "complete",
        4,
        3,
    )
    assert (runs["lib"]["deleted"], runs["other"]["new"]) == (1, 1)

    found = library.ilim("search", "манас эпосу", "--json").json
    assert found.keys() == {"total", "understood", "hits", "facets", "suggestions"}
    assert found["total"] == 1
    [hit] = found["hits"]
    assert hit.keys() == {"id", "title", "creators", "year", "type", "score", "sources"}
    assert (hit["title"], hit["year"], hit["type"]) == ("«Манас» эпосу", 1978, "book")
    assert sorted(hit["sources"]) == ["lib", "other"]
    assert dict(map(tuple, found["facets"]["type"])) == {"book": 1}

    shown = library.ilim("show", hit["id"], "--json").json
    assert {r["reason"] for r in shown["records"]} == {"doi:10.5555/manas"}
    assert {(r["source"], r["local_id"]) for r in shown["records"]} == {
        ("lib", "oai:x:1"),
        ("other", "oai:y:1"),
    }

    status = library.ilim("status", "--json").json
    assert status["works"] == 3
    assert status["index"] == {"engine": "embedded", "works": 3, "behind": 0}
    lib = status["sources"][0]
    assert (lib["id"], lib["state"], lib["records"], lib["deleted"]) == ("lib", "well", 3, 1)
    assert lib["last_run"]["verdict"] == "complete"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert abs(datetime.fromisoformat(lib["next_run"]) - tomorrow) < timedelta(hours=1)

    lines = library.ilim("records", "--source", "lib").output.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["local_id"] for record in records] == ["oai:x:1", "oai:x:2", "oai:x:3"]
    assert records[0]["titles"][0]["value"] == "«Манас» эпосу"
    assert records[1]["holdings"] == []


def test_filters_sorts_and_sizes(library: Installation) -> None:
    library.ilim("harvest")
    by_title = library.ilim("search", "", "--sort", "title", "--json").json
    assert by_title["total"] == 3
    titles = [hit["title"] for hit in by_title["hits"]]
    assert titles.index("«Манас» эпосу") > titles.index("Жамийла")
    newest = library.ilim("search", "", "--sort", "newest", "--size", "1", "--json").json
    assert [hit["year"] for hit in newest["hits"]] == [2005]
    filtered = library.ilim(
        "search", "", "--filter", "language=ky", "--filter", "year=1950..1960", "--json"
    ).json
    assert [hit["title"] for hit in filtered["hits"]] == ["Жамийла"]
    wrong = library.ilim("search", "", "--filter", "langage=ky")
    assert wrong.code == 2 and "language" in wrong.words


def test_a_second_harvest_changes_nothing(library: Installation) -> None:
    library.ilim("harvest")
    again = library.ilim("harvest", "lib", "--json").json["runs"][0]
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 4)


def test_quarantine_says_why_and_the_run_goes_on(installation: Installation) -> None:
    bad = live("oai:x:9", title="x").replace("oai_dc:dc", "oai_dc:etd")
    installation.saved("lib", {"1.xml": [MANAS, bad], "2.xml": [JAMILA]})
    (installation.config / "lib" / "3.xml").write_text("<html>login</html>")
    done = installation.ilim("harvest", "--json")
    assert done.code == 1, done.words
    [run] = done.json["runs"]
    assert run["new"] == 2 and run["rejected"] >= 1
    refused = installation.ilim("quarantine", "--source", "lib", "--json").json
    assert all(q.keys() == {"source", "local_id", "reason", "bytes"} for q in refused)
    assert any("3.xml" in q["reason"] for q in refused)
    assert installation.ilim("search", "Жамийла", "--json").json["total"] == 1


def test_limit_is_no_failure(library: Installation) -> None:
    done = library.ilim("harvest", "lib", "--limit", "1", "--json")
    [run] = done.json["runs"]
    assert done.code == 0
    assert (run["verdict"], run["reason"], run["received"]) == ("incomplete", "limit", 1)


def test_no_index_leaves_the_works_for_later(library: Installation) -> None:
    library.ilim("harvest", "--no-index")
    status = library.ilim("status", "--json").json
    assert status["works"] == 0 and status["index"]["behind"] == 5
    library.ilim("harvest", "lib")
    assert library.ilim("status", "--json").json["index"]["behind"] == 0


def test_wrong_yaml_names_line_path_and_the_nearest_key(installation: Installation) -> None:
    installation.source("lib", "pth: saved\n")
    done = installation.ilim("status")
    assert done.code == 2
    assert "lib.yaml" in done.words and "line 4" in done.words
    assert "pth" in done.words and "path" in done.words
    assert "Traceback" not in done.words


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["harvest", "lub"], 2, "Did you mean 'lib'?"),
        (["show", "nothing"], 2, "no work"),
        (["search", "x", "--filter", "year"], 2, "FIELD=VALUE"),
        (["search", "x", "--sort", "sideways"], 2, "sideways"),
        (["fly"], 2, "fly"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    library: Installation, arguments: list[str], code: int, words: str
) -> None:
    done = library.ilim(*arguments)
    assert done.code == code and words in done.words
    assert "Traceback" not in done.words and done.output == ""


def test_a_missing_folder_or_file_is_told(installation: Installation) -> None:
    installation.source("lib", "path: nowhere\n")
    done = installation.ilim("harvest", "--json")
    assert done.code == 1
    [run] = done.json["runs"]
    assert run["verdict"] == "failed" and "nowhere" in run["reason"]
    missing = Installation(installation.folder / "absent").ilim("status")
    assert missing.code == 2 and "configuration folder" in missing.words


def test_a_dead_host_fails_quickly_and_harms_nothing(library: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        http = "http: {interval: 0, retries: 0}\n"
        library.source("dead", f"url: http://127.0.0.1:{port}/oai\n{http}")
        done = library.ilim("harvest", "--json", timeout=60)
    runs = {run["source"]: run for run in done.json["runs"]}
    assert done.code == 1
    assert runs["dead"]["verdict"] == "failed" and "127.0.0.1" in runs["dead"]["reason"]
    assert runs["lib"]["verdict"] == "complete"
    states = {s["id"]: s["state"] for s in library.ilim("status", "--json").json["sources"]}
    assert states["dead"] == "never_reached" and states["lib"] == "well"


def test_a_data_folder_that_cannot_be_made(library: Installation) -> None:
    library.data.write_text("a file stands here")
    done = library.ilim("status")
    assert done.code == 3 and str(library.data) in done.words


def test_a_damaged_index_is_rebuilt_from_the_store(library: Installation) -> None:
    library.ilim("harvest")
    for path in (library.data / "index").rglob("*"):
        if path.is_file() and path.suffix in (".term", ".store", ".idx", ".fast", ".pos"):
            path.write_bytes(b"junk")
    assert library.ilim("harvest", "lib").code == 0
    assert library.ilim("search", "Жамийла", "--json").json["total"] == 1


def test_an_index_of_another_store_is_rebuilt(library: Installation) -> None:
    library.ilim("harvest")
    for path in library.data.glob("catalogue.sqlite*"):
        path.unlink()
    library.ilim("harvest", "other")
    assert library.ilim("search", "", "--json").json["total"] == 1


def test_reindex_fills_the_index_anew(library: Installation) -> None:
    library.ilim("harvest")
    done = library.ilim("reindex", "--engine", "embedded")
    assert done.code == 0, done.words
    assert library.ilim("search", "", "--json").json["total"] == 3


def test_migrate_and_sources(library: Installation) -> None:
    assert "0003" in library.ilim("migrate").words
    listed = library.ilim("sources", "--json").json
    assert [(source["id"], source["state"]) for source in listed] == [
        ("lib", "never_reached"),
        ("other", "never_reached"),
    ]


@contextmanager
def serve(
    installation: Installation, *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`ilim serve`, and the address its first line names."""
    process = subprocess.Popen(
        installation.command("serve", "--port", "0", *arguments),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def fetch(address: str, path: str) -> str:
    """A page; what a server says with 503 while its index is being made is a page too."""
    try:
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        assert error.code == 503
        return str(error.read().decode())


def test_serve_answers_harvests_and_ends(library: Installation) -> None:
    with serve(library) as (process, first):
        address = first.split()[-1]
        assert address.startswith("http://127.0.0.1:")
        deadline = time.monotonic() + 30
        while "Жамийла" not in fetch(
            address, "ky/search?q=%D0%B6%D0%B0%D0%BC%D0%B8%D0%B9%D0%BB%D0%B0"
        ):
            assert time.monotonic() < deadline, "the worker did not make the records searchable"
            time.sleep(0.5)
        # The command line leaves indexing to the worker, and waits for it.
        (library.config / "lib" / "3.xml").write_text(
            (library.config / "lib" / "2.xml").read_text().replace("oai:x:3", "oai:x:5")
        )
        assert library.ilim("harvest", "lib").code == 0
        assert library.ilim("search", "hydrology", "--json").json["total"] == 2
        second = library.ilim("serve", "--port", "0")
        assert second.code == 2 and "Another `ilim serve`" in second.words
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        taken = Installation(library.folder / "second")
        taken.config.mkdir(parents=True)
        busy = taken.ilim("serve", "--port", str(port))
        assert busy.code == 2 and str(port) in busy.words
    assert process.returncode == 0


def test_a_changed_file_takes_effect_and_a_bad_one_does_not(library: Installation) -> None:
    def until(what: str, sign: str) -> str:
        deadline = time.monotonic() + 60
        while sign not in (found := fetch(address, what)):
            assert time.monotonic() < deadline, f"{sign} did not come"
            time.sleep(0.5)
        return found

    with serve(library) as (_, first):
        address = first.split()[-1]
        until("en/search?q=hydrology", "1 work found")
        library.saved("late", {"1.xml": [live("oai:late:1", title="Hydrology come late")]})
        until("en/search?q=hydrology", "2 works found")

        good = (library.config / "sources" / "late.yaml").read_text()
        library.source("late", "pth: late\n")
        done = library.ilim("status")
        assert done.code == 2 and "late.yaml, line 4" in done.words and "path" in done.words
        states = {s["id"]: s for s in library.ilim("status", "--json").json["sources"]}
        assert states["late"]["state"] == "well" and states["late"]["next_run"]
        time.sleep(5)  # the server looks at the files every three seconds
        assert fetch(address, "en/sources").count("Not connected") == 1  # in the legend only

        renamed = good.replace("en: Test", "en: Renamed")
        (library.config / "sources" / "late.yaml").write_text(renamed)
        until("en/sources", "Renamed")
        assert library.ilim("status").code == 0


def test_children_end_with_a_killed_parent(library: Installation) -> None:
    with serve(library) as (process, first):
        process.kill()
        process.wait(10)
        port = int(first.split()[-1].rstrip("/").rsplit(":", 1)[1])
        deadline = time.monotonic() + 30
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)):
                    break
            assert time.monotonic() < deadline, "the web process outlived its parent"
            time.sleep(0.2)


def test_an_interrupted_harvest_says_so(library: Installation) -> None:
    folder = library.config / "lib"
    page = (folder / "2.xml").read_text()
    for number in range(400):
        (folder / f"n{number:03}.xml").write_text(page.replace("oai:x:3", f"oai:n:{number}"))
    process = subprocess.Popen(
        library.command("harvest", "lib"), cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    while not (library.data / "catalogue.sqlite-wal").exists():
        time.sleep(0.02)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=30)
    assert process.returncode == 130 and "Traceback" not in words
    done = library.ilim("harvest", "lib", "--json")
    assert done.code == 0 and library.ilim("status", "--json").json["works"] == 403


def test_a_full_disk_is_told_and_loses_nothing(library: Installation) -> None:
    if os.geteuid() != 0 or not Path("/bin/mount").exists():
        pytest.skip("mounting a small disk needs root")
    library.data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(library.data)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        folder = library.config / "lib"
        page = (folder / "2.xml").read_text()
        noise = "".join(chr(0x400 + (n * 7919) % 96) for n in range(3000))
        for number in range(400):
            text = page.replace("oai:x:3", f"oai:n:{number}").replace("Lake", f"{noise}{number}")
            (folder / f"n{number:03}.xml").write_text(text)
        done = library.ilim("harvest", "lib", "--no-index")
        assert done.code == 3, done.words
        assert "no room left" in done.words and "Traceback" not in done.words
        subprocess.run(["mount", "-o", "remount,size=200m", str(library.data)], check=True)
        again = library.ilim("harvest", "lib", "--json")
        assert again.code == 0, again.words
        assert library.ilim("status", "--json").json["works"] == 403
    finally:
        subprocess.run(["umount", str(library.data)], check=True)
