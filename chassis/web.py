"""What routes import: who calls, with which permission, in which transaction; versions, pages, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from chassis.deps import Deps
from chassis.idempotency import IdempotencyKey
from chassis.identity import Caller, Roots
from chassis.pagination import DEFAULT_SIZE, MAX_SIZE
from chassis.unit_of_work import UnitOfWork
from contracts import problems
from contracts.problems import (
    FieldFault,
    IdempotencyKeyMissing,
    MediaTypeRefused,
    NotSignedIn,
    PreconditionRequired,
    Problem,
    RoleMissing,
    UnknownParameter,
    ValidationFailed,
    VersionStale,
)
from contracts.roles import all_permissions

INTERNAL_TOKEN = "dangan-internal-token"  # noqa: S105  # the header's name
IDEMPOTENCY_HEADER = "idempotency-key"
JSON_TYPES = ("application/json", "application/merge-patch+json")

T = TypeVar("T")


class RequestModel(BaseModel):
    """Base of every request body: an unknown member is refused, text is normalised by the field's own type."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class Requires:
    """The one place where a permission is checked. A route without one fails the start of the service."""

    def __init__(self, permission: str, *, idempotent: bool, buffered: bool) -> None:
        if permission not in all_permissions():
            raise ValueError(f"no role of contracts/roles.toml holds {permission}")
        self.permission = permission
        self.idempotent = idempotent
        self.parameters: frozenset[str] = frozenset()
        """Query parameters that the route knows; filled in when the service is made."""
        self._buffered = buffered

    async def __call__(self, request: Request) -> Caller:
        deps: Deps = request.app.state.deps
        token = request.headers.get(INTERNAL_TOKEN)
        if token is None:
            raise NotSignedIn()
        caller = deps.tokens.caller(token)
        if self.permission not in caller.permissions:
            raise RoleMissing(permission=self.permission)
        unknown = [name for name in request.query_params if name not in self.parameters]
        if unknown:
            raise UnknownParameter(errors=[FieldFault(f"/{name}", "unknown-parameter") for name in unknown])
        self._check_media_type(request)
        request.state.caller = caller
        request.state.roots = caller.roots(self.permission)
        if self.idempotent:
            request.state.idempotency = await self._key(request, caller)
        return caller

    def _check_media_type(self, request: Request) -> None:
        """A body of another type would be read as text, and its faults told in words that help nobody."""
        found = request.headers.get("content-type")
        if found is None or not self._buffered or request.method in ("GET", "HEAD", "DELETE"):
            return
        if found.partition(";")[0].strip().lower() not in JSON_TYPES:
            raise MediaTypeRefused(accepted=JSON_TYPES)

    async def _key(self, request: Request, caller: Caller) -> IdempotencyKey:
        key = request.headers.get(IDEMPOTENCY_HEADER)
        if key is None or not re.fullmatch(r"[\x21-\x7e]{8,255}", key):
            raise IdempotencyKeyMissing()
        # A streamed body is not read here: the use case completes the hash with the body's digest.
        body = await request.body() if self._buffered else b""
        hashed = IdempotencyKey.hash_of(request.url.query.encode(), body)
        return IdempotencyKey(f"{caller.account_id} {request.method} {request.url.path}", key, hashed)


def requires(permission: str, *, idempotent: bool = False, buffered: bool = True) -> Any:
    """`caller: Annotated[Caller, requires("submission:create", idempotent=True)]`."""
    return Depends(Requires(permission, idempotent=idempotent, buffered=buffered))


# Dependencies are `async` though they wait for nothing: FastAPI would run plain functions in a thread, each at
# the price of a context switch and back.
async def current_deps(request: Request) -> Deps:
    """The service's own things."""
    return request.app.state.deps


async def current_roots(request: Request) -> Roots:
    """Units of the caller for this route's permission, as `reading` and `unit_of_work` want them."""
    return request.state.roots


async def unit_of_work(request: Request) -> UnitOfWork:
    """A transaction of the caller, not yet begun; the use case opens it."""
    deps: Deps = request.app.state.deps
    state = request.state
    return deps.unit_of_work(state.caller, state.roots, idempotency=getattr(state, "idempotency", None))


async def triable_unit_of_work(
    request: Request,
    validate_only: Annotated[bool, Query(description="Every check and the same answer, and nothing stays")] = False,
) -> UnitOfWork:
    """The same; with `validate_only` it is taken back at its end."""
    deps: Deps = request.app.state.deps
    state = request.state
    key = getattr(state, "idempotency", None)
    return deps.unit_of_work(state.caller, state.roots, idempotency=key, only_try=validate_only)


