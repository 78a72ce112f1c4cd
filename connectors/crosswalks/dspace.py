"""Records of DSpace in its own formats: ``dim`` and ``xoai``.

They say what ``oai_dc`` loses: which date is the date of issue (HARVESTING 36), who was an
adviser, where the files are. Sources: DSpace's metadata registries (dc, dcterms, thesis, oaire),
the DIM schema of its dissemination crosswalks, and the XOAI schema (lyncode). Fields are known by
the names they have in DSpace: ``dc.date.issued``.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from aggregator.normalize import clean, orcid, role, web_address
from aggregator.normalize import language as language_code
from aggregator.record import Record
from connectors.crosswalks import addresses
from connectors.crosswalks.dc_statements import Statements, term
from connectors.crosswalks.dublin_core import record_of
from connectors.crosswalks.node import Node, node
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.strict_xml import of_another_kind, parse_xml, saying_nothing

VERSION = 2

_NOWHERE = ("", "")

_FIELDS = {
    "dc.title": ("title", ""), "dc.contributor": ("contributor", ""),
    "dc.contributor.department": _NOWHERE, "dc.contributor.institution": _NOWHERE,
    "dc.creator": ("creator", ""), "dc.contributor.orcid": _NOWHERE,
    "dc.date": ("date", ""), "dc.date.issued": ("date", "issued"),
    "dc.date.copyright": ("date", "dateCopyrighted"), "dc.date.created": ("date", "created"),
    "dc.description": ("description", ""), "dc.description.abstract": ("description", ""),
    "dc.description.tableofcontents": ("contents", ""), "dc.description.notes": ("note", ""),
    "dc.description.statementofresponsibility": ("note", ""),
    "dc.description.edition": ("edition", ""), "dc.description.version": _NOWHERE,
    "dc.format.extent": ("extent", ""), "dc.publisher": ("publisher", ""),
    "dc.identifier.citation": ("source", "citation"), "dc.identifier.uri": ("identifier", ""),
    "dc.identifier.bibliographiccitation": ("source", "citation"),
    "dc.identifier.other": ("identifier", ""), "dc.identifier.url": ("identifier", ""),
    "dc.identifier.volume": ("bibo", "volume"), "dc.identifier.issue": ("bibo", "issue"),
    "dc.identifier.journal": ("bibo", "title"), "dc.source.volume": ("bibo", "volume"),
    "dc.source.issue": ("bibo", "issue"), "dc.source.pages": ("bibo", "pages"),
    "dc.source.title": ("bibo", "title"), "dc.source.journal": ("bibo", "title"),
    "dc.relation.ispartofseries": ("series", ""), "dc.relation.uri": ("relation", ""),
    "dc.rights.license": ("license", ""), "dc.rights.accessrights": ("accessrights", ""),
    "dc.rights.embargoreason": _NOWHERE, "dc.rights.embargodate": _NOWHERE,
    "dc.type.version": _NOWHERE, "dc.type.degree": ("degree", ""),
    "dc.audience": ("level", ""), "dc.audience.educationlevel": ("level", ""),
    "thesis.degree.name": ("degree", ""), "thesis.degree.grantor": ("institution", ""),
    "etd.degree.name": ("degree", ""), "etd.degree.grantor": ("institution", ""),
    "etdms.degree.name": ("degree", ""), "etdms.degree.grantor": ("institution", ""),
    "dc.degree.name": ("degree", ""), "dc.degree.grantor": ("institution", ""),
    "dc.description.degree": ("degree", ""), "thesis.degree.level": ("degree", ""),
    "etd.degree.level": ("degree", ""), "etdms.degree.level": ("degree", ""),
    "dc.degree.level": ("degree", ""),
    "oaire.citation.title": ("bibo", "title"), "oaire.citation.volume": ("bibo", "volume"),
    "oaire.citation.issue": ("bibo", "issue"), "oaire.citation.edition": ("edition", ""),
    "oaire.citation.startpage": ("bibo", "start"), "oaire.citation.endpage": ("bibo", "end"),
    "oaire.licensecondition": ("license", ""), "datacite.rights": ("accessrights", ""),
    "datacite.subject.fos": ("subject", "FORD"), "oaire.awarduri": _NOWHERE,
    "others.handle": ("identifier", "hdl"), "others.drm": ("accessrights", ""),
    "others.access-status": ("accessrights", ""),
}  # fmt: skip
"""A field -> its group and a hint; others by their element, see ``_place``."""

_BY_ELEMENT = frozenset(
    {"contributor", "coverage", "creator", "date", "format", "identifier", "language", "relation",
     "rights", "source", "subject", "title", "type"}
)  # fmt: skip
"""Elements of dc whose every qualifier is of the same kind; those of the others say many things."""

_CLASSES = frozenset({"udc", "udk", "bbk", "lbc", "grnti", "rugasnti", "ipc", "ddc", "lcc"})
"""Classifications that libraries write into dc.identifier."""

_ENDS = ("start", "end")
_FILE_FIELDS = frozenset(
    {"bundles", "bundle", "bitstreams", "bitstream", "name", "originalName", "description",
     "format", "size", "url", "checksum", "checksumAlgorithm", "sid", "id", "primary"}
)  # fmt: skip
"""What XOAI calls the pieces of a file's description."""

