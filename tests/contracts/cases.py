"""The small partner of each connector, for the contract suite."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from lxml import etree

from connectors.contract import Case
from connectors.registry import CONNECTORS
from tests.shared import ROOT
from tests.unit.connectors.oai_server import Item, Query, Repository, serving

DATA = ROOT / "tests" / "data" / "connectors"
EXAMPLE = ROOT / "docs" / "example-connector"


def _text(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Rewrites a file of the copy; fails when there is nothing to change."""

    def edit(folder: Path) -> None:
        file = folder / name
        before = file.read_bytes().decode("utf-8", "surrogateescape")
        after = change(before)
        assert after != before, f"{name} is as it was"
        file.write_bytes(after.encode("utf-8", "surrogateescape"))

    return edit


# --- oai_pmh --------------------------------------------------------------------------------------

_OAI = "{http://www.openarchives.org/OAI/2.0/}"


def _oai(number: int) -> str:
    return f"oai:repository.example:{number}"


def _oai_record(number: int) -> re.Pattern[str]:
    return re.compile(rf"<record><header><identifier>{_oai(number)}<.*?</record>\n", re.DOTALL)


_TOMBSTONE = (
    f'<record><header status="deleted"><identifier>{_oai(2)}</identifier>'
    "<datestamp>2026-11-24T08:00:00Z</datestamp></header></record>\n"
)
_OAI_SAME: dict[str, Any] = {
    "connector": "oai_pmh",
    "registered": CONNECTORS["oai_pmh"],
    "fixture": DATA / "oai_pmh",
    "records": frozenset(_oai(number) for number in (1, 2, 3, 4, 6, 8, 9, 10, 11)),
    "reasons": ["without content"],
    "remove": _text("page-4.xml", lambda text: _oai_record(10).sub("", text)),
    "removed": _oai(10),
    "withdraw": _text("page-1.xml", lambda text: _oai_record(2).sub(_TOMBSTONE, text)),
    "withdrawn": _oai(2),
}


@dataclass
class _Pages(Repository):
    """A repository whose records are those of a folder of saved responses, as it is now."""

    folder: Path = Path()

    def answer(self, query: Query) -> bytes:
        self.records = _items(self.folder)
        return super().answer(query)


def _items(folder: Path) -> Sequence[Item]:
    found = []
    for page in sorted(folder.glob("page-*.xml")):
        for record in etree.parse(page).iter(f"{_OAI}record"):
            header = record[0]
            content = record.find(f"{_OAI}metadata")
            found.append(
                Item(
                    header.findtext(f"{_OAI}identifier", ""),
                    header.findtext(f"{_OAI}datestamp", ""),
                    deleted=header.get("status") == "deleted",
                    content="" if content is None else etree.tostring(content, encoding="unicode"),
                )
            )
    return found


@asynccontextmanager
async def _repository(folder: Path) -> AsyncIterator[str]:
    async with serving(_Pages([], page=3, folder=folder)) as address:
        yield address


OAI_SERVER = Case(
    settings={"http": {"interval": 0, "retries": 0}},
    changes={
        "url": "http://127.0.0.1:9/oai",
        "formats": ["marc21"],
        "sets": ["books"],
        "encoding": "windows-1251",
    },
    absent={"url": "{address}-gone"},
    serve=_repository,
    **_OAI_SAME,
)
OAI_FOLDER = Case(
    settings={"path": "."},
    changes={"path": "other", "formats": ["marc21"], "encoding": "windows-1251"},
    absent={"path": "nowhere"},
    **_OAI_SAME,
)

# --- marc_file ------------------------------------------------------------------------------------


def _marc_record(number: str) -> Callable[[str], str]:
    """Takes a record, and the damaged piece, out of an ISO 2709 file."""

    def change(text: str) -> str:
        pieces = re.findall("[^\x1d]*\x1d", text)
        return "".join(piece for piece in pieces if number not in piece and "damaged" not in piece)

    return change


def _mark_deleted(text: str) -> str:
    """Sets leader/05 of kat-02 to d."""
    pieces = re.findall("[^\x1d]*\x1d", text)
    return "".join(piece[:5] + "d" + piece[6:] if "kat-02" in piece else piece for piece in pieces)


MARC_FILE = Case(
    connector="marc_file",
    registered=CONNECTORS["marc_file"],
    fixture=DATA / "marc_file",
    settings={"path": "."},
    records=frozenset(["kat-01", "kat-02", "kat-03", "kat-05", "zh-01", "zh-02", "zh-03"]),
    reasons=["books.mrc"],
    remove=_text("books.mrc", _marc_record("kat-03")),
    removed="kat-03",
    withdraw=_text("books.mrc", _mark_deleted),
    withdrawn="kat-02",
    changes={
        "path": "books.mrc",
        "encoding": "cp866",
        "dialect": "rusmarc",
        "format": "iso2709",
    },
    absent={"path": "nowhere.mrc"},
)

# --- table ----------------------------------------------------------------------------------------

TABLE = Case(
    connector="table",
    registered=CONNECTORS["table"],
    fixture=DATA / "table",
    settings={
        "path": "books.csv",
        "mapping": {"local_id": "номер", "title": "название", "creators": "автор", "issued": "год"},
    },
    records=frozenset(f"K-0{number}" for number in (1, 2, 3, 5, 6, 7, 8)),
    reasons=["has no identifier"],
    remove=_text("books.csv", lambda text: re.sub(r"\n(K-06)?;.*", "", text)),
    removed="K-06",
    changes={
        "path": "*.csv",
        "encoding": "cp866",
        "delimiter": "semicolon",
        "sheet": "2020",
        "mapping.issued": "автор",
        "mapping.type": {"constant": "book"},
    },
    absent={"path": "nowhere.csv"},
)

# --- the example package --------------------------------------------------------------------------


def _example() -> Any:
    """The module of docs/example-connector, which is not installed here."""
    spec = spec_from_file_location("example", EXAMPLE / "ilim_dublin_core_folder.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CONNECTOR


EXAMPLE_FOLDER = Case(
    connector="dublin_core_folder",
    registered=_example(),
    fixture=EXAMPLE / "fixture",
    settings={"path": "records"},
    records=frozenset(["archive-1", "archive-2", "archive-3"]),
    reasons=["XML"],
    remove=lambda folder: (folder / "records" / "archive-2.xml").unlink(),
    removed="archive-2",
    changes={"path": "others"},
    absent={"path": "nowhere"},
)

CASES = {
    "oai_pmh-server": OAI_SERVER,
    "oai_pmh-folder": OAI_FOLDER,
    "marc_file": MARC_FILE,
    "table": TABLE,
    "example": EXAMPLE_FOLDER,
}
