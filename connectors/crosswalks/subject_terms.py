"""Statements of subjects → terms, with their vocabulary by the name it has here."""

import re

from aggregator.record import Subject
from connectors.crosswalks.remainder import Remainder

_SCHEMES = (
    (
        re.compile(r"(?:код(?:ы)? )?(?:УДК|UDC|UDK|УОК|ӘОЖ|УЎК|UO['‘ʻ]K)[\s:.№–-]*(?=\d)", re.I),
        "UDC",
    ),
    (re.compile(r"(?:ГРНТИ|GRNTI|МРНТИ|ҒТАМР|ХҒТАР|ҒТАХР)[\s:.№–-]*(?=\d)", re.I), "GRNTI"),
    (re.compile(r"(?:ББК|BBK|LBC)[\s:.]+(?=\w)", re.I), "BBK"),
    (re.compile(r"(?:МПК|IPC|Int\.\s?Cl)\d*[\s:.]+(?=[A-H]\d)", re.I), "IPC"),
    (re.compile(r"(?:info:eu-repo/classification/)?ddc[/:\s]+(?=\d)", re.I), "DDC"),
    (re.compile(r"info:eu-repo/classification/(\w+)/", re.I), ""),
    (re.compile(r"(?:FOS|FORD)[\s:.]+(?=\S)"), "FORD"),
    (re.compile(r"LCSH\s*:\s*"), "LCSH"),
    (re.compile(r"MeSH\s*:\s*", re.I), "MeSH"),
    (re.compile(r"JEL(?:\s+(?:class\w*|codes?))?\s*:?\s+(?=[A-Z]\d)"), "JEL"),
)
"""How a statement names the vocabulary of its term, in Russian, Kyrgyz, Kazakh, Uzbek, English."""

_MARKS = re.compile(
    r"УДК|УОК|ӘОЖ|УЎК|UD[CK]|UO['‘ʻ]K|РНТИ|ҒТА|GRNTI|ББК|BBK|LBC|МПК|IPC|Int\.|ddc|eu-repo|FOS|FORD|LCSH"
    r"|MeSH|JEL",
    re.I,
)
_IPC = re.compile(r"[A-H]\d\d[A-Z]\s?\d{1,4}/\d{2,6}(?:\s\(\d{4}\.\d\d\))?")
"""A mark of the IPC is like nothing else: it needs no name."""

_NAMES = (
    (re.compile(r"\bud[ck]\b|удк|universal decimal", re.IGNORECASE), "UDC"),
    (re.compile(r"grnti|rugasnti|[гм]рнти", re.IGNORECASE), "GRNTI"),
    (re.compile(r"\b(?:ru)?bbk\b|\blbc\b|ббк", re.IGNORECASE), "BBK"),
    (re.compile(r"\bipc\b|мпк|international patent class", re.IGNORECASE), "IPC"),
    (re.compile(r"\bddc\b|dewey", re.IGNORECASE), "DDC"),
    (re.compile(r"\blcsh\b|library of congress subject", re.IGNORECASE), "LCSH"),
    (re.compile(r"\blcc\b|library of congress class", re.IGNORECASE), "LCC"),
    (re.compile(r"\bmesh\b|medical subject", re.IGNORECASE), "MeSH"),
    (re.compile(r"\bfos\b|\bford\b|fields? of science", re.IGNORECASE), "FORD"),
)  # fmt: skip
"""What sources call a vocabulary; any other name stays as it is."""


def scheme_name(text: str) -> str:
    """The name by which a vocabulary goes here: ``rugasnti`` → "GRNTI"; else ``text``."""
    return next((name for words, name in _NAMES if words.search(text)), text) if text else ""


def subjects(
    text: str, scheme: str, lang: str, label: str, rest: Remainder, *, divide: bool = True
) -> list[Subject]:
    """The terms of one statement, divided at ``;``; ``УДК 631.4`` gives the number and "UDC".

    ``scheme`` is the source's word for the vocabulary. What the terms do not hold is kept.
    """
    called = scheme_name(scheme)
    before = ""
    found: list[Subject] = []
    for part in text.split(";") if divide and ";" in text else (text,):
        term, known = (part.strip(" .,;") or part) if divide else part, called
        if _MARKS.search(part):
            term, known = _scheme(part.strip(), called)
            before = known
            rest.keep_unless(label, text, term, known, lang=lang)
        elif not called and before and term[:1].isdigit():  # "УДК 631.4; 633.1"
            known = before
        elif not called and "/" in term and _IPC.fullmatch(term):
            known = "IPC"
        if term.strip():
            found.append(Subject(term.strip(), known, lang))
    if scheme:
        rest.keep_unless(f"{label} scheme", scheme, *(one.scheme for one in found))
    return found


def _scheme(term: str, scheme: str) -> tuple[str, str]:
    for pattern, known in _SCHEMES:
        match = pattern.match(term)
        if match is not None:
            return term[match.end() :].strip(), known or match[1].upper()
    return term, scheme
