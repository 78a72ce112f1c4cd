"""OAI-PMH servers over generated records: ``python -m tests.bench.server COUNT PAGE DELAY SEED``.

Pages are made before the first request, so that its own work does not count. Prints its port. With
a number behind SEED it answers on so many ports, which are hosts of their own to a harvester, and
prints them all.
"""

import asyncio
import gzip
import socket
import sys

from aiohttp.web import Application, AppRunner, Request, Response, SockSite

from tests.bench.generated import Vocabulary, body, name

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-01T00:00:00Z</responseDate>"
    '<request verb="{verb}">http://127.0.0.1/oai</request>'
)
_IDENTIFY = (
    "<Identify><repositoryName>Bench</repositoryName><baseURL>http://127.0.0.1/oai</baseURL>"
    "<protocolVersion>2.0</protocolVersion><adminEmail>bench@example.org</adminEmail>"
    "<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp>"
    "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>"
    "</Identify></OAI-PMH>"
)


def make_page(start: int, size: int, count: int, seed: int, vocabulary: Vocabulary) -> bytes:
    """One ListRecords response."""
    records = [
        f"<record><header><identifier>{name(n)}</identifier>"
        f"<datestamp>2026-11-01T00:00:00Z</datestamp><setSpec>bench</setSpec></header>"
        f"<metadata>{body(n, seed, vocabulary).decode()}</metadata></record>"
        for n in range(start, min(start + size, count))
    ]
    token = str(start + size) if start + size < count else ""
    return (
        _HEAD.format(verb="ListRecords")
        + "<ListRecords>"
        + "".join(records)
        + f'<resumptionToken completeListSize="{count}" cursor="{start}">{token}'
        + "</resumptionToken></ListRecords></OAI-PMH>"
    ).encode()


async def main(count: int, size: int, delay: float, seed: int, hosts: int = 1) -> None:
    vocabulary = Vocabulary(seed)
    pages = {
        start: make_page(start, size, count, seed, vocabulary) for start in range(0, count, size)
    }
    packed = {start: gzip.compress(page, 1) for start, page in pages.items()}
    identify = (_HEAD.format(verb="Identify") + _IDENTIFY).encode()

    async def answer(request: Request) -> Response:
        if request.query.get("verb") == "Identify":
            return Response(body=identify, content_type="text/xml", charset="utf-8")
        await asyncio.sleep(delay)
        start = int(request.query.get("resumptionToken") or 0)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(
                body=packed[start],
                content_type="text/xml",
                charset="utf-8",
                headers={"Content-Encoding": "gzip"},
            )
        return Response(body=pages[start], content_type="text/xml", charset="utf-8")

    app = Application()
    app.router.add_get("/oai", answer)
    runner = AppRunner(app, access_log=None)
    await runner.setup()
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(hosts)]
    for one in listening:
        await SockSite(runner, one).start()
    print(*(one.getsockname()[1] for one in listening), flush=True)
    await asyncio.to_thread(sys.stdin.read)  # ends with whoever started it
    await runner.cleanup()


if __name__ == "__main__":
    count, size, delay, seed, *hosts = sys.argv[1:]
    asyncio.run(main(int(count), int(size), float(delay), int(seed), *map(int, hosts)))
