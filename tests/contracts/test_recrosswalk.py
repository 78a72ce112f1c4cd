"""Stored payloads are read again by themselves when a source's rules or a crosswalk change."""

from typing import Any

from msgspec.structs import replace

from aggregator.harvest import Harvester, Limits
from aggregator.record import Record
from aggregator.recrosswalk import Rereading, recrosswalk
from aggregator.source import Crosswalk, Crosswalks, SourceConfig
from aggregator.store.catalogue import Catalogue
from aggregator.store.ledger import Ledger
from connectors.crosswalks import CROSSWALKS
from tests.scripted import SOURCE, Script, broken_crosswalk, raw


def configured(**more: Any) -> SourceConfig:
    return SourceConfig.model_validate(SOURCE.model_dump(exclude_unset=True) | more)


async def harvest(
    catalogue: Catalogue, script: Script, config: SourceConfig, known: Crosswalks = CROSSWALKS
) -> None:
    await Harvester(catalogue, known, Limits()).run(config, script)


async def found(catalogue: Catalogue, field: str) -> list[Any]:
    records = [stored.record async for stored in catalogue.each_record()]
    return [getattr(record, field) for record in records if isinstance(record, Record)]


async def test_a_harvest_begins_with_what_its_file_has_changed(catalogue: Catalogue) -> None:
    """Also of records that the partner does not send this time."""
    await harvest(catalogue, Script([[raw("1"), raw("2")]], incremental=True), configured())
    script = Script([[], []], incremental=True)
    await harvest(catalogue, script, configured(overrides={"type": {"default": "map"}}))
    assert await found(catalogue, "type") == ["map", "map"]
    await harvest(catalogue, script, configured(overrides={"type": {"default": "map"}}))
    await harvest(catalogue, script, configured(language="ky", overrides={}))
    assert await found(catalogue, "type") == ["other", "other"]


async def test_a_changed_language_counts_too(catalogue: Catalogue) -> None:
    script = Script([[raw("1", "Ак кеме")]], incremental=True)
    await harvest(catalogue, script, configured(language="ru"))
    await harvest(catalogue, Script([[], []], incremental=True), configured(language="ky"))
    [[title]] = await found(catalogue, "titles")
    assert title.lang == "ky"


async def test_a_better_crosswalk_reads_what_is_in_quarantine_once(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1")]]), SOURCE, broken_crosswalk(bool))
    old = CROSSWALKS["oai_dc"]
    reads: list[str] = []

    def read(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
        reads.append(local_id)
        record = old.read(body, source, local_id, stamp, language)
        return replace(record, type="book")

    better = {"oai_dc": Crosswalk(old.version + 1, read)}
    for _ in range(3):
        await harvest(catalogue, Script([[], []], incremental=True), SOURCE, better)
    assert (await found(catalogue, "type"), reads) == (["book"], ["1"])


async def test_where_nothing_has_changed_no_payload_is_looked_at(catalogue: Catalogue) -> None:
    class Watched(Ledger):
        looked = 0

        def outdated(self, *given: Any) -> Any:
            self.looked += 1
            return super().outdated(*given)

    catalogue.ledger = ledger = Watched(catalogue.ledger._database)
    for _ in range(3):
        await harvest(catalogue, Script([[raw("1")]]), SOURCE)
    assert ledger.looked == 1
    await recrosswalk(catalogue, CROSSWALKS, {SOURCE.id: SOURCE})
    await harvest(catalogue, Script([[raw("1")]]), SOURCE)
    assert ledger.looked == 2


async def test_the_worker_reads_sources_that_are_off_again(catalogue: Catalogue) -> None:
    await harvest(catalogue, Script([[raw("1")]]), SOURCE)
    now = 0.0
    sources = {SOURCE.id: configured(enabled=False)}
    rereading = Rereading(catalogue, CROSSWALKS, sources, 10, lambda: now)
    assert not await rereading.once()
    sources[SOURCE.id] = configured(enabled=False, overrides={"type": {"default": "map"}})
    now = 5
    assert not await rereading.once(), "a harvest would do it first"
    lease = await catalogue.leases.take(f"harvest:{SOURCE.id}")
    assert lease is not None
    now = 11
    await rereading.once()
    assert await found(catalogue, "type") == ["other"], "it is being harvested"
    await catalogue.leases.release(lease)
    for now in (12, 30):  # noqa: B007 the clock reads it
        await rereading.once()
    assert await found(catalogue, "type") == ["map"]
    now = 60
    assert not await rereading.once(), "nothing is left to look at"