_PICTURES = frozenset({"THUMBNAIL", "BRANDED_PREVIEW"})


def read_dim(
    body: bytes, source: str, local_id: str, stamp: str, language: str, *, year: int
) -> Record:
    """The Record of one ``dim`` payload; ``year`` is the current one, a bound for dates.

    Raises SkipRecord for unreadable XML, another root, or no content at all.
    """
    root = node(parse_xml(body), {}, "dim")
    if root.name not in ("dim", "dublin_core"):
        raise of_another_kind("DIM", root.name)
    if not root.says():
        raise saying_nothing("DSpace")
    rest = Remainder()
    said = Statements(language, rest)
    for field in root.saying("field", "dcvalue"):
        names = [field.attribute(key) for key in ("mdschema", "element", "qualifier")]
        schema = names[0] or root.attributes.get("schema", "") or "dc"
        if field.attributes.get("lang") in ("none", "*"):
            field.attribute("lang")
        if not field.lang:
            field.lang = language_code(field.attributes.get("language", ""))
            if field.lang or field.attributes.get("language") in ("none", "*"):
                field.attribute("language")
        field.label = _label(schema, names[1], names[2])
        _say(said, rest, field, field.lang, field.attribute("authority"))
    return _made(root, said, rest, (source, local_id, stamp), year)


def read_xoai(
    body: bytes, source: str, local_id: str, stamp: str, language: str, *, year: int
) -> Record:
    """The Record of one ``xoai`` payload; ``year`` is the current one, a bound for dates.

    Raises SkipRecord for unreadable XML, another root, or no content at all.
    """
    root = node(parse_xml(body), {}, "xoai")
    if root.name != "metadata":
        raise of_another_kind("XOAI", root.name)
    if not root.says():
        raise saying_nothing("DSpace")
    rest = Remainder()
    said = Statements(language, rest)
    for schema in root.all("element"):
        if schema.attributes.get("name") == "bundles":
            _bundles(said, rest, schema)
            continue
        for path, holder in _holders(schema):
            _values(said, rest, path, holder)
    return _made(root, said, rest, (source, local_id, stamp), year)


def _made(
    root: Node, said: Statements, rest: Remainder, names: tuple[str, str, str], year: int
) -> Record:
    root.leave(rest)
    _pages(said)
    return record_of(said, rest, *names, year=year)


def _label(schema: str, element: str, qualifier: str) -> str:
    return ".".join(filter(None, (schema, element, "" if qualifier == "none" else qualifier)))


def _place(label: str) -> tuple[str, str]:
    """The group and the hint of a field; the group is "" for what no group fits."""
    lower = label.lower()
    if lower in _FIELDS:
        return _FIELDS[lower]
    schema, _, name = lower.partition(".")
    if schema == "dcterms":
        return term(name)
    element, _, qualifier = name.partition(".")
    if schema != "dc" or element not in _BY_ELEMENT:
        return _NOWHERE
    match element:
        case "contributor":
            return element, role(qualifier)
        case "identifier" if qualifier in _CLASSES:
            return "subject", qualifier
        case "title":
            return "alternative", ""
        case "relation" if qualifier:
            return element, term(qualifier)[1] or "IsRelatedTo"
        case "date" | "identifier":
            return element, qualifier
        case "subject":
            return element, "" if qualifier == "other" else qualifier
    return element, ""


