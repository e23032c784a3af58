"""Alembic's environment for one schema: the connection comes from deploy.migrations.migrate."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
schema = context.config.attributes["schema"]

connection.execute(text(f"set role {schema}_owner"))
connection.execute(text(f"set search_path = {schema}"))
connection.execute(text("set lock_timeout = '5s'"))
connection.commit()
connection.dialect.default_schema_name = schema
context.configure(
    connection=connection,
    target_metadata=None,
    version_table="alembic_version",
    version_table_schema=schema,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
connection.execute(text(f"grant select on alembic_version to {schema}_svc"))
connection.execute(text("reset role"))
connection.execute(text("reset search_path"))
connection.commit()
