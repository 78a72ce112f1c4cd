"""The table of connectors, how they are opened, and that the documents know them all."""

import asyncio
import gc
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp.test_utils import TestServer
from aiohttp.web import Application, Request, Response
from click.testing import CliRunner
from pydantic import BaseModel

from aggregator.__main__ import cli
from aggregator.errors import ConfigError
from aggregator.overrides import Overrides
from aggregator.settings import Settings
from aggregator.source import Batch, Names, SourceConfig
from aggregator.yamlschema import source_schema
from connectors.hosts import Hosts
from connectors.http_settings import HttpSettings
from connectors.marc_file import MarcFile, MarcFileConfig
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from connectors.registry import CONNECTORS, MODELS, connect
from connectors.table import Table, TableConfig

ROOT = Path(__file__).resolve().parents[2]
NAMES = Names(ky="Сыноо", ru="Проба", en="Trial")

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-11-23T00:00:00Z</responseDate><request verb="ListRecords">http://x</request>
<ListRecords><record><header><identifier>oai:x:1</identifier><datestamp>2026-11-22</datestamp>
</header><metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A</dc:title></oai_dc:dc></metadata></record>
</ListRecords></OAI-PMH>"""


@pytest.fixture
async def repository() -> AsyncIterator[tuple[str, list[tuple[float, str]]]]:
    """A server with one record: its address, and when it was asked by whom."""
    asked: list[tuple[float, str]] = []

    async def answer(request: Request) -> Response:
        asked.append((time.monotonic(), request.headers["User-Agent"]))
        return Response(text=PAGE, content_type="text/xml")

    app = Application()
    app.router.add_get("/oai", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/oai")), asked


def oai(id: str, url: str, interval: float = 0) -> OaiPmhConfig:
    http = HttpSettings(interval=interval)
    return OaiPmhConfig(id=id, name=NAMES, connector="oai_pmh", url=url, http=http)


async def harvest(config: SourceConfig, hosts: Hosts | None = None) -> list[Batch]:
    async with connect(config, hosts=hosts, contact="library@example.org") as connector:
        return [batch async for batch in connector.harvest({})]


async def test_http_connector_is_opened_and_closed(
    repository: tuple[str, list[tuple[float, str]]],
) -> None:
    url, asked = repository
    batches = await harvest(oai("x", url))
    assert [raw.id for batch in batches for raw in batch.records] == ["oai:x:1"]
    assert all("library@example.org" in agent for _, agent in asked)
    gc.collect()  # a session left open warns now, and a warning fails the test


async def test_sources_of_one_host_wait_for_each_other(
    repository: tuple[str, list[tuple[float, str]]],
) -> None:
    url, asked = repository
    hosts = Hosts()
    await asyncio.gather(*(harvest(oai(id, url, interval=0.2), hosts) for id in "ab"))
    assert len(asked) == 2
    assert asked[1][0] - asked[0][0] >= 0.19


async def test_file_connector_needs_no_network() -> None:
    folder = ROOT / "config" / "sample" / "marc"
    config = MarcFileConfig.model_validate(
        {"id": "x", "name": NAMES, "connector": "marc_file", "path": folder}
    )
    async with connect(config) as connector:
        assert isinstance(connector, MarcFile)


def test_each_connector_stands_with_its_own_model() -> None:
    found = {name: (entry.config, entry.connector) for name, entry in CONNECTORS.items()}
    assert found == {
        "oai_pmh": (OaiPmhConfig, OaiPmh),
        "marc_file": (MarcFileConfig, MarcFile),
        "table": (TableConfig, Table),
    }
    assert {name: entry.config for name, entry in CONNECTORS.items()} == MODELS


@pytest.mark.parametrize("kind", ["sru", "marc_file"])
def test_a_connector_that_is_not_there(kind: str) -> None:
    config = OaiPmhConfig(id="x", name=NAMES, connector=kind, url="http://localhost/")
    with pytest.raises(ConfigError, match=f"'x' asks for the connector '{kind}'.*Known: marc_file"):
        connect(config)


# --- documents ---------------------------------------------------------------------------------


def keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every key that YAML may have, dotted."""
    for name, field in model.model_fields.items():
        key = before + (field.alias or name)
        parts: tuple[Any, ...] = (field.annotation, *get_args(field.annotation))
        inner = [p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)]
        if inner and inner[0] is not Overrides:  # has a document and a test of its own
            yield from keys(inner[0], f"{key}.")
        else:
            yield key


@pytest.mark.parametrize("model", [Settings, *MODELS.values()])
def test_every_key_is_documented(model: type[BaseModel]) -> None:
    document = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([a-z_.]+)`", document))
    assert set(keys(model)) <= documented


SCHEMA = ROOT / "config" / "source.schema.json"


def test_the_schema_for_editors_is_what_the_command_writes(tmp_path: Path) -> None:
    made = tmp_path / "made.json"
    run = CliRunner().invoke(cli, ["sources", "schema", "--out", str(made)])
    assert run.exit_code == 0
    assert SCHEMA.read_bytes() == made.read_bytes(), (
        "run `ilim sources schema --out config/source.schema.json`"
    )
    printed = CliRunner().invoke(cli, ["sources", "schema"])
    assert printed.stdout.encode() == made.read_bytes()


def test_the_schema_for_editors_describes_every_key() -> None:
    schema = json.loads(source_schema(MODELS))
    described = dict(described_keys(schema))
    assert {"formats", "schedule", "container.issn", "interval", "ky"} <= set(described)
    assert [key for key, words in described.items() if not words] == []
    kinds = {case["if"]["properties"]["connector"]["const"] for case in schema["allOf"]}
    assert kinds == set(MODELS) == set(schema["properties"]["connector"]["enum"])
    for place in re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema)):
        assert place in schema["$defs"]


def described_keys(schema: Any) -> Iterator[tuple[str, str]]:
    """Every key that the schema knows, and its description."""
    if isinstance(schema, list):
        for one in schema:
            yield from described_keys(one)
    if isinstance(schema, dict):
        if "if" in schema:  # names the connector, it describes no key
            schema = schema["then"]
        for key, value in schema.get("properties", {}).items():
            yield key, value.get("description", "")
        for value in schema.values():
            yield from described_keys(value)


@pytest.mark.parametrize(
    "file", sorted((ROOT / "config" / "sources").glob("*.yaml")), ids=lambda file: file.stem
)
def test_each_source_points_to_the_schema(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match
    assert (file.parent / match[1]).resolve() == SCHEMA


@pytest.mark.parametrize(
    "document", sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: file.name
)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for link, anchor in re.findall(
        r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", document.read_text(encoding="utf-8")
    ):
        target = document.parent / link if link else document
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            places = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
            assert anchor in places


def test_files_named_in_the_developers_guide_exist() -> None:
    document = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")
    rooms = document.split("## The rooms")[1].split("## ")[0]
    for row in re.findall(r"^\| (`.*?) \|", rooms, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", row)
        for name in [first, *(str(Path(first).parent / other) for other in others)]:
            assert (ROOT / name).exists(), name
