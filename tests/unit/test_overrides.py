"""A partner's habits in YAML: what becomes of a Record, and that nothing is lost on the way."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.overrides import Overrides, apply
from aggregator.record import (
    Container,
    Creator,
    Dates,
    Holding,
    Identifier,
    Other,
    Record,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from aggregator.store.payload import decode_record, encode_record
from aggregator.yamlfile import Document, Mistake, read
from aggregator.yamlmodel import Surroundings, check
from connectors.crosswalks import CROSSWALKS

YEAR = 2026
ROOT = Path(__file__).resolve().parents[2]


def record(**fields: Any) -> Record:
    return Record(source="s", local_id="1", **fields)


def overridden(made: Record, rules: Mapping[str, Any]) -> Record:
    return apply(made, Overrides.model_validate(rules), YEAR)


def crosswalked(*elements: str) -> Record:
    """A record as the real crosswalk of Dublin Core makes it."""
    body = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{"".join(elements)}</oai_dc:dc>'
    )
    return CROSSWALKS["oai_dc"].read(body.encode(), "s", "1", "", "")


# --- what each rule does -----------------------------------------------------------------------


def test_a_type_that_only_this_partner_uses() -> None:
    made = crosswalked("<dc:title>А</dc:title>", "<dc:type>Диск. работа</dc:type>")
    assert made.type == "other"
    changed = overridden(made, {"type": {"map": {"диск.  работа": "thesis"}}})
    assert changed == msgspec.structs.replace(made, type="thesis")


def test_a_type_that_is_understood_stays_unless_it_is_mapped() -> None:
    made = crosswalked("<dc:title>А</dc:title>", "<dc:type>Статья</dc:type>")
    assert overridden(made, {"type": {"map": {"книга": "textbook"}}}) == made
    assert overridden(made, {"type": {"default": "report"}}) == made
    assert overridden(made, {"type": {"map": {"article": "preprint"}}}).type == "preprint"
    assert overridden(record(), {"type": {"default": "report"}}).type == "report"


def test_a_type_taken_from_elsewhere_is_understood_like_any() -> None:
    made = record(other=(Other("dc:genre", "Монография"),))
    assert overridden(made, {"type": {"take": "other.genre"}}).type == "book"
    assert overridden(made, {"type": {"take": ["type", "other.genre"]}}).type == "book"
    known = record(type="map", other=made.other)
    assert overridden(known, {"type": {"take": ["type", "other.genre"]}}).type == "map"


def test_languages() -> None:
    made = crosswalked("<dc:title>А</dc:title>", "<dc:language>мамл. тил</dc:language>")
    assert made.languages == ()
    assert overridden(made, {"languages": {"map": {"мамл. тил": "ky"}}}).languages == ("ky",)
    assert overridden(made, {"languages": {"default": "kir"}}).languages == ("ky",)
    both = record(languages=("ru", "en"))
    assert overridden(both, {"languages": {"map": {"ru": "ky"}}}).languages == ("ky", "en")
    assert overridden(both, {"languages": {"default": "ky"}}).languages == ("ru", "en")
    noted = record(languages=("ru",), notes=(Text("Язык: кыргызский"),))
    rule = {"take": "notes", "regex": r"Язык: (\w+)"}
    assert overridden(noted, {"languages": rule}).languages == ("ky",)


def test_access() -> None:
    made = record(rights=(Text("Для читателей НБ"),))
    rule = {"map": {"для читателей НБ": "restricted"}}
    assert overridden(made, {"access": rule}).access == "restricted"
    assert overridden(made, {"access": {"default": "open"}}).access == "open"


def test_a_date_taken_out_of_another_text() -> None:
    made = record(other=(Other("dc:date", "сдано в набор 12.03.2009 г."),))
    rule = {"take": "other.date", "regex": r"(\d{4})"}
    assert overridden(made, {"issued": rule}).issued == Dates(2009, 2009, "2009")
    assert overridden(made, {"issued": rule}).other == made.other
    dated = record(issued=Dates(1998, 1998, "1998"), other=made.other)
    changed = overridden(dated, {"issued": rule})
    assert changed.issued.min == 2009
    assert changed.other == (*made.other, Other("issued", "1998"))
    assert overridden(dated, {"issued": {"take": ["issued", "other.date"]}}) == dated
    assert overridden(dated, {"issued": {"take": "other.nothing"}}) == dated


def test_a_date_that_stands_for_none() -> None:
    made = record(issued=Dates(1900, 1900, "01.01.1900"))
    changed = overridden(made, {"issued": {"map": {"01.01.1900": ""}}})
    assert changed.issued == Dates()
    assert changed.other == (Other("issued", "01.01.1900"),)
    rule = {"map": {"01.01.1900": ""}, "default": "2015"}
    assert overridden(made, {"issued": rule}).issued == Dates(2015, 2015, "2015")
    assert overridden(record(), {"issued": {"default": "2015"}}).issued.min == 2015
    assert overridden(made, {"issued": {"default": "2015"}}) == made


def test_subjects_are_split_where_they_stand() -> None:
    made = record(subjects=(Subject("суу, мөңгү", "", "ky"), Subject("556", "UDC")))
    changed = overridden(made, {"subjects": {"split": ","}})
    expected = (Subject("суу", "", "ky"), Subject("мөңгү", "", "ky"), Subject("556", "UDC"))
    assert changed.subjects == expected
    assert changed.other == ()


def test_a_rule_for_one_kind_leaves_the_others_alone() -> None:
    made = record(
        subjects=(Subject("a;b"), Subject("556;551", "UDC"), Subject("c")),
        titles=(Title("А / Б"), Title("В / Г", "", "parallel")),
    )
    changed = overridden(
        made, {"subjects.UDC": {"split": ";"}, "titles.main": {"regex": r"^(.*?) /"}}
    )
    assert changed.subjects == (
        Subject("a;b"), Subject("556", "UDC"), Subject("551", "UDC"), Subject("c"),
    )  # fmt: skip
    assert changed.titles == (Title("А"), Title("В / Г", "", "parallel"))


def test_what_is_put_in_from_elsewhere() -> None:
    made = record(
        subjects=(Subject("old"),),
        notes=(Text("УДК 556.1; 551.3", "ru"),),
        other=(Other("MARC 990 $a", "978-9967-12-345-1"), Other("sup", "Асанов, А.")),
    )
    changed = overridden(
        made,
        {
            "subjects.UDC": {"take": "notes", "regex": r"УДК (.*)"},
            "creators.ths": {"take": "other.sup"},
            "titles": {"take": "other.sup"},
            "holdings": {"default": "Улуттук китепкана"},
            "related": {"take": "other.sup"},
            "links": {"take": "other.sup"},
        },
    )
    assert changed.subjects == (Subject("old"), Subject("556.1; 551.3", "UDC", "ru"))
    assert changed.creators == (Creator("Асанов, А.", "ths"),)
    assert changed.titles == (Title("Асанов, А."),)
    assert changed.holdings == (Holding("Улуттук китепкана"),)
    assert changed.related == (Relation("IsRelatedTo", "Асанов, А."),)
    assert changed.links == ()  # no address
    assert changed.other == made.other


def test_identifiers_are_checked() -> None:
    made = record(
        identifiers=(Identifier("local", "номер 10.1000/182"),),
        other=(Other("isbn", "978-0-306-40615-7"), Other("isbn", "1234")),
    )
    changed = overridden(made, {"identifiers.isbn": {"take": "other.isbn"}})
    assert changed.identifiers == (*made.identifiers, Identifier("isbn", "9780306406157"))
    cleaned = overridden(made, {"identifiers": {"regex": r"номер (.*)"}})
    assert cleaned.identifiers == (Identifier("doi", "10.1000/182"),)


def test_what_takes_the_place_of_something_leaves_it_in_other() -> None:
    made = record(subjects=(Subject("old", "", "ru"),), contents=(Text("new"),), edition="1")
    changed = overridden(made, {"subjects": {"take": "contents"}, "edition": {"take": "contents"}})
    assert (changed.subjects, changed.edition) == ((Subject("new"),), "new")
    assert changed.other == (Other("subjects", "old", "ru"), Other("edition", "1"))
    both = overridden(made, {"subjects": {"take": ["subjects", "contents"]}})
    assert both.subjects == (Subject("old", "", "ru"), Subject("new"))
    assert both.other == ()


def test_a_word_put_out() -> None:
    made = record(creators=(Creator("Без автора"), Creator("Асанов, А.")), series="нет")
    changed = overridden(
        made, {"creators": {"map": {"без автора": ""}}, "series": {"map": {"нет": ""}}}
    )
    assert (changed.creators, changed.series) == ((Creator("Асанов, А."),), "")
    assert changed.other == (Other("creators.aut", "Без автора"), Other("series", "нет"))


def test_people_in_one_statement() -> None:
    made = record(creators=(Creator("Асанов, А. | Усенов, Б.", orcid="0000-0002-1825-0097"),))
    changed = overridden(made, {"creators": {"split": "|"}})
    assert changed.creators == (Creator("Асанов, А."), Creator("Усенов, Б."))


def test_parts() -> None:
    made = record(container=Container("Вестник", issue="3"), extent="с. 12-18")
    changed = overridden(
        made,
        {
            "container.issn": {"default": "1694-7452"},
            "container.pages": {"take": "extent", "regex": r"\d+-\d+"},
            "thesis.institution": {"default": "ОшМУ"},
            "patent.ipc": {"take": "extent", "regex": r"^[A-H]\d"},
            "project.donor": {"take": "other.donor"},
        },
    )
    assert changed.container == Container("Вестник", "1694-7452", "", "3", "12-18")
    assert changed.thesis == Thesis(institution="ОшМУ")
    assert (changed.patent, changed.project) == (None, None)
    emptied = overridden(record(container=Container("x")), {"container.title": {"map": {"x": ""}}})
    assert encode_record(emptied) == encode_record(record(other=(Other("container.title", "x"),)))


def test_rules_take_what_the_crosswalk_made() -> None:
    """So that two fields can change places, and the order of rules does not matter."""
    made = record(edition="a", series="b")
    rules = {"edition": {"take": "series"}, "series": {"take": "edition"}}
    changed = overridden(made, rules)
    assert (changed.edition, changed.series) == ("b", "a")


def test_steps_go_in_order() -> None:
    made = record(notes=(Text("Темы: Суу; ЛЁД; ; иное"),))
    rule = {"take": "notes", "split": ";", "regex": r"(?:Темы: )?(.*)", "map": {"лёд": "мөңгү"}}
    changed = overridden(made, {"subjects": rule})
    assert [one.term for one in changed.subjects] == ["Суу", "мөңгү", "иное"]


# --- laws --------------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "суу", "a;b", "a; суу;c", "1998", "ru", "book"])
KINDS = st.sampled_from(["UDC", "", "dc:type", "language"])
RECORDS = st.builds(
    record,
    titles=st.lists(st.builds(Title, WORDS), max_size=2).map(tuple),
    creators=st.lists(st.builds(Creator, WORDS, affiliation=WORDS), max_size=2).map(tuple),
    subjects=st.lists(st.builds(Subject, WORDS, KINDS), max_size=3).map(tuple),
    notes=st.lists(st.builds(Text, WORDS), max_size=2).map(tuple),
    other=st.lists(st.builds(Other, KINDS, WORDS), max_size=2).map(tuple),
    edition=WORDS,
    type=st.sampled_from(["other", "book", "map"]),
    languages=st.lists(st.sampled_from(["ru", "ky"]), max_size=2, unique=True).map(tuple),
    container=st.builds(Container, WORDS, pages=WORDS),
)
TAKES = st.sampled_from(["subjects", "subjects.UDC", "notes", "edition", "other.type", "titles"])
RULE = st.fixed_dictionaries(
    {},
    optional={
        "take": TAKES | st.lists(TAKES, min_size=1, max_size=2),
        "split": st.just(";"),
        "map": st.just({"a": "", "суу": "вода"}),
        "default": st.just("z"),
    },
).filter(bool)
FIELDS = st.sampled_from(
    ["titles", "titles.main", "subjects", "subjects.UDC", "notes", "creators", "edition", "series",
     "container.title", "container.pages", "thesis.degree", "identifiers.local"]
)  # fmt: skip


def words(made: Record) -> set[str]:
    """What the record says, as "вода" where a rule may have put that for "суу"."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from (text for each in value.values() for text in texts(each))
        elif isinstance(value, list | tuple):
            yield from (text for each in value for text in texts(each))

    said = " ".join(texts(msgspec.to_builtins(made)))
    return set(re.findall(r"\w+", said.replace("суу", "вода")))


