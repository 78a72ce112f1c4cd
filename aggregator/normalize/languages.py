"""Codes and names of languages → short BCP 47 codes ("ky", "ru", "en").

Codes are read with langcodes (ISO 639-1, -2/B, -2/T, -3 and BCP 47), names with the CLDR
names it carries, in the languages that partners write them in. What is unknown, several
languages at once (``mul``) or no language (``zxx``, ``und``) is "", never a guess
(HARVESTING 35); callers keep the source's word.
"""

import re
from functools import lru_cache

import langcodes
from langcodes.tag_parser import LanguageTagError

_NAME_LANGUAGES = ("en", "ru", "ky", "tr", "uz", "kk", "de", "fr")
_NO_LANGUAGE = frozenset({"mul", "und", "zxx", "mis", "root"})

# Codes that are no language codes (of countries, mostly), seen for years in real records.
_MISUSED = {
    "kgz": "ky", "kg-kg": "ky", "kyr": "ky", "ua": "uk", "cz": "cs", "jp": "ja", "cn": "zh",
    "gr": "el", "dk": "da", "esp": "es", "kg": "ky", "kz": "kk", "tj": "tg", "tm": "tk",
}  # fmt: skip

# What library systems shorten names to, without the full stop.
_SHORT = {
    "рус": "ru", "русс": "ru", "ру": "ru", "англ": "en", "анг": "en", "кырг": "ky", "кыр": "ky",
    "кирг": "ky", "каз": "kk", "узб": "uz", "өзб": "uz", "нем": "de", "фр": "fr", "фран": "fr",
    "кит": "zh", "тур": "tr", "тат": "tt", "укр": "uk", "бел": "be", "арм": "hy", "груз": "ka",
    "азерб": "az", "башк": "ba", "уйг": "ug", "перс": "fa", "араб": "ar", "монг": "mn", "кор": "ko",
    "яп": "ja", "исп": "es", "ит": "it", "лат": "la", "пол": "pl", "болг": "bg",
}  # fmt: skip

# Names and shapes of names that CLDR does not have; stems stand for all their endings.
_STEMS = (
    ("кыргыз", "ky"), ("киргиз", "ky"), ("kyrg", "ky"), ("kirg", "ky"), ("kırg", "ky"),
    ("русск", "ru"), ("росси", "ru"), ("орус", "ru"), ("russ", "ru"), ("rusça", "ru"),
    ("англи", "en"), ("ингли", "en"), ("engl", "en"), ("ingiliz", "en"), ("i̇ngiliz", "en"),
    ("казах", "kk"), ("казак", "kk"), ("узбек", "uz"), ("өзбек", "uz"), ("тадж", "tg"),
    ("тажик", "tg"), ("туркм", "tk"), ("түркмөн", "tk"), ("турец", "tr"), ("түрк", "tr"),
    ("немец", "de"), ("немис", "de"), ("франц", "fr"), ("китай", "zh"), ("кытай", "zh"),
    ("уйгур", "ug"), ("монгол", "mn"), ("татар", "tt"), ("персид", "fa"), ("арабск", "ar"),
    ("қазақ", "kk"), ("ўзбек", "uz"), ("o'zbek", "uz"), ("oʻzbek", "uz"), ("oʼzbek", "uz"),
    ("o‘zbek", "uz"), ("türkmen", "tk"), ("тоҷик", "tg"), ("дунган", "dng"), ("чагатай", "chg"),
    ("чагатаи", "chg"), ("алтай", "alt"), ("каракалпак", "kaa"), ("якут", "sah"), ("чуваш", "cv"),
    ("башкир", "ba"), ("фарси", "fa"), ("فارسی", "fa"), ("дари", "fa"), ("украї", "uk"),
    ("español", "es"), ("العربية", "ar"), ("中文", "zh"), ("汉语", "zh"), ("한국", "ko"),
    ("日本", "ja"), ("корей", "ko"), ("япон", "ja"), ("жапон", "ja"), ("испан", "es"),
)  # fmt: skip

