"""Alembic's door to `catalogue`; the connection is given by `aggregator.store.database`."""

from alembic import context

from aggregator.store.tables import catalogue

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=catalogue,
    transaction_per_migration=False,
)
context.run_migrations()
