"""Looks at an address and says what kind of source stands there.

OAI-PMH, also behind the home page of a known program; MARC files; tables. Everything asked goes
through `connectors.fetch`: a page cannot send us into a private network.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from sickle.models import MetadataFormat, Set
from yarl import URL

from aggregator.errors import ConfigError, IlimError, RetryLater, SourceBroken
from aggregator.source import Names
from aggregator.wording import say
from connectors import home_page
from connectors.addresses import describe, web_address
from connectors.crosswalks import CROSSWALKS
from connectors.fetch import Fetcher, Response, ServerError
from connectors.hosts import Backoff
from connectors.http_settings import HttpSettings
from connectors.marc_file import MarcFile, MarcFileConfig
from connectors.oai_client import said
from connectors.oai_page import Damaged, NotOai, read_formats, read_identify, read_sets
from connectors.oai_window import parse_stamp
from connectors.sheet_header import sheet_header
from connectors.table_guess import header

SETS = 20
"""Sets that are named in a new file; a repository may have ten thousand."""

RICHEST = (
    "xoai", "dim", "oai_openaire", "oai_openaire_v4", "oai_datacite", "oai_datacite4", "datacite4",
    "datacite", "mods", "oai_mods", "marc21", "marcxml", "marcXML", "oai_marc21", "unimarc",
    "rusmarc", "oai_etdms", "etdms", "qdc", "oai_qdc", "qualifieddc", "oai_dc",
)  # fmt: skip
"""Metadata formats, those that say most first: XOAI names the files, DIM the kinds of dates,
DataCite and MARC are typed, plain Dublin Core is not."""

_FROM_DUBLIN_CORE = frozenset({"marc21", "marcxml", "marcXML", "oai_marc21", "mods", "oai_mods"})
_OJS_OFFERS = "rfc1807"
"""Only OJS offers this format. Its MARC is made from its Dublin Core and says less than that."""

LOOK = HttpSettings(interval=0.5, connect_timeout=10, read_timeout=30, total_timeout=120, retries=1)
"""A librarian waits for the answer: less patience than a harvest has."""
SILENCES = 3
"""Addresses of a host that may be silent or busy before no more are tried."""

_START = 64 * 1024
_NAMES = Names(ky="-", ru="-", en="-")
T = TypeVar("T")
_NO_FORMATS: list[MetadataFormat] = []
_NO_SETS: tuple[list[Set], str] = ([], "")

Kind = Literal["oai_pmh", "marc_file", "table"]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at an address. ``url`` or ``path`` is where; ``body`` is a file that came over
    the network and has to be put somewhere, for its connector reads files only.

    Names and addresses are the partner's own words: hostile until cleaned.
    """

    connector: Kind
    url: str = ""
    path: Path | None = None
    body: bytes = b""
    file_name: str = ""
    name: str = ""
    homepage: str = ""
    contact: str = ""
    software: str = ""
    formats: tuple[str, ...] = ()
    prefix: str = "oai_dc"
    sets: tuple[tuple[str, str], ...] = ()
    more_sets: bool = False
    earliest: str = ""
    columns: tuple[str, ...] = ()


async def look(address: str, *, http: HttpSettings = LOOK, contact: str = "") -> Found:
    """What stands at ``address``: a web address (https:// may be left out), a file or a folder.

    Raises ConfigError where there is nothing that Ilim reads; RetryLater or SourceBroken where
    nobody answers.
    """
    if "://" not in address:
        path = await asyncio.to_thread(_local, address)
        if path is not None:
            return await _look_at_path(path)
        if "." not in address.partition("/")[0].strip(".") or " " in address.strip():
            raise ConfigError(
                say(
                    "There is no file or folder {address}, and it is no web address.",
                    address=address,
                )
            )
        try:
            return await _look_on_the_web(f"https://{address}", http, contact)
        except (RetryLater, SourceBroken) as error:
            try:  # a site without a certificate, or with one that is out of date
                return await _look_on_the_web(f"http://{address}", http, contact)
            except IlimError:
                raise error from None
    return await _look_on_the_web(address, http, contact)


async def _look_on_the_web(address: str, http: HttpSettings, contact: str) -> Found:
    start = _web(address)
    async with Fetcher(http, start, contact=contact, backoff=Backoff(0.5, 5)) as fetcher:
        return await _look_at_address(start, fetcher)


async def _look_at_address(start: str, fetcher: Fetcher) -> Found:
    refused: IlimError | None = None
    page, stands = b"", start
    try:
        response = await fetcher.get(start, "verb=Identify")
        found = await _identified(start, response, fetcher)
        if found is not None:
            return found
        if response.status >= HTTPStatus.BAD_REQUEST:
            response = await fetcher.get(start)
        if response.status < HTTPStatus.BAD_REQUEST:
            page, stands = response.body, home_page.base_address(response.url)
            found = await _look_at_body(start, page)
            if found is not None:
                return found
    except (SourceBroken, ServerError) as error:
        refused = error  # a home page may be closed to programs while its OAI-PMH is open
    tried = home_page.candidates(stands, page, start)
    silences = 0
    for candidate in tried:
        try:
            response = await fetcher.get(candidate, "verb=Identify", brief=True)
            found = await _identified(candidate, response, fetcher)
        except SourceBroken:
            continue
        except RetryLater as error:
            silences += 1
            if silences == SILENCES:
                refused = refused or error
                break
            continue
        if found is not None:
            return replace(found, homepage=start, software=home_page.software(page))
    if refused is not None:
        raise refused
    raise ConfigError(
        say(
            "Nothing that Ilim can read was found at {address}: no OAI-PMH there or at {count} "
            "usual addresses of that host, and it is no MARC file or table. Ask the partner for "
            "its OAI-PMH address (opened with ?verb=Identify it shows XML), or for an export.",
            address=describe(start),
            count=len(tried),
        )
    )


