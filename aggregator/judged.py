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
from aggregator.wording import later, say
from aggregator.yamlfile import in_line

MOST_MISTAKES = 20
"""More have one cause, and nobody reads them."""

SOURCE = "judged"
"""The source that documents are records of."""

Qrels = Mapping[str, Mapping[str, int]]
"""Query id -> document id -> grade: 0 is not relevant, more is better."""

_FIELDS = {
    "id": later("a text or a number"),
    "title": later("a text"),
    "text": later("a text"),
    "authors": later("a text or a list of texts"),
    "subjects": later("a text or a list of texts"),
    "year": later("a number or a text"),
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
        self._found.append(f"{in_line(self._path, line)}: {what}")
        if len(self._found) == MOST_MISTAKES:
            self._found.append(say("There may be more; only the first are shown."))
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
            said = say("this is not JSON ({reason}); write one document a line", reason=error)
            mistakes.add(number, said)
            continue
        id = str(document.id)
        wrong = _wrong_id(id, lines)
        if wrong:
            mistakes.add(number, wrong)
            continue
        lines[id] = number
        yield _record(id, document)
    mistakes.tell()
    if not lines:
        raise ConfigError(say("{file} holds no document: write one a line, as JSON.", file=path))


def read_queries(path: Path) -> dict[str, str]:
    """Query id -> what is typed, which may be nothing. Raises ConfigError."""
    mistakes = _Mistakes(path)
    queries: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in _lines(path, mistakes):
        id, tab, text = line.partition("\t")
        if not tab:
            said = say("there is no tab; write the query's id, a tab, and the query")
            mistakes.add(number, said)
            continue
        wrong = _wrong_id(id.strip(), lines)
        if wrong:
            mistakes.add(number, wrong)
            continue
        lines[id.strip()] = number
        queries[id.strip()] = text.strip()
    mistakes.tell()
    if not queries:
        raise ConfigError(
            say("{file} holds no query: write one a line, after its id and a tab.", file=path)
        )
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
                say(
                    "this has {count} columns; write four: the query's id, 0, the document's id, "
                    "the grade",
                    count=len(parts),
                ),
            )
            continue
        query, _, document, grade = parts
        try:
            judged = max(0, int(grade))
        except ValueError:
            said = say("the grade '{word}' is not a whole number; write 0, 1, 2 …", word=grade)
            mistakes.add(number, said)
            continue
        if qrels.setdefault(query, {}).setdefault(document, judged) != judged:
            mistakes.add(
                number,
                say(
                    "query {query} has another grade for document {document} above; delete one of "
                    "the two lines",
                    query=query,
                    document=document,
                ),
            )
    mistakes.tell()
    if not qrels:
        raise ConfigError(
            say("{file} holds no judgement: write one a line, four columns each.", file=path)
        )
    return qrels


def _lines(path: Path, mistakes: _Mistakes) -> Iterator[tuple[int, str]]:
    """Lines that hold something, with their numbers. Read as bytes: in JSON other signs than the
    line feed may stand that Python would take for the end of a line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                mistakes.add(number, say("this is not UTF-8; save the file as UTF-8"))
                continue
            if text.strip():
                yield number, text.rstrip("\r\n")


def _wrong_id(id: str, lines: Mapping[str, int]) -> str:
    """What is wrong with an id; "" when nothing is."""
    if not id:
        return say("the id is empty; give it one")
    if len(id.split()) > 1 or id != id.strip():
        return say(
            "the id '{word}' has a space in it, and TREC's files are divided at spaces; change it",
            word=id,
        )
    if id in lines:
        return say(
            "the id '{word}' is that of line {line} too; give each its own",
            word=id,
            line=str(lines[id]),
        )
    return ""


def _wrong_document(said: str) -> str:
    """msgspec's words in ours."""
    if "missing required field `id`" in said:
        return say("the key 'id' is missing; add it")
    for field, wanted in _FIELDS.items():
        if f"$.{field}" in said:
            return say(
                "the value of '{field}' must be {wanted}; correct it",
                field=field,
                wanted=say(wanted),
            )
    return say("this is not an object; write one document a line, in {}")


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
