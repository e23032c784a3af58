"""The sample accounts of the embedded profile, by whom the demo and the loading of the sample sign in."""

from __future__ import annotations

import importlib.resources
import tomllib
from dataclasses import dataclass
from functools import cache

from cli.client import Caller, Client


@dataclass(frozen=True)
class SampleAccount:
    """A sign-in name and whose it is; `client` is True for a machine."""

    sign_in_name: str
    name: str
    person_no: str | None
    groups: tuple[str, ...]
    client: bool


@dataclass(frozen=True)
class SampleAccounts:
    """All accounts; one secret serves them all, which is why none of them exists in production."""

    secret: str
    by_name: dict[str, SampleAccount]

    def signed_in(self, client: Client, sign_in_name: str) -> Caller:
        """This account as a caller; its token is fetched with the first request."""
        account = self.by_name[sign_in_name]
        sign_in = client.machine if account.client else client.person
        return sign_in(account.sign_in_name, self.secret)


@cache
def sample_accounts() -> SampleAccounts:
    """The accounts as the gateway's own file lists them."""
    text = importlib.resources.files("gateway").joinpath("sample_accounts.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    accounts = [
        SampleAccount(
            sign_in_name=row["sign_in_name"],
            name=row["name"],
            person_no=row.get("person_no"),
            groups=tuple(row.get("groups", ())),
            client=row.get("kind") == "client",
        )
        for row in content["account"]
    ]
    return SampleAccounts(content["secret"], {account.sign_in_name: account for account in accounts})
