"""Routes that need no sign-in. Each says why; one that does not stops the start."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from chassis.startup import StartRefused


class Public:
    """Declares that everybody may call a route, and the reason."""

    def __init__(self, reason: str) -> None:
        if not reason:
            raise ValueError("say why everybody may call this")
        self.reason = reason

    def __call__(self) -> None:
        """Nothing to check."""


def public(reason: str) -> Any:
    """`dependencies=[public("keys are public")]` on a route or router."""
    return Depends(Public(reason))


def include_public(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Add routes that need no permission; StartRefused when one does not declare it."""
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute) or not any(
                isinstance(dependency.call, Public) for dependency in route.dependant.dependencies
            ):
                raise StartRefused(f"{route} is open to everybody without saying why; add public(…)")
            route.openapi_extra = {**(route.openapi_extra or {}), "x-permission": "public", "security": []}
        app.include_router(router)
