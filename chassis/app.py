"""The app factory: what every service has before it says a word of its own."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import prometheus_client
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from prometheus_client import Gauge

from chassis import problems, startup
from chassis.dead_letters import taking_in_again
from chassis.deps import Deps
from chassis.inbox import Inbox, Subscriber
from chassis.jobs import HOUSEKEEPING, Job, keep_running
from chassis.middleware import RequestContext
from chassis.operations import OperationKinds, Operations
from chassis.operations.worker import FORGET
from chassis.settings import Settings
from chassis.tasks import end
from chassis.telemetry import configure_logging, log
from chassis.web import PROBLEM_SCHEMA

OUTBOX_LAG = Gauge("dangan_outbox_waiting", "Events not yet published", ["service"])

WAITING = "select count(*) from (select from outbox where published_at is null limit 10000)"


@dataclass(frozen=True)
class ServiceSpec:
    """What makes one service: its routes, what it listens to, its jobs and its rule files."""

    name: str
    title: str
    routers: Sequence[APIRouter]
    subscribers: Sequence[Subscriber] = ()
    jobs: Sequence[Job] = ()
    operations: Callable[[Deps], OperationKinds] | None = None
    """The kinds of long work that the service can do."""
    load_rules: Callable[[], Any] = lambda: None
    migrations: Path | None = None
    """Folder of the Alembic versions; the database must be at their head."""
    sealed: Sequence[str] = ()
    """Tables with members that chassis.sealing sealed, and the key's id beside them (`key_id`, indexed)."""
    prefix: str = "/v1"


def create_service(spec: ServiceSpec, settings: Settings | None = None) -> FastAPI:
    """A service that checks its rules and permissions now, and its database when it starts."""
    app = describe(spec)
    settings = settings or Settings()  # pyright: ignore[reportCallIssue]  # read from the environment
    configure_logging(settings.log_level, spec.name)
    deps = Deps(spec.name, settings, spec.load_rules())
    if spec.operations:
        deps.operations = Operations(deps, spec.operations(deps))
    app.state.deps = deps
    app.state.inbox = Inbox(deps, spec.subscribers)
    app.router.lifespan_context = _lifespan(spec, deps, app)
    problems.install(app, settings.public_url, partial(methods_of, spec))
    _add_health(app, deps)
    app.add_middleware(RequestContext, app_state=app.state)
    log.info("service_made", name=spec.name, profile=settings.profile)
    return app


def describe(spec: ServiceSpec) -> FastAPI:
    """The routes alone, without settings: enough for the OpenAPI and the permission check."""
    app = FastAPI(
        title=spec.title,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        redirect_slashes=False,
    )
    startup.check_permissions(spec.routers)
    for router in spec.routers:
        app.include_router(router, prefix=spec.prefix)
    _extend_openapi(app)
    return app


def methods_of(spec: ServiceSpec, path: str) -> list[str]:
    """Methods that the routes of this path take; Starlette itself names those of the first route only."""
    routes = [route for router in spec.routers for route in router.routes if isinstance(route, APIRoute)]
    inner = path.removeprefix(spec.prefix)
    return sorted({method for route in routes if route.path_regex.match(inner) for method in route.methods or ()})


def _operation_id(route: APIRoute) -> str:
    return route.name


def _extend_openapi(app: FastAPI) -> None:
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = dict(PROBLEM_SCHEMA)
        # FastAPI documents its own 422 body, which this house never sends.
        for path in document["paths"].values():
            for operation in path.values():
                answer = operation.get("responses", {}).get("422")
                if answer and "application/problem+json" not in answer.get("content", {}):
                    answer["content"] = {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    }
                    answer["description"] = "`validation-failed`"
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        return document

    app.openapi = openapi


def _lifespan(spec: ServiceSpec, deps: Deps, app: FastAPI) -> Any:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        await deps.open()
        if spec.migrations:
            await startup.check_database(deps, heads(spec.migrations))
            await startup.check_sealed(deps, spec.sealed)
        tasks = [asyncio.create_task(deps.relay.run()), asyncio.create_task(app.state.inbox.run())]
        jobs = (*spec.jobs, HOUSEKEEPING, taking_in_again(app.state.inbox))
        if spec.operations:
            jobs = (*jobs, FORGET)
            tasks.append(asyncio.create_task(deps.operations.run()))
        tasks += [asyncio.create_task(keep_running(job, deps)) for job in jobs]
        try:
            yield
        finally:
            await end(tasks)
            await deps.close()

    return lifespan


def heads(versions: Path) -> set[str]:
    """Revisions that no other revision follows, read from the files' own assignments."""
    texts = [path.read_text(encoding="utf-8") for path in versions.glob("*.py")]
    made = {found[1] for text in texts if (found := re.search(r'^revision = "([^"]+)"', text, re.M))}
    followed = {found[1] for text in texts if (found := re.search(r'^down_revision = "([^"]+)"', text, re.M))}
    return made - followed


def _add_health(app: FastAPI, deps: Deps) -> None:
    async def live(_: Request) -> Response:
        return Response(b'{"status":"live"}', media_type="application/json")

    async def ready(_: Request) -> Response:
        """Whether work can be done: the database answers, the broker is reached, the outbox drains."""
        state: dict[str, Any] = {"database": "down", "broker": "up" if deps.broker.connected else "down"}
        with contextlib.suppress(Exception):
            waiting = await asyncio.wait_for(deps.db.pool.fetchval(WAITING), timeout=2)
            state["database"], state["outbox_waiting"] = "up", waiting
            OUTBOX_LAG.labels(deps.name).set(waiting)
        good = state["database"] == "up" and state["broker"] == "up"
        body = orjson.dumps({"status": "ready" if good else "not ready", **state})
        return Response(body, 200 if good else 503, media_type="application/json")

    async def metrics(_: Request) -> Response:
        return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    for path, endpoint in (("/health/live", live), ("/health/ready", ready), ("/metrics", metrics)):
        app.add_route(path, endpoint, include_in_schema=False)