def _say(said: Statements, rest: Remainder, field: Node, lang: str, authority: str) -> None:
    """One field; a name's authority may be an ORCID iD (``will be generated::ORCID::…``)."""
    group, hint = _place(field.label)
    text = field.whole()
    number = orcid(authority.rsplit("::", 1)[-1]) if authority else ""
    if group not in ("contributor", "creator"):
        number = ""
    if authority and text:
        rest.keep_unless(f"{field.label}@authority", authority, number)
    elif authority:
        rest.keep(f"{field.label}@authority", authority)
    if group == "accessrights":
        text = text.replace("open.access", "open access")
    if group == "contributor" and not hint and field.label.count(".") > 1:
        rest.keep(field.label, text, lang)  # a role that has no relator code
        hint = "ctb"
    elif group == "contributor" and hint == "aut":
        group = "creator"
    elif group == "subject" and field.label.startswith("dc.identifier"):
        rest.keep(field.label, text, lang)
    said.say(group, text, lang, field.label, hint, number)


def _holders(element: Node, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The elements of XOAI that hold fields, each with the names that lead to it."""
    path = (*above, element.attributes.get("name", ""))
    leads = any(element.saying("field"))
    if leads:
        yield path, element
    for below in element.all("element"):
        for holder in _holders(below, path):
            leads = True
            yield holder
    if leads:
        element.attribute("name")


def _values(said: Statements, rest: Remainder, path: tuple[str, ...], holder: Node) -> None:
    """The values of one language, which is the last name of the path; DSpace says "none" too."""
    lang = ""
    if len(path) > 2 and ".".join(path).lower() not in _FIELDS:
        lang = language_code(path[-1])
        if not lang and path[-1] not in ("none", "*", ""):
            rest.keep(".".join(path[:-1]) + "@lang", path[-1])
        path = path[:-1]
    fields = list(holder.saying("field"))
    for place, field in enumerate(fields):
        name = field.attribute("name")
        if path[0] in ("others", "repository", "license") and name != "value":
            field.label = ".".join((*path, name))
            if field.label == "license.bin":
                field.text = _decoded(field.text)
            _say(said, rest, field, lang, "")
            continue
        field.label = ".".join(path)
        if name != "value":
            field.label += f"@{name}"
            continue  # kept, unless it was the authority of the value before it
        after = fields[place + 1] if place + 1 < len(fields) else None
        if after is not None and after.attributes.get("name") == "authority":
            _say(said, rest, field, lang, after.take())
        else:
            _say(said, rest, field, lang, "")


def _decoded(text: str) -> str:
    """The deposit licence, which XOAI carries in base64; as it is where that is no text."""
    try:
        return clean(b64decode(text, validate=True).decode()) or text
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text


def _bundles(said: Statements, rest: Remainder, bundles: Node) -> None:
    """Files: those of ORIGINAL are full texts. What is said of each file is kept in one piece."""
    for bundle in bundles.all("element"):
        name = ""
        for field in bundle.all("field"):
            if field.attributes.get("name") == "name":
                field.label = "bundle name"
                name = field.text
        for stream in (one for held in bundle.all("element") for one in held.all("element")):
            fields = {one.attributes.get("name", ""): one for one in stream.all("field")}
            address = fields["url"].text if "url" in fields else ""
            media = addresses.media_type(fields["format"].text) if "format" in fields else ""
            if web_address(address) and (name == "ORIGINAL" or name in _PICTURES):
                hint = "thumbnail" if name in _PICTURES else "fulltext"
                fields["url"].take()
                said.say("file", web_address(address), "", "bitstream", hint, media)
            rest.keep(f"bitstream {name}".rstrip(), stream.whole("; "))
    for each in (bundles, *_all(bundles)):
        each.one_of("name", *_FILE_FIELDS)


def _all(element: Node) -> Iterator[Node]:
    for below in element.children:
        yield below
        yield from _all(below)


def _pages(said: Statements) -> None:
    """First and last page, which oaire.citation says apart, as pages."""
    apart = {one.hint: one for one in reversed(said["bibo"]) if one.hint in _ENDS}
    if apart:
        text = "-".join(apart[end].text for end in _ENDS if end in apart)
        label = ", ".join(apart[end].label for end in _ENDS if end in apart)
        said["bibo"] = [one for one in said["bibo"] if one not in apart.values()]
        said.say("bibo", text, "", label, "pages")
