"""The service's own HTTP, with the gateway's internal tokens: every answer and refusal of a route."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from chassis.identity import Caller, mint_internal
from chassis.settings import Settings
from chassis.web import INTERNAL_TOKEN
from contracts.values.ids import new_id
from services.access.app import create_app
from tests.services.access.office import Case, Office, new_case


class Desk:
    """Somebody's requests to the access service, about one case."""

    def __init__(self, http: httpx.AsyncClient, office: Office, case: Case) -> None:
        self._http = http
        self.office = office
        self.case = case

    def _token(self, caller: Caller) -> dict[str, str]:
        key = self.office.deps.keys.private_jwk("internal-token")
        return {INTERNAL_TOKEN: mint_internal(key, "access", caller, now=time.time())}

    async def get(self, caller: Caller | None, path: str, **headers: str) -> httpx.Response:
        """GET below /v1; without a caller there is no token."""
        signed = self._token(caller) if caller else {}
        return await self._http.get(f"/v1/{path}", headers={**signed, **headers})

    async def post(
        self,
        caller: Caller | None,
        path: str,
        body: Any = None,
        *,
        key: str | None = "",
        version: int | None = None,
        **headers: str,
    ) -> httpx.Response:
        """POST below /v1; `key=None` sends no idempotency key, `version=None` no If-Match."""
        sent = {**(self._token(caller) if caller else {}), **headers}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if key is not None:
            sent["Idempotency-Key"] = key or new_id("req")
        return await self._http.post(f"/v1/{path}", json=body, headers=sent)

    async def form(self, **changes: Any) -> dict[str, Any]:
        """The body of a request that is let through, with what the test changes; `None` leaves a member out."""
        today = await self.office.today()
        example = {
            "subject": {"dossier_id": self.case.subject.dossier_id},
            "scope": {"kind": "categories", "categories": ["4"]},
            "purpose": "personnel",
            "from_on": today.isoformat(),
            "until_on": (today + timedelta(days=6)).isoformat(),
            "viewers": [
                {"name": one.name, "person_no": one.person_no, "party_member": True} for one in self.case.viewers
            ],
        }
        return {name: value for name, value in {**example, **changes}.items() if value is not None}


@pytest.fixture(scope="session")
async def access_app(settings_for: Callable[..., Settings]) -> AsyncIterator[FastAPI]:
    """The service's app on this worker's database, without its consumer: events come in by the office's door."""
    app = create_app(settings_for("access"))
    await app.state.deps.open()
    yield app
    await app.state.deps.close()


@pytest.fixture
async def desk(access_app: FastAPI, admin: asyncpg.Connection[Any]) -> AsyncIterator[Desk]:
    """The way to the app's routes."""
    office = Office(access_app.state.deps, admin)
    transport = httpx.ASGITransport(access_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://access") as http:
        yield Desk(http, office, await new_case(office))


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    """Pointer and code of each fault of a 422."""
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
