"""The watch for lists that never end: cases 2 to 4, 9 and 30 of HARVESTING §2."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from aggregator.source import Checkpoint
from aggregator.watch import Watch


def run(pages: Iterable[tuple[list[str], Checkpoint]]) -> tuple[int, str]:
    """How many pages are read before it stops, and why ("" if it does not)."""
    watch = Watch()
    number = 0
    for number, (ids, checkpoint) in enumerate(pages, 1):
        reason = watch.page(ids, checkpoint)
        if reason:
            return number, reason
    return number, ""


def names(page: int, size: int = 10) -> list[str]:
    return [f"oai:x:{page * size + number}" for number in range(size)]


def test_one_token_for_a_whole_list_is_fine_while_new_records_come() -> None:
    assert run((names(page), {"place": "session"}) for page in range(500)) == (500, "")


def test_the_same_place_without_a_new_record_is_a_circle() -> None:
    pages = [(names(0), {"place": "a"})] + [(names(1), {"place": "loop"})] * 50
    count, reason = run(pages)
    assert count == 5  # it came once, and was come back to three times
    assert "circle" in reason


def test_the_same_place_by_the_whole_checkpoint() -> None:
    assert run([(["a"], {"offset": 7})] * 50)[0] == 4


def test_new_tokens_to_the_same_records_are_a_circle() -> None:
    count, reason = run((names(page % 5), {"place": str(page)}) for page in range(500))
    assert count == 25
    assert "known already" in reason


def test_empty_pages_are_followed_for_long_but_not_for_ever() -> None:
    assert run(([], {"place": str(page)}) for page in range(199)) == (199, "")
    count, reason = run(([], {"place": str(page)}) for page in range(500))
    assert count == 200
    assert "empty" in reason


def test_a_new_record_now_and_then_keeps_it_going() -> None:
    pages = (
        ([f"new {page}"] if page % 19 == 0 else ["old"], {"place": str(page)})
        for page in range(400)
    )
    assert run(pages) == (400, "")


def test_each_list_is_judged_by_itself() -> None:
    one_list = [names(page) for page in range(100)]
    pages = [
        (ids, {"list": number, "place": f"{number} {page}"})
        for number in range(3)
        for page, ids in enumerate(one_list)
    ]
    assert run(pages) == (300, "")
    assert run([(ids, {**checkpoint, "list": 0}) for ids, checkpoint in pages])[0] == 120


@given(st.lists(st.lists(st.text(max_size=5), min_size=1, max_size=4), max_size=60))
def test_it_never_stops_a_list_of_nothing_but_new_records(pages: list[list[str]]) -> None:
    unique = [
        ([f"{number} {one}" for one in ids], {"place": "same"}) for number, ids in enumerate(pages)
    ]
    assert run(unique) == (len(pages), "")


def test_a_million_records_are_told_apart_well_enough() -> None:
    watch = Watch()
    stopped = [watch.page(names(page, 100), {"place": "same"}) for page in range(3000)]
    assert not any(stopped)
