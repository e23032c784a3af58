"""The one place where the access service is joined together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from chassis.app import ServiceSpec, create_service
from chassis.jobs import Job
from chassis.settings import Settings
from services.access.api import grants, tasks, usage, view_requests
from services.access.rulebook import load_policy
from services.access.subscribers import SUBSCRIBERS
from services.access.usecases.end_grant import end_expired

SPEC = ServiceSpec(
    name="access",
    title="Dangan access 查阅",
    routers=(view_requests.router, tasks.router, grants.router, usage.router),
    subscribers=SUBSCRIBERS,
    # A grant that is over shows nothing from its last moment on; the job only writes its end down.
    jobs=(Job("end_expired", 30, end_expired),),
    load_rules=load_policy,
    migrations=Path(__file__).parent / "migrations" / "versions",
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service for uvicorn: `uvicorn --factory services.access.app:create_app`."""
    return create_service(SPEC, settings)
