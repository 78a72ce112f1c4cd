"""A row of a table, mapped as its source's YAML says.

The payload is a JSON object: column -> cell. Values of JSON Lines may be nested: their columns
are dotted (``author.name``), and a list gives a column several values.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import msgspec

from aggregator.errors import SkipRecord
from aggregator.normalize import (
    access_of,
    clean,
    dates,
    identifier,
    isbn,
    issn,
    languages,
    licence,
    name,
    name_and_role,
    orcid,
    resource_type,
    web_address,
    written_in,
)
from aggregator.record import (
    ACCESS,
    RECORD_TYPES,
    Container,
    Creator,
    Holding,
    Identifier,
    Link,
    Patent,
    Project,
    Record,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from aggregator.source import Crosswalk
from aggregator.wording import say
from connectors.crosswalks import addresses
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.table_mapping import (
    Source,
    TableMapping,
    Take,
    TakeCreators,
    TakeIdentifiers,
    TakeRelated,
    TakeSubjects,
    TakeText,
)

VERSION = 2
FORMAT = "table"
"""The name of the format, whatever the file was: each source has its own crosswalk for it."""

NOT_VALUES = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
"""What a spreadsheet shows where a formula failed: absent, and kept in ``other``."""

_BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""


@cache
def _year() -> int:
    """Read once: the bound is two years ahead, so a process may well run past New Year."""
    return date.today().year


def crosswalk(mapping: TableMapping) -> Crosswalk:
    """The crosswalk of one source. Its version is a number made of the mapping (31 bits, which is
    what the store has room for): with another mapping what is stored is read again."""
    words = f"{VERSION} {mapping.model_dump_json(exclude_defaults=True)}"
    digest = hashlib.blake2b(words.encode(), digest_size=4).digest()
    version = int.from_bytes(digest, "big") >> 1
    return Crosswalk(version, partial(read, plan=Plan.of(mapping), year=_year()))


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping made ready for many rows: key -> where its values come from; folded column -> the
    fields of a Record that may hold them."""

    sources: Mapping[str, tuple[Source[Take], ...]]
    fields: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, mapping: TableMapping) -> "Plan":
        sources = {key: tuple(map(Source.of, takes)) for key, takes in mapping.takes().items()}
        fields: dict[str, tuple[str, ...]] = {}
        for key, several in sources.items():
            for column in (column for source in several for column in source.columns):
                fields[column] = (*fields.get(column, ()), *_FIELDS.get(key, (key,)))
        return cls(sources, fields)


_FIELDS = {
    "title": ("titles",), "alternative": ("titles",), "parallel": ("titles",),
    "orcid": ("creators",), "affiliation": ("creators",), "abstract": ("abstracts",),
    "udc": ("subjects",), "grnti": ("subjects",), "language": ("languages",),
    "issn": ("container", "identifiers"), "volume": ("container",), "issue": ("container",),
    "pages": ("container",), "doi": ("identifiers",), "isbn": ("identifiers",),
    "number": ("identifiers",), "url": ("links",), "fulltext": ("links",), "thumbnail": ("links",),
    "media_type": ("links",), "library": ("holdings",), "shelf_mark": ("holdings",),
    "copies": ("holdings",), "licence": ("licence", "rights"), "degree": ("thesis",),
    "institution": ("thesis",), "applicant": ("patent",), "application_number": ("patent",),
    "ipc": ("patent",), "donor": ("project",), "budget": ("project",), "start": ("project",),
    "end": ("project",),
}  # fmt: skip
"""Key of a mapping -> fields of a Record, where they are not called the same."""


# --- cells -------------------------------------------------------------------------------------

Cells = Mapping[str, tuple[str, ...]]
"""Folded column -> its values, "" for an empty one."""

_UNFIT = re.compile("[\ud800-\udfff]")
"""Halves of signs, which JSON can hold and no text can."""


