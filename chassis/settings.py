"""What a service process is told from outside: environment variables with the prefix `DANGAN_`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

Profile = Literal["embedded", "sandbox", "production"]


class Settings(BaseSettings):
    """Settings of one service process. Secrets come from the environment or files; none has a default."""

    model_config = SettingsConfigDict(env_prefix="DANGAN_", extra="ignore")

    profile: Profile = "embedded"
    deployment: str = "local"
    database_url: str
    """`postgresql://<schema>_svc:…@host:port/dangan`"""
    nats_url: str
    nats_user: str
    nats_password: str
    keys_dir: Path
    blobs_url: str
    """`file:///…` or `s3://bucket/prefix`; S3 credentials as obstore reads them from the environment."""
    fonts_dir: Path = Path(__file__).parents[1] / "deploy" / "fonts"
    public_url: str = "http://127.0.0.1"
    """Address of the gateway as callers see it; stands in problem types and data schemas."""
    log_level: str = "INFO"
    pool_size: int = 8
    """Connections for units of work; fast reads have as many of their own."""
    workers: int = 2
    """Processes for work that would hold up the event loop."""
    inbox_concurrency: int = 8

    def async_url(self) -> str:
        """The address for SQLAlchemy."""
        return self.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
