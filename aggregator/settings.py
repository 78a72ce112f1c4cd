"""What the administrator decides: YAML files and environment, read once at the door.

``ilim.yaml`` may be absent, all has defaults. All mistakes of all files are told at once, each
with its file, line and key. What is read is frozen; secrets do not show in its repr.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from aggregator.errors import ConfigError
from aggregator.servers import DatabaseSettings, ElasticsearchSettings
from aggregator.wording import say
from aggregator.yamlfile import Document, Mistake, listed, read
from aggregator.yamlmodel import Surroundings, check, nearest

Language = Literal["ky", "ru", "en"]
Engine = Literal["embedded", "elasticsearch"]

_FROZEN = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class WorkerSettings(BaseModel):
    """How the worker stores and indexes."""

    model_config = _FROZEN

    commit_seconds: Annotated[float, Field(gt=0, le=3600)] = 5
    """The index shows what is new at least this often …"""
    commit_works: Annotated[int, Field(ge=1)] = 10_000
    """… or after so many works."""
    sweep_percent: Annotated[float, Field(ge=0, le=100)] = 10
    sweep_records: Annotated[int, Field(ge=0)] = 20
    """A sweep that would delete more than both this share and this number is refused."""


class Settings(BaseModel):
    """``ilim.yaml`` with the environment over it."""

    model_config = _FROZEN

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """0: any free port."""
    contact: str = ""
    """An e-mail or web address that partners find in the ``User-Agent`` of every request."""
    database: DatabaseSettings = DatabaseSettings()
    engine: Engine = "embedded"
    elasticsearch: ElasticsearchSettings = ElasticsearchSettings()
    worker: WorkerSettings = WorkerSettings()
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("ky", "ru", "en")
    """Of the pages, in the order they are offered; the first is for visitors who ask for none."""


_OVERRIDES = {"ILIM_HOST": "host", "ILIM_PORT": "port"}

M = TypeVar("M", bound=BaseModel)
Sources = Mapping[str, M]
"""Source id -> its configuration, in the order of ids."""


def load(config: Path, env: Mapping[str, str]) -> Settings:
    """Read ``config/ilim.yaml``; ``ILIM_HOST`` and ``ILIM_PORT`` of ``env`` go before it.

    Raises ConfigError naming every mistake, one a line.
    """
    _require_folder(config)
    mistakes: list[Mistake] = []
    settings: Settings | None = Settings()
    file = config / "ilim.yaml"
    if file.exists():
        document = read(file, mistakes)
        around = Surroundings(config, env)
        settings = check(document, Settings, around, mistakes) if document else None
    overrides = _overrides(env, mistakes)
    if mistakes or settings is None:
        raise ConfigError("\n".join(map(str, mistakes)))
    return settings.model_copy(update=overrides)


def load_sources(config: Path, models: Mapping[str, type[M]], env: Mapping[str, str]) -> Sources[M]:
    """Read every ``config/sources/*.yaml`` with the model of its ``connector``.

    ``models``: connector name -> model, as `connectors.registry.MODELS`. A relative path in a
    source's file starts at ``config``, the folder that holds ``ilim.yaml`` and ``sources``.
    Raises ConfigError naming every mistake of every file, one a line.
    """
    sources, mistakes = read_sources(config, models, env)
    if mistakes:
        raise ConfigError("\n".join(map(str, mistakes)))
    return sources


def read_sources(
    config: Path, models: Mapping[str, type[M]], env: Mapping[str, str]
) -> tuple[Sources[M], list[Mistake]]:
    """The same, with the sources whose files are right and every mistake in the others. Raises
    ConfigError only where there is no folder."""
    _require_folder(config)
    mistakes: list[Mistake] = []
    sources: dict[str, M] = {}
    files = listed(config / "sources", mistakes)
    names = {file.stem for file in files}
    around = Surroundings(config.absolute(), env)
    for file in files:
        source = _load_source(file, names, models, around, mistakes)
        if source is not None:
            sources[file.stem] = source
    return sources, mistakes


def _load_source(
    file: Path,
    names: set[str],
    models: Mapping[str, type[M]],
    around: Surroundings,
    mistakes: list[Mistake],
) -> M | None:
    document = read(file, mistakes)
    if document is None:
        return None
    kind = document.get("connector")
    known = ", ".join(sorted(models))
    if kind is None:
        text = say("this key is missing; write one of: {known}", known=known)
        mistakes.append(document.mistake(("connector",), text))
        return None
    found: list[Mistake] = []
    wrong_id = _wrong_id(document, names)
    if wrong_id:
        found.append(wrong_id)
    meant: str | None = kind
    if kind not in models:
        meant = nearest(kind, models)
        text = say("there is no connector '{word}'; known: {known}", word=kind, known=known)
        if meant:
            text = say(
                "there is no connector '{word}'; did you mean '{near}'? known: {known}",
                word=kind,
                near=meant,
                known=known,
            )
        found.append(document.mistake(("connector",), text))
    source: M | None = None
    if meant is not None:
        checked: list[Mistake] = []
        source = check(document, models[meant], around, checked)
        found += [mistake for mistake in checked if not (wrong_id and mistake.path == "id")]
    mistakes += sorted(found)
    return None if found else source


def _wrong_id(document: Document, names: set[str]) -> Mistake | None:
    """A source's id is its file's name, so that no two files can claim the same id."""
    found, stem = document.get("id"), document.file.stem
    if found == stem or found is None:
        return None  # what is missing or misspelt, the model says
    text = say("found '{word}'; the id must be the file's name: '{name}'", word=found, name=stem)
    if found in names:
        text = say(
            "found '{word}', the id of {word}.yaml; the id must be the file's name: '{name}'",
            word=found,
            name=stem,
        )
    return document.mistake(("id",), text)


def _overrides(env: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, key in _OVERRIDES.items():
        if not env.get(name):
            continue
        found: list[Mistake] = []
        document = Document.of(say("environment"), {key: env[name]})
        settings = check(document, Settings, Surroundings(Path(), {}), found)
        mistakes += [replace(mistake, path=name) for mistake in found]
        if settings is not None:
            values[key] = getattr(settings, key)
    return values


def _require_folder(config: Path) -> None:
    if not config.is_dir():
        raise ConfigError(
            say(
                "There is no configuration folder '{folder}'; name one with --config or "
                "ILIM_CONFIG.",
                folder=config,
            )
        )
