"""The elements of a nested payload, so that what no reader takes is found when all are done."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml import etree

from aggregator.normalize import clean, language
from connectors.crosswalks.remainder import Remainder

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_NAMING = 60
"""Characters: a longer value of a "type" attribute is a text, not a name."""


class Node:
    """One element. Text and attributes are cleaned; they are gone from here once taken.

    ``name`` is without a namespace (HARVESTING 56), ``label`` is the path of names below the
    root, ``lang`` is the BCP 47 code of xml:lang or lang, here or above, "" where there is none.
    """

    __slots__ = ("attributes", "children", "label", "lang", "name", "text")

    def __init__(self, name: str, label: str, lang: str, text: str) -> None:
        self.name = name
        self.label = label
        self.lang = lang
        self.text = text
        self.attributes: dict[str, str] = {}
        self.children: list[Node] = []

    def all(self, *names: str) -> Iterator["Node"]:
        """The children with one of these names, in their order."""
        return (child for child in self.children if child.name in names)

    def saying(self, *names: str) -> Iterator["Node"]:
        """Those of `all` that have any text: the attributes of the others stay where they are."""
        return (child for child in self.all(*names) if child.says())

    def first(self, name: str) -> "Node":
        """The first child with this name, else an empty one."""
        return next(self.all(name), _NONE)

    def take(self) -> str:
        """The element's own text, which is then taken."""
        text, self.text = self.text, ""
        return text

    def attribute(self, name: str) -> str:
        """An attribute's value, which is then taken; "" where there is none."""
        return self.attributes.pop(name, "")

    def one_of(self, name: str, *values: str) -> str:
        """An attribute's value if it is one of these, and then taken; else ""."""
        return self.attribute(name) if self.attributes.get(name) in values else ""

    def texts(self) -> Iterator[str]:
        """All texts of the element and of those below it; they are then taken."""
        if self.text:
            yield self.take()
        for child in self.children:
            yield from child.texts()

    def whole(self, between: str = " ") -> str:
        """All texts here and below as one; they are then taken."""
        return between.join(self.texts()) if self.children else self.take()

    def says(self) -> bool:
        """Whether there is any text, here or below."""
        return bool(self.text) or any(child.says() for child in self.children)

    def leave(self, rest: Remainder) -> None:
        """Keep everything that nobody took, here and below, under the source's own names."""
        if self.text or self.attributes:
            self._leave_own(rest)
        for child in self.children:
            child.leave(rest)

    def _leave_own(self, rest: Remainder) -> None:
        named = [
            value
            for key, value in self.attributes.items()
            if self.text and _is_name(key) and len(value) <= _NAMING
        ]
        rest.keep(" ".join([self.label, *named]), self.text, self.lang)
        for key, value in self.attributes.items():
            if value not in named:
                rest.keep(f"{self.label}@{key}", value)


def _is_name(attribute: str) -> bool:
    return attribute.endswith(("type", "Type")) or attribute == "displayLabel"


_NONE = Node("", "", "", "")


def node(root: etree._Element, prefixes: Mapping[str, str], other: str) -> Node:
    """The tree of Nodes below ``root``.

    ``prefixes`` are the labels of namespaces as this format writes them; ``other`` is that of
    elements in no namespace or an unknown one without a prefix.
    """

    def build(element: etree._Element, above: str, outer: str, lang: str) -> Node:
        name, namespace = _names(element.tag)
        if above and namespace == outer:
            label = f"{above}/{name}"
        else:
            start = prefixes.get(namespace) or element.prefix or other
            label = f"{above}/{start}:{name}" if above else f"{start}:{name}"
        made = Node(name, label, lang, "")
        if element.attrib:
            _attributes(made, element)
        text = element.text or ""
        # The labels of the root's children begin anew: every path would hold the root's.
        path = "" if element is root else label
        for child in element:
            made.children.append(build(child, path, namespace, made.lang))
            if child.tail:
                text += f" {child.tail}"
        made.text = clean(text) if text and not text.isspace() else ""
        return made

    return build(root, "", "", "")


@lru_cache(maxsize=4096)
def _names(tag: str) -> tuple[str, str]:
    name = etree.QName(tag)
    return name.localname, name.namespace or ""


def _attributes(made: Node, element: etree._Element) -> None:
    for key, raw in element.items():
        name, value = _attribute(str(key)), clean(str(raw))
        if name == "lang":
            made.lang = language(value)
            if made.lang:
                continue
        if name and value:
            made.attributes.setdefault(name, value)


@lru_cache(maxsize=1024)
def _attribute(key: str) -> str:
    """An attribute's name without a namespace, but of XLink's with it; "" where a schema lies."""
    name = key.rpartition("}")[2]
    if key.startswith(_XLINK):
        return f"xlink:{name}"
    return "" if key.startswith(_XSI) and name != "type" else name
