"""Tables for tests, and a harvest of one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from aggregator.record import Record
from aggregator.source import Batch, Checkpoint, Names, Raw, Reject
from connectors.registry import connect
from connectors.table import TableConfig

NAMES = Names(ky="Сыноо", ru="Проба", en="Trial")
PLAIN = {"local_id": "id", "title": "title"}


def config(mapping: Mapping[str, Any] = PLAIN, **settings: Any) -> TableConfig:
    return TableConfig.model_validate(
        {"id": "x", "name": NAMES, "connector": "table", "mapping": mapping, **settings}
    )


async def batches(made: TableConfig, checkpoint: Checkpoint | None = None) -> list[Batch]:
    async with connect(made) as connector:
        return [batch async for batch in connector.harvest(checkpoint or {})]


async def harvest(made: TableConfig) -> tuple[list[Raw], list[Reject], str]:
    """All records, all rejects and all problems of one run."""
    found = await batches(made)
    return (
        [raw for batch in found for raw in batch.records],
        [reject for batch in found for reject in batch.rejects],
        "; ".join(batch.problem for batch in found if batch.problem),
    )


def record(made: TableConfig, raw: Raw) -> Record:
    """What the source's own crosswalk makes of it."""
    assert raw.body is not None
    read = made.crosswalks()[raw.format].read
    return read(raw.body, made.id, raw.id, raw.stamp, made.language)


def workbook(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]], hidden: str = "") -> None:
    """Save rows as XLSX, a sheet for each name."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
