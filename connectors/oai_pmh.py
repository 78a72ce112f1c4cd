"""OAI-PMH 2.0: harvests a repository, or a folder of its saved responses.

A run asks for intervals of datestamps (`connectors.oai_window`): one without bounds the first
time, then what came since. `connectors.oai_run` has what becomes of each answer.
"""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from sickle.oaiexceptions import CannotDisseminateFormat

from aggregator.errors import IlimError, SourceBroken
from aggregator.source import Batch, Checkpoint, Raw
from aggregator.wording import say
from connectors.fetch import Fetcher
from connectors.oai_client import OaiClient
from connectors.oai_folder import saved_pages
from connectors.oai_reader import ERROR_KINDS
from connectors.oai_request import OaiPmhConfig, build_request
from connectors.oai_run import Run
from connectors.oai_singles import Singles
from connectors.oai_window import Progress, Window

__all__ = ["OaiPmh", "OaiPmhConfig", "build_request"]

log = logging.getLogger(__name__)


class OaiPmh:
    """The connector (`aggregator.source.Connector`); ``fetcher`` is not used for a folder."""

    def __init__(self, config: OaiPmhConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher

    def fingerprint(self) -> str:
        return self._config.fingerprint()

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return self._config.path is not None or self._progress(checkpoint).full

    def _progress(self, checkpoint: Checkpoint) -> Progress:
        config = self._config
        return Progress.resume(config.fingerprint(), config.lists, checkpoint, config.overlap)

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch, None]:
        if self._config.path is not None:
            batches = saved_pages(self._config, checkpoint)
        else:
            progress = self._progress(checkpoint)
            progress.format = progress.format or await self._choose_format()
            config = self._config.only(progress.format)
            batches = Run(config, self._fetcher, progress).batches()
        async with aclosing(batches):
            async for batch in batches:
                yield batch

    async def still_has(self, names: Sequence[str], checkpoint: Checkpoint) -> Sequence[Raw]:
        """Those of ``names`` that the source has when asked for each, whatever its list says.

        Where sets are harvested, what is in none of them does not count. Raises nothing: what
        cannot be had is not there.
        """
        if self._config.path is not None:
            return ()
        config = self._config.only(self._progress(checkpoint).format or self._config.format)
        singles = Singles(OaiClient(config, self._fetcher), config.format)
        pages = [page for name in names if (page := await singles.one(name))]
        return [raw for page in pages for raw in page.records if raw.body and self._wanted(raw)]

    def _wanted(self, raw: Raw) -> bool:
        sets = self._config.sets
        return not sets or any(f"{of}:".startswith(f"{one}:") for of in raw.sets for one in sets)

    async def _choose_format(self) -> str:
        """The first of the wanted formats that the repository offers; where it does not tell, the
        first that it does not refuse. A single one needs no question."""
        wanted = self._config.formats
        if len(wanted) == 1:
            return wanted[0]
        client = OaiClient(self._config, self._fetcher)
        offered = await client.formats()
        for format in wanted:
            if format in offered or (not offered and await self._is_taken(format)):
                return format
        if not offered:
            return wanted[0]
        raise SourceBroken(
            say(
                "The source offers none of the formats {wanted}. It offers {offered}. Correct "
                "`formats` in the source's file.",
                wanted=", ".join(wanted),
                offered=", ".join(offered),
            )
        )

    async def _is_taken(self, format: str) -> bool:
        client = OaiClient(self._config.only(format), self._fetcher)
        try:
            await client.headers(Window(self._config.lists[0]), "", days=False)
        except CannotDisseminateFormat:
            return False
        except (IlimError, *ERROR_KINDS):
            return True
        return True
