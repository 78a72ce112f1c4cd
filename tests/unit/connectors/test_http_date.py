"""Moments in HTTP headers."""

from datetime import UTC, datetime

import pytest

from connectors.http_date import LONGEST_WAIT, retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), (" 12 ", 12), ("999999", LONGEST_WAIT), ("Mon, 23 Nov 2026 10:00:30 GMT", 30),
     ("Mon, 23 Nov 2020 10:00:30 GMT", 0), ("Monday, 23-Nov-26 10:01:00 GMT", 60),
     ("soon", None), ("", None), ("-5", None), ("²", None)],
)  # fmt: skip
def test_38_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 23, 10, tzinfo=UTC)) == seconds
