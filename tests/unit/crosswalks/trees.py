"""Documents that nobody would write, from the names of a format: what a crosswalk must bear."""

from collections.abc import Sequence
from dataclasses import dataclass
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


def elements(
    names: str, attributes: str, values: str, children: int = 4
) -> st.SearchStrategy[tuple[Element, ...]]:
    """Some elements of these ``names``, one inside another, with these attributes.

    Attributes hold ``values`` of the format's own lists, or anything.
    """
    held = st.dictionaries(
        st.sampled_from([*attributes.split(), "xml:lang"]),
        st.sampled_from([one.strip() for one in values.split(",")]) | _TEXTS,
        max_size=3,
    ).map(lambda found: tuple(found.items()))

    def made(below: st.SearchStrategy[Element] | None) -> st.SearchStrategy[Element]:
        inside = st.just(()) if below is None else st.lists(below, max_size=children).map(tuple)
        return st.builds(Element, st.sampled_from(names.split()), held, _TEXTS, inside)

    return st.lists(made(made(made(None))), min_size=1, max_size=children).map(tuple)


def said(body: bytes, evident: Sequence[str] = ()) -> set[str]:
    """Every word of texts and of attributes in a payload, but those that say what is evident:
    languages, and values of a format's own lists."""
    root = etree.fromstring(body)
    known = {one.casefold() for one in evident}
    values = [
        str(value)
        for element in root.iter("*")
        for key, value in element.items()
        if not str(key).endswith(("lang", "schemaLocation")) and str(value).casefold() not in known
    ]
    return words(*map(str, root.itertext()), *values)
