"""What an administrator can get wrong in YAML, and the sentence that is then shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from aggregator.errors import ConfigError
from aggregator.settings import Settings, load, load_sources
from aggregator.source import SourceConfig
from aggregator.yamlfile import LARGEST_FILE, Mistake, read
from aggregator.yamlmodel import nearest

STRICT = ConfigDict(extra="forbid", frozen=True)


class Door(BaseModel):
    """Stands for the part of a connector's configuration that deals with the network."""

    model_config = STRICT
    rate: Annotated[float, Field(gt=0)] = 1.0
    timeout: float = 60
    password: SecretStr | None = None
    headers: dict[str, SecretStr] = {}
    ca_file: Path | None = None


class Set(BaseModel):
    model_config = STRICT
    spec: str


class WebConfig(SourceConfig):
    url: str
    prefix: Literal["oai_dc", "marc21"] = "oai_dc"
    sets: tuple[Set, ...] = ()
    window: int | bool = 30
    start: str = Field("", alias="from")
    http: Door = Door()


class FileConfig(SourceConfig):
    path: Path
    pattern: str = "*"

    @model_validator(mode="after")
    def _pattern_is_relative(self) -> "FileConfig":
        if self.pattern.startswith("/"):
            raise ValueError("pattern must not begin with '/'")
        return self


MODELS: Mapping[str, type[SourceConfig]] = {"oai_pmh": WebConfig, "marc_file": FileConfig}

GOOD = """\
id: oshsu
name: {ky: "Ош", ru: "Ош", en: "Osh"}
connector: oai_pmh
url: https://example.org/oai
"""


def folder(root: Path, /, **files: str | bytes) -> Path:
    """A configuration folder with sources; ``ilim`` is ``ilim.yaml``."""
    config = root / "config"
    (config / "sources").mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        file = config / "ilim.yaml" if name == "ilim" else config / "sources" / f"{name}.yaml"
        file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return config


def source(root: Path, text: str, env: Mapping[str, str] | None = None) -> SourceConfig:
    return load_sources(folder(root, oshsu=text), MODELS, env or {})["oshsu"]


def mistakes(root: Path, body: str | bytes, name: str = "oshsu") -> list[str]:
    """What is said of one source's file, without the folder it lies in."""
    config = folder(root, **{name: body})
    with pytest.raises(ConfigError) as caught:
        load_sources(config, MODELS, {})
    return [line.removeprefix(f"{config}/sources/") for line in str(caught.value).splitlines()]


# --- ilim.yaml ---------------------------------------------------------------------------------


def test_all_settings_have_defaults(tmp_path: Path) -> None:
    settings = load(folder(tmp_path), {})
    assert (settings.host, settings.port, settings.engine) == ("127.0.0.1", 8080, "embedded")
    assert settings.languages == ("ky", "ru", "en")
    assert (settings.worker.commit_seconds, settings.worker.commit_works) == (5, 10_000)
    assert (settings.worker.sweep_percent, settings.worker.sweep_records) == (10, 20)


def test_file_then_environment(tmp_path: Path) -> None:
    config = folder(tmp_path, ilim="host: 0.0.0.0\nport: 9000\nworker: {commit_seconds: 0.5}\n")
    settings = load(config, {"ILIM_PORT": "9001", "ILIM_HOST": ""})
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)
    assert settings.worker.commit_seconds == 0.5
    assert settings.worker.commit_works == 10_000


def test_file_and_environment_are_both_reported(tmp_path: Path) -> None:
    config = folder(tmp_path, ilim="engine: embeded\nwoker: {}\n")
    with pytest.raises(ConfigError) as caught:
        load(config, {"ILIM_PORT": "http"})
    file = config / "ilim.yaml"
    assert str(caught.value).splitlines() == [
        f"{file}, line 1: engine: found 'embeded'; did you mean 'embedded'?",
        f"{file}, line 2: woker: there is no such key; did you mean 'worker'?",
        "environment: ILIM_PORT: found 'http'; it must be a whole number",
    ]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_missing_folder_says_how_to_name_one(tmp_path: Path) -> None:
    said = r"no configuration folder .*--config or ILIM_CONFIG"
    with pytest.raises(ConfigError, match=said):
        load(tmp_path / "no", {})
    with pytest.raises(ConfigError, match=said):
        load_sources(tmp_path / "no", MODELS, {})


