"""What every page is made with: the port to search, the texts, the templates, the sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aggregator.index.port import Sort
from aggregator.search import (
    Completion,
    Coverage,
    IndexStatus,
    RawPayload,
    Redirected,
    Results,
    SourceFigures,
    Withdrawn,
    WorkPage,
)
from aggregator.source import SourceConfig
from web.assets import Assets
from web.describe import one_direction
from web.listing import Lister
from web.params import LAST_YEAR, MAX_TEXT, PageState
from web.words import Words, is_language_tag

TEMPLATES = Path(__file__).parent / "templates"
SHORT_NAMES = {"ky": ("Кыр", "Кыргызча"), "ru": ("Рус", "Русский"), "en": ("Eng", "English")}
"""Page language -> its name as the header writes it, and in full; each in its own language."""


class Finder(Protocol):
    """What the pages ask for; `aggregator.search.Search` is it."""

    async def find(
        self,
        text: str,
        *,
        filters: Mapping[str, tuple[str, ...]] = ...,
        sort: Sort = ...,
        size: int = ...,
        offset: int = ...,
        facets: bool = ...,
        language: str = ...,
        concepts: bool = ...,
    ) -> Results: ...

    async def complete(self, beginning: str) -> Sequence[Completion]: ...

    async def status(self) -> IndexStatus: ...

    async def work(self, id: str) -> WorkPage | Redirected | Withdrawn | None: ...

    async def raw(self, source: str, local_id: str) -> RawPayload | None: ...

    async def sources(self) -> Mapping[str, SourceFigures]: ...

    async def coverage(self, source: str) -> Coverage: ...


@dataclass(frozen=True)
class Site:
    """Everything the handlers share. ``languages`` are the pages', the one for visitors who ask for
    none first; ``labels`` maps a field's name -> label by page language, ``facets`` are the fields
    that can be filtered by."""

    search: Finder
    sources: Mapping[str, SourceConfig]
    languages: tuple[str, ...]
    words: Mapping[str, Words]
    labels: Mapping[str, Mapping[str, str]]
    facets: frozenset[str]
    assets: Assets
    environments: Mapping[str, Environment] = field(init=False)
    listers: Mapping[str, Lister] = field(init=False)

    def __post_init__(self) -> None:
        environments = {code: self._environment(words) for code, words in self.words.items()}
        listers = {
            code: Lister(
                words, self.sources, {name: labels[code] for name, labels in self.labels.items()}
            )
            for code, words in self.words.items()
        }
        object.__setattr__(self, "environments", environments)
        object.__setattr__(self, "listers", listers)

    def render(self, template: str, language: str, **values: object) -> str:
        """The page ``template`` in ``language``."""
        return self.environments[language].get_template(template).render(**values)

    def label(self, field: str, language: str) -> str:
        """A field's name, as the field table gives it."""
        return self.labels[field][language] if field in self.labels else field

    @property
    def samples(self) -> Sequence[SourceConfig]:
        """The sample catalogues among the enabled sources."""
        return [source for source in self.sources.values() if source.sample and source.enabled]

    def _environment(self, words: Words) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
        environment.filters["one_direction"] = one_direction
        environment.globals |= {
            "words": words,
            "address": lambda state: results_address(words.code, state),
            "lang_of": lambda tag: lang_attribute(words.code, tag),
            "asset": self.assets.url,
            "languages": [(code, *SHORT_NAMES[code]) for code in self.languages],
            "max_text": MAX_TEXT,
            "last_year": LAST_YEAR,
            "no_state": PageState(),
        }
        return environment


def results_address(language: str, state: PageState) -> str:
    """Where the results for ``state`` are."""
    query = state.query()
    return f"/{language}/search?{query}" if query else f"/{language}/search"


def lang_attribute(page_language: str, tag: str) -> Markup:
    """`` lang="…"`` for text in another language than its page; nothing for a tag that is none."""
    if tag == page_language or not is_language_tag(tag):
        return Markup()
    return Markup(' lang="{}"').format(tag)
