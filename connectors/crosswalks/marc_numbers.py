"""MARC 21 fields that identify: numbers of all kinds and addresses → a Draft."""

import re

from aggregator.normalize import identifier, issn, patent, web_address
from aggregator.record import Identifier, Link
from connectors.crosswalks import addresses
from connectors.crosswalks.isbd import stripped
from connectors.crosswalks.marc_draft import Draft
from connectors.crosswalks.marc_record import Field

NUMBERS = {
    "010": "lccn", "015": "nbn", "016": "nbn", "027": "report", "028": "publisher", "030": "coden",
    "088": "report",
}  # fmt: skip
"""Tags whose $a is a number of one kind, and its scheme."""

_STANDARD_NUMBERS = {"0": "isrc", "2": "ismn", "3": "ean"}
"""024 first indicator -> scheme."""

_OCLC = re.compile(r"\(OCoLC\)\s*(?:oc[mn]|on)?0*(\d+)")

_ASIDE = (
    "table of contents",
    "contributor bio",
    "publisher description",
    "sample text",
    "оглавлен",
)
"""Words beside an address that leads to something about the work, not to the work."""


def serial_number(draft: Draft, field: Field) -> None:
    for code, text in field.pairs("al"):
        value = issn(stripped(text))
        if value:
            draft.identifiers.append(Identifier("issn", value))
        draft.rest.keep_unless(f"MARC 022 ${code}", text, value)


def other_number(draft: Draft, field: Field) -> None:
    scheme = _STANDARD_NUMBERS.get(field.first, "")
    if field.first == "7":
        scheme = field.text("2").lower()
    texts = list(field.take("a"))
    if not texts:
        draft.rest.keep("MARC 024 $2", scheme if field.first == "7" else "")
    for text in texts:
        known = identifier(text, {"hdl": "hdl", "handle": "hdl"}.get(scheme, scheme))
        draft.identifiers.append(known)
        draft.rest.keep_unless("MARC 024 $a", text, known.value)
        draft.rest.keep_unless("MARC 024 $2", scheme, known.scheme)


def system_number(draft: Draft, field: Field) -> None:
    for text in field.take("a"):
        oclc = _OCLC.fullmatch(text)
        if oclc is not None:
            draft.identifiers.append(Identifier("oclc", oclc[1]))
            draft.rest.keep("MARC 035 $a", text)
        else:
            draft.identifiers.append(Identifier("local", text[:1000]))


def patent_number(draft: Draft, field: Field) -> None:
    number, country = field.text("a"), field.text("b")
    known = patent(number) or patent(country[:2] + number)
    if known is not None:
        draft.identifiers.append(known)
    draft.rest.keep_unless("MARC 013 $a", number, known.value if known else "")
    draft.rest.keep_unless("MARC 013 $b", country, known.value if known else "")


def location(draft: Draft, field: Field) -> None:
    said = field.text("q")
    media = addresses.media_type(said)
    draft.rest.keep_unless(f"{draft.label} 856 $q", said, media)
    words = " ".join(value for code, value in field.left if code in "3yz").lower()
    aside = field.second == "2" or any(sign in words for sign in _ASIDE)
    for text in field.take("u"):
        address = web_address(text)
        if not address:
            draft.rest.keep(f"{draft.label} 856 $u", text)
            continue
        kind: addresses.Kind | None = None
        if "thumbnail" in words or "cover image" in words:
            kind = "thumbnail"
        elif aside:
            kind = "landing"
        elif field.second in "01":
            kind = "fulltext"
        link = addresses.link(address, kind)
        draft.links.append(Link(link.url, link.kind, media or link.media_type))
        known = identifier(address)
        if known.scheme in ("doi", "hdl") and not aside:
            draft.identifiers.append(known)
    if media and not draft.links:
        draft.rest.keep(f"{draft.label} 856 $q", media)
