"""Rules at work: a Record as its source's overrides make it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from msgspec import structs

from aggregator.normalize import (
    access,
    dates,
    identifier,
    issn,
    languages,
    licence,
    name,
    name_and_role,
    resource_type,
    web_address,
)
from aggregator.overrides.places import BLANK, LABELS, LISTS, WORDS_OF, Said, fold, said_in, write
from aggregator.overrides.rules import Override, Overrides
from aggregator.pattern import Pattern
from aggregator.record import (
    ACCESS,
    RECORD_TYPES,
    Creator,
    Dates,
    Holding,
    Identifier,
    Link,
    Other,
    Record,
    Relation,
    Subject,
    Text,
    Title,
)


@dataclass(frozen=True, slots=True)
class _Ready:
    """One rule: folded words, compiled pattern."""

    key: str
    field: str
    kind: str
    take: tuple[str, ...]
    split: str
    pattern: Pattern | None
    words: Mapping[str, str]
    default: str

    @classmethod
    def of(cls, key: str, rule: Override) -> Self:
        field, _, kind = key.partition(".")
        pattern = Pattern(rule.regex) if rule.regex else None
        words = {fold(word): meant for word, meant in rule.map.items()}
        return cls(key, field, kind, rule.take, rule.split, pattern, words, rule.default or "")

    def apply(self, made: Record, record: Record, year: int, lost: list[Other]) -> Record:
        """``made`` with this place changed. What is taken comes from ``record``, as it was
        before all rules; texts put out are added to ``lost``."""
        if self.field in LISTS:
            return self._many(made, record, lost)
        if self.field in LABELS:
            return self._label(made, record)
        if self.field == "languages":
            return self._languages(made, record)
        if self.field == "issued":
            return self._issued(made, record, year, lost)
        return self._single(made, record, lost)

    # What is said, and what the rule makes of it.

    def _pieces(self, one: Said, own: bool) -> Iterator[tuple[str, bool]]:
        """The values in one text, and whether a word of the map was found: split, regex, map."""
        parts = one.text.split(self.split) if self.split else (one.text,)
        for part in parts:
            text = part.strip()
            if self.pattern is not None:
                found = self.pattern.found(text)
                if found is not None:
                    text = found
                elif not own:
                    continue
            if text:
                meant = self.words.get(fold(text))
                yield (text, False) if meant is None else (meant, True)

    def _taken(self, record: Record) -> Iterator[tuple[Said, bool]]:
        """What the rule takes, and whether it is the place's own."""
        for where in self.take or WORDS_OF.get(self.field, (self.key,)):
            for one in said_in(record, where):
                yield one, where == self.key or not self.take

    # One shape of field each.

    def _many(self, made: Record, record: Record, lost: list[Other]) -> Record:
        items = getattr(made, self.field)
        found: list[Any] = []
        if not self.take:
            for item in items:
                found += self._own(item, lost) if self._is_of_kind(item) else [item]
        else:
            new: list[Any] = []
            for one, own in self._taken(record):
                new += self._own(one.item, lost) if own else self._foreign(one)
            if new:
                left = [item for item in items if self._is_of_kind(item)]
                if self.key not in self.take:
                    lost += [self._other(item) for item in left if item not in new]
                found = [*(item for item in items if item not in left), *new]
            else:
                found = list(items)
        if self.default and not any(map(self._is_of_kind, found)):
            found += filter(None, [self._build(self.default, "", self.kind)])
        return structs.replace(made, **{self.field: tuple(dict.fromkeys(found))})

    def _is_of_kind(self, item: Any) -> bool:
        attribute = LISTS[self.field][1]
        return not self.kind or fold(getattr(item, attribute)) == fold(self.kind)

    def _own(self, item: Any, lost: list[Other]) -> list[Any]:
        """What an item becomes in its own place: it keeps what else it says."""
        attribute, kind = LISTS[self.field]
        text, lang = getattr(item, attribute), getattr(item, "lang", "")
        found: list[Any] = []
        pieces = [piece for piece, _ in self._pieces(Said(text, lang), own=True)]
        for piece in pieces:
            if piece == text:
                found.append(item)
            elif self.field == "identifiers":  # a cleaned one may be recognised at last
                found += filter(None, [identifier(piece, item.scheme) if piece else None])
            elif built := self._build(piece, lang, getattr(item, kind) if kind else ""):
                # Of several people in one statement nobody knows whose number it was.
                alone = {"orcid": ""} if self.field == "creators" and len(pieces) > 1 else {}
                found.append(
                    structs.replace(item, **{attribute: getattr(built, attribute)}, **alone)
                )
        if not found or "" in pieces:
            lost.append(self._other(item))
        return found

    def _foreign(self, one: Said) -> Iterator[Any]:
        for piece, _ in self._pieces(one, own=False):
            built = self._build(piece, one.lang, self.kind) if piece else None
            if built is not None:
                yield built

    def _other(self, item: Any) -> Other:
        attribute, kind = LISTS[self.field]
        named = getattr(item, kind) if kind else ""
        more = (name for name in item.__struct_fields__ if name not in (attribute, kind, "lang"))
        texts = (getattr(item, name) for name in (attribute, *more))
        return Other(
            f"{self.field}.{named}" if named else self.field,
            "; ".join(str(text) for text in texts if text),
            getattr(item, "lang", ""),
        )

    def _build(self, text: str, lang: str, kind: str) -> Any:
        """An item of the field that says ``text``; None where it cannot be one."""
        match self.field:
            case "titles":
                return Title(text, lang, kind or "main") if text else None  # type: ignore[arg-type]
            case "creators":
                person, role = (text, kind) if kind else name_and_role(text)
                return Creator(name(person), role or "aut", lang) if name(person) else None
            case "subjects":
                return Subject(text, kind, lang) if text else None
            case "identifiers":
                found = identifier(text, kind) if text else Identifier("", "")
                return found if found.value and kind in ("", found.scheme) else None
            case "links":
                address = web_address(text)
                return Link(address, kind or "landing") if address else None  # type: ignore[arg-type]
            case "holdings":
                return Holding(text) if text else None
            case "related":
                return Relation(kind or "IsRelatedTo", text) if text else None
            case _:
                return Text(text, lang) if text else None

    def _label(self, made: Record, record: Record) -> Record:
        """A type or a kind of access: the first that is understood. Where nothing is taken from
        elsewhere the crosswalk has read the words already, and only what changed counts."""
        known, read = (RECORD_TYPES, resource_type) if self.field == "type" else (ACCESS, access)
        unknown = LABELS[self.field]
        found = ""
        for one, own in self._taken(record):
            for text, mapped in self._pieces(one, own):
                label = text if text in known else read(text)
                counts = mapped or (label != unknown and (self.take or text != one.text))
                found = found or (label if counts else "")
        found = found or getattr(made, self.field)
        if found == unknown:
            found = self.default or unknown
        return structs.replace(made, **{self.field: found})

    def _languages(self, made: Record, record: Record) -> Record:
        found: list[str] = []
        for one, own in self._taken(record):
            for text, mapped in self._pieces(one, own):
                if mapped or text in made.languages:
                    found.append(text)
                elif self.take or text != one.text:
                    found += languages(text)
        if self.take and not found:
            found = list(made.languages)
        if self.default and not found:
            found = [self.default]
        return structs.replace(made, languages=tuple(dict.fromkeys(found)))

    def _issued(self, made: Record, record: Record, year: int, lost: list[Other]) -> Record:
        before = made.issued
        found: Dates | None = None
        put_out = False
        for one, own in self._taken(record):
            for text, mapped in self._pieces(one, own):
                put_out |= own and mapped and not text
                if own and text == one.text:
                    read = before if self.take else BLANK.issued
                else:
                    read = dates(text, year)
                if found is None and read.min:
                    found = read
        if found is None and self.default and (put_out or not before.min):
            found = dates(self.default, year)
        if found is None:
            found = BLANK.issued if put_out else before
        if before.text and before.text != found.text:
            lost.append(Other(self.key, before.text))
        return structs.replace(made, issued=found)

    def _single(self, made: Record, record: Record, lost: list[Other]) -> Record:
        before = [one.text for one in said_in(made, self.key)]
        found: list[str] = []
        put_out = False
        for one, own in self._taken(record):
            for text, _ in self._pieces(one, own):
                put_out |= own and not text
                value = self._value(text) or (text if own and text == one.text else "")
                found += [value] if value else []
        if self.take and not found:
            found = before
        moved = self.take and self.key not in self.take and found != before
        if not found or put_out or moved:
            lost += [Other(self.key, text) for text in before]
        if self.default and not found:
            found = [self.default]
        if self.key != "patent.ipc":
            lost += [Other(self.key, text) for text in found[1:]]
            found = found[:1]
        return write(made, self.field, self.kind, found)

    def _value(self, text: str) -> str:
        if self.key == "container.issn":
            return issn(text)
        return licence(text) or text if self.key == "licence" else text


class Plan:
    """The rules of a source made ready for many records."""

    def __init__(self, overrides: Overrides) -> None:
        self._rules = [_Ready.of(key, rule) for key, rule in overrides.rules().items()]

    def apply(self, record: Record, year: int) -> Record:
        """The record as the rules make it; ``year`` is the current one, a bound for dates."""
        made = record
        lost: list[Other] = []
        for rule in self._rules:
            made = rule.apply(made, record, year, lost)
        kept = [one for one in dict.fromkeys(lost) if one not in made.other]
        return structs.replace(made, other=(*made.other, *kept)) if kept else made


def apply(record: Record, overrides: Overrides, year: int) -> Record:
    """One record as ``overrides`` make it; `Plan` is for many."""
    return Plan(overrides).apply(record, year)
