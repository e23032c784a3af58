"""Builds the gateway: its own routes, and the edge in front of them and of the services."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import orjson
from fastapi import FastAPI

from chassis.app import ServiceSpec, create_service, describe
from chassis.deps import Deps
from chassis.inbox import Subscriber
from chassis.jobs import Job
from chassis.rules import load_rules
from chassis.units import hear_unit
from contracts.events import UnitChanged
from gateway.api import documents, idp, me, stream_tickets, tasks
from gateway.api.public import include_public
from gateway.edge.edge import Border, Edge
from gateway.edge.proxy import Upstreams
from gateway.edge.routing import OWN
from gateway.principals import Principals
from gateway.rolemap import RoleMapFile
from gateway.settings import HERE, GatewaySettings
from gateway.store import sign_ins
from gateway.store import stream_tickets as unused_tickets
from gateway.stream_tickets import StreamTickets
from gateway.tokens.internal import InternalTokens
from gateway.tokens.issuers import Issuer, Issuers, embedded_issuer
from gateway.tokens.jwks import FetchJson, IssuerDown, fetch_json
from gateway.tokens.verifier import Verifier
from gateway.usecases.seed_accounts import seed_accounts
from gateway.usecases.sign_in import SignInDesk
from gateway.usecases.take_role_map import take_role_map


async def _forget_old(deps: Deps) -> None:
    async with deps.as_service() as uow:
        await sign_ins.clear_old(uow)
        await unused_tickets.clear_old(uow)


SPEC: Final = ServiceSpec(
    name=OWN,
    title="Dangan gateway",
    prefix="",
    routers=(me.router, tasks.router, stream_tickets.router),
    subscribers=(Subscriber(UnitChanged, hear_unit),),
    jobs=(Job("forget-sign-ins-and-tickets", 300, _forget_old),),
    migrations=HERE / "migrations" / "versions",
)

PUBLIC: Final = (idp.router, documents.router)
"""Routes that need no sign-in."""


def describe_gateway() -> FastAPI:
    """The gateway's own routes alone, for the OpenAPI."""
    app = describe(SPEC)
    include_public(app, PUBLIC)
    return app


def create_app(settings: GatewaySettings | None = None) -> Edge:
    """The gateway as an ASGI application. Files that are wrong stop it here, with file, line and key."""
    settings = settings or GatewaySettings()  # pyright: ignore[reportCallIssue]  # read from the environment
    own = create_service(SPEC, settings)
    include_public(own, PUBLIC)
    issuers = configured_issuers(settings)
    role_map = RoleMapFile(settings.rolemap, [issuer.name for issuer in issuers])
    return Edge(lambda stack: _open(stack, settings, own, issuers, role_map))


def configured_issuers(settings: GatewaySettings) -> list[Issuer]:
    """The organisation's issuers, and the built-in one where it runs."""
    issuers: list[Issuer] = []
    if settings.issuers is not None:
        issuers.extend(load_rules(settings.issuers, Issuers)[0].issuer)
    if settings.has_own_provider:
        issuers.append(embedded_issuer(settings.public_url))
    return issuers


async def _open(
    stack: AsyncExitStack, settings: GatewaySettings, own: FastAPI, issuers: list[Issuer], role_map: RoleMapFile
) -> Border:
    """Connect everything; what is entered into `stack` is given back when the gateway stops."""
    await stack.enter_async_context(own.router.lifespan_context(own))
    deps: Deps = own.state.deps
    upstreams = await stack.enter_async_context(Upstreams(settings.upstreams()))
    tokens = InternalTokens(deps.keys.private_jwk("internal-token"))
    principals = Principals(Verifier(issuers, _fetch(own, settings.public_url)), role_map, deps)
    own.state.desk = None
    own.state.fan_out = tasks.FanOut(upstreams, tokens)
    if settings.has_own_provider:
        own.state.desk = SignInDesk(deps, embedded_issuer(settings.public_url).issuer)
        await seed_accounts(deps, settings.idp_accounts)
    await take_role_map(deps, role_map.digest)

    record = partial(take_role_map, deps)
    watching = asyncio.create_task(role_map.keep_watching(principals.forget, record))
    stack.callback(watching.cancel)
    own.state.stream_tickets = StreamTickets(deps)
    return Border(own, upstreams, principals, tokens, own.state.stream_tickets, settings.public_url)


def _fetch(own: FastAPI, public_url: str) -> FetchJson:
    """Reads issuers' documents; those of the built-in provider inside this process.

    Its public address may lead through a proxy that this machine cannot reach or a certificate that it
    does not know, so it is not called from outside; what is read and checked is the same.
    """
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(own), base_url=public_url)
    home = urlsplit(public_url)

    async def fetch(url: str) -> Any:
        asked = urlsplit(url)
        if (asked.scheme, asked.netloc) != (home.scheme, home.netloc) or not asked.path.startswith("/idp/"):
            return await fetch_json(url)
        answer = await inside.get(asked.path)
        if answer.status_code != httpx.codes.OK:
            raise IssuerDown(f"answered {answer.status_code}")
        return orjson.loads(answer.content)

    return fetch
