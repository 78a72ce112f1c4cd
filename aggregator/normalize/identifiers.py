"""Identifiers: recognised, checked and in one shape, so that two partners' can be compared.

Checks and shapes are those of idutils (DOI, ISBN, ISSN, ORCID, arXiv, URN, handle). It is slow,
so a cheap pattern asks first whether a value can be of a scheme at all. An identifier whose
check digit is wrong is kept as "local": it must never join two records.
"""

import re
from urllib.parse import unquote

import idutils

from aggregator.normalize.patents import is_patent_number, patent_number
from aggregator.record import Identifier

LONGEST = 1000
"""Characters of an identifier that are kept; keywords are capped in every index."""

LONGEST_URL = 4000
"""A longer address would have to be cut, and a cut address leads nowhere."""

_DOI = re.compile(
    r"(?:(?:urn:|info:)?doi[:\s=/]*|(?:https?://)?(?:[\w-]+\.)?doi\.org/|\s)*"
    r"(10\.\d{4,9}(?:\.\d+)*/\S+)",
    re.IGNORECASE,
)
_AROUND_DOI = re.compile(r"</\w+>?$|[?&]utm_\S*$")
_HANDLE = re.compile(
    r"(?:hdl:\s*|handle:\s*|(?:https?://)?hdl\.handle\.net/)(\d[\w.]*/\S+)", re.IGNORECASE
)
_ISBN = re.compile(
    r"(?:(?:urn:)?isbn(?:-1[03])?[:\s]*)?((?:97[89][\s-]?)?\d(?:[\s-]?\d){8}[\s-]?[\dXxХх])(?![\d-])",
    re.IGNORECASE,
)
_ISBN_AND_MORE = re.compile(rf"(?:{_ISBN.pattern})(?:\s*[:;(].*)?", re.IGNORECASE)
"""Behind the number a price or a binding may stand."""

_ISSN = re.compile(
    r"(?:(?:urn:)?[ep]?-?issn(?:-l)?[:\s]*)?(\d{4}[-–]?\d{3}[\dXxХх])(?:\s*\((?:print|online|печат\w*)\))?",
    re.IGNORECASE,
)
_ORCID = re.compile(
    r"(?:https?://(?:www\.)?orcid\.org/|orcid[:\s]*)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?"
)
_ARXIV = re.compile(
    r"(?:arxiv:\s*|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
_PMID = re.compile(
    r"(?:pmid:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)(\d{1,8})/?",
    re.IGNORECASE,
)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.IGNORECASE)
_URL = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\]|[^\s/?#@:<>\"{}|\\^`\[\]]+)(?::\d{1,5})?(?:[/?#][^\s<>\"{}|\\^`]*)?",
    re.IGNORECASE,
)

# DSpace's prefix for repositories that own none: such handles name nothing in the world.
_PLACEHOLDER_HANDLE = "123456789/"
# What a sentence leaves at the end of an identifier that stood in it.
_TRAILING = ".,;:)]>»\"'"

_DIGITS = re.compile(r"\d{4}|^[A-Z]{2}\s?\d[\d ,.]{4,20}[A-Z]\d$")


def identifier(text: str, scheme: str = "") -> Identifier:
    """The identifier in ``text``, normalised; scheme "local" for what nothing is known to own.

    ``scheme`` is what the source calls it, in any case; it is believed only if the value passes
    that scheme's check. DOIs are lower case without a resolver; ISBNs have 13 digits, ISSNs a
    hyphen; resolver addresses (doi.org, hdl.handle.net, arxiv.org, orcid.org) give what they
    resolve. Values over 1,000 characters are cut.
    """
    text = text.strip()
    hint = scheme.lower().strip()
    if hint == "patent":
        return patent(text) or _local(text)
    if hint in _OPAQUE:
        return Identifier(hint, text[:LONGEST])
    found = _recognised(text, hint) if _DIGITS.search(text) else None
    if found is None:
        found = _address(text)
    return found or _local(text)


def isbn(text: str) -> str:
    """The ISBN-13 at the start of ``text``, without hyphens; "" if there is none that checks."""
    match = _ISBN.match(text)
    if match is None:
        return ""
    digits = re.sub(r"[\s-]", "", match[1]).upper().replace("Х", "X")
    if not idutils.is_isbn(digits):
        return ""
    if len(digits) == 13:
        return digits
    digits = "978" + digits[:9]
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def issn(text: str) -> str:
    """The ISSN that is the whole of ``text``, as ``1694-7452``; "" if its check digit is wrong."""
    match = _ISSN.fullmatch(text.strip())
    if match is None:
        return ""
    digits = match[1].upper().replace("Х", "X").replace("–", "-")
    if not idutils.is_issn(digits):
        return ""
    normal: str = idutils.normalize_issn(digits)
    return normal


