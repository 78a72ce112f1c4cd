"""Checking a YAML file against a pydantic model, and saying what is wrong in plain words.

What a scalar means is decided by the model, not by YAML's guesses: it reaches the model as the
text that was typed. So ``no`` is Norwegian where a language is wanted and false where a switch
is, and ``007`` keeps its zeros.
"""

import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, BeforeValidator, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import OSA

from aggregator.wording import later, say
from aggregator.yamlfile import Document, Location, Mistake, dotted, entries, find, is_empty

M = TypeVar("M", bound=BaseModel)


class Surroundings(NamedTuple):
    """What a value may refer to: paths start at ``folder``, ``${NAME}`` is looked up in ``env``."""

    folder: Path
    env: Mapping[str, str]


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that ``word`` was most likely meant to be, or None when none is near."""
    known = list(choices)
    found = process.extractOne(
        word,
        known,
        scorer=OSA.normalized_similarity,
        processor=lambda text: _latin(text).casefold().replace("-", "_"),
        score_cutoff=0.6,
    )
    return found[0] if found else None


def instead(near: str | None, allowed: Iterable[str]) -> str:
    """What to write: the nearest word, else all there are."""
    if near:
        return say("did you mean '{word}'?", word=near)
    return say("allowed: {words}", words=", ".join(allowed))


def no_pattern(text: str, at: int) -> str:
    """What to say of a text that is no regular expression, as its character ``at`` shows."""
    place = str(at + 1)
    return say(
        "found '{word}', which is no regular expression: see its character {place}",
        word=text,
        place=place,
    )


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


ONE_OR_MORE = BeforeValidator(_several, json_schema_input_type=str | tuple[str, ...])
"""For a tuple of texts: a single one may be written without the form of a list."""


def check(
    document: Document, model: type[M], around: Surroundings, mistakes: list[Mistake]
) -> M | None:
    """``document`` as ``model``; on any mistake add to ``mistakes`` and return None.

    A key of type ``Path`` is resolved from ``around.folder``. A key of type ``SecretStr`` must be
    written as ``${NAME}`` and is taken from ``around.env``.
    """
    builder = _Builder(document, around)
    data = builder.value(document.root, [model], ())
    found = builder.mistakes
    reported = {mistake.path for mistake in found}
    result = None
    try:
        result = model.model_validate(data)
    except ValidationError as error:
        told = (details for details in error.errors() if not _follows(details))
        wrong = (_explain(document, model, details) for details in told)
        found += [m for m in _united(wrong) if m.path not in reported]
    mistakes += sorted(found)
    return None if found else result


class _Builder:
    """Turns nodes into what pydantic reads, guided by the model's annotations."""

    def __init__(self, document: Document, around: Surroundings) -> None:
        self.document = document
        self.around = around
        self.mistakes: list[Mistake] = []

    def value(self, node: yaml.Node, shapes: Sequence[Any], location: Location) -> object:
        if isinstance(node, yaml.MappingNode):
            return {
                key: self.value(child, _inside(shapes, key), (*location, key))
                for key, child in entries(node)
            }
        if isinstance(node, yaml.SequenceNode):
            items = _items(shapes)
            return [self.value(n, items, (*location, i)) for i, n in enumerate(node.value)]
        if is_empty(node):
            return None
        text = str(node.value)
        if SecretStr in shapes:
            return self._secret(text, location)
        return self.around.folder / text if Path in shapes else text

    def _secret(self, text: str, location: Location) -> str:
        names = re.findall(r"\$\{(\w+)\}", text)
        if not names:
            advice = say("a secret must not be written here; write ${NAME} and set that variable")
            self.mistakes.append(self.document.mistake(location, advice))
        for name in names:
            if not self.around.env.get(name):
                advice = say("the environment variable {name} is not set", name=name)
                self.mistakes.append(self.document.mistake(location, advice))
        return re.sub(r"\$\{(\w+)\}", lambda match: self.around.env.get(match[1], ""), text)


