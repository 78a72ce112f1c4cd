"""The sources that docs/connectors/marc_file.md offers for copying are such as Ilim accepts."""

import re
from pathlib import Path

from aggregator.settings import load_sources
from connectors.marc_file import SUFFIXES, TEXTS, MarcFileConfig
from connectors.registry import MODELS
from tests.shared import ROOT

GUIDE = ROOT / "docs" / "connectors" / "marc_file.md"


def test_examples_are_accepted() -> None:
    sources = load_sources(GUIDE.parent / "examples", MODELS, {})
    assert sources.keys() == {"irbis-export", "irbis-master"}
    assert all(isinstance(source, MarcFileConfig) for source in sources.values())
    linked = re.findall(r"\]\((examples/[^)]+)\)", GUIDE.read_text("utf-8"))
    assert {Path(one).stem for one in linked} == sources.keys()


def test_the_guide_names_every_suffix() -> None:
    guide = GUIDE.read_text("utf-8")
    assert f"`{' '.join(SUFFIXES)}`" in guide
    assert f"`{' '.join(TEXTS)}`" in guide
