"""The sources as their files say now: a changed file takes effect without a restart.

A file with a mistake changes nothing: what it said before stays at work, and ``mistakes`` says what
to correct.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from aggregator.errors import ConfigError
from aggregator.source import SourceConfig
from aggregator.yamlfile import Mistake

log = logging.getLogger(__name__)

LOOK = 3.0
"""Seconds between two looks at the folder."""

Read = Callable[[], tuple[Mapping[str, SourceConfig], Sequence[Mistake]]]
"""Reads the folder: the sources whose files are right, and every mistake in the others."""

Stamp = tuple[tuple[str, int, int, int], ...]


class LiveSources(Mapping[str, SourceConfig]):
    """Source id -> its configuration, in the order of ids, as of the last look."""

    def __init__(self, folder: Path, read: Read) -> None:
        """``folder`` holds the ``*.yaml`` that ``read`` reads. Raises ConfigError where there is no
        configuration at all."""
        self._folder = folder
        self._read = read
        self._stamp = self._stamped()
        sources, self._mistakes = read()
        self._sources = dict(sources)

    def __getitem__(self, id: str) -> SourceConfig:
        return self._sources[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """What is wrong in the files now, each with file and line; empty when nothing is."""
        return tuple(map(str, self._mistakes))

    @property
    def wrong(self) -> frozenset[str]:
        """The ids that the wrong files are named after."""
        return frozenset(Path(mistake.file).stem for mistake in self._mistakes)

    def look(self) -> bool:
        """Read the files again if any has changed since the last look; True if so."""
        stamp = self._stamped()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            sources, mistakes = self._read()
        except (ConfigError, OSError) as error:  # the folder is gone: a mount that is away, say
            sources, mistakes = self._sources, [Mistake(str(self._folder), 0, "", str(error))]
        self._mistakes = mistakes
        kept = {id: config for id, config in self._sources.items() if id in self.wrong}
        self._sources = dict(sorted({**kept, **sources}.items()))
        for mistake in mistakes:
            log.error("%s. Until that is corrected, what was there before stays at work.", mistake)
        if not mistakes:
            log.info("The sources were read again: %d files.", len(self._sources))
        return True

    def _stamped(self) -> Stamp:
        """What tells that a file is another one: its name, time, size and place on disk."""
        try:
            found = sorted(self._folder.iterdir())
        except OSError:
            return ()
        stamps = []
        for file in found:
            try:
                stat = file.stat()
            except OSError:
                continue  # it has gone since, or nobody may look at it
            stamps.append((file.name, stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(stamps)
