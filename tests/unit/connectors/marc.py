"""MARC files made for tests: small, and broken in one way at a time."""

from collections.abc import Sequence
from pathlib import Path

from aggregator.source import Batch, Checkpoint, Names, Raw, Reject
from connectors.marc_file import MarcFile, MarcFileConfig

Fields = Sequence[tuple[str, bytes]]


def record(
    number: str, title: str = "Ак кеме", encoding: str = "utf-8", *, status: str = "n"
) -> bytes:
    """One ISO 2709 record with a control number (or none) and a title."""
    fields = [("001", number.encode())] if number else []
    return framed([*fields, ("245", b"10\x1fa" + title.encode(encoding))], status)


def framed(fields: Fields, status: str = "n", mark: bytes = b"a") -> bytes:
    """ISO 2709 with a true leader and directory, made independently of the code under test."""
    directory, data = b"", b""
    for tag, value in fields:
        directory += b"%s%04d%05d" % (tag.encode(), (len(value) + 1) % 10_000, len(data) % 100_000)
        data += value + b"\x1e"
    base = 24 + len(directory) + 1
    length = (base + len(data) + 1) % 100_000
    leader = b"%05d%sam %s22%05d a 4500" % (length, status.encode(), mark, base)
    return leader + directory + b"\x1e" + data + b"\x1d"


def marcxml(*records: str, declaration: str = "") -> bytes:
    inside = "".join(records)
    return f'{declaration}<m:collection xmlns:m="http://www.loc.gov/MARC21/slim">{inside}</m:collection>'.encode()


def element(number: str, title: str = "Ак кеме", leader: str = "00000nam a2200000 a 4500") -> str:
    return (
        f'<m:record><m:leader>{leader}</m:leader><m:controlfield tag="001">{number}'
        '</m:controlfield><m:datafield tag="245" ind1="1" ind2="0"><m:subfield code="a">'
        f"{title}</m:subfield></m:datafield></m:record>"
    )


def connector(path: Path, **settings: str) -> MarcFile:
    return MarcFile(
        MarcFileConfig.model_validate(
            {"id": "files", "name": Names(ky="a", ru="b", en="c"), "connector": "marc_file",
             "path": path, **settings}
        )
    )  # fmt: skip


async def batches(path: Path, checkpoint: Checkpoint | None = None, **settings: str) -> list[Batch]:
    return [one async for one in connector(path, **settings).harvest(checkpoint or {})]


async def harvest(path: Path, **settings: str) -> tuple[list[Raw], list[Reject], str]:
    """All records, all rejects and all problems of one run."""
    found = await batches(path, None, **settings)
    return (
        [raw for batch in found for raw in batch.records],
        [reject for batch in found for reject in batch.rejects],
        "; ".join(batch.problem for batch in found if batch.problem),
    )
