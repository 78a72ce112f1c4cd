"""YAML files that people write, read with the line of every key.

Nothing here ends at the first mistake: each is added to a list, so that a librarian corrects a
file once. `aggregator.yamlmodel` checks what was read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aggregator.wording import later, reason, say

LARGEST_FILE = 1_000_000
"""Bytes. A file that people write stays far below it."""

_OVERLOOKED = (".yaml", ".yml", ".yaml.txt", ".yml.txt")
"""Endings, in any case, of files that were meant to be read: Notepad adds ``.txt``."""

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to correct. ``line`` is 0 where the whole file, or no file, is meant."""

    file: str
    line: int
    path: str
    text: str

    def __str__(self) -> str:
        place = in_line(self.file, self.line) if self.line else self.file
        return f"{place}: {self.path}: {self.text}" if self.path else f"{place}: {self.text}"


def in_line(file: str | Path, line: int) -> str:
    """A place in a file, for people."""
    return say("{file}, line {line}", file=file, line=str(line))


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file whose syntax is right: a mapping, with a mark (line) on each key and value."""

    file: Path
    root: yaml.MappingNode

    @classmethod
    def of(cls, name: str, values: Mapping[str, str]) -> "Document":
        """Values that stand in no file (environment variables), so that they are checked alike."""
        mark = yaml.Mark(name, 0, -1, 0, "", 0)  # line -1 is shown as 0: no line

        def scalar(text: str) -> yaml.ScalarNode:
            return yaml.ScalarNode("", text, mark, mark, style='"')

        pairs = [(scalar(key), scalar(value)) for key, value in values.items()]
        return cls(Path(name), yaml.MappingNode("", pairs, mark, mark))

    def get(self, key: str) -> str | None:
        """The text of a top-level key; None where it is absent, empty or not a plain value."""
        node = dict(entries(self.root)).get(key)
        if not isinstance(node, yaml.ScalarNode) or is_empty(node):
            return None
        return str(node.value)

    def line(self, location: Location) -> int:
        """The line of a key, counted from 1; of its nearest parent where it does not exist."""
        return find(self.root, location)[0]

    def mistake(self, location: Location, text: str) -> Mistake:
        return Mistake(str(self.file), self.line(location), dotted(location), text)


def dotted(location: Location) -> str:
    """``("sets", 2, "name")`` as people read it: ``sets[2].name``."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location).removeprefix(".")


class _UnwantedError(yaml.MarkedYAMLError):
    """YAML that is right, but that Ilim's files do not use."""


class _Loader(yaml.SafeLoader):
    """Composes nodes only; refuses references (a small file could grow without end) and tags."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        reference = isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)
        if reference or getattr(event, "tag", None):
            text = later(
                "references (& and *) are not used in these files; write the value itself, or put "
                "it in quotes"
            )
            if not reference:
                text = later(
                    "tags (!) are not used in these files; write the value itself, or put it in "
                    "quotes"
                )
            raise _UnwantedError(None, None, say(text), event.start_mark)
        return super().compose_node(parent, index)


def listed(folder: Path, mistakes: list[Mistake]) -> list[Path]:
    """The files ``*.yaml`` of ``folder``, in the order of their names; none where it is missing.

    A file that was meant to be one and is misnamed is added to ``mistakes``.
    """
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    seen = [file for file in files if not file.name.startswith(".")]
    for file in seen:
        if file.suffix != ".yaml" and file.name.lower().endswith(_OVERLOOKED):
            right = f"{file.name.split('.')[0]}.yaml"
            text = say("rename this file to {name}", name=right)
            mistakes.append(Mistake(str(file), 0, "", text))
    return [file for file in seen if file.suffix == ".yaml"]


def read(file: Path, mistakes: list[Mistake]) -> Document | None:
    """Read ``file``; on any mistake in its form add to ``mistakes`` and return None."""
    try:
        root = _compose(_text(file))
    except _FormError as error:
        mistakes.append(Mistake(str(file), error.line, "", error.text))
        return None
    doubtful = list(_doubtful_keys(file, root, ()))
    mistakes += doubtful
    return None if doubtful else Document(file, root)


class _FormError(Exception):
    """Ends the reading of one file; becomes its Mistake."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            body = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        said = say("the file cannot be read ({reason})", reason=reason(error))
        raise _FormError(0, said) from error
    if len(body) > LARGEST_FILE:
        said = say("the file is larger than 1 MB, which no file of this kind should be")
        raise _FormError(0, said)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _FormError(body.count(b"\n", 0, error.start) + 1, _encoding(body)) from error


