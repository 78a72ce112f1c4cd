"""How people type what they know: titles without points, slips, names, pasted identifiers and
citations, Kyrgyz on whatever keyboard there is. Pure; what is random takes its chance."""

import random
import re
import unicodedata
from collections.abc import Iterator
from typing import get_args

import isbnlib

from aggregator.language import QUERY_STOP_WORDS, Scheme, is_cyrillic, transliterate
from aggregator.record import Record, main_title

_LONG = re.compile(r"\w{5,}")
_WORD = re.compile(r"[^\W\d_]{4,}")
_CYRILLIC, _LATIN = "абвгдеиклмнопрст", "abcdeghilmnoprst"
_LINE = 60

_APOSTROPHES = "'’ʼ`"


def title_of(record: Record) -> str:
    """The main title in one line."""
    title = main_title(record)
    return " ".join(title.value.split()) if title else ""


def plain(text: str) -> str:
    """Lower-case and without punctuation: apostrophes vanish, all else is a space."""
    kept = "".join(
        "" if sign in _APOSTROPHES
        else " " if unicodedata.category(sign)[0] in "PSC" else sign
        for sign in text.lower()
    )  # fmt: skip
    return " ".join(kept.split())


def with_slip(text: str, chance: random.Random) -> str:
    """One slip inside one word of five or more letters: a letter left out, swapped with the one
    before it, doubled, or another in its place; the same kinds and chances as the judged data's
    latency workload. "" where there is no such word."""
    words = list(_LONG.finditer(text))
    if not words:
        return ""
    slipped = text
    while slipped == text:
        word = chance.choice(words)
        letters = list(word[0])
        at = chance.randrange(1, len(letters) - 1)
        match chance.randrange(4):
            case 0:
                del letters[at]
            case 1:
                letters[at - 1], letters[at] = letters[at], letters[at - 1]
            case 2:
                letters.insert(at, letters[at])
            case _:
                letters[at] = chance.choice(_CYRILLIC if is_cyrillic(word[0]) else _LATIN)
        slipped = text[: word.start()] + "".join(letters) + text[word.end() :]
    return slipped


def surname(name: str) -> str:
    """What stands before the comma, else the last word; "" for what looks like a body."""
    before, comma, _ = name.partition(",")
    words = before.split() if comma else name.split()
    if not words or len(words) > 3:
        return ""
    return before.strip() if comma else words[-1]


def name_and_words(record: Record, chance: random.Random) -> str:
    """The first author's surname and two words of the title, in its order; "" without these."""
    people = [creator.name for creator in record.creators if creator.role == "aut"]
    known = surname(people[0]) if people else ""
    words = [w for w in _WORD.findall(title_of(record).lower()) if w not in QUERY_STOP_WORDS]
    words = [w for w in dict.fromkeys(words) if w != known.lower()]
    if not known or len(words) < 2:
        return ""
    first, second = sorted(chance.sample(range(len(words)), 2))
    return f"{known.lower()} {words[first]} {words[second]}"


def pasted_dois(doi: str) -> dict[str, str]:
    """A DOI in the forms people paste."""
    return {
        "bare": doi,
        "doi:": f"doi:{doi}",
        "doi: ": f"doi: {doi}",
        "DOI ": f"DOI {doi}",
        "DOI upper case": f"DOI: {doi.upper()}",
        "https://doi.org/": f"https://doi.org/{doi}",
        "http://dx.doi.org/": f"http://dx.doi.org/{doi}",
        "doi.org/": f"doi.org/{doi}",
        "bare, full stop": f"{doi}.",
        "https://doi.org/, full stop": f"https://doi.org/{doi}.",
    }


def pasted_isbns(isbn: str) -> dict[str, str]:
    """An ISBN-13 in the forms people paste; as ISBN-10 where it has one."""
    hyphens = isbnlib.mask(isbn) or f"{isbn[:3]}-{isbn[3]}-{isbn[4:8]}-{isbn[8:12]}-{isbn[12]}"
    forms = {
        "13": isbn,
        "13, hyphens": hyphens,
        "13, spaces": hyphens.replace("-", " "),
        "ISBN 13, hyphens": f"ISBN {hyphens}",
        "ISBN: 13": f"ISBN: {isbn}",
        "ISBN-13: 13, full stop": f"ISBN-13: {hyphens}.",
    }
    ten = isbnlib.to_isbn10(isbn)
    if ten:
        hyphens = isbnlib.mask(ten) or f"{ten[0]}-{ten[1:5]}-{ten[5:9]}-{ten[9]}"
        forms |= {
            "10": ten,
            "10, hyphens": hyphens,
            "10, spaces": hyphens.replace("-", " "),
            "ISBN 10, hyphens": f"ISBN {hyphens}",
            "ISBN-10: 10, full stop": f"ISBN-10: {ten}.",
        }
    return forms


