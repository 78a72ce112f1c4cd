"""Where both databases are: a folder of SQLite files, or one PostgreSQL database."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sqlalchemy import URL, exc, make_url

from aggregator.errors import ConfigError, Unavailable
from aggregator.store import postgres, sqlite
from aggregator.store.database import Name
from aggregator.wording import later, reason, say

FORMS = later("postgresql://ROLE@HOST:PORT/DATABASE or sqlite:///FOLDER")


@dataclass(frozen=True, slots=True)
class Address:
    """The address of both. Shown without its password."""

    folder: Path | None = None
    url: URL | None = field(default=None, repr=False)
    """Of PostgreSQL, where it is that."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ConfigError, without showing the text: it may hold a password."""
        try:
            url = make_url(text)
        except (exc.ArgumentError, ValueError) as error:
            raise ConfigError(
                say("The address of the database cannot be read: write {forms}.", forms=say(FORMS))
            ) from error
        if url.drivername == "sqlite" and url.database:
            return cls(folder=Path(url.database))
        if url.drivername not in ("postgresql", "postgres"):
            raise ConfigError(
                say(
                    "The address of the database begins with neither: write {forms}.",
                    forms=say(FORMS),
                )
            )
        if "@" in (url.host or ""):
            # What stands before it is a piece of the password, so nothing of it is shown.
            raise ConfigError(say("Write an '@' in the password of the address as %40."))
        url = url.set(drivername="postgresql")
        postgres.check(url)
        return cls(url=url)

    def of(self, name: Name) -> URL:
        """The address of one of the two, as `Database` takes it."""
        if self.url is not None:
            return self.url
        assert self.folder is not None
        return sqlite.file_url(self.folder.resolve() / f"{name}.sqlite")

    def make_folder(self) -> None:
        """Make the folder of SQLite files, where it is that and absent.

        Raises Unavailable when it cannot be made.
        """
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                say(
                    "The folder {folder} cannot be made: {reason}. Name another.",
                    folder=self.folder,
                    reason=reason(error),
                )
            ) from error

    def __str__(self) -> str:
        return str(self.folder) if self.url is None else postgres.where(self.url)
