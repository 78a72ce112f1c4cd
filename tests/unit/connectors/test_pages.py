"""Each connector has a page in docs/connectors with all its settings, and a fixture folder."""

import re

import pytest
import yaml

from aggregator.source import SourceConfig
from connectors.http_settings import HttpSettings
from connectors.registry import CONNECTORS, MODELS
from tests.contracts.cases import CASES
from tests.shared import ROOT

PAGES = ROOT / "docs" / "connectors"


def test_there_is_a_page_for_each_and_no_other() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(CONNECTORS)


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_page_names_every_setting(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_.]+)", page))
    own = MODELS[name].model_fields.keys() - SourceConfig.model_fields.keys()
    assert sorted(own - named - {"http"}) == []
    if name == "oai_pmh":
        assert sorted(HttpSettings.model_fields.keys() - named) == []


@pytest.mark.parametrize("name", CONNECTORS)
def test_the_examples_of_a_page_are_such_as_ilim_accepts(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(id:.*?)```", page, re.DOTALL)
    assert examples
    for example in examples:
        said = yaml.safe_load(example.replace("…", "x"))
        assert MODELS[name].model_validate(said).id == said["id"]


def test_each_has_a_small_partner_for_the_contract() -> None:
    assert {case.connector for case in CASES.values()} >= set(CONNECTORS)
    assert all(case.fixture.is_dir() and any(case.fixture.iterdir()) for case in CASES.values())
