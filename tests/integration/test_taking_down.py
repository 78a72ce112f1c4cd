"""Takedowns and removed sources through the real command line, whatever is harvested after them."""

import urllib.error
import urllib.request

import pytest

from tests.integration.house import Installation, deleted, live
from tests.integration.test_command import JAMILA, LAKE, MANAS, serve
from tests.integration.test_elastic_command import configure
from tests.servers.elasticsearch import ElasticsearchServer

pytestmark = pytest.mark.slow


@pytest.fixture
def library(installation: Installation) -> Installation:
    """Three works of two sources; one of them in both."""
    installation.saved("lib", {"1.xml": [MANAS, JAMILA], "2.xml": [LAKE, deleted("oai:x:4")]})
    installation.saved("other", {"1.xml": [MANAS.replace("oai:x:1", "oai:y:1")]})
    harvest(installation)
    return installation


def harvest(installation: Installation) -> None:
    """One source after the other: the work of both is named after the record that came first."""
    for source in ("lib", "other"):
        assert installation.ilim("harvest", source).code == 0


def titles(installation: Installation) -> list[str]:
    """What a search for everything finds."""
    found = installation.ilim("search", "", "--sort", "title", "--json").json
    assert found["total"] == len(found["hits"])
    return [hit["title"] for hit in found["hits"]]


def work_of(installation: Installation, query: str) -> str:
    [hit] = installation.ilim("search", query, "--json").json["hits"]
    return str(hit["id"])


def answer(address: str, path: str) -> int:
    try:
        with urllib.request.urlopen(address + path, timeout=10) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_work_taken_down_stays_down_until_it_is_undone(library: Installation) -> None:
    everything, manas = titles(library), work_of(library, "манас эпосу")
    done = library.ilim("suppress", manas, "--reason", "asked for by the heirs", "--json")
    assert done.code == 0, done.words
    assert {one["record"] for one in done.json} == {"lib/oai:x:1", "other/oai:y:1"}
    left = [title for title in everything if "Манас" not in title]
    assert titles(library) == left and len(left) == 2

    # It comes again, changed; everything is harvested, read and indexed anew.
    page = library.config / "lib" / "1.xml"
    page.write_text(page.read_text().replace("1978", "1979"))
    again = library.ilim("harvest", "--full", "--json")
    assert again.code == 0 and [run["changed"] for run in again.json["runs"]] == [1, 0]
    assert library.ilim("recrosswalk").code == 0
    assert library.ilim("reindex").code == 0
    assert titles(library) == left
    assert "oai:x:1" not in library.ilim("records").output
    shown = library.ilim("show", manas)
    assert "taken down" in shown.output and "asked for by the heirs" in shown.output
    assert library.ilim("show", manas, "--json").json["state"] == "withdrawn"
    sources = {s["id"]: s for s in library.ilim("status", "--json").json["sources"]}
    assert [(s["records"], s["suppressed"]) for s in sources.values()] == [(2, 1), (0, 1)]

    listed = library.ilim("suppress", "--list", "--json").json
    assert listed == done.json
    assert listed[0].keys() == {"record", "work", "reason", "who", "at"}
    assert {one["reason"] for one in listed} == {"asked for by the heirs"}
    twice = library.ilim("suppress", manas, "--reason", "other", "--json")
    assert twice.code == 0 and twice.json == listed

    # Even where the catalogue is made anew from nothing.
    for path in library.data.glob("catalogue.sqlite*"):
        path.unlink()
    harvest(library)
    assert titles(library) == left

    with serve(library) as (_, first):
        address = first.split()[-1]
        assert answer(address, f"ky/work/{manas}") in (404, 410)
        undone = library.ilim("suppress", "--undo", manas)
        assert undone.code == 0, undone.words
        assert answer(address, f"ky/work/{manas}") == 200
        assert library.ilim("suppress", manas).code == 0
        assert answer(address, f"ky/work/{manas}") == 410
        assert library.ilim("suppress", manas, "--undo").code == 0
    assert titles(library) == everything
    assert library.ilim("suppress", "--list", "--json").json == []


def test_one_record_of_a_work_is_taken_down(library: Installation) -> None:
    manas = work_of(library, "манас эпосу")
    done = library.ilim("suppress", "lib/oai:x:1")
    assert done.code == 0 and "lib/oai:x:1" in done.words
    shown = library.ilim("show", manas, "--json").json
    assert [(r["source"], r["local_id"]) for r in shown["records"]] == [("other", "oai:y:1")]
    assert library.ilim("suppress", "--undo", "lib/oai:x:1").code == 0
    assert len(library.ilim("show", manas, "--json").json["records"]) == 2


