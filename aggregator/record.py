"""What one source says about one thing.

A ``Record`` is complete: nothing a source said is dropped; what has no field of its own
goes to ``other``. All types are frozen and slotted. Text keeps its language tag (BCP 47,
"" where the source gave none). They are msgspec structs because a record passes through
JSON at every stage and defaults are left out of it (ADR 0002).
"""

from typing import Literal, get_args

from msgspec import Struct

RecordType = Literal[
    "book", "chapter", "article", "journal", "conference", "thesis", "report", "preprint",
    "patent", "dataset", "software", "textbook", "project", "map", "image", "sound", "video",
    "score", "review", "manuscript", "website", "other",
]  # fmt: skip
RECORD_TYPES: tuple[str, ...] = get_args(RecordType)
"""Plain labels for COAR resource types; `normalize.resource_type` maps onto them."""

Access = Literal["open", "embargoed", "restricted", "metadata-only", "unknown"]
ACCESS: tuple[str, ...] = get_args(Access)
"""Plain labels for COAR access rights, and "unknown" where the source is silent."""


class Text(Struct, frozen=True, omit_defaults=True):
    """A piece of text and the language its source gave for it."""

    value: str
    lang: str = ""


class Title(Struct, frozen=True, omit_defaults=True):
    """One title. ``parallel`` is the same title in another language."""

    value: str
    lang: str = ""
    kind: Literal["main", "alternative", "parallel"] = "main"


class Creator(Struct, frozen=True, omit_defaults=True):
    """A person or body. ``role`` is a MARC relator code ("aut", "edt", "ths", …)."""

    name: str
    role: str = "aut"
    lang: str = ""
    orcid: str = ""
    affiliation: str = ""


class Subject(Struct, frozen=True, omit_defaults=True):
    """A subject term; ``scheme`` names its vocabulary ("UDC", "GRNTI", "IPC", "FORD", …)."""

    term: str
    scheme: str = ""
    lang: str = ""


class Dates(Struct, frozen=True, omit_defaults=True):
    """When a thing was issued: the first and last year it can be, and the source's words.

    "[19--?]" is 1900 to 1999. Filters match by overlap. Both years are 0 where the words
    could not be understood; the words are kept all the same.
    """

    min: int = 0
    max: int = 0
    text: str = ""


class Identifier(Struct, frozen=True, omit_defaults=True):
    """An identifier, normalised; ``scheme`` is "doi", "isbn", "issn", "hdl", "patent", "url", …

    ``scheme`` is "local" for what no scheme is known to own.
    """

    scheme: str
    value: str


class Link(Struct, frozen=True, omit_defaults=True):
    """An http(s) address and what stands there."""

    url: str
    kind: Literal["fulltext", "landing", "thumbnail"] = "landing"
    media_type: str = ""


class Holding(Struct, frozen=True, omit_defaults=True):
    """Where copies stand: for many readers this is the answer."""

    library: str
    shelf_mark: str = ""
    copies: int | None = None


class Container(Struct, frozen=True, omit_defaults=True):
    """The journal, book or proceedings a part appeared in."""

    title: str = ""
    issn: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""


class Relation(Struct, frozen=True, omit_defaults=True):
    """An item this one is related to; ``kind`` as in DataCite ("IsPartOf", "References", …)."""

    kind: str
    value: str


class Other(Struct, frozen=True, omit_defaults=True):
    """What the source said and no field has room for: its own label and its text."""

    label: str
    text: str
    lang: str = ""


class Thesis(Struct, frozen=True, omit_defaults=True):
    degree: str = ""
    institution: str = ""


class Patent(Struct, frozen=True, omit_defaults=True):
    applicant: str = ""
    application_number: str = ""
    ipc: tuple[str, ...] = ()


class Project(Struct, frozen=True, omit_defaults=True):
    donor: str = ""
    budget: str = ""
    start: str = ""
    end: str = ""


class Record(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One source's words about one thing; named ``SOURCE/LOCAL_ID``."""

    source: str
    local_id: str
    stamp: str = ""
    titles: tuple[Title, ...] = ()
    creators: tuple[Creator, ...] = ()
    abstracts: tuple[Text, ...] = ()
    contents: tuple[Text, ...] = ()
    subjects: tuple[Subject, ...] = ()
    type: str = "other"
    languages: tuple[str, ...] = ()
    issued: Dates = Dates()
    publisher: tuple[Text, ...] = ()
    edition: str = ""
    series: str = ""
    part: str = ""
    container: Container = Container()
    extent: str = ""
    notes: tuple[Text, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    holdings: tuple[Holding, ...] = ()
    access: str = "unknown"
    licence: str = ""
    rights: tuple[Text, ...] = ()
    related: tuple[Relation, ...] = ()
    thesis: Thesis | None = None
    patent: Patent | None = None
    project: Project | None = None
    level: str = ""
    other: tuple[Other, ...] = ()


class Deleted(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The source says that it no longer has this record."""

    source: str
    local_id: str
    stamp: str = ""


def main_title(record: Record) -> Title | None:
    """The title a record goes by: its first main one, else its first; None where it has none."""
    mains = (title for title in record.titles if title.kind == "main")
    return next(mains, record.titles[0] if record.titles else None)


_SUBSTANCE = (
    "titles", "creators", "abstracts", "contents", "subjects", "publisher", "series", "part",
    "container", "extent", "notes", "identifiers", "links", "holdings", "related", "thesis",
    "patent", "project",
)  # fmt: skip
_NOTHING = Record(source="", local_id="")


def describes_something(record: Record) -> bool:
    """Whether a record tells anything by which a thing could be found or told from others.

    One without a title may (HARVESTING 33). A status, a date, a language, a type or terms of use
    alone are said of nothing.
    """
    return any(getattr(record, name) != getattr(_NOTHING, name) for name in _SUBSTANCE)


def record_name(source: str, local_id: str) -> str:
    """``SOURCE/LOCAL_ID``; the first slash divides."""
    return f"{source}/{local_id}"
