"""PostgreSQL: a server that many machines share, many writers at a time.

`catalogue` and `keep` are two schemas of one database. Its address is libpq's,
``postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE?sslmode=…&sslrootcert=…&connect_timeout=…``, and one
more word, ``pool_size``. A password may also come from PGPASSWORD or ``~/.pgpass``.
"""

import contextlib
import ssl
from typing import Any

from sqlalchemy import URL, event, exc
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from aggregator.errors import ConfigError, IlimError, Unavailable
from aggregator.store.patience import Away, Busy
from aggregator.wording import reason, say

CONNECTIONS, CONNECT_TIMEOUT = 10, 10.0

STATEMENT, LONG = 60.0, 3600.0
"""Seconds until a statement without an answer is given up: the server may hang and yet keep its
connections. ``LONG`` is for migrations and copies, which read and change whole tables."""
PING = 3.0
"""Seconds until a connection that was idle must answer; else it is replaced."""
_TCP = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60000",  # milliseconds
}
"""The server, too, must notice that we are gone: our locks stay until it does."""

ERRORS = (OSError, exc.TimeoutError)
"""What comes without SQLAlchemy around it: no connection, or none free. A timeout is an OSError."""

turns = contextlib.nullcontext
"""Writers need not line up: the server sees to it, row by row."""

