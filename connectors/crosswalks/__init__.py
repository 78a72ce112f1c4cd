"""Crosswalks: pure functions from one metadata format to a Record, by the format's name."""

from collections.abc import Callable
from datetime import date
from functools import partial

from aggregator.record import Record
from aggregator.source import Crosswalk, Crosswalks
from connectors.crosswalks import datacite, dspace, etdms, marc21, mods, oai_dc
from connectors.marc_charset import CHARSETS, UTF_8, format_name

_MARC_PREFIXES = ("marc21", "marcxml", "marcXML", "marc", "MARC21", "MARCXML", "oai_marc21")
"""What partners call MARC 21 over OAI-PMH. Whether a body is MARCXML or ISO 2709 is told by
its first byte, so one name serves both."""

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

    ``marc21+windows-1251`` and its kind read ISO 2709 in an encoding that no record tells:
    the connector finds it out per file and the payload stays as it was sent.
    """
    table = {
        prefix: Crosswalk(version, partial(read, year=year))
        for prefix, (version, read) in _XML_PREFIXES.items()
    }
    table |= dict.fromkeys(_MARC_PREFIXES, Crosswalk(marc21.VERSION, _marc(year, "")))
    for charset in CHARSETS:
        if charset != UTF_8:
            table[format_name(charset)] = Crosswalk(marc21.VERSION, _marc(year, charset))
    return table


def _marc(year: int, charset: str) -> Callable[[bytes, str, str, str, str], Record]:
    return partial(marc21.read, year=year, charset=charset)


# Read once: the bound is two years ahead, so a process may well run past New Year.
CROSSWALKS: Crosswalks = crosswalks(date.today().year)
