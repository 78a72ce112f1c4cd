"""Numbers of patents: country, number and kind in one word (WIPO ST.16), ``KG1234C1``.

Sources: the two-letter codes of WIPO ST.3, the codes (11), (13) and (19) of WIPO ST.9 (INID), and
how Kyrgyz and Russian lists of literature name a patent: ``Пат. 2345678 РФ``.
"""

import re

_OFFICES = frozenset(
    """
    AL AM AP AR AT AU AZ BA BE BG BR BY CA CH CL CN CO CR CS CU CY CZ DD DE DK DZ EA EC EE EG EM EP
    ES FI FR GB GC GE GR GT HK HR HU ID IE IL IN IR IS IT JO JP KE KG KR KZ LT LU LV MA MC MD ME MK
    MN MT MX MY NL NO NZ OA PA PE PH PK PL PT RO RS RU SA SE SG SI SK SU SV TH TJ TM TN TR TT TW UA
    US UY UZ VN WO YU ZA ZM ZW
    """.split()  # noqa: SIM905 a list of 110 quoted words is not easier to read
)
_IN_WORDS = (
    (re.compile(r"\b(?:РФ|Росси\w*)", re.IGNORECASE), "RU"),
    (re.compile(r"\b(?:КР|Кыргыз\w*|Киргиз\w*)", re.IGNORECASE), "KG"),
    (re.compile(r"\bСССР\b", re.IGNORECASE), "SU"),
    (re.compile(r"\b(?:РК|Казахстан\w*|Казакстан\w*)", re.IGNORECASE), "KZ"),
    (re.compile(r"\b(?:РУз|Узбек\w*|Өзбек\w*)", re.IGNORECASE), "UZ"),
    (re.compile(r"\b(?:Евразий\w*|ЕАПВ|ЕАПО)", re.IGNORECASE), "EA"),
)
_MARK = (
    r"(?:патент\w*|пат\.|patent\w*|pat\.|авторское свидетельство|а\.\s?с\.|полезная модель"
    r"|пайдалуу модель)"
)
_BEFORE = re.compile(rf"\s*{_MARK}[\s:]*", re.IGNORECASE)
_NUMBER = r"[A-Z]?\d[\d\s./,-]*"
_WHOLE = re.compile(rf"([A-Z]{{2}})[\s-]?(?:№\s?)?({_NUMBER}(?<=\d))\s?([A-Z]\d?)?", re.IGNORECASE)
_CODED = re.compile(r"\((11|13|19)\)\s*([A-Z]*[\d\s]*)", re.IGNORECASE)
_WORDS_NUMBER = re.compile(rf"(?:№|N|No\.?)?\s*({_NUMBER}(?<=\d))")
_PAGE = re.compile(
    r"https?://patents\.google\.com/patent/([A-Z]{2}\d+(?:[A-Z]\d?)?)(?:/\w+)?/?", re.IGNORECASE
)


def patent_number(text: str) -> str:
    """The number in one word, "" if ``text`` is none: ``EP 1 234 567 B1`` → ``EP1234567B1``."""
    page = _PAGE.fullmatch(text.strip())
    if page is not None:
        return page[1].upper()
    marked = _BEFORE.match(text)
    text = text[marked.end() :] if marked is not None else text
    whole = _WHOLE.fullmatch(text.strip())
    if whole is not None:
        office = whole[1].upper()
        return _word(office, whole[2], whole[3] or "") if office in _OFFICES else ""
    coded = {code: value.strip() for code, value in _CODED.findall(text)}
    office = coded.get("19") or text[:2].upper()
    if coded.get("11", "").replace(" ", "").isdigit() and office in _OFFICES:
        return _word(office, coded["11"], coded.get("13", ""))
    if marked is None:
        return ""
    office = next((code for words, code in _IN_WORDS if words.search(text)), "")
    number = _WORDS_NUMBER.search(text)
    return _word(office, number[1], "") if office and number is not None else ""


def is_patent_number(text: str) -> bool:
    """Whether ``text`` is a patent's number even where nobody says so: it tells office and kind."""
    if text[:2] not in _OFFICES and (_BEFORE.match(text) or _PAGE.fullmatch(text)):
        return bool(patent_number(text))
    whole = _WHOLE.fullmatch(text)
    return (
        whole is not None
        and whole[1] in _OFFICES
        and len(whole[3] or "") == 2
        and sum(map(str.isdigit, whole[2])) >= 4
    )


def _word(office: str, number: str, kind: str) -> str:
    """Stops go only where they divide thousands: in ``20120012.1`` a digit of control follows."""
    digits = re.sub(r"[\s,/-]|\.(?=\d{3})|\.$", "", number)
    return f"{office}{digits.upper()}{kind.upper()}"
