"""Where a repository's home page may hide its OAI-PMH address. Pure: bytes in, addresses out.

A page's own links go first, then the usual paths of the program that its ``generator`` or its words
name (`repository_programs`), then those of all programs.
"""

import re
from collections.abc import Iterator

from lxml import etree
from yarl import URL

from connectors.repository_programs import PROGRAMS, UNKNOWN, Program

READ = 1_000_000
"""Bytes of a page that are looked at."""

CANDIDATES = 24
"""Addresses that are tried; a page full of links must not make us knock for ever."""

_LINKS = 6
_DEEPEST = 2

_GENERATORS = re.compile(r"generator", re.IGNORECASE)
_OAI = re.compile(
    r"(?:/|\b)oai(?:2d?|-pmh|pmh)?(?:\.(?:pl|php))?(?:[/?#]|$)|oai-pmh-repository|OAIDataProvider"
    r"|mode=oaipmh|verb=Identify",
    re.IGNORECASE,
)
_DSPACE_SERVER = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.-]+)*/server(?=[/\"'&])")
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
    """The name in `PROGRAMS` of the program that made a page, "" if it does not show."""
    found = _made_by(page)
    return found.name if found else ""


def candidates(address: str, page: bytes, asked: str = "") -> list[str]:
    """Addresses that may speak OAI-PMH, the likeliest first; ``page`` is what stands at
    ``address``, to which ``asked`` led."""
    asked = asked or address
    made_by = _made_by(page)
    found = [_other_form(asked)] if _OAI.search(asked) else []
    found += [base_address(link) for link in (*_links(address, page), *_servers(page))]
    found += _journals(address) + _journals(asked)
    bases = list(dict.fromkeys([*_bases(address, made_by), *_bases(asked, made_by)]))
    if made_by is not None:
        found += [base + path for base in bases for path in made_by.paths]
    roots = [base for base in bases if URL(base, encoded=True).raw_path == "/"]
    found += [base + path for base in (*roots, *bases) for path in UNKNOWN]
    known = {base_address(address), base_address(asked)}
    return [one for one in dict.fromkeys(found) if one not in known][:CANDIDATES]


def _other_form(address: str) -> str:
    """The same address with a slash at the end of its path, or without the one it has."""
    plain = URL(base_address(address), encoded=True)
    path = plain.raw_path
    other = path[:-1] if path.endswith("/") else f"{path}/"
    query = f"?{plain.raw_query_string}" if plain.raw_query_string else ""
    return f"{plain.origin()}{other}{query}"


def _made_by(page: bytes) -> Program | None:
    root = _parsed(page)
    if root is not None:
        for meta in root.iter("meta"):
            said = meta.get("content") or ""
            if _GENERATORS.fullmatch(meta.get("name") or ""):
                for one in PROGRAMS:
                    if one.marks.search(said):
                        return one
    text = page[:READ].decode("latin-1")
    counts = [(len(one.marks.findall(text)), one) for one in PROGRAMS]
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


def _servers(page: bytes) -> Iterator[str]:
    """A page of DSpace 7 and later names its server, which may be another host."""
    text = page[:READ].decode("latin-1").replace("\\/", "/")
    for server in list(dict.fromkeys(_DSPACE_SERVER.findall(text)))[:_LINKS]:
        yield f"{server}/oai/request"


def _bases(address: str, made_by: Program | None) -> list[str]:
    """The folders a program may be installed in: where its own pages' addresses tell, that one,
    else two steps below the host's root at most, the deepest first; the root last."""
    plain = URL(address, encoded=True)
    root = str(plain.origin()) + "/"
    steps = [part for part in plain.raw_path.split("/") if part]
    if made_by is not None:
        own = [n for n, step in enumerate(steps) if step in made_by.below]
        steps = steps[: own[0]] if own else steps
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
