"""Why a run ended as it did, in one word, and how long its source asked us to wait."""

import sqlalchemy as sa
from alembic import op

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("cause", WORDS, nullable=False, server_default=""))
    op.add_column("runs", sa.Column("wait", sa.Float(), nullable=False, server_default="0"))
