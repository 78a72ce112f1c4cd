"""Letters that were taken for another encoding and encoded once more, put right. Pure.

The bytes of UTF-8, read as windows-1251 or as windows-1252 and written as UTF-8: "РџСЂ" or "ÐŸÑ€"
for "Пр", "Ã©" for "é". Programs between a database and its web page do so. Three Cyrillic letters
of that kind in a row, or one Latin, are no accident; a record that has them anywhere is read once
more everywhere.
"""

import re
from collections.abc import Mapping
from functools import partial

_IN_CYRILLIC = tuple(mark.encode() for mark in ("Р°", "Рё", "Рѕ", "С‹"))
_IN_LATIN = (b"\xc3\x90\xc2", b"\xc3\x91\xe2\x80\xb9", b"\xc3\x83\xc2")
"""How common letters look then: а и о ы; а to п, ы, à to ÿ. A page without any of these has nothing
to put right."""


def _table(foreign: str) -> dict[str, int]:
    """The byte that each sign stood for. Some programs make a control sign of a byte below 160."""
    table = {chr(byte): byte for byte in range(0x80, 0xA0 if foreign == "windows-1251" else 0x100)}
    for byte in range(0x80, 0x100):
        table[bytes([byte]).decode(foreign, "ignore") or chr(byte)] = byte
    return table


_TABLES = tuple(_table(foreign) for foreign in ("windows-1251", "windows-1252"))
_RUNS = tuple(re.compile(f"[{re.escape(''.join(table))}]{{2,}}") for table in _TABLES)
_PROOF = re.compile("[\u0400-\u04ff]{3}|[\u00e0-\u00f6\u00f8-\u00ff]")
_READABLE = re.compile(
    "[\u00a0\u00ab\u00bb\u00c0-\u024f\u0300-\u036f\u0400-\u04ff\u2010-\u201f\u2026\u2116\ufe20-\ufe2f]+"
)


def is_suspect(body: bytes) -> bool:
    """Whether a page, as UTF-8, may hold such letters."""
    return any(mark in body for mark in _IN_CYRILLIC) or (
        b"\xc3" in body and any(mark in body for mark in _IN_LATIN)
    )


def read_once(text: str) -> str:
    """``text`` with such letters put right; the same where there are none."""
    for table, runs in zip(_TABLES, _RUNS, strict=True):
        words = {run: _once(run, table) for run in set(runs.findall(text))}
        if any(_PROOF.search(word) for word in words.values()):
            return runs.sub(partial(_of, words), text)
    return text


def _of(words: Mapping[str, str], run: re.Match[str]) -> str:
    return words[run.group()] or run.group()


def _once(run: str, table: dict[str, int]) -> str:
    """What a run of signs was, "" where it was nothing else."""
    try:
        word = bytes(table[sign] for sign in run).decode()
    except UnicodeDecodeError:
        return ""
    return word if _READABLE.fullmatch(word) else ""