def test_a_partner_leaves_and_comes_back(library: Installation) -> None:
    everything, file = titles(library), library.config / "sources" / "lib.yaml"
    text = file.read_text()
    done = library.ilim("sources", "remove", "lib", "--reason", "its contract ended")
    assert done.code == 0, done.words
    assert str(file) in done.words and "enabled: false" in done.words and file.read_text() == text
    left = titles(library)
    assert len(left) == 1 and "Манас" in left[0]

    refused = library.ilim("harvest", "lib")
    assert refused.code == 2 and "Traceback" not in refused.words
    assert "its contract ended" in refused.words and "sources restore lib" in refused.words
    rest = library.ilim("harvest", "--json")
    assert rest.code == 0 and [run["source"] for run in rest.json["runs"]] == ["other"]
    assert library.ilim("recrosswalk").code == library.ilim("reindex").code == 0
    assert titles(library) == left

    lib, other = library.ilim("status", "--json").json["sources"]
    assert (lib["state"], lib["records"], lib["suppressed"]) == ("off", 0, 3)
    assert lib["removed"]["reason"] == "its contract ended" and other["removed"] is None
    listed = library.ilim("sources", "--json").json
    assert [(s["state"], bool(s["removed"])) for s in listed] == [("off", True), ("well", False)]
    assert "its contract ended" in library.ilim("sources").output

    file.unlink()  # as it says; what it brought can still come back
    assert library.ilim("sources", "restore", "lib").code == 0
    assert titles(library) == everything
    assert library.ilim("sources", "restore", "lib").code == 2


def test_wrong_names_are_told_in_a_sentence(library: Installation) -> None:
    library.ilim("suppress", "lib/oai:x:2")
    for arguments, words in (
        (["suppress"], "Name works or records"),
        (["suppress", "--list", "lib/oai:x:1"], "Name works or records"),
        (["suppress", "nothing"], "no work 'nothing'"),
        (["suppress", "lib/oai:x:1", "lib/oai:x:9"], "no record 'lib/oai:x:9'"),
        (["suppress", "--undo", ""], "was not taken down"),
        (["suppress", "--undo", "lib/oai:x:1"], "was not taken down"),
        (["sources", "remove", "lub"], "Did you mean 'lib'?"),
        (["sources", "restore", "lib"], "No source 'lib' was removed"),
    ):
        done = library.ilim(*arguments)
        assert done.code == 2 and words in done.words, (arguments, done.words)
        assert "Traceback" not in done.words
    assert [o["record"] for o in library.ilim("suppress", "--list", "--json").json] == [
        "lib/oai:x:2"
    ]


def test_a_takedown_does_not_wait_for_its_index(library: Installation) -> None:
    assert library.ilim("suppress", "lib/oai:x:2", "--no-index").code == 0
    assert len(titles(library)) == 3
    assert library.ilim("harvest", "other").code == 0
    assert len(titles(library)) == 2


def test_a_new_record_of_a_work_taken_down_is_a_work_of_its_own(library: Installation) -> None:
    """What is taken down are records: another source's is shown, at an address of its own."""
    manas = work_of(library, "манас эпосу")
    assert library.ilim("suppress", manas).code == 0
    another = live("oai:z:1", title="Манас", identifier="https://doi.org/10.5555/manas")
    library.saved("third", {"1.xml": [another]})
    assert library.ilim("harvest").code == 0
    assert work_of(library, "манас") != manas


def test_takedowns_hold_on_elasticsearch_too(
    installation: Installation, elasticsearch_server: ElasticsearchServer
) -> None:
    """Through a harvest of everything and an index filled anew; and their undoing."""
    configure(installation, "takedowns", elasticsearch_server.url)
    settings = installation.config / "ilim.yaml"
    settings.write_text(settings.read_text().replace("timeout: 2", "timeout: 60"))
    installation.saved("lib", {"1.xml": [JAMILA, LAKE]})
    installation.saved("other", {"1.xml": [MANAS]})
    harvest(installation)
    everything = titles(installation)
    assert installation.ilim("suppress", "lib/oai:x:2").code == 0
    assert installation.ilim("sources", "remove", "other").code == 0
    assert titles(installation) == ["Lake Issyk-Kul: hydrology"]
    assert installation.ilim("harvest", "lib", "--full").code == 0
    assert installation.ilim("reindex").code == 0
    assert titles(installation) == ["Lake Issyk-Kul: hydrology"]
    assert installation.ilim("suppress", "--undo", "lib/oai:x:2").code == 0
    assert installation.ilim("sources", "restore", "other").code == 0
    assert titles(installation) == everything and len(everything) == 3
