"""What the six states mean, as a table; and when a source's turn is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.causes import ADVICE, DOUBTS, advice
from aggregator.health import LONGEST_WAIT, SOON, Health, health, next_run
from aggregator.source import Names, SourceConfig
from aggregator.store.state import Run, SourceFigures, Standing

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = SourceConfig(id="lib", name=Names(ky="К", ru="К", en="L"), connector="oai_pmh")


def ago(hours: float) -> str:
    return (NOW - hours * HOUR).isoformat()


def run(
    verdict: str = "complete",
    hours: float = 2,
    *,
    received: int = 10,
    rejected: int = 0,
    reason: str = "",
    cause: str = "",
    wait: float = 0,
) -> Run:
    return Run(
        "lib", verdict, received, 0, 0, received - rejected, 0, rejected, 60.0, reason, ago(hours),
        True, cause, wait,
    )  # fmt: skip


def known(last: Run, success: float | None = 2, failures: int = 0) -> SourceFigures:
    """Of a source with records, unless it never succeeded."""
    return SourceFigures(
        last_run=last,
        last_success=None if success is None else ago(success),
        failures=failures,
        records=0 if success is None else 100,
    )


UNREACHED = run("failed", received=0, reason="It cannot be reached.", cause="unreached")


@pytest.mark.parametrize(
    ("state", "figures"),
    [
        ("never_reached", None),
        ("never_reached", SourceFigures()),
        ("never_reached", known(UNREACHED, success=None)),
        ("never_reached", known(run("", received=0), success=None)),
        ("well", known(run())),
        ("well", known(run("", received=3))),
        ("well", known(run(reason="the source speaks of 90 records and sent 80", cause="short"))),
        ("well", known(run(hours=71), success=71)),
        ("late", known(run(hours=73), success=73)),
        ("late", known(run("incomplete", hours=1), success=73)),
        ("failing", known(UNREACHED)),
        ("failing", known(UNREACHED, success=100)),
        ("failing", replace(known(UNREACHED, success=None), quarantined=4)),
        ("failing", known(run("failed"), success=None)),
        ("failing", known(run("incomplete"), failures=3)),
        ("resting", known(run("incomplete"))),
        ("resting", known(run("incomplete"), success=None)),
        ("resting", known(run("failed", hours=1, received=0, wait=7200, cause="busy"))),
        ("resting", known(run("failed", 1, received=0, wait=7200, cause="busy"), success=None)),
        ("failing", known(run("failed", hours=3, received=0, wait=7200, cause="busy"))),
    ],
)  # fmt: skip
def test_states(state: str, figures: SourceFigures | None) -> None:
    assert health(SOURCE, figures, NOW).state == state


@pytest.mark.parametrize("source", [None, SOURCE.model_copy(update={"enabled": False})])
def test_a_source_that_is_off_or_gone_has_no_next_run(source: SourceConfig | None) -> None:
    assert health(source, known(UNREACHED), NOW) == Health("off", "", "", ago(2), None)


def test_the_last_words_are_kept_with_their_cause() -> None:
    found = health(SOURCE, known(UNREACHED), NOW)
    assert (found.cause, found.said) == ("unreached", "It cannot be reached.")
    assert found.last_success == ago(2)


def test_a_refused_sweep_is_told_until_a_full_run_settles_it() -> None:
    doubt = run(hours=30, reason="50 of 100 records did not come any more", cause="unswept")
    figures = replace(known(run()), last_full=doubt)
    assert health(SOURCE, figures, NOW).cause == "unswept"
    settled = replace(figures, last_full=run())
    assert health(SOURCE, settled, NOW).cause == ""


def test_much_in_quarantine_is_told() -> None:
    assert health(SOURCE, known(run(received=100, rejected=5)), NOW).cause == ""
    found = health(SOURCE, known(run(received=100, rejected=6)), NOW)
    assert found.cause == "unread" and "6 of 100" in found.said


def test_every_doubt_has_an_advice_that_names_the_source() -> None:
    assert ADVICE.keys() > DOUBTS
    assert "ilim harvest lib --full" in advice("unswept", "lib")
    assert advice("what no version knows", "lib") == ""


def standing(last: Run, failures: int = 0) -> Standing:
    return Standing(last_run=last, failures=failures)


def test_a_source_that_was_never_tried_is_due() -> None:
    assert next_run(SOURCE, None) < NOW and next_run(SOURCE, Standing()) < NOW
    assert health(SOURCE, None, NOW).next_run == NOW


def test_a_run_that_was_interrupted_goes_on_soon_but_not_for_ever() -> None:
    cut = run("incomplete", hours=0, received=0, cause="interrupted", reason="interrupted")
    assert next_run(SOURCE, standing(cut, 1)) - NOW < timedelta(minutes=3)
    assert next_run(SOURCE, standing(cut, 4)) - NOW > 4 * HOUR


def test_a_wish_to_be_left_alone_for_years_is_not_believed() -> None:
    asked = run("failed", hours=0, wait=1e12, cause="busy")
    assert next_run(SOURCE, standing(asked, 1)) - NOW < LONGEST_WAIT + HOUR


@given(
    verdict=st.sampled_from(["complete", "incomplete", "failed", ""]),
    wait=st.floats(0, 1e6),
    failures=st.integers(0, 1000),
    cause=st.sampled_from(sorted(ADVICE)),
)
def test_no_source_comes_before_it_may_nor_never(
    verdict: str, wait: float, failures: int, cause: str
) -> None:
    last = run(verdict, hours=0, wait=wait, cause=cause)
    due = next_run(SOURCE, standing(last, failures))
    end = NOW + timedelta(seconds=last.seconds)
    assert due - end >= max(SOON, min(timedelta(seconds=wait), LONGEST_WAIT))
    assert due - end <= max(timedelta(days=1.2), timedelta(seconds=wait))
    more = next_run(SOURCE, standing(last, failures + 1))
    assert more >= due


def test_each_source_has_its_own_schedule() -> None:
    hourly = SOURCE.model_copy(update={"schedule": "hourly"})
    assert health(hourly, known(run(hours=2.9), success=2.9), NOW).state == "well"
    assert health(hourly, known(run(hours=3.1), success=3.1), NOW).state == "late"
    mondays = SOURCE.model_copy(update={"schedule": "30 3 * * mon"})
    due = next_run(mondays, standing(run(hours=0))).astimezone()
    assert due.weekday() == 0 and due.hour in (3, 4) and due - NOW < timedelta(days=7)
    assert health(mondays, known(run(hours=16 * 24), success=16 * 24), NOW).state == "well"
    assert health(mondays, known(run(hours=18 * 24), success=18 * 24), NOW).state == "late"
