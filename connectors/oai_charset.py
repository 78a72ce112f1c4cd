"""In which encoding an OAI-PMH page really is. Pure.

Pages declared as UTF-8 come in windows-1251, or in UTF-8 with a few foreign bytes; others say
ISO-8859-1 because a web server adds that to everything (HARVESTING cases 52 to 54).
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

from connectors import cyrillic

_DECLARED = re.compile(rb"<\?xml\b[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_HIGH = re.compile(rb"[\x80-\xff]+")

_CYRILLIC_CODECS = {"cp1251", "koi8-r", "koi8-u", "cp866", "cp855", "iso8859-5", "mac-cyrillic"}
_LATIN_CODECS = {"iso8859-1", "iso8859-15", "cp1252"}
# Encodings in which the bytes of a tag can mean nothing but that tag. Others (UTF-7, ISO-2022)
# could hide a DTD from us that the parser would then see.
_PLAIN_CODEC = re.compile(
    r"utf-8|ascii|iso8859-|cp\d|koi8-|gb|big5|shift_jis|euc_|mac-|ptcp|kz1048"
)
_WHOLE_PAGE = 0.3
_SAMPLE = 20_000
_MARGIN = 0.2


def as_ascii_superset(body: bytes) -> bytes:
    """UTF-16 and UTF-32 as UTF-8; everything else as it is, so that tags can be seen in it."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (b"<\x00?\x00", "utf-16-le"),
        (b"\x00<\x00?", "utf-16-be"),
    ):
        if body.startswith(mark):
            text = body.decode(name, "replace").lstrip("\ufeff")
            return re.sub(r"^\s*<\?xml[^<>]*\?>", "", text, count=1).encode("utf-8", "replace")
    return body


def declared(body: bytes, root_at: int) -> str:
    """The encoding that the XML declaration names, in lower case; "" if none."""
    found = _DECLARED.search(body, 0, root_at)
    return found.group(1).decode("ascii").lower() if found else ""


def codec(name: str) -> str:
    """Python's name of an encoding in which tags look as in ASCII; "" for any other."""
    try:
        found = codecs.lookup(name).name
        plain = b"<a>".decode(name) == "<a>"
    except (LookupError, ValueError):
        return ""
    return found if plain and _PLAIN_CODEC.match(found) else ""


def read_as(name: str) -> str:
    """The name of the repair "read in another encoding than it claims"."""
    return f"read as {name}, not as declared"


def true_encoding(body: bytes, root_at: int, charset: str) -> str:
    """The encoding of a page whose declaration lies, "" where there is no sign of that.

    UTF-8 proves itself when the page is parsed; only other declarations are doubted here.
    ``charset`` is the claim of the HTTP header.
    """
    claim = codec(declared(body, root_at))
    if claim in ("", "utf-8", "ascii") or not _HIGH.search(body):
        return ""
    if _is_utf8(body):
        return "utf-8"
    if claim in _LATIN_CODECS:
        voted = _vote(body, (claim, charset))
        return voted if voted in cyrillic.ENCODINGS else ""
    if claim in _CYRILLIC_CODECS:
        sample = _sample(_HIGH.finditer(body))
        best = cyrillic.vote(sample)
        better = cyrillic.likeness(sample, best) - cyrillic.likeness(sample, claim)
        return best if better > _MARGIN else ""
    return ""


def _vote(body: bytes, claims: Sequence[str], *, only_bad: bool = False) -> str:
    """The single-byte encoding in which the high bytes of ``body`` look most like language.

    Cyrillic gives itself away by how often each letter comes; one or two high bytes inside
    Latin words mean a Western page, and the first Western one of ``claims`` is taken.
    ``only_bad`` looks only at what is not UTF-8.
    """
    found = (run for run in _HIGH.finditer(body) if not (only_bad and _is_utf8(run.group())))
    runs = list(islice(found, _SAMPLE))
    western = sum(_in_latin_word(body, run) for run in runs)
    if 2 * western >= len(runs):
        return next((name for name in claims if codec(name) in _LATIN_CODECS), "windows-1252")
    return cyrillic.vote(_sample(iter(runs)))


def _in_latin_word(body: bytes, run: re.Match[bytes]) -> bool:
    around = body[run.start() - 1 : run.start()] + body[run.end() : run.end() + 1]
    return run.end() - run.start() <= 2 and around.lower().strip(b" <>&;").isalpha()


def _sample(runs: Iterator[re.Match[bytes]]) -> bytes:
    return b" ".join(run.group() for run in islice(runs, _SAMPLE))


@dataclass(frozen=True, slots=True)
class Charset:
    """How to read the bytes of one page: ``main`` for all, ``stray`` for runs that do not fit."""

    main: str
    stray: str
    note: str = ""

    @classmethod
    def of(cls, body: bytes, root_at: int, charset: str = "", encoding: str = "") -> Self:
        """Decide for a page: the administrator's word, else its claims if true, else a vote."""
        if encoding:
            return cls(encoding, encoding)
        claim = declared(body, root_at)
        if codec(claim) not in ("", "utf-8", "ascii"):
            true = true_encoding(body, root_at, charset)
            return cls(true or claim, true or claim, read_as(true) if true else "")
        runs = bad = 0
        for run in islice(_HIGH.finditer(body), 10 * _SAMPLE):
            runs += 1
            bad += not _is_utf8(run.group())
        if bad > _WHOLE_PAGE * runs:
            name = _vote(body, (charset,))
            return cls(name, name, read_as(name))
        return cls("utf-8", _vote(body, (charset,), only_bad=True) if bad else "windows-1251")

    def decode(self, part: bytes) -> tuple[str, tuple[str, ...]]:
        """``part`` as text, and the names of the repairs that took."""
        notes = [self.note] if self.note else []
        try:
            return part.decode(self.main), tuple(notes)
        except UnicodeDecodeError:
            pass
        if codec(self.main) != "utf-8":
            notes.append(f"bytes that are not {self.main} marked as lost")
            return part.decode(self.main, "replace"), tuple(notes)

        def patch(run: re.Match[bytes]) -> bytes:
            word = run.group()
            if _is_utf8(word):
                return word
            if 2 * len(word.decode("utf-8", "ignore").encode()) >= len(word):
                # One damaged letter in a good word: the others must not become mojibake.
                notes.append("damaged letters marked as lost")
                return word.decode("utf-8", "replace").encode()
            notes.append(f"bytes that are not UTF-8 read as {self.stray}")
            return word.decode(self.stray, "replace").encode()

        return _HIGH.sub(patch, part).decode(), tuple(dict.fromkeys(notes))


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode()
    except UnicodeDecodeError:
        return False
    return True