@settings(max_examples=150)
@given(RECORDS, st.dictionaries(FIELDS, RULE, max_size=3))
@example(record(titles=(Title("a;b"),)), {"titles": {"split": ";", "map": {"a": ""}}})
@example(record(edition="a;b"), {"edition": {"split": ";", "map": {"a": ""}}})
def test_no_word_is_lost(made: Record, rules: dict[str, Any]) -> None:
    """Without ``regex``, whose purpose it is to leave something out."""
    changed = overridden(made, rules)
    assert words(made) <= words(changed)
    assert decode_record(encode_record(changed), "") == changed
    assert (changed.type, changed.languages) == (made.type, made.languages)


@settings(max_examples=50)
@given(RECORDS)
def test_no_rules_change_nothing(made: Record) -> None:
    assert apply(made, Overrides(), YEAR) is made


def test_words_change_with_the_rules() -> None:
    one = Overrides.model_validate({"subjects": {"split": ";"}})
    other = Overrides.model_validate({"subjects": {"split": ","}})
    assert one.words() != other.words()
    assert one.words() == Overrides.model_validate({"subjects": {"split": ";"}}).words()
    parts = Overrides.model_validate({"container.issn": {"take": "notes"}})
    assert Overrides.model_validate(parts.model_dump()) == parts


