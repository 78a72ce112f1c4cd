"""Rows of CSV and of JSON Lines, each as a payload or with the reason why it is none."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from aggregator.normalize import clean
from aggregator.wording import later, say
from aggregator.yamlmodel import instead, nearest
from connectors.crosswalks.table_mapping import fold
from connectors.files import UNREADABLE
from connectors.table_text import Line, NoTableError, Writing, lines, too_long

HEADER_WITHIN = 20
"""The header is looked for in so many rows: a table's title often stands above it."""

DELIMITERS = (",", ";", "\t", "|")

_SHAPES = 20
"""A table whose identifiers have more shapes than this tells nothing by them."""
_FEW = 3
"""A text with fewer delimiters may well look like a row."""
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_UNPAIRED = later("its quotation marks are not paired")
_PIECE = later("it may be a piece of the row above, whose quotation marks are not paired")
_REPAIRED = "bytes that are not of the file's encoding were repaired"


@dataclass(frozen=True, slots=True)
class Row:
    """``place`` is where it begins in the file. With a ``reason`` it is no row: ``body`` is then
    what stands there, and its identifier can be believed only if it is ``named``."""

    place: str
    body: bytes
    problems: tuple[str, ...] = ()
    reason: str = ""
    named: bool = False


Columns = Mapping[str, str]
"""Columns that a mapping names -> the key that does."""


# --- the header --------------------------------------------------------------------------------


def header_at(rows: Sequence[Sequence[str]], columns: Columns) -> tuple[int, int]:
    """Which row is the header (the first that has most of the mapped columns, else the first that
    is not empty), and how many of them it has."""
    wanted = set(map(fold, columns))
    found = {
        number: len(wanted.intersection(map(fold, row)))
        for number, row in enumerate(rows)
        if any(map(str.strip, row))
    }
    if not found:
        raise NoTableError(say("no row with a text in it is found at its beginning"))
    best = max(found, key=lambda number: (found[number], -number))
    return best, found[best]


def header_names(row: Iterable[str]) -> tuple[str, ...]:
    """Names of columns as payloads have them: a second "Автор" is "Автор (2)", one without a
    name "column 5"."""
    names: dict[str, str] = {}
    for number, cell in enumerate(row, 1):
        plain = name = clean(cell) or f"column {number}"
        count = 1
        while fold(name) in names:
            count += 1
            name = f"{plain} ({count})"
        names[fold(name)] = name
    return tuple(names.values())


def require(names: Iterable[str], columns: Columns) -> None:
    """Raises NoTableError for a mapping that names columns which are not there."""
    known = {fold(name): name for name in names}
    wrong = []
    for column, key in columns.items():
        if fold(column) not in known:
            near = nearest(clean(column), known.values())
            hint = f" ({instead(near, ())})" if near else ""
            words = say("mapping.{key} names the column '{column}'", key=key, column=column)
            wrong.append(words + hint)
    if wrong:
        listed = ", ".join(f"'{name}'" for name in known.values())
        raise NoTableError(
            say(
                "{columns}, which the file does not have. Its columns are: {known}",
                columns="; ".join(wrong),
                known=listed,
            )
        )


def payload(names: Sequence[str], cells: Sequence[str]) -> bytes:
    """A row as JSON: column -> cell as it is in the file, without the empty ones."""
    if len(cells) > len(names):
        names = header_names([*names, *[""] * (len(cells) - len(names))])
    return msgspec.json.encode(
        {name: cell for name, cell in zip(names, cells, strict=False) if cell}
    )


# --- CSV ---------------------------------------------------------------------------------------


def csv_rows(path: Path, how: Writing, delimiter: str, columns: Columns) -> Iterator[Row]:
    """The rows below the header. Raises NoTableError where a mapped column is missing."""
    delimiter, start = _dialect(path, how, delimiter, columns)
    feed = _Feed(lines(path, how))
    reader = feed.reader(delimiter)
    for _ in range(start):
        next(reader)
        feed.done()
    names = header_names(next(reader))
    feed.done()
    require(names, columns)
    shapes = _Shapes(names, columns, delimiter)
    mending = False
    while True:
        stray = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            stray = feed.trouble(error)
        if not stray and any(map(shapes.is_row, feed.more())):
            stray = _UNPAIRED
        if stray:
            # A quotation mark that nothing closes swallows the lines that follow, so only the
            # first line is given up; rows after it may be pieces of a text.
            mending = True
            cells = feed.only_first(delimiter)
            reader = feed.reader(delimiter)
        place, text, repaired, long = feed.done()
        if not any(map(str.strip, cells)):
            continue
        doubt = stray or (_PIECE if mending else "")
        whole = len(cells) == len(names)
        if long:
            row = Row(place, text.encode(), (), too_long())
        elif doubt and len(cells) < len(names):
            reason = say(
                "the row has {count} of {all} cells: {reason}",
                count=len(cells),
                all=len(names),
                reason=say(doubt),
            )
            row = Row(place, text.encode(), (), reason)
        else:
            told = stray or (doubt if shapes.are_strange(cells) else "")
            noted = tuple(filter(None, (told, _REPAIRED if repaired else "")))
            problems = how.problems + noted
            row = _csv_row(names, cells, place, problems)
        if whole and not doubt:
            shapes.learn(cells)
        mending = mending and (bool(stray) or not whole)
        yield row


