"""The field table: `index_mappings/works.yaml` as frozen values; engines are made from it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aggregator.errors import ConfigError
from aggregator.language import ANALYSIS_VERSION
from aggregator.wording import say
from aggregator.yamlfile import Mistake, read
from aggregator.yamlmodel import Surroundings, check, instead, nearest

WORKS = Path(__file__).resolve().parents[2] / "index_mappings" / "works.yaml"
"""The table that comes with Ilim."""

LAYOUT_VERSION = 4
"""Raise when documents are made differently from the same table (`document.py`)."""

Kind = Literal["text", "keyword", "range", "number"]
Form = Literal["a", "c", "f", "surface"]
Combination = Literal["or", "and"]

_FROZEN = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Words(BaseModel):
    """A word or a few in the three languages of the pages."""

    model_config = _FROZEN

    ky: Annotated[str, Field(min_length=1)]
    ru: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class FieldSettings(BaseModel):
    """One field as the file describes it; the file itself explains each key."""

    model_config = _FROZEN

    kind: Kind
    label: Words
    forms: tuple[Form, ...] = ()
    phrases: bool = False
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    facet: Combination | None = None
    sortable: bool = False
    prefix: Words | None = None

    @model_validator(mode="after")
    def _can_be_counted(self) -> "FieldSettings":
        if self.facet and self.kind in {"text", "number"}:
            raise ValueError("only a field of kind keyword or range can be a facet")
        if self.facet == "and" and self.kind == "range":
            raise ValueError("a work has one range of years: it combines by 'or'")
        return self


class Ranking(BaseModel):
    """How the parts of a query weigh against each other; the file itself explains each key."""

    model_config = _FROZEN

    tie: Annotated[float, Field(ge=0, le=1)] = 0.1
    pairs: Annotated[float, Field(ge=0, le=10)] = 0.1
    folded: Annotated[float, Field(ge=0, le=1)] = 0.3
    concept: Annotated[float, Field(ge=0, le=1)] = 0.3
    language: Annotated[float, Field(ge=0, le=10)] = 0.5
    whole: Annotated[float, Field(ge=0, le=100)] = 10.0
    open: Annotated[float, Field(ge=0, le=10)] = 0.3
    enough: Annotated[int, Field(ge=0, le=1000)] = 10


class TableSettings(BaseModel):
    """The whole file."""

    model_config = _FROZEN

    fields: dict[str, FieldSettings]
    ranking: Ranking = Ranking()


@dataclass(frozen=True, slots=True)
class IndexField:
    """One field of a work; ``labels`` and ``prefixes`` by page language ("ky", "ru", "en")."""

    name: str
    kind: Kind
    labels: Mapping[str, str]
    prefixes: Mapping[str, str]
    forms: tuple[Form, ...]
    phrases: bool
    weight: float
    facet: Combination | None
    sortable: bool

    def value(self, form: Form) -> str:
        """Name of the documents' value that holds this text field in ``form``."""
        return self.name if form == "surface" else f"{self.name}_{form}"


@dataclass(frozen=True, slots=True)
class FieldTable:
    """The fields in the file's order, and what follows from them."""

    fields: Mapping[str, IndexField]
    ranking: Ranking
    fingerprint: str
    """Of everything that shapes an index: another one means that the index must be rebuilt."""

    @property
    def facets(self) -> tuple[IndexField, ...]:
        """The fields that are counted and can be filtered by."""
        return tuple(field for field in self.fields.values() if field.facet)

    def require_facets(self, names: Iterable[str]) -> None:
        """Raises ConfigError for a name that is no facet, with the nearest that is."""
        facets = [field.name for field in self.facets]
        for name in names:
            if name not in facets:
                near = nearest(name, facets)
                hint = instead(near, facets)
                raise ConfigError(say("There is no filter '{name}'; {hint}", name=name, hint=hint))


class Shape(NamedTuple):
    """What documents and queries are made with, and a table therefore cannot change."""

    kind: Kind
    forms: tuple[Form, ...] = ()
    phrases: bool = False
    sortable: bool = False


SHAPES: Mapping[str, Shape] = {
    "content": Shape("text", ("a", "c", "f"), phrases=True),
    "title": Shape("text", ("a", "c"), phrases=True, sortable=True),
    "creator": Shape("text", ("a", "c"), phrases=True),
    "topic": Shape("text", ("a", "c"), phrases=True),
    "surface": Shape("text", ("surface",)),
    "source": Shape("keyword"),
    "type": Shape("keyword"),
    "language": Shape("keyword"),
    "year": Shape("range", sortable=True),
    "subject": Shape("keyword"),
    "access": Shape("keyword"),
    "identifier": Shape("keyword"),
    "heading": Shape("keyword"),
    "whole": Shape("keyword"),
    "added": Shape("number", sortable=True),
}
"""The fields of a work. A table describes these and no others."""

WEIGHED = ("title", "surface")
"""Fields whose matches add to a work's score beside its content's."""


def load_table(file: Path = WORKS) -> FieldTable:
    """Read a field table. Raises ConfigError naming file, line and key of every mistake."""
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    settings = (
        check(document, TableSettings, Surroundings(file.parent, {}), mistakes)
        if document
        else None
    )
    if settings and document:
        mistakes += (
            document.mistake(("fields", *place), text) for place, text in _unfit(settings.fields)
        )
    if mistakes or settings is None:
        raise ConfigError("\n".join(map(str, mistakes)))
    fields = {name: _field(name, field) for name, field in settings.fields.items()}
    return FieldTable(fields, settings.ranking, _fingerprint(settings.fields))


def _field(name: str, field: FieldSettings) -> IndexField:
    return IndexField(
        name,
        field.kind,
        field.label.model_dump(),
        field.prefix.model_dump() if field.prefix else {},
        field.forms,
        field.phrases,
        field.weight,
        field.facet,
        field.sortable,
    )


def _unfit(fields: Mapping[str, FieldSettings]) -> Iterable[tuple[tuple[str, ...], str]]:
    """What is wrong between fields: (place under ``fields``, words)."""
    for name, shape in SHAPES.items():
        if name not in fields:
            yield (), f"the field '{name}' is missing"
            continue
        for key, wanted in shape._asdict().items():
            if getattr(fields[name], key) != wanted:
                yield (name, key), f"works are indexed with {key}: {_written(wanted)}; put it back"
    for name, field in fields.items():
        if field.weight != 1 and name not in WEIGHED:
            yield (name, "weight"), f"only {' and '.join(WEIGHED)} have a weight"
    for name in fields.keys() - SHAPES.keys():
        near = nearest(name, SHAPES)
        hint = f"did you mean '{near}'?" if near else f"there are: {', '.join(SHAPES)}"
        yield (name,), f"works have no such field; {hint}"
    owners: dict[str, str] = {}
    for name, field in fields.items():
        for word in (
            {w.casefold() for w in field.prefix.model_dump().values()} if field.prefix else ()
        ):
            if word in owners:
                yield (name, "prefix"), f"'{word}' is already the prefix of '{owners[word]}'"
            owners[word] = name


def _written(value: object) -> str:
    """A value as it stands in YAML."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower()


def _fingerprint(fields: Mapping[str, FieldSettings]) -> str:
    shape = [
        (name, field.kind, field.forms, field.phrases, field.facet is not None, field.sortable)
        for name, field in sorted(fields.items())
    ]
    text = json.dumps([shape, ANALYSIS_VERSION, LAYOUT_VERSION])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
