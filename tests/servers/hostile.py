"""What hostile servers answer: small to write, large or endless to read."""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from itertools import repeat

from tests.servers.faulty_wire import Say, http
from tests.unit.connectors.oai_server import Item, envelope, items, listing, oai_error

__all__ = ["HOSTILE", "bomb", "endless", "giant"]

_HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_MEGABYTE = b"x" * (1 << 20)


def endless(start: bytes, again: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """``start``, then ``again`` for ever."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(again)
            await writer.drain()

    return write


def giant(start: bytes, end: bytes, size: int) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """``size`` bytes between ``start`` and ``end``; the server never holds them."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for _ in range(size >> 20):
            writer.write(_MEGABYTE)
            await writer.drain()
        writer.write(end)

    return write


def bomb(size: int, layers: int = 1, members: int = 1) -> bytes:
    """Zeros packed so often: ``members`` streams of ``size`` bytes each."""
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(piece) for piece in repeat(bytes(1 << 20), size >> 20))
    packed = (packed + packer.flush()) * members
    for _ in range(layers - 1):
        packed = gzip.compress(packed, mtime=0)
    return packed


def _with_dtd(dtd: str, title: str, before: str = "") -> bytes:
    page = listing([Item("oai:x:0", title="@")]).replace(b"@", title.encode())
    return page.replace(b"?>\n", f"?>\n{before}<!DOCTYPE OAI-PMH [{dtd}]>\n".encode(), 1)


_NAMES = "abcdefghij"
_LAUGHS = '<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {name} "{inner * 10}">'
    for name, inner in zip(_NAMES[1:], (f"&{name};" for name in _NAMES), strict=False)
)
_QUADRATIC = f'<!ENTITY a "{"x" * 100_000}">'
_IN_ATTRIBUTE = 'T</dc:title><dc:title x="&j;">U'


def _one(title: bytes) -> bytes:
    return listing([Item("oai:x:0"), Item("oai:x:1", title="@")]).replace(b"@", title)


def _records(count: int) -> bytes:
    record = (
        b"<record><header><identifier>%d</identifier></header><metadata><a/></metadata></record>"
    )
    return envelope("<ListRecords>@</ListRecords>").replace(
        b"@", b"".join(record % number for number in range(count))
    )


def _creators(count: int) -> bytes:
    people = "".join(f"<dc:creator>Иванов {n}</dc:creator>" for n in range(count))
    return _one(f"T</dc:title>{people}<dc:title>".encode())


def _sets(count: int) -> bytes:
    return listing([Item("oai:x:0", sets=tuple(f"set{number}" for number in range(count)))])


def _root(attributes: bytes) -> bytes:
    return listing(items(200)).replace(b"<OAI-PMH ", b"<OAI-PMH " + attributes, 1)


