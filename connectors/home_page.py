"""Where a repository's home page may hide its OAI-PMH address. Pure: bytes in, addresses out.

The usual paths are those the programs have after installation (their own manuals); a page's
``generator`` and its links go before them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from yarl import URL

READ = 1_000_000
"""Bytes of a page that are looked at."""

CANDIDATES = 24
"""Addresses that are tried; a page full of links must not make us knock for ever."""

_LINKS = 6
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Software:
    """A program that partners run: its name, what a page of it shows, where its OAI-PMH is."""

    name: str
    marks: re.Pattern[str]
    paths: tuple[str, ...]


def _software(name: str, marks: str, *paths: str) -> Software:
    return Software(name, re.compile(marks, re.IGNORECASE), paths)


KNOWN = (
    _software("DSpace", r"dspace", "server/oai/request", "oai/request", "dspace-oai/request"),
    _software("OJS", r"open journal systems|\bpkp\b|\bojs\b", "index.php/index/oai", "oai"),
    _software("EPrints", r"eprints", "cgi/oai2"),
    _software("Koha", r"\bkoha\b", "cgi-bin/koha/oai.pl"),
    _software("Invenio", r"invenio", "oai2d"),
    _software("GeoNode", r"geonode", "catalogue/csw?mode=oaipmh"),
)

_GENERATORS = re.compile(r"generator", re.IGNORECASE)
_OAI = re.compile(r"(?:/|\b)oai(?:2d?|-pmh|pmh)?(?:\.pl)?(?:[/?#]|$)|verb=Identify", re.IGNORECASE)
_PROTOCOL = {"verb", "metadataPrefix", "set", "from", "until", "identifier", "resumptionToken"}


def base_address(address: str) -> str:
    """``address`` without the arguments of an OAI-PMH request, as ``url`` in a source's file."""
    plain = URL(address.strip(), encoded=True).with_fragment(None)
    kept = [
        part
        for part in plain.raw_query_string.split("&")
        if part and part.partition("=")[0] not in _PROTOCOL
    ]
    bare = str(plain.with_query(None))
    return f"{bare}?{'&'.join(kept)}" if kept else bare


def software(page: bytes) -> str:
    """The name in `KNOWN` of the program that made a page, "" if it does not show."""
    found = _made_by(page)
    return found.name if found else ""


def candidates(address: str, page: bytes) -> list[str]:
    """Addresses that may speak OAI-PMH, the likeliest first; ``page`` is what stands at
    ``address``."""
    bases = _bases(address)
    made_by = _made_by(page)
    found = [base_address(link) for link in _links(address, page)]
    found += _journals(address)
    if made_by is not None:
        found += [base + path for base in bases for path in made_by.paths]
    found += [bases[-1] + path for one in KNOWN for path in one.paths]
    found += [base + path for base in bases for one in KNOWN for path in one.paths]
    return [one for one in dict.fromkeys(found) if one != base_address(address)][:CANDIDATES]


def title(page: bytes) -> str:
    """The title of a page as it stands there, "" if it has none."""
    root = _parsed(page)
    found = root.find(".//title") if root is not None else None
    return " ".join("".join(map(str, found.itertext())).split()) if found is not None else ""


def _made_by(page: bytes) -> Software | None:
    root = _parsed(page)
    if root is not None:
        for meta in root.iter("meta"):
            said = meta.get("content") or ""
            if _GENERATORS.fullmatch(meta.get("name") or ""):
                for one in KNOWN:
                    if one.marks.search(said):
                        return one
    text = page[:READ].decode("latin-1")
    counts = [(len(one.marks.findall(text)), one) for one in KNOWN]
    most = max(count for count, _ in counts)
    return next(one for count, one in counts if count == most) if most else None


def _links(address: str, page: bytes) -> Iterator[str]:
    """Links of the page that look like OAI-PMH, at most a few."""
    root = _parsed(page)
    here = URL(address, encoded=True)
    seen = 0
    for element in root.iter("link", "a") if root is not None else ():
        target = (element.get("href") or "").strip()
        if not _OAI.search(target) or seen >= _LINKS:
            continue
        try:
            joined = here.join(URL(target, encoded=True))
        except ValueError:
            continue
        if joined.scheme in ("http", "https") and joined.host:
            seen += 1
            yield str(joined)


def _journals(address: str) -> list[str]:
    """Of an address within OJS the journal's own list, then that of the whole site."""
    match = re.match(r"(.*?/index\.php/)([^/?#]+)", address)
    return [f"{match[1]}{match[2]}/oai", f"{match[1]}index/oai"] if match else []


def _bases(address: str) -> list[str]:
    """The folders a program may be installed in: two steps below the host's root at most, the
    deepest first and the root last."""
    plain = URL(address, encoded=True)
    root = str(plain.origin()) + "/"
    steps = [part for part in plain.raw_path.split("/") if part]
    if steps and "." in steps[-1]:
        steps = steps[:-1]
    deepest = min(len(steps), _DEEPEST)
    return [root + "".join(f"{step}/" for step in steps[:n]) for n in range(deepest, -1, -1)]


def _parsed(page: bytes) -> etree._Element | None:
    if b"<" not in page:
        return None
    try:
        return etree.HTML(page[:READ].decode("utf-8", "replace").replace("\0", " "))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
