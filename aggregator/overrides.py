"""A partner's habits, said in its YAML: what becomes of a Record after its crosswalk.

``overrides:`` maps places of a Record to rules (`Override`). All rules take from the record as its
crosswalk made it, so their order does not matter. Pure: Record in, Record out. Texts that a rule
puts out of their place stay in ``other`` under that place's name; docs/overrides.md shows all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args

from msgspec import structs
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_serializer,
    model_validator,
)

from aggregator.normalize import (
    access,
    clean,
    dates,
    identifier,
    issn,
    language,
    languages,
    licence,
    name,
    name_and_role,
    resource_type,
    web_address,
)
from aggregator.record import (
    ACCESS,
    RECORD_TYPES,
    Access,
    Container,
    Creator,
    Dates,
    Holding,
    Identifier,
    Link,
    Other,
    Patent,
    Project,
    Record,
    RecordType,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from aggregator.yamlmodel import ONE_OR_MORE, nearest

# --- places ------------------------------------------------------------------------------------

_LISTS = {
    "titles": ("value", "kind"), "creators": ("name", "role"), "abstracts": ("value", ""),
    "contents": ("value", ""), "subjects": ("term", "scheme"), "publisher": ("value", ""),
    "notes": ("value", ""), "identifiers": ("value", "scheme"), "links": ("url", "kind"),
    "holdings": ("library", ""), "rights": ("value", ""), "related": ("value", "kind"),
    "other": ("text", "label"),
}  # fmt: skip
"""Field -> what an item of it says, and what tells its kind ("" where there is none)."""

_PARTS: Mapping[str, Any] = {
    "container": Container, "thesis": Thesis, "patent": Patent, "project": Project,
}  # fmt: skip
_SINGLE = ("edition", "series", "part", "extent", "licence", "level")
_LABELS = {"type": "other", "access": "unknown"}
"""Field with a label of Ilim's -> the label for what is not known."""

_KINDS = {
    "titles": get_args(Literal["main", "alternative", "parallel"]),
    "links": ("fulltext", "landing", "thumbnail"),
}
"""Fields whose kinds are all known; those of other lists are the partner's to name."""

_WORDS_OF = {
    "type": ("other.type", "type"),
    "languages": ("languages", "other.language"),
    "access": ("other.rights", "rights", "access"),
}
"""Where the source's own words are, for fields that hold labels and codes of Ilim's."""

_PLAIN = ("type", "access", "languages", "issued", *_SINGLE, *_LISTS)


def place(text: str) -> str:
    """``text``, if it names a place of a Record to take from: ``subjects``, ``container.issn``,
    ``subjects.UDC``, ``other.LABEL``. Raises ValueError with the nearest one."""
    field, dot, part = text.partition(".")
    known: Sequence[str] = _PLAIN
    if field in _PARTS:
        known = [f"{field}.{one}" for one in _PARTS[field].__struct_fields__]
    elif dot and field in _KINDS:
        known = [f"{field}.{one}" for one in _KINDS[field]]
    elif (dot and part.strip() and field in _LISTS and _LISTS[field][1]) or text in _PLAIN:
        return text
    if text in known:
        return text
    every = [
        *_PLAIN,
        *(f"{one}.{part}" for one in _PARTS for part in _PARTS[one].__struct_fields__),
    ]
    near = nearest(text, known) or nearest(text, every)
    if near is None and dot:
        near = nearest(field, [*_LISTS, *_PARTS])
    hint = f"did you mean '{near}'?" if near else f"allowed: {', '.join(every)}"
    raise ValueError(f"found '{text}', which is no place of a record; {hint}")


# --- rules -------------------------------------------------------------------------------------


@cache
def this_year() -> int:
    """A bound for dates. Read once: it is two years ahead, so a process may run past New Year."""
    return date.today().year


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"found '{text}', which is no regular expression: {error}") from error
    return text


def _code(text: str) -> str:
    if not language(text):
        raise ValueError(f"found '{text}'; it must be a code of a language: ky, ru, en, …")
    return language(text)


def _dated(text: str) -> str:
    if not dates(text, this_year()).min:
        raise ValueError(f"found '{text}'; it must be a year or a date: 2009, 2009-05-31")
    return text