# --- what a good file gives --------------------------------------------------------------------


def test_values_mean_what_the_model_says(tmp_path: Path) -> None:
    text = (
        GOOD + "language: no\nfrom: 2024-01-01\nsets: [{spec: 007}]\nwindow: 12\n"
        "enabled: off\nhttp: {rate: 2, timeout: 1e1}\n"
    )
    config = source(tmp_path, text)
    assert isinstance(config, WebConfig)
    assert (config.language, config.start, config.sets[0].spec) == ("no", "2024-01-01", "007")
    assert (config.window, config.enabled, config.http.timeout) == (12, False, 10.0)


def test_paths_start_at_the_configuration_folder(tmp_path: Path) -> None:
    config = folder(
        tmp_path,
        here="id: here\nname: {ky: а, ru: а, en: a}\nconnector: marc_file\npath: sample/marc\n",
        there="id: there\nname: {ky: а, ru: а, en: a}\nconnector: marc_file\npath: /srv/marc\n",
        oshsu=GOOD + "http: {ca_file: ca.pem}\n",
    )
    sources = load_sources(config, MODELS, {})
    assert list(sources) == ["here", "oshsu", "there"]
    here, oshsu, there = sources.values()
    assert isinstance(here, FileConfig)
    assert isinstance(there, FileConfig)
    assert isinstance(oshsu, WebConfig)
    assert here.path == config / "sample" / "marc"
    assert there.path == Path("/srv/marc")
    assert oshsu.http.ca_file == config / "ca.pem"


def test_paths_do_not_move_with_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "id: x\nname: {ky: а, ru: а, en: a}\nconnector: marc_file\npath: marc\n"
    folder(tmp_path, x=text)
    monkeypatch.chdir(tmp_path)
    here = load_sources(Path("config"), MODELS, {})["x"]
    assert isinstance(here, FileConfig)
    assert here.path == tmp_path / "config" / "marc"


def test_secrets_come_from_the_environment_and_do_not_show(tmp_path: Path) -> None:
    text = GOOD + "http: {password: '${PW}', headers: {Authorization: 'Bearer ${PW}'}}\n"
    config = source(tmp_path, text, {"PW": "geheim"})
    assert isinstance(config, WebConfig)
    assert config.http.password is not None
    assert config.http.password.get_secret_value() == "geheim"
    assert config.http.headers["Authorization"].get_secret_value() == "Bearer geheim"
    assert "geheim" not in f"{config!r} {config}"


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n")])
def test_what_notepad_adds_is_taken(tmp_path: Path, body: str | bytes) -> None:
    assert load_sources(folder(tmp_path, oshsu=body), MODELS, {})["oshsu"].name.ky == "Ош"


def test_no_sources_at_all(tmp_path: Path) -> None:
    assert load_sources(tmp_path, MODELS, {}) == {}


