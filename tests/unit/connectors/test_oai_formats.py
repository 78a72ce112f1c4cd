"""Metadata formats in order of preference: which one of them is harvested."""

from aggregator.errors import SourceBroken
from tests.unit.connectors.oai_server import (
    Answer,
    Item,
    Query,
    Repository,
    config,
    harvest,
    harvest_of,
    items,
    oai_error,
    serving,
)

WANTED = ["mods", "marcxml", "oai_dc"]


async def test_the_first_that_is_offered_is_harvested() -> None:
    repository = Repository(items(7))
    found = await harvest_of(repository, formats=WANTED)
    assert (found.verdict, len(found.records)) == ("complete", 7)
    assert {raw.format for raw in found.records.values()} == {"marcxml"}
    assert [query["verb"] for query in repository.asked].count("ListMetadataFormats") == 1


async def test_a_single_format_needs_no_question() -> None:
    repository = Repository(items(3))
    await harvest_of(repository, formats="oai_dc")
    assert {query["verb"] for query in repository.asked} == {"ListRecords"}


async def test_the_choice_is_kept_until_all_is_asked_for_again() -> None:
    """Or a source's records would come in two formats, some of them never again in the better."""
    repository = Repository(items(12))
    async with serving(repository) as url:
        broken_off = await harvest(url, pages=1, formats=WANTED)
        repository.formats = ("oai_dc", "marcxml", "mods")
        rest = await harvest(url, broken_off.checkpoint, formats=WANTED)
        repository.records = [*repository.records, Item("oai:x:12", "2026-11-23T09:00:00Z")]
        since = await harvest(url, rest.checkpoint, formats=WANTED)
        full = await harvest(url, formats=WANTED)
    for run, format in ((rest, "marcxml"), (since, "marcxml"), (full, "mods")):
        assert {raw.format for raw in run.records.values()} == {format}
    assert "oai:x:12" in since.records and len(full.records) == 13
    assert config(url, formats=WANTED).fingerprint() != config(url).fingerprint()


async def test_a_repository_that_does_not_tell_is_asked_for_the_first() -> None:
    def fault(query: Query, _: int) -> Answer:
        return oai_error("badVerb") if query["verb"] == "ListMetadataFormats" else None

    repository = Repository(items(3), fault=fault)
    found = await harvest_of(repository, formats=["marcxml", "oai_dc"])
    assert {raw.format for raw in found.records.values()} == {"marcxml"}


async def test_none_is_offered() -> None:
    found = await harvest_of(Repository(items(3)), formats=["mods", "dim"])
    assert isinstance(found.error, SourceBroken)
    assert "none of the formats mods, dim. It offers oai_dc, marcxml." in str(found.error)


async def test_a_format_that_is_withdrawn_is_told() -> None:
    repository = Repository(items(3))
    async with serving(repository) as url:
        first = await harvest(url, formats=WANTED)
        repository.formats = ("oai_dc",)
        found = await harvest(url, first.checkpoint, formats=WANTED)
    assert isinstance(found.error, SourceBroken)
    assert "“marcxml”" in str(found.error) and "--full" in str(found.error)
