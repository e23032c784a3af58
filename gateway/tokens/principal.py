"""Who is calling: a verified account, its posts, and the internal tokens already minted for it."""

from dataclasses import dataclass, field

from chassis.identity import Caller
from gateway.domain.rolemap import Post


@dataclass(frozen=True, slots=True)
class Account:
    """What the gateway keeps of an account. `client` is True for a machine."""

    account_id: str
    name: str
    person_no: str | None
    client: bool
    active: bool = True


@dataclass(slots=True)
class Principal:
    """A verified caller with all posts, also those whose unit is not known (yet).

    `expires_at` is the token's end in seconds since the epoch; at `fresh_until`, on the same clock, account and
    posts are looked up again. `minted` holds internal tokens by audience, with the time until which to use them.
    """

    caller: Caller
    posts: tuple[Post, ...]
    issuer: str
    expires_at: float
    fresh_until: float
    minted: dict[str, tuple[str, float]] = field(default_factory=dict)


def caller_of(account: Account, posts: tuple[Post, ...]) -> Caller:
    """The caller as the services see it: posts without a known unit open nothing and are left out."""
    return Caller(
        account_id=account.account_id,
        name=account.name,
        person_no=account.person_no,
        client=account.client,
        posts=tuple((post.role, post.unit_id) for post in posts if post.unit_id is not None),
    )
