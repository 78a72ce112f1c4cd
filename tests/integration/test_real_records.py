"""The recorded real records of ILIM_SHARED through the real connectors: each accounted for."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.house import Installation
from tests.integration.peers import Peer
from tests.shared import shared

pytestmark = pytest.mark.slow


def arrived(installation: Installation, source: str) -> dict[str, dict[str, Any]]:
    """Local id -> record, as `ilim records` prints them."""
    lines = installation.ilim("records", "--source", source).output.splitlines()
    records = [json.loads(line) for line in lines]
    found = {record["local_id"]: record for record in records}
    assert len(found) == len(records), "a record is there twice"
    return found


def test_every_recorded_oai_record_arrives(installation: Installation, oai_peer: Peer) -> None:
    pool = oai_peer.pool
    assert len(pool) == 9354 and sum(record.deleted for record in pool) == 20
    installation.source("peer", f"url: {oai_peer.url}\nhttp: {{interval: 0}}\n")
    done = installation.ilim("harvest", "peer", "--no-index", "--json", timeout=300)
    [run] = done.json["runs"]
    assert run["verdict"] == "complete", run
    assert run["received"] == len(oai_peer.told)

    records = arrived(installation, "peer")
    quarantine = installation.ilim("quarantine", "--source", "peer", "--json").json
    refused = {q["local_id"]: q["reason"] for q in quarantine}
    unaccounted = [
        record.id
        for record in pool
        if not record.deleted and record.id not in records and not refused.get(record.id)
    ]
    assert unaccounted == []
    assert records.keys() | refused.keys() == {r.id for r in pool if not r.deleted}
    # Withdrawn from Dryad, but not deleted there: they hold a status and nothing else.
    silent = {r.id for r in pool if "<dc:title>" not in r.body and "<dc:status>" in r.body}
    assert refused.keys() == silent and len(silent) == 132
    assert all("Item is not available" in reason for reason in refused.values())
    untitled = [id for id, record in records.items() if not record["titles"]]
    assert untitled == []
    [source] = installation.ilim("status", "--json").json["sources"]
    assert (source["records"], source["deleted"]) == (
        9334 - len(refused),
        sum(record.deleted for record in oai_peer.told),
    )

    again = installation.ilim("harvest", "peer", "--full", "--no-index", "--json", timeout=300)
    [second] = again.json["runs"]
    assert (second["verdict"], second["new"], second["changed"]) == ("complete", 0, 0)


def test_every_marc_record_of_a_real_library_arrives(installation: Installation) -> None:
    path = next(shared("data", "records", "solrmarc+solrmarc").rglob("uva_001_2000.mrc"))
    expected = control_numbers(path)
    assert len(expected) == 2000
    installation.source("uva", f"path: {path}\n")
    text = (installation.config / "sources" / "uva.yaml").read_text()
    (installation.config / "sources" / "uva.yaml").write_text(
        text.replace("connector: oai_pmh", "connector: marc_file")
    )
    done = installation.ilim("harvest", "uva", "--json", timeout=300)
    [run] = done.json["runs"]
    assert (run["verdict"], run["received"]) == ("complete", 2000), run

    records = arrived(installation, "uva")
    quarantine = installation.ilim("quarantine", "--source", "uva", "--json").json
    refused = {q["local_id"] for q in quarantine}
    assert records.keys() | refused == expected, "each record is stored or quarantined by name"
    assert not refused, quarantine
    assert all(record["titles"] for record in records.values())
    status = installation.ilim("status", "--json").json
    assert status["index"]["behind"] == 0 and status["index"]["works"] == status["works"]


def control_numbers(path: Path) -> set[str]:
    """Field 001 of every record, read from the directory (ISO 2709) without any library."""
    numbers = set()
    for raw in path.read_bytes().split(b"\x1d"):
        if len(raw) < 25:
            continue
        base = int(raw[12:17])
        directory = raw[24 : base - 1]
        for start in range(0, len(directory), 12):
            tag, length, offset = (
                directory[start : start + 3],
                int(directory[start + 3 : start + 7]),
                int(directory[start + 7 : start + 12]),
            )
            if tag == b"001":
                field = raw[base + offset : base + offset + length - 1]
                numbers.add(field.decode().strip())
                break
    return numbers


def test_every_recorded_datacite_record_arrives_with_its_title(
    installation: Installation, tmp_path: Path
) -> None:
    """Zenodo's recorded reply, read as a folder of saved responses."""
    page = shared("data", "records", "afuetterer+oaipmh-scythe", "unpacked", "list_records.05.xml")
    folder = tmp_path / "replies"
    folder.mkdir()
    (folder / page.name).symlink_to(page)
    installation.source("zenodo", f"path: {folder}\nformats: datacite\n")
    done = installation.ilim("harvest", "zenodo", "--no-index", "--json", timeout=300)
    [run] = done.json["runs"]
    records = arrived(installation, "zenodo")
    assert run["received"] == len(records) == page.read_bytes().count(b"<record>")
    assert all(record["titles"] and record["issued"]["min"] for record in records.values())
    assert installation.ilim("quarantine", "--source", "zenodo", "--json").json == []
