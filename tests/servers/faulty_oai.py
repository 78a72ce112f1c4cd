"""An OAI-PMH repository on loopback that keeps to the protocol, and can be made not to.

`Repository` is honest. A fault is a function of a request and of whoever would answer it but for
the fault; faults stand before the repository one behind the other, so that they may be combined.
`tests.servers.oai_faults` has a class of them for each numbered case of HARVESTING §2.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

CLOCK = "2026-11-20T10:00:00Z"
SECONDS = "YYYY-MM-DDThh:mm:ssZ"
_ROOT = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
_DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
)

Query = Mapping[str, str]
Answer = bytes | web.StreamResponse
Ask = Callable[[Query], Answer]
Fault = Callable[[Query, Ask], Answer]


@dataclass(frozen=True, slots=True)
class Item:
    """A record; ``dc`` are further elements of its description, as XML."""

    id: str
    stamp: str
    title: str
    deleted: bool = False
    sets: tuple[str, ...] = ()
    dc: str = ""

    def header(self) -> str:
        status = ' status="deleted"' if self.deleted else ""
        specs = "".join(f"<setSpec>{name}</setSpec>" for name in self.sets)
        return (
            f"<header{status}><identifier>{escape(self.id)}</identifier>"
            f"<datestamp>{self.stamp}</datestamp>{specs}</header>"
        )

    def xml(self) -> str:
        title = f"<dc:title>{escape(self.title)}</dc:title>" if self.title else ""
        body = "" if self.deleted else f"<metadata>{_DC}{title}{self.dc}</oai_dc:dc></metadata>"
        return f"<record>{self.header()}{body}</record>"


def items(
    count: int, *, start: int = 0, year: int = 2024, sets: tuple[str, ...] = ()
) -> list[Item]:
    """Records oai:lib:0 … with datestamps three days apart and a title of their own."""
    made = []
    for number in range(start, start + count):
        month, day = number // 9 % 12, number % 9
        stamp = f"{year + number // 108}-{1 + month:02}-{1 + 3 * day:02}T08:30:00Z"
        made.append(Item(f"oai:lib:{number}", stamp, f"Ысык-Көл жыйнагы {number}", sets=sets))
    return made


def envelope(inner: str, clock: str = CLOCK) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{_ROOT}<responseDate>{clock}</responseDate>'
        f"<request>http://lib.example/oai</request>{inner}</OAI-PMH>"
    ).encode()


def error(code: str, text: str = "") -> bytes:
    return envelope(f'<error code="{code}">{text}</error>')


@dataclass
class Repository:
    """Keeps to the protocol. Its list is in the order of datestamps and is paged by counting, as
    most are: what is added or changed while it is read shifts the rest."""

    records: Sequence[Item]
    page: int = 5
    total: bool = True
    cursor: bool = True
    clock: str = CLOCK
    granularity: str = SECONDS
    earliest: str = "2024-01-01T00:00:00Z"
    formats: Sequence[str] = ("oai_dc",)
    faults: list[Fault] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        self.asked.append(query)
        ask: Ask = self.answer
        for fault in reversed(self.faults):
            ask = partial(fault, ask=ask)  # type: ignore[call-arg]
        found = ask(query)
        if isinstance(found, web.StreamResponse):
            return found
        return web.Response(body=found, content_type="text/xml")

    def answer(self, query: Query) -> Answer:
        match query.get("verb", ""):
            case "Identify":
                inner = (
                    "<Identify><repositoryName>Library</repositoryName>"
                    f"<earliestDatestamp>{self.earliest}</earliestDatestamp>"
                    f"<granularity>{self.granularity}</granularity></Identify>"
                )
            case "ListMetadataFormats":
                inner = "".join(
                    f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>"
                    for name in self.formats
                )
                inner = f"<ListMetadataFormats>{inner}</ListMetadataFormats>"
            case "ListSets":
                names = sorted({name for item in self.records for name in item.sets})
                if not names:
                    return error("noSetHierarchy")
                listed = "".join(f"<set><setSpec>{name}</setSpec></set>" for name in names)
                inner = f"<ListSets>{listed}</ListSets>"
            case "GetRecord":
                found = [item for item in self.records if item.id == query.get("identifier")]
                if not found:
                    return error("idDoesNotExist")
                inner = f"<GetRecord>{found[0].xml()}</GetRecord>"
            case "ListRecords" | "ListIdentifiers":
                return self.listed(query)
            case _:
                return error("badVerb")
        return envelope(inner, self.clock)

    def listed(self, query: Query) -> Answer:
        """A page of ListRecords or ListIdentifiers."""
        if "resumptionToken" in query:
            if len(query) > 2:
                return error("badArgument", "a token stands alone")  # case 12
            try:
                at, start, end, spec = query["resumptionToken"].split("|")
                first = int(at)
            except ValueError:
                return error("badResumptionToken")
        else:
            if query.get("metadataPrefix") not in self.formats:
                return error("cannotDisseminateFormat")
            first, start, end = 0, query.get("from", ""), query.get("until", "")
            spec = query.get("set", "")
            if start and end and len(start) != len(end):
                return error("badArgument", "from and until differ in granularity")  # case 22
            if "T" in start + end and "hh" not in self.granularity:
                return error("badArgument", "days only")
        found = self.select(start, end, spec)
        if not found:
            return error("noRecordsMatch")
        return self.paged(query, found, first, f"|{start}|{end}|{spec}")

    def select(self, start: str, end: str, spec: str) -> list[Item]:
        """The records of a list, whole, in its order."""
        width = len(start or end)
        found = [
            item
            for item in self.records
            if (not start or item.stamp[:width] >= start)
            and (not end or item.stamp[:width] <= end)
            and (not spec or spec in item.sets)
        ]
        return sorted(found, key=lambda item: item.stamp)

    def paged(self, query: Query, found: Sequence[Item], first: int, rest: str) -> Answer:
        last = first + self.page
        token = f"{last}{rest}" if last < len(found) else ""
        return self.listing(query, found[first:last], token, len(found), first)

    def listing(
        self,
        query: Query,
        found: Sequence[Item],
        token: str,
        total: int | None = None,
        cursor: int | None = None,
    ) -> bytes:
        """A page of ``found``, and the token after it."""
        verb = query["verb"]
        whole = verb == "ListRecords"
        listed = "".join(item.xml() if whole else item.header() for item in found)
        size = f' completeListSize="{total}"' if self.total and total is not None else ""
        place = f' cursor="{cursor}"' if self.cursor and cursor is not None else ""
        end = ""
        if token or cursor:
            end = f"<resumptionToken{size}{place}>{escape(token)}</resumptionToken>"
        return envelope(f"<{verb}>{listed}{end}</{verb}>", self.clock)

    def change(self, number: int, **what: object) -> None:
        """Change a record in place."""
        records = list(self.records)
        records[number] = replace(records[number], **what)  # type: ignore[arg-type]
        self.records = records

    @property
    def lists(self) -> list[dict[str, str]]:
        """The requests for lists of records that came."""
        return [query for query in self.asked if query.get("verb") == "ListRecords"]


@asynccontextmanager
async def serving(repository: Repository) -> AsyncIterator[str]:
    """The repository at an address of this machine."""
    app = web.Application()
    app.router.add_get("/oai", repository.handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/oai"))