# --- what can be wrong in the YAML -------------------------------------------------------------


def checked(tmp_path: Path, text: str) -> tuple[Overrides | None, list[str]]:
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    found: list[Mistake] = []
    document = read(file, found)
    assert isinstance(document, Document), found
    made = check(document, Overrides, Surroundings(tmp_path, {}), found)
    return made, [str(one).removeprefix(f"{file}, ") for one in found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject: {}", "line 1: subject: there is no such key; did you mean 'subjects'?"),
        ("container.isn: {default: x}", "did you mean 'container.issn'?"),
        ("titles: {splt: ','}", "line 1: titles.splt: there is no such key; did you mean 'split'?"),
        (
            "type:\n  map:\n    книга: bok\n",
            "line 3: type.map.книга: found 'bok'; did you mean 'book'?",
        ),
        ("type: {default: thesys}", "line 1: type.default: found 'thesys'; did you mean 'thesis'?"),
        ("access: {map: {x: opn}}", "line 1: access.map.x: found 'opn'; did you mean 'open'?"),
        (
            "languages: {default: qqqq}",
            "line 1: languages.default: found 'qqqq'; it must be a code of a language: ky, ru, en",
        ),
        (
            "issued: {default: давно}",
            "line 1: issued.default: found 'давно'; it must be a year or a date: 2009, 2009-05-31",
        ),
        (
            "issued: {take: subjcts}",
            "line 1: issued.take: found 'subjcts', which is no place of a record; "
            "did you mean 'subjects'?",
        ),
        (
            "issued:\n  take:\n  - notes\n  - conteiner.title\n",
            "line 4: issued.take[1]: found 'conteiner.title', which is no place of a record; "
            "did you mean 'container.title'?",
        ),
        ("notes: {take: titles.mian}", "did you mean 'titles.main'?"),
        ("notes: {take: edition.x}", "did you mean 'edition'?"),
        ("notes: {take: other.}", "did you mean 'other'?"),
        ("notes: {regex: '(x'}", "line 1: notes.regex: found '(x', which is no regular expression"),
        ("notes: {}", "line 1: notes: give at least one of take, split, regex, map, default"),
        ("notes:", "line 1: notes: found nothing after the colon; it must be lines 'key: value'"),
        ("notes: x", "line 1: notes: found 'x'; it must be lines 'key: value', indented"),
        ("notes: {split: ''}", "it must be 1 or more characters long"),
        ("notes: {take: []}", "line 1: notes.take: found a list; it must be a list of 1 or more"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, text: str, said: str) -> None:
    made, found = checked(tmp_path, text)
    assert made is None
    assert len(found) == 1
    assert said in found[0]


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    _, found = checked(tmp_path, "type: {map: {a: bok, b: tesis}}\nnots: {}\nissued: {take: x}\n")
    assert len(found) == 4


# --- documents ---------------------------------------------------------------------------------


def rows(document: str, heading: str) -> Iterator[str]:
    part = document.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    for row in re.findall(r"^\| (.*?) \|", part, re.MULTILINE):
        yield from re.findall(r"`([^`]+)`", row)


def test_the_document_names_every_place_and_every_step() -> None:
    document = (ROOT / "docs" / "overrides.md").read_text(encoding="utf-8")
    fields = Overrides.model_fields
    assert set(rows(document, "Places")) == {field.alias or key for key, field in fields.items()}
    assert list(rows(document, "Steps")) == ["take", "split", "regex", "map", "default"]


def test_the_examples_of_the_document_are_right(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "overrides.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\noverrides:\n(.*?)```", document, re.DOTALL)
    assert examples
    for block in examples:
        text = "\n".join(line.removeprefix("  ") for line in block.splitlines())
        assert checked(tmp_path, text)[1] == []
