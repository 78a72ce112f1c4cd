"""MARC-in-JSON files: JSON Lines, an array, or one record; record by record in bounded memory.

Two shapes of a record: MARC-in-JSON (``{"leader": …, "fields": [{"245": {"subfields": […]}}]}``,
which pymarc, ruby-marc and Koha write) and marc-hash (``"fields": [["245", "1", "0", […]]]``).
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from aggregator.wording import later, say
from connectors.iso2709 import LONGEST, Piece
from connectors.marc_charset import as_utf8, decode, is_utf8
from connectors.marc_formats import UTF_8

_MARK = b"\xef\xbb\xbf"
_BLANK = b"\r\n\x00\x1a\t "
_BETWEEN = _BLANK + b",[]"
_LOOKED_AT = 50
"""Lines of which one has to be a record for the file to be taken for JSON Lines."""
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}"]', re.DOTALL)
_RECORD = re.compile(rb'\{\s*"(?:leader|fields|type)"\s*:')
"""What only a record begins with: in a text its quotation marks would have strokes before them."""
_ENVELOPE = re.compile(
    rb'[\s\[]*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[\d.]+|null|true|false)\s*,)*'
    rb'\s*"[^"]*"\s*:\s*\[?\s*$|[\s\[]*$'
)
"""What may stand around a list of records: ``{"total": 5, "records": [``."""
_CUT = later("the file ends in the middle of a record")
_TAG = re.compile(r"[0-9A-Za-z]{3}")


def begins(start: bytes) -> bool:
    """Whether a file or a payload that starts so can be JSON of records."""
    return start.removeprefix(_MARK).lstrip(_BETWEEN)[:1] == b"{"


def is_in(text: bytes) -> bool:
    """Whether there are records in a text, wherever they begin."""
    return _RECORD.search(text) is not None


def pieces(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The records of a stream, cut where records begin: a broken one costs only itself.

    Files whose records begin in no usual way are cut at their lines where each is a record, else
    at their brackets, which costs the rest of the file where a bracket is missing.
    """
    rest, offset, lines, opened = b"", 0, None, b""
    for chunk in chunks:
        rest += chunk
        if offset == 0:
            rest, offset = _unmarked(rest)
            opened = rest.lstrip(_BLANK)[:1]
        starts = [match.start() for match in _RECORD.finditer(rest)]
        done = starts[-1] if starts else 0
        if starts:
            yield from _apart(rest[:done], offset, starts)
        elif lines is None and b"\n" in rest.lstrip(_BETWEEN):
            lines = any(map(_is_record, rest.split(b"\n", _LOOKED_AT)[:_LOOKED_AT]))
        if not starts:
            for start, end in _lines(rest) if lines else _objects(rest):
                yield from _piece(rest[start:end], offset + start)
                done = end
        offset, rest = offset + done, rest[done:]
        if len(rest) > LONGEST:
            cause = say("no end of a JSON record within {limit} bytes", limit=LONGEST)
            yield Piece(_at(offset), rest, reason=cause, cut=True)
            offset, rest = offset + len(rest), b""
    tail = rest.strip(_BETWEEN)
    if tail:
        yield from _apart(rest, offset, [], at_end=True)
    if opened == b"[" and b"]" not in rest[max((end for _, end in _objects(rest)), default=0) :]:
        cause = say("the file ends before the ] that closes it")
        yield Piece(say("its end"), b"", reason=cause, cut=True)


def _unmarked(rest: bytes) -> tuple[bytes, int]:
    """Without a byte order mark."""
    return (rest[len(_MARK) :], len(_MARK)) if rest.startswith(_MARK) else (rest, 0)


def _apart(text: bytes, offset: int, starts: list[int], at_end: bool = False) -> Iterator[Piece]:
    """What stands between beginnings of records: a record each, or what has become of one."""
    edges = sorted({0, *starts, len(text)})
    for edge, end in pairwise(edges):
        segment, done = text[edge:end], 0
        for start, stop in _objects(segment):
            yield from _piece(segment[start:stop], offset + edge + start)
            done = stop
        left = segment[done:]
        last = at_end and end == len(text)
        if edge + done + offset == 0:
            around = not last and _ENVELOPE.match(left) is not None
        else:
            around = not left.strip(_BETWEEN + b"}")
        if around:
            continue
        at = _at(offset + edge + done + len(left) - len(left.lstrip(_BETWEEN)))
        cause = say(_CUT) if last else say("the record has no end")
        yield Piece(at, left.strip(_BETWEEN), reason=cause, cut=last)


def _lines(text: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while (end := text.find(b"\n", start)) >= 0:
        yield start, end
        start = end + 1


def _objects(text: bytes) -> Iterator[tuple[int, int]]:
    """Where objects of the highest level begin and end: brackets in strings do not count."""
    depth = start = 0
    for token in _TOKENS.finditer(text):
        if token[0] == b'"':  # a string that goes on in the next chunk
            return
        if token[0] == b"{":
            start = token.start() if depth == 0 else start
            depth += 1
        elif token[0] == b"}" and depth:
            depth -= 1
            if depth == 0:
                yield start, token.end()


def _piece(text: bytes, offset: int) -> Iterator[Piece]:
    body = text.strip(_BETWEEN if text.lstrip(_BETWEEN)[:1] == b"{" else _BLANK)
    if not body.strip(_BETWEEN):
        return
    problems: tuple[str, ...] = ()
    if not is_utf8(body):
        body, note = as_utf8(body)
        problems = (note,)
    try:
        reason = _fault(json.loads(body, strict=False))
    except (ValueError, RecursionError) as error:
        reason = say("the record is not JSON ({reason})", reason=str(error)[:100])
    yield Piece(_at(offset), body, problems, reason)


def _fault(value: Any) -> str:
    """Why a JSON value is no MARC record, "" if it is one."""
    if not isinstance(value, dict) or not isinstance(value.get("fields"), list):
        return say("the JSON has no list of MARC fields")
    for entry in value["fields"]:
        tag = next(iter(entry), "") if isinstance(entry, dict | list) else ""
        if isinstance(entry, list) and len(entry) not in (2, 4):
            return say(
                "the field {tag} of the JSON has {count} parts", tag=repr(tag), count=len(entry)
            )
        if not isinstance(tag, str) or not _TAG.fullmatch(tag):
            return say(
                "a field of the JSON begins with {tag}, which is no MARC tag",
                tag=repr(str(tag)[:20]),
            )
    return ""


def _is_record(text: bytes) -> bool:
    if text.lstrip(_BETWEEN)[:1] != b"{":
        return False
    try:
        return not _fault(json.loads(decode(text.strip(_BETWEEN), UTF_8), strict=False))
    except (ValueError, RecursionError):
        return False


def _at(offset: int) -> str:
    return say("byte {number}", number=offset)