READ: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Several queries of one transaction see the same state, as on SQLite."""
WRITE: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
"""What a statement finds locked it reads again as it stands then; docs/adr/0007 says why that is
enough."""

PORT = 5432
_KNOWN = {"sslmode", "sslrootcert", "connect_timeout", "pool_size"}
_TLS = ("disable", "prefer", "require", "verify-full")


def where(url: URL) -> str:
    """What a message calls the database; never with its password."""
    return say("{name} on {server}", name=url.database, server=_server(url))


def _server(url: URL) -> str:
    return say("{host}, port {port}", host=url.host or "localhost", port=str(url.port or PORT))


def check(url: URL) -> None:
    """Raises ConfigError when the address lacks something or says something strange."""
    if not url.database:
        raise ConfigError(
            say(
                "The address of the database on {server} does not name a database: write "
                "postgresql://ROLE@HOST/DATABASE.",
                server=_server(url),
            )
        )
    strange = url.query.keys() - _KNOWN
    if strange:
        raise ConfigError(
            say(
                "The address of the database {place} says {words} after the '?': known are "
                "{known}.",
                place=where(url),
                words=", ".join(sorted(strange)),
                known=", ".join(sorted(_KNOWN)),
            )
        )


def create(url: URL, name: str, *, long: bool = False) -> AsyncEngine:
    """An engine whose connections see the schema ``name`` and nothing else; ``long``: its
    statements may take their time.

    Raises ConfigError for an address that cannot be meant.
    """
    check(url)
    query = {key: str(value) for key, value in url.query.items()}
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg", query={}),
        hide_parameters=True,
        pool_size=int(_number(query, "pool_size", CONNECTIONS, url)),
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "timeout": _number(query, "connect_timeout", CONNECT_TIMEOUT, url),
            "command_timeout": LONG if long else STATEMENT,
            "ssl": _tls(query, url),
            "server_settings": {
                "search_path": name,
                "application_name": f"ilim {name}",
                "jit": "off",  # these queries are short: compiling them takes longer
                **_TCP,
            },
        },
    )

    @event.listens_for(engine.sync_engine, "handle_error")
    def give_up_the_broken(context: ExceptionContext) -> None:
        error = context.original_exception
        if _is_confused(error) or isinstance(error, TimeoutError):
            context.is_disconnect = True

    engine.dialect.do_ping = _answers  # type: ignore[method-assign]  # its own never gives up
    return engine


def _answers(dbapi_connection: Any) -> bool:
    """Whether a connection that was idle is still of use."""
    try:
        dbapi_connection.run_async(lambda driver: driver.execute(";", timeout=PING))
    except Exception:  # whatever it is: another connection will tell
        return False
    return True


def _is_confused(error: BaseException) -> bool:
    """Whether the driver lost track of the connection: seen when a server that shuts down says so
    between two requests. The connection is of no use then, though it is not closed."""
    return type(error.__cause__).__name__ == "InternalClientError"


def _number(query: dict[str, str], key: str, default: float, url: URL) -> float:
    try:
        value = float(query.get(key, default))
    except ValueError:
        value = 0.0
    if value < 1:
        raise ConfigError(
            say(
                "{key} in the address of the database {place} is no number.",
                key=key,
                place=where(url),
            )
        )
    return value


def _tls(query: dict[str, str], url: URL) -> object:
    mode, file = query.get("sslmode", "prefer"), query.get("sslrootcert")
    if mode not in _TLS:
        raise ConfigError(
            say(
                "sslmode in the address of the database {place} is '{mode}': known are {known}.",
                place=where(url),
                mode=mode,
                known=", ".join(_TLS),
            )
        )
    if not file and mode != "verify-full":
        return mode
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise ConfigError(
            say(
                "{file}, the certificate of the database's authority, cannot be read ({reason}): "
                "correct its path.",
                file=file,
                reason=error if isinstance(error, ssl.SSLError) else reason(error),
            )
        ) from error


def _said(cause: BaseException) -> str:
    """What the server or the system said, in one line."""
    if isinstance(cause, TimeoutError):
        return say("no answer in time")
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
        return reason(cause)
    words = getattr(cause, "strerror", None) or str(cause)
    return " ".join(words.split()).rstrip(".") or type(cause).__name__


def plain(error: BaseException, url: URL) -> IlimError:  # one line for each answer
    """An error of the driver, the network or the server as a sentence."""
    if isinstance(error, exc.TimeoutError):
        return Busy(
            say(
                "No connection to the database {place} came free: try again, or raise "
                "database.connections in ilim.yaml.",
                place=where(url),
            )
        )
    code = str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")
    cause = error if isinstance(error, OSError) else error.__cause__ or error
    said = _said(cause)
    if isinstance(cause, ssl.SSLError):
        return ConfigError(
            say(
                "The certificate of the database server {server} is not accepted ({reason}): see "
                "database.ca_file in ilim.yaml.",
                server=_server(url),
                reason=said,
            )
        )
    if "SSL upgrade" in said:
        return ConfigError(
            say(
                "The database server {server} does not speak TLS: switch it on there, or correct "
                "database.tls in ilim.yaml.",
                server=_server(url),
            )
        )
    # Class 28 and "password authentication failed" do not tell role from password, on purpose.
    if code.startswith("28") or ("password" in said and not code):
        return ConfigError(
            say(
                "The database server {server} does not let the role '{role}' in ({reason}): "
                "correct database.url and database.password in ilim.yaml, or pg_hba.conf.",
                server=_server(url),
                role=url.username or "",
                reason=said,
            )
        )
    match code:
        case "3D000":
            return ConfigError(
                say(
                    "There is no database '{name}' on {server}: create it (docs/operations.md, "
                    "'PostgreSQL'), or correct database.url in ilim.yaml.",
                    name=url.database,
                    server=_server(url),
                )
            )
        case "42501":
            return ConfigError(
                say(
                    "The role '{role}' may not do this in the database {place} ({reason}): GRANT "
                    "CREATE ON DATABASE {name} TO it, or make it the owner.",
                    role=url.username or "",
                    place=where(url),
                    reason=said,
                    name=url.database,
                )
            )
        case "53100":
            return Unavailable(
                say(
                    "There is no room left on the disk of the database server {server}: make room "
                    "and start again; what was stored before is safe.",
                    server=_server(url),
                )
            )
        case "53300":
            return Busy(
                say(
                    "The database server {server} has no connection left: try again, lower "
                    "database.connections in ilim.yaml, or raise max_connections of the server.",
                    server=_server(url),
                )
            )
        case "25006":
            return Unavailable(
                say(
                    "The database {place} may only be read now, as a standby may: name the server "
                    "that writes in database.url.",
                    place=where(url),
                )
            )
        case "40001" | "40P01" | "55P03":
            return Busy(
                say(
                    "The database {place} is busy with another program: try again.",
                    place=where(url),
                )
            )
    lost = isinstance(cause, OSError) or code.startswith(("08", "57P")) or "closed" in said
    if lost or _is_confused(error):
        return Away(
            say(
                "The database server {server} does not answer ({reason}): start it, or correct "
                "database.url in ilim.yaml.",
                server=_server(url),
                reason=said,
            )
        )
    return Unavailable(
        say("The database {place} answered: {reason}", place=where(url), reason=said)
    )
