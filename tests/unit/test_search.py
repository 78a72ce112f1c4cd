"""Search over a real catalogue and a real index."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.finder import Finder
from aggregator.follow import Follower, Pace
from aggregator.record import Record, Subject, Text, Title
from aggregator.search import Facet, FacetValue, Piece, Search, WorkPage
from aggregator.store.catalogue import Catalogue
from aggregator.store.keep import Keep
from aggregator.store.state import Redirected, Withdrawn
from tests.contracts.engines import TABLE, Engine
from tests.contracts.test_resolve import World, book


class Library(World):
    """A catalogue and its search; ``follow`` makes what is stored searchable."""

    def __init__(
        self, catalogue: Catalogue, keep: Keep, search: Search, follower: Follower
    ) -> None:
        super().__init__(catalogue, keep)
        self.search = search
        self._follower = follower

    async def follow(self) -> None:
        lease = await self.catalogue.leases.take("index:test")
        assert lease is not None
        await self._follower.catch_up(lease)
        await self.catalogue.leases.release(lease)


@pytest.fixture
async def library(engine: Engine, tmp_path: Path) -> AsyncIterator[Library]:
    url = f"sqlite+aiosqlite:///{tmp_path}"
    async with (
        Catalogue.open(f"{url}/catalogue.sqlite") as catalogue,
        Keep.open(f"{url}/keep.sqlite") as keep,
        engine.open(store=await catalogue.fingerprint()) as index,
    ):
        follower = Follower(catalogue, index, TABLE, Pace())
        yield Library(
            catalogue, keep, Search(catalogue, index, TABLE, Finder(index, TABLE)), follower
        )


def about_lakes(local_id: str = "1") -> Record:
    return Record(
        source="s",
        local_id=local_id,
        titles=(Title("Тянь-Шань", kind="alternative"), Title("Озёра Кыргызстана")),
        abstracts=(Text("Об озере Иссык-Куль. " + "Иные слова. " * 40),),
        subjects=(Subject("Лимнология"),),
        type="book",
    )


async def test_a_hit_shows_where_the_words_are(library: Library) -> None:
    await library.put(about_lakes(), book("2", title="Манас"))
    await library.follow()
    results = await library.search.find("озеро", filters={"type": ("book", "map")})
    assert results.total == 1
    [hit] = results.hits
    assert hit.title == (Piece("Озёра", True), Piece(" Кыргызстана", False))
    assert hit.snippet[:2] == (Piece("Об ", False), Piece("озере", True))
    assert hit.snippet[-1].text.endswith("…")
    assert hit.score > 0
    assert results.understood.understood[0].text == "озеро"
    facets = {facet.name: facet for facet in results.facets}
    assert facets["subject"] == Facet("subject", (FacetValue("Лимнология", 1, False),))
    assert facets["type"].values == (FacetValue("book", 1, True), FacetValue("map", 0, True))
    assert not (await library.search.find("озеро", facets=False)).facets


async def test_an_unknown_filter_is_wrong_use(library: Library) -> None:
    with pytest.raises(ConfigError, match="did you mean 'year'"):
        await library.search.find("", filters={"yaer": ("1995",)})


async def test_a_work_that_has_gone_since_is_left_out(library: Library) -> None:
    await library.put(about_lakes("1"), about_lakes("2"))
    await library.follow()
    await library.drop("1")
    results = await library.search.find("озёра")
    assert (results.total, len(results.hits)) == (2, 1)
    assert (await library.search.status()).behind == 1
    await library.follow()
    results = await library.search.find("озёра")
    assert (results.total, len(results.hits)) == (1, 1)


async def test_the_status_before_and_after(library: Library) -> None:
    await library.put(about_lakes("1"), about_lakes("2"))
    status = await library.search.status()
    assert (status.state, status.works, status.behind) == ("empty", 0, 2)
    await library.follow()
    status = await library.search.status()
    assert (status.state, status.works, status.behind) == ("ready", 2, 0)


async def test_a_works_page(library: Library) -> None:
    await library.put(book("1", "10.1/x"), book("2", "10.1/x"), book("3", "10.1/y"))
    works = await library.works()
    [joined] = [id for id, members in works.items() if len(members) == 2]
    page = await library.search.work(joined)
    assert isinstance(page, WorkPage)
    assert [stored.record.local_id for stored in page.records] == ["1", "2"]
    raw = await library.search.raw("s", "1")
    assert raw
    assert raw.body == b"<raw>1</raw>"
    [alone] = [id for id in works if id != joined]
    await library.put(book("3", "10.1/x"))
    assert await library.search.work(alone) == Redirected(joined)
    await library.drop("1", "2", "3")
    assert await library.search.work(joined) == Withdrawn()
    assert await library.search.work("never") is None
    assert (await library.search.sources())["s"].deleted == 3
