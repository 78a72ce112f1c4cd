"""Keys that lead from one page of an answer to the next; a client carries them about. Pure."""

import base64
import binascii
import math
import re
from collections.abc import Sequence

import msgspec

from aggregator.errors import ConfigError
from aggregator.index.port import Sort
from aggregator.wording import say

Part = str | int | float
"""Of a key: a title's sort key, a whole number, or a score."""

_TITLE_KEY = re.compile(r"[-.0-9:;<=>?@A-Z^_a-z~]{1,400}")
_LARGEST = 2**63 - 1


def pack(sort: Sort, *parts: Part) -> str:
    """A key: where a page ended, and in which order."""
    packed = msgspec.json.encode([sort, *parts])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str, sort: Sort, kinds: Sequence[type[Part]]) -> tuple[Part, ...] | None:
    """The parts that ``pack`` packed, of these kinds; None for "".

    Raises ConfigError for anything else: another order's key, another engine's, a made-up one.
    """
    if not text:
        return None
    try:
        body = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        named, *parts = msgspec.json.decode(body, type=list[str | int | float])
    except (binascii.Error, ValueError):
        named, parts = "", []
    if (
        named != sort
        or len(parts) != len(kinds)
        or not all(_fits(part, kind) for part, kind in zip(parts, kinds, strict=True))
    ):
        raise ConfigError(
            say("The key for the next page does not belong to this search; start at its first page")
        )
    return tuple(parts)


def _fits(part: Part, kind: type[Part]) -> bool:
    if kind is str:
        return isinstance(part, str) and _TITLE_KEY.fullmatch(part) is not None
    if kind is float:
        return isinstance(part, int | float) and math.isfinite(part)
    return isinstance(part, int) and 0 <= part <= _LARGEST
