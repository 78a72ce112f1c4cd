"""The searches that README.md shows, as they stand there, on the sample."""

import re
import shlex
import shutil

import pytest

from tests.integration.house import Installation
from tests.shared import ROOT


@pytest.mark.slow
def test_the_readmes_searches_find_works_of_the_sample(installation: Installation) -> None:
    shutil.rmtree(installation.config)
    shutil.copytree(ROOT / "config", installation.config)
    assert installation.ilim("harvest", "sample-marc", "sample-dc").code == 0
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"on the sample:\n\n```sh\n(.*?)```", readme, re.DOTALL)
    searches = [shlex.split(line, comments=True)[1:] for line in lines.strip().splitlines()]
    assert len(searches) == 3
    for search in searches:
        done = installation.ilim(*search)
        assert done.code == 0, done.words
        assert not done.output.startswith("0 works")
        assert installation.ilim(*search, "--json").json["hits"]