class _Shapes:
    """What rows of a table look like by the shape of their identifiers (KG-001 is "a-9").

    Between quotation marks of two rows that are not paired whole rows can stand, which read as one
    long text: lines that are rows, with an identifier such as others have, prove it.
    """

    def __init__(self, names: Sequence[str], columns: Columns, delimiter: str) -> None:
        wanted = {fold(column) for column, key in columns.items() if key == "local_id"}
        self._places = [at for at, name in enumerate(names) if fold(name) in wanted]
        self._count = len(names)
        self._delimiter = delimiter
        self._known: set[tuple[str, ...]] = set()

    def learn(self, cells: Sequence[str]) -> None:
        if len(self._known) < _SHAPES:
            self._known.add(self._shape(cells))

    def is_row(self, line: str) -> bool:
        """Whether a line looks like a row by itself."""
        if self._count < _FEW or line.count('"') % 2:
            return False
        try:
            [cells] = csv.reader([line], delimiter=self._delimiter, strict=True)
        except (csv.Error, ValueError):
            return False
        return len(cells) == self._count and self._shape(cells) in self._known

    def are_strange(self, cells: Sequence[str]) -> bool:
        """Whether the identifier is like none before, where they are much alike."""
        return 0 < len(self._known) < _SHAPES and self._shape(cells) not in self._known

    def _shape(self, cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(_WORD.sub("a", _DIGITS.sub("9", cells[at])) for at in self._places)


def _csv_row(
    names: Sequence[str], cells: Sequence[str], place: str, problems: tuple[str, ...]
) -> Row:
    body = payload(names, cells)
    if any(map(str.strip, cells[len(names) :])):
        reason = say(
            "the row has {count} cells and the header {all}; perhaps a text that has the delimiter "
            "in it is not in quotes",
            count=len(cells),
            all=len(names),
        )
        return Row(place, body, problems, reason, named=True)
    if len(cells) < len(names):
        problems += (f"the row ends after {len(cells)} of {len(names)} cells",)
    return Row(place, body, problems)


class _Feed:
    """Gives lines to a CSV reader and remembers those of the row under way."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._again: deque[Line] = deque()
        self._held: list[Line] = []
        self._line = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self._held.append(line)
        return line.text

    def more(self) -> Iterator[str]:
        """The lines after the first one of the row under way."""
        return (line.text for line in self._held[1:])

    def reader(self, delimiter: str) -> Iterator[list[str]]:
        return csv.reader(self, delimiter=delimiter, strict=True)

    def trouble(self, error: csv.Error) -> str:
        if "limit" in str(error) and len(self._held) == 1:
            return later("it has a cell longer than any table has")
        return _UNPAIRED

    def only_first(self, delimiter: str) -> list[str]:
        """Read the first line of the row under way by itself, as well as it goes; the others will
        come again."""
        self._again.extendleft(reversed(self._held[1:]))
        del self._held[1:]
        text = self._held[0].text.replace("\r", " ").rstrip("\n")
        try:
            [cells] = csv.reader([text], delimiter=delimiter)
        except (csv.Error, ValueError):
            return [text]
        return cells

    def done(self) -> tuple[str, str, bool, bool]:
        """Where the row began, its text, whether bytes of it were repaired, and whether it is too
        long to be one."""
        place = say("line {line}", line=str(self._line))
        text = "".join(line.text for line in self._held)
        repaired = any(line.repaired for line in self._held)
        long = any(line.long for line in self._held)
        self._line += len(self._held)
        self._held.clear()
        return place, text, repaired, long


def _dialect(path: Path, how: Writing, delimiter: str, columns: Columns) -> tuple[str, int]:
    """The delimiter that shows most mapped columns, then most cells; and the header's place."""
    best: tuple[int, int, str, int] | None = None
    for sign in (delimiter,) if delimiter else DELIMITERS:
        rows = _first_rows(path, how, sign)
        if any(any(map(str.strip, row)) for row in rows):
            start, found = header_at(rows, columns)
            one = (found, len(rows[start]), sign, start)
            best = one if best is None or one[:2] > best[:2] else best
    if best is None:
        raise NoTableError(say("no row with a text in it is found at its beginning"))
    return best[2], best[3]


def _first_rows(path: Path, how: Writing, delimiter: str) -> list[list[str]]:
    reader = csv.reader((line.text for line in lines(path, how)), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    with suppress(csv.Error, *UNREADABLE):  # the rows before it are enough to find the header
        rows.extend(islice(reader, HEADER_WITHIN))
    return rows


# --- JSON Lines --------------------------------------------------------------------------------


def json_rows(path: Path, how: Writing) -> Iterator[Row]:
    """Each line that is not empty. Whether it is an object, the crosswalk tells."""
    for number, line in enumerate(lines(path, how), 1):
        bare = line.text.strip()
        if number == 1 and bare in ("{", "["):
            raise NoTableError(
                say("it is JSON, but not JSON Lines, which has a whole object {…} on each line")
            )
        if bare:
            problems = how.problems + ((_REPAIRED,) if line.repaired else ())
            place = say("line {line}", line=str(number))
            yield Row(place, bare.encode(), problems, too_long() if line.long else "")
