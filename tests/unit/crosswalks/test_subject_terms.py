"""Terms of subjects and the vocabularies they are of."""

import pytest

from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.subject_terms import scheme_name, subjects


@pytest.mark.parametrize(
    ("text", "terms"),
    {
        "УДК 631.4": [("631.4", "UDC")], "УДК631.4": [("631.4", "UDC")],
        "УДК: 94(575.2)": [("94(575.2)", "UDC")], "ӘОЖ 631": [("631", "UDC")],
        "УДК 631.4; 633.1; почва": [("631.4", "UDC"), ("633.1", "UDC"), ("почва", "")],
        "ГРНТИ 03.01.00": [("03.01.00", "GRNTI")], "МРНТИ 11.25.91": [("11.25.91", "GRNTI")],
        "МПК C07D 209/00": [("C07D 209/00", "IPC")],
        "Int. Cl. A61K 31/00": [("A61K 31/00", "IPC")],
        "A61K 31/00 (2006.01)": [("A61K 31/00 (2006.01)", "IPC")],
        "ББК 63.3(2)": [("63.3(2)", "BBK")],
        "FOS: Physical sciences": [("Physical sciences", "FORD")], "FORD 1.1": [("1.1", "FORD")],
        "LCSH: Soil": [("Soil", "LCSH")], "MeSH: Humans": [("Humans", "MeSH")],
        "ddc:510": [("510", "DDC")], "JEL: A1": [("A1", "JEL")],
        # What only looks so.
        "mesh networks": [("mesh networks", "")], "Ford, Henry": [("Ford, Henry", "")],
        "fossil": [("fossil", "")], "12.05.98": [("12.05.98", "")], "631.4": [("631.4", "")],
    }.items(),
)  # fmt: skip
def test_terms_and_schemes(text: str, terms: list[tuple[str, str]]) -> None:
    rest = Remainder()
    found = subjects(text, "", "", "dc:subject", rest)
    assert [(one.term, one.scheme) for one in found] == terms


def test_names_of_vocabularies() -> None:
    said = ["rugasnti", "dcterms:UDC", "Library of Congress Subject Headings", "ББК", "MESH", "own"]
    names = ["GRNTI", "UDC", "LCSH", "BBK", "MeSH", "own"]
    assert [scheme_name(one) for one in said] == names
