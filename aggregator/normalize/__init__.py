"""One shape for dates, languages, identifiers, names, types and rights. Pure, one noun a file."""

from aggregator.normalize.access import access, access_of, licence, licence_of
from aggregator.normalize.containers import container
from aggregator.normalize.dates import dates, issued, span
from aggregator.normalize.identifiers import (
    identifier,
    isbn,
    issn,
    orcid,
    patent,
    web_address,
)
from aggregator.normalize.languages import language, languages, script, written_in
from aggregator.normalize.names import name, without_dates
from aggregator.normalize.people import Person, is_body, names_somebody, person, without_others
from aggregator.normalize.resource_types import resource_type, resource_type_of
from aggregator.normalize.roles import name_and_role, role
from aggregator.normalize.text import clean

__all__ = [
    "Person",
    "access",
    "access_of",
    "clean",
    "container",
    "dates",
    "identifier",
    "is_body",
    "isbn",
    "issn",
    "issued",
    "language",
    "languages",
    "licence",
    "licence_of",
    "name",
    "name_and_role",
    "names_somebody",
    "orcid",
    "patent",
    "person",
    "resource_type",
    "resource_type_of",
    "role",
    "script",
    "span",
    "web_address",
    "without_dates",
    "without_others",
    "written_in",
]
