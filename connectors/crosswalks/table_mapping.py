"""Which column of a table becomes which field of a Record, as a source's YAML says it.

A field's mapping is the name of a column, an object (`Take`), or a list of these. Columns are
found by their names whatever their case and white space.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo

from aggregator.normalize import clean, resource_type
from aggregator.pattern import Pattern, checked
from aggregator.record import ACCESS, RECORD_TYPES
from aggregator.wording import later, say
from aggregator.yamlmodel import instead, nearest


class Take(BaseModel):
    """Where a field's values come from, and what is done to them: split, regex, map in turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str = Field(default="", min_length=1, description="the name of a column")
    columns: tuple[str, ...] = Field(
        default=(), min_length=1, description="several, read in this order"
    )
    constant: str = Field(default="", min_length=1, description="the same for every row")
    split: str = Field(
        default="", min_length=1, description="what stands between values in one cell"
    )
    join: str = Field(
        default="; ", description="put between several values where a field takes one"
    )
    regex: Annotated[str, AfterValidator(checked)] = Field(
        default="", description="only the first group, or all, of what it finds is taken"
    )
    map: dict[str, str] = Field(default={}, description="words of the source: words of Ilim")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(map(bool, (self.column, self.columns, self.constant))) != 1:
            raise ValueError(say("give one of 'column', 'columns' and 'constant'"))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns it reads, as written in the YAML."""
        return (self.column,) if self.column else self.columns


class TakeText(Take):
    lang: str = Field(default="", description="BCP 47 tag of these texts: ky, ru, en")


class TakeCreators(TakeText):
    role: str = Field(
        default="",
        pattern=r"^[a-z]{3}$",
        description=later("a MARC relator code of three letters: aut, edt, ths"),
    )


class TakeSubjects(TakeText):
    scheme: str = Field(default="", description="the vocabulary: UDC, GRNTI, FORD, …")


class TakeIdentifiers(Take):
    scheme: str = Field(
        default="", description="doi, isbn, issn, hdl, patent, …; found out where absent"
    )


class TakeRelated(Take):
    kind: str = Field(
        default="IsRelatedTo", min_length=1, description="as in DataCite: IsPartOf, …"
    )


T = TypeVar("T", bound=Take)


def _shape(value: object) -> str:
    """Which branch a value is checked against, so that only its mistakes are told.

    The names of the branches stand in places of errors, so no key may be called so.
    """
    if isinstance(value, dict | Take):
        return "(an object)"
    return "(a list)" if isinstance(value, list | tuple) else "(a column)"


_Column = Annotated[str, Field(min_length=1), Tag("(a column)")]
One = Annotated[_Column | Annotated[T, Tag("(an object)")], Discriminator(_shape)]
Several = Annotated[
    _Column | Annotated[T, Tag("(an object)")] | Annotated[tuple[One[T], ...], Tag("(a list)")],
    Discriminator(_shape),
]


class TableMapping(BaseModel):
    """Key of a source's ``mapping`` -> where its values stand. What is not named here and is not
    empty goes to ``other`` under its column's name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    local_id: One[Take] = Field(description="what names a row for ever")
    stamp: Several[Take] = Field(default=(), description="when the row was changed")
    title: Several[TakeText] = Field(
        default=(), description="the title; several for several languages"
    )
    alternative: Several[TakeText] = Field(default=(), description="another title")
    parallel: Several[TakeText] = Field(
        default=(), description="the same title in another language"
    )
    creators: Several[TakeCreators] = Field(
        default=(), description="authors and others, names as they stand"
    )
    orcid: Several[Take] = Field(default=(), description="ORCID iDs, in the order of the creators")
    affiliation: Several[Take] = Field(
        default=(), description="where the creators work, in their order"
    )
    abstract: Several[TakeText] = Field(default=(), description="what the thing is about")
    contents: Several[TakeText] = Field(default=(), description="a table of contents")
    notes: Several[TakeText] = Field(default=(), description="remarks")
    subjects: Several[TakeSubjects] = Field(default=(), description="subjects and keywords")
    udc: Several[Take] = Field(default=(), description="UDC codes")
    grnti: Several[Take] = Field(default=(), description="GRNTI codes")
    type: Several[Take] = Field(default=(), description="what it is: book, article, project, …")
    language: Several[Take] = Field(default=(), description="languages by code or name")
    issued: Several[Take] = Field(default=(), description="the year or date of publication")
    publisher: Several[TakeText] = Field(default=(), description="who published it")
    edition: Several[Take] = Field(default=(), description="the edition")
    series: Several[Take] = Field(default=(), description="the series")
    part: Several[Take] = Field(default=(), description="the part or volume of a whole")
    extent: Several[Take] = Field(default=(), description="pages or size")
    level: Several[Take] = Field(default=(), description="the level of readers or of study")
    container: Several[Take] = Field(default=(), description="the journal or book it stands in")
    issn: Several[Take] = Field(default=(), description="the ISSN of that journal")
    volume: Several[Take] = Field(default=(), description="the journal's volume")
    issue: Several[Take] = Field(default=(), description="the journal's issue")
    pages: Several[Take] = Field(default=(), description="pages in it")
    doi: Several[Take] = Field(default=(), description="the DOI")
    isbn: Several[Take] = Field(default=(), description="the ISBN")
    number: Several[Take] = Field(default=(), description="another number of the thing")
    identifiers: Several[TakeIdentifiers] = Field(
        default=(), description="identifiers of any scheme"
    )
    url: Several[Take] = Field(default=(), description="the page of the thing at the source")
    fulltext: Several[Take] = Field(default=(), description="the address of the full text")
    thumbnail: Several[Take] = Field(default=(), description="the address of a picture")
    media_type: Several[Take] = Field(default=(), description="the media type of the full text")
    library: Several[Take] = Field(default=(), description="the library that holds copies")
    shelf_mark: Several[Take] = Field(default=(), description="the shelf mark there")
    copies: Several[Take] = Field(default=(), description="how many copies there are")
    access: Several[Take] = Field(
        default=(), description="open, restricted, embargoed or metadata-only"
    )
    licence: Several[Take] = Field(default=(), description="the licence, an address or a name")
    rights: Several[TakeText] = Field(default=(), description="terms of use in words")
    related: Several[TakeRelated] = Field(
        default=(), description="things it belongs to or refers to"
    )
    degree: Several[Take] = Field(default=(), description="the degree a thesis was written for")
    institution: Several[Take] = Field(
        default=(), description="the institution that grants the degree"
    )
    applicant: Several[Take] = Field(default=(), description="who applied for a patent")
    application_number: Several[Take] = Field(
        default=(), description="the number of the application"
    )
    ipc: Several[Take] = Field(default=(), description="IPC codes of a patent")
    donor: Several[Take] = Field(default=(), description="who pays for a project")
    budget: Several[Take] = Field(default=(), description="what it costs")
    start: Several[Take] = Field(default=(), description="when it begins")
    end: Several[Take] = Field(default=(), description="when it ends")

    @field_validator("local_id")
    @classmethod
    def _different(cls, value: str | Take) -> str | Take:
        if isinstance(value, Take) and value.constant:
            raise ValueError(say("a constant would be the same for every row; name a column"))
        return value

    @field_validator("type")
    @classmethod
    def _types(cls, value: Any) -> Any:
        return _known(value, RECORD_TYPES)

    @field_validator("access")
    @classmethod
    def _access(cls, value: Any) -> Any:
        return _known(value, ACCESS)

    def takes(self) -> dict[str, tuple[Take, ...]]:
        """Key -> where its values come from, for the keys that the YAML has."""
        fields = type(self).model_fields
        found = {key: _listed(getattr(self, key), _class(fields[key])) for key in fields}
        return {key: takes for key, takes in found.items() if takes}

    def columns(self) -> dict[str, str]:
        """Column as written -> the first key that names it."""
        named: dict[str, str] = {}
        for key, takes in self.takes().items():
            for take in takes:
                for name in take.names:
                    named.setdefault(name, key)
        return named


