"""Concepts in three languages: the files that come with Ilim, and what is found in a query."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.language import tokens
from aggregator.thesaurus import MOST_ALTERNATIVES, Found, Thesaurus, load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "config" / "thesaurus"
THESAURUS = load(SHIPPED)

FORD_PARTS = {"1": 7, "2": 11, "3": 5, "4": 5, "5": 9, "6": 5}
FORD = {f"{field}.{part + 1}" for field, parts in FORD_PARTS.items() for part in range(parts)}
FORD_OTHER = {"1.7", "4.5", "5.9", "6.5"}
"""“Other …”, with nothing in them that has a name of its own."""

GRNTI = """
00 02 03 04 05 06 10 11 12 13 14 15 16 17 18 19 20 21 23 26 27 28 29 30 31 34 36 37 38 39 41 43 44
45 47 49 50 52 53 55 58 59 60 61 62 64 65 66 67 68 69 70 71 72 73 75 76 77 78 81 82 83 84 85 86 87
89 90
"""
"""But 80, “other branches of the economy”."""


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def found(text: str, thesaurus: Thesaurus = THESAURUS) -> dict[str, set[str]]:
    """Concept -> its other labels, of each that stands in ``text``."""
    return {
        each.concept: {label.text for label in each.alternatives}
        for each in thesaurus.find(words(text))
    }


def written(root: Path, /, **files: str) -> Path:
    folder = root / "thesaurus"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


# --- the files that come with Ilim ---------------------------------------------------------------


def test_every_field_of_both_classifications_has_a_concept() -> None:
    def codes(scheme: str) -> set[str]:
        return {c for each in THESAURUS.concepts.values() for c in each.codes.get(scheme, ())}

    assert codes("FORD") == FORD_PARTS.keys() | FORD - FORD_OTHER
    assert codes("GRNTI") == set(GRNTI.split())


def test_every_concept_has_three_languages() -> None:
    for concept in THESAURUS.concepts.values():
        assert list(concept.labels) == ["ky", "ru", "en"]
        assert all(concept.labels.values())


def test_every_label_finds_its_own_concept_as_a_whole() -> None:
    for concept in THESAURUS.concepts.values():
        for label in (label for labels in concept.labels.values() for label in labels):
            (one,) = THESAURUS.find(words(label.text))
            assert (one.concept, one.start, one.end) == (concept.id, 0, len(words(label.text)))
            assert label not in one.alternatives
            assert THESAURUS.find(label.words)[0].concept == concept.id


def test_labels_are_in_the_script_of_their_language() -> None:
    latin = set("abcdefghijklmnopqrstuvwxyz")
    for concept in THESAURUS.concepts.values():
        for language, labels in concept.labels.items():
            for label in labels:
                assert (set("".join(label.words)) <= latin) == (language == "en"), label


# --- in a query ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "concept", "others"),
    [
        ("химия", "chemistry", {"chemistry"}),
        ("химиянын негиздери", "chemistry", {"chemistry"}),
        ("основы химии", "chemistry", {"chemistry"}),
        ("introduction to chemistry", "chemistry", {"химия"}),
        ("тарыхы", "history", {"история", "history"}),
        ("истории", "history", {"тарых", "history"}),
        ("Кыргызстанда", "kyrgyzstan", {"Kyrgyzstan", "Киргизия", "Kyrgyz Republic"}),
        ("в Кыргызской Республике", "kyrgyzstan", {"Кыргызстан", "Kyrgyzstan"}),
        ("lakes", "lake", {"көл", "озеро"}),
        ("Ысык-Көлдүн суусу", "issyk_kul", {"Иссык-Куль", "Issyk-Kul"}),
        ("уровень Иссык-Куля", "issyk_kul", {"Ысык-Көл", "Issyk-Kul"}),
        ("Иссык-Кульской области", "issyk_kul", {"Ысык-Көл", "Issyk-Kul"}),
        ("Issyk Kul", "issyk_kul", {"Ысык-Көл", "Иссык-Куль"}),
        ("Фрунзе", "bishkek", {"Бишкек", "Bishkek", "Пишпек"}),
        ("айыл чарбасында", "agriculture", {"сельское хозяйство", "agriculture"}),
        ("сельского хозяйства", "agriculture", {"айыл чарба", "agriculture"}),
        ("науки о Земле", "earth_sciences", {"Жер илимдери", "earth sciences"}),
        ("Tian Shan glaciers", "tien_shan", {"Теңир-Тоо", "Тянь-Шань", "Tien Shan"}),
    ],
)
def test_other_labels_are_found_whatever_form_is_typed(
    query: str, concept: str, others: set[str]
) -> None:
    assert others <= found(query)[concept]


def test_labels_that_the_typed_words_find_already_are_no_alternatives() -> None:
    assert found("химия") == found("химии")
    assert found("химия")["chemistry"] >= {"chemistry", "chemical sciences"}
    assert "химия" not in found("химия")["chemistry"]
    assert found("физика")["physics"] == {"physics", "physical sciences"}
    assert found("саламаттык сактоо")["health_care"] >= {"здравоохранение", "public health"}
    assert "Улуу Жибек жолу" not in found("Жибек жолу")["silk_road"]
    assert "Жибек жолу" in found("Улуу Жибек жолу")["silk_road"]


def test_a_label_that_another_one_implies_is_no_alternative() -> None:
    assert found("Silk Road")["silk_road"] == {"Жибек жолу", "Шелковый путь", "Silk Route"}


@pytest.mark.parametrize(
    "query",
    [
        "химик",
        "physical activity",
        "кыргызский",
        "алма",
        "эти",
        "той",
        "ала",
        "илимдер",
        "кокон",
        "эңилчек",
        "буран",
        "a b",
    ],
)
def test_other_words_are_left_alone(query: str) -> None:
    assert found(query) == {}


def test_the_longest_label_is_found_and_no_other_inside_it() -> None:
    assert list(found("economic geography of Central Asia")) == ["human_geography", "central_asia"]
    assert list(found("история физической культуры")) == ["history", "physical_education"]
    assert list(found("кыргыз тилинин тарыхы")) == ["kyrgyz_language", "history"]


def test_a_label_of_several_words_is_found_only_as_a_whole() -> None:
    assert "agriculture" not in found("хозяйство сельское")
    assert "agriculture" not in found("сельское и хозяйство")
    assert found("сельское") == {}


@pytest.mark.parametrize("query", ["organization and management", "organization & management"])
def test_stop_words_of_a_label_may_be_left_out(query: str) -> None:
    (one,) = THESAURUS.find(words(query))
    assert (one.concept, one.start, one.end) == ("organisation", 0, len(words(query)))
    assert [label.words for label in one.alternatives] == [
        ("уюштуруу", "башкаруу"),
        ("организация", "управление"),
    ]


def test_places_are_counted_in_words() -> None:
    assert [(f.start, f.end) for f in THESAURUS.find(words("экология озера Иссык-Куль"))] == [
        (0, 1), (1, 2), (2, 4),
    ]  # fmt: skip


VOCABULARY = sorted(
    {
        word
        for concept in THESAURUS.concepts.values()
        for labels in concept.labels.values()
        for label in labels
        for word in words(label.text)
    }
)


@given(st.lists(st.sampled_from(VOCABULARY) | st.text(max_size=5), max_size=12))
def test_spans_lie_inside_the_query_and_do_not_meet(typed: list[str]) -> None:
    result: list[Found] = list(THESAURUS.find(typed))
    ends = [0, *(each.end for each in result)]
    for each, before in zip(result, ends, strict=False):
        assert before <= each.start < each.end <= len(typed)
        assert each.concept in THESAURUS.concepts
        assert len(each.alternatives) <= MOST_ALTERNATIVES


# --- files ---------------------------------------------------------------------------------------

GOOD = """\
concepts:
  chemistry: {ky: химия, ru: химия, en: chemistry}
