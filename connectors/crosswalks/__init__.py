"""Crosswalks: pure functions from one metadata format to a Record, by the format's name."""

from collections.abc import Callable
from datetime import date
from functools import partial
from types import ModuleType

from aggregator.record import Record
from aggregator.source import Crosswalk, Crosswalks
from connectors.crosswalks import (
    datacite,
    dspace,
    etdms,
    irbis,
    marc21,
    mods,
    oai_dc,
    unimarc,
)
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

_XML_PREFIXES: dict[str, tuple[int, Callable[..., Record]]] = {
    prefix: (version, read)
    for prefixes, version, read in (
        ("oai_dc dc qdc oai_qdc qualifieddc qualified_dc dcterms oai_dcterms", oai_dc.VERSION,
         oai_dc.read),
        ("dim oai_dim", dspace.VERSION, dspace.read_dim),
        ("xoai", dspace.VERSION, dspace.read_xoai),
        ("mods oai_mods mods3 MODS", mods.VERSION, mods.read),
        ("datacite oai_datacite datacite3 datacite4 oai_datacite3 oai_datacite4 oai_openaire"
         " openaire_data oai_openaire_v4", datacite.VERSION, datacite.read),
        ("oai_etdms etdms etd_ms etd-ms etdms11 oai_etdms11", etdms.VERSION, etdms.read),
    )
    for prefix in prefixes.split()
}  # fmt: skip
"""What partners call each format over OAI-PMH, its crosswalk and that one's version."""


def crosswalks(year: int) -> Crosswalks:
    """All crosswalks; ``year`` is the current one, which bounds what dates are believed.

    ``unimarc+windows-1251`` and its kind read bodies in an encoding that no record tells: the
    connector finds it out per file and the payload stays as it was sent.
    """
    table = {
        prefix: Crosswalk(version, partial(read, year=year))
        for prefix, (version, read) in _XML_PREFIXES.items()
    }
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
