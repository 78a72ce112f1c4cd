"""A work as an index takes it: analysed text, values to count and filter by, keys to sort by.

Pure, and the same for every engine. Names of values are the field table's; a text field has one
value for each of its forms (``content_a``), a sortable one has its sort keys (``sort_title``).
"""

import hashlib
import re
from collections.abc import Iterable
from itertools import islice

from aggregator.index.fields import FieldTable, Form
from aggregator.index.port import Document
from aggregator.language import (
    STOP_WORDS,
    Analysis,
    analyse,
    chain_a,
    collation_key,
    fold,
    tokens,
)
from aggregator.record import Record
from aggregator.works import Work

SENTINEL = "_"
"""A word in every text field of every work, which no text can hold: one engine counts all works
for its averages, the other those that have a field; so both count the same."""

FIRST_YEAR, LAST_YEAR = 1, 2100
"""Years outside are counted as the nearest of these, in works and in filters alike: a journal that
goes on to "9999" is not a value for each year till then, and counts still equal filters."""

LONGEST_KEYWORD = 8_000
"""Bytes of UTF-8 of one value: engines refuse or silently drop much longer ones."""

_MOST_VALUES = 500
"""Values of one keyword field: a record with more is broken, and must not slow every search."""

_LONGEST_TEXT = 200_000
"""Characters of a work's content that are searched."""

_LONGEST_HEADING = 100
"""Characters. What is longer is a sentence, and nobody is helped to type it."""

_BESIDE = "\x1f"
"""Between a heading's two forms; no text has it."""

_MOST_WORKS = 2**40

_CLASSIFICATIONS = frozenset({"UDC", "BBK", "GRNTI", "IPC", "DDC", "LCC"})
"""Schemes whose terms are codes: they are searched with the content, but tell a reader nothing
in a list of subjects."""


_SUBTITLE = re.compile(r"\s*[:/=]\s|\.\s")
"""What parts a title from its subtitle, or a catalogue's title from who is responsible."""

_SAFE_ID = re.compile("[0-9a-z]+")

Value = str | int | tuple[str, ...] | tuple[int, int]


def analyse_work(work: Work, number: int, table: FieldTable) -> Document:
    """``work``, as it stands at change ``number``, for any engine whose schema is ``table``'s."""
    record = work.record
    titles = [title.value for title in record.titles]
    title = analyse("\n".join(titles))
    rest = analyse("\n".join(_rest(record))[:_LONGEST_TEXT])
    parts = {
        "title": (title,),
        "creator": (analyse("\n".join(c.name for c in record.creators)),),
        "topic": (analyse("\n".join(s.term for s in record.subjects)),),
    }
    values: dict[str, Value] = {
        field.value(form): _text(form, parts.get(field.name, (title, rest)))
        for field in table.fields.values()
        for form in field.forms
    }
    values |= {
        "source": _keywords(work.sources),
        "type": _keywords((record.type,)),
        "language": _keywords(record.languages),
        "subject": _keywords(s.term for s in record.subjects if s.scheme not in _CLASSIFICATIONS),
        "access": _keywords((record.access,)),
        "identifier": _keywords(_identifiers(record)),
        "heading": _headings(record),
        "whole": whole_titles(record),
        "added": work.added,
    }
    years = year_range(record.issued.min, record.issued.max)
    if years:
        values["year"] = years
    values |= _sort_keys(work, titles[0] if titles else "", years)
    return Document(work.id, number, values)


def heading(text: str) -> str:
    """How a heading begins: its words, normalised. What people type is brought to the same."""
    return " ".join(token.text for token in tokens(text))


def whole_title(words: Iterable[str]) -> str:
    """A title or a query as one short value, by its words' stems: case, forms, stop words and
    ң ө ү do not count. "" for no words."""
    every = list(words)
    stems = [chain_a(fold(word)) for word in every if word not in STOP_WORDS] or every
    if not stems:
        return ""
    return hashlib.blake2b(" ".join(stems).encode(), digest_size=8).hexdigest()


def shown_heading(value: str) -> str:
    """A heading as it was written, from the value that the index holds."""
    return value.partition(_BESIDE)[2]


def year_range(first: int, last: int) -> tuple[int, int] | None:
    """The years a work counts for, brought into ``FIRST_YEAR`` … ``LAST_YEAR``; None if unknown."""
    if not first and not last:
        return None
    low, high = sorted((first or last, last or first))
    return clamped(low), clamped(high)


def clamped(year: int) -> int:
    """The year as it is indexed and filtered by."""
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _sort_keys(work: Work, title: str, years: tuple[int, int] | None) -> dict[str, str | int]:
    """Keys that ascend in the order wanted. No two works are equal in any of them: the title's ends
    in the id, the numbers in the ``added`` number (later ones first), which no two works share.

    An uncertain year never goes before a certain one: a work is as new as its first year, as old as
    its last. Works without a year come last either way. Numbers stay below 2**53.
    """
    first, last = years or (0, LAST_YEAR + 1)
    end = f"0{work.id}" if _SAFE_ID.fullmatch(work.id) else f"1{work.id.encode().hex()}"
    late = _MOST_WORKS - work.added
    return {
        "sort_title": collation_key(title) + end,
        "sort_newest": (LAST_YEAR - first) * _MOST_WORKS + late,
        "sort_oldest": last * _MOST_WORKS + late,
        "sort_added": late,
    }


def _rest(record: Record) -> Iterable[str]:
    """What a work is found by beside its titles."""
    yield from (abstract.value for abstract in record.abstracts)
    yield from (creator.name for creator in record.creators)
    yield from (subject.term for subject in record.subjects)
    yield record.container.title
    years = dict.fromkeys((record.issued.min, record.issued.max))
    yield " ".join(str(year) for year in years if year)


def _identifiers(record: Record) -> Iterable[str]:
    yield from (identifier.value.casefold() for identifier in record.identifiers)
    yield record.container.issn.casefold()


def whole_titles(record: Record) -> tuple[str, ...]:
    """Each title as `whole_title` gives it, and each that has a subtitle without it."""
    titles = [title.value for title in record.titles]
    parts = [part for title in titles for part in (title, _SUBTITLE.split(title, 1)[0])]
    found = (whole_title(_simple_words(part)) for part in dict.fromkeys(parts))
    return tuple(dict.fromkeys(value for value in islice(found, _MOST_VALUES) if value))


def _simple_words(text: str) -> list[str]:
    return [part.text for token in tokens(text) for part in token.parts or (token,)]


def _headings(record: Record) -> tuple[str, ...]:
    """People and subjects, each after its normalised form, by which its beginning is found."""
    names = [creator.name for creator in record.creators]
    terms = [s.term for s in record.subjects if s.scheme not in _CLASSIFICATIONS]
    shown = (" ".join(name.split()) for name in dict.fromkeys([*names, *terms]))
    kept = (name for name in shown if 0 < len(name) <= _LONGEST_HEADING)
    found = (heading(name) + _BESIDE + name for name in islice(kept, _MOST_VALUES))
    return tuple(value for value in found if not value.startswith(_BESIDE))


def _text(form: Form, parts: tuple[Analysis, ...]) -> str:
    texts = [getattr(part, form) for part in parts]
    return " ".join([SENTINEL, *filter(None, texts)])


def _keywords(values: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(" ".join(value.split()) for value in values)
    found.pop("", None)
    return tuple(_short(value) for value in islice(found, _MOST_VALUES))


def _short(value: str) -> str:
    if len(value) <= LONGEST_KEYWORD // 4:
        return value
    return value.encode()[:LONGEST_KEYWORD].decode(errors="ignore")
