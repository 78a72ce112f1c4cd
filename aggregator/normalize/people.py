"""Names of people taken apart: who is named in a statement, which word is the surname.

Shapes and endings are those of the names found in recorded records and of Kyrgyz, Russian and
Western custom: ``Айтматов Ч. Т.``, ``Чынгыз Айтматов``, ``Aitmatov, Chingiz``, patronymics in
-ович and -овна, ``уулу`` and ``кызы``, ``van`` and ``de``. What is a body has no surname.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_WORD = r"[^\W\d_][^\W\d_'’ʹʻ`-]*(?:[-'’ʹʻ`][^\W\d_]+)*"
_INITIAL = r"[^\W\d_](?:[hH]|[юяеё])?\."
_INITIALS = rf"{_INITIAL}(?:[\s-]?{_INITIAL}){{0,2}}"
_SHORT = re.compile(rf"({_WORD}),?\s({_INITIALS})|({_INITIALS})\s?({_WORD})")
"""A surname and initials, in either order."""

_LONE_INITIALS = re.compile(rf"{_INITIALS}|[^\W\d_]{{1,2}}")
_DIVIDERS = re.compile(r"\s*;\s*|\s*,\s*(?:and|и|жана|&)\s+|\s+(?:and|и|жана|&)\s+|\s*,\s*")
_STOPS = re.compile(rf"({_INITIAL})(?={_INITIAL})")

_OTHERS = re.compile(
    r"[\s,;]*[(\[]?(?<!\w)(?:et\.?\s?al(?:ii)?|и\s+др(?:угие)?|и\s+соавт\w*|ж\.\s?б|жана\s+башкалар"
    r"|and\s+others|u\.\s?a)(?!\w)[.,)\]]*\s*$",
    re.IGNORECASE,
)
"""``et al.``: there are more, who are not named."""

_MAIL = re.compile(
    r"[\s,;(\[<]*(?:e-?mail:?\s*)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+[\s)\]>.,;]*", re.IGNORECASE
)

_BODY = re.compile(
    r"университет|универсиэтет|институт|академия|министерств|министрлиг|кафедр|лаборатори|библиотек"
    r"|китепкана|мектеп|мектеби|борбор|центр|комитет|агентств|департамент|общество|коому|фонд\b|союз"
    r"|школа|колледж|лицей|музей|издательств|басма|редакци|республик|совет|компани|корпорац|отдел"
    r"|universit|institut|academ|minist|department|dept\b|laborator|librar|school|college|cent(?:er|re)"
    r"|committee|council|agency|society|association|foundation|fund\b|bureau|office|company|corporation"
    r"|collaboration|consortium|conference|symposium|congress|museum|orchestra|ensemble|choir|group"
    r"|project|program|press|\b(?:inc|ltd|llc|gmbh|co|corp)\b\.?|үниверситет|кыргыз республика"
    r"|üniversite|enstitü|bakanlığı|\b(?:оао|оао|ооо|зао|нии|гну|фгбоу|кр|нан|кнр)\b",
    re.IGNORECASE,
)

_PATRONYMIC = re.compile(
    r"\w+(?:ович|евич|ёвич|ич|овна|евна|ёвна|ична|инична|ovich|evich|ovna|evna|yevich|yevna|ichna)",
    re.IGNORECASE,
)
_SON = re.compile(
    r"уулу|кызы|угли|ўғли|ұлы|қызы|оглы|ogli|o‘g‘li|uulu|kyzy|qizi|oğlu|gizi", re.IGNORECASE
)
_SURNAME = re.compile(
    r"\w{2,}(?:ов|ова|ев|ева|ёв|ёва|ский|ская|цкий|цкая|ской|ин|ина|ын|ына|енко|чук|юк|дзе|швили|ян"
    r"|ov|ova|ev|eva|yov|sky|skii|skiy|skaya|enko|dze|yan|shvili|in|ina)",
    re.IGNORECASE,
)
_GIVEN = frozenset(
    """
    константин валентин мартин мартын вениамин севастьян марина ирина екатерина нина полина галина
    алина карина кристина регина арина валентина ангелина альбина сабина эльвина эвелина ян
    айгерим бегайым нурдин насирдин сирожиддин martin justin kevin robin benjamin colin edwin marina
    irina ekaterina nina polina galina alina karina kristina christina regina valentina valentin
    konstantin angelina albina sabina ian brian ryan evan ivan kristin austin darwin quentin
    """.split()  # noqa: SIM905 a list of 60 quoted words is not easier to read
)
_PARTICLES = frozenset(
    """
    de del della di da do dos du la le van von der den zu zur ten ter el al bin ibn ben ван фон де
    ди дер ибн аль эль
    """.split()  # noqa: SIM905 as above
)
_SUFFIXES = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|dr|мл|ст)\.?", re.IGNORECASE)


class Person(NamedTuple):
    """A surname and what is given besides: names, initials, patronymics, in their order."""

    surname: str
    given: str


def is_body(text: str) -> bool:
    """Whether a name is that of a body, and not of a person."""
    return _BODY.search(text) is not None


@lru_cache(maxsize=16384)
def person(text: str) -> Person | None:
    """The surname in one person's name; None for a body or a single word.

    Where neither a comma, initials, a patronymic nor an ending tells, the last word is taken, as
    Western names have it.
    """
    if is_body(text):
        return None
    before, comma, after = text.partition(",")
    if comma and after.strip() and not _SUFFIXES.fullmatch(after.strip()):
        return Person(before.strip(), after.strip())
    short = _SHORT.fullmatch(text)
    if short is not None:
        return Person(short[1] or short[4], short[2] or short[3])
    words = before.split()
    if len(words) < 2 or any(map(str.isdigit, before)):
        return None
    at = _surname(words)
    return Person(" ".join(words[at]), " ".join([*words[: at.start], *words[at.stop :]]))


def _surname(words: list[str]) -> slice:
    """Where the surname stands."""
    count = len(words)
    for at, word in enumerate(words):
        if at and _SON.fullmatch(word):  # "Асанов Нурлан Бакыт уулу", else it is the surname
            return slice(0, 1) if at == 3 else slice(at - 1, at + 1)
    if count == 3 and _PATRONYMIC.fullmatch(words[2]):
        return slice(0, 1)
    if count == 3 and _PATRONYMIC.fullmatch(words[1]):
        return slice(2, 3)
    likely = [at for at, word in enumerate(words) if _is_surname(word)]
    given = [at for at, word in enumerate(words) if word.lower() in _GIVEN]
    if count == 2 and not likely and len(given) == 1:
        likely = [1 - given[0]]
    if len(likely) == 1 and count <= 3:
        return slice(likely[0], likely[0] + 1)
    start = count - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return slice(start, count)


def _is_surname(word: str) -> bool:
    return bool(_SURNAME.fullmatch(word)) and word.lower() not in _GIVEN


def spaced(name: str) -> str:
    """``Айтматов Ч.Т.`` as ``Айтматов Ч. Т.``: a surname and initials in one shape."""
    if "." not in name or _SHORT.fullmatch(name) is None:
        return name
    return _STOPS.sub(r"\1 ", name)


@lru_cache(maxsize=8192)
def people(text: str) -> tuple[str, ...]:
    """The people in one statement: ``Иванов И.И., Петров П.П.`` is two, ``Smith, J., Roe, K.`` too.

    Divided is only what can mean nothing else; any other text is one name.
    """
    parts = [part for part in _DIVIDERS.split(text) if part]
    if len(parts) > 1 and all(map(_SHORT.fullmatch, parts)):
        return tuple(parts)
    surnames, initials = parts[::2], parts[1::2]
    if (
        len(parts) >= 4
        and len(parts) % 2 == 0
        and all(map(_LONE_INITIALS.fullmatch, initials))
        and not any(map(_LONE_INITIALS.fullmatch, surnames))
    ):
        return tuple(f"{one}, {two}" for one, two in zip(surnames, initials, strict=True))
    return (text,)


def without_others(text: str) -> tuple[str, ...]:
    """The names in a statement without ``et al.`` and addresses of e-mail.

    Names before ``et al.`` are divided at commas if each has a given name and a surname.
    """
    named = _MAIL.sub(" ", text).strip() if "@" in text else text
    others = _OTHERS.search(named)
    if others is None:
        return people(named)
    named = named[: others.start()].strip()
    parts = [part.strip() for part in named.split(",")]
    if len(parts) > 1 and all(len(part.split()) > 1 and not is_body(part) for part in parts):
        return tuple(parts)
    return people(named)


def names_somebody(text: str) -> bool:
    """Whether a statement can be a name at all: dates and addresses name nobody."""
    return any(map(str.isalpha, text)) and not re.fullmatch(r"\s*\w+://\S*\s*", text)
