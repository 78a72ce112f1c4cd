"""Documents that nobody would write, by the schema of a format: what a crosswalk must bear."""

from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st
from lxml import etree

from tests.unit.crosswalks.words import words

# Values that normalising takes apart, and text of any kind.
HARD = """
1694-7452
978-0-226-10389-1
Том 3, № 2 (2019); 12-18
rus
https://doi.org/10.1234/AbC
10.1234/AbC
hdl:10919/5
http://x.org/a.pdf
УДК 340.1; право
FOS: Law
12 с.
Асанов, Асан; Ошский университет
application/pdf
[19--?]
info:eu-repo/semantics/article
info:eu-repo/semantics/openAccess
CC BY 4.0
https://orcid.org/0000-0002-1825-0097
2009-05-01
javascript:alert(1)
:unav
(:tba)
open.access
Doctor of Philosophy
""".strip().splitlines()
_TEXTS = st.sampled_from(HARD) | st.text(
    st.sampled_from("абвгдеж ӨҮңiIjk xyz 0123456789 .,:;/-()[]&<>\"'"), max_size=24
)


@dataclass(frozen=True)
class Element:
    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    children: tuple["Element", ...]

    def xml(self) -> str:
        head = "".join(f" {key}={quoteattr(value)}" for key, value in self.attributes)
        below = "".join(child.xml() for child in self.children)
        return f"<{self.name}{head}>{escape(self.text)}{below}</{self.name}>"


Schema = dict[str, tuple[list[str], list[str]]]
"""Element -> its attributes and the elements that may stand in it."""


def schema(text: str) -> Schema:
    """One element a line: ``name attribute attribute: child child``."""
    lines = (line.partition(": ") for line in text.strip().splitlines())
    split = ((head.split(), below.split()) for head, _, below in lines)
    return {names[0]: (names[1:], below) for names, below in split}


def elements(
    schema: Schema, values: str, root: str = "root"
) -> st.SearchStrategy[tuple[Element, ...]]:
    """What may stand in ``root``. Attributes hold ``values`` of the format's own lists, or
    anything; now and then there is an element or an attribute that the schema does not know."""
    known = st.sampled_from([one.strip() for one in values.split(",")])

    @cache
    def made(name: str, depth: int) -> st.SearchStrategy[Element]:
        attributes, below = schema.get(name, ([], []))
        held = st.dictionaries(
            st.sampled_from([*attributes, *attributes, "xml:lang", "odd"]),
            known | _TEXTS,
            max_size=4,
        ).map(lambda found: tuple(found.items()))
        text = (st.just("") | _TEXTS) if below else _TEXTS
        return st.builds(Element, st.just(name), held, text, inside(name, depth + 1))

    def inside(name: str, depth: int) -> st.SearchStrategy[tuple[Element, ...]]:
        below = schema.get(name, ([], []))[1]
        if not below or depth > 5:
            return st.just(())
        names = st.sampled_from([*below, *below, "odd"])
        return st.lists(names.flatmap(lambda one: made(one, depth)), max_size=5).map(tuple)

    return inside(root, 0).filter(bool)


def said(body: bytes, evident: str = "") -> set[str]:
    """Every word of texts and of attributes in a payload, but those that say what is evident:
    languages, and ``evident`` values of a format's own lists."""
    root = etree.fromstring(body)
    known = {one.strip().casefold() for one in evident.split(",")}
    values = [
        str(value)
        for element in root.iter("*")
        for key, value in element.items()
        if not str(key).endswith(("lang", "schemaLocation")) and str(value).casefold() not in known
    ]
    return words(*map(str, root.itertext()), *values)
