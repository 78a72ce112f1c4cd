"""One page about a checked source, to be sent to the partner: it stands alone and fetches nothing.

Its colours and letters are the site's own tokens; what the partner's records say is escaped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from babel.dates import format_timedelta
from babel.numbers import format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from aggregator.quality import Words as Counted
from aggregator.record import Record, main_title
from aggregator.trial import DECLARED, SourceCheck
from web.assets import STATIC
from web.describe import (
    Access,
    access,
    addresses,
    language_of,
    names,
    own_page,
    publication,
    title_language,
    year,
)
from web.responses import web_address
from web.site import TEMPLATES
from web.words import LOCALE, Words, read_words

SHOWN = 20
"""Words and reasons of each kind."""

LONGEST = 400
"""Signs of an abstract that are shown."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Example:
    """One record as a result of a search shows it."""

    title: str
    lang: str
    year: str
    kind: str
    people: tuple[str, ...]
    where: str
    abstract: str
    abstract_lang: str
    languages: tuple[str, ...]
    access: Access | None
    page: str
    fulltext: str


@dataclass(frozen=True)
class PartnerPage:
    """A check in the words of one language, as the template asks for it."""

    check: SourceCheck
    words: Words
    contact: str = ""
    """Whom the partner answers: an e-mail or web address, or words."""

    @property
    def contact_link(self) -> str:
        if re.fullmatch(r"[\w.+-]+@[\w.-]+", self.contact):
            return f"mailto:{self.contact}"
        return web_address(self.contact)

    @property
    def name(self) -> str:
        return self.check.source.name.get(self.words.code)

    @property
    def facts(self) -> Mapping[str, str]:
        """Label -> figure, in the order of the page."""
        _ = self.words
        trial, number = self.check.trial, _.number
        facts = {
            _("Records looked at"): number(len(trial.records)),
            _("Could not be read"): number(trial.rejections),
            _("Deleted at the source"): number(trial.deleted),
            _("Already known from other sources"): self._with_share(
                self.check.joined, self.check.joined_share
            ),
            _("Encoding"): ", ".join(
                _("as declared") if name == DECLARED else name for name, _count in trial.encodings
            ),
        }
        if trial.total is not None:
            facts[_("Records in all")] = number(trial.total)
        if trial.harvest_seconds is not None:
            facts[_("Time to read all of them")] = format_timedelta(
                timedelta(seconds=max(1.0, trial.harvest_seconds)), locale=_.locale, threshold=1.5
            )
        return {label: text for label, text in facts.items() if text}

    @property
    def fields(self) -> list[tuple[str, str, str, int]]:
        """Label, records, share in words, share from 0 to 100."""
        _, known = self.words, self.check.quality
        return [
            (label, _.number(known.filled[name]), self._percent(known.share(name)),
             round(100 * known.share(name)))
            for name, label in self._field_names.items()
        ]  # fmt: skip

    @property
    def not_understood(self) -> list[tuple[str, Counted]]:
        _ = self.words
        labels = {"date": _("Dates"), "language": _("Languages"), "type": _("Types")}
        found = self.check.quality.not_understood
        return [(label, found[kind][:SHOWN]) for kind, label in labels.items() if found[kind]]

    @property
    def rejected(self) -> Counted:
        return self.check.trial.rejected[:SHOWN]

    @property
    def problems(self) -> tuple[str, ...]:
        return self.check.trial.problems[:SHOWN]

    @property
    def repairs(self) -> Counted:
        return self.check.trial.repairs[:SHOWN]

    @cached_property
    def examples(self) -> list[Example]:
        return [self._example(record) for record in self.check.examples]

    @property
    def _field_names(self) -> Mapping[str, str]:
        _ = self.words
        return {
            "title": _("Title"),
            "creators": _("Authors"),
            "year": _("Year"),
            "abstract": _("Abstract"),
            "subjects": _("Keywords"),
            "identifier": _("Identifier (DOI, ISBN, ISSN, …)"),
            "language": _("Language"),
            "access": _("Access"),
            "fulltext": _("Full text"),
        }

    def _example(self, record: Record) -> Example:
        title = main_title(record)
        abstract = record.abstracts[0] if record.abstracts else None
        text = abstract.value if abstract is not None else ""
        files = addresses(record, "fulltext")
        return Example(
            title.value if title is not None else "",
            title_language(record),
            year(record.issued),
            self.words.labels.types.get(record.type, record.type),
            tuple(one.name for one in names(record)[:6]),
            publication(record),
            text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …",
            language_of(abstract.lang, record) if abstract is not None else "",
            tuple(map(self.words.language, record.languages)),
            access(record.access, self.words),
            own_page(record),
            files[0].url if files else "",
        )

    def _percent(self, share: float) -> str:
        return format_percent(share, locale=self.words.locale)

    def _with_share(self, count: int, share: float) -> str:
        return f"{self.words.number(count)} ({self._percent(share)})"


def partner_page(
    check: SourceCheck, language: str, today: date, locale: Path = LOCALE, *, contact: str = ""
) -> str:
    """The page in ``language`` (ky, ru or en); ``contact`` is whom to answer.

    Raises ConfigError when texts were not compiled.
    """
    words = read_words(locale, [language])[language]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    return environment.get_template("partner.html").render(
        page=PartnerPage(check, words, contact),
        words=words,
        today=words.date(today.isoformat()),
        tokens=Markup(tokens((STATIC / "site.css").read_text(encoding="utf-8"))),  # noqa: S704 our own file
        policy=POLICY,
    )


def tokens(style: str) -> str:
    """The colours, distances and letters of the site's style sheet: its ``:root`` rules."""
    return style[style.index(":root") : style.index("*,::before")]
