"""Runs each service's Alembic migrations, in its own schema and as that schema's owner."""
