"""The JSON Schema of sources' files, for editors that complete and check them while one writes.

Ilim itself checks with the models (`aggregator.yamlmodel`); the schema is made from the same ones.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""What the YAML extensions of editors know best."""

_CHECKED = ("enum", "const", "pattern", "format")


def source_schema(models: Mapping[str, type[BaseModel]]) -> str:
    """One JSON document for all connectors; ``models`` is connector's name -> model of its file.

    Which keys a file may have follows from its ``connector``.
    """
    places, made = models_json_schema([(model, "validation") for model in models.values()])
    definitions = {name: _tidy(part) for name, part in made["$defs"].items()}
    cases = []
    for name, model in models.items():
        place = places[model, "validation"]["$ref"]
        own = definitions[place.rpartition("/")[2]]["properties"]["connector"]
        own["const"] = name
        named = {"properties": {"connector": {"const": name}}, "required": ["connector"]}
        cases.append({"if": named, "then": {"$ref": place}})
    schema = {
        "$schema": _DRAFT,
        "title": "A source of Ilim",
        "description": "config/sources/ID.yaml; docs/administrator.md explains every key",
        "type": "object",
        "properties": {
            "connector": {"enum": list(models), "description": "how the source is read"}
        },
        "required": ["connector"],
        "allOf": cases,
        "$defs": definitions,
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _tidy(schema: Any) -> Any:
    """Without names that repeat the key, and as liberal as Ilim: text may be typed as a number."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: _tidy(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
        and (key, value) not in (("default", None), ("default", ""), ("format", "path"))
    }
    if found.get("type") == "string" and not any(key in found for key in _CHECKED):
        found["type"] = ["string", "number"]
    return found