def pairs(body: bytes) -> list[tuple[str, str]]:
    """Column and cell of a payload, in their order, cleaned.

    Raises SkipRecord where it is no JSON object.
    """
    try:
        row = json.loads(body, object_pairs_hook=_Pairs, parse_int=str, parse_float=_number)
        if not isinstance(row, _Pairs):
            raise SkipRecord(say("the row is JSON, but no object {…} of columns and values"))
        flat = list(_flat("", row))
    except ValueError as error:
        raise SkipRecord(say("the row is not readable JSON: {reason}", reason=error)) from error
    except RecursionError as error:
        raise SkipRecord(say("the row's values are nested too deeply")) from error
    return [(clean(column), clean(_UNFIT.sub("\ufffd", text))) for column, text in flat]


class _Pairs(list[tuple[str, Any]]):
    """An object's keys and values: a key that stands twice loses nothing."""


def _number(text: str) -> str:
    """2015.0, as spreadsheets and data frames write whole numbers, is 2015."""
    return text.removesuffix(".0")


def _flat(column: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Pairs):
        for key, inner in value:
            yield from _flat(f"{column}.{key}" if column else key, inner)
    elif isinstance(value, list):
        objects = [inner for inner in value if isinstance(inner, _Pairs)]
        keys = dict.fromkeys(key for inner in objects for key, _ in inner)
        for inner in value:
            yield from _flat(column, inner)
            if isinstance(inner, _Pairs):  # so that the n-th name and the n-th iD stay together
                here = {key for key, _ in inner}
                yield from ((f"{column}.{key}", "") for key in keys if key not in here)
    elif isinstance(value, bool):
        yield column, "true" if value else "false"
    else:
        yield column, "" if value is None else str(value)


def cells_of(row: Iterable[tuple[str, str]]) -> Cells:
    """The cells that a mapping may take."""
    cells: dict[str, tuple[str, ...]] = {}
    for column, text in row:
        key = column.casefold()
        cells[key] = (*cells.get(key, ()), "" if text in NOT_VALUES else text)
    return cells


def identity(cells: Cells, plan: Plan) -> tuple[str, str]:
    """The local id and the stamp of a row; the id is "" where one of its columns is empty."""
    [source] = plan.sources["local_id"]
    if not all(any(cells.get(column, ())) for column in source.columns):
        return "", ""
    row = _Row(cells, plan.sources, "")
    return clean(row.one("local_id")), row.one("stamp")


# --- the record --------------------------------------------------------------------------------


class _Row:
    """Values of a row by the keys of the mapping."""

    def __init__(
        self, cells: Cells, sources: Mapping[str, tuple[Source[Take], ...]], language: str
    ) -> None:
        self._cells = cells
        self._sources = sources
        self._language = language

    def taken(self, key: str) -> Iterator[tuple[str, Any]]:
        """Each value that is not empty, and the `Take` that it came by."""
        return ((value, take) for value, take in self.aligned(key) if value)

    def all(self, key: str) -> list[str]:
        return [value for value, _ in self.taken(key)]

    def aligned(self, key: str) -> list[tuple[str, Any]]:
        """All values, the empty ones too: the n-th belongs to the n-th of another key."""
        if key not in self._sources:
            return []
        return [
            (value, source.take)
            for source in self._sources[key]
            for value in source.values(self._cells)
        ]

    def beside(self, key: str, count: int) -> list[str]:
        """The values of a key that belong to ``count`` values of another; empty ones where there
        are not as many."""
        found = [value for value, _ in self.aligned(key)]
        return found if len(found) == count else [""] * count

    def one(self, key: str) -> str:
        """All values as one text."""
        sources = self._sources.get(key, ())
        return sources[0].take.join.join(self.all(key)) if sources else ""

    def lang(self, text: str, take: TakeText) -> str:
        """As the mapping says, else the source's where the letters allow it."""
        if take.lang or not self._language:
            return take.lang
        return self._language if written_in(text, self._language) else ""

    def texts(self, key: str) -> tuple[Text, ...]:
        return tuple(
            dict.fromkeys(Text(value, self.lang(value, take)) for value, take in self.taken(key))
        )


