"""Where `ilim.yaml` and the command line say that the databases are."""

from pathlib import Path

import pytest

from aggregator.commands.house import Door
from aggregator.errors import ConfigError
from aggregator.settings import load
from aggregator.store import postgres
from aggregator.store.address import Address
from aggregator.store.database import Database


def door(folder: Path, text: str) -> Door:
    (folder / "ilim.yaml").write_text(text, encoding="utf-8")
    return Door(folder, folder / "data")


def test_without_a_word_it_is_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    url = door(tmp_path, "").database("keep")
    assert (url.drivername, url.database) == (
        "sqlite+aiosqlite",
        str(tmp_path / "data" / "keep.sqlite"),
    )


def test_all_keys(tmp_path: Path) -> None:
    text = (
        "database:\n  url: postgresql://ilim@db.example.org:5433/ilim\n"
        "  password: ${SECRET}\n  connections: 4\n  connect_timeout: 2.5\n  tls: off\n"
    )
    settings = load(door(tmp_path, text).config, {"SECRET": "a:b@c/d e"})
    assert "a:b" not in repr(settings)
    address = Door(tmp_path, tmp_path / "data").address(settings.database)
    url = address.of("catalogue")
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "ilim", "a:b@c/d e", "db.example.org", 5433, "ilim",
    )  # fmt: skip
    assert url.query == {"pool_size": "4", "connect_timeout": "2.5", "sslmode": "disable"}
    assert str(address) == "ilim on db.example.org, port 5433"
    assert "a:b" not in repr(address) + str(Database(url, "keep"))


def test_the_short_form(tmp_path: Path) -> None:
    url = door(tmp_path, "database: postgresql://db/ilim\n").database("keep")
    assert (url.host, url.database, url.password) == ("db", "ilim", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("database: postgresql://ilim:hidden@db/ilim\n", "a password must not be written here"),
        ("database:\n  url: postgresql://u:hidden@db/ilim\n", "line 2: database.url: a password"),
        ("database:\n  url: postgresql://db/x\n  password: hidden\n", "a secret must not be"),
        ("database: mysql://db/ilim\n", "write postgresql://ROLE@HOST:PORT/DATABASE"),
        ("database: postgresql://db\n", "write postgresql://ROLE@HOST:PORT/DATABASE"),
        ("database: postgresql://db:x/ilim\n", "write postgresql://ROLE@HOST:PORT/DATABASE"),
        ("database: postgresql://db/ilim?x=hidden\n", "and nothing after it"),
        ("database:\n  urll: postgresql://db/ilim\n", "did you mean 'url'"),
        ("database:\n  url: postgresql://db/ilim\n  tls: yes\n", "database.tls: found 'yes'"),
    ],
)
def test_settings_that_are_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        door(tmp_path, text).settings()
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "cannot be read"),
        ("postgresql://u:hidden@[", "does not name a database"),
        ("postgresql://u:p@hidden@h/d", "as %40"),
        ("mysql://u:hidden@h/d", "begins with neither"),
        ("postgresql://u:hidden@h", "does not name a database"),
        ("postgresql://u:hidden@h/d?tsl=1", "says tsl after the '?': known are connect_timeout"),
    ],
)
def test_addresses_that_are_wrong(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Address.parse(text)
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("query", ["sslmode=maybe", "pool_size=none", "connect_timeout=0"])
def test_values_after_the_question_mark(query: str) -> None:
    url = Address.parse(f"postgresql://u:hidden@h/d?{query}").of("keep")
    with pytest.raises(ConfigError) as caught:
        postgres.create(url, "keep")
    assert query.partition("=")[0] in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_certificate_that_is_not_there(tmp_path: Path) -> None:
    text = "database:\n  url: postgresql://db/ilim\n  ca_file: missing.pem\n"
    url = door(tmp_path, text).database("keep")
    assert url.query["sslmode"] == "verify-full"
    with pytest.raises(ConfigError, match=r"missing\.pem"):
        postgres.create(url, "keep")
