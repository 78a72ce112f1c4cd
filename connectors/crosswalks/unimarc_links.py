"""UNIMARC fields that place a thing: hosts, related works, shelves → a Draft.

A link (4XX) is written in one of two ways: subfields of its own ($t title, $x ISSN …), or whole
fields packed behind $1 ("$1200 1$aTitle$1011  $a1694-7452").
"""

import re
from collections.abc import Iterable

from aggregator.normalize import container, issn, written_in
from aggregator.record import Container, Relation, Title
from connectors.crosswalks.isbd import sentences, stripped
from connectors.crosswalks.marc_record import Field
from connectors.crosswalks.unimarc_draft import Host, UnimarcDraft

RELATIONS = {
    "421": "IsSupplementedBy", "422": "IsSupplementTo", "430": "Continues", "431": "Continues",
    "432": "Continues", "434": "Continues", "436": "IsDerivedFrom", "440": "IsContinuedBy",
    "441": "IsContinuedBy", "446": "IsContinuedBy", "447": "IsContinuedBy",
    "451": "IsVariantFormOf", "452": "IsVariantFormOf", "453": "HasTranslation",
    "454": "IsTranslationOf", "455": "IsVariantFormOf", "456": "IsVariantFormOf",
    "461": "IsPartOf", "462": "IsPartOf", "463": "IsPartOf", "464": "HasPart", "470": "Reviews",
}  # fmt: skip
"""Linking entries -> DataCite's relation; "IsRelatedTo" where it has none."""

_PACKED = {
    ("200", "a"): "title", ("200", "v"): "volume", ("011", "a"): "issn", ("010", "a"): "isbn",
    ("210", "d"): "year", ("215", "a"): "pages", ("700", "a"): "author",
}  # fmt: skip
_PLAIN = {
    "t": "title", "v": "volume", "x": "issn", "y": "isbn", "d": "year", "p": "pages",
    "a": "author",
}  # fmt: skip

_PART = re.compile(
    r"(?:вып|т|ч|кн|том|част|выпуск|книга|бөлүк|китеп|чыгарылыш|сер|сб|vol|pt|part|bd|band|no|№|n)"
    r"\b[.\s]*[\dIVXLC№]|\[?\d",
    re.IGNORECASE,
)
"""A title that is only the number of a part."""


def series(draft: UnimarcDraft, field: Field) -> None:
    """410: the series under its heading."""
    text = _words(draft, field)
    if text:
        draft.traced_series.append(text)


def relation(draft: UnimarcDraft, field: Field) -> None:
    text = _words(draft, field)
    if text:
        draft.related.append(Relation(RELATIONS.get(field.tag, "IsRelatedTo"), text))


def host(draft: UnimarcDraft, field: Field) -> None:
    """461 to 463; what else they say is kept in ``other``."""
    said: dict[str, str] = {"tag": field.tag}
    inner = ""
    for code, text in list(field.left):
        if code == "1":
            inner = text[:3]
            if inner < "010":
                said.setdefault("code", text[3:])
            continue
        name = _PACKED.get((inner, code)) if inner else _PLAIN.get(code)
        if name is not None and name not in said:
            said[name] = stripped(text) if name in ("title", "author") else text
            field.left.remove((code, text))
        elif code in "03" and not inner:
            said.setdefault("code", text)
    field.take("1")
    draft.keep(field, "1", said.get("code", ""))
    draft.hosts.append(Host(**said))


def _words(draft: UnimarcDraft, field: Field) -> str:
    """All the words of a link; numbers of records behind $1 are kept in ``other``."""
    for _, text in field.pairs("1"):
        if text[:3] < "010":
            draft.keep(field, "1", text[3:])
    return sentences(stripped(text) for _, text in field.pairs("abcdefghijklmnopqrstuvwxyz "))


def placed(draft: UnimarcDraft, *, analytic: bool) -> None:
    """Put hosts where they belong: an article's container, a volume's title and series.

    ``analytic``: the record is of an article or a chapter (leader/07 "a", IRBIS worksheet ASP).
    """
    if analytic:
        _contained(draft)
    elif draft.hosts and (not draft.own or draft.designation or _PART.match(draft.own)):
        whole = next((one for one in draft.hosts if one.title), draft.hosts[0])
        if draft.own and not draft.parts:
            draft.parts.append(draft.own)
        draft.own = sentences([whole.title, draft.own])
    for known in draft.hosts:
        _related(draft, known, analytic)
    if draft.own:
        draft.titles.append(Title(draft.own, _tongue(draft, draft.own)))


def _contained(draft: UnimarcDraft) -> None:
    """The journal or book of an article from its hosts: 461 the whole, 463 the issue."""
    hosts = sorted(draft.hosts, key=lambda one: one.tag)
    if not hosts:
        return
    named = next((one for one in hosts if one.title), hosts[0])
    issues = [one.title for one in hosts if one is not named and _PART.match(one.title)]
    words = ", ".join(
        filter(None, [*issues, *(text for one in hosts for text in (one.volume, one.issue))])
    )
    found = container(words)
    marked = found.volume or found.issue or found.pages  # "Т. 3, № 2, с. 12": signs tell them apart
    pages = _first(one.pages for one in hosts)
    draft.container = Container(
        named.title,
        _first(issn(one.issn) for one in hosts),
        found.volume or _first(_bare(one.volume) for one in hosts if not marked),
        found.issue or _first(_bare(one.issue) for one in hosts if not marked),
        _bare(pages) or found.pages,
    )
    if not draft.issued:
        draft.issued += [one.year for one in hosts if one.year][:1]


def _related(draft: UnimarcDraft, known: Host, analytic: bool) -> None:
    """The host as a related item; nothing of it is said twice."""
    held = [*_held(draft.container), draft.own, *draft.issued]
    text = sentences([known.author, known.title])
    if text and not (analytic and text in held):
        number = f"; {known.volume}" if known.volume and not analytic else ""
        draft.related.append(Relation("IsPartOf", text + number))
        held.append(text + number)
    if known.isbn:
        draft.related.append(Relation("IsPartOf", f"ISBN {known.isbn}"))
    for name in ("volume", "issue", "pages", "year", "issn"):
        draft.rest.keep_unless(f"{draft.label} {known.tag} {name}", getattr(known, name), *held)


_MARK = re.compile(r"^(?:[^\W\d_]{1,5}|№+)?[.\s]*(?=\d)")


def _bare(text: str) -> str:
    """``С. 12-18`` → ``12-18``; text without a digit is no number."""
    return _MARK.sub("", text).strip(" .,;") if re.search(r"\d", text) else ""


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _held(known: Container) -> tuple[str, ...]:
    return known.title, known.issn, known.volume, known.issue, known.pages


def _tongue(draft: UnimarcDraft, text: str) -> str:
    if len(draft.tongues) == 1 and written_in(text, draft.tongues[0]):
        return draft.tongues[0]
    return draft.default if draft.default and written_in(text, draft.default) else ""


def holding(draft: UnimarcDraft, field: Field) -> None:
    """899 (RUSMARC): $a library, $b division, $j shelf mark; 995: $b and $k."""
    if field.tag == "995":
        library, shelf = field.text("b"), field.text("k")
    else:
        library, shelf = field.text("ab"), field.text("jh")
    if library or shelf:
        draft.holdings.append((library, shelf, 1))
