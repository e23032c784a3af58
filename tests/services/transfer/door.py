"""Requests to the transfer service as the gateway would pass them on: with its internal token, signed for real."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from chassis.identity import Caller, mint_internal
from chassis.web import INTERNAL_TOKEN


@dataclass(frozen=True)
class Door:
    """The app without a socket."""

    app: FastAPI

    async def send(self, caller: Caller, method: str, path: str, **options: Any) -> httpx.Response:
        """One request of this caller."""
        key = self.app.state.deps.keys.private_jwk("internal-token")
        token = mint_internal(key, "transfer", caller, now=time.time())
        headers = {INTERNAL_TOKEN: token, **options.pop("headers", {})}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://transfer") as client:
            return await client.request(method, f"/v1{path}", headers=headers, **options)

    async def get(self, caller: Caller, path: str, **params: Any) -> httpx.Response:
        return await self.send(caller, "GET", path, params=params)

    async def post(self, caller: Caller, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return await self.send(caller, "POST", path, json=body if body is not None else {}, headers=headers)

    async def patch(self, caller: Caller, path: str, body: Any, version: int | None) -> httpx.Response:
        headers = {"Content-Type": "application/merge-patch+json"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.send(caller, "PATCH", path, json=body, headers=headers)

    async def delete(self, caller: Caller, path: str, version: int) -> httpx.Response:
        return await self.send(caller, "DELETE", path, headers={"If-Match": f'"{version}"'})

    async def upload(self, caller: Caller, content: Any, **headers: str) -> httpx.Response:
        sent = {
            "Idempotency-Key": str(uuid.uuid4()),
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        return await self.send(caller, "POST", "/uploads", content=content, headers=sent)


def problem(answer: httpx.Response, status: int, code: str) -> list[tuple[str, str]]:
    """Check that an answer is this problem, complete in form; pointer and code of each fault."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert told["title"]
    assert told["fix"]
    assert told["request_id"].startswith("req_")
    return [(fault["pointer"], fault["code"]) for fault in told["errors"]]
