"""From a typed query to the index's answer: concepts, suggestions."""

from collections.abc import AsyncIterator

import pytest

from aggregator.field_names import field_names
from aggregator.finder import Finder
from aggregator.query import name_key
from aggregator.source import Names as Called
from aggregator.source import SourceConfig
from aggregator.thesaurus import load
from tests.contracts.engines import TABLE, Engine, fill
from tests.contracts.model import make_work
from tests.shared import ROOT

TITLES = {
    "culture": "Кыргыз элинин маданий мурасы",
    "water": "Көлдүн суусунун химиялык курамы",
    "people": "Эл оозеки чыгармачылыгы",
    "history": "История киргизской литературы",
    "chem": "Chemistry of high mountain lakes",
    "dream": "Plastic dreams",
    "drama": "Drama and theatre",
    "drama2": "Drama today",
    "compound": "Суусактык жана кургакчылык: водохранилище",
    "names": "Aitmatov and the world",
    "atlas": "Kasymov atlas",
    "long": "Электроэнцефалографиялардын",
}


THESAURUS = load(ROOT / "config" / "thesaurus")


@pytest.fixture
async def finder(engine: Engine) -> AsyncIterator[Finder]:
    async with engine.open() as index:
        works = [make_work(id, title) for id, title in TITLES.items()]
        works += [make_work(f"by{n}", "Эмгек", creator="Айтматов, Ч.") for n in range(3)]
        await fill(index, works)
        yield Finder(index, TABLE, field_names(TABLE, {}), THESAURUS)


@pytest.mark.parametrize(
    ("text", "kind", "suggested"),
    [
        ("plastic draems", "spelling", "plastic dreams"),
        ("plastic drams", "spelling", "plastic dreams"),  # not drama, though more works have it
        ("Кыргыз элинин маданйи мурасы", "spelling", "Кыргыз элинин маданий мурасы"),
        ("title:plastic -tea draems", "spelling", "title:plastic -tea dreams"),
        ("rshusp 'kbyby vflfybq vehfcs", "keyboard", "кыргыз элинин маданий мурасы"),
        ("здфыешс вкуфьы", "keyboard", "plastic dreams"),
        ("kyrgyz elinin madaniy murasy", "script", "кыргыз элинин маданий мурасы"),
        ("köldün suusunun himiyalık kuramı", "script", "көлдүн суусунун химиялык курамы"),
        ("el oozeki", "script", "эл оозеки"),
        ("istoriya literatury", "script", "история литературы"),
        ("Aitmatov", "script", "айтматов"),  # found as it is, and more works have the other
        ("касымов", "script", "kasymov"),
        ("водо хранилище", "joined", "водохранилище"),
        ("историякиргизской", "split", "история киргизской"),
        ("plastic qqqqzzzz", "fewer", "plastic"),
        ("Plastic. – 2091. – № 777 (888). – dreams", "fewer", "Plastic. dreams"),
    ],
)
async def test_what_else_to_try(finder: Finder, text: str, kind: str, suggested: str) -> None:
    found = {str(s.kind): s.text for s in (await finder.find(text)).suggestions}
    assert found.get(kind) == suggested


@pytest.mark.parametrize(
    "text",
    ["plastic dreams", "Кыргыз элинин", "элине", "zzzz qqqq", "", "-plastic", '"plastic drams"',
     "10.1000/182", "elektroentsefalografiyalardyn"],  # a word too long to read otherwise
)  # fmt: skip
async def test_nothing_is_suggested_where_nothing_is_better(finder: Finder, text: str) -> None:
    assert not (await finder.find(text)).suggestions


async def test_suggestions_belong_to_the_first_page(finder: Finder) -> None:
    assert not (await finder.find("plastic draems", offset=10)).suggestions
    assert not (await finder.find("plastic draems", suggest=False)).suggestions


async def test_a_concept_is_found_under_its_other_names(finder: Finder) -> None:
    answer = await finder.find("химия")
    assert {hit.id for hit in answer.page.hits} == {"chem", "water"}
    [part] = [part for part in answer.query.understood if part.kind == "concept"]
    assert part.text == "химия"
    assert "chemistry" in part.more
    typed = await finder.find("химия", concepts=False)
    assert [hit.id for hit in typed.page.hits] == ["water"]
    assert all(part.kind != "concept" for part in typed.query.understood)


async def test_what_stands_in_a_field_is_meant_as_typed(finder: Finder) -> None:
    answer = await finder.find("title:химия")
    assert [hit.id for hit in answer.page.hits] == ["water"]


def test_sources_are_named_by_id_or_name() -> None:
    source = SourceConfig(id="kg-lib", name=Called(ky="Китепкана", ru="Библиотека", en="Library"),
                          connector="none")  # fmt: skip
    names = field_names(TABLE, {"kg-lib": source})
    assert names.fields[name_key("ИСТОЧНИК")] == "source"
    read = names.values["source"]
    assert (read("kg-lib"), read("библиотека"), read("Library "), read("kg")) == (
        "kg-lib", "kg-lib", "kg-lib", "",
    )  # fmt: skip
    assert names.values["year"]("2010..") == "2010.."
    assert not names.values["year"]("x")
    assert names.values["language"]("кыргызча") == "ky"
