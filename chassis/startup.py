"""What must hold before a service starts; each failure is one line that says what and how to cure it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from chassis.deps import Deps
from chassis.sealing import key_ids
from chassis.web import Requires


class StartRefused(Exception):
    """The service will not start like this."""


def permission_of(route: APIRoute) -> Requires | None:
    """The permission that a route declares: its first dependency, so that nothing is told to who lacks it."""
    first = route.dependant.dependencies[:1]
    return first[0].call if first and isinstance(first[0].call, Requires) else None


def query_parameters(route: APIRoute) -> frozenset[str]:
    """Names of all query parameters that a route or its dependencies take."""
    names: set[str] = set()
    pending: list[Dependant] = [route.dependant]
    while pending:
        dependant = pending.pop()
        for field in dependant.query_params:
            model = field.field_info.annotation
            if isinstance(model, type) and issubclass(model, BaseModel):
                names.update(info.alias or name for name, info in model.model_fields.items())
            else:
                names.add(field.alias)
        pending.extend(dependant.dependencies)
    return frozenset(names)


def check_permissions(routers: Sequence[APIRouter]) -> None:
    """Every endpoint declares a permission; it is shown in the OpenAPI as `x-permission`."""
    for route in (route for router in routers for route in router.routes):
        if not isinstance(route, APIRoute):
            raise StartRefused(f"{route} is no plain endpoint: include its routes one by one")
        if any(isinstance(annotation, str) for annotation in route.endpoint.__annotations__.values()):
            # FastAPI reads them anew for each copy of a route, and each time makes another permission of them.
            raise StartRefused(f"{route.path}: take `from __future__ import annotations` out of its module")
        found = permission_of(route)
        if found is None:
            raise StartRefused(f"{route.path} declares no permission; let requires(…) be its first dependency")
        found.parameters = query_parameters(route)
        route.openapi_extra = {**(route.openapi_extra or {}), "x-permission": found.permission}


async def check_database(deps: Deps, schema_heads: set[str]) -> None:
    """fsync and synchronous commit are on, and the schema is at the head that this release knows."""
    row: Any = await deps.db.pool.fetchrow(
        "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync,"
        " (select moved <> '0' from clock) as moved"
    )
    if row["moved"] and deps.settings.profile != "sandbox":
        raise StartRefused("the clock of these data was moved in a sandbox: start with the profile sandbox")
    if row["fsync"] != "on" or row["sync"] == "off":
        raise StartRefused("PostgreSQL would lose acknowledged work: set fsync = on and synchronous_commit = on")
    found = {record["version_num"] for record in await deps.db.pool.fetch("select version_num from alembic_version")}
    if found != schema_heads:
        raise StartRefused(
            f"schema {deps.name} is at {sorted(found)}, this release needs {sorted(schema_heads)}: migrate"
        )


async def check_sealed(deps: Deps, tables: Sequence[str]) -> None:
    """The key of every sealed row is here. A service that went on with another would seal what nothing opens later."""
    if not tables:
        return
    key = deps.keys.find("field-encryption")
    present = key.kid if key else "nothing"
    async with deps.as_service() as uow:
        found = {kid for table in tables for kid in await key_ids(uow.raw(), table)}
    if lost := sorted(found - {present} - deps.keys.given_up):
        where = deps.settings.keys_dir / "field-encryption.json"
        raise StartRefused(
            f"key {', '.join(lost)} is lost: {where} holds {present}, and what {', '.join(tables)} sealed with the lost"
            " one cannot be read; bring its file back from a backup (`dangan restore`, with the passphrase)"
        )
