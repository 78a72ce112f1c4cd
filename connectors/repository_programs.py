"""Programs that partners run: how a page of one shows it, and where its OAI-PMH stands.

The paths are those the programs have after installation (their own manuals), below the folder a
program is installed in.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its name, what a page of it says, its OAI-PMH paths, likeliest first.

    ``below``: the parts of its own pages' addresses that stand below the installation's folder;
    what is before the first of them in an address is that folder.
    """

    name: str
    marks: re.Pattern[str]
    paths: tuple[str, ...]
    below: frozenset[str] = frozenset()


def _program(name: str, marks: str, *paths: str, below: str = "") -> Program:
    return Program(name, re.compile(marks, re.IGNORECASE), paths, frozenset(below.split()))


PROGRAMS = (
    _program(
        "DSpace", r"dspace", "server/oai/request", "oai/request", "dspace-oai/request",
        below="handle items entities communities collections community-list browse home bitstream "
        "bitstreams search server",
    ),
    _program(
        "OJS", r"open journal systems|open monograph press|open preprint systems|\bpkp\b|\bojs\b",
        "index.php/index/oai", "index/oai", "oai",
        below="index.php index article issue about login catalog",
    ),
    _program("EPrints", r"eprints", "cgi/oai2", below="cgi view"),
    _program("Koha", r"\bkoha\b", "cgi-bin/koha/oai.pl", below="cgi-bin"),
    _program("Invenio", r"invenio", "oai2d", below="record records communities collection search"),
    _program("Dataverse", r"dataverse", "oai", below="dataverse dataset.xhtml file.xhtml"),
    _program(
        "GeoNode", r"geonode", "catalogue/csw?mode=oaipmh",
        below="catalogue layers maps documents datasets",
    ),
    _program("VuFind", r"vufind", "OAI/Server", below="Record Search Author Browse"),
    _program(
        "dLibra", r"dlibra", "dlibra/oai-pmh-repository.xml", "oai-pmh-repository.xml",
        below="dlibra",
    ),
    _program("Islandora", r"islandora", "oai/request", "oai2", below="islandora node taxonomy"),
    _program(
        "OPUS", r"\bopus ?4|\bopus\b.{0,40}\brepository", "oai",
        below="frontdoor home solrsearch index.php",
    ),
    _program("Digital Commons", r"digital commons|bepress", "do/oai/", below="do"),
    _program(
        "Omeka", r"omeka", "oai", "oai-pmh-repository/request",
        below="items collections exhibits s",
    ),
    _program("Samvera", r"samvera|\bhyrax\b|\bhyku\b", "catalog/oai", below="catalog concern"),
    _program("CONTENTdm", r"contentdm", "oai/oai.php", below="digital cdm"),
    _program("MyCoRe", r"mycore", "servlets/OAIDataProvider", below="receive content servlets"),
    _program("GeoNetwork", r"geonetwork", "geonetwork/srv/eng/oaipmh", below="geonetwork srv"),
    _program("Evergreen", r"evergreen ils|\bopac/extras", "opac/extras/oai", below="eg opac"),
)  # fmt: skip
"""Those that are common first: where a page does not say what made it, they are asked for so."""

UNKNOWN = (
    "oai/request", "index.php/index/oai", "server/oai/request", "oai", "cgi/oai2", "oai2d",
    "cgi-bin/koha/oai.pl", "oai-pmh", "OAI/Server", "catalogue/csw?mode=oaipmh",
    "dspace-oai/request", "dlibra/oai-pmh-repository.xml", "do/oai/", "oai2", "oai.php",
    "oai-pmh-repository/request",
)  # fmt: skip
"""Paths that are tried where nothing tells which program it is."""
