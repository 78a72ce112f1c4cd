"""The names of the columns of an XLSX workbook: its first rows only, whatever its size.

Source: ECMA-376 part 1, 18.2 (workbook), 18.3 (worksheets), 18.4 (shared strings).
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from connectors.table_guess import HEADER_WITHIN, header_row

_LARGEST = 16 * 1024 * 1024
"""Bytes that are unpacked of any part of a workbook."""

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_header(path: Path) -> tuple[str, ...]:
    """The columns of the first visible sheet; () for what is no workbook or has no header."""
    try:
        with zipfile.ZipFile(path) as book:
            rows = _rows(book, _first_sheet(book))
            wanted = {int(text) for row in rows for kind, text in row if kind == "s"}
            shared = _shared(book, wanted) if wanted else {}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return ()
    texts = [[shared.get(int(t), "") if kind == "s" else t for kind, t in row] for row in rows]
    at = header_row(texts)
    return tuple(filter(None, map(str.strip, texts[at]))) if at is not None else ()


def _first_sheet(book: zipfile.ZipFile) -> str:
    targets = {
        str(one.get("Id")): str(one.get("Target"))
        for _, one in _elements(book, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    for _, sheet in _elements(book, "xl/workbook.xml", "sheet"):
        if sheet.get("state", "visible") == "visible":
            target = targets[str(sheet.get(_RELATION))]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError("no visible sheet")


def _rows(book: zipfile.ZipFile, name: str) -> list[list[tuple[str, str]]]:
    """The first rows as (type of cell, its text)."""
    rows: list[list[tuple[str, str]]] = []
    for _, row in _elements(book, name, "row"):
        cells = [
            (cell.get("t") or "", "".join(map(str, cell.itertext())).strip())
            for cell in row.iterchildren("{*}c")
        ]
        rows.append([("", text) if not text else (kind, text) for kind, text in cells])
        if len(rows) >= HEADER_WITHIN:
            break
    return rows


def _shared(book: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, item in _elements(book, "xl/sharedStrings.xml", "si"):
        if number in wanted:
            found[number] = " ".join("".join(map(str, item.itertext())).split())
        if len(found) == len(wanted):
            break
    return found


def _elements(book: zipfile.ZipFile, name: str, local: str) -> Iterator[tuple[int, etree._Element]]:
    """The elements of this name in a part, numbered, each let go after it was looked at."""
    with book.open(name) as part:
        read = etree.iterparse(
            _Bounded(part), events=("end",), tag=f"{{*}}{local}", resolve_entities=False,
            no_network=True, load_dtd=False,
        )  # fmt: skip
        for number, (_, element) in enumerate(read):
            yield number, element
            element.clear()


class _Bounded:
    """A stream that ends early: then the XML in it is broken, and nothing is read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = _LARGEST

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        return chunk
