"""What was taken from view: records that were taken down, and sources that were removed."""

import sqlalchemy as sa
from alembic import op

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "suppressions",
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("work", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("who", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name"),
        comment="what was taken from view: a 'record' (SOURCE/LOCAL_ID), or all of a 'source'; work: the one that the record belonged to then",
    )
