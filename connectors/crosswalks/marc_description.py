"""MARC 21 fields that describe: titles, imprint, extent, notes → a Draft."""

import re
from typing import Literal

from aggregator.normalize import access, language, licence, written_in
from aggregator.record import Thesis, Title
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_record import Field

_DEGREE = re.compile(
    r"(?:thes[ei]s|diss\w*|дисс?\w*)[\s.…:]*"
    r"(?:[(\[]([^()\[\]]{2,80})[)\]]|((?:канд|д-ра|докт)\w*\.?[\w\s.-]{0,40}?наук))",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(r"(?:--|[–—])\s*([^,;()]+(?:,\s*[^\d,;()]+)?)")


def title(draft: Draft, field: Field) -> None:
    if field.has("h"):  # the medium, in the middle of the title: kept apart
        draft.rest.keep("MARC 245 $h", field.text("h"))
    value, after, parallel = "", "", ""
    for code, text in field.pairs("abnpfgks"):
        bare = stripped(text)
        if code == "b" and after == "=":
            parallel = bare
        elif code in "np":
            draft.parts.append(bare)
            value += (". " if value else "") + bare
        else:
            value += {"b": " : ", "a": " "}.get(code, ", ") * bool(value) + bare
        after = text.rstrip()[-1:]
    lang = draft.lang(field, value)
    if not field.script and len(draft.tongues) == 1 and written_in(value, draft.tongues[0]):
        lang = draft.tongues[0]
    main = not field.script and not any(title.kind == "main" for title in draft.titles)
    if value:
        draft.titles.append(Title(value, lang, "main" if main else "parallel"))
    if parallel:
        draft.titles.append(Title(parallel, "", "parallel"))


def other_title(draft: Draft, field: Field) -> None:
    code = field.text("y") if field.tag == "242" else ""
    lang = language(code)
    draft.rest.keep_unless("MARC 242 $y", code, lang)
    text = stripped(field.everything(but="012345678hixw"))
    kind: Literal["parallel", "alternative"] = (
        "parallel" if field.tag == "242" or field.script else "alternative"
    )
    if text:
        draft.titles.append(Title(text, lang or draft.lang(field, text), kind))


def imprint(draft: Draft, field: Field) -> None:
    if field.tag == "264" and field.second in "234":  # distribution, manufacture, copyright
        draft.rest.keep(f"MARC 264 {field.second}", field.everything(but="68"))
        return
    for text in field.take("b"):
        if stripped(text):
            draft.publisher.append(draft.text(field, stripped(text)))
    dates = field.text("c")
    if dates and field.script:
        draft.rest.keep(f"MARC {field.tag} $c", dates)
    elif dates:
        draft.issued.append(stripped(dates))


def edition_statement(draft: Draft, field: Field) -> None:
    draft.edition.append(stripped(field.text("ab")))


def series_statement(draft: Draft, field: Field) -> None:
    traced = field.tag not in ("440", "490")
    text = stripped(field.everything(but="0123456789wx") if traced else field.text("anpv"))
    if text:
        (draft.traced_series if traced else draft.series).append(text)


def physical(draft: Draft, field: Field) -> None:
    text = stripped(field.text("abcefg"))
    if not draft.extent:
        draft.extent = text
    else:
        draft.rest.keep("MARC 300", text)


def note(draft: Draft, field: Field) -> None:
    draft.notes.append(draft.text(field, field.everything(but="0125678w")))


def abstract(draft: Draft, field: Field) -> None:
    draft.abstracts.append(draft.text(field, field.text("ab")))


def table_of_contents(draft: Draft, field: Field) -> None:
    draft.contents.append(draft.text(field, field.text("agrt")))


def dissertation(draft: Draft, field: Field) -> None:
    degree, institution = field.text("b"), field.text("c")
    words = field.text("a")
    if words:
        draft.notes.append(draft.text(field, words))
        named, given_by = degree_and_institution(words)
        degree, institution = degree or named, institution or given_by
    draft.thesis = draft.thesis or Thesis(stripped(degree), stripped(institution))
    draft.rest.keep_unless("MARC 502 $b", degree, draft.thesis.degree, words)
    draft.rest.keep_unless("MARC 502 $c", institution, draft.thesis.institution, words)


def degree_and_institution(words: str) -> tuple[str, str]:
    """What a note on a thesis names: ``Thesis (Ph. D.)--University of Bern, 1981``."""
    named, given_by = _DEGREE.search(words), _INSTITUTION.search(words)
    return (named[1] or named[2] if named else ""), (given_by[1] if given_by else "")


def terms_of_use(draft: Draft, field: Field) -> None:
    text = field.everything(but="0125678w")
    draft.rights.append(draft.text(field, text))
    label = "open" if field.tag == "506" and field.first == "0" else access(text)
    draft.access += [label] if label else []
    draft.licence = draft.licence or licence(text)
