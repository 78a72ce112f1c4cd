"""A work as its sources describe it: every field of every record, each with who says so. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.record import Creator, Record, Subject
from web.describe import identifier_url, language_of
from web.params import PageState
from web.responses import web_address
from web.words import Words


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text, its language, and where it may be followed (an address or a search)."""

    text: str
    lang: str = ""
    url: str = ""
    search: PageState | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What some sources say in the same words."""

    values: tuple[Value, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One field. ``disagree``: it can have one value only, and the sources give several."""

    label: str
    statements: tuple[Statement, ...]
    disagree: bool = False


@dataclass(frozen=True, slots=True)
class HoldingRow:
    library: str
    shelf_mark: str
    copies: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Description:
    """``abstracts`` are shown as prose, ``rows`` as a table, ``holdings`` as where to go."""

    abstracts: tuple[Statement, ...]
    rows: tuple[Row, ...]
    holdings: tuple[HoldingRow, ...]


CODES = frozenset({"UDC", "BBK", "GRNTI", "IPC", "DDC", "LCC"})
"""Schemes whose terms are codes and not among the filter's values (`aggregator.index.document`)."""

Fields = dict[str, tuple[Value, ...]]
"""One record's fields in the order of the page: label -> values."""


def describe(records: Sequence[Record], words: Words) -> Description:
    """All that ``records`` say. Creators and subjects lead to a search for them."""
    reader = _Reader(words)
    said = [(record.source, reader.fields(record)) for record in records]
    labels = dict.fromkeys(label for label in reader.order)
    labels |= dict.fromkeys(label for _, fields in said for label in fields)
    rows = (_row(label, said, label in reader.single) for label in labels)
    abstracts = [
        (
            record.source,
            {"": tuple(Value(a.value, language_of(a.lang, record)) for a in record.abstracts)},
        )
        for record in records
    ]
    return Description(
        abstracts=_row("", abstracts, single=False).statements,
        rows=tuple(row for row in rows if row.statements),
        holdings=tuple(
            HoldingRow(h.library, h.shelf_mark, h.copies, record.source)
            for record in records
            for h in record.holdings
        ),
    )


def _row(label: str, said: Sequence[tuple[str, Fields]], single: bool) -> Row:
    """Group the sources that say the same, case, spaces and punctuation aside."""
    groups: dict[tuple[str, ...], Statement] = {}
    for source, fields in said:
        values = fields.get(label)
        if not values:
            continue
        key = tuple(_essence(value.text) for value in values)
        known = groups.get(key)
        if known is None:
            groups[key] = Statement(values, (source,))
        elif source not in known.sources:
            groups[key] = replace(known, sources=(*known.sources, source))
    return Row(label, tuple(groups.values()), disagree=single and len(groups) > 1)


def _essence(text: str) -> str:
    letters = "".join(char for char in text.casefold() if char.isalnum())
    return letters or text


