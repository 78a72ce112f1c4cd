"""Rows of an XLSX workbook, streamed; the cached values of formulas are taken."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lxml import etree

from aggregator.wording import say
from aggregator.yamlmodel import nearest
from connectors.files import UNREADABLE, opened
from connectors.table_rows import (
    HEADER_WITHIN,
    Columns,
    Row,
    header_at,
    header_names,
    payload,
    require,
)
from connectors.table_text import NoTableError

if TYPE_CHECKING:
    from openpyxl import Workbook

LARGEST = 1 << 30
"""Bytes of all parts of a workbook when unpacked: sheets are streamed, but somebody must wait."""

LARGEST_PART = 128 * 1024 * 1024
"""Bytes of any part that is no sheet: shared texts and styles are held in memory."""

LAST_ROW = 1_048_576
"""The most that Excel has; a row that claims to be further down would be waited for."""

# A formula whose value was never calculated; an empty text is a value.
_UNCALCULATED = re.compile(
    rb"<c\b(?![^>]{0,200}\bt=\"str\")[^>]{0,200}>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)\s*"
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
LONGEST_ROW = 8 * 1024 * 1024
"""Bytes of a row: it is held in memory, and takes there many times as much."""

MOST_TAGS = 5_000_000
"""Tags in any part that is no sheet: they are held in memory too."""

_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CHUNK = 1 << 18
_OVERLAP = 16 * 1024


def sheet_rows(path: Path, pattern: str, columns: Columns) -> Iterator[Row | str]:
    """The rows of the first visible sheet, or of all that fit ``pattern``, hidden ones too; texts
    are news that the file is not whole.

    Raises NoTableError for what is no workbook, too large, or has no such sheet or columns.
    """
    try:
        with opened(path) as stream:
            with zipfile.ZipFile(stream) as archive:
                _check_size(archive)
            with closing(_load(stream)) as book:
                for name in _chosen(book, pattern):
                    yield from _sheet(book[name], columns)
    except (NoTableError, OSError):
        raise
    except Exception as error:  # the library lets errors of all kinds through
        raise NoTableError(
            say(
                "it cannot be read as a workbook ({error}); open it in a spreadsheet and save it "
                "again as .xlsx",
                error=f"{type(error).__name__}: {error}",
            )
        ) from error


def _check_size(archive: zipfile.ZipFile) -> None:
    """By what the directory says: what is longer than it says is not read to its end."""
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > LARGEST:
        raise NoTableError(
            say(
                "it would be more than {size} MB when unpacked; save the table as CSV",
                size=LARGEST >> 20,
            )
        )
    sheets = _sheet_parts(archive)
    for part in parts:
        if part.file_size > LARGEST_PART and part.filename not in sheets:
            raise NoTableError(
                say(
                    "its part {name} would be more than {size} MB when unpacked; save the table as "
                    "CSV",
                    name=part.filename,
                    size=LARGEST_PART >> 20,
                )
            )
    for part in parts:
        # What a part that is damaged holds before the damage may be read: that is said then.
        damage = (zipfile.BadZipFile, NotImplementedError, RuntimeError, *UNREADABLE)
        with suppress(*damage), archive.open(part) as stream:
            _check_density(stream, part.filename, part.filename in sheets)


def _check_density(stream: IO[bytes], name: str, is_sheet: bool) -> None:
    """Raises NoTableError for a part that would take far more memory than it has bytes."""
    tags = since = 0
    while chunk := stream.read(_CHUNK):
        tags += chunk.count(b"<")
        ends = [match.end() for match in _ROW.finditer(chunk)]
        longest = max((after - before for before, after in pairwise(ends)), default=0)
        longest = max(longest, since + (ends[0] if ends else len(chunk)))
        since = len(chunk) - ends[-1] if ends else since + len(chunk)
        if is_sheet and longest > LONGEST_ROW:
            raise NoTableError(
                say(
                    "its part {name} has a row of more than {size} MB, as no table has",
                    name=name,
                    size=LONGEST_ROW >> 20,
                )
            )
        if not is_sheet and tags > MOST_TAGS:
            raise NoTableError(
                say(
                    "its part {name} has more than {count} tags; save the table as CSV",
                    name=name,
                    count=MOST_TAGS,
                )
            )


def _sheet_parts(archive: zipfile.ZipFile) -> set[str]:
    """Parts that are sheets and nothing else, by the list of contents: where a part lies says
    nothing, and one may be called two things."""
    contents = archive.getinfo("[Content_Types].xml")
    if contents.file_size > _CHUNK:
        raise NoTableError(say("its list of contents is too long to be true"))
    root = etree.fromstring(archive.read(contents), etree.XMLParser(resolve_entities=False))
    kinds: dict[str, set[bool]] = {}
    for part in root.iter("{*}Override"):
        is_sheet = part.get("ContentType", "").endswith("spreadsheetml.worksheet+xml")
        kinds.setdefault(part.get("PartName", "").lstrip("/"), set()).add(is_sheet)
    return {name for name, found in kinds.items() if found == {True}}


def _load(stream: Any) -> "Workbook":
    from openpyxl import load_workbook  # noqa: PLC0415 it takes a fifth of a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which no row needs
        return load_workbook(stream, read_only=True, data_only=True, keep_links=False)


def _chosen(book: "Workbook", pattern: str) -> list[str]:
    """Names of the sheets to read; charts are none."""
    sheets = {sheet.title: sheet.sheet_state == "visible" for sheet in book.worksheets}
    if pattern:
        found = [name for name in sheets if name == pattern or fnmatchcase(name, pattern)]
    else:
        found = [name for name, visible in sheets.items() if visible][:1]
    if found:
        return found
    names = ", ".join(f"'{name}'" for name in sheets)
    near = nearest(pattern, sheets) if pattern else None
    words = [
        say("it has no sheet '{sheet}'.", sheet=pattern)
        if pattern
        else say("it has no visible sheet; name one as 'sheet'."),
        say("Did you mean '{word}'?", word=near) if near else "",
        say("Its sheets are: {names}", names=names),
    ]
    raise NoTableError(" ".join(filter(None, words)))


def _sheet(sheet: Any, columns: Columns) -> Iterator[Row | str]:
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    values = sheet.iter_rows(values_only=True, max_row=LAST_ROW)
    rows = enumerate(([_text(value) for value in row] for row in values), 1)
    first = list(islice(rows, HEADER_WITHIN))
    try:
        at, _ = header_at([cells for _, cells in first], columns)
        names = header_names(_trimmed(first[at][1]))
        require(names, columns)
    except NoTableError as error:
        raise NoTableError(
            say("in the sheet '{sheet}' {words}", sheet=sheet.title, words=error)
        ) from error
    for number, cells in chain(first[at + 1 :], rows):
        if any(cells):
            place = say("sheet '{sheet}', row {row}", sheet=sheet.title, row=str(number))
            yield Row(place, payload(names, cells))
    count = _uncalculated(sheet)
    if count:
        yield say(
            "the sheet '{sheet}' has {count} formulas whose values were never calculated: open the "
            "file in a spreadsheet and save it again",
            sheet=sheet.title,
            count=count,
        )


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Without the empty cells at the end: columns of a sheet that only once held something."""
    used = max((number for number, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return cells[:used]


def _text(value: object) -> str:
    """A cell as a person would type it: 2015.0 is 2015, a day without a time is a day."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".0f" if value.is_integer() else ".15g")  # Excel has 15 digits
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _uncalculated(sheet: Any) -> int:
    """How many formulas of the sheet have no value."""
    count = 0
    rest = b""
    with sheet._get_source() as stream:
        while chunk := stream.read(_CHUNK):
            text = rest + chunk
            end = 0
            for match in _UNCALCULATED.finditer(text):
                count += 1
                end = match.end()
            rest = text[max(end, len(text) - _OVERLAP) :]
    return count
