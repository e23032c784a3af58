"""Bring the schemas of one database to their newest migration.

Alembic and SQLAlchemy are imported late: a start that has nothing to migrate does not pay for them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

TREE = Path(__file__).resolve().parents[2]


def versions_of(schema: str) -> Path:
    """The folder of a schema's migrations; `identity` belongs to the gateway."""
    home = TREE / "gateway" if schema == "identity" else TREE / "services" / schema
    return home / "migrations" / "versions"


def _upgrade(connection: "Connection", schema: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    # A percent sign would be read as an interpolation by Alembic's parser.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(versions_of(schema)).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    command.upgrade(config, "head")


async def migrate(admin_url: str, schemas: tuple[str, ...]) -> None:
    """Upgrade each schema as its owner. `admin_url` logs in a role that may `set role` to every owner."""
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(admin_url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            for schema in schemas:
                if versions_of(schema).is_dir():
                    await connection.run_sync(_upgrade, schema)
    finally:
        await engine.dispose()
