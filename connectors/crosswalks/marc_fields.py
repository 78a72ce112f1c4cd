"""Fields that mean the same in MARC 21 and in UNIMARC, under whatever tags → a Draft."""

from collections.abc import Callable, Mapping

from aggregator.normalize import identifier, isbn
from aggregator.record import Identifier, Subject
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_record import Field

Reader = Callable[[Draft, Field], None]

VOCABULARIES = {
    "udc": "UDC", "rubbk": "BBK", "bbk": "BBK", "rugasnti": "GRNTI", "grnti": "GRNTI", "ipc": "IPC",
    "ddc": "DDC", "lcc": "LCC", "lc": "LCSH", "lcsh": "LCSH", "mesh": "MeSH", "ford": "FORD",
    "fos": "FORD",
}  # fmt: skip
"""Codes of vocabularies ($2) that go by another name here."""


def vocabulary(code: str) -> str:
    """The name of the vocabulary that $2 names."""
    return VOCABULARIES.get(code.lower(), code)


def book_number(draft: Draft, field: Field) -> None:
    """ISBN; what is none is a number of the source's own."""
    for text in field.take("a"):
        value = isbn(text)
        draft.identifiers.append(
            Identifier("isbn", value) if value else Identifier("local", text[:1000])
        )
        draft.keep(field, "a", text, value or text[:1000])


def number(schemes: Mapping[str, str]) -> Reader:
    """Reads fields whose $a is a number of one kind: tag -> its scheme."""

    def read(draft: Draft, field: Field) -> None:
        for text in field.take("a"):
            draft.identifiers.append(identifier(text, schemes[field.tag]))

    return read


def classification(schemes: Mapping[str, str]) -> Reader:
    """Reads class marks: tag -> the scheme, which else $2 names."""

    def read(draft: Draft, field: Field) -> None:
        source = field.text("2")
        scheme = schemes.get(field.tag) or vocabulary(source)
        terms = field.take(" a")
        draft.subjects += [Subject(term, scheme) for term in terms]
        draft.keep(field, "2", source, scheme if terms else "")

    return read


def audience(draft: Draft, field: Field) -> None:
    """For whom a thing is; a second field is kept."""
    text = field.text("a", "; ")
    if not draft.level:
        draft.level = text
    else:
        draft.rest.keep(f"{draft.label} {field.tag} $a", text)
