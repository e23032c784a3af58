"""Joins the rooms of transfer: routes, subscribers, jobs and rules. No rule stands here."""

from pathlib import Path

from fastapi import FastAPI

from chassis.app import ServiceSpec, create_service
from chassis.jobs import SCRUB_BLOBS, Job
from chassis.settings import Settings
from services.transfer.api import items, papers, submissions, units, uploads
from services.transfer.rulebook import load_rulebook
from services.transfer.subscribers import SUBSCRIBERS
from services.transfer.usecases.expire_uploads import expire_uploads

SPEC = ServiceSpec(
    name="transfer",
    title="Dangan transfer: units, submissions, receipts",
    routers=(units.router, submissions.router, items.router, uploads.router, papers.router),
    subscribers=SUBSCRIBERS,
    jobs=(Job("expire_uploads", 3600, expire_uploads), SCRUB_BLOBS),
    load_rules=load_rulebook,
    migrations=Path(__file__).parent / "migrations" / "versions",
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, as uvicorn's factory makes it."""
    return create_service(SPEC, settings)
