"""Connectors that installed packages bring: taken in, or told with package and reason."""

from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from aggregator.errors import SourceBroken
from aggregator.settings import load_sources
from connectors.hosts import Hosts
from connectors.opening import Network
from connectors.packages import GROUP, Brought, brought
from tests.shared import ROOT

EXAMPLE = (ROOT / "docs" / "example-connector" / "ilim_dublin_core_folder.py").read_text("utf-8")
TAKEN = ("oai_pmh", "marc_file", "table")


def install(folder: Path, package: str, entries: dict[str, str], module: str = "") -> None:
    """What pip leaves of a package: its metadata, and a module of the same name."""
    info = folder / f"{package}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
    lines = "\n".join(f"{name} = {value}" for name, value in entries.items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}\n")
    (folder / f"{package}.py").write_text(module, encoding="utf-8")


def found(folder: Path) -> list[EntryPoint]:
    everywhere = distributions(path=[str(folder)])
    return [entry for one in everywhere for entry in one.entry_points if entry.group == GROUP]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are imported from."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def loaded(folder: Path) -> Brought:
    return brought(found(folder), TAKEN)


def test_a_package_brings_a_connector(folder: Path) -> None:
    install(folder, "pk_good", {"folder": "pk_good:CONNECTOR"}, EXAMPLE)
    both = loaded(folder)
    assert (list(both.connectors), both.troubles) == (["folder"], ())
    assert both.connectors["folder"].config.__name__ == "FolderConfig"


LAX = EXAMPLE.replace(
    "class FolderConfig(SourceConfig):",
    "class FolderConfig(SourceConfig):\n    model_config = {'extra': 'ignore'}",
)


@pytest.mark.parametrize(
    ("name", "value", "module", "reason"),
    [
        ("folder", "CONNECTOR", "import no_such_module", "No module named 'no_such_module'"),
        ("folder", "CONNECTOR", "raise SystemExit('bye')", "SystemExit: bye"),
        ("folder", "CONNECTOR", "def (", "SyntaxError: "),
        ("folder", "CONECTOR", EXAMPLE, "no attribute 'CONECTOR'"),
        ("folder", "Folder", EXAMPLE, "pk_bad:Folder is not a Registered"),
        ("folder", "CONNECTOR", LAX, "FolderConfig does not refuse unknown keys"),
        ("Folder-1", "CONNECTOR", EXAMPLE, "a name is small Latin letters"),
        ("table", "CONNECTOR", EXAMPLE, "Ilim has one of that name, which stays"),
    ],
)
def test_a_broken_one_is_told_and_the_others_go_on(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    module: str,
    reason: str,
) -> None:
    monkeypatch.delitem(__import__("sys").modules, "pk_bad", raising=False)
    install(folder, "pk_bad", {name: f"pk_bad:{value}"}, module)
    install(folder, "pk_good", {"letters": "pk_good:CONNECTOR"}, EXAMPLE)
    both = loaded(folder)
    [trouble] = both.troubles
    assert trouble.startswith(f"The connector '{name}' of the package pk_bad 1.2 cannot be used: ")
    assert reason in trouble and trouble.endswith(".")
    assert both.connectors["letters"].connector.__name__ == "Folder"
    assert not set(TAKEN) & set(both.connectors)


def test_two_packages_with_one_name_are_both_left_out(folder: Path) -> None:
    for package in ("pk_one", "pk_two"):
        install(folder, package, {"folder": f"{package}:CONNECTOR"}, EXAMPLE)
    [trouble] = loaded(folder).troubles
    assert "of the package pk_one 1.2 and the package pk_two 1.2 cannot be used" in trouble


async def test_a_source_of_a_broken_connector_fails_alone(folder: Path, tmp_path: Path) -> None:
    install(folder, "pk_bad", {"folder": "pk_bad:MISSING"}, EXAMPLE)
    both = loaded(folder)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "letters.yaml").write_text(
        "id: letters\nname: {ky: а, ru: а, en: a}\nconnector: folder\npath: records\n"
        "schedule: daily\nmapping: {title: [a, b]}\n"
    )
    models = {name: registered.config for name, registered in both.connectors.items()}
    source = load_sources(tmp_path, models, {})["letters"]
    async with both.connectors["folder"].open(source, Network(Hosts())) as connector:
        with pytest.raises(SourceBroken, match=r"'letters' cannot be harvested. .*pk_bad 1\.2"):
            await anext(connector.harvest({}))
