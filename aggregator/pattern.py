"""Regular expressions that people write into YAML: none may hold up a harvest.

A pattern such as ``(а|б|а)*$`` tries all ways to part a text, which may take years. So matching
has a limit (the package `regex` counts processor time), and a pattern that has reached it often is
not tried any more.
"""

import re

import regex

from aggregator.errors import SkipRecord
from aggregator.wording import later, say
from aggregator.yamlmodel import no_pattern

LONGEST = 0.1
"""Seconds of the processor's time for one text; a pattern that works takes microseconds."""

TRIES = 10
"""How often a pattern may take longer: a few seconds in all."""


def checked(text: str) -> str:
    """``text`` if it is a regular expression; raises ValueError that says where it is not."""
    try:
        re.compile(text)  # what it refuses, it refuses at a better place
        regex.compile(text)
    except (re.error, regex.error, OverflowError, RecursionError) as error:
        raise ValueError(no_pattern(text, getattr(error, "pos", None) or 0)) from error
    return text


class Pattern:
    """A regular expression at work."""

    def __init__(self, text: str, longest: float = LONGEST) -> None:
        self._text = text
        self._pattern = regex.compile(text)
        self._longest = longest
        self._slow = 0

    def found(self, text: str) -> str | None:
        """The first group of what it finds in ``text``, all of it where it has no group; None where
        it finds nothing. Raises SkipRecord where that takes too long."""
        if self._slow >= TRIES:
            raise self._too_slow(text)
        try:
            match = self._pattern.search(text, timeout=self._longest)
        except TimeoutError:
            self._slow += 1
            raise self._too_slow(text) from None
        if match is None:
            return None
        return ((match[1] if self._pattern.groups else match[0]) or "").strip()

    def _too_slow(self, text: str) -> SkipRecord:
        said = later(
            "The regular expression '{pattern}' in the file of the source takes too long on "
            "'{word}': write it with fewer repeats inside repeats."
        )
        if self._slow >= TRIES:
            said = later(
                "The regular expression '{pattern}' in the file of the source takes too long on "
                "'{word}', and is not tried any more: write it with fewer repeats inside repeats."
            )
        return SkipRecord(say(said, pattern=self._text, word=text[:60]))
