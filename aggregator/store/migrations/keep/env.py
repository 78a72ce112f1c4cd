"""Alembic's door to `keep`; the connection is given by `aggregator.store.database`."""

from alembic import context

from aggregator.store.tables import keep

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=keep,
    transaction_per_migration=False,
)
context.run_migrations()
