"""MARC 21 fields that place a thing: shelves, the host it is part of, related works → a Draft."""

from aggregator.normalize import container, issn
from aggregator.record import Container, Relation
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_record import Field

_RELATIONS = {
    "760": "IsPartOf", "762": "HasPart", "765": "IsTranslationOf", "767": "HasTranslation",
    "770": "IsSupplementedBy", "772": "IsSupplementTo", "773": "IsPartOf", "774": "HasPart",
    "775": "IsVersionOf", "776": "IsVariantFormOf", "780": "Continues", "785": "IsContinuedBy",
    "786": "IsDerivedFrom",
}  # fmt: skip
"""Linking entries (76X-78X) -> DataCite's relation; "IsRelatedTo" where it has none."""


def holding(draft: Draft, field: Field) -> None:
    library = " ".join(map(stripped, field.take("abc")))
    shelf = " ".join(map(stripped, field.take("khijlm")))
    if library or shelf:
        draft.holdings.append((library, shelf, 1))


def holding_institution(draft: Draft, field: Field) -> None:
    draft.holdings += [(library, "", 1) for library in map(stripped, field.take("a")) if library]


def host(draft: Draft, field: Field) -> None:
    if draft.container.title or field.script:
        relation(draft, field)
        return
    title = stripped(field.text("t")) or stripped(field.text("a"))
    parts = " ".join(field.take("g"))
    said = container(parts)
    number = field.text("x")
    draft.rest.keep_unless("MARC 773 $x", number, issn(number))
    draft.rest.keep_unless("MARC 773 $g", parts, said.volume, said.issue, said.pages)
    for text in field.take("z"):
        draft.related.append(Relation("IsPartOf", f"ISBN {text}"))
    draft.container = Container(
        title, issn(number) or said.issn, said.volume, said.issue, said.pages
    )


def relation(draft: Draft, field: Field) -> None:
    kind = _RELATIONS.get(field.tag, "IsRelatedTo")
    text = field.everything(but="0124678w")
    if text:
        draft.related.append(Relation(kind, text))
