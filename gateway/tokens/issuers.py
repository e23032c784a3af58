"""Whose access tokens the gateway takes: one `Issuer` each, from `issuers.toml` or the embedded provider."""

import ipaddress
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Algorithm = Literal["RS256", "PS256", "ES256"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = ("RS256", "PS256", "ES256")
EMBEDDED_ISSUER: Final = "embedded"
AUDIENCE: Final = "dangan"


def address_is_safe(url: str) -> bool:
    """Whether keys may be read from here: https, or http within this machine, without credentials in the URL."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.fragment or not parts.hostname:
        return False
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and _is_loopback(parts.hostname)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class ClaimNames(BaseModel):
    """Under which names an issuer's tokens carry what the gateway reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "name"
    person_no: str | None = None
    groups: str = "groups"
    client_id: str = "client_id"


class Issuer(BaseModel):
    """One OpenID provider. `name` is what role mapping rules call it; `issuer` is what its tokens say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    issuer: Annotated[str, Field(max_length=255)]
    audience: Annotated[str, Field(min_length=1, max_length=255)] = AUDIENCE
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ALGORITHMS
    jwks_uri: str | None = None
    claims: ClaimNames = ClaimNames()

    @field_validator("issuer", "jwks_uri")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        if value is not None and not address_is_safe(value):
            raise ValueError("must be an https address (plain http only within this machine)")
        return value

    def trusts(self, url: str) -> bool:
        """Whether keys of this issuer may be read from there."""
        return address_is_safe(url)

    @property
    def discovery_uri(self) -> str:
        """Where OpenID Connect Discovery 1.0 (section 4) puts the provider's metadata."""
        return self.issuer.rstrip("/") + "/.well-known/openid-configuration"


class Issuers(BaseModel):
    """The content of `issuers.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Annotated[tuple[Issuer, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> "Issuers":
        names = [one.name for one in self.issuer]
        addresses = [one.issuer for one in self.issuer]
        if len(set(names)) < len(names) or len(set(addresses)) < len(addresses):
            raise ValueError("each name and each issuer may stand once")
        if EMBEDDED_ISSUER in names:
            raise ValueError(f"the name {EMBEDDED_ISSUER!r} belongs to the built-in provider")
        return self


class EmbeddedIssuer(Issuer):
    """The built-in provider. Its documents are read inside the process, so any address of ours will do."""

    @field_validator("issuer", "jwks_uri")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        return value

    def trusts(self, url: str) -> bool:
        """Only what stands below the provider's own address."""
        return url.startswith(self.issuer + "/")


def embedded_issuer(public_url: str) -> EmbeddedIssuer:
    """The built-in provider of the embedded profile, verified like any other: by discovery and JWKS."""
    return EmbeddedIssuer(
        name=EMBEDDED_ISSUER,
        issuer=public_url.rstrip("/") + "/idp",
        algorithms=("ES256",),
        claims=ClaimNames(person_no="employee_number"),
    )