CurrentDeps = Annotated[Deps, Depends(current_deps)]
CurrentRoots = Annotated[Roots, Depends(current_roots)]
Uow = Annotated[UnitOfWork, Depends(unit_of_work)]
TriableUow = Annotated[UnitOfWork, Depends(triable_unit_of_work)]


def etag(version: int) -> str:
    """The strong tag of a version."""
    return f'"{version}"'


async def _if_match(request: Request) -> int:
    value = request.headers.get("if-match")
    if value is None:
        raise PreconditionRequired()
    found = re.fullmatch(r'"(\d{1,18})"', value.strip())
    if found is None:
        raise ValidationFailed(errors=[FieldFault("/If-Match", "pattern")])
    return int(found[1])


IfMatch = Annotated[int, Depends(_if_match)]
"""The version that the caller saw; 428 when the header is missing."""


async def check_version(uow: UnitOfWork, resource: str, current: int, seen: int, *, unnamed: str = "—") -> None:
    """Refuse a change written against another version; names the members changed meanwhile.

    `unnamed` is said where the journal names none: what changes by the hundred without a row each.
    """
    if current != seen:
        changed = await uow.changed_since(resource, seen)
        raise VersionStale(version=current, changed=changed or [unnamed])


def not_modified(request: Request, version: int) -> bool:
    """Whether the caller has this version already (If-None-Match)."""
    return etag(version) in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]


@dataclass(frozen=True)
class Paging:
    """One page of a list: how many, after which row, and the answer built from them."""

    size: int
    after: list[Any] | None
    _request: Request
    _binding: str
    _deps: Deps

    def answer(self, response: Response, items: Sequence[T], key: Callable[[T], Sequence[Any]]) -> dict[str, Any]:
        """`items` holds up to `size + 1` rows; the one too many tells that there is a next page.

        `key` gives the sort keys of a row, the id last. Sets `Link` as well.
        """
        shown, token = list(items[: self.size]), None
        if len(items) > self.size:
            token = self._deps.page_tokens.sign(self._binding, key(shown[-1]), datetime.now(UTC))
            query = [(name, value) for name, value in self._request.query_params.multi_items() if name != "page_token"]
            address = f"{self._request.url.path}?{urlencode([*query, ('page_token', token)])}"
            response.headers["Link"] = f'<{address}>; rel="next"'
        return {"items": shown, "next_page_token": token}


async def _paging(
    request: Request,
    deps: CurrentDeps,
    page_size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
    page_token: Annotated[str | None, Query(max_length=2000)] = None,
) -> Paging:
    filters = sorted(
        (name, value) for name, value in request.query_params.multi_items() if name not in ("page_token", "page_size")
    )
    binding = f"{request.state.caller.account_id} {request.url.path} {filters}"
    # The token's age is of the machine that signed it and this one: both are servers of this deployment.
    after = deps.page_tokens.read(page_token, binding, datetime.now(UTC)) if page_token else None
    return Paging(page_size, after, request, binding, deps)


Pages = Annotated[Paging, Depends(_paging)]


PRIVATE: Final = "private, no-store"
"""Cache-Control of an answer that depends on who asks."""

IDEMPOTENCY: Final = (
    problems.IDEMPOTENCY_KEY_MISSING,
    problems.IDEMPOTENCY_IN_PROGRESS,
    problems.IDEMPOTENCY_KEY_REUSED,
)
"""Refusals of every POST that creates or decides, for `refusals`."""


def refusals(*known: Problem) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: the problems it can give, for the OpenAPI."""
    by_status: dict[int | str, list[str]] = {}
    for problem in known:
        by_status.setdefault(problem.status, []).append(problem.code)
    return {status: problem_response(codes) for status, codes in by_status.items()}


def problem_response(codes: Sequence[str]) -> dict[str, Any]:
    """One entry of `responses` for the problems with one status."""
    return {
        "description": " · ".join(f"`{code}`" for code in codes),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457, with a stable `code`, the pointers of the members at fault, and a cure.",
    "required": ["type", "title", "status", "code", "retryable", "errors", "fix"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "retryable": {"type": "boolean"},
        "fix": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "params": {"type": "object"},
                },
            },
        },
    },
}
