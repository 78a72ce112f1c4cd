"""A small OAI-PMH repository on loopback that can be told to misbehave, and a harvest of it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

from aggregator.errors import IlimError
from aggregator.source import Batch, Checkpoint, Names, Raw, Reject
from aggregator.watch import Watch
from connectors.fetch import Fetcher
from connectors.hosts import Backoff
from connectors.http_settings import HttpSettings
from connectors.oai_pmh import OaiPmh, OaiPmhConfig

NOW = "2026-11-23T10:00:00Z"
NAMES = Names(ky="Сыноо", ru="Проба", en="Trial")
ROOT = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
)

Query = Mapping[str, str]
Answer = bytes | web.StreamResponse | None


@dataclass(frozen=True, slots=True)
class Item:
    """One record of the repository; ``content`` replaces its metadata element where given."""

    id: str
    stamp: str = "2024-05-01T00:00:00Z"
    title: str = "Ысык-Көлдүн суусу"
    deleted: bool = False
    sets: tuple[str, ...] = ()
    content: str | None = None

    def header(self) -> str:
        status = ' status="deleted"' if self.deleted else ""
        specs = "".join(f"<setSpec>{name}</setSpec>" for name in self.sets)
        return (
            f"<header{status}><identifier>{escape(self.id)}</identifier>"
            f"<datestamp>{self.stamp}</datestamp>{specs}</header>"
        )

    def xml(self) -> str:
        metadata = f"<metadata>{DC}<dc:title>{escape(self.title)}</dc:title></oai_dc:dc></metadata>"
        if self.content is not None:
            metadata = self.content
        return f"<record>{self.header()}{'' if self.deleted else metadata}</record>"


def items(count: int, **same: Any) -> list[Item]:
    """Records oai:x:0 … with datestamps a day apart, from 2024-01-01."""
    return [
        Item(
            f"oai:x:{number}", f"2024-{1 + number // 28:02}-{1 + number % 28:02}T00:00:00Z", **same
        )
        for number in range(count)
    ]


def envelope(inner: str, *, date: str = NOW) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{ROOT}<responseDate>{date}</responseDate>'
        f'<request verb="ListRecords">http://x/oai</request>{inner}</OAI-PMH>'
    ).encode()


def listing(records: Sequence[Item], token: str | None = None, total: int | None = None) -> bytes:
    """A ListRecords response; ``token`` "" gives an empty resumptionToken element."""
    size = f' completeListSize="{total}"' if total is not None else ""
    last = f"<resumptionToken{size}>{escape(token)}</resumptionToken>" if token is not None else ""
    return envelope(f"<ListRecords>{''.join(item.xml() for item in records)}{last}</ListRecords>")


def oai_error(code: str, text: str = "") -> bytes:
    return envelope(f'<error code="{code}">{text}</error>')


@dataclass
class Repository:
    """A compliant server; ``fault`` may answer instead of it, ``mangle`` change what it sends."""

    records: Sequence[Item]
    page: int = 5
    total: bool = True
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    earliest: str = "2024-01-01T00:00:00Z"
    days_only: bool = False
    formats: Sequence[str] = ("oai_dc", "marcxml")
    ignores_dates: bool = False
    fault: Callable[[Query, int], Answer] = lambda _query, _number: None
    mangle: Callable[[Query, bytes], bytes] = lambda _query, body: body
    asked: list[dict[str, str]] = field(default_factory=list)
    base: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        self.asked.append(query)
        found = self.fault(query, len(self.asked) - 1)
        if found is None:
            found = self.mangle(query, self.answer(query))
        if isinstance(found, web.StreamResponse):
            return found
        return web.Response(body=found, content_type="text/xml")

    def answer(self, query: Query) -> bytes:
        verb = query.get("verb", "")
        if verb == "Identify":
            return envelope(
                f"<Identify><repositoryName>x</repositoryName><baseURL>{self.base}</baseURL>"
                f"<earliestDatestamp>{self.earliest}</earliestDatestamp>"
                f"<granularity>{self.granularity}</granularity></Identify>"
            )
        if verb == "ListMetadataFormats":
            formats = "".join(
                f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>"
                for name in self.formats
            )
            return envelope(f"<ListMetadataFormats>{formats}</ListMetadataFormats>")
        if verb == "ListSets":
            sets = sorted({name for item in self.records for name in item.sets})
            listed = "".join(f"<set><setSpec>{name}</setSpec></set>" for name in sets)
            return (
                envelope(f"<ListSets>{listed}</ListSets>") if sets else oai_error("noSetHierarchy")
            )
        if verb == "GetRecord":
            for item in self.records:
                if item.id == query["identifier"]:
                    return envelope(f"<GetRecord>{item.xml()}</GetRecord>")
            return oai_error("idDoesNotExist")
        return self._list(query, verb)

    def _list(self, query: Query, verb: str) -> bytes:
        if "resumptionToken" in query:
            if len(query) > 2:
                return oai_error("badArgument", "a token stands alone")
            at, start, end, spec = query["resumptionToken"].split("|")
        else:
            if query.get("metadataPrefix") not in self.formats:
                return oai_error("cannotDisseminateFormat")
            at, start, end = "0", query.get("from", ""), query.get("until", "")
            spec = query.get("set", "")
            if "T" in start + end and self.days_only:
                return oai_error("badArgument", "days only")
        if self.ignores_dates:
            start = end = ""
        width = 10 if len(start or end) == 10 else 20
        found = [
            item
            for item in self.records
            if (not start or item.stamp[:width] >= start)
            and (not end or item.stamp[:width] <= end)
            and (not spec or spec in item.sets)
        ]
        if not found:
            return oai_error("noRecordsMatch")
        first, last = int(at), int(at) + self.page
        some = found[first:last]
        token: str | None = None
        if last < len(found):
            token = f"{last}|{start}|{end}|{spec}"
        elif first:
            token = ""
        total = len(found) if self.total else None
        if verb == "ListRecords":
            return listing(some, token, total)
        more = f"<resumptionToken>{token}</resumptionToken>" if token else ""
        headers = "".join(item.header() for item in some)
        return envelope(f"<ListIdentifiers>{headers}{more}</ListIdentifiers>")

    @property
    def lists(self) -> list[dict[str, str]]:
        """The list requests that came."""
        return [query for query in self.asked if query.get("verb") == "ListRecords"]

    @property
    def since(self) -> list[str]:
        """From when lists were asked for, without the one request by which the connector sees
        whether dates are heeded: it asks from the earliest datestamp, which is in 2024."""
        return [day for query in self.lists if (day := query.get("from", ""))[:4] > "2024"]


@asynccontextmanager
async def serving(repository: Repository) -> AsyncIterator[str]:
    """The repository at an address of this machine."""
    app = web.Application()
    app.router.add_get("/oai", repository.handle)
    async with TestServer(app) as server:
        repository.base = str(server.make_url("/oai"))
        yield repository.base


@dataclass
class Harvest:
    """What one run brought, as the runner would see it."""

    records: dict[str, Raw] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    still: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    totals: list[int | None] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    stopped: str = ""
    error: IlimError | None = None

    def take(self, batch: Batch) -> None:
        self.records |= {raw.id: raw for raw in batch.records}
        self.rejects += batch.rejects
        self.still += batch.still
        self.problems += [batch.problem] if batch.problem else []
        self.totals.append(batch.total)
        self.checkpoints.append(batch.checkpoint)

    @property
    def verdict(self) -> str:
        if self.error is not None:
            return "failed"
        return "incomplete" if self.problems or self.stopped else "complete"

    @property
    def checkpoint(self) -> Checkpoint:
        return self.checkpoints[-1] if self.checkpoints else {}

    @property
    def ids(self) -> list[str]:
        return sorted(self.records, key=lambda name: int(name.rpartition(":")[2]))


def config(url: str, **options: Any) -> OaiPmhConfig:
    http = {"interval": 0, "retries": 2, "read_timeout": 0.3, **options.pop("http", {})}
    return OaiPmhConfig(
        id="x", name=NAMES, connector="oai_pmh", url=url, http=HttpSettings(**http), **options
    )


async def harvest(
    url: str,
    checkpoint: Checkpoint | None = None,
    *,
    pages: int | None = None,
    into: Harvest | None = None,
    **options: Any,
) -> Harvest:
    """Run the connector as the runner does, at most ``pages`` batches."""
    found = into or Harvest()
    settings = config(url, **options)
    watch = Watch()
    async with (
        Fetcher(settings.http, url, backoff=Backoff(0.001, 0.002)) as fetcher,
        aclosing(OaiPmh(settings, fetcher).harvest(checkpoint or {})) as batches,
    ):
        try:
            async for batch in batches:
                found.take(batch)
                ids = [raw.id for raw in batch.records]
                ids += [reject.id for reject in batch.rejects] + list(batch.still)
                found.stopped = watch.page(ids, batch.checkpoint)
                if found.stopped or len(found.checkpoints) == pages:
                    break
        except IlimError as error:
            found.error = error
    return found


async def harvest_of(repository: Repository, **options: Any) -> Harvest:
    """Serve ``repository`` and harvest it once."""
    async with serving(repository) as url:
        return await harvest(url, **options)
