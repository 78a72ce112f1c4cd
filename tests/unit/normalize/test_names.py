"""Names, roles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import name, name_and_role, role, without_dates


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("Иванов, Иван,", "Иванов, Иван"), ("Иванов А. Б.", "Иванов А. Б."),
        ("Smith, J.", "Smith, J."), ("Society of Naturalists.", "Society of Naturalists"),
        ("King, Martin Luther, Jr.", "King, Martin Luther, Jr."), (" Айтматов Ч. /", "Айтматов Ч."),
        ("", ""), (".", ""),
    ],
)  # fmt: skip
def test_names_without_the_punctuation_behind_them(text: str, tidy: str) -> None:
    assert name(text) == tidy


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Smith, John, 1920-1990", ("Smith, John", "1920-1990")),
        ("Айтматов, Чыңгыз, 1928–2008.", ("Айтматов, Чыңгыз", "1928–2008")),
        ("Smith, John, 1920-", ("Smith, John", "1920-")),
        ("Smith, John", ("Smith, John", "")),
        ("Токтогул (1864-1933)", ("Токтогул", "1864-1933")),
        ("Smith, John, b. 1920", ("Smith, John", "b. 1920")),
        ("Workshop 2014-2015", ("Workshop 2014-2015", "")),
        ("1998-2003", ("1998-2003", "")),
    ],
)
def test_years_of_life_stand_apart(text: str, parts: tuple[str, str]) -> None:
    assert without_dates(text) == parts


@pytest.mark.parametrize(
    ("text", "code"),
    {
        "edt": "edt", "EDT.": "edt", "editor": "edt", "eds.": "edt", "ред.": "edt",
        "науч. ред.": "edt", "отв. редактор": "edt", "translator": "trl", "пер.": "trl",
        "котормочу": "trl", "науч. рук.": "ths", "Научный руководитель": "ths",
        "илимий жетекчи": "ths", "joint author": "aut", "сост.": "com", "illustrator": "ill",
        "http://id.loc.gov/vocabulary/relators/trl": "trl", "friend": "", "edible": "", "": "",
    }.items(),
)  # fmt: skip
def test_relator_codes(text: str, code: str) -> None:
    assert role(text) == code


def test_a_role_in_brackets() -> None:
    assert name_and_role("Finch, Joyce (Interviewer)") == ("Finch, Joyce", "ivr")
    assert name_and_role("Naval School (U.S.)") == ("Naval School (U.S.)", "")


@given(st.text(max_size=80))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert name(name(text)) == name(text)
