"""How commands speak: one JSON document or words on standard output, progress on standard error."""

import io
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import asdict
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from aggregator.store.state import Suppression
from aggregator.wording import day, language, number, say
from web.labels import Labels
from web.words import LOCALE, read_words

_FIGURE = re.compile(r"[\d\s.,%]+")
_MOMENT = re.compile(r"\d\d:\d\d$")

LONGEST_WHOLE = 18
"""Signs of a word that is not broken in a narrow table."""

GAP = 2
"""Blanks between two columns."""

WIDE = 1000
"""Columns where there is no terminal: no row is broken then."""


def emit(value: object) -> None:
    """Print one JSON document on a line of its own."""
    click.echo(json.dumps(plain(value), ensure_ascii=False))


def plain(value: Any) -> Any:
    """Structs and dataclasses with all their fields, and tuples, as JSON has them."""
    if isinstance(value, Struct):
        return {name: plain(item) for name, item in asdict(value).items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def tell(words: str) -> None:
    """A sentence for people, on standard error."""
    click.echo(words, err=True)


def show_table(columns: list[str], rows: list[list[str]]) -> None:
    """A table for people, on standard output; what it holds is data, never markup."""
    held = [[clean(cell) for cell in row] for row in rows]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    table = Table(box=None, pad_edge=False)
    upright = [[row[place] for row in held] for place in range(len(columns))]
    for name, cells, width in zip(columns, upright, widths(columns, upright, room), strict=True):
        figures = bool(cells) and all(map(_FIGURE.fullmatch, cells))
        table.add_column(name, justify="right" if figures else "left", overflow="fold", width=width)
    for row in held:
        table.add_row(*row)
    console = Console(markup=False, highlight=False, width=WIDE, file=io.StringIO())
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def widths(columns: Sequence[str], upright: Sequence[Sequence[str]], room: int) -> list[int]:
    """The width of each column so that they stand in ``room``: as wide as they are where they fit,
    else texts are broken between words; figures and moments never are."""
    wide, least = [], []
    for name, cells in zip(columns, upright, strict=True):
        whole = [cell for cell in cells if _MOMENT.search(cell) or _FIGURE.fullmatch(cell)]
        words = [word for text in (name, *cells) for word in text.split()]
        wide.append(max(map(cell_len, (name, *cells))))
        least.append(
            max(
                *map(cell_len, (*whole, "")),
                min(LONGEST_WHOLE, max(map(cell_len, words), default=0)),
            )
        )
    left = room - sum(least) - GAP * (len(columns) - 1)
    for place, narrow in enumerate(least):
        more = min(max(0, left), wide[place] - narrow)
        least[place] += more
        left -= more
    return least


def not_indexed(id: str, why: str) -> str:
    """A work that the index refused, for people."""
    return say("Not taken into the index: {work}: {reason}", work=id, reason=clean(why))


def clean(text: str) -> str:
    """Metadata may hold escape sequences that a terminal would obey: take control signs out."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


@dataclass(slots=True)
class _Line:
    """One thing's progress."""

    task: TaskID | None = None
    told: float = 0.0


class Reporter:
    """Progress bars on a terminal, plain lines every few seconds elsewhere; on standard error."""

    def __init__(self, bars: Progress | None, every: float = 5.0) -> None:
        self._bars = bars
        self._every = every
        self._lines: dict[str, _Line] = {}

    def tell(self, what: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` (None: unknown) of ``what``."""
        line = self._lines.setdefault(what, _Line())
        if self._bars is not None:
            if line.task is None:
                line.task = self._bars.add_task(clean(what), total=total)
            self._bars.update(line.task, completed=done, total=total)
        elif time.monotonic() - line.told >= self._every:
            line.told = time.monotonic()
            told = say("{done} of {total}", done=done, total=total) if total else number(done)
            tell(f"{what}: {told}")


@contextmanager
def reporting() -> Iterator[Reporter]:
    """A reporter that fits standard error."""
    if not sys.stderr.isatty():
        yield Reporter(None)
        return
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Reporter(bars)


def reader_labels() -> Labels:
    """The names of states and types in the reader's language, as the pages have them."""
    code = language()
    return Labels.of(str) if code == "en" else read_words(LOCALE, [code])[code].labels


def removed_fields(removed: Suppression | None) -> dict[str, str] | None:
    """Why a source was removed, as scripts see it; None for one that was not."""
    return {"reason": removed.reason, "who": removed.who, "at": removed.at} if removed else None


def describe_removed(fields: Mapping[str, str] | None) -> str:
    """The same for people; "" for one that was not removed."""
    if fields is None:
        return ""
    on, why = day(date.fromisoformat(fields["at"][:10])), fields["reason"]
    if why:
        return say("removed on {day}: {reason}", day=on, reason=why)
    return say("removed on {day}", day=on)
