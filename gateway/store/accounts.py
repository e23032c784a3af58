"""Accounts and credentials: all queries on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import col, select, update

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from gateway.store.tables import AccountRow, CredentialRow

Kind = Literal["person", "client"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What an issuer's token says of an account."""

    issuer: str
    subject: str
    kind: Kind
    name: str
    person_no: str | None


@dataclass(frozen=True, slots=True)
class Credential:
    """An account of the built-in provider with what it signs in by."""

    account_id: str
    subject: str
    kind: Kind
    name: str
    person_no: str | None
    active: bool
    secret_hash: str
    groups: tuple[str, ...]


async def find(uow: UnitOfWork, issuer: str, subject: str) -> AccountRow | None:
    """The account of an issuer's subject."""
    query = select(AccountRow).where(AccountRow.issuer == issuer, AccountRow.subject == subject)
    return (await uow.session.exec(query)).one_or_none()


async def any_of(uow: UnitOfWork, issuer: str) -> bool:
    """Whether the issuer has an account at all."""
    query = select(AccountRow.account_id).where(AccountRow.issuer == issuer).limit(1)
    return (await uow.session.exec(query)).first() is not None


def add(uow: UnitOfWork, identity: Identity, account_id: str | None = None) -> AccountRow:
    """A new account, version 1."""
    row = AccountRow(
        account_id=account_id or new_id("acc"),
        issuer=identity.issuer,
        subject=identity.subject,
        kind=identity.kind,
        name=identity.name,
        person_no=identity.person_no,
        active=True,
        version=1,
        created_at=uow.now,
        changed_at=uow.now,
    )
    uow.session.add(row)
    return row


async def change(uow: UnitOfWork, row: AccountRow, identity: Identity) -> AccountRow:
    """Take over name and person number; the version moves on."""
    row.name, row.person_no = identity.name, identity.person_no
    row.version, row.changed_at = row.version + 1, uow.now
    uow.session.add(row)
    await uow.session.flush()
    return row


async def find_credential(uow: UnitOfWork, sign_in_name: str) -> Credential | None:
    """The account that signs in by this name."""
    query = (
        select(AccountRow, CredentialRow)
        .join(CredentialRow, col(CredentialRow.account_id) == col(AccountRow.account_id))
        .where(CredentialRow.sign_in_name == sign_in_name)
    )
    found = (await uow.session.exec(query)).one_or_none()
    if found is None:
        return None
    account, credential = found
    return Credential(
        account_id=account.account_id,
        subject=account.subject,
        kind="client" if account.kind == "client" else "person",
        name=account.name,
        person_no=account.person_no,
        active=account.active,
        secret_hash=credential.secret_hash,
        groups=tuple(credential.groups),
    )


def add_credential(
    uow: UnitOfWork, account_id: str, sign_in_name: str, secret_hash: str, groups: tuple[str, ...]
) -> None:
    """Let an account sign in by name and secret."""
    uow.session.add(
        CredentialRow(
            account_id=account_id,
            sign_in_name=sign_in_name,
            secret_hash=secret_hash,
            groups=list(groups),
            changed_at=uow.now,
        )
    )


async def save_hash(uow: UnitOfWork, account_id: str, secret_hash: str, at: datetime) -> None:
    """Keep a hash made anew with today's parameters."""
    query = update(CredentialRow).where(col(CredentialRow.account_id) == account_id)
    await uow.session.exec(query.values(secret_hash=secret_hash, changed_at=at))