def _class(field: FieldInfo) -> type[Take]:
    """What an object is where a field has one: the second branch of `One` and of `Several`."""
    found: type[Take] = get_args(get_args(field.annotation)[1])[0]
    return found


def _listed(value: str | Take | Sequence[str | Take], kind: type[Take]) -> tuple[Take, ...]:
    items = (value,) if isinstance(value, str | Take) else value
    return tuple(kind(column=item) if isinstance(item, str) else item for item in items)


def _known(value: Any, labels: Sequence[str]) -> Any:
    """Refuse what is neither one of Ilim's labels nor a word that is understood as one."""
    for take in _listed(value, Take):
        for word in filter(None, (take.constant, *take.map.values())):
            if word in labels or (labels is RECORD_TYPES and resource_type(word)):
                continue
            hint = instead(nearest(word, labels), labels)
            raise ValueError(say("found {found}; {hint}", found=f"'{word}'", hint=hint))
    return value


def fold(name: str) -> str:
    """A column's name as it is compared."""
    return clean(name).casefold()


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """A `Take` made ready: folded columns, compiled pattern, folded words."""

    take: T
    columns: tuple[str, ...]
    pattern: Pattern | None
    words: Mapping[str, str]

    @classmethod
    def of(cls, take: T) -> "Source[T]":
        words = {fold(word): meant for word, meant in take.map.items()}
        pattern = Pattern(take.regex) if take.regex else None
        return cls(take, tuple(map(fold, take.names)), pattern, words)

    def values(self, cells: Mapping[str, Sequence[str]]) -> list[str]:
        """All values, "" for an empty one among others of a cell (columns may go side by side)."""
        if self.take.constant:
            return [self.take.constant]
        texts: Iterable[str] = (text for name in self.columns for text in cells.get(name, ("",)))
        if self.take.split:
            sign = self.take.split
            texts = (part.strip() for text in texts for part in text.split(sign))
        if self.pattern is not None:
            texts = [self.pattern.found(text) or "" for text in texts]
        if self.words:
            texts = (self.words.get(fold(text), text) for text in texts)
        return list(texts)