# Citations


def citations(record: Record) -> dict[str, str]:
    """A work as lists of references have it; with what the record lacks left out."""
    return {
        "APA": _apa(record),
        "GOST": _gost(record),
        "numbered, over two lines": _pasted(record),
    }


def _people(record: Record) -> list[tuple[str, str]]:
    """Surnames with initials."""
    found = []
    for creator in record.creators[:3]:
        last = surname(creator.name) or creator.name
        given = creator.name.partition(",")[2] or creator.name.replace(last, "")
        found.append((last, " ".join(f"{word[0]}." for word in re.findall(r"[^\W\d_]+", given))))
    return found


def _year(record: Record) -> str:
    return str(record.issued.min) if record.issued.min else ""


def _doi(record: Record) -> str:
    return next((i.value for i in record.identifiers if i.scheme == "doi"), "")


def _publisher(record: Record) -> str:
    return record.publisher[0].value if record.publisher else ""


def _apa(record: Record) -> str:
    names = [", ".join(filter(None, name)) for name in _people(record)]
    authors = ", & ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
    where = record.container
    issue = f"{where.volume}({where.issue})" if where.issue else where.volume
    journal = ", ".join(filter(None, [where.title, issue, where.pages.replace("-", "–")]))
    year = f"({_year(record) or 'n.d.'})"
    doi = _doi(record)
    parts = [
        f"{authors} {year}.".strip(),
        f"{title_of(record)}.",
        f"{journal or _publisher(record)}.",
        f"https://doi.org/{doi}" if doi else "",
    ]
    return " ".join(part for part in parts if part not in ("", "."))


def _gost(record: Record) -> str:
    people = _people(record)
    cyrillic = is_cyrillic(title_of(record))
    volume, number, page = ("Т.", "№", "С.") if cyrillic else ("Vol.", "No.", "P.")
    where = record.container
    head = " ".join(people[0]) if people else ""
    after = ", ".join(f"{initials} {last}".strip() for last, initials in people)
    text = f"{head} {title_of(record)}".strip() + (f" / {after}" if after else "")
    if where.title:
        text += f" // {where.title}"
    places = [
        _publisher(record) if not where.title else "",
        _year(record),
        ", ".join(
            f"{label} {value}"
            for label, value in ((volume, where.volume), (number, where.issue))
            if value
        ),
        f"{page} {where.pages}" if where.pages else "",
    ]
    return ". – ".join(filter(None, [text, *places])) + "."


def _pasted(record: Record) -> str:
    """Numbered, in the way of medicine's journals, broken at the end of a line."""
    people = ", ".join(f"{last} {initials.replace('. ', '').replace('.', '')}".strip()
                       for last, initials in _people(record))  # fmt: skip
    where = record.container
    place = f"{where.title or _publisher(record)}. {_year(record)}".strip(". ")
    if where.volume:
        place += f";{where.volume}" + (f"({where.issue})" if where.issue else "")
    if where.pages:
        place += f":{where.pages}"
    text = f"[12] {people}. {title_of(record)}. {place}."
    cut = text.rfind(" ", 0, _LINE)
    return text if cut < 0 else text[:cut] + "\n" + text[cut + 1 :]


# Kyrgyz

_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё" + "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~'
_KEYS = str.maketrans(
    _CYRILLIC_KEYS + "ңөүҢӨҮ" + '.,:;"?№', _LATIN_KEYS + "yjeYJE" + "/?^$@&#", "«»"
)
"""Russian and Kyrgyz layouts by the keys of the US one. ң, ө and ү are typed with AltGr on the
keys of н, о and у (Windows and Linux alike), which the US layout does not know; « and » are on no
key."""

_PLAIN = str.maketrans("ңөүҢӨҮ", "ноуНОУ")


def folded(text: str) -> str:
    """As typed where ң, ө and ү are not to be had."""
    return text.translate(_PLAIN)


def on_latin_keys(text: str) -> str:
    """Cyrillic as it comes out when the keyboard is switched to Latin."""
    return text.translate(_KEYS)


AS_IT_IS, FOLDED = "as it is", "н, о, у for ң, ө, ү"
IN_CYRILLIC = (AS_IT_IS, FOLDED)
"""The ways of typing that need no suggestion to be found."""


def kyrgyz(title: str) -> Iterator[tuple[str, str]]:
    """Each way of typing a Kyrgyz title, with its name."""
    yield AS_IT_IS, title
    yield FOLDED, folded(title)
    yield "keyboard switched to Latin", on_latin_keys(title)
    for scheme in get_args(Scheme):
        yield f"in Latin letters, {scheme}", transliterate(title, scheme)
