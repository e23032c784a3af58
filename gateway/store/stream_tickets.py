"""Tickets of streams that were not used yet, by digest."""

from datetime import timedelta

import orjson

from chassis.unit_of_work import UnitOfWork
from gateway.domain.rolemap import Post
from gateway.tokens.principal import Account, Principal, caller_of

LIFETIME = timedelta(seconds=30)


async def add(uow: UnitOfWork, digest: bytes, operation_id: str, principal: Principal) -> None:
    """Keep a ticket for this operation's stream until it is used or over."""
    await uow.raw().execute(
        "insert into stream_ticket (ticket_digest, operation_id, principal, ends_at) values ($1, $2, $3, $4)",
        digest,
        operation_id,
        orjson.dumps(_told(principal)).decode(),
        uow.now + LIFETIME,
    )


async def take(uow: UnitOfWork, digest: bytes, operation_id: str) -> Principal | None:
    """Whoever the ticket was given to; it is used by that. None when there is none for this stream, or no more."""
    told = await uow.raw().fetchval(
        """delete from stream_ticket where ticket_digest = $1 and operation_id = $2 and ends_at > $3
        returning principal::text""",
        digest,
        operation_id,
        uow.now,
    )
    return None if told is None else _principal(told)


async def clear_old(uow: UnitOfWork) -> None:
    """Forget tickets that nobody used in time."""
    await uow.raw().execute("delete from stream_ticket where ends_at < $1", uow.now)


def _told(principal: Principal) -> dict[str, object]:
    caller = principal.caller
    return {
        "account": [caller.account_id, caller.name, caller.person_no, caller.client],
        "posts": [[post.rule, post.role, post.unit, post.unit_id] for post in principal.posts],
        "issuer": principal.issuer,
        "expires_at": principal.expires_at,
    }


def _principal(text: str) -> Principal:
    told = orjson.loads(text)
    posts = tuple(Post(*post) for post in told["posts"])
    account = Account(*told["account"])
    return Principal(caller_of(account, posts), posts, told["issuer"], told["expires_at"], told["expires_at"])
