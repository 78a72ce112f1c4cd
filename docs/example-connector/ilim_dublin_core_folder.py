"""Connector `dublin_core_folder`: a folder with one oai_dc record in each file."""

import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path

from aggregator.errors import SourceBroken
from aggregator.source import Batch, Checkpoint, Raw, SourceConfig
from connectors.opening import Registered, from_disk


class FolderConfig(SourceConfig):
    """What `config/sources/<id>.yaml` may say besides the keys of every source."""

    path: Path
    """Of type Path: a relative one starts at the configuration folder."""


class Folder:
    """The connector. A file's name is the record's identifier."""

    def __init__(self, config: FolderConfig) -> None:
        self.config = config

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        folder = self.config.path
        if not folder.is_dir():
            raise SourceBroken(
                f"There is no folder {folder}. Correct 'path' in the file of the source "
                f"'{self.config.id}'; nothing was deleted."
            )
        files = sorted(folder.glob("*.xml"))
        for file in files:
            if file.name > checkpoint.get("after", ""):
                raw = Raw(id=file.stem, body=file.read_bytes(), format="oai_dc")
                yield Batch([raw], {"after": file.name}, total=len(files))
        yield Batch([], {})

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return True

    def fingerprint(self) -> str:
        return hashlib.sha256(str(self.config.path).encode()).hexdigest()


CONNECTOR = Registered(FolderConfig, Folder, from_disk(Folder))
"""What the entry point in pyproject.toml names."""
