"""UNIMARC fields that people search by: names and subjects → a Draft. IRBIS shares them."""

from aggregator.normalize import name, orcid
from aggregator.record import Creator, Subject
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_fields import vocabulary
from connectors.crosswalks.marc_record import Field
from connectors.crosswalks.unimarc_relators import relator

CLASS_SCHEMES = {"675": "UDC", "676": "DDC", "680": "LCC", "621": "BBK", "964": "GRNTI"}
"""621 and 964 are IRBIS's own."""
_SECONDARY = frozenset({"702", "712", "722"})


def creator(draft: Draft, field: Field) -> None:
    """7XX; whoever is no first or equal author (702, 712) is "ctb" unless $4 says more."""
    value = person(draft, field) if field.tag[1] != "1" else body(field)
    known = ""
    for code, text in field.pairs("4"):
        found = relator(text)
        known = known or found
        draft.keep(field, code, text, found if value else "")
    number = ""
    for code, text in field.pairs("o"):  # ISNI or ORCID, since 2012
        number = number or orcid(text)
        draft.keep(field, code, text, number if value else "")
    if value:
        affiliation = "; ".join(map(stripped, field.take("p")))
        default = "ctb" if field.tag in _SECONDARY else "aut"
        draft.creators.append(Creator(value, known or default, "", number, affiliation))


def person(draft: Draft, field: Field) -> str:
    """``Surname, Given names`` of $a, $b (initials) and $g (in full); $d $c follow.

    $9 "1" in IRBIS, the second indicator "0" elsewhere: the name is not to be turned.
    """
    entry, initials = field.text("a"), field.text("b").lstrip(", ")
    given = field.text("g").lstrip(", ") or initials
    draft.keep(field, "b", initials, given)
    turned = field.second != "0" and not any(pair == ("9", "1") for pair in field.left)
    number = field.text("d")
    whole = (", " if turned else " ").join(filter(None, [name(entry), given]))
    return name(" ".join(filter(None, [whole, number])))


def body(field: Field) -> str:
    """A corporate body or a meeting with its divisions."""
    return name(". ".join(map(stripped, field.take("ab"))))


def named_subject(draft: Draft, field: Field) -> None:
    """600 to 602 and 605: a person, a body, a family or a work that the thing is about."""
    value = person(draft, field) if field.tag in ("600", "602") else field.text("a")
    if field.tag == "600":
        value = ", ".join([value, *map(stripped, field.take("c"))])
    if field.tag == "601":
        value = ". ".join(filter(None, [value, *map(stripped, field.take("b"))]))
    _subject(draft, field, value)


def subject(draft: Draft, field: Field) -> None:
    _subject(draft, field, field.text("a"))


def _subject(draft: Draft, field: Field, term: str) -> None:
    source = field.text("2")
    scheme = vocabulary(source)
    divisions = [stripped(text) for text in field.take("jxyz")]
    whole = " -- ".join(filter(None, [stripped(term), *divisions]))
    if whole:
        draft.subjects.append(Subject(whole, scheme, draft.lang(field, whole)))
    draft.keep(field, "2", source, scheme if whole else "")


def free_terms(draft: Draft, field: Field) -> None:
    for text in filter(None, map(stripped, field.take(" a"))):
        draft.subjects.append(Subject(text, "", draft.lang(field, text)))
