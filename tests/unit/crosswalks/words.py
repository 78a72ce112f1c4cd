"""The words of a text and of a record: what a crosswalk may not lose."""

import re
from collections.abc import Iterable, Iterator

import msgspec
from lxml import etree

from aggregator.normalize import clean
from aggregator.record import Record

_WORD = re.compile(r"\w+")

OAI_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}</oai_dc:dc>'
)
MARCXML = '<record xmlns="http://www.loc.gov/MARC21/slim">{}</record>'


def words(*texts: str) -> set[str]:
    """Every word, in lower case, once text is cleaned as all text is."""
    return set(_WORD.findall(" ".join(clean(text) for text in texts).casefold()))


def words_of(record: Record) -> set[str]:
    """Every word anywhere in a record's JSON."""
    return set(_WORD.findall(" ".join(_strings(msgspec.to_builtins(record))).casefold()))


def words_sent(body: bytes) -> set[str]:
    """Every word of text in an XML payload."""
    return words(*map(str, etree.fromstring(body).itertext()))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, Iterable):
        for one in value:
            yield from _strings(one)
