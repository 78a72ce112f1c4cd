"""The documents for librarians, followed as a new user would: the commands that stand in them."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import yaml

from tests.documents import AWAITED, blocks, commands, section
from tests.shared import ROOT
from tests.unit.connectors.oai_server import Repository, items, serving

pytestmark = pytest.mark.slow

ADDRESS = "https://journals.talas.example/oai"
IRBIS = "#920: PAZK\r\n#903: 84/{0}\r\n#200: ^AТоо китепканасы {0}^FА. Жакыпов\r\n*****\r\n"


async def run(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command of a document in an installation's folder."""
    assert words[0] == "ilim"
    env = {name: value for name, value in os.environ.items() if not name.startswith("ILIM_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "aggregator", *words[1:], cwd=folder,
        env=env | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def follow(folder: Path, words: list[str], address: str) -> bool:
    """Run a command that must do, or that must not do yet; whether it did."""
    line = " ".join(words)
    code, output = await run(folder, *(address if word == ADDRESS else word for word in words))
    if line.startswith(AWAITED):
        assert code != 0, f"`{line}` works now: take it out of AWAITED"
        return False
    assert code == 0, f"`{line}` ended with {code}: {output}"
    return True


def prepare(folder: Path) -> None:
    """What the librarian has before: an export and a table where the document says."""
    exports = folder / "config" / "exports"
    (exports / "library").mkdir(parents=True)
    text = "".join(IRBIS.format(number) for number in range(1, 6))
    (exports / "library" / "2026-11.txt").write_bytes(text.encode("windows-1251", "replace"))
    [table] = blocks(section("add-a-source.md", "en"), "csv")
    (exports / "projects.csv").write_text(table, encoding="utf-8")
    (folder / "config" / "sources").mkdir()


async def test_sources_are_added_and_looked_after_as_the_documents_say(tmp_path: Path) -> None:
    prepare(tmp_path)
    text = section("add-a-source.md", "en")
    files = {yaml.safe_load(block)["id"]: block for block in blocks(text, "yaml")}
    async with serving(Repository(items(8))) as address:
        for words in commands(text):
            did = await follow(tmp_path, words, address)
            if words[1:3] == ["sources", "new"]:
                id = words[words.index("--id") + 1]
                file = tmp_path / "config" / "sources" / f"{id}.yaml"
                assert file.exists() == did
                if did:  # what it wrote is what the document says, but for what a person corrects
                    made, meant = yaml.safe_load(file.read_text()), yaml.safe_load(files[id])
                    assert made["connector"] == meant["connector"]
                    assert made.get("path") == meant.get("path")
                file.write_text(files[id].replace(ADDRESS, address), encoding="utf-8")
            elif words[1] == "harvest" and did:
                _, records = await run(tmp_path, "ilim", "records", "--source", words[2])
                assert '"local_id"' in records
        for words in commands(section("when-a-source-breaks.md", "en")):
            await follow(tmp_path, words, address)
