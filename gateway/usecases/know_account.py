"""Know the account behind a verified token: found, made at its first sign-in, or brought up to date."""

from chassis.unit_of_work import UnitOfWork
from contracts.events import AccountChanged
from gateway.store import accounts
from gateway.store.accounts import Identity
from gateway.store.tables import AccountRow
from gateway.tokens.principal import Account


async def know_account(uow: UnitOfWork, identity: Identity) -> Account:
    """The account of a subject, within an open unit of work of the service.

    Name and person number follow the issuer, which vouches for them with each token.
    """
    row = await accounts.find(uow, identity.issuer, identity.subject)
    if row is None:
        await uow.lock(f"account {identity.issuer} {identity.subject}")
        row = await accounts.find(uow, identity.issuer, identity.subject)
    if row is None:
        row = accounts.add(uow, identity)
        tell_changed(uow, row, "account.created", ())
    elif changed := _changed(row, identity):
        await accounts.change(uow, row, identity)
        tell_changed(uow, row, "account.changed", changed)
    return Account(row.account_id, row.name, row.person_no, row.kind == "client", row.active)


def _changed(row: AccountRow, identity: Identity) -> tuple[str, ...]:
    pairs = (("name", row.name, identity.name), ("person_no", row.person_no, identity.person_no))
    return tuple(member for member, held, told in pairs if held != told)


def tell_changed(uow: UnitOfWork, row: AccountRow, verb: str, changed: tuple[str, ...]) -> None:
    """The journal row and the event of a made or changed account."""
    state = row.model_dump(mode="json", exclude={"created_at", "changed_at"})
    uow.record(verb, f"accounts/{row.account_id}", row.version, state, changed)
    event = AccountChanged(account_id=row.account_id, person_no=row.person_no, active=row.active)
    uow.tell(event, version=row.version)
