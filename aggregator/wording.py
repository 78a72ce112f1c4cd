"""Sentences for people in the reader's language: Kyrgyz, Russian, or English as in the code.

The language is the environment's, as gettext reads it; no locale need be installed. Texts are in
``locale/<language>/LC_MESSAGES/ilim.po``: `make messages` collects, `make install` compiles them.
"""

import gettext
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path

DOMAIN = "ilim"
LOCALE = Path(__file__).parent / "locale"

_PLACE = re.compile(r"\{([a-z_]+)\}")
_ENGLISH = "en"
_TRANSLATED = ("ky", "ru")
_AS_PEOPLE_WRITE = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})
"""From Python's digits to Kyrgyz and Russian ones: 1,234.5 is 1 234,5."""


def language() -> str:
    """The reader's language: "ky", "ru" or "en".

    The first of LANGUAGE (a list of wishes), LC_ALL, LC_MESSAGES and LANG that is set decides; but
    where the locale is C, LANGUAGE says nothing (the rules of GNU gettext).
    """
    get = os.environ.get
    return _spoken.get() or _chosen(
        get("LC_ALL") or get("LC_MESSAGES") or get("LANG") or "", get("LANGUAGE") or ""
    )


_spoken: ContextVar[str] = ContextVar("language", default="")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the block sentences are said in ``code`` ("ky", "ru" or "en"), whoever runs it: what
    is written for somebody else."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


@lru_cache(maxsize=64)
def _chosen(locale: str, wishes: str) -> str:
    for wish in (locale if locale in ("C", "POSIX") or not wishes else wishes).split(":"):
        code = re.split(r"[_.@-]", wish.strip().lower())[0]
        if code in (*_TRANSLATED, _ENGLISH):
            return code
    return _ENGLISH


def say(text: str, /, **values: object) -> str:
    """``text`` in the reader's language, with each ``{name}`` replaced by its value.

    A value is put in as it is: braces in it mean nothing. An int or float is written as the
    language writes numbers; give a number that counts nothing (a port, a year) as a str.
    """
    code = language()
    return fill(text, _catalogue(code).gettext(text), code, values) if text else ""


def say_many(one: str, many: str, number: int, /, **values: object) -> str:
    """The same for ``number`` things, which is put in as ``{number}``; ``one`` and ``many`` are the
    English forms, other languages have theirs."""
    code = language()
    translated = _catalogue(code).ngettext(one, many, number)
    return fill(one if number == 1 else many, translated, code, values | {"number": number})


def number(value: float) -> str:
    """A number as the reader's language writes it; a float with one digit after the point."""
    return _written(value, language())


def later(text: str) -> str:
    """Marks an English sentence in a table for translation, and leaves it as it is: whoever shows
    it calls `say`."""
    return text


_SYSTEM = (
    later("Connection refused"),
    later("Connection reset by peer"),
    later("Connection timed out"),
    later("Directory not empty"),
    later("Disk quota exceeded"),
    later("File exists"),
    later("File name too long"),
    later("Host is unreachable"),
    later("Input/output error"),
    later("Is a directory"),
    later("Name or service not known"),
    later("Network is unreachable"),
    later("No address associated with hostname"),
    later("No route to host"),
    later("No space left on device"),
    later("No such file or directory"),
    later("Not a directory"),
    later("Operation not permitted"),
    later("Permission denied"),
    later("Read-only file system"),
    later("Temporary failure in name resolution"),
    later("Too many levels of symbolic links"),
    later("Too many open files"),
)


def reason(error: OSError) -> str:
    """What the operating system says of an error, without a full stop."""
    if isinstance(error, socket.gaierror) or not error.errno:
        return say(error.strerror or "") or str(error)
    return say(os.strerror(error.errno))  # asyncio's own words are about calls and tuples


def day(at: date) -> str:
    """A date in figures."""
    return at.strftime(say("%Y-%m-%d"))


def moment(at: datetime) -> str:
    """A date and time in figures."""
    return f"{day(at)} {at:%H:%M}"


def fill(text: str, translated: str, code: str, values: dict[str, object]) -> str:
    """``text`` in the words of ``translated`` with its values in place, written as ``code`` does. A
    translation that has other places than the sentence itself is not used."""
    if translated != text and set(_PLACE.findall(translated)) != set(_PLACE.findall(text)):
        translated, code = text, _ENGLISH

    def value(place: re.Match[str]) -> str:
        return _written(values[place[1]], code) if place[1] in values else place[0]

    return _PLACE.sub(value, translated)


def _written(value: object, code: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    digits = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return digits if code == _ENGLISH else digits.translate(_AS_PEOPLE_WRITE)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """What was compiled for a language; nothing for English, and where nothing was compiled."""
    try:
        with (LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except OSError:
        return gettext.NullTranslations()
