"""What stands at an address, judged by the address alone, and the links a record shows."""

import re
from collections.abc import Iterable
from typing import Literal

from aggregator.record import Link

Kind = Literal["fulltext", "landing", "thumbnail"]

_EXTENSIONS = {
    "pdf": "application/pdf", "djvu": "image/vnd.djvu", "epub": "application/epub+zip",
    "doc": "application/msword", "ps": "application/postscript", "rtf": "application/rtf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "fb2": "application/x-fictionbook+xml", "txt": "text/plain", "zip": "application/zip",
}  # fmt: skip
_PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp"})

# Where usual repository software keeps files: OJS, DSpace, Digital Commons, EPrints.
_FILE_ADDRESS = re.compile(
    r"/article/(?:download|viewFile)/|/article/view/\d+/\d+|/bitstreams?/|viewcontent\.cgi"
    r"|/download/|arxiv\.org/pdf/",
    re.IGNORECASE,
)
_MEDIA_TYPE = re.compile(
    r"(?:application|text|image|audio|video|multipart|chemical|model)/[\w.+-]+", re.IGNORECASE
)
_SHORT_MEDIA_TYPES = {"pdf": "application/pdf", "html": "text/html", "djvu": "image/vnd.djvu"}

# A local identifier may hold colons ("oai:host:1"); a scheme that a browser runs is not one.
_IDENTIFIER_LIKE = re.compile(
    r"(?!javascript:|data:|vbscript:|file:)[\w.:/\s()\[\]#+-]+", re.IGNORECASE
)


def identifier_like(text: str) -> bool:
    """Whether a text can be an identifier of its owner's making, not an address that runs."""
    return ":" not in text or _IDENTIFIER_LIKE.fullmatch(text) is not None


def media_type(text: str) -> str:
    """The media type that a statement of format names: ``application/pdf``, ``PDF``; else ""."""
    word = text.split(";", 1)[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(word):
        return word
    return _SHORT_MEDIA_TYPES.get(word, "")


def link(address: str, kind: Kind | None = None) -> Link:
    """A Link for an http(s) address; where the source gave no ``kind`` the address tells it."""
    path = address.split("#", 1)[0].split("?", 1)[0]
    name = path.rsplit("/", 1)[-1].lower() if path.count("/") > 2 else ""
    extension = name.rsplit(".", 1)[-1] if "." in name else ""
    media = _EXTENSIONS.get(extension, "")
    if kind is None and extension in _PICTURES and "thumb" in address.lower():
        kind = "thumbnail"
    if kind is None:
        kind = "fulltext" if media or _FILE_ADDRESS.search(address) else "landing"
    return Link(address, kind, media)


def with_media_type(links: Iterable[Link], media: Iterable[str]) -> tuple[Link, ...]:
    """The links, each address once; a lone full text gets the one media type its record names."""
    unique = tuple({one.url: one for one in reversed(tuple(links))}.values())[::-1]
    types = set(media)
    files = [one for one in unique if one.kind == "fulltext"]
    if len(types) != 1 or len(files) != 1 or files[0].media_type:
        return unique
    (only,) = types
    return tuple(Link(one.url, one.kind, only) if one is files[0] else one for one in unique)
