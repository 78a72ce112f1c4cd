"""How a Record's parts read on a page, whatever the page. Pure."""

from dataclasses import dataclass

from aggregator.record import Creator, Dates, Link, Record, main_title
from web.responses import web_address
from web.words import Words, is_language_tag

MEDIA_TYPES = {
    "application/pdf": "PDF",
    "text/html": "HTML",
    "application/epub+zip": "EPUB",
    "image/vnd.djvu": "DjVu",
    "text/plain": "TXT",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
}
DIRECTION_CONTROLS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Unicode's invisible marks that turn the direction of text."""
LONG_DATE = 24
"""Characters: a source's own words for a date, when longer, give way to the years."""


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address and the name of what stands there ("PDF"; "" when unknown)."""

    url: str
    media: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """``shape`` is the badge's: "oa" a disc, "ra" a ring, "no" a dash."""

    shape: str
    label: str


def language_of(tag: str, record: Record) -> str:
    """The ``lang`` of a text: its own tag, else the record's one language; "" if unknown."""
    if not tag and len(record.languages) == 1:
        tag = record.languages[0]
    return tag if is_language_tag(tag) and tag not in ("und", "mul", "zxx") else ""


def title_language(record: Record) -> str:
    """The ``lang`` of the title that stands for the record."""
    title = main_title(record)
    return language_of(title.lang if title else "", record)


def year(dates: Dates) -> str:
    """The year for a line of a list: one year, else the source's words, else the range."""
    if dates.min and dates.min == dates.max:
        return str(dates.min)
    if dates.text and len(dates.text) <= LONG_DATE:
        return dates.text
    return f"{dates.min}–{dates.max}" if dates.min else ""


def one_direction(text: str) -> str:
    """``text`` without direction controls, for the window's title: nothing ends them there."""
    return text.translate(DIRECTION_CONTROLS)


def names(record: Record) -> tuple[Creator, ...]:
    """The people of a list line: authors, or whoever made it when it names no author."""
    authors = tuple(creator for creator in record.creators if creator.role == "aut")
    return authors or record.creators


def access(code: str, words: Words) -> Access | None:
    """The badge for an access code; None where the source is silent."""
    shape = {"open": "oa", "embargoed": "ra", "restricted": "ra", "metadata-only": "no"}.get(code)
    return Access(shape, words.labels.access[code]) if shape else None


def addresses(record: Record, kind: str) -> tuple[Address, ...]:
    """The record's links of one kind that may be followed, each once."""
    found = {
        link.url: Address(link.url, media(link))
        for link in record.links
        if link.kind == kind and web_address(link.url)
    }
    return tuple(found.values())


def media(link: Link) -> str:
    """A short name for the format behind a link; "" when neither type nor address tells."""
    known = MEDIA_TYPES.get(link.media_type.partition(";")[0].strip().lower())
    return known or ("PDF" if link.url.lower().endswith(".pdf") else "")


def own_page(record: Record) -> str:
    """The partner's page about the record: its landing page, else its DOI or handle; "" without."""
    for address in addresses(record, "landing"):
        return address.url
    for identifier in record.identifiers:
        if url := identifier_url(identifier.scheme, identifier.value):
            return url
    return ""


def identifier_url(scheme: str, value: str) -> str:
    """Where an identifier resolves; "" for one that no public resolver knows."""
    if scheme == "url":
        return web_address(value)
    resolver = {"doi": "https://doi.org/", "hdl": "https://hdl.handle.net/"}.get(scheme)
    return web_address(resolver + value) if resolver else ""


def publication(record: Record) -> str:
    """Journal, book or publisher, for one line of a list."""
    container = record.container
    if container.title:
        parts = (container.title, container.volume, container.issue and f"({container.issue})")
        return " ".join(part for part in parts if part)
    return "; ".join(publisher.value for publisher in record.publisher)
