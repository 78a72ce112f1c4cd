"""A small installation in a temporary folder, driven by the real command line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.shared import ROOT

_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-11-01T00:00:00Z</responseDate>
<request verb="ListRecords" metadataPrefix="oai_dc">https://example.org/oai</request>
<ListRecords>{records}</ListRecords></OAI-PMH>
"""
_RECORD = """<record><header{status}><identifier>{id}</identifier>\
<datestamp>{stamp}</datestamp></header>{metadata}</record>
"""
_METADATA = """<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" \
xmlns:dc="http://purl.org/dc/elements/1.1/">{elements}</oai_dc:dc></metadata>"""

SOURCE = """\
id: {id}
name: {{ky: Сыноо, ru: Проба, en: Test}}
connector: oai_pmh
"""


def live(id: str, **elements: str | Iterable[str]) -> str:
    """A live OAI record; ``elements`` are Dublin Core elements, one text or several."""
    texts = []
    for name, given in elements.items():
        for text in [given] if isinstance(given, str) else given:
            texts.append(f"<dc:{name}>{text}</dc:{name}>")
    metadata = _METADATA.format(elements="".join(texts))
    return _RECORD.format(id=id, status="", stamp="2026-11-01", metadata=metadata)


def deleted(id: str) -> str:
    """A deleted OAI record."""
    return _RECORD.format(id=id, status=' status="deleted"', stamp="2026-11-02", metadata="")


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    code: int
    output: str
    words: str

    @property
    def json(self) -> Any:
        assert self.output, self.words
        return json.loads(self.output)


@dataclass(frozen=True)
class Installation:
    """Configuration and data under one folder."""

    folder: Path
    room: str = "data"
    """Name of the data folder: two installations may share their configuration."""
    place: Path = ROOT
    """The folder that commands are run in."""

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def data(self) -> Path:
        return self.folder / self.room

    def source(self, id: str, more: str) -> None:
        """Write ``sources/<id>.yaml``; ``more`` are its other keys."""
        path = self.config / "sources" / f"{id}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SOURCE.format(id=id) + more, encoding="utf-8")

    def saved(self, id: str, pages: Mapping[str, Iterable[str]], more: str = "") -> None:
        """A source over a folder of saved responses: file name -> records."""
        folder = self.config / id
        folder.mkdir(parents=True, exist_ok=True)
        for name, records in pages.items():
            text = _PAGE.format(records="".join(records))
            (folder / name).write_text(text, encoding="utf-8")
        self.source(id, f"path: {id}\n{more}")

    def command(self, *arguments: str) -> list[str]:
        return [
            sys.executable, "-m", "aggregator", "--config", str(self.config),
            "--data", str(self.data), *arguments,
        ]  # fmt: skip

    def ilim(self, *arguments: str, timeout: float = 120, **env: str) -> Done:
        """Run a command to its end; ``env`` is added to the environment."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.place, check=False,
            capture_output=True, text=True, timeout=timeout,
            env=_clean_environment() | env,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)


def _clean_environment() -> dict[str, str]:
    """Ours without Ilim's settings; the package is found from any folder."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("ILIM_")}
    path = os.pathsep.join(filter(None, (str(ROOT), kept.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path}