class Override(BaseModel):
    """What becomes of one place of a Record: take, split, regex, map and default, in this order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    take: Annotated[
        tuple[Annotated[str, AfterValidator(place)], ...],
        ONE_OR_MORE,
    ] = Field(
        default=(),
        min_length=1,
        description="the place, or list of places, whose values are put here: a field (subjects), "
        "a part (container.title), one kind (subjects.UDC), or other.LABEL for what no field "
        "holds; if absent, the place's own values",
    )
    split: str = Field(
        default="", min_length=1, description="what stands between several values: ';'"
    )
    regex: Annotated[str, AfterValidator(_pattern)] = Field(
        default="",
        min_length=1,
        description="of each value only what this finds is kept (its first group, if it has one); "
        "write it in single quotes",
    )
    map: dict[str, str] = Field(
        default={},
        min_length=1,
        description='the partner\'s word: the word to put in its place, "" to put it out',
    )
    default: str = Field(
        default="", min_length=1, description="the value where there is none otherwise"
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"give at least one of {', '.join(type(self).model_fields)}")
        return self


class TypeOverride(Override):
    map: dict[str, RecordType] = Field(  # type: ignore[assignment]
        default={}, min_length=1, description="the partner's word: a type of Ilim's"
    )
    default: RecordType | None = Field(  # type: ignore[assignment]
        default=None, description="the type where none was understood"
    )


class AccessOverride(Override):
    map: dict[str, Access] = Field(  # type: ignore[assignment]
        default={}, min_length=1, description="the partner's word: a kind of access of Ilim's"
    )
    default: Access | None = Field(  # type: ignore[assignment]
        default=None, description="the access where none was understood"
    )


class LanguagesOverride(Override):
    map: dict[str, Annotated[str, AfterValidator(_code)]] = Field(
        default={}, min_length=1, description="the partner's word: the code of a language"
    )
    default: Annotated[str, AfterValidator(_code)] = Field(
        default="", description="the code of the language where none is named"
    )


class IssuedOverride(Override):
    default: Annotated[str, AfterValidator(_dated)] = Field(
        default="", description="the year or date where none was understood"
    )


def _rule(description: str, alias: str | None = None) -> Any:
    return Field(default=None, alias=alias, description=description)


class Overrides(BaseModel):
    """Place of a Record -> its rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titles: Override = _rule("all titles; new ones become main titles")
    titles_main: Override = _rule("main titles", "titles.main")
    titles_alternative: Override = _rule("other titles", "titles.alternative")
    titles_parallel: Override = _rule("titles in another language", "titles.parallel")
    creators: Override = _rule("people and bodies; new ones become authors")
    creators_aut: Override = _rule("authors", "creators.aut")
    creators_edt: Override = _rule("editors", "creators.edt")
    creators_trl: Override = _rule("translators", "creators.trl")
    creators_ths: Override = _rule("supervisors of a thesis", "creators.ths")
    abstracts: Override = _rule("abstracts")
    contents: Override = _rule("tables of contents")
    subjects: Override = _rule("all subjects; new ones are in no scheme")
    subjects_udc: Override = _rule("numbers of the UDC", "subjects.UDC")
    subjects_grnti: Override = _rule("numbers of the GRNTI", "subjects.GRNTI")
    subjects_bbk: Override = _rule("marks of the BBK", "subjects.BBK")
    subjects_ipc: Override = _rule("marks of the IPC", "subjects.IPC")
    subjects_ford: Override = _rule("fields of FORD", "subjects.FORD")
    type: TypeOverride = _rule("what kind of thing it is")
    languages: LanguagesOverride = _rule("languages of the thing itself")
    issued: IssuedOverride = _rule("when it was issued")
    publisher: Override = _rule("publishers")
    edition: Override = _rule("the edition")
    series: Override = _rule("the series")
    part: Override = _rule("number or name of a part")
    container_title: Override = _rule("title of its journal or book", "container.title")
    container_issn: Override = _rule("ISSN of its journal", "container.issn")
    container_volume: Override = _rule("volume of its journal", "container.volume")
    container_issue: Override = _rule("issue of its journal", "container.issue")
    container_pages: Override = _rule("pages in its journal or book", "container.pages")
    extent: Override = _rule("pages, minutes, size")
    notes: Override = _rule("notes")
    identifiers: Override = _rule("all identifiers; the scheme of new ones is found out")
    identifiers_doi: Override = _rule("DOIs", "identifiers.doi")
    identifiers_isbn: Override = _rule("ISBNs", "identifiers.isbn")
    identifiers_issn: Override = _rule("ISSNs", "identifiers.issn")
    identifiers_hdl: Override = _rule("handles", "identifiers.hdl")
    identifiers_patent: Override = _rule("numbers of patents", "identifiers.patent")
    identifiers_local: Override = _rule("the partner's own numbers", "identifiers.local")
    links: Override = _rule("all addresses; new ones lead to a page about the thing")
    links_fulltext: Override = _rule("addresses of the full text", "links.fulltext")
    links_landing: Override = _rule("pages about the thing", "links.landing")
    links_thumbnail: Override = _rule("small pictures", "links.thumbnail")
    holdings: Override = _rule("libraries that have copies")
    access: AccessOverride = _rule("who may read it")
    licence: Override = _rule("the licence")
    rights: Override = _rule("statements of rights")
    related: Override = _rule("related things; how new ones are related is not said")
    related_part_of: Override = _rule("what it is a part of", "related.IsPartOf")
    thesis_degree: Override = _rule("degree of a thesis", "thesis.degree")
    thesis_institution: Override = _rule("where it was defended", "thesis.institution")
    patent_applicant: Override = _rule("applicant of a patent", "patent.applicant")
    patent_application_number: Override = _rule(
        "number of the application", "patent.application_number"
    )
    patent_ipc: Override = _rule("marks of the IPC of a patent", "patent.ipc")
    project_donor: Override = _rule("who pays for a project", "project.donor")
    project_budget: Override = _rule("budget of a project", "project.budget")
    project_start: Override = _rule("begin of a project", "project.start")
    project_end: Override = _rule("end of a project", "project.end")
    level: Override = _rule("level of readers: school, master's programme")

    def rules(self) -> dict[str, Override]:
        """Place -> its rule, for those that the YAML has."""
        fields = type(self).model_fields
        found = {field.alias or key: getattr(self, key) for key, field in fields.items()}
        return {key: rule for key, rule in found.items() if rule is not None}

    @model_serializer
    def _written(self) -> dict[str, dict[str, object]]:
        """As the YAML has it."""
        return {key: rule.model_dump(exclude_defaults=True) for key, rule in self.rules().items()}

    def words(self) -> str:
        """What was written, in one form: changes when any rule does."""
        return self.model_dump_json()


