"""A connector that plays a script: for the runner, which must bear whatever a connector does."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from aggregator.errors import SkipRecord
from aggregator.record import Record
from aggregator.source import Batch, Checkpoint, Crosswalk, Names, Raw, SourceConfig
from connectors.crosswalks import CROSSWALKS

SOURCE = SourceConfig(
    id="scripted", name=Names(ky="Сценарий", ru="Сценарий", en="Script"), connector="scripted"
)


def dc(title: str, *identifiers: str) -> bytes:
    """An oai_dc body."""
    more = "".join(f"<dc:identifier>{text}</dc:identifier>" for text in identifiers)
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title>{more}</oai_dc:dc>"
    ).encode()


def raw(id: str, title: str = "", *identifiers: str, stamp: str = "2026-01-01") -> Raw:
    """A live record; the title is the id unless given."""
    return Raw(id, dc(title or id, *identifiers), "oai_dc", stamp)


def gone(id: str, stamp: str = "2026-01-02") -> Raw:
    """A tombstone."""
    return Raw(id, None, "oai_dc", stamp)


@dataclass
class Script:
    """Plays ``pages`` from the checkpoint's page on. ``sizes`` of pages are as given.

    An exception among the pages is raised when its turn comes. A finished script starts anew, as a
    full run does; ``incremental`` makes it go on where it ended.
    """

    pages: Sequence[Sequence[Raw] | Batch | BaseException]
    total: int | None = None
    incremental: bool = False
    address: str = "script"
    asked: list[Checkpoint] = field(default_factory=list)

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        self.asked.append(checkpoint)
        start = checkpoint.get("page", 0)
        for number, page in enumerate(self.pages[start:], start + 1):
            if isinstance(page, BaseException):
                raise page
            last = number == len(self.pages) and not self.incremental
            after = {"page": number} if not last else {"done": True}
            if isinstance(page, Batch):
                yield Batch(page.records, after, page.total, page.rejects, page.problem, page.still)
            else:
                yield Batch(page, after, self.total)

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return not checkpoint or "done" in checkpoint

    def fingerprint(self) -> str:
        return self.address


def broken_crosswalk(on: Callable[[str], bool]) -> dict[str, Crosswalk]:
    """The usual crosswalks, with an oai_dc one that cannot read the ids ``on`` names."""
    good = CROSSWALKS["oai_dc"]

    def read(body: bytes, source: str, local_id: str, stamp: str, language: str) -> Record:
        if on(local_id):
            raise SkipRecord("the script says so")
        return good.read(body, source, local_id, stamp, language)

    return {"oai_dc": Crosswalk(good.version, read)}