"""


def test_a_missing_folder_is_an_empty_thesaurus(tmp_path: Path) -> None:
    thesaurus = load(tmp_path / "thesaurus")
    assert thesaurus.concepts == {}
    assert thesaurus.find(["химия"]) == []


def test_a_librarians_own_file(tmp_path: Path) -> None:
    own = "concepts:\n  manas: {ky: Манас, ru: Манас, en: [Manas, Manas epic], code: {OWN: 7}}\n"
    thesaurus = load(written(tmp_path, own=own, scheme=GOOD))
    assert list(thesaurus.concepts) == ["manas", "chemistry"]
    assert thesaurus.concepts["manas"].codes == {"OWN": ("7",)}
    assert found("Манастын химиясы", thesaurus) == {
        "manas": {"Manas"},
        "chemistry": {"chemistry"},
    }


def test_the_example_in_the_documents_may_stand_beside_what_ships(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "administrator.md").read_text(encoding="utf-8")
    example = guide[guide.index("concepts:\n") :].split("```")[0]
    shipped = {file.stem: file.read_text(encoding="utf-8") for file in SHIPPED.iterdir()}
    thesaurus = load(written(tmp_path, own=example, **shipped))
    assert found("кийизден боз үй", thesaurus).keys() == {"felt", "yurt"}
    assert found("войлока", thesaurus)["felt"] == {"кийиз", "felt"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  x: {ky: а1, ru: б1}", "concepts.x.en: this key is missing"),
        ("  x: {ky: а1, ru: б1, en: c1, de: d1}", "concepts.x.de: there is no such key"),
        ("  x: {ky: '', ru: б1, en: c1}", "concepts.x.ky: '' has no word that can be searched"),
        ("  x: {ky: , ru: б1, en: c1}", "concepts.x.ky: write a text here"),
        ("  x: {ky: [], ru: б1, en: c1}", "concepts.x.ky: found a list; it must be a list of 1"),
        ("  x: {ky: [а1, ~], ru: б1, en: c1}", "concepts.x.ky[1]: found nothing after the colon"),
        ("  x: {ky: {a: b}, ru: б1, en: c1}", "concepts.x.ky: write a text here"),
        ("  x: {ky: а1, ru: и для, en: c1}", "concepts.x.ru: 'и для' has no word that can be"),
        ("  x: {ky: а1, ru: '—', en: c1}", "concepts.x.ru: '—' has no word"),
        ("  x: {ky: а1, ru: 'б1, б2', en: c1}", "'б1, б2' is not one label"),
        ("  x: {ky: а1, ru: Чу (река), en: c1}", "none with round brackets"),
        ("  x: {ky: а1, ru: б1, en: a1 b c d e f g h i}", "a label has 8 words at most"),
        (
            "  x: {ky: [а1, а2, а3, а4, а5, а6, а7], ru: б1, en: c1}",
            "it must be a list of 6 or fewer",
        ),
        ("  Ала Тоо: {ky: а1, ru: б1, en: c1}", "a concept is named in small Latin letters"),
        ("  x: химия", "with the keys ky, ru, en, code"),
        ("  chemistry: {ky: а1, ru: б1, en: c1}", "this key is already in line 2"),
        ("  x: {ky: ХИМИЯ, ru: б1, en: c1}", "'ХИМИЯ' is already a label of 'chemistry' ("),
        ("  x: {ky: а1, ru: б1, en: [c1, химия]}", "concepts.x.en[1]: 'химия' is"),
        ("  x: {ky: а1, ru: химия, en: c1}", "concepts.x.ru: 'химия' is already"),
        ("  x: {ky: а1, ru: б1, en: Химия}", "a label belongs to one concept"),
    ],
)
def test_a_mistake_names_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    folder = written(tmp_path, scheme=f"{GOOD}{line}\n")
    with pytest.raises(ConfigError) as caught:
        load(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / 'scheme.yaml'}, line 3: ")
    assert said in message


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        a=GOOD,
        b=f"{GOOD}  x: {{ky: химия, ru: б1, en: c1}}\n",
        c="concepts:\n  y: {ky: а2, ru: и}\n  z: {ky: ru: en}\n",
        d="concepts:\n  y: {ky: а2, ru: и}\n  z: {kyy: а3, ru: б3, en: c3}\n",
    )
    (folder / "e.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(folder)
    told = [line.removeprefix(str(folder))[1:] for line in str(caught.value).splitlines()]
    assert [line.split(": ", 2)[:2] for line in told] == [
        ["b.yaml, line 2", "concepts.chemistry"],
        ["b.yaml, line 3", "concepts.x.ky"],
        ["c.yaml, line 3", told[2].split(": ", 2)[1]],
        ["d.yaml, line 2", "concepts.y.en"],
        ["d.yaml, line 2", "concepts.y.ru"],
        ["d.yaml, line 3", "concepts.z.ky"],
        ["d.yaml, line 3", "concepts.z.kyy"],
        ["e.yml", "rename this file to e.yaml"],
    ]
    assert "already here" in told[0]
    assert f"{folder / 'a.yaml'}, line 2" in told[0]
    assert f"'chemistry' ({folder / 'a.yaml'}, line 2)" in told[1]
