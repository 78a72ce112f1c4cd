"""Judged collections: documents, queries, and which documents answer which query.

Documents are JSON Lines, queries ``id<TAB>text``, judgements TREC's qrels. A mistake is told with
its file, its line and what to do; the first `MOST_MISTAKES` of a file at once.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from aggregator.errors import ConfigError
from aggregator.normalize import dates
from aggregator.record import Creator, Dates, Record, Subject, Text, Title

MOST_MISTAKES = 20
"""More have one cause, and nobody reads them."""

SOURCE = "judged"
"""The source that documents are records of."""

Qrels = Mapping[str, Mapping[str, int]]
"""Query id -> document id -> grade: 0 is not relevant, more is better."""

_FIELDS = {
    "id": "a text or a number",
    "title": "a text",
    "text": "a text",
    "authors": "a text or a list of texts",
    "subjects": "a text or a list of texts",
    "year": "a number or a text",
}


class _Document(Struct):
    """A line of documents. Keys that are not here are passed over."""

    id: str | int
    title: str | None = None
    text: str | None = None
    authors: str | list[str] | None = None
    subjects: str | list[str] | None = None
    year: str | int | None = None


class _Mistakes:
    """What is wrong with one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[str] = []

    def add(self, line: int, what: str) -> None:
        """Note it. Raises ConfigError when there are `MOST_MISTAKES`."""
        self._found.append(f"{self._path}, line {line}: {what}")
        if len(self._found) == MOST_MISTAKES:
            self._found.append("There may be more; only the first are shown.")
            self.tell()

    def tell(self) -> None:
        """Raises ConfigError when there are any."""
        if self._found:
            raise ConfigError("\n".join(self._found))


def read_documents(path: Path) -> Iterator[Record]:
    """Each document as a Record, its id as ``local_id``, one at a time: there may be many.

    Mistakes are told when all lines have been read. Raises ConfigError.
    """
    mistakes = _Mistakes(path)
    decoder = msgspec.json.Decoder(_Document)
    lines: dict[str, int] = {}
    for number, line in _lines(path, mistakes):
        try:
            document = decoder.decode(line)
        except msgspec.ValidationError as error:
            mistakes.add(number, _wrong_document(str(error)))
            continue
        except msgspec.DecodeError as error:
            mistakes.add(number, f"this is not JSON ({error}); write one document a line, in {{}}")
            continue
        id = str(document.id)
        wrong = _wrong_id("document", id, lines)
        if wrong:
            mistakes.add(number, wrong)
            continue
        lines[id] = number
        yield _record(id, document)
    mistakes.tell()
    if not lines:
        raise ConfigError(f"{path} holds no document: write one a line, as JSON.")


def read_queries(path: Path) -> dict[str, str]:
    """Query id -> what is typed, which may be nothing. Raises ConfigError."""
    mistakes = _Mistakes(path)
    queries: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in _lines(path, mistakes):
        id, tab, text = line.partition("\t")
        if not tab:
            mistakes.add(number, "there is no tab; write the query's id, a tab, and the query")
            continue
        wrong = _wrong_id("query", id.strip(), lines)
        if wrong:
            mistakes.add(number, wrong)
            continue
        lines[id.strip()] = number
        queries[id.strip()] = text.strip()
    mistakes.tell()
    if not queries:
        raise ConfigError(f"{path} holds no query: write one a line, after its id and a tab.")
    return queries


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC's judgements; grades below 0 count as 0, as trec_eval has it. Raises ConfigError."""
    mistakes = _Mistakes(path)
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path, mistakes):
        parts = line.split()
        if len(parts) != 4:
            mistakes.add(
                number,
                f"this has {len(parts)} columns; write four: the query's id, 0, the document's id, "
                "the grade",
            )
            continue
        query, _, document, grade = parts
        try:
            judged = max(0, int(grade))
        except ValueError:
            mistakes.add(number, f"the grade '{grade}' is not a whole number; write 0, 1, 2 …")
            continue
        if qrels.setdefault(query, {}).setdefault(document, judged) != judged:
            mistakes.add(
                number,
                f"query {query} has another grade for document {document} above; delete one of "
                "the two lines",
            )
    mistakes.tell()
    if not qrels:
        raise ConfigError(f"{path} holds no judgement: write one a line, four columns each.")
    return qrels


def _lines(path: Path, mistakes: _Mistakes) -> Iterator[tuple[int, str]]:
    """Lines that hold something, with their numbers. Read as bytes: in JSON other signs than the
    line feed may stand that Python would take for the end of a line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                mistakes.add(number, "this is not UTF-8; save the file as UTF-8")
                continue
            if text.strip():
                yield number, text.rstrip("\r\n")


def _wrong_id(kind: str, id: str, lines: Mapping[str, int]) -> str:
    """What is wrong with an id; "" when nothing is."""
    if not id:
        return f"the {kind}'s id is empty; give it one"
    if len(id.split()) > 1 or id != id.strip():
        return f"the id '{id}' has a space in it, and TREC's files are divided at spaces; change it"
    if id in lines:
        return f"the id '{id}' is that of line {lines[id]} too; give each {kind} its own"
    return ""


def _wrong_document(said: str) -> str:
    """msgspec's words in ours."""
    if "missing required field `id`" in said:
        return "the key 'id' is missing; add it"
    for field, wanted in _FIELDS.items():
        if f"$.{field}" in said:
            return f"the value of '{field}' must be {wanted}; correct it"
    return "this is not an object; write one document a line, in {}"


def _record(id: str, document: _Document) -> Record:
    return Record(
        source=SOURCE,
        local_id=id,
        titles=(Title(document.title),) if document.title else (),
        abstracts=(Text(document.text),) if document.text else (),
        creators=tuple(Creator(name) for name in authors(document.authors or "")),
        subjects=tuple(Subject(term) for term in subjects(document.subjects or "")),
        issued=Dates() if document.year is None else dates(str(document.year), date.today().year),
    )


def authors(given: str | list[str]) -> list[str]:
    """Names from a list, or from a text that divides them by ``;``, or else by commas when each
    part is a whole name ("Ann Lee, John Smith"); "Smith, John" is one."""
    if isinstance(given, str):
        parts = given.split(";" if ";" in given else ",")
        whole = ";" in given or all(len(part.split()) > 1 for part in parts)
        given = parts if whole else [given]
    return _tidy(given)


def subjects(given: str | list[str]) -> list[str]:
    """Terms from a list, or from a text that divides them by ``;`` or else by commas."""
    if isinstance(given, str):
        given = given.split(";" if ";" in given else ",")
    return _tidy(given)


def _tidy(parts: list[str]) -> list[str]:
    return [tidy for part in parts if (tidy := " ".join(part.split()))]
