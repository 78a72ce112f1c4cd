"""The first tables of `keep`."""

import sqlalchemy as sa
from alembic import op

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("left", WORDS, nullable=False),
        sa.Column("right", WORDS, nullable=False),
        sa.Column("note", WORDS, nullable=False),
        sa.Column("at", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "left", "right", name="decisions_pair"),
        comment="what an administrator decided about two records: 'same' or 'not same'",
    )
