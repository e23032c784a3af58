"""From a bearer token to a caller with posts: verified, looked up, mapped, and remembered for a short while."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from chassis.deps import Deps
from contracts.problems import NotSignedIn, RolesNotSeparated
from gateway.domain.rolemap import Post, Separated, groups_of, posts_of
from gateway.rolemap import RoleMapFile
from gateway.store import units
from gateway.store.accounts import Identity
from gateway.tokens.principal import Account, Principal, caller_of
from gateway.tokens.verifier import LEEWAY_SECONDS, VerifiedToken, Verifier
from gateway.usecases.know_account import know_account

FRESH_SECONDS: Final = 30.0
"""Longest time for which a switched-off account or a moved unit goes unnoticed."""
WAITING_SECONDS: Final = 1.0
"""The same while a rule names a unit that has not been heard of yet."""
KNOWN: Final = 20_000
_MAX_NAME: Final = 200


class Principals:
    """Callers by the SHA-256 of their token."""

    def __init__(
        self, verifier: Verifier, role_map: RoleMapFile, deps: Deps, now: Callable[[], float] = time.time
    ) -> None:
        self._verifier = verifier
        self._role_map = role_map
        self._deps = deps
        self._now = now
        self._known: OrderedDict[bytes, Principal] = OrderedDict()
        self._looking: dict[bytes, asyncio.Future[Principal]] = {}

    def forget(self) -> None:
        """Look everybody up anew: another role mapping is in force."""
        self._known.clear()

    async def of(self, token: bytes) -> Principal:
        """The caller; TokenRefused, IssuerDown, NotSignedIn (account switched off) or RolesNotSeparated."""
        digest = hashlib.sha256(token).digest()
        known = self._known.get(digest)
        if known is not None and known.fresh_until > self._now():
            return known
        looking = self._looking.get(digest)
        if looking is None:  # whoever else comes with the same token meanwhile waits for this one look-up
            looking = self._looking[digest] = asyncio.ensure_future(self._look_up_once(token, digest))
            looking.add_done_callback(lambda done: self._looked_up(digest, done))
        return await asyncio.shield(looking)

    def _looked_up(self, digest: bytes, done: "asyncio.Future[Principal]") -> None:
        self._looking.pop(digest, None)
        if not done.cancelled():
            done.exception()  # who asked may have hung up; the refusal is not lost, it only has no hearer

    async def _look_up_once(self, token: bytes, digest: bytes) -> Principal:
        role_map = self._role_map.digest
        principal = await self._look_up(await self._verifier.verify(token))
        if role_map == self._role_map.digest:  # else it was mapped by rules that no longer hold
            self._remember(digest, principal)
        return principal

    def _remember(self, digest: bytes, principal: Principal) -> None:
        self._known[digest] = principal
        self._known.move_to_end(digest)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)

    async def _look_up(self, token: VerifiedToken) -> Principal:
        identity, client_id = identity_of(token)
        async with self._deps.as_service() as uow:
            account = await know_account(uow, identity)
            unit_ids = await units.ids_by_path(uow, self._role_map.paths)
        if not account.active:
            raise NotSignedIn(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        groups = groups_of(token.claims, token.issuer.claims.groups)
        posts = posts_of(self._role_map.current, token.issuer.name, groups, client_id, unit_ids)
        if isinstance(posts, Separated):
            raise RolesNotSeparated(roles=posts.roles, rules=posts.rules)
        return self._principal(token, account, posts)

    def _principal(self, token: VerifiedToken, account: Account, posts: tuple[Post, ...]) -> Principal:
        ends = token.expires_at + LEEWAY_SECONDS
        waits = any(post.unit_id is None for post in posts)
        fresh = self._now() + (WAITING_SECONDS if waits else FRESH_SECONDS)
        return Principal(
            caller=caller_of(account, posts),
            posts=posts,
            issuer=token.issuer.name,
            expires_at=token.expires_at,
            fresh_until=min(fresh, ends),
        )


def identity_of(token: VerifiedToken) -> tuple[Identity, str | None]:
    """Who a token speaks of, and the client that asked for it.

    A token whose subject is its client was given to a machine (RFC 9068, section 2.2).
    """
    names = token.issuer.claims
    client_id = _text(token.claims, names.client_id)
    identity = Identity(
        issuer=token.issuer.name,
        subject=token.subject,
        kind="client" if client_id == token.subject else "person",
        name=(_text(token.claims, names.name) or token.subject)[:_MAX_NAME],
        person_no=_text(token.claims, names.person_no) if names.person_no else None,
    )
    return identity, client_id


def _text(claims: Any, member: str) -> str | None:
    value = claims.get(member)
    return value if isinstance(value, str) and value else None
