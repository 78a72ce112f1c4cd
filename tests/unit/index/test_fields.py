"""The field table."""

from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.index.fields import WORKS, load_table


def changed(folder: Path, old: str, new: str) -> Path:
    """The table with one change."""
    text = WORKS.read_text(encoding="utf-8")
    assert old in text
    file = folder / "works.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_table_that_comes_with_ilim() -> None:
    table = load_table()
    assert [field.name for field in table.facets] == [
        "source", "type", "language", "year", "subject", "access",
    ]  # fmt: skip
    assert {field.name: field.facet for field in table.facets if field.facet == "and"} == {
        "subject": "and"
    }
    assert table.fields["year"].labels == {"ky": "Жылы", "ru": "Год", "en": "Year"}
    assert table.fields["source"].prefixes["ky"] == "булак"
    assert table.fields["content"].value("a") == "content_a"
    assert table.fields["surface"].value("surface") == "surface"
    for field in table.fields.values():
        assert set(field.labels) == {"ky", "ru", "en"}


@pytest.mark.parametrize(
    ("old", "new", "rebuilds"),
    [
        ("weight: 0.2", "weight: 0.3", False),
        ("ru: Год", "ru: Годы", False),
        ("tie: 0.1", "tie: 0.2", False),
        ("    facet: or\n    prefix: {ky: тили", "    prefix: {ky: тили", True),
    ],
)
def test_only_what_shapes_an_index_rebuilds_it(
    tmp_path: Path, old: str, new: str, rebuilds: bool
) -> None:
    assert (load_table(changed(tmp_path, old, new)).fingerprint != load_table().fingerprint) == (
        rebuilds
    )


@pytest.mark.parametrize(
    ("old", "new", "line_of", "words"),
    [
        ("kind: range", "kind: rnage", "kind: rnage", "did you mean 'range'"),
        ("  subject:", "  subjct:", "subjct:", "did you mean 'subject'"),
        ("    facet: and", "    faset: and", "faset: and", "did you mean 'facet'"),
        ("weight: 0.2", "weight: heavy", "weight: heavy", "a number"),
        ("phrases: true", "phrases: false", "phrases: false", "indexed with phrases: true"),
        ("kind: range\n    facet: or", "kind: range\n    facet: and", "year:", "by 'or'"),
        ("    phrases: true", "    phrases: true\n    weight: 2", "weight: 2", "have a weight"),
        ("forms: [a, c]", "forms: [a]", "forms: [a]", "indexed with forms: [a, c]"),
        ("    kind: number\n", "    kind: number\n    facet: or\n", "added:", "can be a facet"),
        ("ru: источник", "ru: ТИП", "prefix: {ky: түрү", "already the prefix of"),
        ("kind: number", "kind: range", "added:", "indexed with kind: number"),
    ],
)
def test_a_mistake_names_file_and_line(
    tmp_path: Path, old: str, new: str, line_of: str, words: str
) -> None:
    file = changed(tmp_path, old, new)
    text = file.read_text(encoding="utf-8")
    line = text[: text.index(line_of)].count("\n") + 1
    with pytest.raises(ConfigError) as caught:
        load_table(file)
    message = str(caught.value)
    assert words in message
    assert str(file) in message
    said = [int(part.split(":")[0]) for part in message.split("line ")[1:]]
    assert any(abs(number - line) <= 1 for number in said), (line, message)


def test_a_missing_field_and_a_missing_file(tmp_path: Path) -> None:
    text = WORKS.read_text(encoding="utf-8")
    start, end = text.index("  added:"), text.index("ranking:")
    with pytest.raises(ConfigError, match="'added' is missing"):
        load_table(changed(tmp_path, text[start:end], ""))
    with pytest.raises(ConfigError, match="cannot be read"):
        load_table(tmp_path / "nowhere.yaml")


def test_an_unknown_filter_names_the_nearest() -> None:
    table = load_table()
    table.require_facets(["year", "subject"])
    with pytest.raises(ConfigError, match="did you mean 'subject'"):
        table.require_facets(["subjekt"])
    with pytest.raises(ConfigError, match="allowed: source, type"):
        table.require_facets(["qqq"])
