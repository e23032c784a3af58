"""argon2id, off the event loop and never more than a few at once."""

import asyncio
from functools import cached_property
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contracts.problems import Overloaded

# 19 MiB, two passes, one lane: the least that OWASP's password guidance recommends for argon2id.
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
AT_ONCE: Final = 2
WAITING: Final = 64
"""More sign-ins than this in the queue are refused: each costs memory and some 20 ms of a core."""


class Secrets:
    """Hashes and checks secrets in threads."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._inside = 0

    @cached_property
    def _nobody(self) -> str:
        """A hash that no secret has, checked for unknown names, so that they take as long as known ones."""
        return HASHER.hash("nobody")

    async def holds(self, secret_hash: str | None, secret: str) -> bool:
        """Whether this is the secret; False, after the same time, when there is no hash."""
        if self._inside >= WAITING:
            raise Overloaded(headers={"Retry-After": "2"})
        self._inside += 1
        try:
            async with self._room:
                good = await asyncio.to_thread(_verify, secret_hash or self._nobody, secret)
        finally:
            self._inside -= 1
        return good and secret_hash is not None

    async def hash(self, secret: str) -> str:
        """A new hash in PHC form."""
        return await asyncio.to_thread(HASHER.hash, secret)


def _verify(secret_hash: str, secret: str) -> bool:
    try:
        return HASHER.verify(secret_hash, secret)
    except (VerificationError, InvalidHashError):
        return False
