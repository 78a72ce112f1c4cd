"""The real application over a small library, with texts compiled from the .po files of today."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from aggregator.field_names import field_names
from aggregator.index.fields import load_table
from aggregator.record import (
    Creator,
    Dates,
    Holding,
    Identifier,
    Link,
    Other,
    Record,
    Subject,
    Text,
    Title,
)
from aggregator.source import Names, SourceConfig
from tests.unit.web.library import Library, work
from web.app import create_app
from web.words import DOMAIN, LANGUAGES, LOCALE

Client = TestClient[Request, Application]


def source(id: str, name: str, *, enabled: bool = True, sample: bool = False) -> SourceConfig:
    names = Names(ky=f"{name} (ky)", ru=f"{name} (ru)", en=name)
    return SourceConfig(id=id, name=names, connector="oai_pmh", enabled=enabled, sample=sample)


SOURCES = (
    source("library", "National Library"),
    source("academy", "Academy Library"),
    source("sample", "Sample catalogue", sample=True),
    source("silent", "Silent Journals"),
    source("later", "Later Repository", enabled=False),
)

EPIC = Record(
    source="library",
    local_id="oai:library:1/2",
    titles=(
        Title("Генезис эпоса «Манас»", "ru"),
        Title("The Genesis of the Manas Epic", "en", "parallel"),
    ),
    creators=(Creator("Кыдырбаева Р. З.", lang="ru"), Creator("Иванов И. И.", "edt")),
    abstracts=(Text("Исследование истоков эпоса «Манас».", "ru"),),
    subjects=(Subject("Манас (эпос)"), Subject("398.22", "UDC")),
    type="book",
    languages=("ru",),
    issued=Dates(1980, 1980, "1980"),
    publisher=(Text("Фрунзе: Илим", "ru"),),
    extent="279 с.",
    identifiers=(Identifier("isbn", "9785000000001"), Identifier("doi", "10.1000/182")),
    links=(
        Link("https://library.example/1.pdf", "fulltext", "application/pdf"),
        Link("https://library.example/1"),
    ),
    holdings=(Holding("Читальный зал", "398 К-97", 2),),
    access="open",
    other=(Other("Жооптуу редактор", "А. Акматалиев"),),
)
EPIC_AT_ACADEMY = Record(
    source="academy",
    local_id="77",
    titles=(Title("Генезис эпоса «Манас».", "ru"),),
    type="book",
    languages=("ru",),
    issued=Dates(1980, 1980, "1980"),
    extent="280 с.",
    access="metadata-only",
)
LAKE = Record(
    source="sample",
    local_id="lake",
    titles=(Title("Ысык-Көл", "ky"),),
    creators=(Creator("Айтматов Ч."),),
    type="book",
    languages=("ky",),
    issued=Dates(1900, 1999, "[19--?]"),
    subjects=(Subject("Ысык-Көл"),),
)


@pytest.fixture(scope="session")
def locale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compiled texts, made from the .po files as they are now."""
    folder = tmp_path_factory.mktemp("locale")
    for language in LANGUAGES:
        target = folder / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
        target.parent.mkdir(parents=True)
        with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            catalogue = read_po(file, locale=language)
        with target.open("wb") as file:
            write_mo(file, catalogue)
    return folder


@pytest.fixture
def library() -> Library:
    return Library(
        [work("epic", EPIC, EPIC_AT_ACADEMY), work("lake", LAKE)],
        moved={"old": "epic"},
        withdrawn=["gone"],
    )


Visit = Callable[[Library], Awaitable[Client]]


@pytest.fixture
async def visit(locale: Path) -> AsyncIterator[Visit]:
    """Start the application over a library and get a client for it; all are closed at the end."""
    async with AsyncExitStack() as stack:

        async def start(library: Library) -> Client:
            table = load_table()
            library.names = field_names(table, {source.id: source for source in SOURCES})
            app = create_app(library, table, SOURCES, locale=locale)
            server = TestServer(app)
            await stack.enter_async_context(server)
            return await stack.enter_async_context(TestClient(server))

        yield start


@pytest.fixture
async def client(visit: Visit, library: Library) -> Client:
    return await visit(library)
