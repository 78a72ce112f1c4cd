"""A partner is added as docs/add-a-source.md says, in at most three commands and nothing else.

The servers are the independent peers; the export is a real one. Each command is the document's own,
run in an empty house as a new user would; the readers' language differs from case to case.
"""

import json
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.documents import blocks, commands, section
from tests.integration.house import Done, Installation
from tests.integration.peers import Peer, PoolRecord
from tests.shared import shared

pytestmark = pytest.mark.slow

DC = "{http://purl.org/dc/elements/1.1/}"
SAVED = {"ky": "Эч нерсе сакталган жок", "ru": "Ничего не сохранено", "en": "Nothing was saved"}
"""What the check says at its end."""

READER = {"pyoai": "ky", "xoai": "ru", "oai-repo": "en"}


@dataclass(frozen=True)
class Followed:
    """What the document's three commands did, and the house they did it in."""

    new: Done
    check: Done
    harvest: Done
    house: Installation
    id: str


def follow(empty: Installation, language: str, number: int, address: str = "") -> Followed:
    """Run the commands of the document's ``number``-th example where it says: in the installation's
    folder. ``address`` stands for the document's own."""
    block = blocks(section("add-a-source.md", language), "sh")[number]
    lines = commands(f"```sh\n{block}```\n")
    assert len(lines) <= 3
    house = replace(empty, place=empty.folder)
    done: list[Done] = []
    id = ""
    for words in lines:
        assert words[0] == "ilim"
        given = [address if word.startswith("https://") else word for word in words[1:]]
        done.append(house.ilim(*given, timeout=300, LANGUAGE=language))
        assert done[-1].code == 0, (words, done[-1].words)
        assert "Traceback" not in done[-1].words and "\x1b" not in done[-1].output
        id = words[-1]
    new, check, harvest = done
    assert SAVED[language] in check.words
    return Followed(new, check, harvest, house, id)


def arrived(followed: Followed) -> dict[str, dict[str, Any]]:
    """The records that came, by their local ids."""
    lines = followed.house.ilim("records", "--source", followed.id).output.splitlines()
    return {record["local_id"]: record for record in map(json.loads, lines)}


def found(house: Installation, query: str) -> set[str]:
    """The titles that a search finds."""
    done = house.ilim("search", query, "--json")
    assert done.code == 0, done.words
    return {hit["title"] for hit in done.json["hits"]}


def title(record: PoolRecord) -> str:
    """The first title of a recorded record, read from its bytes."""
    return " ".join((etree.fromstring(record.body).findtext(f".//{DC}title") or "").split())


def test_each_peer_is_added_in_three_commands(installation: Installation, small_peer: Peer) -> None:
    living = [record for record in small_peer.told if not record.deleted]
    assert len(living) > 700
    followed = follow(installation, READER[small_peer.name], 0, small_peer.url)
    file = installation.config / "sources" / f"{followed.id}.yaml"
    assert small_peer.url in file.read_text(encoding="utf-8")
    assert re.findall(r"^[1-5]\. ", followed.check.output, re.M) == [f"{n}. " for n in range(1, 6)]

    silent = {one.id for one in living if "<dc:title" not in one.body and "<dc:status" in one.body}
    assert 0 < len(silent) < 20  # withdrawn from Dryad: they hold a status and nothing else
    assert set(arrived(followed)) == {record.id for record in living} - silent
    quarantine = installation.ilim("quarantine", "--source", followed.id, "--json").json
    assert {refused["local_id"] for refused in quarantine} == silent
    [status] = installation.ilim("status", "--json").json["sources"]
    assert status["last_run"]["verdict"] == "complete"
    # Records whose title is a sentence in plain letters are found by it, whatever joined them.
    plain = [one for one in living if re.fullmatch(r"[A-Z][A-Za-z ,]{30,90}", title(one))]
    assert len(plain) > 50
    for record in plain[:: len(plain) // 4]:
        assert title(record) in found(installation, title(record))


def test_an_irbis_export_is_added_in_three_commands(installation: Installation) -> None:
    export = shared("data", "records", "amironov73+ManagedIrbis", "TestData", "TEST1.ISO")
    folder = installation.config / "exports" / "library"
    folder.mkdir(parents=True)
    shutil.copyfile(export, folder / export.name)
    followed = follow(installation, "ru", 1)
    # The export has a line break every 80 bytes, and each record ends with 0x1D.
    text = export.read_bytes().replace(b"\r\n", b"").decode("windows-1251")
    titles = re.findall("\x1e[01 ][01 ]\x1fa([^\x1e\x1f\x1d]+)(?:[^\x1d]*)\x1d", text)
    assert len(titles) == text.count("\x1d") == 81
    assert len(arrived(followed)) == 81
    assert "windows-1251" in followed.check.output
    assert any("Казахстана" in title for title in found(installation, "история Казахстана"))
    assert found(installation, "туризм: история и современность")


def test_a_donors_table_is_added_in_three_commands(installation: Installation) -> None:
    [table] = blocks(section("add-a-source.md", "en"), "csv")
    exports = installation.config / "exports"
    exports.mkdir(parents=True)
    (exports / "projects.csv").write_text(table, encoding="utf-8")
    followed = follow(installation, "ky", 2)
    assert set(arrived(followed)) == {"D-001", "D-002"}
    assert len(found(installation, "мектептери")) == 1
    assert Path(installation.data, "catalogue.sqlite").exists()
