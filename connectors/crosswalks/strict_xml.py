"""XML of one record, as every crosswalk reads it: strictly, and trusting nothing in it."""

from lxml import etree

from aggregator.errors import SkipRecord
from aggregator.wording import say

_MOST = 10_000
"""Attributes of one element: reading them takes time by the square of their number."""

_LARGE = 10_000_000
"""Bytes: the parser's own limits, against entity bombs, begin here."""


def _parser(*, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=huge,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


_PARSER = _parser(huge=False)
_WITHOUT_LIMITS = _parser(huge=True)


def parse_xml(body: bytes) -> etree._Element:
    """The root element of a payload, without comments and processing instructions.

    Raises SkipRecord for what is not well-formed, and for a document type declaration: entities
    are never resolved and nothing is ever fetched (HARVESTING 63).
    """
    try:
        root = etree.fromstring(body, _WITHOUT_LIMITS if _is_harmless(body) else _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SkipRecord(
            say("The record is not well-formed XML: {reason}.", reason=error)
        ) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs forget it
        raise SkipRecord(say("The record brings a document type declaration, which is never read."))
    if body.count(b'="') > _MOST and any(len(one.attrib) > _MOST for one in root.iter()):
        raise SkipRecord(
            say("An element of the record has more than {number} attributes.", number=_MOST)
        )
    return root


def of_another_kind(wanted: str, root: str) -> SkipRecord:
    """The refusal of a payload whose root element is another one, as an error to raise."""
    return SkipRecord(
        say(
            "The record is not {format}: its root element is <{root}>.",
            format=wanted,
            root=root[:60],
        )
    )


def saying_nothing(format: str) -> SkipRecord:
    """The refusal of a description without a word in it, as an error to raise."""
    return SkipRecord(
        say("The record is empty: its {format} description says nothing.", format=format)
    )


def _is_harmless(body: bytes) -> bool:
    """Whether a large payload can hold no entity: a text of 10 MB is legal (HARVESTING 62).

    Without a declaration it is UTF-8, so that a DTD would be seen.
    """
    return (
        len(body) >= _LARGE
        and body.startswith(b"<")
        and not body.startswith((b"<?xml", b"<\0"))
        and b"<!DOCTYPE" not in body
    )
