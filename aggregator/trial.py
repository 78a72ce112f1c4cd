"""A trial of a source: a sample through its real connector and crosswalk, and nothing stored."""

import logging
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from aggregator.errors import RetryLater, SkipRecord, SourceBroken
from aggregator.intake import EMPTY
from aggregator.quality import LONGEST_WORD, Quality, Words, quality, ranked
from aggregator.reading import understand
from aggregator.record import Record
from aggregator.source import Batch, Connector, Crosswalks, Raw, SourceConfig
from aggregator.watch import Watch
from aggregator.wording import say

log = logging.getLogger(__name__)

SAMPLE = 100
"""Records of a sample."""

EXAMPLES = 5

PATIENCE = 20
"""A list that begins with deletions is read on for a sample of living records, so many times the
size of the sample at most."""

_ENCODING_FOUND = re.compile(
    r"it is not UTF-8 and was read as \S+|read as \S+, found out by its letters"
)
"""What stands among ``encodings`` already: a file need not say how it is written."""

DECLARED = "declared"
"""Stands among ``encodings`` for "as the source itself says"."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a sample brought.

    ``received`` pieces came on ``pages`` in ``seconds``, of which ``records`` were understood as
    far as the sample goes; ``total`` is what the source claims, or what there is if the list
    ``ended``. ``page_seconds`` and ``record_seconds`` are what one page costs to fetch and one
    record to understand. ``rejected``: reason -> pieces. ``problems`` are sentences for the whole
    run, ``repairs`` what had to be mended in single records, ``encodings`` how they were read.
    """

    records: tuple[Record, ...]
    received: int
    pages: int
    seconds: float
    page_seconds: float
    record_seconds: float = 0.0
    deleted: int = 0
    total: int | None = None
    ended: bool = False
    rejected: Words = ()
    problems: tuple[str, ...] = ()
    repairs: Words = ()
    encodings: Words = ()

    @property
    def rejections(self) -> int:
        return sum(count for _, count in self.rejected)

    @property
    def harvest_seconds(self) -> float | None:
        """How long all records will take at the pace of the sample; None if nobody knows how many
        there are."""
        if self.total is None or not self.received:
            return None
        pages = math.ceil(self.total * self.pages / self.received)
        return pages * self.page_seconds + self.total * self.record_seconds


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """All that is told of a source before its records are taken in. ``joined`` of the sampled
    records join works that are here already."""

    source: SourceConfig
    trial: Trial
    joined: int
    quality: Quality = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality", quality(self.trial.records))

    @property
    def examples(self) -> Sequence[Record]:
        """A few records from the whole length of the sample: lists are sorted by age."""
        records = self.trial.records
        step = max(1, len(records) // EXAMPLES)
        return records[::step][:EXAMPLES]

    @property
    def joined_share(self) -> float:
        return self.joined / len(self.trial.records) if self.trial.records else 0.0

    def figures(self) -> dict[str, object]:
        """The figures by name, as scripts see them (DESIGN §10)."""
        trial, known = self.trial, self.quality
        seconds = trial.harvest_seconds
        return {
            "source": self.source.id,
            "connector": self.source.connector,
            "records": known.records,
            "received": trial.received,
            "deleted": trial.deleted,
            "rejected": trial.rejections,
            "reasons": trial.rejected,
            "problems": trial.problems,
            "fields": {
                name: {"records": count, "share": round(known.share(name), 4)}
                for name, count in known.filled.items()
            },
            "not_understood": known.not_understood,
            "encodings": dict(trial.encodings),
            "repairs": trial.repairs,
            "joined": {"records": self.joined, "share": round(self.joined_share, 4)},
            "total": trial.total,
            "ended": trial.ended,
            "pages": trial.pages,
            "seconds": round(trial.seconds, 3),
            "harvest_seconds": None if seconds is None else round(seconds, 1),
            "examples": self.examples,
        }


Told = Callable[[int], None]
"""Called with the number of pieces that have come."""


async def try_source(
    source: SourceConfig,
    connector: Connector,
    crosswalks: Crosswalks,
    *,
    count: int = SAMPLE,
    interval: float = 0.0,
    counting: float = 0.0,
    told: Told = lambda _received: None,
) -> Trial:
    """Read until ``count`` pieces that are no deletions have come; ``interval`` is the pause that
    a full harvest makes between two pages, in seconds. For so many seconds as ``counting`` the rest
    is counted: files do not say how many records they hold.

    Raises RetryLater or SourceBroken when nothing came at all.
    """
    sample = _Sample(source, {**crosswalks, **source.crosswalks()}, count)
    started = time.monotonic()
    moments = [started]
    watch = Watch()
    ended = False
    try:
        async with aclosing(connector.harvest({})) as batches:
            async for batch in batches:
                moments.append(time.monotonic())
                sample.take(batch)
                told(sample.received)
                circling = watch.page([raw.id for raw in batch.records], batch.checkpoint)
                if circling:
                    sample.problems.append(circling)
                    break
                if sample.is_full and moments[-1] - started >= counting:
                    break
            else:
                ended = True
    except (RetryLater, SourceBroken) as error:
        if not sample.received:
            raise
        sample.problems.append(str(error))
    except Exception as error:
        log.exception("The connector of %s failed", source.id)
        said = say("the connector failed: {error}", error=f"{type(error).__name__}: {error}")
        raise SourceBroken(said) from error
    pages = len(moments) - 1
    # From the first page on, for it bears the cost of the connection.
    between = (moments[-1] - moments[1]) / (pages - 1) if pages > 1 else moments[-1] - started
    return Trial(
        tuple(sample.records),
        sample.received,
        pages,
        moments[-1] - started,
        max(between, interval),
        sample.spent / max(1, len(sample.records)),
        sample.deleted,
        sample.received if ended and sample.total is None else sample.total,
        ended,
        ranked(sample.rejected),
        tuple(dict.fromkeys(sample.problems)),
        ranked(sample.repairs),
        ranked(sample.encodings),
    )


class _Sample:
    def __init__(self, source: SourceConfig, crosswalks: Crosswalks, count: int) -> None:
        self._source = source
        self._crosswalks = crosswalks
        self._left = count
        self._limit = count * PATIENCE
        self.records: list[Record] = []
        self.received = self.deleted = 0
        self.spent = 0.0
        self.total: int | None = None
        self.rejected: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()
        self.encodings: Counter[str] = Counter()
        self.problems: list[str] = []

    @property
    def is_full(self) -> bool:
        return self._left <= 0 or self.received >= self._limit

    def take(self, batch: Batch) -> None:
        """Read a page as far as the sample goes; all of it counts for the pace."""
        self.received += len(batch.records) + len(batch.rejects) + len(batch.still)
        if batch.total is not None:
            self.total = batch.total
        if batch.problem:
            self.problems.append(batch.problem)
        for reject in batch.rejects:
            self._refuse(reject.reason)
        for _ in batch.still:
            self._refuse(say(EMPTY))
        for raw in batch.records:
            if self._left <= 0:
                break
            self._read(raw)

    def _read(self, raw: Raw) -> None:
        if raw.body is None:
            self.deleted += 1
            return
        told = [one for one in raw.problems if not _ENCODING_FOUND.fullmatch(one)]
        self.repairs.update(dict.fromkeys(told, 1))
        self.encodings[_encoding(raw)] += 1
        started = time.monotonic()
        try:
            record, _, _ = understand(raw, self._source.id, self._source.language, self._crosswalks)
        except SkipRecord as reason:
            self._refuse(str(reason))
        else:
            self.records.append(record)
            self.spent += time.monotonic() - started
            self._left -= 1

    def _refuse(self, reason: str) -> None:
        if self._left > 0:
            self.rejected[reason[: 4 * LONGEST_WORD]] += 1
            self._left -= 1


def _encoding(raw: Raw) -> str:
    """How a connector says that it read a record otherwise than declared: in the format's name
    (``marc21+cp866``), or among the repairs ("read as windows-1251, …")."""
    named = raw.format.partition("+")[2]
    for problem in raw.problems:
        words = problem.replace(",", " ").split()
        if not named and words[:2] == ["read", "as"] and len(words) > 2:
            named = words[2]
    return named or DECLARED
