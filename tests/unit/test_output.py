"""Tables of the command line: they stand in a narrow terminal, and lose nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.commands.output import GAP, LONGEST_WHOLE, show_table, widths

WORD = st.text("абвгдежзиклмноп", min_size=1, max_size=12)
TEXT = st.lists(WORD, max_size=5).map(" ".join)
CELL = TEXT | st.sampled_from(["0", "1 234", "26.11.2026 03:29", "–", ""])


@given(st.lists(st.tuples(TEXT, CELL, CELL), min_size=1, max_size=4), st.integers(10, 200))
def test_columns_are_as_wide_as_there_is_room(columns: list[tuple[str, ...]], room: int) -> None:
    names, cells = [column[0] for column in columns], [column[1:] for column in columns]
    found = widths(names, cells, room)
    least, most = widths(names, cells, 0), widths(names, cells, 10_000)
    taken = sum(found) + GAP * (len(found) - 1)
    assert all(low <= width <= high for low, width, high in zip(least, found, most, strict=True))
    assert taken <= room or found == least
    assert found == most or taken >= min(room, sum(most) + GAP * (len(found) - 1))
    for column, width in zip(columns, found, strict=True):
        for text in column:
            whole = [text] if ":" in text or text == "1 234" else text.split()
            assert all(len(word) <= max(width, LONGEST_WHOLE) for word in whole)
            assert ":" not in text or len(text) <= width


def test_a_table_in_a_pipe_is_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(["name", "records"], [["Journals of Osh " * 20, "5"], ["[b]x[/b]\x1b[31m", "1,234"]])
    assert capsys.readouterr().out.splitlines() == [
        f"{'name':<320}  records",
        f"{'Journals of Osh ' * 20}        5",
        f"{'[b]x[/b] [31m':<320}    1,234",
    ]