def read(
    body: bytes,
    source: str,
    local_id: str,
    stamp: str,
    language: str,
    *,
    plan: Plan,
    year: int,
) -> Record:
    """The Record of one row; ``year`` is the current one, a bound for dates.

    Raises SkipRecord for what is no row, or one that is empty.
    """
    said = pairs(body)
    if not any(text for _, text in said):
        raise SkipRecord(say("the row is empty"))
    row = _Row(cells_of(said), plan.sources, language)
    kind = next(filter(None, map(_type, row.all("type"))), "other")
    rights, open_licence = _rights(row)
    holder, identifiers = _numbers(row, kind)
    words = row.one("issued")
    record = Record(
        source=source,
        local_id=local_id,
        stamp=stamp,
        titles=_titles(row),
        creators=_creators(row),
        abstracts=row.texts("abstract"),
        contents=row.texts("contents"),
        subjects=_subjects(row),
        type=kind,
        languages=tuple(dict.fromkeys(c for text in row.all("language") for c in languages(text))),
        issued=dates(words, year) if words else _BLANK.issued,
        publisher=row.texts("publisher"),
        edition=row.one("edition"),
        series=row.one("series"),
        part=row.one("part"),
        container=holder,
        extent=row.one("extent"),
        notes=row.texts("notes"),
        identifiers=identifiers,
        links=_links(row),
        holdings=_holdings(row),
        access=_access(row, [*(one.value for one in rights), open_licence]),
        licence=open_licence,
        rights=rights,
        related=tuple(dict.fromkeys(_related(row))),
        thesis=_filled(Thesis(row.one("degree"), row.one("institution"))),
        patent=_filled(
            Patent(row.one("applicant"), row.one("application_number"), tuple(row.all("ipc")))
        ),
        project=_filled(
            Project(row.one("donor"), row.one("budget"), row.one("start"), row.one("end"))
        ),
        level=row.one("level"),
    )
    return msgspec.structs.replace(record, other=_rest(said, plan, record).others())


def _rest(said: Iterable[tuple[str, str]], plan: Plan, record: Record) -> Remainder:
    """What no mapping names, and what a mapping names and did not take, or not whole."""
    rest = Remainder()
    made = msgspec.to_builtins(record)  # without defaults, which nobody has said
    for column, text in said:
        fields = plan.fields.get(column.casefold())
        if fields is None:
            rest.keep(column, text)
            continue
        held = [one for field in fields if field in made for one in _strings(made[field])]
        if text not in held:
            if any(sign.isalnum() for sign in text):
                rest.keep_unless(column, text, *held)
            else:
                rest.keep(column, text)
    return rest


