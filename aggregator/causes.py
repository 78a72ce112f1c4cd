"""Why a source is not well, in one word that pages translate, and what to do about it. Pure.

A run keeps its cause in the store beside the whole sentence (`store.state.Run`): the sentence names
addresses and numbers, the cause says which kind of trouble it is.
"""

from collections.abc import Mapping
from types import MappingProxyType

from aggregator.wording import later, say

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "unreached": later(
            "Open its address in a browser. If it opens there, wait: it is tried again; "
            "if not, tell the partner."
        ),
        "busy": later(
            "Wait: it is asked again when it wishes. If it is often so, raise `http.interval`."
        ),
        "server": later(
            "Wait a day. If it goes on, send the last words to the partner: its program fails."
        ),
        "refused": later("Ask the partner to let Ilim in."),
        "certificate": later(
            "Tell the partner; if the certificate is its own authority's, name that "
            "authority's file as `http.ca_file`."
        ),
        "address": later("Correct the address in the source's file, or put the file there."),
        "request": later("Correct `formats` or `sets` in the source's file as the last words say."),
        "damaged": later(
            "Wait: it is tried again. If it goes on, send the last words to the partner."
        ),
        "gaps": later(
            "Nothing is lost that came. If it goes on, send the last words to the "
            "partner: part of its list cannot be had."
        ),
        "circle": later("Tell the partner: its list goes in a circle."),
        "large": later("If so much is right, raise `http.max_bytes`."),
        "settings": later("Correct the source's file as the last words say."),
        "here": later("Look at this machine: `ilim doctor` says what is wrong."),
        "fault": later("Tell who looks after Ilim: the log has the details."),
        "short": later(
            "Harvest it once with --full. If it is always so and the number is wrong, "
            "write `ignore_total: true`."
        ),
        "unswept": later(
            "Ask the partner. If the records are really gone, run `ilim harvest {source} "
            "--full --allow-deletions`."
        ),
        "renamed": later(
            "Ask the partner whether its records have new identifiers. If so, run `ilim harvest "
            "{source} --full --allow-deletions`: the old ones go then."
        ),
        "fewer": later("Ask the partner whether so many records are really gone."),
        "unread": later(
            "See `ilim quarantine --source {source}`: much of what came could not be read."
        ),
        "interrupted": later("Nothing: the next run goes on from there."),
        "limit": later("Nothing: the next run goes on from there."),
        "": "",
    }
)
"""Cause -> what to do about ``{source}``."""

ENDED = frozenset({"gaps", "circle", "short", "renamed", "request"})
"""Causes of incomplete runs that came to the source's end: nothing is left to go on with."""

DOUBTS = frozenset({"short", "unswept", "fewer"})
"""Causes of complete runs that somebody should look at."""


def advice(cause: str, source: str) -> str:
    """What to do about ``cause`` of ``source``, "" where there is nothing to do or say."""
    return say(ADVICE.get(cause, ""), source=source)