# --- mistakes in keys and values ---------------------------------------------------------------


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    config = folder(
        tmp_path,
        oshsu=GOOD + "http:\n  rat: 3\n  timeout: fast\n",
        kgma="id: kgma\nname: {ky: а, ru: б}\nconnector: marc_file\npath: x\n",
        auca="id: auca\n\tname: x\n",
    )
    with pytest.raises(ConfigError) as caught:
        load_sources(config, MODELS, {})
    said = str(caught.value).replace(f"{config}/", "")
    assert said.splitlines() == [
        "sources/auca.yaml, line 2: there is a tab here; indent with spaces",
        "sources/kgma.yaml, line 2: name.en: this key is missing",
        "sources/oshsu.yaml, line 6: http.rat: there is no such key; did you mean 'rate'?",
        "sources/oshsu.yaml, line 7: http.timeout: found 'fast'; it must be a number",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("urll: x", "urll: there is no such key; did you mean 'url'?"),
        ("Contact: x", "Contact: there is no such key; did you mean 'contact'?"),
        ("rate: 5", "rate: there is no such key; did you mean 'http.rate'?"),
        (
            "rіghts: x",  # a Ukrainian letter
            "rіghts: there is no such key (some of its letters are Cyrillic); "
            "did you mean 'rights'?",
        ),
        (
            "\u00a0rights: x",
            "\u00a0rights: there is no such key (it has an invisible space in it); "
            "did you mean 'rights'?",
        ),
        (
            "http: {zzz: 1}",
            "http.zzz: there is no such key; "
            "allowed: rate, timeout, password, headers, ca_file",
        ),
        ("prefix: oai-dc", "prefix: found 'oai-dc'; did you mean 'oai_dc'?"),
        ("prefix: mods", "prefix: found 'mods'; allowed: oai_dc, marc21"),
        ("homepage:", "homepage: found nothing after the colon; it must be text"),
        ("homepage: [a]", "homepage: found a list; it must be text"),
        ("enabled: ja", "enabled: found 'ja'; it must be true or false"),
        ("window: x", "window: found 'x'; it must be a whole number or true or false"),
        ("http: {rate: 0}", "http.rate: found '0'; it must be more than 0"),
        (
            "sets: a",
            "sets: found 'a'; it must be a list (each item on a line of its own, after '- ')",
        ),
        ("sets: [{spec: a}, {spek: b}]", "sets[1].spec: this key is missing"),
        (
            "http: fast",
            "http: found 'fast'; it must be lines 'key: value', indented, "
            "with the keys rate, timeout, password, headers, ca_file",
        ),
        (
            "http: {password: geheim}",
            "http.password: a secret must not be written here; "
            "write ${NAME} and set that variable",
        ),
        (
            "http: {headers: {A: 'Bearer ${NOT_SET}'}}",
            "http.headers.A: the environment variable NOT_SET is not set",
        ),
    ],
)  # fmt: skip
def test_a_wrong_line(tmp_path: Path, line: str, said: str) -> None:
    assert f"oshsu.yaml, line 5: {said}" in mistakes(tmp_path, GOOD + line + "\n")


def test_a_secret_is_never_repeated(tmp_path: Path) -> None:
    for line in ("http: {password: [geheim]}", "http: {pasword: geheim}"):
        assert "geheim" not in "".join(mistakes(tmp_path, GOOD + line + "\n"))


def test_a_rule_of_the_model_keeps_its_words(tmp_path: Path) -> None:
    text = "id: oshsu\nname: {ky: а, ru: а, en: a}\nconnector: marc_file\npath: x\npattern: /x\n"
    assert mistakes(tmp_path, text) == ["oshsu.yaml, line 1: pattern must not begin with '/'"]


def test_a_name_in_one_language_only(tmp_path: Path) -> None:
    text = GOOD.replace('{ky: "Ош", ru: "Ош", en: "Osh"}', "Ош")
    assert mistakes(tmp_path, text) == [
        "oshsu.yaml, line 2: name: found 'Ош'; "
        "it must be lines 'key: value', indented, with the keys ky, ru, en"
    ]


def test_connector_unknown_or_missing(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD.replace("oai_pmh", "oai-pmh") + "urll: x\n") == [
        "oshsu.yaml, line 3: connector: there is no connector 'oai-pmh'; "
        "did you mean 'oai_pmh'? known: marc_file, oai_pmh",
        "oshsu.yaml, line 5: urll: there is no such key; did you mean 'url'?",
    ]
    assert mistakes(tmp_path, GOOD.replace("oai_pmh", "z3950")) == [
        "oshsu.yaml, line 3: connector: there is no connector 'z3950'; known: marc_file, oai_pmh"
    ]
    assert mistakes(tmp_path, "id: oshsu\n") == [
        "oshsu.yaml, line 1: connector: this key is missing; write one of: marc_file, oai_pmh"
    ]


def test_id_is_the_name_of_the_file(tmp_path: Path) -> None:
    folder(tmp_path, oshsu=GOOD)
    assert mistakes(tmp_path, GOOD, name="kgma") == [
        "kgma.yaml, line 1: id: found 'oshsu', the id of oshsu.yaml; "
        "the id must be the file's name: 'kgma'"
    ]


def test_an_id_that_no_source_may_have(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD.replace("oshsu", "OSH"), name="OSH") == [
        "OSH.yaml, line 1: id: found 'OSH'; "
        "it must be small Latin letters, digits, - and _, at most 64"
    ]


