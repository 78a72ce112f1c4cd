"""Codes and names of languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalize import language, languages, script, written_in


@pytest.mark.parametrize(
    ("text", "code"),
    {
        "ru_RU": "ru", "Russian": "ru", "rus": "ru", "русский": "ru", "на русском языке": "ru",
        "орусча": "ru", "Орус тили": "ru", "ky": "ky", "ky-KG": "ky", "kir": "ky", "KG-KG": "ky",
        "кыргызча": "ky", "Кыргыз тили": "ky", "киргизский": "ky", "Kyrgyz": "ky", "Kirghiz": "ky",
        "en_US": "en", "EN": "en", "Eng.": "en", "английский": "en", "англисче": "en",
        "ger": "de", "fre": "fr", "chi": "zh", "scr": "hr", "cmn": "zh", "uz-Cyrl": "uz",
        "Türkçe": "tr", "қазақ тілі": "kk", "Occitan (post 1500)": "oc", "ssf": "ssf", "ua": "uk",
        "und": "", "mul": "", "zxx": "", "Multiple": "", "other": "", "none": "", "GE": "",
        "text": "", "": "", "1998": "", "Finish": "",
        "рус.": "ru", "кырг.": "ky", "англ": "en", "каз.": "kk", "kg": "ky", "KZ": "kk",
        "ky_KG.UTF-8": "ky", "kir (кыргызча)": "ky", "Русcкий": "ru",  # with a Latin c
        "o‘zbekcha": "uz", "Türkmençe": "tk", "тоҷикӣ": "tg", "Дунган тили": "dng", "中文": "zh",
        "http://id.loc.gov/vocabulary/iso639-2/rus": "ru", "qaa": "",
        "http://lexvo.org/id/iso639-3/kir": "ky", "iso639-3:kir": "ky", "Summary in English": "",
        "резюме на русском": "", "N/A": "", "не указан": "", "белгисиз": "",
    }.items(),
)  # fmt: skip
def test_one_language(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    {
        "rus; eng": ("ru", "en"), "en fr": ("en", "fr"), "engfre": ("en", "fr"),
        "кыргызский и русский": ("ky", "ru"), "кыргыз, орус": ("ky", "ru"), "rus": ("ru",),
        "rus;rus": ("ru",), "Finish": (), "one two three": (), "": (),
        "на рус. и кырг. яз.": ("ru", "ky"), "Текст на рус., кырг. яз.": ("ru", "ky"),
        "Kirghiz; Kyrgyz": ("ky",), "English / Russian": ("en", "ru"), "N/A": (),
        "русский - кыргызский": ("ru", "ky"), "Russian, English abstract": ("ru",),
        "info:eu-repo/semantics/rus": ("ru",), "ru-RU, ky-KG": ("ru", "ky"),
    }.items(),
)  # fmt: skip
def test_several_languages(text: str, codes: tuple[str, ...]) -> None:
    assert languages(text) == codes


@given(st.text(max_size=100))
def test_any_text_gives_short_codes_or_nothing(text: str) -> None:
    assert all(code.isalpha() and 2 <= len(code) <= 3 for code in languages(text))


def test_the_script_of_a_language() -> None:
    assert [script(code) for code in ("ky", "ru", "en", "fa", "")] == [
        "Cyrl", "Cyrl", "Latn", "Arab", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "possible"),
    [
        ("Кыргыз тили", "ky", True), ("The Kyrgyz language", "ky", False), ("1998", "ky", True),
        ("The Kyrgyz language", "en", True), ("Кыргыз тили", "en", False), ("1998", "en", True),
        ("O‘zbek tili", "uz", True), ("Ўзбек тили", "uz", True), ("History", "fa", False),
        ("Տուփ", "en", False), ("Տուփ", "ru", False), ("Փաթեթատուփ (Choco)", "en", False),
        ("The letter Փ", "en", True),
    ],
)  # fmt: skip
def test_whether_letters_allow_a_language(text: str, code: str, possible: bool) -> None:
    assert written_in(text, code) is possible
