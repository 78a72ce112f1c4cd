"""MARC 21 fields that people search by: names and subjects → a Draft."""

from aggregator.normalize import name, orcid, role
from aggregator.record import Creator, Relation, Subject
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_fields import vocabulary
from connectors.crosswalks.marc_record import Field

_SUBJECT_SCHEMES = {"0": "LCSH", "1": "CYAC", "2": "MeSH", "3": "NAL", "5": "CSH", "6": "RVM"}
CLASS_SCHEMES = {"050": "LCC", "060": "NLM", "080": "UDC", "082": "DDC", "083": "DDC"}


def creator(draft: Draft, field: Field) -> None:
    if field.has("t"):  # a work of theirs that is related to this one
        kind = "HasPart" if field.second == "2" else "IsRelatedTo"
        draft.related.append(Relation(kind, field.everything(but="0126784e")))
        return
    person = field.tag.endswith("00") or field.tag == "720"
    main = field.tag.startswith("1")
    words = field.take("abc" if person else "abcdn")
    value = name(" ".join(words) if person else ". ".join(map(stripped, words)))
    codes = [(role(text), text) for text in field.take("4")]
    codes += [(role(text), text) for text in field.take("e" if person else "ej")]
    known = next((code for code, _ in codes if code), "")
    for _, text in codes:
        draft.rest.keep_unless(f"MARC {field.tag} role", stripped(text), known if value else "")
    number = ""
    for code, text in field.pairs("01"):
        number = number or orcid(text.removeprefix("(orcid)"))
        draft.rest.keep_unless(f"MARC {field.tag} ${code}", text, number if value else "")
    if value:
        affiliation = "; ".join(map(stripped, field.take("u")))
        default = "aut" if main else "ctb"
        lang = draft.lang(field, value) if field.script else ""
        draft.creators.append(Creator(value, known or default, lang, number, affiliation))


def subject(draft: Draft, field: Field) -> None:
    source = field.text("2")
    scheme = _SUBJECT_SCHEMES.get(field.second, "") if field.tag < "653" else ""
    if source:
        scheme = vocabulary(source)
    divisions = [stripped(text) for text in field.take("vxyz")]
    if field.tag == "653":
        terms = [stripped(text) for text in field.take("a")] or [""]
    else:
        terms = [stripped(field.everything(but="012345678e"))]
    named = [" -- ".join(filter(None, [term, *divisions])) for term in terms]
    for whole in filter(None, named):
        draft.subjects.append(Subject(whole, scheme, draft.lang(field, whole)))
    draft.rest.keep_unless(f"MARC {field.tag} $2", source, scheme if any(named) else "")
