"""When a source is due: ``hourly``, ``daily``, ``weekly``, or a cron line of five fields. Pure.

The words count from the last run, so that sources which were added at different times do not all
come at once. A cron line is read by the clock of the moment it is asked for, as crontab(5) says:
minute, hour, day of the month, month, day of the week; ``*``, lists, ranges, steps and English
names; where both days are restricted, either will do.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from aggregator.wording import later, say
from aggregator.yamlmodel import instead, nearest

INTERVALS: Mapping[str, timedelta] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}

FORMS = later(
    "hourly, daily, weekly, or five fields of a cron line: minute, hour, day, month, day of the "
    "week ('30 3 * * mon': Mondays at 3:30)"
)
"""What a schedule may be, for messages and descriptions."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HORIZON = 41 * 366
"""Days: in forty years 29 February falls on every day of the week (1900 and 2100 between them)."""

_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()

    def read(self, text: str) -> frozenset[int]:
        """The numbers that ``text`` allows. Raises ValueError saying what they may be."""
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, text: str) -> range:
        match = _PART.fullmatch(text)
        if match is None:
            raise self._wrong(text)
        every, first, last, step = match.groups()
        low = self.low if every else self._number(first)
        open_ended = self.high if every or step else low
        high = self._number(last) if last else open_ended
        if self.name == _WEEKDAY and last and high == 0:
            high = 7  # fri-sun
        if low > high or step == "0":
            raise self._wrong(text)
        return range(low, high + 1, int(step or 1))

    def _number(self, text: str) -> int:
        word = text.casefold()
        if word in self.words:
            return self.low + self.words.index(word)
        if not (text.isascii() and text.isdigit() and self.low <= int(text) <= self.high):
            raise self._wrong(text)
        return int(text)

    def _wrong(self, text: str) -> ValueError:
        near = nearest(text, self.words) if self.words else None
        if near:
            hint = instead(near, ())
        elif self.words:
            hint = say(
                "it goes from {low} to {high} or is one of {words}",
                low=self.low,
                high=self.high,
                words=", ".join(self.words),
            )
        else:
            hint = say("it goes from {low} to {high}", low=self.low, high=self.high)
        name = say(self.name)
        return ValueError(
            say("found '{word}' as the {name}; {hint}", word=text, name=name, hint=hint)
        )


_WEEKDAY = later("day of the week")
_FIELDS = (
    _Field(later("minute"), 0, 59),
    _Field(later("hour"), 0, 23),
    _Field(later("day of the month"), 1, 31),
    _Field(later("month"), 1, 12, _MONTHS),
    _Field(_WEEKDAY, 0, 7, _DAYS),
)


@dataclass(frozen=True, slots=True)
class _Cron:
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    """Both kinds of days are restricted."""

    def on(self, day: datetime) -> bool:
        """Whether it may run on this day."""
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month or by_week if self.either else by_month and by_week


def check(schedule: str) -> str:
    """``schedule``, if it is one. Raises ValueError with a sentence that says what is allowed."""
    if schedule not in INTERVALS:
        _cron(schedule)
    return schedule


def next_time(schedule: str, after: datetime) -> datetime:
    """The first moment later than ``after`` at which a source of this schedule is due.

    ``after`` is the start of the last run, or now, and has a time zone: a cron line is meant by
    the clock of that zone, and the answer is in it. Raises ValueError for what is no schedule.
    """
    if after.tzinfo is None:
        raise ValueError("the moment must have a time zone")
    if schedule in INTERVALS:
        return (after.astimezone(UTC) + INTERVALS[schedule]).astimezone(after.tzinfo)
    cron = _cron(schedule)
    clock = after.replace(tzinfo=None, second=0, microsecond=0, fold=0)
    start = clock.replace(hour=0, minute=0)
    for number in range(_HORIZON):
        day = start + timedelta(days=number)
        if not cron.on(day):
            continue
        for hour in cron.hours:
            for minute in cron.minutes:
                found = day.replace(hour=hour, minute=minute, tzinfo=after.tzinfo)
                # Compared as moments: clocks are set back, and then an hour comes twice.
                if found.astimezone(UTC) > after.astimezone(UTC):
                    return found
    raise AssertionError(f"a schedule that never comes was accepted: {schedule}")


@lru_cache(maxsize=256)
def _cron(text: str) -> _Cron:
    words = text.split()
    if len(words) != len(_FIELDS):
        hint = instead(nearest(text, INTERVALS), [say(FORMS)])
        raise ValueError(say("found {found}; {hint}", found=f"'{text}'", hint=hint))
    minutes, hours, days, months, weekdays = (
        field.read(word) for field, word in zip(_FIELDS, words, strict=True)
    )
    either = not (words[2].startswith("*") or words[4].startswith("*"))
    if not either and not any(min(days) <= _LONGEST[month - 1] for month in months):
        raise ValueError(say("found '{word}', a day that no month of these has", word=text))
    weekdays = frozenset(day % 7 for day in weekdays)
    return _Cron(tuple(sorted(minutes)), tuple(sorted(hours)), days, months, weekdays, either)
