"""Titles of journals for their issues. IRBIS keeps a title once, in the journal's own record
(worksheet J): its issues name only that record's cipher (933), year and number. Pure."""

from collections.abc import Callable, Iterable

from connectors import irbis_text, iso2709, marc_charset
from connectors.iso2709 import SUBFIELD
from connectors.marc_formats import MarcFormat, frame

Found = Iterable[tuple[bytes, MarcFormat]]

_NOTE = "the title of the journal was added from the journal's own record (field 461)"


class Journals:
    """The titles of all journals of a source, read when the first issue comes."""

    def __init__(self, records: Callable[[], Found]) -> None:
        self._records = records
        self._titles: dict[str, str] | None = None

    def completed(self, body: bytes, known: MarcFormat) -> tuple[bytes, tuple[str, ...]]:
        """``body`` with the title of its journal in 461 where it is an issue without one.

        It is IRBIS text then, whatever it was. MARC-8 and ISO 5426 are left alone: nothing here
        writes them, and no IRBIS does.
        """
        fields = _fields(body)
        code = _value(fields, b"933")
        if (
            known.charset in marc_charset.LATIN
            or not code
            or any(irbis_text.subfield(data, b"a") for tag, data in fields if tag == b"200")
        ):
            return body, ()
        if self._titles is None:
            self._titles = dict(filter(None, (_title(*one) for one in self._records())))
        title = self._titles.get(marc_charset.decode(code, known.charset))
        if title is None:
            return body, ()
        link = b"^C" + title.encode(known.charset, "replace") + b"^W" + code
        return irbis_text.written([*fields, (b"461", link)]), (_NOTE,)


def _title(body: bytes, known: MarcFormat) -> tuple[str, str] | None:
    """Cipher and title of a journal; None for every other record."""
    if known.dialect != "irbis":
        return None
    fields = _fields(body)
    if _value(fields, b"920").upper() != b"J":
        return None
    title = next((irbis_text.subfield(data, b"a") for tag, data in fields if tag == b"200"), b"")
    code = _value(fields, b"903")
    if not title or not code:
        return None
    return marc_charset.decode(code, known.charset), marc_charset.decode(title, known.charset)


def _fields(body: bytes) -> irbis_text.Fields:
    if frame(body) == "text":
        return irbis_text.fields(body)
    return [(tag, data.replace(SUBFIELD, irbis_text.MARK)) for tag, data in iso2709.fields(body)[1]]


def _value(fields: irbis_text.Fields, wanted: bytes) -> bytes:
    return next((data.strip() for tag, data in fields if tag == wanted), b"")
