"""Why a source is not well, in one word that pages translate, and what to do about it. Pure.

A run keeps its cause in the store beside the whole sentence (`store.state.Run`): the sentence names
addresses and numbers, the cause says which kind of trouble it is.
"""

from collections.abc import Mapping
from types import MappingProxyType

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "unreached": "Open its address in a browser. If it opens there, wait: it is tried again; "
        "if not, tell the partner.",
        "busy": "Wait: it is asked again when it wishes. If it is often so, raise `http.interval`.",
        "server": "Wait a day. If it goes on, send the last words to the partner: its program "
        "fails.",
        "refused": "Ask the partner to let Ilim in.",
        "certificate": "Tell the partner; if the certificate is its own authority's, name that "
        "authority's file as `http.ca_file`.",
        "address": "Correct the address in the source's file, or put the file there.",
        "request": "Correct `prefix` or `sets` in the source's file as the last words say.",
        "damaged": "Wait: it is tried again. If it goes on, send the last words to the partner.",
        "gaps": "Nothing is lost that came. If it goes on, send the last words to the partner: "
        "part of its list cannot be had.",
        "circle": "Tell the partner: its list goes in a circle.",
        "large": "If so much is right, raise `http.max_bytes`.",
        "settings": "Correct the source's file as the last words say.",
        "here": "Look at this machine: `ilim doctor` says what is wrong.",
        "fault": "Tell who looks after Ilim: the log has the details.",
        "short": "Harvest it once with --full. If it is always so and the number is wrong, "
        "write `ignore_total: true`.",
        "unswept": "Ask the partner. If the records are really gone, run `ilim harvest ID --full "
        "--allow-deletions`.",
        "fewer": "Ask the partner whether so many records are really gone.",
        "unread": "See `ilim quarantine --source ID`: much of what came could not be read.",
        "interrupted": "Nothing: the next run goes on from there.",
        "limit": "Nothing: the next run goes on from there.",
        "": "",
    }
)
"""Cause -> what to do. ID stands for the source's."""

DOUBTS = frozenset({"short", "unswept", "fewer"})
"""Causes of complete runs that somebody should look at."""


def advice(cause: str, source: str) -> str:
    """What to do about ``cause`` of ``source``, "" where there is nothing to do or say."""
    return ADVICE.get(cause, "").replace(" ID", f" {source}")
