"""What UNIMARC fields have told so far: a Draft that also knows the hosts and the coded data."""

from dataclasses import dataclass, field

from connectors.crosswalks.marc_draft import Draft


@dataclass(frozen=True, slots=True)
class Host:
    """The thing a part belongs to, as its 461 to 464 describe it.

    ``volume``, ``issue``, ``pages`` are the source's words; ``code`` is the host's number in its
    own catalogue.
    """

    tag: str = ""
    title: str = ""
    author: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    year: str = ""
    issn: str = ""
    isbn: str = ""
    code: str = ""


@dataclass(slots=True)
class UnimarcDraft(Draft):
    """``own`` is the record's own title before its host's is put before it, ``designation`` the
    number of the part; ``coded`` holds the coded data fields (100, 105, 135) by tag."""

    hosts: list[Host] = field(default_factory=list)
    own: str = ""
    subtitle: str = ""
    designation: str = ""
    coded: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class IrbisDraft(UnimarcDraft):
    """What only IRBIS says: ``worksheet`` (920), ``numbering`` of an issue (933 to 936 by tag),
    ``events`` (tag, name), the ``keeper`` and ``shelf`` of all copies, ``kind`` if known."""

    worksheet: str = ""
    numbering: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    keeper: str = ""
    shelf: str = ""
    author_mark: str = ""
    kind: str = ""
