"""The memory of names: what is new is known for new, but for a vanishing share."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.bloom import Bloom


@given(st.lists(st.text(max_size=8)))
def test_what_was_added_is_there(names: list[str]) -> None:
    seen = Bloom()
    assert seen.add(names) <= len(set(names))
    assert all(name in seen for name in names)
    assert seen.add(names) == 0


def test_a_long_list_does_not_look_as_if_something_came_twice() -> None:
    seen = Bloom()
    # One list in thirty may be one short: its chance is 1 in 10^6 a name at most, mostly far less.
    assert seen.add(f"oai:lib:{number}" for number in range(50_000)) >= 49_999
    assert not seen.crowded
