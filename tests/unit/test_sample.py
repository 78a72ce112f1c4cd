"""What ships in `config/`: the settings, the partners and the sample catalogue."""

import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from aggregator.record import Identifier, Record
from aggregator.settings import Settings, load, load_sources
from aggregator.source import SourceConfig
from connectors.crosswalks import CROSSWALKS
from connectors.oai_pmh import OaiPmhConfig
from connectors.registry import MODELS, connect
from tests.shared import shared

CONFIG = Path(__file__).resolve().parents[2] / "config"
SAMPLES = ("sample-marc", "sample-dc")
DC = "{http://purl.org/dc/elements/1.1/}"
FILES = sorted((CONFIG / "sample").rglob("*.xml"))


@pytest.fixture(scope="module")
def sources() -> dict[str, SourceConfig]:
    return dict(load_sources(CONFIG, MODELS, {}))


async def sample_records(sources: dict[str, SourceConfig], id: str) -> list[Record]:
    """A sample source's records, through its own connector and crosswalk."""
    found = []
    async with connect(sources[id]) as connector:
        async for batch in connector.harvest({}):
            assert not batch.rejects
            assert not batch.problem
            for raw in batch.records:
                assert not raw.problems
                assert raw.body is not None
                read = CROSSWALKS[raw.format].read
                found.append(read(raw.body, id, raw.id, raw.stamp, sources[id].language))
    return found


# --- settings and partners ---------------------------------------------------------------------


def test_settings_file_shows_the_defaults() -> None:
    assert load(CONFIG, {}) == Settings()


def test_what_the_settings_file_shows_is_what_holds(tmp_path: Path) -> None:
    text = (CONFIG / "ilim.yaml").read_text(encoding="utf-8")
    lines = [line.removeprefix("# ") for line in text.splitlines() if re.match(r"# +\w+:", line)]
    (tmp_path / "ilim.yaml").write_text("\n".join(lines))
    shown = load(tmp_path, {})
    assert shown == Settings()
    assert shown.model_fields_set == set(Settings.model_fields)


def test_enabled_are_the_sample_and_the_partners_that_answered(
    sources: dict[str, SourceConfig],
) -> None:
    enabled = {id for id, source in sources.items() if source.enabled}
    assert enabled == {*SAMPLES, "oshsu", "kgma"}
    assert len(sources) >= 17


def test_partners_are_asked_once_a_second_at_most(sources: dict[str, SourceConfig]) -> None:
    partners = [source for source in sources.values() if not source.sample]
    for source in partners:
        assert isinstance(source, OaiPmhConfig)
        assert source.http.interval >= 1
        assert source.url.startswith("http")
        assert "verb=" not in source.url


def test_every_partner_of_the_list_with_oai_pmh_has_a_file(
    sources: dict[str, SourceConfig],
) -> None:
    table = shared("data", "sources-kg.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in table]
    wanted = {row[1].removesuffix("&verb=Identify").removesuffix("?verb=Identify")
              for row in rows if row[2].startswith("OAI-PMH")}  # fmt: skip
    assert len(wanted) >= 15
    assert wanted <= {source.url for source in sources.values() if isinstance(source, OaiPmhConfig)}


def test_samples_say_so_in_three_languages(sources: dict[str, SourceConfig]) -> None:
    assert {id for id, source in sources.items() if source.sample} == set(SAMPLES)
    for id in SAMPLES:
        name = sources[id].name
        assert "Үлгү" in name.ky
        assert "Образец" in name.ru
        assert "Sample" in name.en


# --- the sample catalogue ----------------------------------------------------------------------


async def test_sample_is_read_whole(sources: dict[str, SourceConfig]) -> None:
    marc = await sample_records(sources, "sample-marc")
    dc = await sample_records(sources, "sample-dc")
    assert [record.local_id for record in marc] == [f"sample-{n:03}" for n in range(1, 32)]
    assert [record.local_id for record in dc] == [f"oai:sample:{n:03}" for n in range(1, 39)]
    first = Counter(record.languages[0] for record in marc + dc)
    assert first["ky"] >= 20
    assert first["ru"] >= 20
    assert first["en"] >= 15


@pytest.mark.parametrize("id", SAMPLES)
async def test_sample_says_only_what_is_known(sources: dict[str, SourceConfig], id: str) -> None:
    for record in await sample_records(sources, id):
        assert record.titles[0].value
        assert record.languages
        assert record.type != "other"
        assert record.subjects
        assert bool(record.issued.text) == bool(record.issued.min)
        assert record.issued.max <= 2018
        identifiers = [i for i in record.identifiers if i != Identifier("local", record.local_id)]
        invented = (
            identifiers, record.publisher, record.abstracts, record.extent, record.links,
            record.container.issn, record.container.pages, record.holdings, record.notes,
        )  # fmt: skip
        assert not any(invented), record


async def test_nothing_is_described_twice(sources: dict[str, SourceConfig]) -> None:
    records = [record for id in SAMPLES for record in await sample_records(sources, id)]
    works = Counter(
        (record.titles[0].value.casefold(), *(c.name for c in record.creators[:1]))
        for record in records
    )
    assert set(works.values()) == {1}


async def test_subjects_stand_in_three_languages(sources: dict[str, SourceConfig]) -> None:
    records = await sample_records(sources, "sample-dc")
    several = [r for r in records if {s.lang for s in r.subjects} >= {"ky", "ru", "en"}]
    assert len(several) >= 20
    for record in records:
        assert all(subject.lang for subject in record.subjects)


async def test_kyrgyz_is_written_with_its_letters(sources: dict[str, SourceConfig]) -> None:
    records = [record for id in SAMPLES for record in await sample_records(sources, id)]
    kyrgyz = "".join(
        text
        for record in records
        if record.languages[0] == "ky"
        for text in [record.titles[0].value, *(c.name for c in record.creators)]
    )
    assert set("өүңӨ") & set(kyrgyz) >= set("өүң")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_sample_has_no_identifier_of_any_kind(file: Path) -> None:
    elements = list(etree.parse(file).iter(etree.Element))
    names = {etree.QName(element).localname for element in elements}
    tags = {element.get("tag") for element in elements}
    assert "record" in names
    assert not tags & {"010", "020", "022", "024", "028", "035", "260", "300", "520", "856"}
    dublin_core = {
        etree.QName(element).localname for element in elements if str(element.tag).startswith(DC)
    }
    assert not dublin_core & {
        "identifier", "publisher", "description", "format", "relation", "rights", "source",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_sample_keeps_to_its_schemas(file: Path) -> None:
    schema = "MARC21slim.xsd" if file.parent.name == "marc" else "OAI-PMH.xsd"
    rules = etree.XMLSchema(etree.parse(shared("data", "records", "schemas", schema)))
    rules.assertValid(etree.parse(file))
