"""Tables: CSV, TSV, XLSX and JSON Lines, from files or from an address, one row one record.

What a column means is said by the mapping in the source's YAML. A run reads everything, so the
runner's sweep finds what is gone. Files are streamed: memory does not grow with their size. See
docs/connectors/table.md for what is done with broken files.
"""

import hashlib
import re
import tempfile
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from aggregator.errors import SkipRecord, SourceBroken
from aggregator.one_thread import OneThread
from aggregator.source import Batch, Checkpoint, Crosswalks, Raw, Reject, SourceConfig
from aggregator.wording import say
from aggregator.yamlmodel import nearest
from connectors import files
from connectors.addresses import describe
from connectors.crosswalks import table as crosswalk
from connectors.crosswalks.table_mapping import TableMapping, fold
from connectors.fetch import Fetcher
from connectors.files import Found
from connectors.http_settings import HttpSettings
from connectors.seen import Seen
from connectors.table_rows import Columns, Row, csv_rows, json_rows, require
from connectors.table_sheet import sheet_rows
from connectors.table_text import Encoding, NoTableError, writing

SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".jsonl", ".ndjson")
"""Names of files that are read in a folder, in any case and with ``.gz`` after them too."""

_LOOKED_AT = 1000
"""Lines of JSON Lines in which columns are looked for before anything is stored."""

Delimiter = Literal["auto", "comma", "semicolon", "tab", "pipe"]
_DELIMITERS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


