"""One page language: its texts, plurals, numbers, dates and names of languages.

Texts live in ``locale/<language>/LC_MESSAGES/messages.po``; `make install` compiles them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from babel.support import Translations

from aggregator.errors import ConfigError
from web.labels import Labels

LANGUAGES = ("ky", "ru", "en")
"""Page languages, the default one first."""

LOCALES = {"ky": Locale("ky"), "ru": Locale("ru"), "en": Locale("en", "GB")}
DOMAIN = "messages"
LOCALE = Path(__file__).parent / "locale"

# CLDR's Russian names where Kyrgyzstan's own Russian usage, or plain sense, differs.
LANGUAGE_NAMES = {("ru", "ky"): "кыргызский", ("ru", "mul"): "несколько языков"}

LONG_NUMBER = 10_000
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def is_language_tag(tag: str) -> bool:
    """Whether ``tag`` may stand in a ``lang`` attribute (the shape of BCP 47)."""
    return _LANGUAGE_TAG.fullmatch(tag) is not None


@dataclass(frozen=True)
class Words:
    """What a page needs to speak one language. Made by `read_words`, one for each language."""

    code: str
    locale: Locale
    translations: Translations

    def __call__(self, message: str, **values: object) -> str:
        """The text for ``message``, with ``%(name)s`` filled in from ``values``."""
        text = self.translations.ugettext(message)
        return text % values if values else text

    @cached_property
    def labels(self) -> Labels:
        """Names for what records say in codes: types, access, roles, fields, states."""
        return Labels.of(self.translations.ugettext)

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self.locale)

    def short(self, value: int) -> str:
        """A number for a narrow column: 19 thousand is written the short way of the language."""
        if value < LONG_NUMBER:
            return self.number(value)
        return format_compact_decimal(value, locale=self.locale)

    def date(self, iso: str) -> str:
        """A date such as "23 November 2026" from an ISO time; "" when it is not one."""
        try:
            day = datetime.fromisoformat(iso)
        except ValueError:
            return ""
        return format_date(day, "long", locale=self.locale)

    def percent(self, share: float) -> str:
        """A share (0 to 1) in whole percent; what is little is not written as nothing."""
        if 0 < share < 0.005:
            return f"<\N{NARROW NO-BREAK SPACE}{format_percent(0.01, locale=self.locale)}"
        return format_percent(min(share, 0.99) if share < 1 else 1, locale=self.locale)

    def in_a_while(self, wait: timedelta) -> str:
        """A time to come, roughly: "in 3 hours"; never nearer than a minute."""
        return format_timedelta(
            max(wait, timedelta(minutes=1)),
            granularity="minute",
            threshold=1.5,
            add_direction=True,
            locale=self.locale,
        )

    def moment(self, at: datetime) -> str:
        """A time such as "23 November 2026, 14:05 UTC"."""
        utc = at.astimezone(UTC)
        return f"{format_date(utc, 'long', locale=self.locale)}, {utc:%H:%M} UTC"

    def language(self, tag: str) -> str:
        """The name of a language, in sentence case; the tag itself when it has no name."""
        base = tag.partition("-")[0].lower()
        name = (
            LANGUAGE_NAMES.get((self.code, base))
            or self.locale.languages.get(base)
            or LOCALES["en"].languages.get(base)
        )
        return name[:1].upper() + name[1:] if name else tag


def read_words(folder: Path, languages: Iterable[str]) -> Mapping[str, Words]:
    """The texts of ``languages``. Raises ConfigError when they were not compiled."""
    words = {}
    for code in languages:
        path = folder / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
        try:
            with path.open("rb") as file:
                translations = Translations(file, domain=DOMAIN)
        except OSError as error:
            raise ConfigError(
                f"The texts of the pages are not compiled: {path.name} for “{code}” is missing "
                f"in {folder}. Run: make install"
            ) from error
        words[code] = Words(code=code, locale=LOCALES[code], translations=translations)
    return words
