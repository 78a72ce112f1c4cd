"""The example package as its README says: installed, harvested with, held to the contract."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.house import Installation
from tests.shared import ROOT

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "docs" / "example-connector"
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the example is installed as its README says, but not beside Ilim."""
    folder = tmp_path_factory.mktemp("packages")
    sources = folder / "example"
    shutil.copytree(EXAMPLE, sources)  # building writes beside the sources
    target = folder / "installed"
    [command] = re.findall(r"^\.venv/bin/pip (install .*) docs/example-connector$", README, re.M)
    arguments = [*command.split(), "--quiet", "--no-index", "--target", str(target), str(sources)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return target


def paths(*folders: Path) -> dict[str, Any]:
    return {"PYTHONPATH": os.pathsep.join(map(str, folders))}


@pytest.fixture
def letters(installation: Installation) -> Installation:
    """The source that the README describes, over the example's fixture, beside another one."""
    [source] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    folder = installation.config / "sources"
    folder.mkdir()
    (folder / "letters.yaml").write_text(source, encoding="utf-8")
    shutil.copytree(EXAMPLE / "fixture" / "records", installation.config / "letters")
    shutil.copytree(ROOT / "config" / "sample" / "marc", installation.config / "marc")
    (folder / "books.yaml").write_text(
        "id: books\nname: {ky: а, ru: а, en: a}\nconnector: marc_file\npath: marc\n"
    )
    return installation


def test_its_source_is_harvested_and_found(letters: Installation, packages: Path) -> None:
    done = letters.ilim("harvest", "letters", "--json", **paths(packages))
    [run] = done.json["runs"]
    assert (run["verdict"], run["new"], run["rejected"]) == ("complete", 3, 1), done.words
    assert letters.ilim("search", "mountain passes", "--json", **paths(packages)).json["total"] == 1
    again = letters.ilim("harvest", "letters", "--json", **paths(packages)).json["runs"][0]
    assert (again["unchanged"], again["new"], again["changed"]) == (3, 0, 0)


def test_without_it_the_connector_is_not_known(letters: Installation) -> None:
    done = letters.ilim("harvest")
    assert done.code == 2
    assert (
        "letters.yaml, line 3: connector: there is no connector 'dublin_core_folder'" in done.words
    )


def test_broken_it_is_told_and_other_sources_are_harvested(
    letters: Installation, packages: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(packages, broken)
    (broken / "ilim_dublin_core_folder.py").write_text("import no_such_module\n")
    done = letters.ilim("harvest", "--json", **paths(broken))
    told = "The connector 'dublin_core_folder' of the package ilim-dublin-core-folder 0.1.0"
    assert done.code == 1
    assert done.words.count(told) == 1
    runs = {run["source"]: run for run in done.json["runs"]}
    assert runs["books"]["verdict"] == "complete" and runs["books"]["new"] > 0
    assert runs["letters"]["verdict"] == "failed"
    assert told in runs["letters"]["reason"] and "no_such_module" in runs["letters"]["reason"]
    doctor = letters.ilim("doctor", "--no-sources", **paths(broken))
    assert re.search(rf"warning configuration: {told}.*no_such_module", doctor.output)
    # Repaired, it goes on as if nothing had been.
    mended = letters.ilim("harvest", "letters", "--json", **paths(packages)).json["runs"][0]
    assert (mended["verdict"], mended["new"]) == ("complete", 3)


def test_its_own_tests_run_the_contract(packages: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "fixture", tmp_path / "fixture")
    [test] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "test_contract.py").write_text(test, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, **paths(packages, ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout
