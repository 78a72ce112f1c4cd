"""Records counted by source as they are written, and an index of those that are in no work."""

from typing import Any

import sqlalchemy as sa
from alembic import op

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PLACELESS: dict[str, Any] = {  # in the words of the queries: only then it is used for them
    "sqlite_where": sa.text("work IS NULL AND deleted IS 0"),
    "postgresql_where": sa.text("work IS NULL AND deleted IS false"),
}

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("source", WORDS, nullable=False),
        sa.Column("living", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
        comment="how many records of each source there are, so that pages need not count them",
    )
    op.execute(
        "INSERT INTO tallies SELECT source, sum(CASE WHEN deleted THEN 0 ELSE 1 END), "
        "sum(CASE WHEN deleted THEN 1 ELSE 0 END) FROM records GROUP BY source"
    )
    op.create_index("records_placeless", "records", ["work", "change", "source"], **PLACELESS)
