"""`ilim sources new` and `ilim sources check` from the command line, against real servers."""

import asyncio
import json
import re
import socket
from pathlib import Path

import pytest

from aggregator.quality import FIELDS
from tests.integration.house import Installation, live
from tests.integration.peers import Peer
from tests.shared import ROOT, shared
from tests.unit.connectors.oai_server import DC, Item, Repository, items, serving

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "config" / "sample"
COMPILED = (ROOT / "web" / "locale" / "ru" / "LC_MESSAGES" / "messages.mo").exists()


def test_a_peer_in_three_commands(installation: Installation, oai_peer: Peer) -> None:
    made = installation.ilim("sources", "new", oai_peer.url, "--id", "peer")
    assert made.code == 0, made.words
    file = installation.config / "sources" / "peer.yaml"
    assert made.output.strip() == str(file)
    assert "ilim sources check peer" in made.words
    before = file.read_bytes()
    assert before.startswith(b"# yaml-language-server: $schema=../source.schema.json\n")
    schema = (installation.config / "source.schema.json").read_text(encoding="utf-8")
    assert schema == installation.ilim("sources", "schema").output
    found = installation.ilim("sources", "check", "peer", "--json", "--records", "60")
    assert found.code == 0, found.words
    figures = found.json
    assert figures["records"] == 60 and figures["rejected"] == 0
    assert figures["fields"].keys() == FIELDS.keys()
    assert figures["fields"]["title"]["share"] > 0.9
    assert len(figures["examples"]) == 5
    if oai_peer.name != "pyoai":
        assert figures["total"] == len(oai_peer.pool)
        assert figures["harvest_seconds"] >= 93  # 94 pages, one a second
    assert not installation.data.exists(), "nothing may be saved"
    assert file.read_bytes() == before
    text = installation.ilim("sources", "check", "peer", "--records", "5")
    assert text.code == 0 and "title" in text.output and "Nothing was saved" in text.words
    done = installation.ilim("harvest", "peer", "--limit", "50", "--json")
    assert done.code == 0 and done.json["runs"][0]["new"] > 0


async def test_a_small_server(installation: Installation) -> None:
    content = (
        f"<metadata>{DC}<dc:title>Лавина</dc:title><dc:date>давно</dc:date>"
        "<dc:language>xqq</dc:language><dc:type>Нечто</dc:type></oai_dc:dc></metadata>"
    )
    odd = [Item("oai:x:90", content=content), Item("oai:x:91", content="<metadata/>")]
    repository = Repository([*items(3), *odd, Item("oai:x:92", deleted=True)], page=10)

    async with serving(repository) as url:
        made = await asyncio.to_thread(installation.ilim, "sources", "new", url, "--id", "small")
        assert made.code == 0, made.words
        file = installation.config / "sources" / "small.yaml"
        # The server offers marcxml and cannot make it: what the librarian would correct.
        file.write_text(file.read_text().replace("formats: marcxml", "formats: oai_dc"))
        again = await asyncio.to_thread(installation.ilim, "sources", "new", url, "--id", "small")
        assert again.code == 2 and "stays as it is" in again.words
        found = await asyncio.to_thread(installation.ilim, "sources", "check", "small", "--json")
    assert found.code == 1, found.words  # one of five cannot be read
    figures = found.json
    assert (figures["records"], figures["rejected"], figures["deleted"]) == (4, 1, 1)
    assert (figures["received"], figures["total"], figures["ended"]) == (6, 6, True)
    assert figures["not_understood"] == {
        "date": [["давно", 1]],
        "language": [["xqq", 1]],
        "type": [["Нечто", 1]],
    }
    assert figures["fields"]["title"] == {"records": 4, "share": 1.0}


def test_a_folder_of_marc_and_what_joins(installation: Installation) -> None:
    made = installation.ilim("sources", "new", str(SAMPLE / "marc"), "--id", "library")
    assert made.code == 0, made.words
    found = installation.ilim("sources", "check", "library", "--json").json
    assert (found["records"], found["joined"]["records"], found["ended"]) == (31, 0, True)
    doi = "https://doi.org/10.1000/182"
    installation.saved("here", {"1.xml": [live("oai:x:1", title="Манас", identifier=doi)]})
    installation.saved(
        "next",
        {"1.xml": [live("oai:y:1", title="Manas", identifier=doi), live("oai:y:2", title="Чоң")]},
    )
    assert installation.ilim("harvest", "here").code == 0
    works = installation.ilim("status", "--json").json["works"]
    found = installation.ilim("sources", "check", "next", "--json").json
    assert found["joined"] == {"records": 1, "share": 0.5}
    status = installation.ilim("status", "--json").json
    assert status["works"] == works
    assert {s["id"]: s["records"] for s in status["sources"]} == {
        "here": 1, "library": 0, "next": 0,
    }  # fmt: skip