# --- applying them -----------------------------------------------------------------------------


_BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A text, its language, and the item of the list it stood in, if it is the place's own."""

    text: str
    lang: str = ""
    item: Any = None


class Plan:
    """The rules of a source made ready for many records."""

    def __init__(self, overrides: Overrides) -> None:
        self._rules = [_Ready.of(key, rule) for key, rule in overrides.rules().items()]

    def apply(self, record: Record, year: int) -> Record:
        """The record as the rules make it; ``year`` is the current one, a bound for dates."""
        made = record
        lost: list[Other] = []
        for rule in self._rules:
            made = rule.apply(made, record, year, lost)
        kept = [one for one in dict.fromkeys(lost) if one not in made.other]
        return structs.replace(made, other=(*made.other, *kept)) if kept else made


def apply(record: Record, overrides: Overrides, year: int) -> Record:
    """One record as ``overrides`` make it; `Plan` is for many."""
    return Plan(overrides).apply(record, year)


def _fold(text: str) -> str:
    return clean(text).casefold()


@dataclass(frozen=True, slots=True)
class _Ready:
    """One rule: folded words, compiled pattern."""

    key: str
    field: str
    kind: str
    take: tuple[str, ...]
    split: str
    pattern: re.Pattern[str] | None
    words: Mapping[str, str]
    default: str

    @classmethod
    def of(cls, key: str, rule: Override) -> Self:
        field, _, kind = key.partition(".")
        pattern = re.compile(rule.regex) if rule.regex else None
        words = {_fold(word): meant for word, meant in rule.map.items()}
        return cls(key, field, kind, rule.take, rule.split, pattern, words, rule.default or "")

    def apply(self, made: Record, record: Record, year: int, lost: list[Other]) -> Record:
        """``made`` with this place changed. What is taken comes from ``record``, as it was
        before all rules; texts put out are added to ``lost``."""
        if self.field in _LISTS:
            return self._many(made, record, lost)
        if self.field in _LABELS:
            return self._label(made, record)
        if self.field == "languages":
            return self._languages(made, record)
        if self.field == "issued":
            return self._issued(made, record, year, lost)
        return self._single(made, record, lost)

    # What is said, and what the rule makes of it.

    def _pieces(self, one: _Said, own: bool) -> Iterator[tuple[str, bool]]:
        """The values in one text, and whether a word of the map was found: split, regex, map."""
        parts = one.text.split(self.split) if self.split else (one.text,)
        for part in parts:
            text = part.strip()
            if self.pattern is not None:
                match = self.pattern.search(text)
                if match is not None:
                    text = ((match[1] if self.pattern.groups else match[0]) or "").strip()
                elif not own:
                    continue
            if text:
                meant = self.words.get(_fold(text))
                yield (text, False) if meant is None else (meant, True)

    def _taken(self, record: Record) -> Iterator[tuple[_Said, bool]]:
        """What the rule takes, and whether it is the place's own."""
        for where in self.take or _WORDS_OF.get(self.field, (self.key,)):
            for one in _read(record, where):
                yield one, where == self.key or not self.take

    # One shape of field each.

    def _many(self, made: Record, record: Record, lost: list[Other]) -> Record:
        items = getattr(made, self.field)
        found: list[Any] = []
        if not self.take:
            for item in items:
                found += self._own(item, lost) if self._is_of_kind(item) else [item]
        else:
            new: list[Any] = []
            for one, own in self._taken(record):
                new += self._own(one.item, lost) if own else self._foreign(one)
            if new:
                left = [item for item in items if self._is_of_kind(item)]
                if self.key not in self.take:
                    lost += [self._other(item) for item in left if item not in new]
                found = [*(item for item in items if item not in left), *new]
            else:
                found = list(items)
        if self.default and not any(map(self._is_of_kind, found)):
            found += filter(None, [self._build(self.default, "", self.kind)])
        return structs.replace(made, **{self.field: tuple(dict.fromkeys(found))})

    def _is_of_kind(self, item: Any) -> bool:
        attribute = _LISTS[self.field][1]
        return not self.kind or _fold(getattr(item, attribute)) == _fold(self.kind)

    def _own(self, item: Any, lost: list[Other]) -> list[Any]:
        """What an item becomes in its own place: it keeps what else it says."""
        attribute, kind = _LISTS[self.field]
        text, lang = getattr(item, attribute), getattr(item, "lang", "")
        found: list[Any] = []
        pieces = [piece for piece, _ in self._pieces(_Said(text, lang), own=True)]
        for piece in pieces:
            if piece == text:
                found.append(item)
            elif self.field == "identifiers":  # a cleaned one may be recognised at last
                found += filter(None, [identifier(piece, item.scheme) if piece else None])
            elif built := self._build(piece, lang, getattr(item, kind) if kind else ""):
                # Of several people in one statement nobody knows whose number it was.
                alone = {"orcid": ""} if self.field == "creators" and len(pieces) > 1 else {}
                found.append(
                    structs.replace(item, **{attribute: getattr(built, attribute)}, **alone)
                )
        if not found:
            lost.append(self._other(item))
        return found

    def _foreign(self, one: _Said) -> Iterator[Any]:
        for piece, _ in self._pieces(one, own=False):
            built = self._build(piece, one.lang, self.kind) if piece else None
            if built is not None:
                yield built

    def _other(self, item: Any) -> Other:
        attribute, kind = _LISTS[self.field]
        named = getattr(item, kind) if kind else ""
        more = (name for name in item.__struct_fields__ if name not in (attribute, kind, "lang"))
        texts = (getattr(item, name) for name in (attribute, *more))
        return Other(
            f"{self.field}.{named}" if named else self.field,
            "; ".join(str(text) for text in texts if text),
            getattr(item, "lang", ""),
        )

    def _build(self, text: str, lang: str, kind: str) -> Any:
        """An item of the field that says ``text``; None where it cannot be one."""
        match self.field:
            case "titles":
                return Title(text, lang, kind or "main") if text else None  # type: ignore[arg-type]
            case "creators":
                person, role = (text, kind) if kind else name_and_role(text)
                return Creator(name(person), role or "aut", lang) if name(person) else None
            case "subjects":
                return Subject(text, kind, lang) if text else None
            case "identifiers":
                found = identifier(text, kind) if text else Identifier("", "")
                return found if found.value and kind in ("", found.scheme) else None
            case "links":
                address = web_address(text)
                return Link(address, kind or "landing") if address else None  # type: ignore[arg-type]
            case "holdings":
                return Holding(text) if text else None
            case "related":
                return Relation(kind or "IsRelatedTo", text) if text else None
            case _:
                return Text(text, lang) if text else None

    def _label(self, made: Record, record: Record) -> Record:
        """A type or a kind of access: the first that is understood. Where nothing is taken from
        elsewhere the crosswalk has read the words already, and only what changed counts."""
        known, read = (RECORD_TYPES, resource_type) if self.field == "type" else (ACCESS, access)
        unknown = _LABELS[self.field]
        found = ""
        for one, own in self._taken(record):
            for text, mapped in self._pieces(one, own):
                label = text if text in known else read(text)
                counts = mapped or (label != unknown and (self.take or text != one.text))
                found = found or (label if counts else "")
        found = found or getattr(made, self.field)
        if found == unknown:
            found = self.default or unknown
        return structs.replace(made, **{self.field: found})

    def _languages(self, made: Record, record: Record) -> Record:
        found: list[str] = []
        for one, own in self._taken(record):
            for text, mapped in self._pieces(one, own):
                if mapped or text in made.languages:
                    found.append(text)
                elif self.take or text != one.text:
                    found += languages(text)
        if self.take and not found:
            found = list(made.languages)
        if self.default and not found:
            found = [self.default]
        return structs.replace(made, languages=tuple(dict.fromkeys(found)))

    def _issued(self, made: Record, record: Record, year: int, lost: list[Other]) -> Record:
        before = made.issued
        found: Dates | None = None
        put_out = False
        for one, own in self._taken(record):
            for text, mapped in self._pieces(one, own):
                put_out |= own and mapped and not text
                if own and text == one.text:
                    read = before if self.take else _BLANK.issued
                else:
                    read = dates(text, year)
                if found is None and read.min:
                    found = read
        if found is None and self.default and (put_out or not before.min):
            found = dates(self.default, year)
        if found is None:
            found = _BLANK.issued if put_out else before
        if before.text and before.text != found.text:
            lost.append(Other(self.key, before.text))
        return structs.replace(made, issued=found)

    def _single(self, made: Record, record: Record, lost: list[Other]) -> Record:
        before = [one.text for one in _read(made, self.key)]
        found: list[str] = []
        for one, own in self._taken(record):
            for text, _ in self._pieces(one, own):
                value = self._value(text) or (text if own and text == one.text else "")
                found += [value] if value else []
        if self.take and not found:
            found = before
        if not found or (self.take and self.key not in self.take and found != before):
            lost += [Other(self.key, text) for text in before]
        if self.default and not found:
            found = [self.default]
        if self.key != "patent.ipc":
            lost += [Other(self.key, text) for text in found[1:]]
            found = found[:1]
        return _write(made, self.field, self.kind, found)

    def _value(self, text: str) -> str:
        if self.key == "container.issn":
            return issn(text)
        return licence(text) or text if self.key == "licence" else text


