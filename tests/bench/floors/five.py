"""The floor of a start: a process that imports what a service imports, and serves one route."""

import asyncpg
import nats
import sqlmodel
from fastapi import FastAPI

app = FastAPI()


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    """Alive."""
    return {"imports": f"{asyncpg.__version__} {nats.__name__} {sqlmodel.__version__}"}
