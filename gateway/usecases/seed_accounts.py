"""Give the built-in provider its sample accounts, once."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from chassis.deps import Deps
from chassis.rules import load_rules
from gateway.idp.secrets import Secrets
from gateway.store import accounts
from gateway.store.accounts import Identity
from gateway.tokens.issuers import EMBEDDED_ISSUER
from gateway.usecases.know_account import tell_changed

_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class SampleAccount(BaseModel):
    """One account of `sample_accounts.toml`. `person_no` is the cadre that the account belongs to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sign_in_name: _Name
    kind: Literal["person", "client"] = "person"
    name: Annotated[str, Field(min_length=1, max_length=200)]
    person_no: str | None = None
    groups: tuple[_Name, ...] = ()


class SampleAccounts(BaseModel):
    """The content of `sample_accounts.toml`. One secret for all: samples protect nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: Annotated[str, Field(min_length=8)]
    account: Annotated[tuple[SampleAccount, ...], Field(min_length=1)]


_LOCK: Final = "sample accounts"


async def seed_accounts(deps: Deps, file: Path) -> int:
    """Make the sample accounts unless the provider has accounts already; how many were made."""
    sample, _ = load_rules(file, SampleAccounts)
    async with deps.as_service() as uow:
        await uow.lock(_LOCK)
        if await accounts.any_of(uow, EMBEDDED_ISSUER):
            return 0
        secrets = Secrets()
        for one in sample.account:
            identity = Identity(EMBEDDED_ISSUER, one.sign_in_name, one.kind, one.name, one.person_no)
            row = accounts.add(uow, identity)
            await uow.session.flush()  # the credential refers to the account
            secret_hash = await secrets.hash(sample.secret)
            accounts.add_credential(uow, row.account_id, one.sign_in_name, secret_hash, one.groups)
            tell_changed(uow, row, "account.created", ())
    return len(sample.account)
