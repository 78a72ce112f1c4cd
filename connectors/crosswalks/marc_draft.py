"""What MARC fields have told so far: lists that grow until a Record is made of them."""

from dataclasses import dataclass, field

from aggregator.normalize import script, written_in
from aggregator.record import (
    Container,
    Creator,
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
from connectors.crosswalks.marc_record import Field
from connectors.crosswalks.remainder import Remainder

BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""


@dataclass(slots=True)
class Draft:
    """``default`` is the source's language, ``tongues`` are the record's own; ``issued`` holds
    the words of the imprint, ``holdings`` (library, shelf mark) once for each copy."""

    default: str
    tongues: tuple[str, ...]
    rest: Remainder
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
    holdings: list[tuple[str, str]] = field(default_factory=list)
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

    def held(self) -> tuple[Holding, ...]:
        """Holdings, each place once; a place named several times holds that many copies."""
        return tuple(
            Holding(*place, self.holdings.count(place) if self.holdings.count(place) > 1 else None)
            for place in dict.fromkeys(self.holdings)
        )
