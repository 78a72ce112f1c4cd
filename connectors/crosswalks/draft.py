"""What a nested payload (MODS, DataCite) has told so far, until a Record is made of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aggregator.normalize import (
    access_of,
    dates,
    identifier,
    languages,
    licence_of,
    name,
    orcid,
    resource_type_of,
    web_address,
    written_in,
)
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
from connectors.crosswalks.node import Node
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.subject_terms import subjects

BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""

_UNKNOWN = re.compile(r"\(?:(?:unac|unal|unap|unas|unav|unkn|none|null|tba|etal)\)?", re.IGNORECASE)
"""DataCite's standard values for what is not known (metadata schema 4.6, appendix 3)."""

_HINTS = {
    "handle": "hdl", "eissn": "issn", "lissn": "issn", "pissn": "issn", "issn-l": "issn",
    "issn-e": "issn", "issn-p": "issn", "isbn-10": "isbn", "isbn-13": "isbn", "eisbn": "isbn",
    "uri": "", "url": "", "oclc": "", "purl": "", "local": "", "other": "",
}  # fmt: skip
"""Types of identifiers as sources write them -> the name here; "" where the value must tell."""

DatesSaid = dict[str, list[tuple[str, str]]]
"""Kind of date -> (label, text), in the order they came."""


@dataclass(slots=True)
class Draft:
    """``default`` is the source's language, ``year`` the current one. ``dates`` has the words of
    dates by what they are of, ``kinds`` and ``terms`` the words about type and rights."""

    default: str
    year: int
    rest: Remainder
    titles: list[Title] = field(default_factory=list)
    main: int | None = None
    """Where among them the main one is: a hostile record may hold very many."""
    creators: list[Creator] = field(default_factory=list)
    abstracts: list[Text] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    kinds: list[tuple[int, str, str]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    dates: DatesSaid = field(default_factory=dict)
    publisher: list[Text] = field(default_factory=list)
    edition: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    container: Container = BLANK.container
    extent: list[str] = field(default_factory=list)
    media: set[str] = field(default_factory=set)
    notes: list[Text] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    rights: list[Text] = field(default_factory=list)
    related: list[Relation] = field(default_factory=list)
    thesis: Thesis | None = None
    level: list[str] = field(default_factory=list)

    def lang(self, node: Node, text: str) -> str:
        """The language of a text: the element's, else the source's where the letters allow it."""
        if node.lang or not self.default:
            return node.lang
        return self.default if written_in(text, self.default) else ""

    def text(self, node: Node, text: str) -> Text:
        """A text of ``node`` with its language."""
        return Text(text, self.lang(node, text))

    def known(self, node: Node, text: str) -> str:
        """``text``, or "" where it only says that something is not known; that is kept."""
        if text and _UNKNOWN.fullmatch(text):
            self.rest.keep(node.label, text)
            return ""
        return text

    def title(
        self, node: Node, text: str, kind: Literal["main", "alternative", "parallel"] = "main"
    ) -> None:
        """A title; only the first can be the main one."""
        if not self.known(node, text):
            return
        if kind == "main" and self.main is not None:
            kind = "alternative"
        if kind == "main":
            self.main = len(self.titles)
        self.titles.append(Title(text, self.lang(node, text), kind))

    def demote_main(self) -> None:
        """Make room for another main title."""
        if self.main is not None:
            said = self.titles[self.main]
            self.titles[self.main] = Title(said.value, said.lang, "alternative")
            self.main = None

    def creator(
        self, node: Node, said: str, role: str, numbers: Iterable[tuple[str, str]], of: str = ""
    ) -> None:
        """A name; ``numbers`` are its identifiers (label, text), ``of`` is its affiliation."""
        value, known = name(self.known(node, said)), ""
        for label, text in numbers:
            number = orcid(text) if not known else ""
            known = known or number
            self.rest.keep_unless(label, text, number)
        self.rest.keep_unless(node.label, said, value)
        if value:
            self.creators.append(Creator(value, role, node.lang, known, of))
        else:
            self.rest.keep(f"{node.label} affiliation", of)
            self.rest.keep(f"{node.label} ORCID", known)

    def subject(self, node: Node, text: str, scheme: str, *, divide: bool = True) -> None:
        """Terms of one vocabulary, by the source's word for it."""
        lang = self.lang(node, text)
        self.subjects += subjects(text, scheme, lang, node.label, self.rest, divide=divide)

    def tongue(self, node: Node) -> None:
        """The language of the thing, from the node's text."""
        text = node.take()
        codes = languages(text)
        self.languages += codes
        self.rest.keep_unless(node.label, text, *codes)

    def date(self, label: str, kind: str, text: str) -> None:
        """A date of a kind; the words of those that do not become the date of issue are kept."""
        if text:
            self.dates.setdefault(kind, []).append((label, text))

    def identify(
        self, node: Node, text: str, kind: str, link: addresses.Kind | None = None
    ) -> None:
        """An identifier, or the link that it is; ``kind`` is the source's word for its type."""
        hint = kind.lower()
        known = identifier(text, _HINTS.get(hint, hint))
        address = web_address(text)
        if address:
            self.links.append(addresses.link(address, link))
        label = f"{node.label} {kind}".rstrip()
        if known.scheme == "local" and not addresses.identifier_like(text):
            self.rest.keep(label, text)
            return
        if known.scheme != "url" and not (known.scheme == "local" and address):
            self.identifiers.append(known)
        if known.scheme == "local" and hint not in ("", "local", "other"):
            self.rest.keep(label, text)
        else:
            self.rest.keep_unless(label, text, known.scheme, known.value, address)
            self.rest.keep_unless(f"{node.label} type", kind, known.scheme, text)

    def right(self, node: Node, text: str, *addresses_said: str) -> None:
        """A statement of rights, in words and by addresses or codes of a licence or of access."""
        for one in (text, *addresses_said):
            if one:
                self.terms.append(one)
                self.rights.append(Text(one, self.lang(node, one) if one is text else ""))

    def kind(self, label: str, text: str, rank: int = 0) -> None:
        """A word about what the thing is; the first that names a kind wins, the lowest rank first.

        It is kept under ``label``; "" is for a word of ours, not of the source.
        """
        if text:
            self.kinds.append((rank, label, text))

    def record(self, source: str, local_id: str, stamp: str, issued: Sequence[str]) -> Record:
        """The Record. ``issued`` are the kinds of dates that can be its date, the best first."""
        said = sorted(self.kinds, key=lambda one: one[0])
        kind = resource_type_of(text for _, _, text in said)
        for _, label, text in said:
            if label:
                # "other" is a Record's default and not in its JSON: it holds no word of the source.
                self.rest.keep_unless(label, text, kind if kind != "other" else "")
        if kind == "other" and self.thesis is not None:
            kind = "thesis"
        extent = "; ".join(dict.fromkeys(self.extent))
        when = self._issued(issued)
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
            languages=tuple(dict.fromkeys(self.languages)),
            issued=when,
            publisher=_said(self.publisher),
            edition="; ".join(dict.fromkeys(filter(None, self.edition))),
            series="; ".join(dict.fromkeys(filter(None, self.series))),
            part=", ".join(dict.fromkeys(filter(None, self.parts))),
            container=self.container,
            extent=extent,
            notes=_said(self.notes),
            identifiers=tuple(dict.fromkeys(self.identifiers)),
            links=addresses.with_media_type(self.links, self.media),
            holdings=tuple(dict.fromkeys(self.holdings)),
            access=access_of(self.terms),
            licence=licence_of(self.terms),
            rights=_said(self.rights),
            related=tuple(dict.fromkeys(self.related)),
            thesis=self.thesis,
            level="; ".join(dict.fromkeys(filter(None, self.level))),
            other=self.rest.others(),
        )

    def _issued(self, kinds: Sequence[str]) -> Dates:
        """The first kind of date that can be understood, else the first that has words at all.

        A date that is not of the first kind is kept all the same: the year does not tell it."""
        said = [(kind, dates(text, self.year)) for kind in kinds for _, text in self._of(kind)]
        best = next((one for one in said if one[1].min), said[0] if said else ("", BLANK.issued))
        for kind, texts in self.dates.items():
            for label, text in texts:
                if (kind, text) != (best[0], best[1].text) or kind != kinds[0]:
                    self.rest.keep(label, text)
        return best[1]

    def _of(self, kind: str) -> Sequence[tuple[str, str]]:
        return self.dates.get(kind, ())


def _said(texts: Iterable[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.value))
