"""Works that people know and look for, among 12,760 works of real records."""

from pathlib import Path

import pytest

from tests.bench import known, typed
from tests.bench.recorded import titles

pytestmark = pytest.mark.slow

COUNT = 150
"""Of titles, DOIs and ISBNs; `make bench` draws more of them. Kyrgyz titles are all asked."""

DRAWN = (
    "title, lower case, no punctuation: first",
    "title with one slip: first, or first behind the suggestion",
    "first author's surname and two title words: in the first three",
)


async def test_known_works_are_found(tmp_path: Path) -> None:
    parts = {part.name: part for part in await known.measure(tmp_path, COUNT, known.SEED, _ignore)}
    missed = {
        name: [part.figure, *part.failures]
        for name, part in parts.items()
        if part.share < part.least
    }
    assert not missed
    for name, least in zip(DRAWN, (0.98, 0.90, 0.95), strict=True):
        assert parts[name].least == least
        assert len(parts[name].questions) > 0.9 * COUNT
    for scheme, forms in (("DOI", 10), ("ISBN", 11)):
        pasted = [part for name, part in parts.items() if name.startswith(f"{scheme} as ")]
        assert [part.least for part in pasted] == [1.0] * forms
    kyrgyz = [part for name, part in parts.items() if name.startswith("Kyrgyz title, ")]
    assert [part.least for part in kyrgyz] == [0.97] * len(typed.IN_CYRILLIC) + [0.95] * 5
    assert {len(part.questions) for part in kyrgyz} == {len(titles())} == {300}


def _ignore(part: known.Part) -> None:
    """Nobody waits for the figures one by one."""
