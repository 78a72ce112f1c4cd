"""Crosswalks: pure functions from one metadata format to a Record, by the format's name."""

from collections.abc import Callable
from datetime import date
from functools import partial

from aggregator.record import Record
from aggregator.source import Crosswalk, Crosswalks
from connectors.crosswalks import marc21, oai_dc
from connectors.marc_charset import CHARSETS, UTF_8, format_name

_MARC_PREFIXES = ("marc21", "marcxml", "marcXML", "marc", "MARC21", "MARCXML", "oai_marc21")
"""What partners call MARC 21 over OAI-PMH. Whether a body is MARCXML or ISO 2709 is told by
its first byte, so one name serves both."""

_DC_PREFIXES = ("oai_dc", "dc", "qdc", "oai_qdc", "qualifieddc")


def crosswalks(year: int) -> Crosswalks:
    """All crosswalks; ``year`` is the current one, which bounds what dates are believed.

    ``marc21+windows-1251`` and its kind read ISO 2709 in an encoding that no record tells:
    the connector finds it out per file and the payload stays as it was sent.
    """
    dublin_core = Crosswalk(oai_dc.VERSION, partial(oai_dc.read, year=year))
    table = dict.fromkeys(_DC_PREFIXES, dublin_core)
    table |= dict.fromkeys(_MARC_PREFIXES, Crosswalk(marc21.VERSION, _marc(year, "")))
    for charset in CHARSETS:
        if charset != UTF_8:
            table[format_name(charset)] = Crosswalk(marc21.VERSION, _marc(year, charset))
    return table


def _marc(year: int, charset: str) -> Callable[[bytes, str, str, str, str], Record]:
    return partial(marc21.read, year=year, charset=charset)


# Read once: the bound is two years ahead, so a process may well run past New Year.
CROSSWALKS: Crosswalks = crosswalks(date.today().year)
