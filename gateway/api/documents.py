"""What the gateway publishes about itself: OpenAPI, docs, problem pages, event schemas, keys.

All of it is public and the same for everybody. Pages load nothing from outside the deployment.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import APIRouter, Response

from chassis.web import CurrentDeps
from contracts.events import DATA_MODELS
from contracts.problems import CATALOGUE, NotFound
from gateway.api.pages import problem_list_page, problem_page
from gateway.api.public import public
from gateway.idp.tokens import key_set

router = APIRouter(include_in_schema=False, dependencies=[public("describes the system; holds nothing of anybody")])

_OPENAPI: Final = Path(__file__).parents[2] / "contracts" / "openapi" / "dangan.json"
_STATIC: Final = Path(__file__).parents[1] / "static"
_ASSETS: Final = {"docs.css": "text/css; charset=utf-8", "docs.js": "text/javascript; charset=utf-8"}
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=300",
}


@cache
def _openapi() -> dict[str, Any]:
    return orjson.loads(_OPENAPI.read_bytes())


@router.get("/v1/openapi.json")
async def get_openapi(deps: CurrentDeps) -> Response:
    """The merged OpenAPI document of this release, with this deployment's address."""
    document = {**_openapi(), "servers": [{"url": deps.settings.public_url}]}
    return Response(orjson.dumps(document), media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.get("/docs")
async def get_docs() -> Response:
    """A page that draws the OpenAPI document."""
    body = (_STATIC / "docs.html").read_bytes()
    return Response(body, media_type="text/html; charset=utf-8", headers=_PAGE_HEADERS)


@router.get("/docs/{name}")
async def get_docs_asset(name: str) -> Response:
    """Style and script of the docs page."""
    media_type = _ASSETS.get(name)
    if media_type is None:
        raise NotFound()
    return Response((_STATIC / name).read_bytes(), media_type=media_type, headers=_PAGE_HEADERS)


@router.get("/problems")
async def list_problems() -> Response:
    """All problems, with code, status and title."""
    return Response(problem_list_page(), media_type="text/html; charset=utf-8", headers=_PAGE_HEADERS)


@router.get("/problems/{code}")
async def get_problem(code: str) -> Response:
    """What a problem's `type` leads to: its meaning and cure, in both languages."""
    problem = CATALOGUE.get(code)
    if problem is None:
        raise NotFound()
    return Response(problem_page(problem), media_type="text/html; charset=utf-8", headers=_PAGE_HEADERS)


@router.get("/schemas/events/{name}.json")
async def get_event_schema(name: str, deps: CurrentDeps) -> Response:
    """What an event's `dataschema` leads to: the JSON Schema of its `data`."""
    model = DATA_MODELS.get(name)
    if model is None:
        raise NotFound()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{deps.settings.public_url}/schemas/events/{name}.json",
        **model.model_json_schema(),
    }
    return Response(orjson.dumps(schema), media_type="application/schema+json", headers={"Cache-Control": "no-cache"})


@router.get("/.well-known/dangan-keys")
async def get_keys(deps: CurrentDeps) -> Response:
    """Public keys by which receipts and return notes are verified, as a JWKS."""
    body = orjson.dumps(key_set(deps.keys.public_jwk("receipt")))
    return Response(body, media_type="application/jwk-set+json", headers={"Cache-Control": "public, max-age=300"})
