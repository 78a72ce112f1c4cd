"""When sources are due: the words, cron lines, clocks that are set, and what is refused."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.schedule import INTERVALS, check, next_time

BISHKEK = timezone(timedelta(hours=6))
MONDAY = datetime(2026, 11, 23, 10, 17, 42, tzinfo=BISHKEK)


@pytest.mark.parametrize("word", INTERVALS)
def test_words_count_from_the_last_run(word: str) -> None:
    assert next_time(word, MONDAY) == MONDAY + INTERVALS[word]


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("* * * * *", "2026-11-23 10:18"),
        ("*/15 * * * *", "2026-11-23 10:30"),
        ("17 10 * * *", "2026-11-24 10:17"),
        ("30 3 * * *", "2026-11-24 03:30"),
        ("30 3 * * mon", "2026-11-30 03:30"),
        ("30 12 * * MON", "2026-11-23 12:30"),
        ("0 0 1 * *", "2026-12-01 00:00"),
        ("0 0 1 jan *", "2027-01-01 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 4 1,15 * *", "2026-12-01 04:00"),
        ("0 4 * * 0", "2026-11-29 04:00"),
        ("0 4 * * 7", "2026-11-29 04:00"),
        ("0 4 * * fri-sun", "2026-11-27 04:00"),
        ("0 4 * * 1-5/2", "2026-11-25 04:00"),
        ("0 9-17/4 * * *", "2026-11-23 13:00"),
        ("20/20 * * * *", "2026-11-23 10:20"),
        # Both days restricted: either will do.
        ("0 4 1 * tue", "2026-11-24 04:00"),
        # One of them is every day: both must fit.
        ("0 4 13 * *", "2026-12-13 04:00"),
    ],
)
def test_cron_lines(line: str, due: str) -> None:
    assert check(line) == line
    assert next_time(line, MONDAY) == datetime.fromisoformat(due).replace(tzinfo=BISHKEK)


@given(
    line=st.tuples(
        st.sampled_from(["*", "0", "*/7", "59", "5-20/5"]),
        st.sampled_from(["*", "3", "23", "*/6", "8-18"]),
        st.sampled_from(["*", "1", "29", "*/9", "28-31"]),
        st.sampled_from(["*", "2", "jan-mar", "*/5"]),
        st.sampled_from(["*", "0", "sat,sun", "1-5", "*/3"]),
    ).map(" ".join),
    after=st.datetimes(
        datetime(1990, 1, 1),
        datetime(2090, 1, 1),
        timezones=st.sampled_from([UTC, ZoneInfo("Asia/Bishkek"), ZoneInfo("Europe/Berlin")]),
    ),
)
def test_the_next_time_is_later_and_fits(line: str, after: datetime) -> None:
    due = next_time(check(line), after)
    assert due.astimezone(UTC) > after.astimezone(UTC)
    assert due.tzinfo is after.tzinfo
    # Nothing lies between: from a minute before it, it is what comes next.
    before = (due.astimezone(UTC) - timedelta(seconds=1)).astimezone(after.tzinfo)
    if before.astimezone(UTC) > after.astimezone(UTC):
        assert next_time(line, before).astimezone(UTC) == due.astimezone(UTC)


def test_an_hour_that_comes_twice_and_one_that_never_comes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # 2026-10-25: 3:00 is 2:00 again. Once is enough.
    first = next_time("30 2 * * *", datetime(2026, 10, 25, 0, 0, tzinfo=berlin))
    assert first.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_time("30 2 * * *", first).date().day == 26
    # 2026-03-29: there is no 2:30; it is 3:30 by then.
    gap = next_time("30 2 * * *", datetime(2026, 3, 29, 0, 0, tzinfo=berlin))
    assert gap.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("dayly", "found 'dayly'; did you mean 'daily'?"),
        ("Daily", "found 'Daily'; did you mean 'daily'?"),
        (
            "every so often, please",
            "found 'every so often, please'; allowed: hourly, daily, weekly",
        ),
        ("0 25 * * *", "found '25' as the hour; it goes from 0 to 23"),
        ("60 * * * *", "found '60' as the minute; it goes from 0 to 59"),
        ("0 0 0 * *", "found '0' as the day of the month; it goes from 1 to 31"),
        ("0 0 * 13 *", "found '13' as the month; it goes from 1 to 12 or is one of jan, feb"),
        ("0 0 * * mom", "found 'mom' as the day of the week; did you mean 'mon'?"),
        ("0 0 * * mon-", "found 'mon-' as the day of the week; did you mean 'mon'?"),
        ("0 18-8 * * *", "found '18-8' as the hour"),
        ("*/0 * * * *", "found '*/0' as the minute"),
        ("٣ * * * *", "found '٣' as the minute"),
        ("0 0 31 2,4 *", "found '0 0 31 2,4 *', a day that no month of these has"),
        ("0 3 * *", "allowed: hourly"),
        ("0 3 * * * *", "allowed: hourly"),
        ("", "allowed: hourly"),
    ],
)
def test_what_is_no_schedule(schedule: str, said: str) -> None:
    with pytest.raises(ValueError, match="found") as caught:
        check(schedule)
    assert str(caught.value).startswith(said) or said in str(caught.value)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_time("daily", datetime(2026, 1, 1))
