"""UNIMARC fields that identify: numbers of all kinds → a Draft. IRBIS shares them."""

from aggregator.normalize import identifier, issn
from aggregator.record import Identifier
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_record import Field

NUMBERS = {"013": "ismn", "016": "isrc", "040": "coden", "071": "publisher", "073": "ean"}
"""Tags whose $a is a number of one kind, and its scheme."""


def serial_number(draft: Draft, field: Field) -> None:
    for text in field.take("a"):
        value = issn(stripped(text)) or issn(f"{text[:4]}-{text[4:]}")
        if value:
            draft.identifiers.append(Identifier("issn", value))
        draft.keep(field, "a", text, value)


def other_number(draft: Draft, field: Field) -> None:
    """014 and 017: $2 names the kind of the number."""
    scheme = field.text("2").lower()
    for text in field.take("a"):
        known = identifier(text, scheme)
        draft.identifiers.append(known)
        draft.keep(field, "a", text, known.value)
        draft.keep(field, "2", scheme, known.scheme)
        scheme = ""
    draft.rest.keep(f"{draft.label} {field.tag} $2", scheme)


def national_number(draft: Draft, field: Field) -> None:
    country, numbers = field.text("a"), field.take("b")
    for text in numbers:
        draft.identifiers.append(Identifier("nbn", f"{country} {text}".strip()[:1000]))
    if not numbers:
        draft.rest.keep(f"{draft.label} {field.tag} $a", country)


def system_number(draft: Draft, field: Field) -> None:
    draft.identifiers += [Identifier("local", text[:1000]) for text in field.take("a")]
