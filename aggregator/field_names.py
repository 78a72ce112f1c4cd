"""The words before a colon in a query, and what may stand after them, from the field table."""

from collections.abc import Callable, Mapping

from aggregator.index.fields import FieldTable
from aggregator.index.years import read_years
from aggregator.normalize.access import access
from aggregator.normalize.identifiers import identifier
from aggregator.normalize.languages import language
from aggregator.normalize.resource_types import resource_type
from aggregator.query import Names, name_key
from aggregator.source import SourceConfig


def field_names(table: FieldTable, sources: Mapping[str, SourceConfig]) -> Names:
    """Fields by their prefixes in all three languages and by their own names; ``sources`` can be
    named by id or by name, as they stand when a query is read."""
    fields = {}
    for name, field in table.fields.items():
        for prefix in field.prefixes.values():
            fields[name_key(prefix)] = name
    values: dict[str, Callable[[str], str]] = {
        "source": lambda text: _called(sources).get(text.strip().casefold(), ""),
        "type": resource_type,
        "language": language,
        "access": access,
        "year": lambda text: text if read_years(text) else "",
        "identifier": lambda text: identifier(text).value.casefold(),
    }
    return Names(fields, {name: read for name, read in values.items() if name in table.fields})


def _called(sources: Mapping[str, SourceConfig]) -> Mapping[str, str]:
    called = {id.casefold(): id for id in sources}
    for id, source in sources.items():
        for code in ("ky", "ru", "en"):
            called.setdefault(source.name.get(code).casefold(), id)
    return called
