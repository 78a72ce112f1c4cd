"""In which encoding an OAI-PMH page really is. Pure.

Pages declared as UTF-8 come in windows-1251, or in UTF-8 with a few foreign bytes; others say
ISO-8859-1 because a web server adds that to everything (HARVESTING cases 52 to 54).
"""

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

from aggregator.source import LOST_LETTERS
from connectors import cyrillic
from connectors.oai_mojibake import is_suspect, read_once

_DECLARED = re.compile(rb"<\?xml\b[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_HIGH = re.compile(rb"[\x80-\xff]+")

_CYRILLIC_CODECS = {"cp1251", "koi8-r", "koi8-u", "cp866", "cp855", "iso8859-5", "mac-cyrillic"}
_LATIN_CODECS = {"iso8859-1", "iso8859-15", "cp1252"}
_SINGLE_BYTE = _CYRILLIC_CODECS | _LATIN_CODECS
# Encodings in which the bytes of a tag can mean nothing but that tag. Others (UTF-7, ISO-2022)
# could hide a DTD from us that the parser would then see.
_PLAIN_CODEC = re.compile(
    r"utf-8|ascii|iso8859-|cp\d|koi8-|gb|big5|shift_jis|euc_|mac-|ptcp|kz1048"
)
WESTERN = "windows-1252"
_UTF8_LETTER = re.compile(rb"[\xd0-\xd3][\x80-\xbf]")
_UTF8_WORD = re.compile(rb"(?:[\xd0-\xd3][\x80-\xbf]){2,}")
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_SIGNS = re.compile(rb"[\x85\x91-\x97\x99\xa0\xa7\xa9\xab\xae\xb0\xbb]{1,3}")
"""Dashes, quotation marks and the like: the same in windows-1251 and windows-1252."""
_DASHES = re.compile(rb"[\x80-\x9f]")
_LONG_WORD = re.compile(rb"[\x80-\xff]{4}")
_MOST_RUNS = 200_000
_LONG = 100
_FEW = 3
_LIKELY = 0.2
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
            try:
                text = body.decode(name, "surrogatepass")
            except UnicodeDecodeError:
                text = body.decode(name, "replace")
            text = re.sub(r"^\ufeff?\s*<\?xml[^<>]*\?>", "", text, count=1)
            return text.lstrip("\ufeff").encode("utf-8", "surrogatepass")
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
    if claim == "iso8859-1":
        # Who says ISO-8859-1 means windows-1252, and has its dashes (WHATWG, Encoding §4.2).
        return WESTERN if _DASHES.search(body) else ""
    if claim in _CYRILLIC_CODECS:
        runs = list(islice(_HIGH.finditer(body), _SAMPLE))
        if not _LONG_WORD.search(body):
            return _vote(body, runs, (charset,))
        sample = _sample(runs)
        best = cyrillic.vote(sample)
        likely = cyrillic.likeness(sample, best)
        sure = likely > _LIKELY and likely - cyrillic.likeness(sample, claim) > _MARGIN
        return best if sure else ""
    return ""


def is_believed(name: str, body: bytes) -> bool:
    """Whether a page can be in the encoding it declares, whose Python name is ``name``: Western
    languages have no words of many letters beyond ASCII, Cyrillic ones have them everywhere."""
    return not (name in _LATIN_CODECS and _LONG_WORD.search(body))


def needs_reading(body: bytes, name: str) -> bool:
    """Whether letters of a page in the encoding ``name`` may be in another one all the same: then
    each of its records is looked at."""
    if codec(name) in _SINGLE_BYTE:
        return not is_believed(codec(name), body) or _UTF8_WORD.search(body) is not None
    return codec(name) == "utf-8" and is_suspect(body)


def _vote(body: bytes, runs: Sequence[re.Match[bytes]], claims: Sequence[str]) -> str:
    """The single-byte encoding in which some ``runs`` of high bytes look most like language; "" if
    in none.

    Cyrillic gives itself away by how often each letter comes; one or two high bytes inside
    Latin words mean a Western page, and the first Western one of ``claims`` is taken.
    """
    runs = runs[:_SAMPLE]
    if not runs:
        return ""
    western = sum(_in_latin_word(body, run) for run in runs)
    if 2 * western >= len(runs):
        return next((name for name in claims if codec(name) in _LATIN_CODECS), WESTERN)
    sample = _sample(runs)
    found = cyrillic.vote(sample)
    # Few letters prove nothing, and what looks like no language is damage.
    enough = len(sample) >= _FEW and cyrillic.likeness(sample, found) > _LIKELY
    return found if enough else ""


def _in_latin_word(body: bytes, run: re.Match[bytes]) -> bool:
    around = body[run.start() - 1 : run.start()] + body[run.end() : run.end() + 1]
    return run.end() - run.start() <= 2 and around.lower().strip(b" <>&;").isalpha()


def _sample(runs: Iterable[re.Match[bytes]]) -> bytes:
    return b" ".join(run.group()[:_LONG] for run in islice(runs, _SAMPLE))


@dataclass(frozen=True, slots=True)
class Charset:
    """How to read the bytes of one page.

    ``main`` is the encoding of all that can be read in it, but where that is UTF-8, runs of bytes
    that are not are read as ``stray`` (a record that has enough of them decides for itself);
    "" where nothing tells what they are. ``note`` names the repair of the page as a whole.
    ``obeyed``: the administrator's word, which no sign in the page outweighs.
    """

    main: str
    stray: str
    note: str = ""
    obeyed: bool = False

    @classmethod
    def of(cls, body: bytes, root_at: int, charset: str = "", encoding: str = "") -> Self:
        """Decide for a page: the administrator's word, else its claims if true, else a vote."""
        if encoding:
            return cls(encoding, encoding, obeyed=True)
        claim = declared(body, root_at)
        name = codec(claim)
        if name not in ("", "utf-8", "ascii") and is_believed(name, body):
            true = true_encoding(body, root_at, charset)
            return cls(true or claim, true or claim, read_as(true) if true else "")
        runs = list(islice(_HIGH.finditer(body), 10 * _SAMPLE))
        foreign = [run for run in runs if not _is_utf8(run.group())]
        stray = _vote(body, foreign, (claim, charset))
        if len(foreign) > _WHOLE_PAGE * len(runs):
            return cls("utf-8", stray or WESTERN, read_as(stray or WESTERN))
        return cls("utf-8", stray)

    def decode(self, part: bytes) -> tuple[str, tuple[str, ...]]:
        """``part`` (a record, or what stands around the records) as text, and the names of the
        repairs that took."""
        text, notes = self._read(part)
        if not self.obeyed and is_suspect(part) and (once := read_once(text)) != text:
            return once, (*notes, "letters encoded twice read once")
        return text, notes

    def _read(self, part: bytes) -> tuple[str, tuple[str, ...]]:
        name = codec(self.main)
        single = name in _SINGLE_BYTE
        if self.obeyed or (name != "utf-8" and not (single and _UTF8_WORD.search(part))):
            return self._plainly(part)
        try:
            return part.decode(), ()
        except UnicodeDecodeError:
            return self._run_by_run(part, single)

    def _plainly(self, part: bytes) -> tuple[str, tuple[str, ...]]:
        """``part`` in the one encoding of its page."""
        notes = (self.note,) if self.note else ()
        try:
            return part.decode(self.main), notes
        except UnicodeDecodeError:
            return part.decode(self.main, "replace"), (*notes, LOST_LETTERS)

    def _run_by_run(self, part: bytes, single: bool) -> tuple[str, tuple[str, ...]]:
        """``part`` where UTF-8 and another encoding are mixed."""
        runs = list(islice(_HIGH.finditer(part), _MOST_RUNS))
        foreign = [run for run in runs if not _is_utf8(run.group())]
        stray = self.main if single else _vote(part, foreign, (self.stray,)) or self.stray
        western = codec(stray) in _LATIN_CODECS
        mostly = single or len(foreign) > _WHOLE_PAGE * len(runs)
        if len(foreign) == _MOST_RUNS:
            return part.decode(stray or "utf-8", "replace"), (LOST_LETTERS,)
        notes: dict[str, None] = {}  # in order, each once

        def patch(run: re.Match[bytes]) -> bytes:
            word = run.group()
            if _is_utf8(word) and (not mostly or western or _UTF8_WORD.fullmatch(word)):
                return word
            if _HALVES.search(word) and (paired := _pairs(word)) is not None:
                notes["halves of a sign put together"] = None
                return paired
            if stray and not _in_good_word(word, mostly):
                as_page = self.note if stray == self.stray else ""
                notes[as_page or f"bytes that are not UTF-8 read as {stray}"] = None
                text = word.decode(stray, "replace")
                if "\ufffd" in text:
                    notes[LOST_LETTERS] = None
                return text.encode()
            at_end = part[run.end() : run.end() + 1] == b"<"
            if at_end and (whole := _without_half(word)) is not None:
                notes["half a letter at the end of a text left out"] = None
                return whole
            if _SIGNS.fullmatch(word):
                notes[f"bytes that are not UTF-8 read as {WESTERN}"] = None
                return word.decode(WESTERN).encode()
            # One damaged letter in a good word: the others must not become mojibake.
            notes[LOST_LETTERS] = None
            return word.decode("utf-8", "replace").encode()

        return _HIGH.sub(patch, part).decode(), tuple(notes)


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode()
    except UnicodeDecodeError:
        return False
    return True


def _in_good_word(word: bytes, cyrillic_only: bool) -> bool:
    """Whether most of a word that is not UTF-8 is all the same."""
    if cyrillic_only:
        return 4 * len(_UTF8_LETTER.findall(word)) >= len(word)
    return 2 * len(word.decode("utf-8", "ignore").encode()) >= len(word)


def _without_half(word: bytes) -> bytes | None:
    """A word that was cut inside its last letter, without the rest of that; None for any other."""
    try:
        word.decode()
    except UnicodeDecodeError as error:
        return word[: error.start] if error.reason == "unexpected end of data" else None
    return None


def _pairs(word: bytes) -> bytes | None:
    """A word whose rarer signs came as two halves in UTF-8 each (CESU-8), whole; else None."""
    try:
        halves = word.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass")
        return halves.decode("utf-16").encode()
    except UnicodeError:
        return None
