"""The elements of a Dublin Core payload as plain statements, grouped by what they are about."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from aggregator.normalize import clean, language, written_in
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.strict_xml import of_another_kind, parse_xml, saying_nothing

_ROOTS = frozenset({"dc", "qualifieddc", "qdc", "dcterms"})
_DC = frozenset(
    f"{scheme}://purl.org/dc/elements/{version}{slash}"
    for scheme in ("http", "https")
    for version in ("1.0", "1.1")
    for slash in ("/", "")
)
_DCTERMS = frozenset({"http://purl.org/dc/terms/", "https://purl.org/dc/terms/"})
_BIBO = "http://purl.org/ontology/bibo/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

_PREFIXES = (
    {_BIBO: "bibo", _RDF: "rdf"} | dict.fromkeys(_DC, "dc") | dict.fromkeys(_DCTERMS, "dcterms")
)

_ELEMENTS = frozenset(
    {"title", "creator", "contributor", "subject", "description", "publisher", "date", "type",
     "format", "identifier", "source", "language", "relation", "coverage", "rights"}
)  # fmt: skip

# DCMI terms -> the group they join and a hint for it.
_TERMS = {
    "alternative": ("alternative", ""), "abstract": ("description", ""),
    "tableofcontents": ("contents", ""), "issued": ("date", "issued"),
    "created": ("date", "created"), "modified": ("date", "modified"),
    "available": ("date", "available"), "dateaccepted": ("date", "dateAccepted"),
    "datesubmitted": ("date", "dateSubmitted"), "datecopyrighted": ("date", "dateCopyrighted"),
    "extent": ("extent", ""), "medium": ("format", ""), "spatial": ("coverage", ""),
    "temporal": ("coverage", ""), "license": ("license", ""), "accessrights": ("accessrights", ""),
    "rightsholder": ("rights", ""), "audience": ("level", ""), "educationlevel": ("level", ""),
    "bibliographiccitation": ("source", "citation"),
    "ispartof": ("relation", "IsPartOf"), "haspart": ("relation", "HasPart"),
    "isversionof": ("relation", "IsVersionOf"), "hasversion": ("relation", "HasVersion"),
    "isreplacedby": ("relation", "IsObsoletedBy"), "replaces": ("relation", "Obsoletes"),
    "references": ("relation", "References"), "isreferencedby": ("relation", "IsReferencedBy"),
    "isformatof": ("relation", "IsVariantFormOf"), "requires": ("relation", "Requires"),
    "hasformat": ("relation", "IsOriginalFormOf"), "isrequiredby": ("relation", "IsRequiredBy"),
}  # fmt: skip

_BIBO_PARTS = frozenset({"issn", "eissn", "volume", "issue", "pages"})


class Statement(NamedTuple):
    """One element: its text, its language ("" if unknown), its label as the source wrote it,
    a hint about its kind ("issued", "IsPartOf", "fulltext", "UDC"; of a name its relator code),
    and a detail: the ORCID iD of a name, the media type of a file."""

    text: str
    lang: str
    label: str
    hint: str = ""
    detail: str = ""


_GROUPS = frozenset(_ELEMENTS) | {group for group, _ in _TERMS.values()}
_GROUPS |= {"bibo", "degree", "edition", "file", "institution", "note", "series"}


class Statements(dict[str, list[Statement]]):
    """Statements by group, filled one by one; what has no group goes to ``rest``.

    ``default`` is the language of text that names none, where its letters allow that.
    """

    def __init__(self, default: str, rest: Remainder) -> None:
        super().__init__((group, []) for group in _GROUPS)
        self._default = default
        self._rest = rest

    def say(
        self, group: str, text: str, lang: str, label: str, hint: str = "", detail: str = ""
    ) -> None:
        """Add a statement; the group "" keeps it as it is, an empty text says nothing."""
        if not text:
            return
        if not group:
            self._rest.keep(label, text, lang)
            return
        if not lang and self._default and written_in(text, self._default):
            lang = self._default
        self[group].append(Statement(text, lang, label, hint, detail))


def term(name: str) -> tuple[str, str]:
    """The group of a Dublin Core element or DCMI term and its hint; ("", "") if it has none."""
    name = name.lower()
    return (name, "") if name in _ELEMENTS else _TERMS.get(name, ("", ""))


def statements(body: bytes, default: str, rest: Remainder) -> Mapping[str, Sequence[Statement]]:
    """All statements of one payload by group ("title", "date", …); what has no group is kept.

    ``default`` is the language of text that names none, where its letters allow that.
    Raises SkipRecord where there is nothing to read.
    """
    root = _root(body)
    own = etree.QName(root).namespace or ""
    groups: dict[str, list[Statement]] = {group: [] for group in _GROUPS}
    said = _loose(root.text, rest)
    for element in root:
        text = element.text or ""
        if len(element):
            text = " ".join(map(str, element.itertext()))
        text = clean(text)
        group, hint, label = _place(element.tag, own)
        if not label:
            label = f"{element.prefix or 'x'}:{etree.QName(element).localname}"
        lang = ""
        if attributes := element.items():
            text, lang, hint = _attributes(attributes, text, label, hint, rest)
        if text:
            said = True
            if not lang and default and group and written_in(text, default):
                lang = default
            if group:
                groups[group].append(Statement(text, lang, label, hint))
            if not group or group == "bibo":
                rest.keep(label, text, lang)
        if element.tail:
            said |= _loose(element.tail, rest)
    if not said:
        raise saying_nothing("Dublin Core")
    return groups


def _loose(text: str | None, rest: Remainder) -> bool:
    """Keep text that stands between the elements; whether there is any."""
    if not text or text.isspace():
        return False
    rest.keep("text", clean(text))
    return True


def _attributes(
    attributes: Sequence[tuple[str | bytes, str | bytes]],
    text: str,
    label: str,
    hint: str,
    rest: Remainder,
) -> tuple[str, str, str]:
    """Text, language and hint as the attributes complete them; the rest of them is kept."""
    lang = ""
    for key, raw in attributes:
        namespace, _, attribute = str(key).rpartition("}")
        if attribute == "lang":
            lang = language(str(raw))
            if not lang:
                rest.keep(f"{label}@lang", clean(str(raw)))
            continue
        value = clean(str(raw))
        if attribute in ("resource", "href") and not text:
            text = value
        elif attribute == "linktype" and value in ("fulltext", "thumbnail"):
            hint = value
        elif attribute in ("type", "scheme") and namespace in ("{" + _XSI, ""):
            scheme = value.rsplit(":", 1)[-1]
            if hint == "" and label.endswith((":subject", ":identifier")):
                hint = "" if scheme == "URI" else scheme
            rest.keep(f"{label}@{attribute}", value)
        elif namespace != "{" + _XSI:
            rest.keep(f"{label}@{attribute}", value)
    return text, lang, hint


def _root(body: bytes) -> etree._Element:
    root = parse_xml(body)
    found = etree.QName(root).localname
    if found.lower() not in _ROOTS:
        raise of_another_kind("Dublin Core", found)
    return root


@lru_cache(maxsize=4096)
def _place(tag: str, own: str) -> tuple[str, str, str]:
    """The group, hint and label of an element; the group is "" for what no group fits, the
    label too where only the source's own prefix can make one.

    Elements in no namespace or in the root's are taken for Dublin Core (HARVESTING 56).
    """
    name = etree.QName(tag)
    namespace, local = name.namespace or "", name.localname
    ours = namespace in ("", own)
    prefix = "dc" if ours else _PREFIXES.get(namespace, "")
    label = f"{prefix}:{local}" if prefix else ""
    if ours or namespace in _DC or namespace in _DCTERMS:
        return *term(local), label
    if namespace == _BIBO and local.lower() in _BIBO_PARTS:
        return "bibo", local.lower().replace("eissn", "issn"), label
    return "", "", label
