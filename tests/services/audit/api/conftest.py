"""The service's own HTTP, with the gateway's internal tokens: every answer and refusal of a route."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from chassis.identity import Caller, mint_internal
from chassis.settings import Settings
from chassis.web import INTERNAL_TOKEN
from contracts.values.ids import new_id
from services.audit.app import create_app
from tests.services.audit.office import Office


class Desk:
    """Somebody's requests to the audit service."""

    def __init__(self, http: httpx.AsyncClient, office: Office) -> None:
        self._http = http
        self.office = office

    def _token(self, caller: Caller) -> str:
        return mint_internal(self.office.deps.keys.private_jwk("internal-token"), "audit", caller, now=time.time())

    async def get(self, caller: Caller | None, path: str, **headers: str) -> httpx.Response:
        """GET below /v1; without a caller there is no token."""
        signed = {INTERNAL_TOKEN: self._token(caller)} if caller else {}
        return await self._http.get(f"/v1/{path}", headers={**signed, **headers})

    async def post(
        self, caller: Caller, path: str, body: Any, *, version: int | None = None, key: str | None = ""
    ) -> httpx.Response:
        """POST below /v1; `key=None` sends no idempotency key, `version=None` no If-Match."""
        sent = {INTERNAL_TOKEN: self._token(caller)}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if key is not None:
            sent["Idempotency-Key"] = key or new_id("req")
        return await self._http.post(f"/v1/{path}", json=body, headers=sent)

    async def put(self, caller: Caller, path: str, body: Any, *, version: int | None = 1) -> httpx.Response:
        """PUT below /v1; `version=None` sends no If-Match."""
        sent = {INTERNAL_TOKEN: self._token(caller)}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        return await self._http.put(f"/v1/{path}", json=body, headers=sent)

    async def decide(
        self, caller: Caller, task_id: str, body: Any, *, version: int | None = 1, key: str | None = "", **headers: str
    ) -> httpx.Response:
        """POST a decision; `key=None` sends no idempotency key, `version=None` no If-Match."""
        sent = {INTERNAL_TOKEN: self._token(caller), **headers}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if key is not None:
            sent["Idempotency-Key"] = key or new_id("req")
        return await self._http.post(f"/v1/tasks/{task_id}/decisions", json=body, headers=sent)

    async def patch(self, caller: Caller, path: str, body: Any, *, version: int | None) -> httpx.Response:
        """PATCH below /v1; `version=None` sends no If-Match."""
        sent = {INTERNAL_TOKEN: self._token(caller), "Content-Type": "application/merge-patch+json"}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        return await self._http.patch(f"/v1/{path}", content=json.dumps(body), headers=sent)


@pytest.fixture(scope="session")
async def audit_app(settings_for: Callable[..., Settings]) -> AsyncIterator[FastAPI]:
    """The service's app on this worker's database, without its consumer: events come in by the office's door."""
    app = create_app(settings_for("audit"))
    await app.state.deps.open()
    yield app
    await app.state.deps.close()


@pytest.fixture
async def desk(audit_app: FastAPI, admin: asyncpg.Connection[Any]) -> AsyncIterator[Desk]:
    """The way to the app's routes."""
    transport = httpx.ASGITransport(audit_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://audit") as http:
        yield Desk(http, Office(audit_app.state.deps, admin))
