"""Moments in HTTP headers, as servers write them: never an error, at worst nothing. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0
"""Seconds: a Retry-After above this counts as this (HARVESTING case 37)."""

_MANY_DIGITS = 12


def http_date(text: str) -> datetime | None:
    """The moment of a header such as Date, in UTC where it names no zone; None: unreadable."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def server_clock(headers: Mapping[str, str]) -> datetime | None:
    """The server's clock as its Date header tells it."""
    return http_date(headers.get("Date", ""))


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds asked for by a Retry-After header, as a number or as an HTTP date; None: unreadable.

    ``now`` should be the server's own clock where it tells it.
    """
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return min(float(value[:_MANY_DIGITS]), LONGEST_WAIT)
    date = http_date(value)
    if date is None:
        return None
    return min(max(0.0, (date - now).total_seconds()), LONGEST_WAIT)