HOSTILE: dict[str, Callable[[], Say]] = {
    "a billion laughs": lambda: http(_with_dtd(_LAUGHS, "&j;")),
    "laughs in an attribute": lambda: http(_with_dtd(_LAUGHS, _IN_ATTRIBUTE)),
    "laughs behind a false root": lambda: http(
        _with_dtd(_LAUGHS, _IN_ATTRIBUTE, "<!-- <OAI-PMH > -->")
    ),
    "quadratic growth": lambda: http(_with_dtd(_QUADRATIC, "&a;" * 30_000)),
    "a DTD from elsewhere": lambda: http(
        _with_dtd('<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;', "&j;")
    ),
    "a gzip bomb": lambda: http(bomb(1 << 28)),
    "a bomb in a bomb": lambda: http(bomb(1 << 30, layers=2)),
    "a bomb of many pieces": lambda: http(bomb(1 << 20, members=2000)),
    "a bomb of empty pieces": lambda: http(gzip.compress(b"", mtime=0) * 1_000_000),
    "an endless answer": lambda: endless(_HEAD + b"\r\n", _MEGABYTE),
    "an endless answer in chunks": lambda: endless(_CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    "endless tiny chunks": lambda: endless(_CHUNKED, b"1\r\nx\r\n" * 1000),
    "endless headers": lambda: endless(_HEAD, b"X-A: b\r\n" * 1000),
    "an endless header": lambda: endless(_HEAD + b"X-A: ", _MEGABYTE),
    "an endless status line": lambda: endless(b"HTTP/1.1 200 ", _MEGABYTE),
    "an endless chunk size": lambda: endless(_CHUNKED, b"0" * 65536),
    "endless trailers": lambda: endless(_CHUNKED + b"0\r\n", b"X-A: b\r\n" * 1000),
    "endless 1xx answers": lambda: endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000),
    "a record of 2 GB": lambda: giant(
        _HEAD + b"\r\n" + listing(items(1)).partition(b"</dc:title>")[0], b"", 1 << 31
    ),
    "a length of 2 GB": lambda: giant(
        _HEAD + b"Content-Length: 2147483648\r\n\r\n", b"", 1 << 31
    ),
    "a million attributes": lambda: http(
        _root(b" ".join(b'a%d=""' % number for number in range(1_000_000)) + b" ")
    ),
    "a hundred thousand prefixes": lambda: http(
        _root(b" ".join(b'xmlns:p%d="u"' % number for number in range(100_000)) + b" ")
    ),
    "attributes in a record": lambda: http(
        _one(
            b'T</dc:title><dc:title '
            + b" ".join(b'a%d=""' % number for number in range(300_000))
            + b">"
        )
    ),
    "a nest of 100,000": lambda: http(
        _one(b"T</dc:title>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"<dc:title>")
    ),
    "a nest of 100,000 left open": lambda: http(_one(b"T</dc:title>" + b"<a>" * 100_000)),
    "a nest around the records": lambda: http(
        envelope("<ListRecords>" + "<a>" * 100_000 + "</a>" * 100_000 + "</ListRecords>")
    ),
    "a million records": lambda: http(_records(700_000)),
    "a million elements": lambda: http(
        _one(b"T</dc:title>" + b"<a/>" * 10_000_000 + b"<dc:title>")
    ),
    "a title of 5 MB": lambda: http(_one("Ысык-Көл ".encode() * 330_000)),
    "100,000 creators": lambda: http(_creators(100_000)),
    "10,000 sets": lambda: http(_sets(10_000)),
    "null bytes": lambda: http(_one(b"A\0B")),
    "only null bytes": lambda: http(bytes(10_000_000)),
    "overrides of direction": lambda: http(_one("\u202eevil\u202c\u2066x".encode())),
    "an identifier of 1 MB": lambda: http(listing([Item("x" * 1_000_000)])),
    "a bad identifier of 1 MB": lambda: http(
        listing([Item("x" * 1_000_000, title="@")]).replace(b"@", b"<b>")
    ),
    "a token of 10 MB": lambda: http(listing(items(2), "x" * 10_000_000)),
    "an odd token": lambda: http(listing(items(2), "%zz%&%00\u202e#?/../")),
    "an error of 5 MB": lambda: http(
        oai_error("y" * 1_000_000, "x" * 5_000_000)
    ),
    "cookies by thousands": lambda: http(
        listing(items(2), "t"),
        Set_Cookie="; \r\nSet-Cookie: ".join(f"c{number}=v" for number in range(100)),
    ),
    "many bare signs": lambda: http(_one(b"&" * 20_000_000)),
    "many opened comments": lambda: http(_one(b"<!--" * 5_000_000)),
    "many CDATA": lambda: http(_one(b"<![CDATA[" * 3_000_000)),
    "many declarations": lambda: http(_one(b"<?xml " * 5_000_000)),
    "many roots": lambda: http(b"<OAI-PMH " * 5_000_000 + b"</OAI-PMH>"),
    "many beginnings of records": lambda: http(_one(b"<record><header>" * 2_000_000)),
    "many undeclared prefixes": lambda: http(
        _one(b"T</dc:title>" + b"".join(b"<p%d:a/>" % n for n in range(200_000)) + b"<dc:title>")
    ),
    "many bad bytes": lambda: http(_one(b"\xd0a" * 10_000_000)),
    "one long word of bad bytes": lambda: http(_one(b"\xd0" * 30_000_000)),
    "many letters encoded twice": lambda: http(_one("Р°Р±Р².".encode() * 2_000_000)),
}  # fmt: skip
"""Name -> how the server answers every request."""