class TableConfig(SourceConfig):
    """``config/sources/<id>.yaml`` of a source that is one table or several of one kind."""

    path: Path | None = Field(None, description="a file, a folder, or a pattern with * in it")
    url: str = Field("", description="the address of a file")
    http: HttpSettings = Field(HttpSettings(), description="how `url` is fetched")
    mapping: TableMapping = Field(description="what each column means")
    encoding: Encoding = Field("auto", description="of CSV and JSON Lines; found out file by file")
    delimiter: Delimiter = Field("auto", description="of CSV; found out file by file")
    sheet: str = Field("", description="a sheet of XLSX, or a pattern; else the first visible one")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.url) == (self.path is not None):
            raise ValueError(say("give either 'url' or 'path'"))
        return self

    def crosswalks(self) -> Crosswalks:
        return {crosswalk.FORMAT: crosswalk.crosswalk(self.mapping)}


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, and what messages call it."""

    path: Path
    name: str


class Table:
    """The connector; ``fetcher`` is not used for a path, which is absolute by now."""

    def __init__(self, config: TableConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher
        self._columns = config.mapping.columns()
        self._plan = crosswalk.Plan.of(config.mapping)

    def is_full(self, checkpoint: Checkpoint) -> bool:
        """Always: a table has no "changed since"."""
        return True

    def fingerprint(self) -> str:
        """Changes with the place, how it is read, and the mapping: then all rows come again."""
        kept = self._config.model_dump_json(
            include={"path", "url", "encoding", "delimiter", "sheet", "mapping"}
        )
        return hashlib.blake2b(kept.encode(), digest_size=12).hexdigest()

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch, None]:
        """All rows of all files, in the order of their names.

        Raises SourceBroken where there is nothing to read, or a mapped column is missing;
        RetryLater where the address does not answer.
        """
        with ExitStack() as stack:
            if self._config.url:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ilim-table-"))
                place = Path(folder) / "table"
            async with OneThread("table") as thread:
                if self._config.url:
                    body = await self._fetch()
                    await thread.run(place.write_bytes, body)
                    state = hashlib.blake2b(body, digest_size=12).hexdigest()
                    del body
                    found = [_File(place, describe(self._config.url))]
                else:
                    found = await thread.run(self._listed)
                    state = await thread.run(files.state, [one.path for one in found])
                batches = files.batches(self._all(found), state, checkpoint)
                try:
                    while (batch := await thread.run(next, batches, None)) is not None:
                        yield batch
                finally:
                    await thread.run(batches.close)

    async def _fetch(self) -> bytes:
        response = await self._fetcher.get(self._config.url)
        if response.status != HTTPStatus.OK:
            raise self._broken(
                say(
                    "{address} answers with HTTP {status}; no table came",
                    address=describe(self._config.url),
                    status=str(response.status),
                )
            )
        return response.body

    def _listed(self) -> list[_File]:
        assert self._config.path is not None
        what = say("table ({endings})", endings=", ".join(SUFFIXES))
        found = files.listed(self._config.path, _is_table, what, self._config.id)
        return [_File(path, path.name) for path in found]

    def _broken(self, what: str) -> SourceBroken:
        place = "url" if self._config.url else "path"
        return SourceBroken(
            say(
                "{what}. Check '{key}' and 'mapping' in the file of the source '{source}'; nothing "
                "was deleted.",
                what=what,
                key=place,
                source=self._config.id,
            )
        )

    def _all(self, found: Sequence[_File]) -> Iterator[Found]:
        seen = Seen()
        nothing = True
        for file in found:
            try:
                for one in self._file(file, seen):
                    nothing = False
                    yield one
            except (NoTableError, *files.UNREADABLE) as error:
                what = f"{file.name}: {error}"
                if not isinstance(error, NoTableError):
                    why = files.unreadable(error)
                    what = say(
                        "{file} cannot be read to its end: {reason}", file=file.name, reason=why
                    )
                if nothing and len(found) == 1:
                    raise self._broken(what) from error
                yield Found(None, what)

    def _file(self, file: _File, seen: Seen) -> Iterator[Found]:
        config = self._config
        kind = _kind(file.path)
        if kind == "xlsx":
            for row in sheet_rows(file.path, config.sheet, self._columns):
                if isinstance(row, str):
                    yield Found(None, f"{file.name}: {row}")
                else:
                    yield self._found(row, file, seen)
        elif kind == "csv":
            how = writing(file.path, config.encoding)
            for row in csv_rows(file.path, how, _DELIMITERS[config.delimiter], self._columns):
                yield self._found(row, file, seen)
        else:
            known: dict[str, str] = {}
            how = writing(file.path, config.encoding)
            self._require(json_rows(file.path, how))
            for row in json_rows(file.path, how):
                yield self._found(row, file, seen, known)
            for what in _misspelt(self._columns, known):
                yield Found(None, f"{file.name}: {what}")

    def _require(self, rows: Iterator[Row]) -> None:
        """Raises NoTableError where none of many lines of JSON Lines has what makes an identifier,
        or anything that makes a title: other keys may well be absent."""
        names: dict[str, None] = {}
        for row in islice(files.Ended(rows), _LOOKED_AT):
            with suppress(SkipRecord):
                names.update(dict.fromkeys(column for column, _ in crosswalk.pairs(row.body)))
        if not names:
            return
        there = set(map(fold, names))
        titles = {one: key for one, key in self._columns.items() if key == "title"}
        if there.intersection(map(fold, titles)):
            titles = {}
        require(names, dict.fromkeys(self._id_columns, "local_id") | titles)

    def _found(
        self, row: Row, file: _File, seen: Seen, known: dict[str, str] | None = None
    ) -> Found:
        """The record of a row under its identifier, or why there is none."""
        where = f"{file.name}, {row.place}"
        try:
            said = crosswalk.pairs(row.body) if not row.reason or row.named else []
        except SkipRecord as error:
            return Found(Reject(f"{where}: {error}.", row.body[: files.QUARANTINED]))
        if known is not None:
            known.update((fold(column), column) for column, _ in said)
        try:
            number, stamp = crosswalk.identity(crosswalk.cells_of(said), self._plan)
        except SkipRecord as error:
            return Found(Reject(f"{where}: {error}", row.body[: files.QUARANTINED]))
        if row.reason:
            # With too many cells all are in doubt but the first.
            first = row.named and self._first_column(said)
            why = f"{where}: {row.reason}."
            return Found(Reject(why, row.body[: files.QUARANTINED], number if first else ""))
        if not number:
            why = say(
                "{where}: the row has no identifier (mapping.local_id takes it from {columns}).",
                where=where,
                columns=f" {say('and')} ".join(f"'{one}'" for one in self._id_columns),
            )
            return Found(Reject(why, row.body[: files.QUARANTINED]))
        if seen.first(number.encode(), row.body):
            return Found(Raw(number, row.body, crosswalk.FORMAT, stamp, problems=row.problems))
        digest = hashlib.blake2b(row.body, digest_size=8).hexdigest()
        repeated = (  # what is kept with a record is the same in every language
            f"{file.name}: the identifier {number} came before with other content: the identifier "
            "has a piece made from the content"
        )
        return Found(
            Raw(
                f"{number}~{digest}", row.body, crosswalk.FORMAT, stamp,
                problems=(*row.problems, repeated),
            )
        )  # fmt: skip

    @property
    def _id_columns(self) -> tuple[str, ...]:
        [source] = self._plan.sources["local_id"]
        return source.take.names

    def _first_column(self, said: Sequence[tuple[str, str]]) -> bool:
        """Whether the identifier is made of the first column alone, which nothing can shift."""
        return bool(said) and [fold(said[0][0])] == [fold(one) for one in self._id_columns]


def _misspelt(columns: Columns, known: dict[str, str]) -> Iterator[str]:
    """Mapped columns that no line of JSON Lines has, while a similar one is there: a key that is
    only missing may well come tomorrow."""
    for column, key in columns.items():
        near = nearest(column, known.values()) if fold(column) not in known else None
        if near:
            yield say(
                "mapping.{key} names '{column}', which no line has; did you mean '{near}'?",
                key=key,
                column=column,
                near=near,
            )


def _is_table(path: Path) -> bool:
    return files.ends(path, SUFFIXES)


_WEB_PAGE = re.compile(rb"<[!?/a-zA-Z]")


def _kind(path: Path) -> Literal["xlsx", "csv", "jsonl"]:
    """By the first bytes, whatever the name. Raises NoTableError for what is surely no table."""
    start = files.start(path)
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NoTableError(
            say(
                "it is a workbook of the old kind (.xls) or one with a password; open it in a "
                "spreadsheet and save it as .xlsx"
            )
        )
    bare = re.sub(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\0", b"", start).lstrip()
    if not bare:
        raise NoTableError(say("it is empty"))
    if _WEB_PAGE.match(bare):
        raise NoTableError(
            say("it is a web page or XML, not a table; perhaps one must log in first")
        )
    if bare.startswith(b"%PDF"):
        raise NoTableError(say("it is a PDF, not a table"))
    return "jsonl" if re.match(rb"\{|\[\s*(?:\{|$)", bare) else "csv"