@pytest.mark.parametrize("name", ["oshsu.yml", "oshsu.yaml.txt", "oshsu.YAML"])
def test_a_file_that_would_be_overlooked(tmp_path: Path, name: str) -> None:
    config = folder(tmp_path)
    (config / "sources" / name).write_text(GOOD)
    (config / "sources" / ".oshsu.yaml").write_text("an editor's own file")
    (config / "sources" / "README").write_text("not YAML")
    with pytest.raises(ConfigError) as caught:
        load_sources(config, MODELS, {})
    assert str(caught.value) == f"{config / 'sources' / name}: rename this file to oshsu.yaml"


# --- files that are not YAML -------------------------------------------------------------------

TAB = "there is a tab here; indent with spaces"
OPENED = "a quotation mark or bracket is opened here and never closed"
REFERENCES = (
    "references (& and *) are not used in these files; write the value itself, or put it in quotes"
)
TAGS = REFERENCES.replace("references (& and *)", "tags (!)")
COLON = (
    "there is a second ': ' in this line, or the line above is not finished; "
    "put a text that has a colon in it in quotes"
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("id: oshsu\n\tname: x\n", f"line 2: {TAB}"),
        ("id: 'oshsu\nname: x\n", f"line 1: {OPENED}"),
        ("id: oshsu\nsets: [a\nname: x\n", f"line 2: {OPENED}"),
        ("id: oshsu\nrights: CC: BY\n", f"line 2: {COLON}"),
        ("sets:\n  - a\n b: c\n", "line 3: the line is not indented like the ones it belongs to"),
        ("id: @x\n", "line 1: a value that begins with this character must stand in quotes"),
        ("id: a\n\nid: c\n", "line 3: id: this key is already in line 1; keep one of the two"),
        (
            "http:\n  rate: 1\n  rate: 2\n",
            "line 3: http.rate: this key is already in line 2; keep one of the two",
        ),
        ("? [a]\n: b\n", "line 1: a key must be a plain word"),
        ("id: a\n---\nid: b\n", "line 2: the file must not be divided by '---'"),
        ("id: &a x\nname: *a\n", f"line 1: {REFERENCES}"),
        ("id: !!python/object/apply:os.system [x]\n", f"line 1: {TAGS}"),
        ("- a\n", "line 1: the file must be made of lines 'key: value'"),
        ("id: a\nname: \x07\n", "line 2: there is a control character here (U+0007); remove it"),
        (
            "id: oshsu\nname: Ошский университет\n".encode("windows-1251"),
            "line 2: the file is not saved as UTF-8, it looks like windows-1251; "
            "open it in an editor and save it as UTF-8",
        ),
        (
            b"id: oshsu\n" + bytes(range(0x81, 0xA0)),
            "line 2: the file is not saved as UTF-8; open it in an editor and save it as UTF-8",
        ),
        (
            "id: a".encode("utf-16"),
            "line 1: the file is saved as UTF-16 ('Unicode' in Notepad); save it again as UTF-8",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(tmp_path: Path, body: str | bytes, said: str) -> None:
    assert mistakes(tmp_path, body) == [f"oshsu.yaml, {said}"]


def test_a_file_that_grows_when_it_is_read(tmp_path: Path) -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abc", "bcd", strict=True)
    )
    assert mistakes(tmp_path, bomb) == [f"oshsu.yaml, line 1: {REFERENCES}"]
    assert mistakes(tmp_path, "a: " + "[" * 2_000) == ["oshsu.yaml: brackets are nested too deeply"]
    assert mistakes(tmp_path, b"#" * (LARGEST_FILE + 1)) == [
        "oshsu.yaml: the file is larger than 1 MB, which no file of this kind should be"
    ]


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (folder(tmp_path) / "sources" / "oshsu.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"oshsu\.yaml: the file cannot be read \(Is a directory"):
        load_sources(tmp_path / "config", MODELS, {})


@given(st.one_of(st.text(), st.binary(), st.text(alphabet=" \n\t:-#'\"[]{}&*!|>%@a")))
def test_any_file_is_read_or_explained(
    tmp_path_factory: pytest.TempPathFactory, body: str | bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
    told: list[Mistake] = []
    document = read(file, told)
    assert (document is None) == bool(told)


def test_nearest_word() -> None:
    assert nearest("tiemout", ["timeout", "rate"]) == "timeout"
    assert nearest("zzz", ["timeout", "rate"]) is None
    assert nearest("zzz", []) is None
