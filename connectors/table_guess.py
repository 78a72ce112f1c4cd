"""What the columns of a table most likely mean, by their names in Kyrgyz, Russian and English.

Pure. A guess is written into a file that a librarian then corrects; what is not guessed stays
unmapped, and the connector keeps it in "other".
"""

import csv
import re
from collections.abc import Mapping, Sequence

_WORDS: Mapping[str, str] = {
    "local_id": r"id|№|n|no|номер|код|record id|иденти\w*",
    "title": r"title|name|название|наименование|заглавие|заголовок|аталышы|аты|темасы|тема",
    "creators": r"authors?|creators?|автор\w*|ф\.?и\.?о\.?|исполнител\w*|жетекчи\w*",
    "orcid": r"orcid(?: ids?)?",
    "issued": r"year|date|issued|год\w*|дата|жыл\w*|год издания|чыккан жылы|publication year",
    "abstract": r"abstract|summary|description|аннотация\w*|реферат|описание|кыскача мазмуну",
    "subjects": r"subjects?|keywords?|ключевые слова|тематика|рубрика|ачкыч сөздөр",
    "udc": r"udc|удк|уок",
    "type": r"type|тип|вид|вид документа|түрү",
    "language": r"lang|language|язык|тил|тили",
    "publisher": r"publisher|издательство|издатель|басма|басмасы|басмакана",
    "container": r"journal|источник|журнал|сборник|journal title",
    "volume": r"volume|том|vol\.?",
    "issue": r"issue|выпуск|номер журнала|чыгарылышы",
    "pages": r"pages?|страницы|стр\.?|с\.|беттери|бети",
    "shelf_mark": r"(?:полочный )?шифр|шифр хранения|shelf ?mark|call number",
    "library": r"library|библиотека|китепкана",
    "copies": r"copies|экземпляр\w*|количество|нускасы|саны",
    "notes": r"notes?|примечани\w*|эскертүү\w*",
    "doi": r"doi",
    "isbn": r"isbn",
    "issn": r"issn",
    "url": r"url|link|ссылка|адрес|шилтеме|сайт",
    "fulltext": r"full ?text|pdf|полный текст|файл|толук текст|file",
    "access": r"access|доступ|жеткиликтүүлүгү",
    "licence": r"licen[cs]e|лицензия|лицензиясы",
    "donor": r"donor|донор|фонд|funder|заказчик",
    "budget": r"(?:budget|бюджет|сумма|amount)\b.*",
    "start": r"start|начало|start date|дата начала|башталышы",
    "end": r"end|end date|конец|окончание|дата окончания|аякташы",
    "degree": r"degree|степень|ученая степень|учёная степень|илимий даражасы",
    "institution": r"institution|организация|учреждение|университет|мекеме|organi[sz]ation",
}
_PATTERNS = {key: re.compile(rf"(?:{words})", re.IGNORECASE) for key, words in _WORDS.items()}

_LANGUAGES = {
    "ky": re.compile(r"[\s_(.\-](?:ky|kg|кырг\w*|кыргызча)\)?$", re.IGNORECASE),
    "ru": re.compile(r"[\s_(.\-](?:ru|рус\w*|орусча)\)?$", re.IGNORECASE),
    "en": re.compile(r"[\s_(.\-](?:en|eng|англ\w*|англисче)\)?$", re.IGNORECASE),
}
_KYRGYZ = re.compile(r"[ңөү]|аталыш|\bаты\b|темасы|мазмуну|ачкыч", re.IGNORECASE)
_TEXTS = frozenset({"title", "abstract", "subjects", "publisher", "notes"})
"""Keys whose columns may stand once for each language."""

DELIMITERS = ",;\t|"
HEADER_WITHIN = 20
"""Rows from the top in which a header is looked for."""


def guess_mapping(columns: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Key of the mapping -> columns, each with the language that its name tells ("" if none).

    Of several columns for one key only those in different languages are taken: their names tell
    it, be it only by the language they are in (Аталышы, Название, Title). Where no column
    looks like an identifier the first one is it: every table must have one.
    """
    found = _known(columns)
    if "local_id" not in found and columns:
        found = {"local_id": [(columns[0], "")], **found}
    return found


def _known(columns: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    seen: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        bare, tongue = _tongue(" ".join(column.split()))
        key = next((key for key, known in _PATTERNS.items() if known.fullmatch(bare)), "")
        if key:
            seen.setdefault(key, []).append((column, tongue))
    return {key: _one_each(held) if key in _TEXTS else held[:1] for key, held in seen.items()}


def _one_each(columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """One column for each language; a single one need not be in the language of its name."""
    if len(columns) == 1:
        return list(columns)
    found: dict[str, str] = {}
    for column, tongue in columns:
        found.setdefault(tongue or _language_of(column), column)
    return [(column, tongue) for tongue, column in found.items()]


def _language_of(name: str) -> str:
    if _KYRGYZ.search(name):
        return "ky"
    return "en" if name.isascii() else "ru"


def _tongue(name: str) -> tuple[str, str]:
    for code, ending in _LANGUAGES.items():
        match = ending.search(name)
        if match is not None:
            return name[: match.start()].strip(), code
    return name, ""


def header(start: bytes) -> tuple[str, ...]:
    """The columns of a CSV or TSV file by its first bytes; () for what is no such table.

    UTF-8 or windows-1251; the delimiter is the one that most cells of a line show. A table has at
    least two columns, and the line after its header as many, or nearly.
    """
    if b"\0" in start:
        return ()
    try:
        text = start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = error.start > len(start) - 4  # the last letter may be cut in two
        text = (
            start[: error.start].decode("utf-8-sig") if cut else start.decode("cp1251", "replace")
        )
    lines = [line for line in text.splitlines() if line.strip()][: HEADER_WITHIN + 1]
    if not lines or lines[0].lstrip().startswith(("<", "{", "[", "%PDF")):
        return ()
    sign = max(DELIMITERS, key=lambda one: max(len(_cells(line, one)) for line in lines))
    rows = [_cells(line, sign) for line in lines]
    at = header_row(rows)
    names = [name.strip() for name in rows[at]] if at is not None else []
    after = rows[at + 1 : at + 2] if at is not None else []
    if any(abs(len(row) - len(names)) > 1 and '"' not in sign.join(row) for row in after):
        return ()
    return tuple(filter(None, names))


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which row is the header: that with most columns whose names say something, else the first
    with two columns; None where there is none. A title may stand above it."""
    named = [(len(_known(row)), -number) for number, row in enumerate(rows) if _is_header(row)]
    return -max(named)[1] if named else None


def _is_header(row: Sequence[str]) -> bool:
    return len(row) > 1 and all(name.strip() for name in row[:2])


def _cells(line: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=sign), [])
    except csv.Error:
        return []
