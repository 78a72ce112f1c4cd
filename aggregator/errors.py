"""Errors named by what to do next.

Every message is a sentence a librarian understands: the source, what was asked,
what came, and what to do. Adapters turn their libraries' errors into these.
"""

from datetime import datetime


class IlimError(Exception):
    """Base of all errors that Ilim raises on purpose; its text may be shown to people.

    ``cause`` is one word for what is wrong with a source (`aggregator.causes`), "" where the text
    says all there is to say.
    """

    cause: str = ""


class RetryLater(IlimError):
    """The other side is busy or away: the same request may succeed later.

    ``after`` is the number of seconds the other side asked us to wait, or None.
    """

    def __init__(self, message: str, after: float | None = None, cause: str = "") -> None:
        super().__init__(message)
        self.after = after
        self.cause = cause or self.cause


class SkipRecord(IlimError):
    """One record cannot be read: quarantine it with this reason and go on."""


class SourceBroken(IlimError):
    """The source answered in a way that ends this run; the administrator must look."""

    def __init__(self, message: str, cause: str = "") -> None:
        super().__init__(message)
        self.cause = cause or self.cause


class ConfigError(IlimError):
    """The configuration or the command line is wrong: nothing was started (exit code 2)."""

    cause = "settings"


class Unavailable(IlimError):
    """A server we need does not answer, or the disk is full (exit code 3).

    ``since`` is when it was first found so, in UTC, or None where nobody has noted it.
    """

    cause = "here"

    def __init__(self, message: str, since: datetime | None = None) -> None:
        super().__init__(message)
        self.since = since


class LeaseLost(IlimError):
    """Another process holds the lease: this one must stop writing at once."""

    cause = "interrupted"
