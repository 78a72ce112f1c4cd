"""Intervals of datestamps: windows tile a range, whatever is halved, closed or left."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.oai_request import build_request
from connectors.oai_window import (
    Progress,
    Window,
    gaps,
    halve,
    merge,
    outside,
    parse_stamp,
    stamp,
)
from tests.unit.connectors.oai_server import config

NOW = "2026-11-23T10:00:00Z"
moments = st.datetimes(datetime(1950, 1, 1), datetime(2026, 11, 1)).map(
    lambda moment: stamp(moment.replace(tzinfo=UTC, microsecond=0))
)
intervals = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))))


def inside(moment: str, found: list[tuple[str, str]]) -> bool:
    return any(start <= moment and (not end or moment <= end) for start, end in found)


@given(intervals, moments)
def test_merging_keeps_the_time_and_its_order(some: list[tuple[str, str]], moment: str) -> None:
    merged = merge(some)
    assert merged == sorted(merged)
    assert all(first[1] < second[0] for first, second in itertools.pairwise(merged))
    if inside(moment, some):
        assert inside(moment, merged)
    assert merge(merged) == merged
    assert merge(reversed(some)) == merged


@given(intervals, moments)
def test_what_is_closed_and_what_is_left_are_all_of_time(
    some: list[tuple[str, str]], moment: str
) -> None:
    left = gaps(some)
    assert inside(moment, some) or inside(moment, left)
    # What is left reaches into what is closed with its borders only.
    merged = merge(some)
    for start, end in left:
        assert not any(begin < (end or "9") and start < last for begin, last in merged)


@given(intervals, moments, st.floats(0, 1e6))
def test_an_overlap_only_adds(some: list[tuple[str, str]], moment: str, seconds: float) -> None:
    wider = gaps(some, timedelta(seconds=seconds))
    if inside(moment, gaps(some)):
        assert inside(moment, wider)
    assert gaps([]) == [("", "")]


@given(st.lists(st.booleans(), max_size=24), moments, st.booleans(), moments, moments)
def test_halved_windows_lose_no_moment(
    turns: list[bool], moment: str, days: bool, low: str, high: str
) -> None:
    """Whichever halves are halved again, some window still brings ``moment``."""
    windows = [Window("")]
    for turn in turns:
        chosen = windows[0] if turn else windows[-1]
        pair = halve(chosen, min(low, high), max(low, high), days=days)
        if pair is None:
            continue
        at = windows.index(chosen)
        windows[at : at + 1] = pair
    assert windows[0].start == windows[-1].end == ""

    def brings(window: Window) -> bool:
        if days:
            day = moment[:10]
            return window.start[:10] <= day and (not window.end or day <= window.end[:10])
        return window.start <= moment and (not window.end or moment <= window.end)

    assert any(brings(window) for window in windows)


@given(moments, moments, st.booleans())
def test_halving_ends_at_a_day(low: str, high: str, days: bool) -> None:
    low, high = min(low, high), max(low, high)
    window, steps = Window("", low, high), 0
    while (pair := halve(window, low, high, days=days)) is not None:
        window = pair[steps % 2]
        steps += 1
    assert steps <= 16
    start, end = parse_stamp(window.start), parse_stamp(window.end)
    assert start is not None and end is not None
    assert end - start <= timedelta(days=2 if days else 1)


@given(st.lists(st.sampled_from(["close", "leave", "split", "again"]), max_size=30), st.booleans())
def test_closed_and_left_windows_add_up(steps: list[str], days: bool) -> None:
    """What a run did not close is exactly what the next one asks for."""
    progress = Progress.begin("f", [""], {}, timedelta())
    progress.first, progress.days = NOW, days
    left: list[Window] = []
    for step in steps:
        if progress.window is None:
            break
        if step == "close":
            progress.close()
        elif step == "leave":
            left.append(progress.window)
            progress.leave()
        elif step == "split":
            progress.split("2001-01-01T00:00:00Z", NOW)
        else:
            progress.again()
    while progress.window is not None:
        progress.close()
    following = Progress.begin("f", [""], progress.checkpoint(), timedelta())
    for window in left:
        middle = window.end or NOW
        asked = [(one.start, one.end) for one in following.todo]
        assert inside(middle, asked) or inside(middle, following.closed[""])
    assert (following.todo == [Window("", NOW, "")]) == (not left) or left


def test_a_closed_run_leaves_only_what_comes_after() -> None:
    progress = Progress.begin("f", ["a", "b"], {}, timedelta())
    progress.first = NOW
    assert progress.full
    progress.close()
    progress.close()
    kept = progress.checkpoint()
    following = Progress.resume("f", ["a", "b"], kept, timedelta(days=1))
    start = "2026-11-22T10:00:00Z"
    assert following.todo == [Window("a", start), Window("b", start)]
    assert not following.full
    assert Progress.resume("other", ["a", "b"], kept, timedelta()).full
    more = Progress.resume("f", ["a", "b", "c"], kept, timedelta())
    assert not more.full
    assert more.todo[-1] == Window("c")


def test_without_any_clock_nothing_counts_as_closed() -> None:
    progress = Progress.begin("f", [""], {}, timedelta())
    progress.close()
    assert Progress.resume("f", [""], progress.checkpoint(), timedelta()).full


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2024-05-01T02:03:04Z", "2024-05-01T02:03:04Z"),
        ("2024-05-01T02:03:04", "2024-05-01T02:03:04Z"),
        ("2024-05-01 02:03:04", "2024-05-01T02:03:04Z"),
        ("2024-05-01T02:03:04.567Z", "2024-05-01T02:03:04Z"),
        ("2024-05-01T02:03:04+06:00", "2024-04-30T20:03:04Z"),
        ("2024-05-01T02:03:04-0130", "2024-05-01T03:33:04Z"),
        ("2024-05-01T02:03Z", "2024-05-01T02:03:00Z"),
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("20240501", "2024-05-01T00:00:00Z"),
        (" 2024-05 ", "2024-05-01T00:00:00Z"),
        ("2024", "2024-01-01T00:00:00Z"),
    ],
)
def test_17_datestamps_as_servers_write_them(text: str, read: str) -> None:
    moment = parse_stamp(text)
    assert moment is not None
    assert stamp(moment) == read


@pytest.mark.parametrize("text", ["", "aaaa-bb-cc", "2024-13-01", "2024-02-30", "now", "0000"])
def test_what_is_no_datestamp(text: str) -> None:
    assert parse_stamp(text) is None


@given(st.text(max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    parse_stamp(text)


def test_13_only_what_lies_well_outside_counts() -> None:
    window = Window("", "2024-05-01T00:00:00Z", "2024-05-31T00:00:00Z")
    stamps = ["2024-05-10", "2024-04-30", "2024-06-01T05:00:00Z", "2024-07-01", "1999", "?"]
    assert outside(window, stamps) == (5, 2)


def test_requests() -> None:
    window = Window("a b", "2024-05-01T00:00:00Z", "2024-05-31T00:00:00Z")
    source = config("http://x/oai")
    assert build_request(source, window) == (
        "verb=ListRecords&metadataPrefix=oai_dc&from=2024-05-01T00%3A00%3A00Z"
        "&until=2024-05-31T00%3A00%3A00Z&set=a%20b"
    )
    assert build_request(source, window, days=True, verb="ListIdentifiers") == (
        "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2024-05-01&until=2024-05-31&set=a%20b"
    )
    assert build_request(source, window, "a+b/&") == (
        "verb=ListRecords&resumptionToken=a%2Bb%2F%26"
    )
    verbatim = config("http://x/oai", token_encoding="verbatim")
    assert build_request(verbatim, window, "a%2Bb") == "verb=ListRecords&resumptionToken=a%2Bb"
