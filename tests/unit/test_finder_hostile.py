"""Whatever is typed, there is an answer of bounded size that says how it was read."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.field_names import field_names
from aggregator.finder import Answer, Finder
from aggregator.query import MOST_CHARACTERS, MOST_WORDS, parse
from aggregator.thesaurus import load
from tests.bench.asked import SIGNS, WORDS
from tests.contracts.engines import TABLE, embedded, fill
from tests.contracts.model import make_work
from tests.shared import ROOT

TITLES = (
    "Кыргыз элинин маданий мурасы",
    "Көлдүн суусунун химиялык курамы",
    "История киргизской литературы",
    "Chemistry of high mountain lakes",
    "Суусактык жана кургакчылык: водохранилище",
    "Aitmatov and the world",
)
COPIES = 25
"""Of each title, so that there are more works than an answer may hold."""
SIZE = 100
MOST_SUGGESTED = 10


class Asked:
    """A finder for tests that are no coroutines, as Hypothesis wants them."""

    def __init__(self, runner: asyncio.Runner, finder: Finder) -> None:
        self._runner, self._finder = runner, finder

    def __call__(self, text: str) -> Answer:
        return self._runner.run(self._finder.find(text, size=SIZE))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    engine = embedded(tmp_path_factory.mktemp("index"))
    works = [
        make_work(f"{number}-{copy}", title, creator="Айтматов, Ч.", years=(1990, 1990 + copy))
        for number, title in enumerate(TITLES)
        for copy in range(COPIES)
    ]
    with asyncio.Runner() as runner:
        index = runner.run(engine.open().__aenter__())
        runner.run(fill(index, works))
        thesaurus = load(ROOT / "config" / "thesaurus")
        yield Asked(runner, Finder(index, TABLE, field_names(TABLE, {}), thesaurus))
        runner.run(index.__aexit__(None, None, None))


def check(asked: Asked, text: str) -> Answer:
    """Ask, and see that the answer is as any answer is."""
    answer = asked(text)
    assert len(answer.page.hits) == min(SIZE, answer.page.total)
    assert answer.query.understood
    answer.query.text.encode()
    assert len(answer.query.text) <= MOST_CHARACTERS
    assert len(answer.query.root.nodes) <= MOST_WORDS
    assert len(answer.suggestions) <= MOST_SUGGESTED
    for suggestion in answer.suggestions:
        assert not parse(suggestion.text).empty, suggestion
        assert suggestion.text != text
        assert asked(suggestion.text).query.understood
    return answer


HOSTILE = st.lists(
    st.sampled_from(WORDS) | st.text(st.sampled_from(SIGNS), min_size=1, max_size=13), max_size=30
).map(" ".join)
TYPED = st.lists(
    st.sampled_from([word for title in TITLES for word in title.lower().split()])
    | st.sampled_from(["madaniy", "murasy", "rshusp", "'kbyby", "draems", "lekas", "водо"])
    | st.sampled_from(WORDS)
    | st.text(st.sampled_from(SIGNS), min_size=1, max_size=3),
    max_size=8,
).map(" ".join)  # fmt: skip
"""Words of the works, right and wrong, among signs: these have suggestions."""


@settings(max_examples=80)
@given(HOSTILE | TYPED | st.text())
@example("¼*")  # the fraction's stroke is a sign that no regular expression knows
@example("q/a-b.c'd&e*")
def test_any_text_is_answered(asked: Asked, text: str) -> None:
    check(asked, text)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("мур\x00асы\x07 \x1b[31m", "word", "мур"),
        ("\ud800 мурасы \udfff", "word", "мурасы"),
        ("мурасы " * 8_000, "cut", "мурасы"),
        ("ы" * 50_000, "cut", "ы"),
        ('"мурасы маданий', "ignored", '"'),
        ("((мурасы", "ignored", "("),
        ("мурасы))", "ignored", ")"),
        ("*", "ignored", "*"),
        ("м*", "ignored", "м*"),
        (" ".join(f"w{number}x" for number in range(500)), "cut", f"w{MOST_WORDS}x"),
        ("\u202eмурасы\u200f \u2067маданий", "word", "мурасы"),
    ],
    ids=lambda value: value[:12].encode("unicode_escape").decode(),
)
def test_what_was_made_of_it_is_said(asked: Asked, text: str, kind: str, said: str) -> None:
    understood = check(asked, text).query.understood
    assert any(part.kind == kind and part.text.startswith(said) for part in understood), understood


def test_what_is_left_out_finds_what_the_rest_finds(asked: Asked) -> None:
    plain = [hit.id for hit in asked("маданий мурасы").page.hits]
    assert len(plain) == COPIES
    for text in ('"маданий мурасы', "(маданий мурасы", "маданий мурасы)", "маданий * мурасы"):
        assert [hit.id for hit in asked(text).page.hits] == plain, text
