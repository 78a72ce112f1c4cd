"""What MARC fields have told so far: lists that grow until a Record is made of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aggregator.normalize import clean, script, written_in
from aggregator.record import (
    Container,
    Creator,
    Dates,
    Holding,
    Identifier,
    Link,
    Record,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from connectors.crosswalks import addresses
from connectors.crosswalks.marc_record import Field, MarcRecord
from connectors.crosswalks.remainder import Remainder

BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""


@dataclass(slots=True)
class Draft:
    """``default`` is the source's language, ``tongues`` are the record's own; ``issued`` holds
    the words of the imprint, ``holdings`` (library, shelf mark, copies); ``label`` stands before
    the tag of what is kept in ``other``."""

    default: str
    tongues: tuple[str, ...]
    rest: Remainder
    label: str = "MARC"
    titles: list[Title] = field(default_factory=list)
    creators: list[Creator] = field(default_factory=list)
    abstracts: list[Text] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    publisher: list[Text] = field(default_factory=list)
    edition: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    traced_series: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    container: Container = BLANK.container
    extent: str = ""
    notes: list[Text] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    holdings: list[tuple[str, str, int]] = field(default_factory=list)
    access: list[str] = field(default_factory=list)
    licence: str = ""
    rights: list[Text] = field(default_factory=list)
    related: list[Relation] = field(default_factory=list)
    thesis: Thesis | None = None
    level: str = ""

    def lang(self, field: Field, text: str) -> str:
        """The language of a text: for another script the record's language written in it, else
        the source's where the letters allow it."""
        if field.script:
            return next((one for one in self.tongues if script(one) == field.script), "")
        return self.default if self.default and written_in(text, self.default) else ""

    def text(self, field: Field, text: str) -> Text:
        """A text of ``field`` with its language."""
        return Text(text, self.lang(field, text))

    def keep(self, field: Field, code: str, text: str, *values: str) -> None:
        """Keep a subfield in ``other`` unless ``values`` hold all its words."""
        self.rest.keep_unless(f"{self.label} {field.tag} ${code}", text, *values)

    def take_in(
        self, fields: Iterable[Field], readers: Mapping[str, Callable[[Any, Field], None]]
    ) -> None:
        """Read each field by the reader of its tag, and keep what nobody reads. Readers may ask for
        a `Draft` of their own kind, which this one is."""
        for one in fields:
            reader = readers.get(one.tag)
            if reader is not None:
                reader(self, one)
            self.keep_left(one)

    def keep_controls(self, marc: MarcRecord) -> None:
        """001 is an identifier; leader and the other control fields are kept as they are: their
        blanks count, for they are read by position."""
        self.rest.keep(f"{self.label} leader", marc.leader)
        for tag, text in marc.controls:
            if tag == "001" and clean(text):
                self.identifiers.append(Identifier("local", clean(text)[:1000]))
            else:
                self.rest.keep(f"{self.label} {tag}", text)
        for label, text in marc.loose:
            self.rest.keep(label, text)

    def keep_left(self, field: Field) -> None:
        """Keep every subfield that nobody has taken."""
        for code, value in field.left:
            name = f"{self.label} {field.tag} ${code}".removesuffix("$ ").rstrip()
            self.rest.keep(name, value, self.lang(field, value))

    def held(self) -> tuple[Holding, ...]:
        """Holdings, each place once; a place named several times holds that many copies."""
        copies: dict[tuple[str, str], int] = {}
        for library, shelf, count in self.holdings:
            copies[library, shelf] = copies.get((library, shelf), 0) + count
        return tuple(
            Holding(*place, count if count > 1 else None) for place, count in copies.items()
        )

    def record(self, source: str, local_id: str, stamp: str, kind: str, issued: Dates) -> Record:
        """The Record of all that was told; ``kind`` is its type."""
        if self.series:
            for traced in self.traced_series:
                self.rest.keep_unless(f"{self.label} 8XX", traced, *self.series)
        return Record(
            source=source,
            local_id=local_id,
            stamp=stamp,
            titles=tuple(dict.fromkeys(sorted(self.titles, key=lambda one: one.kind != "main"))),
            creators=tuple(dict.fromkeys(self.creators)),
            abstracts=_said(self.abstracts),
            contents=_said(self.contents),
            subjects=tuple(dict.fromkeys(self.subjects)),
            type=kind,
            languages=self.tongues,
            issued=issued,
            publisher=_said(self.publisher),
            edition=_joined(self.edition),
            series=_joined(self.series or self.traced_series),
            part=_joined(self.parts, ", "),
            container=self.container,
            extent=self.extent,
            notes=_said(self.notes),
            identifiers=tuple(dict.fromkeys(self.identifiers)),
            links=addresses.with_media_type(self.links, ()),
            holdings=self.held(),
            access=next(iter(self.access), "unknown"),
            licence=self.licence,
            rights=_said(self.rights),
            related=tuple(dict.fromkeys(self.related)),
            thesis=self.thesis,
            level=self.level,
            other=self.rest.others(),
        )


def _said(texts: Iterable[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.value))


def _joined(texts: Iterable[str], between: str = "; ") -> str:
    return between.join(dict.fromkeys(filter(None, texts)))
