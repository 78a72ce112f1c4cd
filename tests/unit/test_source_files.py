"""Files of sources with the connectors' own models: every key, and every mistake at once."""

from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.settings import load_sources
from aggregator.source import SourceConfig
from connectors.oai_request import OaiPmhConfig
from connectors.registry import MODELS

GOOD = """\
# yaml-language-server: $schema=../source.schema.json
id: oshsu
name: {ky: Ош, ru: Ош, en: Osh}
connector: oai_pmh
url: https://example.org/oai
"""
START = GOOD.count("\n") + 1


def written(root: Path, **files: str) -> Path:
    folder = root / "config" / "sources"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root / "config"


def source(root: Path, text: str, **env: str) -> SourceConfig:
    return load_sources(written(root, oshsu=text), MODELS, env)["oshsu"]


def mistakes(config: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_sources(config, MODELS, {})
    return [line.removeprefix(f"{config}/sources/") for line in str(caught.value).splitlines()]


def test_all_keys(tmp_path: Path) -> None:
    config = source(
        tmp_path,
        GOOD
        + """\
institution: Ош мамлекеттик университети
homepage: https://oshsu.kg
contact: Айгүл, library@oshsu.kg
correspondence: ru
rights: CC BY 4.0
language: ky
schedule: 30 3 * * mon
formats: [oai_openaire, oai_dc]
sets: theses
http:
  interval: 0.5
  networks: 10.1.0.0/16
  user: ilim
  password: ${PW}
overrides:
  type: {map: {Автореферат: thesis}}
  container.issn:
    default: 1694-7452
""",
        PW="geheim",
    )
    assert isinstance(config, OaiPmhConfig)
    assert (config.institution, config.correspondence) == ("Ош мамлекеттик университети", "ru")
    assert (config.schedule, config.formats) == ("30 3 * * mon", ("oai_openaire", "oai_dc"))
    assert (config.sets, config.http.networks) == (("theses",), ("10.1.0.0/16",))
    assert config.http.password is not None
    assert config.http.password.get_secret_value() == "geheim"
    assert "geheim" not in f"{config!r} {config.model_dump_json()}"
    assert list(config.overrides.rules()) == ["type", "container.issn"]


def test_what_need_not_be_said(tmp_path: Path) -> None:
    config = source(tmp_path, GOOD)
    assert isinstance(config, OaiPmhConfig)
    assert (config.schedule, config.correspondence) == ("daily", "ky")
    assert config.formats == ("oai_dc",)
    assert config.overrides.rules() == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("schedule: dayly", "schedule: found 'dayly'; did you mean 'daily'?"),
        ("schedule: 0 25 * * *", "schedule: found '25' as the hour; it goes from 0 to 23"),
        ("correspondence: kg", "correspondence: found 'kg'; allowed: ky, ru, en"),
        ("shedule: daily", "shedule: there is no such key; did you mean 'schedule'?"),
        ("networks: 10.0.0.0/8", "networks: there is no such key; did you mean 'http.networks'?"),
        (
            "http: {networks: [10.1.0.0/16, 10.1.0.0/33]}",
            "http.networks[1]: found '10.1.0.0/33'; it must be a network (10.1.0.0/16) or the "
            "name of a host",
        ),
        ("http: {networks: 10.1.0}", "http.networks: found '10.1.0'; it must be a network"),
        ("http: {networks: 'a b'}", "http.networks: found 'a b'; it must be a network"),
        ("http: {user: ilim}", "http: give both 'user' and 'password', or neither"),
        (
            "http: {user: ilim, password: geheim}",
            "http.password: a secret must not be written here; write ${NAME} and set that variable",
        ),
        (
            "homepage: oshsu.kg",
            "homepage: found 'oshsu.kg'; it must be an address that begins with https://",
        ),
        ("homepage: https://ilim:geheim@oshsu.kg", "homepage: a password must not be written here"),
        ("formats: []", "formats: found a list; it must be a list of 1 or more"),
        ("formats: {a: b}", "formats: found lines 'key: value'; it must be a list"),
        ("prefix: oai_dc", "prefix: there is no such key"),
        (
            "overrides: {type: {map: {А: thesys}}}",
            "overrides.type.map.А: found 'thesys'; did you mean 'thesis'?",
        ),
        (
            "overrides: {keywords: {split: ','}}",
            "overrides.keywords: there is no such key; allowed: titles, titles.main",
        ),
    ],
)
def test_a_wrong_line(tmp_path: Path, line: str, said: str) -> None:
    [mistake] = mistakes(written(tmp_path, oshsu=f"{GOOD}{line}\n"))
    assert mistake.startswith(f"oshsu.yaml, line {START}: {said}")
    assert "geheim" not in mistake


def test_all_mistakes_of_all_files_at_once(tmp_path: Path) -> None:
    rest = "name: {ky: а, ru: а, en: a}\nconnector: marc_file\npath: x\n"
    config = written(
        tmp_path,
        auca=f"id: auca\n{rest}schedule: never\noverrides:\n  issued: {{take: dates}}\n",
        krad=f"id: krad\n{rest}format: marc\ncorrespondence: eng\n",
        oshsu=f"{GOOD}http:\n  networks:\n  - 10.0.0.0/99\n",
    )
    found = mistakes(config)
    assert [line.partition(": found")[0] for line in found] == [
        "auca.yaml, line 5: schedule",
        "auca.yaml, line 7: overrides.issued.take",
        "krad.yaml, line 5: format",
        "krad.yaml, line 6: correspondence",
        "oshsu.yaml, line 8: http.networks[0]",
    ]
