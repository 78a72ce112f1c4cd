"""The first tables of `catalogue`."""

import sqlalchemy as sa
from alembic import op

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "keys",
        sa.Column("key", WORDS, nullable=False),
        sa.Column("record", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "record"),
        comment="strong identifiers of living records",
    )
    op.create_index("keys_record", "keys", ["record"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("holder", WORDS, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("seal", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "marks",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("mark", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        comment="a random word for each time work change numbers were given; number: the last of them. A restored catalogue gives the same numbers again, but never the same word",
    )
    op.create_table(
        "meta",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("value", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "numbers",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        comment="greatest number given so far: 'record', 'work' (change numbers) and 'added'",
    )
    op.create_table(
        "payloads",
        sa.Column(
            "record",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record"),
        comment="as sent, and as crosswalked; apart from records so that marking one as seen is cheap",
    )
    op.create_table(
        "quarantine",
        sa.Column("source", WORDS, nullable=False),
        sa.Column("local_id", WORDS, nullable=False),
        sa.Column("format", WORDS, nullable=False),
        sa.Column("stamp", WORDS, nullable=False),
        sa.Column("sets", WORDS, nullable=False),
        sa.Column("problems", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "local_id"),
    )
    op.create_table(
        "records",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("local_id", WORDS, nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("changed", WORDS, nullable=False),
        sa.Column("format", WORDS, nullable=False),
        sa.Column("crosswalk", sa.Integer(), nullable=False),
        sa.Column("raw_hash", sa.LargeBinary(), nullable=False),
        sa.Column("record_hash", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", WORDS, nullable=False),
        sa.Column("sets", WORDS, nullable=False),
        sa.Column("problems", WORDS, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("seen_run", sa.BigInteger(), nullable=False),
        sa.Column("work", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "local_id", name="records_name"),
        comment="a record's id is the first change number it was given",
    )
    op.create_index("records_change", "records", ["change"], unique=True)
    op.create_index("records_work", "records", ["work"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("started", WORDS, nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("verdict", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_source", "runs", ["source", "id"], unique=False)
    op.create_table(
        "sources",
        sa.Column("source", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("checkpoint", WORDS, nullable=False),
        sa.Column("full_since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
        comment="where each source's harvest goes on; full_since: first run of the full pass under way",
    )
    op.create_table(
        "works",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("founder", WORDS, nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("target", WORDS, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="also the work change log: each work stands at its latest change; state is live, withdrawn or redirected (to target)",
    )
    op.create_index("works_change", "works", ["change"], unique=True)
