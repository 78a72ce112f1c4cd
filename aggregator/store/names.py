"""What a record may be called, so that every database can keep the name and find it again."""

import re
from functools import lru_cache

from aggregator.store.payload import digest
from aggregator.wording import say

LONGEST = 1000
"""Bytes of a local id: PostgreSQL indexes at most 2,700 bytes a row, and a decision names two
records."""

_UNFIT = re.compile("[\x00\ud800-\udfff]")


def is_fit(words: str) -> bool:
    """Whether every database takes the text: PostgreSQL refuses the sign U+0000, and half a
    surrogate pair is no UTF-8."""
    return _UNFIT.search(words) is None


@lru_cache(maxsize=4096)
def fit(words: str) -> str:
    """The text as it can be kept: signs that no database takes become U+FFFD."""
    return _UNFIT.sub("\ufffd", words)


def flaw(local_id: str) -> str:
    """Why a local id cannot be kept, for the quarantine; "" when it can."""
    if not is_fit(local_id):
        return say("its identifier has a sign in it that is no text (U+0000 or half a sign)")
    size = len(local_id.encode())
    if size > LONGEST:
        return say(
            "its identifier is {size} bytes long; the longest that is kept has {limit}",
            size=size,
            limit=LONGEST,
        )
    return ""


def stand_in(local_id: str) -> str:
    """A name under which quarantine can keep what has an identifier that cannot be kept."""
    return f"{fit(local_id)[:100]}…{digest(local_id.encode(errors='surrogatepass')).hex()}"
