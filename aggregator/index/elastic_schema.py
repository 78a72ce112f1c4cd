"""The field table in Elasticsearch's terms: mapping, settings, documents. Pure.

Nothing here needs scripting, plugins or analysis beyond the ``whitespace`` analyzer, so it works on
any cluster.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from aggregator.errors import ConfigError
from aggregator.index.fields import FieldTable, IndexField
from aggregator.index.port import SORTS, Document
from aggregator.index.years import span_of
from aggregator.yamlfile import Mistake, read
from aggregator.yamlmodel import Surroundings, check

SETTINGS = Path(__file__).resolve().parents[2] / "index_mappings" / "elasticsearch.yaml"
"""The file that comes with Ilim."""

LAYOUT = 2
"""Raise with every change of the mapping: part of the index's fingerprint."""

WIDE = 50_000
"""Values that each of several shards gives of a facet, so that adding them up is exact."""

_WITHOUT_COLUMN = ("identifier", "whole")
"""Keywords that are looked up and neither counted nor completed."""

_DELETIONS_REMEMBERED = "1h"
"""So long an older write that comes late finds that its work is gone and does nothing."""


class IndexSettings(BaseModel):
    """``index_mappings/elasticsearch.yaml``; the file itself explains each key."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    shards: Annotated[int, Field(ge=1, le=100)] = 1
    replicas: Annotated[int, Field(ge=0, le=10)] = 0
    refresh: Literal["commit"] | Annotated[float, Field(ge=1, le=3600)] = "commit"

    def as_elastic(self) -> dict[str, Any]:
        """What can be changed while an index is in use."""
        refresh = "-1" if self.refresh == "commit" else f"{self.refresh * 1000:.0f}ms"
        return {"number_of_replicas": self.replicas, "refresh_interval": refresh}


def load_settings(file: Path = SETTINGS) -> IndexSettings:
    """Read the settings. Raises ConfigError naming file, line and key of every mistake."""
    mistakes: list[Mistake] = []
    document = read(file, mistakes)
    settings = (
        check(document, IndexSettings, Surroundings(file.parent, {}), mistakes)
        if document
        else None
    )
    if mistakes or settings is None:
        raise ConfigError("\n".join(map(str, mistakes)))
    return settings


class Schema:
    """One field table on Elasticsearch."""

    def __init__(self, table: FieldTable, settings: IndexSettings) -> None:
        self.settings = settings
        self.properties = _properties(table)
        shape = json.dumps([self.properties, settings.shards, LAYOUT], sort_keys=True)
        own = hashlib.blake2b(shape.encode(), digest_size=4).hexdigest()
        self.fingerprint = f"{table.fingerprint}-{own}"
        self._ranges = [field for field in table.fields.values() if field.kind == "range"]
        self._dropped = {
            field.name for field in table.fields.values() if field.kind in {"range", "number"}
        }

    def creation(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """The body that makes an index, with ``meta`` as what it knows of itself."""
        return {
            "settings": {
                "number_of_shards": self.settings.shards,
                "gc_deletes": _DELETIONS_REMEMBERED,
                **self.settings.as_elastic(),
            },
            "mappings": {
                "dynamic": "strict",
                "_source": {"enabled": False},  # the store has it; halves the index
                "_meta": meta,
                "properties": self.properties,
            },
        }

    def fits(self, mapping: Mapping[str, Any]) -> bool:
        """Whether an index's mapping is this one: nobody has added or changed a field."""
        if mapping.get("dynamic") != "strict":
            return False
        found = mapping.get("properties", {})
        return found.keys() == self.properties.keys() and all(
            found[name].get("type") == wanted["type"]
            and found[name].get("analyzer") == wanted.get("analyzer")
            for name, wanted in self.properties.items()
        )

    def values(self, document: Document) -> dict[str, object]:
        """A document by the mapping's names: a range is three columns, a number a sort key."""
        values = {k: v for k, v in document.values.items() if k not in self._dropped}
        for field in self._ranges:
            years = document.values.get(field.name)
            if isinstance(years, tuple):
                low, high = int(years[0]), int(years[1])
                values[first(field)], values[last(field)] = low, high
                values[span(field)] = span_of((low, high))
        return dict(values)


def first(field: IndexField) -> str:
    return f"{field.name}_first"


def last(field: IndexField) -> str:
    return f"{field.name}_last"


def span(field: IndexField) -> str:
    """The column that holds first and last year as one number, to count by."""
    return f"{field.name}_span"


def _properties(table: FieldTable) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for field in table.fields.values():
        match field.kind:
            case "text":
                for form in field.forms:
                    text: dict[str, Any] = {"type": "text", "analyzer": "whitespace"}
                    if not (field.phrases and form == "a"):
                        text["index_options"] = "freqs"
                    found[field.value(form)] = text
            case "keyword":
                found[field.name] = {"type": "keyword"}
                if field.name in _WITHOUT_COLUMN:
                    found[field.name]["doc_values"] = False
            case "range":
                found[first(field)] = {"type": "integer", "doc_values": False}
                found[last(field)] = {"type": "integer", "doc_values": False}
                found[span(field)] = {"type": "integer", "index": False}
            case "number":
                pass  # needed for its sort key only
    for sort in SORTS:
        if sort != "relevance":
            titles = sort == "title"  # what titles begin with is looked up too
            found[f"sort_{sort}"] = {"type": "keyword" if titles else "long", "index": titles}
    return found
