"""The style sheet, the script and the icon: read once, addressed by what they contain."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp.web import HTTPNotFound, Request, Response

from web.negotiation import accepts_gzip
from web.responses import MIN_COMPRESSED

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    compressed: bytes
    content_type: str


class Assets:
    """Files of ``folder`` under ``/static/<hash>/<name>``, kept by browsers for a year.

    One hash covers all files: any change gives every file a new address.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        paths = sorted(path for path in folder.iterdir() if path.suffix in TYPES)
        digest = hashlib.blake2b(digest_size=6)
        self._assets: dict[str, Asset] = {}
        for path in paths:
            body = path.read_bytes()
            digest.update(path.name.encode() + b"\0" + body)
            self._assets[path.name] = Asset(
                body, gzip.compress(body, 9, mtime=0), TYPES[path.suffix]
            )
        self._hash = digest.hexdigest()

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError when there is none of that name."""
        if name not in self._assets:
            raise KeyError(name)
        return f"/static/{self._hash}/{name}"

    async def serve(self, request: Request) -> Response:
        """Answer ``/static/{hash}/{name}``; an address of another version is not found."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None or request.match_info["hash"] != self._hash:
            raise HTTPNotFound
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
        }
        body = asset.body
        accepted = accepts_gzip(request.headers.get("Accept-Encoding", ""))
        if accepted and len(body) >= MIN_COMPRESSED:
            body = asset.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(
            body=body, content_type=asset.content_type, charset="utf-8", headers=headers
        )