_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_WORDS_AROUND = re.compile(
    r"\b(?:на|язык\w*|яз\.?|тил\w*|languages?|in|dili|dil|текст\w*|text|parallel\w*|параллел\w*)\b\.?",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*(?:[;,/|+&]|\s[-–—]\s|\b(?:and|и|жана|ve|und|et)\b)\s*")
_OF_A_PART = re.compile(
    r"abstract|summar|résum|резюме|аннотац|реферат|subtit|субтитр", re.IGNORECASE
)
"""Such a language is that of a summary, and not of the thing."""

_ADDRESS = re.compile(
    r"\S*(?:iso\s?639|lexvo|languages?/|eu-repo)\S*[/#:=]([A-Za-z]{2,3})/?", re.IGNORECASE
)
"""The address of a term in one of the vocabularies of languages."""

_LOCALE = re.compile(r"\.utf-?8$|@\w+$", re.IGNORECASE)
_LOOK_ALIKE = str.maketrans("aceopxykABCEHKMOPTX", "асеорхукАВСЕНКМОРТХ")
_CYRILLIC = re.compile("[\u0400-\u052f]")


@lru_cache(maxsize=8192)
def language(text: str) -> str:
    """The short code of one language, by code or by name in any of the languages of the pages."""
    word = _bare(text)
    if not 2 <= len(word) <= 80 or _OF_A_PART.search(word):
        return ""
    if _CODE.fullmatch(word):
        found = _by_code(word)
        if found or len(word) <= 3:
            return found
    found = _by_name(word)
    if not found and "(" in word:  # "kir (кыргызча)"
        found = language(word.partition("(")[0])
    return found


def _bare(text: str) -> str:
    """A statement without its signs; of the address of a term what it ends in."""
    address = _ADDRESS.fullmatch(text.strip())
    word = address[1] if address is not None else text
    return _LOCALE.sub("", word.strip(" .,;:[]()\t\n"))


@lru_cache(maxsize=8192)
def languages(text: str) -> tuple[str, ...]:
    """The codes of all languages in one statement: ``rus; eng``, ``en fr``, ``engfre`` (MARC)."""
    parts = [] if _ADDRESS.fullmatch(text.strip()) else _SEPARATORS.split(text)
    parts = [part for part in parts if part]
    if len(parts) > 1:
        return tuple(dict.fromkeys(filter(None, map(language, parts))))
    single = language(text)
    if single:
        return (single,)
    parts = text.split()
    if len(parts) == 1:
        return _packed(text)
    if not all(_CODE.fullmatch(part) for part in parts):
        return ()
    return tuple(dict.fromkeys(filter(None, map(language, parts))))


@lru_cache(maxsize=1024)
def script(code: str) -> str:
    """The ISO 15924 code of the script a language is likely written in: ``ky`` → "Cyrl"."""
    if not code:
        return ""
    return langcodes.Language.get(code).maximize().script or ""


_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_OTHER_LETTERS = re.compile("[\u0370-\u03ff\u0530-\u1fff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufefc]")
_EITHER_SCRIPT = frozenset({"uz", "sr", "bs", "tk", "az", "kk", "tt", "mn", "sh"})


def written_in(text: str, code: str) -> bool:
    """Whether ``text`` can be in language ``code`` judging by its letters alone.

    Cyrillic, Latin and all others are told apart: a Russian source's English title is not Russian,
    nor is an Armenian one with a Latin trade name English.
    """
    if code in _EITHER_SCRIPT:
        return True
    likely = script(code)
    if likely == "Cyrl":
        return _CYRILLIC.search(text) is not None or not (
            _LATIN.search(text) or _OTHER_LETTERS.search(text)
        )
    if likely == "Latn":
        others = len(_OTHER_LETTERS.findall(text))
        if _LATIN.search(text) is None:
            return not others and _CYRILLIC.search(text) is None
        return not others or others <= len(_LATIN.findall(text))
    return not text.isascii()


def _packed(text: str) -> tuple[str, ...]:
    """``engfre``: codes without a space between them, as MARC 041 had them before 2001."""
    if len(text) % 3 or not text.isascii() or not text.isalpha():
        return ()
    codes = [language(text[i : i + 3]) for i in range(0, len(text), 3)]
    return tuple(dict.fromkeys(codes)) if all(len(code) == 2 for code in codes) else ()


def _by_code(word: str) -> str:
    tag = word.replace("_", "-").lower()
    if tag in _MISUSED:
        return _MISUSED[tag]
    try:
        standard = langcodes.standardize_tag(tag, macro=True)
        if not langcodes.tag_is_valid(standard):
            return ""
        code = langcodes.Language.get(standard).language or ""
    except LanguageTagError:
        return ""
    return "" if code in _NO_LANGUAGE or _PRIVATE.fullmatch(code) else code


_PRIVATE = re.compile("q[a-t][a-z]")
"""Codes that ISO 639 leaves to everybody's own use."""


def _by_name(word: str) -> str:
    name = " ".join(_WORDS_AROUND.sub(" ", word).split())
    # A control character crashes the trie that langcodes looks names up in.
    if not name or not name.isprintable() or any(map(str.isdigit, name.split("(")[0])):
        return ""
    if _CYRILLIC.search(name):  # with Latin letters typed among them
        name = name.translate(_LOOK_ALIKE)
    lower = name.lower()
    if lower.rstrip(".") in _SHORT:
        return _SHORT[lower.rstrip(".")]
    if " " not in name:
        for stem, code in _STEMS:
            if lower.startswith(stem):
                return code
    for known in _NAME_LANGUAGES:
        try:
            code = langcodes.find(lower if known != "en" else name, known).language or ""
        except LookupError:
            continue
        return "" if code in _NO_LANGUAGE else code
    return ""