def _read(record: Record, where: str) -> Iterator[_Said]:
    """What a place says."""
    field, _, part = where.partition(".")
    value = getattr(record, field)
    if field in _LISTS:
        attribute, kind = _LISTS[field]
        for item in value:
            if not part or _is_called(getattr(item, kind), part, field):
                yield _Said(getattr(item, attribute), getattr(item, "lang", ""), item)
        return
    if field in _PARTS and value is not None:
        value = getattr(value, part)
    texts: Iterable[str]
    if isinstance(value, Dates):
        texts = (value.text or str(value.min or ""),)
    else:
        texts = (value,) if isinstance(value, str) else value or ()
    yield from (_Said(text) for text in texts if text)


def _is_called(kind: str, part: str, field: str) -> bool:
    """Whether an item is of the kind asked for; a label also by what follows its colon, so that
    ``other.date`` finds "dc:date"."""
    folded, wanted = _fold(kind), _fold(part)
    return folded == wanted or (field == "other" and folded.rpartition(":")[2] == wanted)


def _write(record: Record, field: str, part: str, values: Sequence[str]) -> Record:
    new: Any = values[0] if values else ""
    if part == "ipc":
        new = tuple(dict.fromkeys(values))
    if not part:
        return structs.replace(record, **{field: new})
    inner = getattr(record, field)
    if (not new and inner is None) or (inner is not None and getattr(inner, part) == new):
        return record
    inner = structs.replace(inner or _PARTS[field](), **{part: new})
    if inner == getattr(_BLANK, field):
        inner = getattr(_BLANK, field)
    return structs.replace(record, **{field: inner})
