"""Every repository of which replies were recorded, harvested by the connector and the runner.

What must come is counted from the recorded bytes by other means than Ilim's (`replies`).
"""

import html
import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from aggregator.harvest import Harvester, Limits
from aggregator.record import Record
from aggregator.source import Names
from aggregator.store.catalogue import Catalogue
from aggregator.store.state import Run
from connectors.crosswalks import CROSSWALKS
from connectors.fetch import Fetcher
from connectors.hosts import Backoff
from connectors.http_settings import HttpSettings
from connectors.oai_pmh import OaiPmh, OaiPmhConfig
from tests.integration.replies import (
    Answers,
    Reply,
    Told,
    load,
    pages,
    places,
    playing,
    whichever_dates,
)
from tests.shared import SHARED, shared

pytestmark = pytest.mark.slow

SCRAPI = ("data", "records", "CenterForOpenScience+scrapi")
RECORDED = SHARED.joinpath(*SCRAPI)
PLACES = places(RECORDED) if RECORDED.exists() else ["none are here"]

ENDS_EARLY = {
    "/https/commons.mla.org/deposits/oai/": "The list ended early, after 319 records (noRecords",
    "/http/newprairiepress.org/do/oai/": "A list could not be had (all): The source numbers its "
    "records and left out 46 of them",
}
"""Lists that were recorded with a loss: what a run over them must say."""

NOTHING = "Item is not available"
"""All that a repository says of records that its readers may not see."""

NOT_DUBLIN_CORE = "/https/www.earthsystemgrid.org/oai/repository"
"""It offers DIF only."""

NAMES = Names(ky="Сыноо", ru="Проба", en="Trial")
HTTP = HttpSettings(interval=0, retries=1, networks=("127.0.0.0/8",))


@cache
def scrapi() -> list[Reply]:
    return load(shared(*SCRAPI))


async def harvest(
    replies: Sequence[Reply],
    place: str,
    catalogue: Catalogue,
    answers: Answers = whichever_dates,
    runs: int = 1,
    **options: object,
) -> Run:
    """Runs against the recorded replies; gives the last one."""
    async with playing(replies, answers) as (here, _):
        config = OaiPmhConfig.model_validate(
            {"id": "x", "name": NAMES, "connector": "oai_pmh", "url": here + place, **options}
        )
        async with Fetcher(HTTP, config.url, backoff=Backoff(0.001, 0.002)) as fetcher:
            harvester = Harvester(catalogue, CROSSWALKS, Limits())
            for _ in range(runs):
                run = await harvester.run(config, OaiPmh(config, fetcher))
            return run


def letters(text: str) -> str:
    """Only letters and figures: how a title is cleaned and punctuated is not what is compared."""
    plain = re.sub(r"<[^<>]*>", " ", html.unescape(html.unescape(text)))
    plain = unicodedata.normalize("NFC", plain)
    return "".join(sign for sign in plain.casefold() if sign.isalnum())


async def arrived(catalogue: Catalogue) -> dict[str, Record]:
    """The living records that the catalogue holds."""
    return {
        stored.record.local_id: stored.record
        async for stored in catalogue.each_record("x")
        if isinstance(stored.record, Record)
    }


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[Catalogue]:
    async with Catalogue.open(f"sqlite+aiosqlite:///{tmp_path / 'catalogue.sqlite'}") as opened:
        yield opened


@pytest.mark.parametrize("place", PLACES)
async def test_every_repository_arrives(place: str, catalogue: Catalogue) -> None:
    replies = scrapi()
    found = pages(replies, place)
    told = {one.id: one for page in found for one in page.told()}
    claimed = max(page.claimed() for page in found)
    living = {id: one for id, one in told.items() if not one.deleted}
    run = await harvest(replies, place, catalogue)
    if place in ENDS_EARLY:
        assert run.verdict == "incomplete" and run.reason.startswith(ENDS_EARLY[place])
    elif claimed > len(told):  # by less than one in a hundred
        said = f"the source speaks of {claimed} records and sent {len(told)}"
        assert (run.verdict, run.reason) == ("complete", said)
    else:
        assert (run.verdict, run.reason) == ("complete", "")
    figures = (await catalogue.sources())["x"]
    assert figures.deleted == len(told) - len(living)
    refused = {one.local_id: one.reason async for one in catalogue.quarantined("x")}
    if place == NOT_DUBLIN_CORE:
        assert set(refused) == set(living)
        assert all("not Dublin Core" in reason and "<DIF>" in reason for reason in refused.values())
        return
    empty = {id for id, one in living.items() if one.texts == (NOTHING,)}
    assert set(refused) == empty
    assert all("describes nothing" in reason for reason in refused.values())
    records = await arrived(catalogue)
    assert records.keys() == living.keys() - empty
    for id, record in records.items():
        assert main_title(record) == expected_title(living[id]), id


def main_title(record: Record) -> str:
    return letters(record.titles[0].value) if record.titles else ""


def expected_title(told: Told) -> str:
    return letters(told.titles[0]) if told.titles else ""
