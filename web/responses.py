"""Answers as they leave: security headers, compression, validators, links that may be followed."""

import hashlib
from urllib.parse import urlsplit

from aiohttp.web import ContentCoding, Request, Response, StreamResponse

from web.negotiation import accepts_gzip

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The work page reads its own site's Referer for "Back to results"; other sites see nothing.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # aiohttp would name itself, Python and both versions.
    "Server": "Ilim",
}

MIN_COMPRESSED = 1024
"""Bytes; smaller answers are sent as they are."""


async def add_security_headers(request: Request, response: StreamResponse) -> None:
    """For `Application.on_response_prepare`: on every answer, files and errors included."""
    response.headers.update(SECURITY_HEADERS)


def page(request: Request, html: str, status: int = 200) -> Response:
    """A page: revalidated by each visit (a weak ETag of its text), compressed where accepted.

    An answer that is not 200 is not stored.
    """
    if status != 200:
        response = Response(text=html, status=status, content_type="text/html", charset="utf-8")
        response.headers["Cache-Control"] = "no-store"
        compress(request, response)
        return response
    tag = hashlib.blake2b(html.encode(), digest_size=12).hexdigest()
    if any(known.value in (tag, "*") for known in request.if_none_match or ()):
        response = Response(status=304)
    else:
        response = Response(text=html, content_type="text/html", charset="utf-8")
        compress(request, response)
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding, Referer"
    return response


def compress(request: Request, response: Response) -> None:
    """gzip when the reader's browser takes it and there is something to gain."""
    body = response.body
    accepted = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    if accepted and isinstance(body, bytes) and len(body) >= MIN_COMPRESSED:
        response.enable_compression(ContentCoding.gzip)


def web_address(url: str) -> str:
    """``url`` when it is a plain http(s) address that may stand in a link, else "".

    Metadata is never trusted: no other scheme, no credentials, no control characters or spaces,
    which browsers drop and so could turn an address into another.
    """
    if len(url) > 2000 or any(char <= " " or char == "\x7f" for char in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return url
