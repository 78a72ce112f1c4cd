"""What stands in the documents that are written three times, in Kyrgyz, Russian and English."""

import re
import shlex

from tests.shared import ROOT

AWAITED: tuple[str, ...] = ()
"""Beginnings of commands that are written down and do not work yet. It must become empty: one
that works fails the test until it is taken out of here."""

LANGUAGES = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}


def section(name: str, language: str) -> str:
    """The part of ``docs/<name>`` in a language."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return text.split(f"\n## {LANGUAGES[language]}\n")[1].split("\n## ")[0]


def blocks(text: str, kind: str) -> list[str]:
    """The blocks of one kind: ``sh``, ``yaml``, ``csv``."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[list[str]]:
    """The lines of its shell blocks, without comments, as words."""
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines]


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the third level, without its head."""
    below = text.split(f"\n### {heading}\n")[1].split("\n### ", maxsplit=1)[0]
    table = [line for line in below.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]