# --- OAI-PMH -----------------------------------------------------------------------------------


async def _identified(asked: str, response: Response, fetcher: Fetcher) -> Found | None:
    """What an OAI-PMH server offers, None if ``response`` is not of one."""
    try:
        server = read_identify(response.body)
    except (NotOai, Damaged):
        return None
    if server is None:
        return None
    url = asked
    if describe(response.url) != describe(asked):  # it has moved: the new address saves a request
        url = home_page.base_address(response.url)
    formats = await _asked(fetcher, url, "verb=ListMetadataFormats", read_formats, _NO_FORMATS)
    offered = tuple(dict.fromkeys(n for one in formats if (n := said(one, "metadataPrefix"))))
    sets, token = await _asked(fetcher, url, "verb=ListSets", read_sets, _NO_SETS)
    named = [(spec, said(one, "setName")) for one in sets if (spec := said(one, "setSpec"))]
    earliest = said(server, "earliestDatestamp")
    return Found(
        "oai_pmh",
        url,
        name=said(server, "repositoryName"),
        homepage=str(URL(url, encoded=True).origin()) + "/",
        contact=said(server, "adminEmail"),
        formats=offered,
        prefix=best_format(offered),
        sets=tuple(named[:SETS]),
        more_sets=len(named) > SETS or bool(token),
        earliest=earliest[:10] if parse_stamp(earliest) else "",
    )


async def _asked(
    fetcher: Fetcher, url: str, query: str, read: Callable[[bytes], T], silent: T
) -> T:
    """An answer, or ``silent`` where the server does not give one: it is only for comfort."""
    try:
        return read((await fetcher.get(url, query)).body)
    except (RetryLater, SourceBroken):
        return silent


def best_format(offered: tuple[str, ...]) -> str:
    """The format that says most of those that are offered and that a crosswalk reads; "oai_dc",
    which every server must have, where there is none."""
    poor = _FROM_DUBLIN_CORE if _OJS_OFFERS in offered else frozenset[str]()
    known = [one for one in RICHEST if one in offered and one in CROSSWALKS and one not in poor]
    return known[0] if known else "oai_dc"


# --- files -------------------------------------------------------------------------------------


async def _look_at_body(url: str, body: bytes) -> Found | None:
    """What a file that came over the network is, None for a page for people."""
    name = PurePosixPath(URL(url, encoded=True).raw_path).name or "file"
    safe = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "._-"))
    with tempfile.TemporaryDirectory(prefix="ilim-look-") as folder:
        file = Path(folder) / (safe.lstrip(".")[-80:] or "file")
        await asyncio.to_thread(file.write_bytes, body)
        with contextlib.suppress(ConfigError):
            found = await _look_at_path(file)
            if found.connector == "table":
                return replace(found, url=url, path=None)
            if found.connector == "marc_file":
                return replace(found, path=None, body=body, file_name=file.name)
    return None


async def _look_at_path(path: Path) -> Found:
    """Raises ConfigError where there is nothing that Ilim reads."""
    start, folder = await asyncio.to_thread(_start, path)
    if b"<OAI-PMH" in start or b":OAI-PMH" in start:
        return Found("oai_pmh", path=folder, name=folder.name)
    if await _is_marc(path):
        return Found("marc_file", path=path, name=path.stem)
    packed = start.startswith(b"PK\x03\x04") and folder != path
    columns = await asyncio.to_thread(sheet_header, path) if packed else header(start)
    if columns:
        return Found("table", path=path, name=path.stem, columns=columns)
    raise ConfigError(
        say(
            "{path} is neither OAI-PMH responses, nor MARC records, nor a table (CSV, TSV, XLSX).",
            path=path,
        )
    )


def _web(address: str) -> str:
    """Raises ConfigError for what is no web address."""
    try:
        start = web_address(address)
    except SourceBroken as error:
        raise ConfigError(str(error)) from error
    if start.scheme not in ("http", "https") or not start.host:
        raise ConfigError(
            say("“{word}” is no web address: it begins with https:// or http://.", word=address)
        )
    return home_page.base_address(str(start))


def _local(address: str) -> Path | None:
    path = Path(address).expanduser()
    return path.resolve() if path.exists() else None


def _start(path: Path) -> tuple[bytes, Path]:
    """The first bytes of a file, or of the first file of a folder; and that folder."""
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
        if not files:
            raise ConfigError(
                say(
                    "The folder {folder} is empty: put the partner's files there first.",
                    folder=path,
                )
            )
        path = files[0]
    with path.open("rb") as stream:
        return stream.read(_START), path.parent


async def _is_marc(path: Path) -> bool:
    """Whether the connector for MARC finds a record, whatever the file's name."""
    config = MarcFileConfig.model_validate(
        {"id": "x", "name": _NAMES, "connector": "marc_file", "path": path}
    )
    try:
        async with aclosing(MarcFile(config).harvest({})) as batches:
            first = await anext(batches, None)
    except SourceBroken:
        return False
    return first is not None and bool(first.records)