class _Reader:
    """Reads one record into labelled values. ``single`` are the labels that can have one value."""

    def __init__(self, words: Words) -> None:
        self._words = words
        _ = words
        self.order = (
            _("Title"),
            _("Other titles"),
            *words.labels.roles.values(),
            _("Type"),
            _("Year"),
            _("Language"),
            _("Publisher"),
            _("Published in"),
        )
        self.single = {_("Title"), _("Type"), _("Year"), _("Edition"), _("Extent"), _("Part")}

    def fields(self, record: Record) -> Fields:
        """Every field that has something to say, abstracts and holdings aside."""
        found: Fields = {}
        for label, values in self._pairs(record):
            kept = tuple(value for value in values if value.text)
            if kept:
                found[label] = (*found.get(label, ()), *kept)
        return found

    def _pairs(self, record: Record) -> Iterable[tuple[str, Iterable[Value]]]:
        yield from self._titles_and_people(record)
        yield from self._publication(record)
        yield from self._kinds(record)
        yield from self._subjects_and_notes(record)
        yield from self._identity(record)

    def _titles_and_people(self, record: Record) -> Iterable[tuple[str, Iterable[Value]]]:
        _ = self._words
        for title in record.titles:
            label = _("Title") if title.kind == "main" else _("Other titles")
            yield label, [Value(title.value, language_of(title.lang, record))]
        roles = self._words.labels.roles
        for creator in record.creators:
            label = roles.get(creator.role) or _("Contributor (%(role)s)", role=creator.role)
            yield label, [self._person(creator, record)]
            if creator.orcid:
                orcid = creator.orcid.rsplit("/", 1)[-1]
                yield "ORCID", [Value(orcid, url=web_address(f"https://orcid.org/{orcid}"))]

    def _person(self, creator: Creator, record: Record) -> Value:
        text = f"{creator.name} ({creator.affiliation})" if creator.affiliation else creator.name
        lang = language_of(creator.lang, record) if creator.lang else ""
        return Value(text, lang, search=PageState().with_text(creator.name))

    def _publication(self, record: Record) -> Iterable[tuple[str, Iterable[Value]]]:
        _ = self._words
        yield _("Type"), [Value(self._words.labels.types.get(record.type, record.type))]
        yield _("Year"), [Value(_when(record))]
        yield _("Language"), [Value(self._words.language(tag)) for tag in record.languages]
        yield (
            _("Publisher"),
            [Value(text.value, language_of(text.lang, record)) for text in record.publisher],
        )
        container = record.container
        yield _("Published in"), [Value(container.title)]
        yield _("ISSN"), [Value(container.issn)]
        yield _("Volume"), [Value(container.volume)]
        yield _("Issue"), [Value(container.issue)]
        yield _("Pages"), [Value(container.pages)]
        yield _("Edition"), [Value(record.edition)]
        yield _("Series"), [Value(record.series)]
        yield _("Part"), [Value(record.part)]
        yield _("Extent"), [Value(record.extent)]

    def _kinds(self, record: Record) -> Iterable[tuple[str, Iterable[Value]]]:
        _ = self._words
        yield _("Level"), [Value(record.level)]
        if thesis := record.thesis:
            yield _("Degree"), [Value(thesis.degree)]
            yield _("Degree-granting institution"), [Value(thesis.institution)]
        if patent := record.patent:
            yield _("Applicant"), [Value(patent.applicant)]
            yield _("Application number"), [Value(patent.application_number)]
            yield _("IPC"), [Value(code) for code in patent.ipc]
        if project := record.project:
            yield _("Donor"), [Value(project.donor)]
            yield _("Budget"), [Value(project.budget)]
            yield _("Start"), [Value(project.start)]
            yield _("End"), [Value(project.end)]

    def _subjects_and_notes(self, record: Record) -> Iterable[tuple[str, Iterable[Value]]]:
        _ = self._words
        for subject in record.subjects:
            scheme = self._words.labels.schemes.get(subject.scheme, subject.scheme)
            yield (
                scheme or _("Keywords"),
                [
                    Value(
                        subject.term,
                        language_of(subject.lang, record) if subject.lang else "",
                        search=_subject(subject),
                    )
                ],
            )
        texts = ((_("Contents"), record.contents), (_("Notes"), record.notes))
        for label, parts in (*texts, (_("Rights"), record.rights)):
            yield label, [Value(part.value, part.lang) for part in parts]
        yield _("Licence"), [Value(record.licence, url=web_address(record.licence))]

    def _identity(self, record: Record) -> Iterable[tuple[str, Iterable[Value]]]:
        _ = self._words
        if record.access != "unknown":
            yield _("Access"), [Value(self._words.labels.access.get(record.access, record.access))]
        for identifier in record.identifiers:
            label = self._words.labels.schemes.get(identifier.scheme, identifier.scheme)
            url = identifier_url(identifier.scheme, identifier.value)
            yield label, [Value(identifier.value, url=url)]
        kinds: Mapping[str, str] = {
            "fulltext": _("Full text"),
            "landing": _("Page at the source"),
            "thumbnail": _("Picture"),
        }
        for link in record.links:
            yield kinds[link.kind], [Value(link.url, url=web_address(link.url))]
        for related in record.related:
            url = web_address(related.value)
            yield _("Related: %(kind)s", kind=related.kind), [Value(related.value, url=url)]
        for other in record.other:
            label = _("“%(label)s” at the source", label=other.label)
            yield label, [Value(other.text, other.lang)]


def _subject(subject: Subject) -> PageState:
    """Plain terms lead to their filter, codes of a classification to a search for them."""
    if subject.scheme in CODES:
        return PageState().with_text(subject.term)
    return PageState().with_value("subject", " ".join(subject.term.split()))


def _when(record: Record) -> str:
    """The source's own words, and in brackets the years Ilim reads in them when they say more."""
    issued = record.issued
    text = issued.text.strip()
    years = str(issued.min) if issued.min == issued.max else f"{issued.min}–{issued.max}"
    if not issued.min:
        return text
    return f"{text} ({years})" if text and years not in text else text or years
