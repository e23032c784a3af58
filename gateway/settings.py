"""What the gateway is told from outside, on top of what every service is."""

from pathlib import Path

from chassis.settings import Settings

HERE = Path(__file__).parent


class GatewaySettings(Settings):
    """Settings of the gateway process (prefix `DANGAN_`)."""

    catalog_url: str
    audit_url: str
    transfer_url: str
    access_url: str
    rolemap: Path = HERE / "rolemap.toml"
    """Role mapping; the shipped file maps the sample accounts of the embedded profile and nothing else."""
    issuers: Path | None = None
    """`issuers.toml` with the organisation's own OpenID providers."""
    idp_accounts: Path = HERE / "sample_accounts.toml"
    """Accounts that the built-in provider gets at its first start; never read outside embedded and sandbox."""

    @property
    def has_own_provider(self) -> bool:
        """Whether the built-in identity provider runs: never in production."""
        return self.profile in ("embedded", "sandbox")

    def upstreams(self) -> dict[str, str]:
        """Addresses of the services by name."""
        return {
            "catalog": self.catalog_url,
            "audit": self.audit_url,
            "transfer": self.transfer_url,
            "access": self.access_url,
        }
