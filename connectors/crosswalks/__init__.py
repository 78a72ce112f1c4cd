"""Crosswalks: pure functions from one metadata format to a Record, by the format's name."""

from datetime import date
from functools import partial
from types import ModuleType

from aggregator.source import Crosswalk, Crosswalks
from connectors.crosswalks import irbis, marc21, oai_dc, unimarc
from connectors.marc_charset import CHARSETS
from connectors.marc_formats import DIALECTS, MARCXML, MarcFormat

_MARC21_PREFIXES = ("marcXML", "marc", "MARC21", "MARCXML", "oai_marc21", MARCXML)
_UNIMARC_PREFIXES = ("UNIMARC", "oai_unimarc", "unimarcxml", "RUSMARC")
"""What partners call MARC over OAI-PMH. Whether a body is MARCXML, JSON, text or ISO 2709 is
told by the body, so one name serves all."""

_MARC: dict[str, ModuleType] = {
    "marc21": marc21,
    "unimarc": unimarc,
    "rusmarc": unimarc,
    "irbis": irbis,
}

_DC_PREFIXES = ("oai_dc", "dc", "qdc", "oai_qdc", "qualifieddc")


def crosswalks(year: int) -> Crosswalks:
    """All crosswalks; ``year`` is the current one, which bounds what dates are believed.

    ``unimarc+windows-1251`` and its kind read bodies in an encoding that no record tells: the
    connector finds it out per file and the payload stays as it was sent.
    """
    dublin_core = Crosswalk(oai_dc.VERSION, partial(oai_dc.read, year=year))
    table = dict.fromkeys(_DC_PREFIXES, dublin_core)
    for dialect in DIALECTS:
        module = _MARC[dialect]
        for charset in CHARSETS:
            known = MarcFormat(dialect, charset)
            read = partial(module.read, year=year, charset=known.told)
            table[known.name] = Crosswalk(module.VERSION, read)
    table |= dict.fromkeys(_MARC21_PREFIXES, table["marc21"])
    table |= dict.fromkeys(_UNIMARC_PREFIXES, table["unimarc"])
    return table


# Read once: the bound is two years ahead, so a process may well run past New Year.
CROSSWALKS: Crosswalks = crosswalks(date.today().year)
