"""UNIMARC fields that describe: titles, imprint, extent, notes → a Draft. IRBIS shares them."""

import re
import unicodedata

from aggregator.normalize import access, clean, language, licence
from aggregator.record import Thesis, Title
from connectors.crosswalks import marc_description
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_record import Field
from connectors.crosswalks.unimarc_draft import UnimarcDraft

_PARALLEL = frozenset({"510", "541"})


def coded(draft: UnimarcDraft, field: Field) -> None:
    """Coded data: read by position at the end, kept as it is."""
    text = unicodedata.normalize("NFC", field.text("a"))
    draft.coded.setdefault(field.tag, text)
    draft.rest.keep(f"{draft.label} {field.tag} $a", text)
    for code, more in field.pairs("".join(code for code, _ in field.left)):
        draft.rest.keep(f"{draft.label} {field.tag} ${code}", clean(more))


def title(draft: UnimarcDraft, field: Field) -> None:
    """200: $a title, $e what explains it, $h $i $v part, $d parallel (its own $e follows it)."""
    value, subtitle, parallels = "", "", [""]
    for code, text in field.pairs("acehivd"):
        bare = stripped(text)
        if code == "d":
            parallels.append(bare)
        elif code == "e" and len(parallels) > 1:
            parallels[-1] += f" : {bare}"
        elif code in "hiv":
            draft.parts.append(bare)
            value += (". " if value else "") + bare
        else:
            subtitle += f" {bare}" if code == "e" else ""
            between = {"a": " ; ", "c": ". ", "e": " : "}[code]
            value += between * bool(value) + bare
    if draft.own:
        draft.titles.append(Title(value, draft.lang(field, value), "alternative"))
    else:
        draft.own, draft.subtitle = value, subtitle.strip()
    said = field.text("z") if len(parallels) == 2 else ""
    tongue = language(said)
    draft.keep(field, "z", said, tongue)
    for parallel in filter(None, parallels):
        draft.titles.append(Title(parallel, tongue, "parallel"))


def other_title(draft: Draft, field: Field) -> None:
    """5XX: parallel where it says so, else alternative."""
    said = field.text("z")
    lang = language(said)
    draft.keep(field, "z", said, lang)
    text = ". ".join(stripped(one) for one in field.take("abdehi"))
    if text:
        kind = "parallel" if field.tag in _PARALLEL else "alternative"
        draft.titles.append(Title(text, lang or draft.lang(field, text), kind))  # type: ignore[arg-type]


def edition(draft: Draft, field: Field) -> None:
    draft.edition.append(", ".join(stripped(one) for one in field.take("ab")))


def imprint(draft: Draft, field: Field) -> None:
    """210 and 214: $c publisher, $d date; the place is kept in ``other``."""
    if field.tag == "214" and field.second in "123":  # production, distribution, manufacture
        return
    for text in field.take("c"):
        if stripped(text):
            draft.publisher.append(draft.text(field, stripped(text)))
    draft.issued += [stripped(text) for text in field.take("d") if stripped(text)]


def physical(draft: Draft, field: Field) -> None:
    parts = [stripped(text) for text in field.take("acde")]
    text = " ; ".join(filter(None, parts))
    if not draft.extent:
        draft.extent = text
    else:
        draft.rest.keep(f"{draft.label} {field.tag}", text)


def series(draft: Draft, field: Field) -> None:
    """225 as it stands on the item."""
    text = ""
    for code, value in field.pairs("aehiv"):
        between = {"a": " ; ", "e": " : ", "v": " ; "}.get(code, ". ")
        text += between * bool(text) + stripped(value)
    if text:
        draft.series.append(text)


def note(draft: Draft, field: Field) -> None:
    draft.notes.append(draft.text(field, field.everything(but="0123456789")))


def contents(draft: Draft, field: Field) -> None:
    draft.contents.append(draft.text(field, field.everything(but="0123456789")))


def abstract(draft: Draft, field: Field) -> None:
    draft.abstracts.append(draft.text(field, field.text(" a")))


def dissertation(draft: Draft, field: Field) -> None:
    """328: $a in words, or $b degree, $c discipline, $e who gave it."""
    degree, institution, words = field.text("b"), field.text("e"), field.text("a")
    draft.notes.append(draft.text(field, words))
    named, given_by = marc_description.degree_and_institution(words)
    draft.thesis = draft.thesis or Thesis(
        stripped(degree) or named, stripped(institution) or given_by
    )
    draft.keep(field, "b", degree, draft.thesis.degree, words)
    draft.keep(field, "e", institution, draft.thesis.institution, words)


def terms_of_use(draft: Draft, field: Field) -> None:
    text = field.everything(but="0123456789")
    draft.rights.append(draft.text(field, text))
    label = access(text)
    draft.access += [label] if label else []
    draft.licence = draft.licence or licence(text)


_KINDS = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        ("thesis", r"\bдис(?:с|сертация)?\b.{0,12}(?:канд|д-ра|докт|на соиск)|\bавтореф"),
        ("report", r"\bотч[её]т о (?:НИР|науч)"),
        (
            "conference",
            r"(?:\bматериалы|\bтруды|\bтез\w*|\bсб\w*|доклад\w*).{0,80}"
            r"(?:конф\b|конференц|симпозиум|съезд|семинар)",
        ),
        (
            "textbook",
            r"\bучебн\w*(?:-метод\w*)? (?:пособ|для)|\bучебник|\bучеб\b\.?(?!\.?\s?зав)"
            r"|окуу (?:китеп|курал)|textbook|ders kitab",
        ),
    )
)
"""Words behind a title that tell what it is; the first that fits wins."""


def refined(kind: str, draft: UnimarcDraft) -> str:
    """The type where words of the description tell more than "book"."""
    if draft.thesis is not None:
        return "thesis"
    if kind != "book":
        return kind
    behind = draft.own.partition(" : ")[2]
    words = " ; ".join([draft.subtitle, behind, *(subject.term for subject in draft.subjects)])
    return next((known for known, sign in _KINDS if sign.search(words)), kind)
