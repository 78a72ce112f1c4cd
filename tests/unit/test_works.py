"""Which records are one work: the same for any order of arrival."""

import random

from hypothesis import given
from hypothesis import strategies as st

from aggregator.record import Container, Creator, Dates, Identifier, Record, Text, Title
from aggregator.works import (
    Candidate,
    Decisions,
    Group,
    compatible,
    match_keys,
    merge,
    partition,
    work_id,
)

NONE = Decisions()
names = st.integers(0, 12).map(lambda number: f"s/{number:02}")
candidates = st.dictionaries(
    names,
    st.builds(
        Candidate,
        keys=st.lists(
            st.sampled_from(["doi:a", "doi:b", "isbn:c", "hdl:d"]),
            unique=True,
            max_size=3,
        ).map(tuple),
        titles=st.lists(st.sampled_from(["Манас", "Манас 1", "Семетей"]), max_size=2).map(tuple),
    ),
    max_size=10,
)
pairs = st.frozensets(st.tuples(names, names).filter(lambda p: p[0] < p[1]), max_size=4)


@given(candidates, pairs, pairs, st.randoms())
def test_any_order_gives_the_same_works(
    records: dict[str, Candidate],
    same: frozenset[tuple[str, str]],
    apart: frozenset[tuple[str, str]],
    chance: random.Random,
) -> None:
    decisions = Decisions(same, apart - same)
    shuffled = list(records.items())
    chance.shuffle(shuffled)
    groups = partition(records, decisions)
    assert partition(dict(shuffled), decisions) == groups
    assert sorted(name for group in groups for name, _ in group.members) == sorted(records)
    for left, right in decisions.apart:
        assert not any({left, right} <= {n for n, _ in group.members} for group in groups)


@given(candidates)
def test_components_apart_do_not_matter_to_each_other(records: dict[str, Candidate]) -> None:
    """Resolve works on components: each alone must give what all together give."""
    together = partition(records, NONE)
    for group in together:
        alone = {name: records[name] for name, _ in group.members}
        assert partition(alone, NONE) == [group]


def test_a_shared_doi_joins_and_says_why() -> None:
    records = {"b/1": Candidate(("doi:10.1/x",), ("A",)), "a/1": Candidate(("doi:10.1/x",), ("B",))}
    assert partition(records, NONE) == [Group((("a/1", "doi:10.1/x"), ("b/1", "doi:10.1/x")))]


def test_an_isbn_joins_only_compatible_titles() -> None:
    assert compatible(["Манас эпосу"], ["«Манас» эпосу: изилдөөлөр"])
    assert not compatible(["Манас эпосу"], ["Дифференциалдык теңдемелер"])
    assert not compatible(["Манас. 1-том"], ["Манас. 2-том"])
    assert compatible([], ["Манас"])
    records = {
        "a/1": Candidate(("isbn:9789967243101",), ("Манас. 1-том",)),
        "a/2": Candidate(("isbn:9789967243101",), ("Манас. 2-том",)),
        "b/1": Candidate(("isbn:9789967243101",), ("Манас, 1-том",)),
    }
    members = [[name for name, _ in group.members] for group in partition(records, NONE)]
    assert members == [["a/1", "b/1"], ["a/2"]]


def test_not_the_same_holds_against_a_chain() -> None:
    records = {
        "a": Candidate(("doi:x",), ()),
        "b": Candidate(("doi:x", "doi:y"), ()),
        "c": Candidate(("doi:y",), ()),
    }
    groups = partition(records, Decisions(apart=frozenset({("a", "c")})))
    assert len(groups) == 2


def test_only_strong_identifiers_are_keys() -> None:
    record = Record(
        source="s",
        local_id="1",
        identifiers=(
            Identifier("issn", "1694-7452"),
            Identifier("doi", "10.1/x"),
            Identifier("url", "https://example.org"),
            Identifier("doi", "10.1/x"),
        ),
    )
    assert match_keys(record) == ("doi:10.1/x",)


def record(local_id: str, **fields: object) -> Record:
    return Record(source="s", local_id=local_id, stamp="2026", **fields)  # type: ignore[arg-type]


def test_merging_one_changes_nothing_but_the_stamp() -> None:
    one = record("1", titles=(Title("Манас"),))
    assert merge([one]) == Record(source="s", local_id="1", titles=(Title("Манас"),))


def test_one_person_in_several_orders_is_one_and_two_universities_are_two() -> None:
    names = ("Айтматов Ч. Т.", "Чынгыз Айтматов", "Айтматов, Чынгыз Торекулович")
    bodies = ("University of Osh", "University of Oxford")
    records = [
        record(str(number), titles=(Title("Ак кеме"),), creators=(Creator(name),))
        for number, name in enumerate(names + bodies)
    ]
    merged = merge(records)
    assert [one.name for one in merged.creators] == ["Айтматов, Чынгыз Торекулович", *bodies]


def test_merging_unites_and_keeps_the_founders_name() -> None:
    founder = record(
        "1",
        titles=(Title("Генезис эпоса «Манас»", "ru"),),
        creators=(Creator("Кыдырбаева Р. З."),),
        issued=Dates(1980, 1989, "198?"),
        access="metadata-only",
    )
    fuller = record(
        "2",
        titles=(Title("Генезис эпоса Манас", "ru"), Title("«Манас» эпосунун генезиси", "ky")),
        creators=(Creator("Кыдырбаева, Раиса Заитовна", orcid="0000-0002-1825-0097"),),
        abstracts=(Text("Об истоках эпоса", "ru"),),
        issued=Dates(1980, 1980, "1980"),
        publisher=(Text("Илим"),),
        type="book",
        languages=("ru",),
        access="open",
        container=Container(title="Труды"),
    )
    merged = merge([founder, fuller])
    assert (merged.local_id, merged.stamp) == ("1", "")
    assert [title.kind for title in merged.titles] == ["main", "parallel"]
    assert merged.creators == (Creator("Кыдырбаева, Раиса Заитовна", orcid="0000-0002-1825-0097"),)
    assert merged.issued == Dates(1980, 1980, "1980")
    assert (merged.type, merged.access, merged.container.title) == ("book", "open", "Труды")
    assert merge([founder, fuller]) == merged
    assert merge([merged, fuller]) == merged


def test_ids_are_made_from_the_founding_record() -> None:
    assert work_id("s/1") == work_id("s/1") != work_id("s/2")
    assert work_id("s/1", 1) not in (work_id("s/1"), work_id("s/2"))
    assert len(work_id("s/1")) == 12 and work_id("s/1").isalnum()