def _strings(value: object) -> Iterator[str]:
    """All texts in a part of a record as JSON has it."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
    else:
        yield str(value)


def _filled(part: Any) -> Any:
    """None for a part of which nothing is known."""
    return part if any(msgspec.structs.astuple(part)) else None


def _type(text: str) -> str:
    return text if text in RECORD_TYPES else resource_type(text)


def _access(row: _Row, more: Iterable[str]) -> str:
    said = row.all("access")
    label = next((text for text in said if text in ACCESS), "")
    return label or access_of([*said, *more])


def _titles(row: _Row) -> tuple[Title, ...]:
    """The first is the main one; of the others those in another language are parallel."""
    found: list[Title] = []
    for value, take in row.taken("title"):
        lang = row.lang(value, take)
        if not found:
            found.append(Title(value, lang))
        else:
            found.append(Title(value, lang, "parallel" if lang != found[0].lang else "alternative"))
    found += [Title(v, row.lang(v, take), "alternative") for v, take in row.taken("alternative")]
    found += [Title(v, row.lang(v, take), "parallel") for v, take in row.taken("parallel")]
    return tuple(dict.fromkeys(found))


def _creators(row: _Row) -> tuple[Creator, ...]:
    """ORCID iDs and affiliations belong to the creators in their order, if there are as many."""
    said = row.aligned("creators")
    numbers, homes = row.beside("orcid", len(said)), row.beside("affiliation", len(said))
    people = (
        _person(value, take, row, orcid(number), home)
        for (value, take), number, home in zip(said, numbers, homes, strict=True)
    )
    return tuple(dict.fromkeys(person for person in people if person is not None))


def _person(value: str, take: TakeCreators, row: _Row, number: str, home: str) -> Creator | None:
    said, role = (value, take.role) if take.role else name_and_role(value)
    person = name(said)
    if not person:
        return None
    return Creator(person, role or "aut", row.lang(person, take), number, home)


_SCHEME = re.compile(r"(?:УДК|UDC|ГРНТИ|МРНТИ|GRNTI)[\s:.]+(?=\d)", re.IGNORECASE)


def _subjects(row: _Row) -> tuple[Subject, ...]:
    found = []
    for value, take in row.taken("subjects"):
        assert isinstance(take, TakeSubjects)
        found.append(Subject(value, take.scheme, "" if take.scheme else row.lang(value, take)))
    for key in ("udc", "grnti"):
        found += [Subject(_SCHEME.sub("", value), key.upper()) for value in row.all(key)]
    return tuple(dict.fromkeys(found))


def _numbers(row: _Row, kind: str) -> tuple[Container, tuple[Identifier, ...]]:
    """Identifiers that check, and what the thing appeared in; an ISSN is the container's unless
    the thing is a journal itself."""
    found = [identifier(value, "doi") for value in row.all("doi")]
    found = [one for one in found if one.scheme == "doi"]
    found += [Identifier("isbn", isbn(value)) for value in row.all("isbn") if isbn(value)]
    numbers = [issn(value) for value in row.all("issn") if issn(value)]
    found += [Identifier("issn", one) for one in numbers]
    scheme = "patent" if kind == "patent" else ""
    found += [identifier(value, scheme) for value in row.all("number")]
    for value, take in row.taken("identifiers"):
        assert isinstance(take, TakeIdentifiers)
        found.append(identifier(value, take.scheme))
    holder = Container(
        row.one("container"),
        numbers[0] if numbers and kind != "journal" else "",
        row.one("volume"),
        row.one("issue"),
        row.one("pages"),
    )
    return (holder if holder != _BLANK.container else _BLANK.container), tuple(dict.fromkeys(found))


def _links(row: _Row) -> tuple[Link, ...]:
    found = []
    kinds: dict[str, addresses.Kind | None] = {
        "fulltext": "fulltext", "url": None, "thumbnail": "thumbnail",
    }  # fmt: skip
    for key, kind in kinds.items():
        good = filter(None, map(web_address, row.all(key)))
        found += [addresses.link(address, kind) for address in good]
    return addresses.with_media_type(
        found, filter(None, map(addresses.media_type, row.all("media_type")))
    )


def _holdings(row: _Row) -> tuple[Holding, ...]:
    """Shelf marks and numbers of copies belong to the libraries in their order."""
    libraries = [value for value, _ in row.aligned("library")]
    marks, copies = row.beside("shelf_mark", len(libraries)), row.beside("copies", len(libraries))
    return tuple(
        dict.fromkeys(
            Holding(library, mark, _count(number))
            for library, mark, number in zip(libraries, marks, copies, strict=True)
            if library
        )
    )


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _rights(row: _Row) -> tuple[tuple[Text, ...], str]:
    """Statements of rights, and the address of the licence; a licence that has none is one too."""
    rights = list(row.texts("rights"))
    said = row.all("licence")
    rights += [Text(text) for text in said if not licence(text)]
    known = (licence(text) for text in [*said, *(one.value for one in rights)])
    return tuple(dict.fromkeys(rights)), next(filter(None, known), "")


def _related(row: _Row) -> Iterator[Relation]:
    for value, take in row.taken("related"):
        assert isinstance(take, TakeRelated)
        yield Relation(take.kind, value)