def _compose(text: str) -> yaml.MappingNode:
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = f"U+{error.character:04X}"
        said = say("there is a control character here ({code}); remove it", code=code)
        raise _FormError(line, said) from error
    except yaml.MarkedYAMLError as error:
        line, advice = _syntax(error, text)
        raise _FormError(line, advice) from error
    except RecursionError as error:
        raise _FormError(0, say("brackets are nested too deeply")) from error
    if root is None:
        mark = yaml.Mark("", 0, 0, 0, "", 0)
        return yaml.MappingNode("", [], mark, mark)
    if not isinstance(root, yaml.MappingNode):
        said = say("the file must be made of lines 'key: value'")
        raise _FormError(root.start_mark.line + 1, said)
    return root


def _encoding(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return say("the file is saved as UTF-16 ('Unicode' in Notepad); save it again as UTF-8")
    letters = sum(byte >= 0xC0 or byte in b"\xa8\xb8" for byte in body)
    high = sum(byte >= 0x80 for byte in body)
    if letters * 10 >= high * 9:
        return say(
            "the file is not saved as UTF-8, it looks like windows-1251; open it in an editor and "
            "save it as UTF-8"
        )
    return say("the file is not saved as UTF-8; open it in an editor and save it as UTF-8")


_OPENED = later("a quotation mark or bracket is opened here and never closed")
# What PyYAML says -> what to do about it. The first that is found in its words holds.
_SYNTAX = (
    ("mapping values are not allowed", later("there is a second ': ' in this line, or the line "
     "above is not finished; put a text that has a colon in it in quotes")),
    ("expected <block end>", later("the line is not indented like the ones it belongs to")),
    ("cannot start any token",
     later("a value that begins with this character must stand in quotes")),
    ("sequence entries are not allowed",
     later("a list begins on a line of its own, below its key")),
    ("unknown escape character",
     later("the sign \\ means something in double quotes; put this text in single quotes")),
    ("unexpected end of stream", _OPENED),
    ("expected ',' or", _OPENED),
    ("did not find expected", _OPENED),
    ("could not find expected ':'",
     later("a ':' is missing after a key, here or in the line above")),
    ("but found another document", later("the file must not be divided by '---'")),
)  # fmt: skip
_UNCLEAR = later("this is not YAML; compare the line and the one above it with the examples")
_TAB = later("there is a tab here; indent with spaces")


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line to look at, and what to do there."""
    words = f"{error.context} {error.problem}"
    advice = next((advice for sign, advice in _SYNTAX if sign in words), _UNCLEAR)
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    if advice is _OPENED:
        marks.reverse()
    number = marks[0].line if marks else 0
    line = (text.splitlines() or [""])[: number + 1][-1]
    if "\t" in line[: len(line) - len(line.lstrip())] or r"'\t'" in words:
        advice = _TAB
    return number + 1, str(error.problem) if isinstance(error, _UnwantedError) else say(advice)


def entries(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        yield str(key.value), value


def _doubtful_keys(file: Path, node: yaml.Node, location: Location) -> Iterator[Mistake]:
    """Keys that stand twice or are not plain words."""
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _doubtful_keys(file, item, (*location, number))
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Mistake(str(file), line, dotted(location), say("a key must be a plain word"))
            continue
        here = (*location, key.value)
        if key.value in lines:
            text = say(
                "this key is already in line {line}; keep one of the two",
                line=str(lines[key.value]),
            )
            yield Mistake(str(file), line, dotted(here), text)
        lines.setdefault(key.value, line)
        yield from _doubtful_keys(file, value, here)


def find(node: yaml.Node, location: Location) -> tuple[int, Location]:
    """The line of ``location``, and as much of it as the file has: pydantic's has names of union
    branches between."""
    line = node.start_mark.line + 1
    found: Location = ()
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next((p for p in node.value if p[0].value == part), None)
            if pair is None:
                continue
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            continue
        found = (*found, part)
    return line, found


def is_empty(node: yaml.Node) -> bool:
    """Whether nothing is written after the colon."""
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return plain and node.value in {"", "~", "null", "Null", "NULL"}
