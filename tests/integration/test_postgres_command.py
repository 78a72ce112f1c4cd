"""PostgreSQL through the real command line: the same answers, and what goes wrong in sentences."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.house import Done, Installation, deleted, live
from tests.postgres import PASSWORD, ROLE, Server

pytestmark = pytest.mark.slow

WRONG, ABSENT = 2, 3


def settings(port: int, database: str, role: str = ROLE, more: str = "") -> str:
    return (
        f"database:\n  url: postgresql://{role}@127.0.0.1:{port}/{database}\n"
        "  password: ${ILIM_DATABASE_PASSWORD}\n" + more
    )


def write(installation: Installation, text: str) -> None:
    (installation.config / "ilim.yaml").write_text(text, encoding="utf-8")


def ilim(installation: Installation, *arguments: str, password: str = PASSWORD) -> Done:
    done = installation.ilim(*arguments, ILIM_DATABASE_PASSWORD=password)
    assert password not in done.words + done.output
    assert "Traceback" not in done.words
    return done


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    name = postgres.fresh(empty=True)
    yield name
    postgres.drop(name)


def test_the_same_answers_from_both(
    installation: Installation, postgres: Server, database: str
) -> None:
    records = [
        live(f"oai:k:{n}", title=f"Манас {n}", identifier=f"10.5555/{n // 2}") for n in range(9)
    ]
    installation.saved("lib", {"1.xml": [*records, deleted("oai:k:99")]})
    answers: list[object] = []
    for text in ("", settings(postgres.port, database)):
        write(installation, text)
        place = Installation(installation.folder, f"data{len(answers)}")
        migrated = ilim(place, "migrate")
        assert migrated.code == 0 and "catalogue: new → 0003" in migrated.words
        done = ilim(place, "harvest", "--json")
        assert done.code == 0, done.words
        [run] = done.json["runs"]
        run["seconds"] = 0
        found = ilim(place, "search", "манас", "--json", "--sort", "title").json
        listed = ilim(place, "records").output
        answers.append((run, found, listed, ilim(place, "quarantine", "--json").json))
    assert answers[0] == answers[1]
    assert not (installation.folder / "data1" / "catalogue.sqlite").exists()
    rows = postgres.sql(database, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|inf)'")
    assert sorted(rows.split()) == ["catalogue", "keep", "public"]


def test_the_short_form(installation: Installation, postgres: Server, database: str) -> None:
    write(installation, f"database: postgresql://{ROLE}@127.0.0.1:{postgres.port}/{database}\n")
    done = installation.ilim("status", "--json", PGPASSWORD=PASSWORD)
    assert done.code == 0 and done.json["works"] == 0, done.words


def test_a_wrong_password(installation: Installation, postgres: Server, database: str) -> None:
    write(installation, settings(postgres.port, database))
    done = ilim(installation, "status", password="wrong")
    assert done.code == WRONG
    assert f"127.0.0.1, port {postgres.port}" in done.words
    assert "role 'ilim'" in done.words and "database.password" in done.words


def test_an_unknown_role_or_database(
    installation: Installation, postgres: Server, database: str
) -> None:
    write(installation, settings(postgres.port, database, "nobody_here"))
    done = ilim(installation, "status")
    assert done.code == WRONG and "role 'nobody_here'" in done.words
    write(installation, settings(postgres.port, "no_such"))
    done = ilim(installation, "status")
    assert done.code == WRONG and "There is no database 'no_such'" in done.words


def test_a_server_that_does_not_answer(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    write(installation, settings(port, "ilim"))
    for command in ("status", "harvest", "migrate", "serve"):
        done = ilim(installation, command)
        assert done.code == ABSENT, done.words
        assert f"127.0.0.1, port {port} does not answer (Connection refused)" in done.words
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        write(installation, settings(port, "ilim", more="  connect_timeout: 1\n"))
        done = ilim(installation, "status")
        assert done.code == ABSENT and f"{port} does not answer (no answer in time" in done.words
    write(installation, "database: postgresql://ilim@no-such-host.invalid/ilim\n")
    done = ilim(installation, "status")
    assert done.code == ABSENT and "no-such-host.invalid, port 5432 does not answer" in done.words


def test_a_role_without_rights(installation: Installation, postgres: Server, database: str) -> None:
    name = f"reader_{database}"
    postgres.sql(database, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    write(installation, settings(postgres.port, database, name))
    done = ilim(installation, "migrate")
    assert done.code == WRONG and f"GRANT CREATE ON DATABASE {database}" in done.words
    postgres.sql(database, f"GRANT CREATE ON DATABASE {database} TO {name}")
    assert ilim(installation, "migrate").code == 0
    assert ilim(installation, "status").code == 0
    postgres.sql(database, f"DROP OWNED BY {name}")
    postgres.sql(database, f"DROP ROLE {name}")


def test_a_newer_database_is_refused_and_nothing_written(
    installation: Installation, postgres: Server, database: str
) -> None:
    write(installation, settings(postgres.port, database))
    assert ilim(installation, "migrate").code == 0
    postgres.sql(database, "UPDATE keep.alembic_version SET version_num = '9999'")
    before = postgres.tool("pg_dump", "-n", "keep", database)
    for command in ("migrate", "status", "harvest", "serve", "worker"):
        done = ilim(installation, command)
        assert done.code == WRONG and "newer than this program" in done.words
    assert _stable(postgres.tool("pg_dump", "-n", "keep", database)) == _stable(before)


def _stable(dump: str) -> str:
    """Newer versions of pg_dump write a random word into what they dump."""
    return "\n".join(line for line in dump.splitlines() if "restrict" not in line)


def test_too_many_connections(installation: Installation, postgres: Server, database: str) -> None:
    postgres.sql(database, f"CREATE ROLE few LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    write(installation, settings(postgres.port, database, "few"))
    assert ilim(installation, "migrate").code == 0
    postgres.sql(database, "ALTER ROLE few NOSUPERUSER CONNECTION LIMIT 0")
    done = ilim(installation, "status")
    assert done.code == ABSENT and "no connection left" in done.words
    postgres.sql(database, "DROP OWNED BY few")
    postgres.sql(database, "DROP ROLE few")


def test_a_certificate_of_another_authority(
    installation: Installation, postgres: Server, database: str
) -> None:
    write(installation, settings(postgres.port, database, more="  tls: require\n"))
    done = ilim(installation, "status")
    assert done.code == WRONG and "TLS" in done.words
    write(installation, settings(postgres.port, database, more="  ca_file: missing.pem\n"))
    done = ilim(installation, "status")
    assert done.code == WRONG and "missing.pem" in done.words


def test_serving_from_postgres(installation: Installation, postgres: Server, database: str) -> None:
    """Two processes that start at once on an empty database, and a lock on the data folder."""
    import subprocess
    import urllib.request

    installation.saved("lib", {"1.xml": [live("oai:k:1", title="Манас")]})
    write(installation, settings(postgres.port, database))
    with subprocess.Popen(
        installation.command("serve", "--port", "0"), stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "ILIM_DATABASE_PASSWORD": PASSWORD},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(address + "healthz") as answer:
            assert answer.status == 200
        second = ilim(installation, "serve", "--port", "0")
        assert second.code == WRONG and "Another `ilim serve`" in second.words
        process.terminate()
        assert process.wait(30) == 0
    assert json.loads(ilim(installation, "status", "--json").output)["sources"]
