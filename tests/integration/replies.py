"""Recorded HTTP replies of real repositories, played by a server of this machine.

Each is answered with its own status, headers and bytes. A reply of ``http://HOST/PATH?QUERY``
stands at ``/http/HOST/PATH?QUERY`` of the server. What was not recorded is HTTP 404.
"""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer

_OWN = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
"""Headers that belong to a connection, and those that the playing server sets itself."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Told:
    """One record as the bytes of a reply tell it; ``titles`` are its dc:title elements, ``texts``
    all that its metadata say."""

    id: str
    deleted: bool
    titles: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Reply:
    """One recorded exchange."""

    place: str
    query: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    path: Path

    @cached_property
    def body(self) -> bytes:
        path = self.path if self.path.exists() else self.path.with_name(f"{self.path.name}.gz")
        body = path.read_bytes()
        return gzip.decompress(body) if path.suffix == ".gz" else body

    @property
    def verb(self) -> str:
        return self.query.get("verb", "")

    def root(self) -> ET.Element:
        """The document, read by expat after what XML forbids became blanks; what stands after its
        end is left out."""
        text = self.body.decode("utf-8", "replace")
        end = re.search(r"</(?:\w+:)?OAI-PMH\s*>", text)
        return ET.fromstring(_NO_XML.sub(" ", text[: end.end()] if end else text).lstrip("\ufeff"))

    def told(self) -> list[Told]:
        return [
            Told(
                (record.findtext("{*}header/{*}identifier") or "").strip(),
                (record.find("{*}header[@status='deleted']")) is not None,
                tuple("".join(one.itertext()) for one in record.iter(f"{_DC}title")),
                tuple(
                    text.strip()
                    for one in record.iterfind("{*}metadata")
                    for text in one.itertext()
                    if text.strip()
                ),
            )
            for record in self.root().iter(f"{_OAI}record")
        ]

    def claimed(self) -> int:
        """How many records the list has, as it says; 0 if it does not."""
        found = self.root().find(f".//{_OAI}resumptionToken")
        return int(found.get("completeListSize") or 0) if found is not None else 0

    def token(self) -> str:
        found = self.root().find(f".//{_OAI}resumptionToken")
        return "".join(found.itertext()).strip() if found is not None else ""


_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"


def load(folder: Path) -> list[Reply]:
    """The replies that ``index.jsonl`` of a folder lists."""
    found = []
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(_reply(folder, row))
    return found


def _reply(folder: Path, row: Mapping[str, object]) -> Reply:
    address = urlsplit(str(row["uri"]))
    status = row["status"]
    headers = row["headers"]
    assert isinstance(headers, dict)
    return Reply(
        f"/{address.scheme}/{address.netloc}{address.path}",
        dict(parse_qsl(address.query, keep_blank_values=True)),
        int(status["code"] if isinstance(status, dict) else str(status)),
        {name.lower(): values[0] for name, values in headers.items()},
        folder / str(row["file"]),
    )


def place_of(address: str) -> str:
    """Where a recorded address stands on the playing server."""
    return re.sub(r"^(https?):/", r"/\1", address)


def places(folder: Path) -> list[str]:
    """Where the recorded repositories stand, those included that only lead elsewhere."""
    found = [reply.place for reply in load(folder) if _begins_a_list(reply)]
    return list(dict.fromkeys(found))


def pages(replies: Sequence[Reply], place: str) -> list[Reply]:
    """The replies of the first list at ``place``, page by page as redirects and tokens lead."""
    here = [reply for reply in replies if reply.place == place]
    first = next(reply for reply in here if _begins_a_list(reply))
    if "location" in first.headers:
        return pages(replies, place_of(first.headers["location"].partition("?")[0]))
    found = [first]
    while token := found[-1].token():
        found.append(next(one for one in here if _same(one.query.get("resumptionToken"), token)))
    return found


def _begins_a_list(reply: Reply) -> bool:
    return reply.verb == "ListRecords" and "resumptionToken" not in reply.query


def _same(recorded: str | None, token: str | None) -> bool:
    """Whether it is the same token: two repositories write theirs percent-encoded, and the client
    that was recorded sent them back as they were."""
    if recorded is None or token is None:
        return recorded == token
    return unquote(unquote(recorded)) == unquote(unquote(token))


def whichever_dates(reply: Reply, query: Mapping[str, str]) -> bool:
    """Whether a reply answers a request, if the dates of the recorded one are left aside."""
    ours = {name: text for name, text in query.items() if name not in ("from", "until")}
    if "resumptionToken" in reply.query or "resumptionToken" in ours:
        return _same(reply.query.get("resumptionToken"), ours.get("resumptionToken"))
    return reply.verb == ours.get("verb")


def exactly(reply: Reply, query: Mapping[str, str]) -> bool:
    return dict(reply.query) == dict(query)


Answers = Callable[[Reply, Mapping[str, str]], bool]


@asynccontextmanager
async def playing(
    replies: Sequence[Reply], answers: Answers = whichever_dates
) -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """The server's address, and the requests it has had."""
    asked: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        query = dict(request.query)
        asked.append(query)
        for reply in replies:
            if reply.place == request.path and answers(reply, query):
                return _play(reply, f"{request.scheme}://{request.host}")
        raise web.HTTPNotFound

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/"), asked


def _play(reply: Reply, here: str) -> web.Response:
    headers = {name: text for name, text in reply.headers.items() if name not in _OWN}
    if "location" in headers:
        headers["location"] = here + place_of(headers["location"])
    packed = headers.get("content-encoding") == "gzip"
    if not packed:
        headers.pop("content-encoding", None)
    body = gzip.compress(reply.body) if packed else reply.body
    return web.Response(status=reply.status, headers=headers, body=body)