def test_a_real_catalogue_in_another_encoding(installation: Installation) -> None:
    file = shared("data", "records", "amironov73+ManagedIrbis")
    exports = [one for one in file.rglob("*") if one.suffix.lower() in (".iso", ".mrc")]
    if not exports:
        pytest.skip("no ISO 2709 among the real records")
    made = installation.ilim("sources", "new", str(exports[0]), "--id", "irbis")
    assert made.code == 0, made.words
    found = installation.ilim("sources", "check", "irbis", "--json")
    assert found.json["encodings"], found.words


def test_the_page_for_the_partner(installation: Installation, tmp_path: Path) -> None:
    if not COMPILED:
        pytest.skip("the texts of the pages are not compiled (make install)")
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;"
    installation.saved("lib", {"1.xml": [live("oai:x:1", title=evil, date=evil)]})
    page = tmp_path / "page.html"
    done = installation.ilim("sources", "check", "lib", "--html", str(page), "--lang", "ky")
    assert done.code == 0, done.words
    html = page.read_text(encoding="utf-8")
    assert '<html lang="ky">' in html and "<script" not in html and "&lt;script&gt;" in html
    bad = live("oai:x:2", title="x").replace("oai_dc:dc", "oai_dc:etd")
    installation.saved("lib", {"1.xml": [live("oai:x:1", title="Манас"), bad]})
    told = installation.ilim(
        "sources", "check", "lib", "--html", str(page), "--lang", "ky", LANGUAGE="ru"
    )
    assert told.code == 1 and "Ничего не сохранено" in told.words
    assert "Dublin Core эмес" in page.read_text(encoding="utf-8")  # why, in the partner's language
    installation.source("lib", "path: lib\ncorrespondence: ru\n")
    installation.ilim("sources", "check", "lib", "--html", str(page))
    assert '<html lang="ru">' in page.read_text(encoding="utf-8")
    nowhere = tmp_path / "no" / "page.html"
    failed = installation.ilim("sources", "check", "lib", "--html", str(nowhere))
    assert failed.code == 3 and str(nowhere) in failed.words


def test_control_signs_do_not_reach_the_terminal(installation: Installation) -> None:
    installation.saved("lib", {"1.xml": [live("oai:x:1", title="a&#x202E;b&#x9b;31m")]})
    done = installation.ilim("sources", "check", "lib")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.output)


def test_a_table_is_made_or_told(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "projects.csv"
    file.write_text("id;title;donor\n1;Суу;ADB\n2;Жол;\n", encoding="utf-8")
    made = installation.ilim("sources", "new", str(file))
    if made.code == 2:
        assert "is a table" in made.words and "no connector for tables" in made.words
        assert not (installation.config / "sources" / "projects.yaml").exists()
        return
    found = installation.ilim("sources", "check", "projects", "--json").json
    assert found["records"] == 2 and found["fields"]["title"]["records"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["new", "no such file"], 2, "no file or folder"),
        (["new", "ftp://host/x"], 2, "no web address"),
        (["new", str(SAMPLE), "--id", "Big Id"], 2, "cannot be an id"),
        (["new", str(ROOT / "Makefile")], 2, "neither OAI-PMH"),
        (["check", "nothing"], 2, "There is no source 'nothing'"),
        (["check", "lub"], 2, "Did you mean 'lib'?"),
        (["check", "lost"], 3, "nowhere"),
        (["check", "lib", "--records", "0"], 2, "--records"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    installation: Installation, arguments: list[str], code: int, words: str
) -> None:
    installation.saved("lib", {"1.xml": [live("oai:x:1", title="a")]})
    installation.source("lost", "path: nowhere\n")
    done = installation.ilim("sources", *arguments)
    assert done.code == code, done.words
    assert words in done.words and "Traceback" not in done.words and done.output == ""


def test_nobody_answers(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/oai"
        installation.source("dead", f"url: {url}\nhttp: {{interval: 0, retries: 0}}\n")
        for arguments in (["new", url], ["check", "dead", "--json"]):
            done = installation.ilim("sources", *arguments)
            assert done.code == 3 and "cannot be reached" in done.words
            assert "Traceback" not in done.words and done.output == ""


def test_the_figures_are_one_document(installation: Installation) -> None:
    installation.saved("lib", {"1.xml": [live("oai:x:1", title="a")]})
    done = installation.ilim("sources", "check", "lib", "--json")
    assert json.loads(done.output)["source"] == "lib" and done.output.count("\n") == 1
