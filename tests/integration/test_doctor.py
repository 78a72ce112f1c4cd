"""`ilim doctor` on installations with one thing wrong each."""

import sqlite3
from typing import Any

import pytest

from tests.integration.house import Done, Installation, deleted, live
from tests.servers.elasticsearch import ElasticsearchServer

pytestmark = pytest.mark.slow


def findings(done: Done) -> dict[str, list[dict[str, Any]]]:
    """Area -> its findings."""
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in done.json["findings"]:
        found.setdefault(finding["area"], []).append(finding)
    return found


def levels(done: Done) -> dict[str, set[str]]:
    return {area: {one["level"] for one in some} for area, some in findings(done).items()}


@pytest.fixture
def library(installation: Installation) -> Installation:
    installation.saved(
        "lib",
        {
            "1.xml": [
                live("oai:x:1", title="Жамийла"),
                live("oai:x:2", title="Семетей"),
                deleted("oai:x:3"),
            ]
        },
    )
    return installation


AREAS = {"configuration", "disk", "store", "engine", "clock", "leases", "sources"}


def test_all_is_well(library: Installation) -> None:
    assert library.ilim("harvest").code == 0
    done = library.ilim("doctor", "--json")
    assert done.code == 0
    assert levels(done) == {area: {"well"} for area in AREAS}
    said = library.ilim("doctor")
    assert said.code == 0
    assert "2 records in 2 works" in said.output
    assert "lib answers; records on its first page: 3" in said.output


def test_nothing_is_there_yet(library: Installation) -> None:
    done = library.ilim("doctor", "--json", "--no-sources")
    assert done.code == 0
    assert levels(done)["engine"] == {"warning"}
    assert "ilim reindex" in findings(done)["engine"][0]["advice"]
    assert "sources" not in levels(done)


def test_wrong_configuration_is_all_that_is_told(library: Installation) -> None:
    library.source("lib", "pathh: lib\n")
    done = library.ilim("doctor", "--json")
    assert done.code == 2
    assert levels(done) == {"configuration": {"wrong"}}
    assert "did you mean 'path'" in findings(done)["configuration"][0]["said"]


def test_a_data_folder_that_is_none(library: Installation) -> None:
    library.data.write_text("a file")
    done = library.ilim("doctor", "--json")
    assert done.code == 3
    assert levels(done)["disk"] == {"away"}


def test_what_waits_and_what_could_not_be_read(library: Installation) -> None:
    library.saved("bad", {"1.xml": [live("oai:b:1", title="x").replace("oai_dc:dc", "oai_dc:etd")]})
    library.ilim("harvest", "--no-index")
    done = library.ilim("doctor", "--json", "--no-sources")
    assert done.code == 0
    said = [one["said"] for one in findings(done)["store"]]
    assert any("Payloads that could not be read: 1" in text for text in said)
    assert any("wait to become works" in text for text in said)


def test_a_source_that_does_not_answer(library: Installation) -> None:
    library.source("far", "url: http://127.0.0.1:9/oai\nhttp: {retries: 0}\n")
    library.source("gone", "path: nowhere\n")
    assert library.ilim("harvest", "lib").code == 0
    done = library.ilim("doctor", "--json")
    assert done.code == 0  # a source's trouble is its own
    said = {one["said"].split(":")[0]: one for one in findings(done)["sources"]}
    assert said["far"]["level"] == said["gone"]["level"] == "warning"
    assert "127.0.0.1:9" in said["far"]["said"]


def test_a_source_that_was_removed_is_not_asked(library: Installation) -> None:
    library.source("far", "url: http://127.0.0.1:9/oai\nhttp: {retries: 0}\n")
    assert library.ilim("harvest", "lib").code == 0
    for id in ("lib", "far"):
        assert library.ilim("sources", "remove", id).code == 0
    done = library.ilim("doctor", "--json")
    assert done.code == 0 and "Asking" not in done.words
    assert levels(done)["sources"] == {"well"}
    said = [one["said"] for one in findings(done)["sources"]]
    assert len(said) == 2 and all("was removed on" in text for text in said)
    assert library.ilim("sources", "restore", "far").code == 0
    assert levels(library.ilim("doctor", "--json"))["sources"] == {"well", "warning"}


def test_a_database_of_a_newer_program_and_a_clock_set_back(library: Installation) -> None:
    assert library.ilim("harvest").code == 0
    with sqlite3.connect(library.data / "catalogue.sqlite") as store:
        store.execute("UPDATE runs SET started = '2999-01-01T00:00:00+00:00'")
    done = library.ilim("doctor", "--json", "--no-sources")
    assert done.code == 0
    assert levels(done)["clock"] == {"warning"}
    assert "2999" in findings(done)["clock"][0]["said"]
    with sqlite3.connect(library.data / "catalogue.sqlite") as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    done = library.ilim("doctor", "--json", "--no-sources")
    assert done.code == 2
    assert levels(done)["store"] == {"wrong"}
    assert "newer than this program" in findings(done)["store"][0]["said"]


def test_an_index_that_lost_works_and_one_whose_files_are_broken(library: Installation) -> None:
    assert library.ilim("harvest").code == 0
    with sqlite3.connect(library.data / "catalogue.sqlite") as store:  # as no follower could see
        store.execute("UPDATE works SET state = 'withdrawn' WHERE change = 1")
    done = library.ilim("doctor", "--json", "--no-sources")
    assert "shows 2 works and the store has 1" in str(findings(done)["engine"])
    [file, *_] = sorted((library.data / "index").rglob("*.store"))
    file.write_bytes(b"")
    done = library.ilim("doctor", "--json", "--no-sources")
    assert done.code == 0
    assert "ilim reindex" in str(findings(done)["engine"])
    assert levels(done)["engine"] == {"warning"}


def test_what_a_cluster_lacks(
    library: Installation, own_elasticsearch: ElasticsearchServer
) -> None:
    own_elasticsearch.start()
    (library.config / "ilim.yaml").write_text(
        "engine: elasticsearch\n"
        f"elasticsearch: {{nodes: ['{own_elasticsearch.url}'], index: lacking}}\n"
    )
    assert library.ilim("harvest").code == 0
    assert levels(library.ilim("doctor", "--json", "--no-sources"))["engine"] == {"well"}
    for setting, said in (
        ({"index.number_of_replicas": 1}, "yellow"),
        ({"index.number_of_replicas": 0, "index.blocks.write": True}, "index.blocks.write"),
    ):
        assert own_elasticsearch.request("PUT", "/lacking/_settings", setting)[0] == 200
        done = library.ilim("doctor", "--json", "--no-sources")
        assert done.code == 0
        assert said in str(findings(done)["engine"])
