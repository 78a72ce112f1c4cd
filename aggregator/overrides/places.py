"""Places of a Record: their names in YAML, what stands there, and how a text is put there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from msgspec import structs

from aggregator.normalize import clean
from aggregator.record import Container, Dates, Patent, Project, Record, Thesis
from aggregator.wording import say
from aggregator.yamlmodel import instead, nearest

LISTS = {
    "titles": ("value", "kind"), "creators": ("name", "role"), "abstracts": ("value", ""),
    "contents": ("value", ""), "subjects": ("term", "scheme"), "publisher": ("value", ""),
    "notes": ("value", ""), "identifiers": ("value", "scheme"), "links": ("url", "kind"),
    "holdings": ("library", ""), "rights": ("value", ""), "related": ("value", "kind"),
    "other": ("text", "label"),
}  # fmt: skip
"""Field -> what an item of it says, and what tells its kind ("" where there is none)."""

_PARTS: Mapping[str, Any] = {
    "container": Container, "thesis": Thesis, "patent": Patent, "project": Project,
}  # fmt: skip
_SINGLE = ("edition", "series", "part", "extent", "licence", "level")
LABELS = {"type": "other", "access": "unknown"}
"""Field with a label of Ilim's -> the label for what is not known."""

_KINDS = {
    "titles": get_args(Literal["main", "alternative", "parallel"]),
    "links": ("fulltext", "landing", "thumbnail"),
}
"""Fields whose kinds are all known; those of other lists are the partner's to name."""

WORDS_OF = {
    "type": ("other.type", "type"),
    "languages": ("languages", "other.language"),
    "access": ("other.rights", "rights", "access"),
}
"""Where the source's own words are, for fields that hold labels and codes of Ilim's."""

_PLAIN = ("type", "access", "languages", "issued", *_SINGLE, *LISTS)


def place(text: str) -> str:
    """``text``, if it names a place of a Record to take from: ``subjects``, ``container.issn``,
    ``subjects.UDC``, ``other.LABEL``. Raises ValueError with the nearest one."""
    field, dot, part = text.partition(".")
    known: Sequence[str] = _PLAIN
    if field in _PARTS:
        known = [f"{field}.{one}" for one in _PARTS[field].__struct_fields__]
    elif dot and field in _KINDS:
        known = [f"{field}.{one}" for one in _KINDS[field]]
    elif (dot and part.strip() and field in LISTS and LISTS[field][1]) or text in _PLAIN:
        return text
    if text in known:
        return text
    every = [
        *_PLAIN,
        *(f"{one}.{part}" for one in _PARTS for part in _PARTS[one].__struct_fields__),
    ]
    near = nearest(text, known) or nearest(text, every)
    if near is None and dot:
        near = nearest(field, [*LISTS, *_PARTS])
    hint = instead(near, every)
    raise ValueError(
        say("found '{word}', which is no place of a record; {hint}", word=text, hint=hint)
    )


BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text, its language, and the item of the list it stood in, if it is the place's own."""

    text: str
    lang: str = ""
    item: Any = None


def fold(text: str) -> str:
    """A partner's word as it is compared: cleaned, upper and lower case alike."""
    return clean(text).casefold()


def said_in(record: Record, where: str) -> Iterator[Said]:
    """What a place says."""
    field, _, part = where.partition(".")
    value = getattr(record, field)
    if field in LISTS:
        attribute, kind = LISTS[field]
        for item in value:
            if not part or _is_called(getattr(item, kind), part, field):
                yield Said(getattr(item, attribute), getattr(item, "lang", ""), item)
        return
    if field in _PARTS and value is not None:
        value = getattr(value, part)
    texts: Iterable[str]
    if isinstance(value, Dates):
        texts = (value.text or str(value.min or ""),)
    else:
        texts = (value,) if isinstance(value, str) else value or ()
    yield from (Said(text) for text in texts if text)


def _is_called(kind: str, part: str, field: str) -> bool:
    """Whether an item is of the kind asked for; a label also by what follows its colon, so that
    ``other.date`` finds "dc:date"."""
    folded, wanted = fold(kind), fold(part)
    return folded == wanted or (field == "other" and folded.rpartition(":")[2] == wanted)


def write(record: Record, field: str, part: str, values: Sequence[str]) -> Record:
    """``record`` with these texts in a place that holds one text (``patent.ipc`` holds several)."""
    new: Any = values[0] if values else ""
    if part == "ipc":
        new = tuple(dict.fromkeys(values))
    if not part:
        return structs.replace(record, **{field: new})
    inner = getattr(record, field)
    if (not new and inner is None) or (inner is not None and getattr(inner, part) == new):
        return record
    inner = structs.replace(inner or _PARTS[field](), **{part: new})
    if inner == getattr(BLANK, field):
        inner = getattr(BLANK, field)
    return structs.replace(record, **{field: inner})
