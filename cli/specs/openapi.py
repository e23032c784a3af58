"""OpenAPI documents: what each service says of itself, and all of them as one for who calls the gateway."""

import importlib
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from chassis import web
from chassis.app import ServiceSpec, describe
from chassis.startup import permission_of
from gateway.app import PUBLIC, describe_gateway
from gateway.app import SPEC as GATEWAY_SPEC

Document = dict[str, Any]

SERVICES: Final = ("catalog", "audit", "transfer", "access")
GATEWAY: Final = "gateway"
SCHEMAS: Final = "#/components/schemas/"
TITLE: Final = "Dangan 档案"
_METHODS: Final = ("get", "put", "post", "delete", "patch")

_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new UUID for a new request; the same one to repeat it",
    "schema": {"type": "string", "minLength": 8, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": 'The `ETag` that was read, e.g. `"7"`',
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
}
_SECURITY: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of an issuer that the gateway knows",
    }
}


def spec_of(service: str) -> ServiceSpec:
    """What makes this service."""
    return importlib.import_module(f"services.{service}.app").SPEC


def documents() -> dict[str, Document]:
    """The document of each service and of the gateway's own routes, by name."""
    found = {service: _document(spec_of(service), describe(spec_of(service))) for service in SERVICES}
    found[GATEWAY] = _document(GATEWAY_SPEC, describe_gateway())
    return found


def _document(spec: ServiceSpec, app: FastAPI) -> Document:
    document = deepcopy(app.openapi())
    for path, route in _routes(spec):
        for method in route.methods or ():
            operation = document["paths"].get(path, {}).get(method.lower())
            if operation is not None:
                operation.setdefault("parameters", []).extend(_headers_of(route))
    document["components"]["securitySchemes"] = _SECURITY
    document["security"] = [{"bearer": []}]
    return document


def _routes(spec: ServiceSpec) -> Iterator[tuple[str, APIRoute]]:
    routers = (*spec.routers, *(PUBLIC if spec is GATEWAY_SPEC else ()))
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute):
            yield spec.prefix + route.path, route


def _headers_of(route: APIRoute) -> list[Document]:
    """Headers that the chassis reads beside FastAPI's back."""
    found: list[Document] = []
    permission = permission_of(route)
    if permission is not None and permission.idempotent:
        found.append(dict(_IDEMPOTENCY_KEY))
    if any(dependant.call is web._if_match for dependant in _dependants(route.dependant)):  # pyright: ignore
        found.append(dict(_IF_MATCH))
    return found


def _dependants(top: Dependant) -> Iterator[Dependant]:
    yield top
    for below in top.dependencies:
        yield from _dependants(below)


def merge(parts: Mapping[str, Document]) -> Document:
    """One document of all parts. An address that several parts serve takes what any of them takes; the gateway's own
    answer stands alone. Schemas of one name and different content get their service's name in front."""
    clashing = _clashing_schemas(parts)
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1"},
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": _SECURITY},
        "security": [{"bearer": []}],
    }
    for name in sorted(parts, key=lambda part: (part != GATEWAY, part)):
        part = _renamed(parts[name], {one: f"{name.capitalize()}{one}" for one in clashing})
        merged["components"]["schemas"].update(part["components"]["schemas"])
        for path, item in part["paths"].items():
            for method in (method for method in _METHODS if method in item):
                _add(merged["paths"].setdefault(path, {}), method, item[method], own=name == GATEWAY)
    for item in merged["paths"].values():
        for operation in item.values():
            operation.pop("x-own", None)
    return merged


def _clashing_schemas(parts: Mapping[str, Document]) -> set[str]:
    seen: dict[str, Any] = {}
    clashing: set[str] = set()
    for part in parts.values():
        for name, schema in part["components"]["schemas"].items():
            if seen.setdefault(name, schema) != schema:
                clashing.add(name)
    names = Counter(name for part in parts.values() for name in part["components"]["schemas"])
    # What several services have and what refers to a schema with two meanings has two meanings itself.
    while True:
        wider = {
            name
            for part in parts.values()
            for name, schema in part["components"]["schemas"].items()
            if names[name] > 1 and name not in clashing and _refers(schema, clashing)
        }
        if not wider:
            return clashing
        clashing |= wider


def _refers(node: Any, names: set[str]) -> bool:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.removeprefix(SCHEMAS) in names:
            return True
        return any(_refers(value, names) for value in node.values())
    return isinstance(node, list) and any(_refers(value, names) for value in node)


def _renamed(part: Document, names: Mapping[str, str]) -> Document:
    """A copy whose schemas, and references to them, have their new names."""

    def visit(node: Any) -> Any:
        if isinstance(node, list):
            return [visit(value) for value in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and (name := reference.removeprefix(SCHEMAS)) in names:
            return {**node, "$ref": SCHEMAS + names[name]}
        return {key: visit(value) for key, value in node.items()}

    copy = visit(part)
    schemas = copy["components"]["schemas"]
    copy["components"]["schemas"] = {names.get(name, name): schema for name, schema in schemas.items()}
    return copy


def _add(item: Document, method: str, operation: Document, *, own: bool) -> None:
    held = item.get(method)
    if held is None:
        item[method] = {**operation, "x-own": own}
    elif not held["x-own"]:
        item[method] = {**_joined(held, operation), "x-own": False}


def _joined(one: Document, other: Document) -> Document:
    """One operation that takes and gives what either does: a shared address such as `/v1/tasks/{id}`."""
    joined = {**other, **one}
    if one.get("description") != other.get("description"):
        joined["description"] = f"{one.get('description', '')}\n\n{other.get('description', '')}".strip()
    permissions = dict.fromkeys(f"{one['x-permission']} | {other['x-permission']}".split(" | "))
    joined["x-permission"] = " | ".join(permissions)
    joined["parameters"] = _joined_parameters(one.get("parameters", []), other.get("parameters", []))
    bodies = [part["requestBody"] for part in (one, other) if "requestBody" in part]
    if bodies:
        joined["requestBody"] = {**bodies[0], "content": _joined_content(*(body["content"] for body in bodies))}
    statuses = dict.fromkeys([*one["responses"], *other["responses"]])
    joined["responses"] = {
        status: _joined_answer(*(part["responses"][status] for part in (one, other) if status in part["responses"]))
        for status in statuses
    }
    return joined


def _joined_parameters(one: list[Document], other: list[Document]) -> list[Document]:
    held = {(parameter["in"], parameter["name"]): dict(parameter) for parameter in one}
    for parameter in other:
        key = (parameter["in"], parameter["name"])
        if key in held:
            held[key]["schema"] = _either(held[key]["schema"], parameter["schema"])
        else:
            held[key] = dict(parameter)
    return list(held.values())


def _joined_answer(*answers: Document) -> Document:
    descriptions = dict.fromkeys(part for answer in answers for part in answer["description"].split(" · "))
    joined = {**answers[0], "description": " · ".join(descriptions)}
    contents = [answer["content"] for answer in answers if "content" in answer]
    if contents:
        joined["content"] = _joined_content(*contents)
    return joined


def _joined_content(*contents: Document) -> Document:
    joined: Document = {}
    for content in contents:
        for media, described in content.items():
            held = joined.get(media)
            joined[media] = (
                described if held is None else {"schema": _either(held.get("schema", {}), described.get("schema", {}))}
            )
    return joined


def _either(one: Document, other: Document) -> Document:
    if one == other:
        return one
    choices = [choice for schema in (one, other) for choice in schema.get("anyOf", [schema])]
    distinct = [choice for at, choice in enumerate(choices) if choice not in choices[:at]]
    return {"anyOf": distinct}