def _shapes(annotation: Any) -> list[Any]:
    """The alternatives of a union, without ``Annotated`` and ``None``."""
    if get_origin(annotation) is Annotated:
        return _shapes(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return [shape for part in get_args(annotation) for shape in _shapes(part)]
    return [] if annotation is type(None) else [annotation]


def _fields(shapes: Sequence[Any]) -> dict[str, FieldInfo]:
    """Key -> field for the models among ``shapes``."""
    return {
        field.alias or name: field
        for shape in shapes
        if isinstance(shape, type) and issubclass(shape, BaseModel)
        for name, field in shape.model_fields.items()
    }


def _inside(shapes: Sequence[Any], key: str) -> list[Any]:
    field = _fields(shapes).get(key)
    found = _shapes(field.annotation) if field else []
    for shape in shapes:
        if get_origin(shape) in {dict, Mapping}:
            found += _shapes(get_args(shape)[1])
    return found


def _items(shapes: Sequence[Any]) -> list[Any]:
    lists = (s for s in shapes if get_origin(s) in {list, tuple, set, frozenset, Sequence})
    return [shape for s in lists for part in get_args(s) for shape in _shapes(part)]


def _shapes_at(model: type[BaseModel], location: Location) -> list[Any]:
    shapes: list[Any] = [model]
    for part in location:
        shapes = _items(shapes) if isinstance(part, int) else _inside(shapes, part)
    return shapes


# --- saying it in plain words ------------------------------------------------------------------


class _Wrong(NamedTuple):
    """``wanted`` is apart, so that the branches of a union can be named in one sentence; the
    mistake's text is then what was found."""

    mistake: Mistake
    wanted: str = ""


_WANTED = {
    "string": later("text"),
    "int": later("a whole number"),
    "float": later("a number"),
    "finite": later("a number"),
    "decimal": later("a number"),
    "bool": later("true or false"),
    "list": later("a list (each item on a line of its own, after '- ')"),
    "tuple": later("a list (each item on a line of its own, after '- ')"),
    "set": later("a list (each item on a line of its own, after '- ')"),
    "dict": later("lines 'key: value', indented"),
    "date": later("a date like 2024-05-31"),
    "datetime": later("a time like 2024-05-31T12:00:00Z"),
    "path": later("the path of a file or folder"),
    "url": later("an address that begins with http:// or https://"),
}
"""Pydantic's errors, by the first word of their type -> what it wants."""

_LIMITS = {
    "greater_than_equal": ("ge", later("at least {limit}")),
    "greater_than": ("gt", later("more than {limit}")),
    "less_than_equal": ("le", later("at most {limit}")),
    "less_than": ("lt", later("less than {limit}")),
    "string_too_short": ("min_length", later("{limit} or more characters long")),
    "string_too_long": ("max_length", later("{limit} or fewer characters long")),
    "too_short": ("min_length", later("a list of {limit} or more")),
    "too_long": ("max_length", later("a list of {limit} or fewer")),
}


def _follows(details: ErrorDetails) -> bool:
    """Whether a list is called too short only because items in it are wrong, which is told too."""
    if details["type"] != "too_short" or not isinstance(details["input"], list | tuple):
        return False
    return len(details["input"]) >= int(details["ctx"]["min_length"])


def _explain(document: Document, model: type[BaseModel], details: ErrorDetails) -> _Wrong:
    kind, context = details["type"], details.get("ctx", {})
    line, location = find(document.root, details["loc"])
    name = str(details["loc"][-1]) if details["loc"] else ""

    def mistake(text: str, where: Location = location) -> Mistake:
        return Mistake(str(document.file), line, dotted(where), text)

    if kind == "missing":
        return _Wrong(mistake(say("this key is missing"), (*location, name)))
    shapes = _shapes_at(model, location)
    if kind == "extra_forbidden":
        return _Wrong(mistake(_unknown(model, location, name)))
    if kind in {"value_error", "assertion_error"}:
        return _Wrong(mistake(str(context.get("error", details["msg"]))))
    found = say("a secret") if SecretStr in shapes else _found(details["input"])
    if kind in {"literal_error", "enum"}:
        allowed = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        hint = instead(nearest(str(details["input"]), allowed), allowed)
        return _Wrong(mistake(say("found {found}; {hint}", found=found, hint=hint)))
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        limit = context[key]
        wanted = say(words, limit=f"{limit:g}" if isinstance(limit, float) else limit)
    elif kind == "string_pattern_mismatch":
        field = _fields(_shapes_at(model, location[:-1])).get(name)
        described = field.description if field else ""
        pattern = str(context["pattern"])
        wanted = say(described or "") or say("text of the form {pattern}", pattern=pattern)
    elif kind.startswith("model"):
        keys = ", ".join(_fields(shapes))
        wanted = say("lines 'key: value', indented, with the keys {keys}", keys=keys)
    else:
        wanted = say(_WANTED.get(kind.split("_")[0], ""))
    if not wanted:
        return _Wrong(mistake(say("found {found}, which does not fit here", found=found)))
    if details["input"] is None:
        found = say("nothing after the colon")
    return _Wrong(mistake(found), wanted)


def _united(wrongs: Iterable[_Wrong]) -> list[Mistake]:
    """One mistake for each place: the branches of a union are joined by "or"."""
    places: dict[Mistake, list[str]] = {}
    for wrong in wrongs:
        wanted = places.setdefault(wrong.mistake, [])
        if wrong.wanted not in wanted:
            wanted.append(wrong.wanted)
    return [
        replace(m, text=_sentence(m.text, wanted)) if any(wanted) else m
        for m, wanted in places.items()
    ]


def _sentence(found: str, wanted: Sequence[str]) -> str:
    either = f" {say('or')} ".join(wanted)
    return say("found {found}; it must be {wanted}", found=found, wanted=either)


def _found(value: object) -> str:
    if isinstance(value, dict):
        return say("lines 'key: value'")
    if isinstance(value, list | tuple):
        return say("a list")
    shown = re.sub(r"//[^/\s]*@", "//…@", str(value))  # an address may hold a password
    text = say("nothing") if value is None else f"'{shown}'"
    return text if len(text) <= 60 else f"{text[:57]}…'"


def _unknown(model: type[BaseModel], location: Location, name: str) -> str:
    allowed = _fields(_shapes_at(model, location[:-1]))
    near = nearest(name, allowed)
    if near is None:
        wanted = _latin(name).casefold()
        places = [dotted((*path, key)) for path, key in _all_keys([model], ()) if key == wanted]
        near = places[0] if len(places) == 1 else None
    return f"{say('there is no such key')}{_strange(name)}; {instead(near, allowed)}"


def _all_keys(shapes: Sequence[Any], path: Location) -> Iterator[tuple[Location, str]]:
    for key, field in _fields(shapes).items():
        yield path, key
        yield from _all_keys(_shapes(field.annotation), (*path, key))


_LOOK_ALIKES = str.maketrans("аеорсухіАВЕКМНОРСТХ", "aeopcyxiABEKMHOPCTX")  # Cyrillic -> Latin


def _latin(word: str) -> str:
    """Undo what a Cyrillic keyboard or a copied web page does to a key, unseen by the eye."""
    return word.translate(_LOOK_ALIKES).replace("\u00a0", "").replace("\u200b", "").strip()


def _strange(name: str) -> str:
    if "\u00a0" in name or "\u200b" in name:
        return f" ({say('it has an invisible space in it')})"
    if _latin(name) != name and re.search("[a-zA-Z]", name):
        return f" ({say('some of its letters are Cyrillic')})"
    return ""
