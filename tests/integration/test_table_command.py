"""Tables through the real command line: from a path and an address, a mapping that changes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.integration.house import Installation
from tests.shared import ROOT, shared
from tests.unit.connectors.tables import workbook

pytestmark = pytest.mark.slow

DATA = ROOT / "tests" / "data" / "table"
SOURCE = """\
id: {id}
name: {{ky: Долбоорлор, ru: Проекты, en: Projects}}
connector: table
language: ru
{place}
http: {{interval: 0}}
mapping:
  local_id: "№"
  title:
    - {{column: Аталышы, lang: ky}}
    - {{column: Название, lang: ru}}
    - {{column: Title, lang: en}}
  creators: {{column: Исполнители, split: ";"}}
  donor: Донор
  issued: Начало
  type: {{constant: project}}
  access: {{column: Статус, map: {{открыт: open, закрыт: restricted}}}}
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder as a web site on loopback: its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write(installation: Installation, id: str, place: str, source: str = SOURCE) -> Path:
    file = installation.config / "sources" / f"{id}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source.format(id=id, place=place), encoding="utf-8")
    return file


def test_a_register_from_a_path_and_a_workbook_from_an_address(
    installation: Installation, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    header = ("№", "Аталышы", "Название", "Title", "Донор", "Начало", "Статус", "Исполнители")
    row = ("X-1", "Тоо жолдору", "Горные дороги", "Mountain roads", "АБР", 2015.0, "открыт", "НАН")
    workbook(site / "projects.xlsx", {"2015": [header, row]})
    write(installation, "donors", f"path: {DATA / 'projects.csv'}")
    with served(site) as address:
        write(installation, "portal", f"url: {address}/projects.xlsx")
        done = installation.ilim("harvest", "--json")
    runs = {run["source"]: run for run in done.json["runs"]}
    assert done.code == 1, "a sixth of the register is in quarantine"
    assert [(run["verdict"], run["new"], run["rejected"]) for run in runs.values()] == [
        ("complete", 5, 1), ("complete", 1, 0),
    ]  # fmt: skip
    [refused] = installation.ilim("quarantine", "--json").json
    assert "projects.csv, line 8: the row has no identifier" in refused["reason"]
    found = installation.ilim("search", "Mountain roads type:project", "--json").json["hits"]
    assert (found[0]["title"], found[0]["year"]) == ("Тоо жолдору", 2015)
    assert [hit["sources"] for hit in found] == [["portal"], ["donors"]]

    again = installation.ilim("harvest", "donors", "--json").json["runs"][0]
    assert (again["verdict"], again["unchanged"], again["new"]) == ("complete", 5, 0)


def test_a_changed_mapping_is_applied_to_what_is_stored(installation: Installation) -> None:
    file = write(installation, "donors", f"path: {DATA / 'projects.csv'}")
    installation.ilim("harvest")
    assert installation.ilim("search", "subject:ЮНИСЕФ", "--json").json["total"] == 0
    file.write_text(file.read_text().replace("  donor: Донор", "  subjects: Донор"))
    done = installation.ilim("recrosswalk")
    assert done.code == 0, done.words
    assert "Records changed: 5" in done.words
    assert installation.ilim("search", "subject:ЮНИСЕФ", "--json").json["total"] == 1
    assert "Read again: 0" in installation.ilim("recrosswalk").words


def test_a_misspelt_column_is_told_before_anything_is_stored(installation: Installation) -> None:
    wrong = SOURCE.replace("donor: Донор", "donor: Донар")
    write(installation, "donors", f"path: {DATA / 'projects.csv'}", wrong)
    done = installation.ilim("harvest", "--json")
    [run] = done.json["runs"]
    assert (done.code, run["verdict"], run["received"]) == (1, "failed", 0)
    assert "mapping.donor names the column 'Донар' (did you mean 'Донор'?)" in run["reason"]


JOURNALS = """\
id: {id}
name: {{ky: Журналдар, ru: Журналы, en: Journals}}
connector: table
{place}
mapping:
  local_id: {{columns: [issn, title, date_removed], join: "/"}}
  title: title
  publisher: {{column: publisher, split: "|"}}
  type: {{constant: journal}}
  issn: {{column: issns, split: "|"}}
  notes: reason
"""


def test_a_real_list_of_journals(installation: Installation) -> None:
    """Every row of a real CSV is a record or has a reason why it is none."""
    file = shared(
        "data", "records", "slub+doaj-changelog", "data",
        "doaj_changelog_withdrawn_list_enriched_utf8.csv",
    )  # fmt: skip
    write(installation, "journals", f"path: {file.resolve()}", JOURNALS)
    [run] = installation.ilim("harvest", "--json", "--no-index").json["runs"]
    rows = len(file.read_bytes().splitlines()) - 1
    assert run["received"] == rows
    assert run["new"] + run["unchanged"] + run["rejected"] == rows
    assert run["rejected"] < rows * 0.05
