"""Who is named in a statement, and which word is the surname."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import is_body, name, names_somebody, person, without_others


@pytest.mark.parametrize(
    ("text", "surname", "given"),
    [
        ("Айтматов Ч. Т.", "Айтматов", "Ч. Т."),
        ("Ч.Т. Айтматов", "Айтматов", "Ч.Т."),
        ("Aitmatov, Chingiz", "Aitmatov", "Chingiz"),
        ("Чынгыз Айтматов", "Айтматов", "Чынгыз"),
        ("Айтматов Чынгыз", "Айтматов", "Чынгыз"),
        ("Айтматов Чынгыз Торекулович", "Айтматов", "Чынгыз Торекулович"),
        ("Чынгыз Торекулович Айтматов", "Айтматов", "Чынгыз Торекулович"),
        ("Асанова Гүлнара Бакировна", "Асанова", "Гүлнара Бакировна"),
        ("Бакыт уулу Нурлан", "Бакыт уулу", "Нурлан"),
        ("Анара Асан кызы", "Асан кызы", "Анара"),
        ("Асанов Нурлан Бакыт уулу", "Асанов", "Нурлан Бакыт уулу"),
        ("Марина Иванова", "Иванова", "Марина"),
        ("Ким Ирина", "Ким", "Ирина"),
        ("Рыскулбекова Айгүл", "Рыскулбекова", "Айгүл"),
        ("Martin Luther King, Jr.", "King", "Martin Luther"),
        ("King, Martin Luther, Jr.", "King", "Martin Luther, Jr."),
        ("Jan van der Berg", "van der Berg", "Jan"),
        ("Simone de Beauvoir", "de Beauvoir", "Simone"),
        ("O'Connor, Donald J.", "O'Connor", "Donald J."),
    ],
)
def test_the_surname(text: str, surname: str, given: str) -> None:
    assert person(text) == (surname, given)


@pytest.mark.parametrize(
    "text",
    ["Гомер", "Кыргыз улуттук университети", "Naval Postgraduate School (U.S.)", "NASA", "",
     "Министерство образования и науки", "Soil Systems, Inc."],
)  # fmt: skip
def test_bodies_and_single_words_have_none(text: str) -> None:
    assert person(text) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Иванов И.И., Петров П.П.", ("Иванов И.И.", "Петров П.П.")),
        ("Smith, J., Roe, K.", ("Smith, J.", "Roe, K.")),
        ("Асанов А.А. жана Үсөнов Б.Б.", ("Асанов А.А.", "Үсөнов Б.Б.")),
        ("Асанов А.А., Үсөнов Б.Б. ж.б.", ("Асанов А.А.", "Үсөнов Б.Б.")),
        ("Иванов И.И. и др.", ("Иванов И.И.",)),
        ("Roman Soták, et al", ("Roman Soták",)),
        ("Mark H. Overmars, A. Frank van der Stappen, et al",
         ("Mark H. Overmars", "A. Frank van der Stappen")),
        ("Aitmatov C., e-mail: c.aitmatov@example.kg", ("Aitmatov C.",)),
        # One name each, or nobody knows.
        ("Smith, J.", ("Smith, J.",)),
        ("Vreeland, T., Jr.", ("Vreeland, T., Jr.",)),
        ("Hardy, F. A., & Co", ("Hardy, F. A., & Co",)),
        ("Missouri Botanical Garden, Peter H. Raven Library",
         ("Missouri Botanical Garden, Peter H. Raven Library",)),
    ],
)  # fmt: skip
def test_who_is_named(text: str, names: tuple[str, ...]) -> None:
    assert without_others(text) == names


def test_initials_stand_apart_in_names_of_people_only() -> None:
    assert name("Айтматов Ч.Т.") == "Айтматов Ч. Т."
    assert name("Ч.Т. Айтматов") == "Ч. Т. Айтматов"
    assert name("U.S. Department of Energy") == "U.S. Department of Energy"
    assert name("Art King, Ph.D.") == "Art King, Ph.D."


def test_what_names_nobody() -> None:
    assert not names_somebody("1955-09-09")
    assert not names_somebody("http://example.org/x")
    assert not names_somebody(")")
    assert names_somebody("Gapar, Асан https://example.org/x")


PIECES = ["Асанов", "Ч.", "Т.", ",", ";", "и др.", "уулу", "van", "a@b.kg", "J"]


@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_no_letter_is_made_up(text: str) -> None:
    there = Counter(text)
    found = [*(person(text) or ()), *without_others(text)]
    assert all(Counter(filter(str.isalnum, one)) <= there for one in found)
    assert is_body(text) in (True, False)
