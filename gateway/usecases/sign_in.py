"""Sign in by name and secret, with a lock after repeated failures."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final
from weakref import WeakValueDictionary

from chassis.deps import Deps
from contracts.problems import SignInFailed, SignInLocked
from gateway.domain.lockout import after_failure, locked_for
from gateway.idp import tokens
from gateway.idp.secrets import Secrets
from gateway.store import accounts, sign_ins
from gateway.store.accounts import Credential, Kind

_MAX_SECRET: Final = 1024


@dataclass(frozen=True, slots=True)
class SignIn:
    """A name and secret, of a person (password grant) or a machine (client credentials)."""

    kind: Kind
    name: str
    secret: str


class SignInDesk:
    """Checks secrets, one at a time for each name: guesses sent together are still counted one by one."""

    def __init__(self, deps: Deps, issuer: str) -> None:
        self._deps = deps
        self._issuer = issuer
        self._secrets = Secrets()
        self._turns: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def sign_in(self, attempt: SignIn) -> str:
        """An access token; SignInFailed, SignInLocked or Overloaded."""
        digest = hashlib.sha256(f"{attempt.kind}\n{attempt.name}".encode()).digest()
        turn = self._turns.setdefault(digest, asyncio.Lock())
        async with turn:
            known = await self._credential(attempt, digest)
            usable = known.secret_hash if known is not None and known.active else None
            if len(attempt.secret) > _MAX_SECRET or not await self._secrets.holds(usable, attempt.secret):
                await self._refuse(digest, known)
            assert known is not None  # noqa: S101  # only a hash that was found can hold
            return await self._admit(digest, known)

    async def _credential(self, attempt: SignIn, digest: bytes) -> Credential | None:
        async with self._deps.as_service() as uow:
            left = locked_for(await sign_ins.find(uow, digest), uow.now)
            if left is not None:
                raise SignInLocked(headers={"Retry-After": str(int(left.total_seconds()) + 1)})
            known = await accounts.find_credential(uow, attempt.name)
        return known if known is not None and known.kind == attempt.kind else None

    async def _refuse(self, digest: bytes, known: Credential | None) -> None:
        async with self._deps.as_service() as uow:
            failures = after_failure(await sign_ins.find(uow, digest), uow.now)
            await sign_ins.save(uow, digest, failures)
            if known is not None and locked_for(failures, uow.now) is not None:
                state = {"failures": failures.count}
                uow.record("account.locked", f"accounts/{known.account_id}", failures.count, state)
        raise SignInFailed()

    async def _admit(self, digest: bytes, account: Credential) -> str:
        async with self._deps.as_service() as uow:
            await sign_ins.clear(uow, digest)
            now = uow.now
        return tokens.access_token(self._deps.keys.private_jwk("idp"), self._issuer, account, now)
