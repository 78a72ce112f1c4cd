"""Kinds of things, access and licences, and where a part appeared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import (
    access,
    access_of,
    container,
    licence,
    resource_type,
    resource_type_of,
)
from aggregator.record import ACCESS, RECORD_TYPES, Container


@pytest.mark.parametrize(
    ("text", "label"),
    {
        "Article": "article", "info:eu-repo/semantics/article": "article", "макала": "article",
        "http://purl.org/coar/resource_type/c_6501": "article", "Статья": "article",
        "Peer-reviewed Article": "article", "PeerReviewed Article": "article",
        "http://schema.org/ScholarlyArticle": "article", "Makale": "article",
        "Review Article": "article", "Review": "review", "Рецензия": "review",
        "Диссертация": "thesis", "автореферат диссертации": "thesis", "Yüksek lisans": "thesis",
        "info:eu-repo/semantics/doctoralThesis": "thesis", "Китеп": "book", "Монография": "book",
        "Book chapter": "chapter", "info:eu-repo/semantics/bookPart": "chapter",
        "Учебное пособие": "textbook", "Окуу китеби": "textbook", "Conference Poster": "conference",
        "Материалы конференции": "conference", "Technical Report": "report", "Отчёт": "report",
        "Патент": "patent", "StillImage": "image", "Фотография": "image", "Dataset": "dataset",
        "Moving Image": "video", "Notated Music": "score", "Карта": "map", "Журнал": "journal",
        "PeerReviewed": "", "text": "", "Other": "", "info:eu-repo/semantics/publishedVersion": "",
        "10.1371/journal.pone.0142474": "", "": "",
        "http://purl.org/coar/resource_type/c_7acd": "article", "Corrigendum": "article",
        "http://purl.org/coar/resource_type/c_2659": "journal", "book_contribution": "chapter",
        "info:eu-repo/semantics/internalReport": "report", "Survey data": "dataset",
        "Макалалар жыйнагы": "book", "Сборник научных статей": "book", "Курс лекций": "textbook",
        "Усулдук колдонмо": "textbook", "Дипломная работа": "thesis", "Доклад": "conference",
        "Промышленный образец": "patent", "Пайдалуу модель": "patent", "Сөздүк": "book",
        "Machine learning": "", "Physical Object": "", "Аудиокитеп": "sound", "Ноталар": "score",
    }.items(),
)  # fmt: skip
def test_kinds_of_things(text: str, label: str) -> None:
    assert resource_type(text) == label


def test_a_vocabulary_goes_before_words_and_words_before_silence() -> None:
    assert resource_type_of(["text", "Journal", "info:eu-repo/semantics/article"]) == "article"
    assert resource_type_of(["Text", "Photograph"]) == "image"
    assert resource_type_of(["text"]) == resource_type_of([]) == "other"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_labels_are_always_of_the_table(texts: list[str]) -> None:
    assert resource_type_of(texts) in RECORD_TYPES
    assert access_of(texts) in ACCESS


@pytest.mark.parametrize(
    ("text", "label"),
    {
        "info:eu-repo/semantics/openAccess": "open", "openAccess": "open",
        "Открытый доступ": "open",
        "http://purl.org/coar/access_right/c_abf2": "open", "ачык жеткиликтүү": "open",
        "Открытый": "open", "ачык": "open", "жабык": "restricted", "ограниченный": "restricted",
        "http://purl.org/coar/access_right/c_f1cf": "embargoed", "Under embargo": "embargoed",
        "info:eu-repo/semantics/restrictedAccess": "restricted", "closedAccess": "restricted",
        "http://purl.org/coar/access_right/c_14cb": "metadata-only",
        "доступ ограничен": "restricted",
        "https://creativecommons.org/licenses/by/4.0": "open",
        "This is not open access": "restricted",
        "An Open Access article under the CC BY licence": "open",
        "supported by the Open Access Fund": "", "All rights reserved": "", "": "",
        "Доступ: свободный": "open", "доступ по паролю": "restricted", "Açık erişim": "open",
        "Не в открытом доступе": "restricted", "Kısıtlı erişim": "restricted", "İzinli": "open",
        "İzinsiz": "restricted", "эркин жеткиликтүү": "open", "Restricted until May": "embargoed",
        "только зарегистрированным": "restricted", "https://opensource.org/licenses/MIT": "open",
    }.items(),
)  # fmt: skip
def test_access(text: str, label: str) -> None:
    assert access(text) == label


def test_a_vocabulary_of_access_goes_before_a_licence() -> None:
    said = [
        "https://creativecommons.org/licenses/by/4.0/",
        "info:eu-repo/semantics/embargoedAccess",
    ]
    assert access_of(said) == "embargoed"
    assert access_of([]) == "unknown"


@pytest.mark.parametrize(
    ("text", "address"),
    {
        "http://creativecommons.org/licenses/by-nc/4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
        "http://creativecommons.org/licenses/by-nc-nd/3.0/de/":
            "https://creativecommons.org/licenses/by-nc-nd/3.0/de/",
        "https://creativecommons.org/licenses/by/4.0/deed.ru":
            "https://creativecommons.org/licenses/by/4.0/",
        "CC BY-NC-ND 4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/", "cc_by": "CC BY",
        "Creative Commons Attribution-NonCommercial 3.0":
            "https://creativecommons.org/licenses/by-nc/3.0/",
        "Attribution 4.0": "https://creativecommons.org/licenses/by/4.0/",
        "CC0": "https://creativecommons.org/publicdomain/zero/1.0/", "All rights reserved": "",
        "© 2014 The Author(s)": "", "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
        "cc-by-nc/4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
        "Creative Commons Zero v1.0 Universal":
            "https://creativecommons.org/publicdomain/zero/1.0/",
        "Creative Commons — Attribution 4.0 International":
            "https://creativecommons.org/licenses/by/4.0/",
        "Creative Commons «С указанием авторства — Некоммерческая» 4.0":
            "https://creativecommons.org/licenses/by-nc/4.0/",
        "https://opensource.org/licenses/MIT": "https://opensource.org/licenses/MIT",
    }.items(),
)  # fmt: skip
def test_licences(text: str, address: str) -> None:
    assert licence(text) == address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Вестник ОшГУ; Том 3, № 2 (2019): Право; 12-18",
         Container("Вестник ОшГУ", "", "3", "2", "12-18")),
        ("Жарчы; № 1(4) (2023): Укук; 10-20", Container("Жарчы", "", "", "1(4)", "10-20")),
        ("Журнал; 13, 3 (2000); 1-9", Container("Журнал", "", "13", "3", "1-9")),
        ("PLoS ONE, Vol 8, Iss 5, p e62926", Container("PLoS ONE", "", "8", "5", "e62926")),
        ("Vol 3 No 2 (2019)", Container("", "", "3", "2")),
        ("ОшМУнун жарчысы; 2-чыгарылыш (2020); 5-9",
         Container("ОшМУнун жарчысы", "", "", "2", "5-9")),
        ("Физика, 2010 ж., 3-том, 12-15-б.", Container("Физика", "", "3", "", "12-15")),
        ("Вестник КРСУ. 2019. Т. 19. № 2(14). С. 12-18",
         Container("Вестник КРСУ", "", "19", "2(14)", "12-18")),
        ("Journal of X, 12(3): 45-67", Container("Journal of X", "", "12", "3", "45-67")),
        ("Evolution: 29 (1975) no. 4, pp. 750-762",
         Container("Evolution", "", "29", "4", "750-762")),
        ("Vol. 2, no. 2 (Feb. 1976), p. 195-230", Container("", "", "2", "2", "195-230")),
        ("ISSN: 0829-318X", Container("", "0829-318X")),
        ("Adult Education Research Conference", Container()),
        ("http://www.emis.de/journals/GM/vol15nr2/bilal.pdf", Container()),
        ("x" * 400 + " vol. 3", Container()),
    ],
)  # fmt: skip
def test_where_a_part_appeared(text: str, expected: Container) -> None:
    assert container(text) == expected
