"""Theses in ETD-MS: ``oai_etdms``, ``etdms``.

Source: ETD-MS, an interoperability metadata standard for electronic theses and dissertations,
1.0 and 1.1 (NDLTD): Dublin Core with a title's alternative, roles, schemes and the degree.
"""

from aggregator.normalize import orcid, role
from aggregator.record import Record
from connectors.crosswalks.dc_statements import Statements, term
from connectors.crosswalks.dublin_core import record_of
from connectors.crosswalks.node import Node, node
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.strict_xml import of_another_kind, parse_xml, saying_nothing

VERSION = 2

_PREFIXES = {
    f"http://www.ndltd.org/standards/metadata/etdms/{version}": "etdms"
    for version in ("1.0", "1.0/", "1.1", "1.1/")
} | {"http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms"}

_NOTES = frozenset({"note", "notes", "statement of responsibility"})


def read(
    body: bytes, source: str, local_id: str, stamp: str, language: str, *, year: int
) -> Record:
    """The Record of one ETD-MS payload; ``year`` is the current one, a bound for dates.

    Raises SkipRecord for unreadable XML, another root, or no content at all.
    """
    root = node(parse_xml(body), _PREFIXES, "etdms")
    if root.name not in ("thesis", "etdms"):
        raise of_another_kind("ETD-MS", root.name)
    if not root.says():
        raise saying_nothing("ETD-MS")
    rest = Remainder()
    said = Statements(language, rest)
    for element in root.children:
        if element.name == "degree":
            _degree(said, element)
        else:
            _say(said, rest, element)
    root.leave(rest)
    return record_of(said, rest, source, local_id, stamp, year=year)


def _say(said: Statements, rest: Remainder, one: Node) -> None:
    group, hint, detail = *term(one.name), ""
    match one.name:
        case "alternativeTitle":
            group = "alternative"
        case "subject" | "identifier":
            hint = one.attribute("scheme") if one.says() else ""
            hint = "" if hint.upper() == "URI" else hint
        case "creator" | "contributor":
            word = one.attribute("role") if one.text else ""
            hint = role(word)
            rest.keep(f"{one.label} {word}", one.text if word and not hint else "")
            detail = orcid(one.attributes.get("resource", ""))  # the address is kept
        case "description":
            word = one.attributes.get("role", "") or one.attributes.get("type", "")
            group = "note" if word.lower() in _NOTES else "description"
    if not group:
        return
    address = one.attribute("resource") if not one.text and not one.children else ""
    said.say(group, one.whole() or address, one.lang, one.label, hint, detail)


def _degree(said: Statements, degree: Node) -> None:
    """The degree's name, else its level, and who grants it; its discipline has no field."""
    for name in ("name", "level"):
        for one in degree.all(name):
            said.say("degree", one.take(), one.lang, one.label)
    for one in degree.all("grantor"):
        said.say("institution", one.whole(), one.lang, one.label)