def orcid(text: str) -> str:
    """The ORCID iD in ``text``, with hyphens; "" if its check digit is wrong."""
    match = _ORCID.fullmatch(text.strip())
    if match is None or not idutils.is_orcid(match[1]):
        return ""
    normal: str = idutils.normalize_orcid(match[1])
    return normal.upper()


def patent(text: str) -> Identifier | None:
    """A patent's number in one word (`normalize.patents`); None if it is none."""
    number = patent_number(text)
    return Identifier("patent", number[:LONGEST]) if number else None


def web_address(text: str) -> str:
    """``text`` as an http(s) address that is safe to link to; "" for everything else.

    ``javascript:`` and other schemes, addresses without a host, with a user's password in
    them, or too long to keep whole are refused.
    """
    if ":" not in text[:7]:
        return ""
    text = text.strip()
    if len(text) > LONGEST_URL or not _URL.fullmatch(text):
        return ""
    scheme, rest = text.split(":", 1)
    return f"{scheme.lower()}:{rest}"


# Schemes whose values are whatever their owner says: kept as they are.
_OPAQUE = frozenset({"oclc", "lccn", "nbn", "report", "coden", "publisher", "ismn", "isrc", "ean"})


def _recognised(text: str, hint: str) -> Identifier | None:
    if "10." in text:
        doi = _doi(text)
        if doi:
            return Identifier("doi", doi)
    lower = text.lower()
    if "hdl" in lower or "handle:" in lower or hint in ("hdl", "handle"):
        handle = _handle(text, hint)
        if handle:
            return Identifier("hdl", handle)
    if "arxiv" in lower:
        match = _ARXIV.fullmatch(text)
        if match is not None and idutils.is_arxiv(match[1]):
            return Identifier("arxiv", match[1])
    if "pmid" in lower or "pubmed" in lower:
        match = _PMID.fullmatch(text)
        if match is not None:
            return Identifier("pmid", match[1])
    if not hint and (text[:1].isupper() or "google" in lower) and is_patent_number(text):
        return patent(text)
    return _numbered(text, hint, lower)


def _numbered(text: str, hint: str, lower: str) -> Identifier | None:
    """Identifiers that are digits with a check digit, and URNs, which often hold one."""
    if "orcid" in lower or hint == "orcid":
        value = orcid(text)
        return Identifier("orcid", value) if value else None
    if len(text) <= 40 and hint in ("", "issn"):
        value = issn(text)
        if value and (hint == "issn" or "issn" in lower or not text.isdigit()):
            return Identifier("issn", value)
    if (hint == "isbn" or "isbn" in lower or hint == "") and len(text) <= 60:
        told = hint == "isbn" or "isbn" in lower or _ISBN_AND_MORE.fullmatch(text)
        value = isbn(text) if told else ""
        # Ten bare digits that check are chance once in eleven: unnamed, only 978 is believed.
        if value and (hint == "isbn" or "isbn" in lower or text.startswith("97") or "-" in text):
            return Identifier("isbn", value)
    if lower.startswith("urn:") and _URN.fullmatch(text) and idutils.is_urn(text):
        # The words "urn" and the namespace do not tell upper from lower case (RFC 8141).
        namespace, value = text[4:].split(":", 1)
        return Identifier("urn", f"urn:{namespace.lower()}:{value}"[:LONGEST])
    return None


def _doi(text: str) -> str:
    text = text.strip("()[]<> ") if text[:1] in "([<" else text
    if "%2f" in text.lower():
        text = unquote(text)
    match = _DOI.fullmatch(text)
    if match is None:
        return ""
    value = _AROUND_DOI.sub("", match[1])
    if "://" in text:
        value = value.partition("#")[0]
    # A closing bracket belongs to the DOI only if it was opened in it.
    closed = value.count(")") <= value.count("(")
    value = value.rstrip(_TRAILING.replace(")", "") if closed else _TRAILING)
    if "%" in value and "doi.org" in text.lower():
        value = unquote(value)
    if not idutils.is_doi(value):
        return ""
    normal: str = idutils.normalize_doi(value)
    return normal.lower()[:LONGEST]


def _handle(text: str, hint: str) -> str:
    match = _HANDLE.fullmatch(text if hint == "" or "hdl" in text.lower() else f"hdl:{text}")
    if match is None or match[1].startswith(_PLACEHOLDER_HANDLE):
        return ""
    value: str = idutils.normalize_handle(match[1]) if idutils.is_handle(match[1]) else ""
    return value.rstrip(".,;")[:LONGEST]


def _address(text: str) -> Identifier | None:
    address = web_address(text)
    return Identifier("url", address[:LONGEST]) if address else None


def _local(text: str) -> Identifier:
    return Identifier("local", text[:LONGEST])
