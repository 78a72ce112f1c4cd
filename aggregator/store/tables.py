"""The tables of both databases.

``catalogue`` holds what partners said and what follows from it; ``keep`` is small, private and
irreplaceable, and backed up apart. Migrations create them (``migrations/``); a test holds the two
descriptions together. Record bodies, works and payloads are zstd-compressed (`store.payload`).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

catalogue = MetaData()
keep = MetaData()

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite's row id is an Integer primary key; elsewhere numbers may pass two thousand million."""

Words = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared and ordered byte by byte, as SQLite does it, so that both give the same answers."""

meta = Table(
    "meta",
    catalogue,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

numbers = Table(
    "numbers",
    catalogue,
    Column("name", Words, primary_key=True),
    Column("value", BigInteger, nullable=False),
    comment="greatest number given so far: 'record', 'work' (change numbers) and 'added'",
)

marks = Table(
    "marks",
    catalogue,
    Column("number", BigKey, primary_key=True, autoincrement=False),
    Column("mark", Words, nullable=False),
    comment="a random word for each time work change numbers were given; number: the last of them. "
    "A restored catalogue gives the same numbers again, but never the same word",
)

cursors = Table(
    "cursors",
    catalogue,
    Column("name", Words, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    catalogue,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("expires", Float, nullable=False),
    Column("seal", Words, nullable=False),
)

sources = Table(
    "sources",
    catalogue,
    Column("source", Words, primary_key=True),
    Column("fingerprint", Words, nullable=False),
    Column("checkpoint", Words, nullable=False),
    Column("full_since", BigInteger, nullable=False),
    comment="where each source's harvest goes on; full_since: first run of the full pass under way",
)

runs = Table(
    "runs",
    catalogue,
    Column("id", BigKey, primary_key=True),
    Column("source", Words, nullable=False),
    Column("started", Words, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("received", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("cause", Words, nullable=False, server_default=""),
    Column("wait", Float, nullable=False, server_default="0"),
    Index("runs_source", "source", "id"),
)

records = Table(
    "records",
    catalogue,
    Column("id", BigKey, primary_key=True, autoincrement=False),
    Column("source", Words, nullable=False),
    Column("local_id", Words, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("changed", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("crosswalk", Integer, nullable=False),
    Column("raw_hash", LargeBinary, nullable=False),
    Column("record_hash", LargeBinary, nullable=False),
    Column("stamp", Words, nullable=False),
    Column("sets", Words, nullable=False),
    Column("problems", Words, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("seen_run", BigInteger, nullable=False),
    Column("work", Words),
    UniqueConstraint("source", "local_id", name="records_name"),
    Index("records_change", "change", unique=True),
    Index("records_work", "work"),
    comment="a record's id is the first change number it was given",
)

Index(
    "records_placeless",
    records.c.work,
    records.c.change,
    records.c.source,
    sqlite_where=and_(records.c.work.is_(None), records.c.deleted.is_(False)),
    postgresql_where=and_(records.c.work.is_(None), records.c.deleted.is_(False)),
)
"""Living records in no work: not resolved yet, or kept back. `work`, always empty here, lets SQLite
prefer it to `records_work`, in which tombstones stand too."""

tallies = Table(
    "tallies",
    catalogue,
    Column("source", Words, primary_key=True),
    Column("living", BigInteger, nullable=False),
    Column("deleted", BigInteger, nullable=False),
    comment="how many records of each source there are, so that pages need not count them",
)

payloads = Table(
    "payloads",
    catalogue,
    Column("record", BigKey, primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    comment="as sent, and as crosswalked; apart from records so that marking one as seen is cheap",
)

quarantine = Table(
    "quarantine",
    catalogue,
    Column("source", Words, primary_key=True),
    Column("local_id", Words, primary_key=True),
    Column("format", Words, nullable=False),
    Column("stamp", Words, nullable=False),
    Column("sets", Words, nullable=False),
    Column("problems", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("run", BigInteger, nullable=False),
)

keys = Table(
    "keys",
    catalogue,
    Column("key", Words, primary_key=True),
    Column("record", BigInteger, primary_key=True, autoincrement=False),
    Index("keys_record", "record"),
    comment="strong identifiers of living records",
)

works = Table(
    "works",
    catalogue,
    Column("id", Words, primary_key=True),
    Column("founder", Words, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("state", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("works_change", "change", unique=True),
    comment="also the work change log: each work stands at its latest change; state is live, "
    "withdrawn or redirected (to target)",
)

decisions = Table(
    "decisions",
    keep,
    Column("id", BigKey, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("left", Words, nullable=False),
    Column("right", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("at", Words, nullable=False),
    UniqueConstraint("kind", "left", "right", name="decisions_pair"),
    comment="what an administrator decided about two records: 'same' or 'not same'",
)

suppressions = Table(
    "suppressions",
    keep,
    Column("kind", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("work", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("who", Words, nullable=False),
    Column("at", Words, nullable=False),
    comment="what was taken from view: a 'record' (SOURCE/LOCAL_ID), or all of a 'source'; work: "
    "the one that the record belonged to then",
)
