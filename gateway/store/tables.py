"""The gateway's own tables."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, LargeBinary, Text
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "identity"}


class AccountRow(SQLModel, table=True):
    """A person or machine as one issuer knows it."""

    __tablename__ = "account"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    account_id: str = id_column("acc", primary_key=True)
    issuer: str
    subject: str
    kind: str
    name: str
    person_no: str | None = None
    active: bool = True
    version: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))  # pyright: ignore[reportArgumentType]
    changed_at: datetime = Field(sa_type=DateTime(timezone=True))  # pyright: ignore[reportArgumentType]


class CredentialRow(SQLModel, table=True):
    """How an account of the built-in provider signs in, and the groups that its tokens carry."""

    __tablename__ = "credential"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    account_id: str = id_column("acc", primary_key=True)
    sign_in_name: str
    secret_hash: str
    groups: list[str] = Field(sa_type=ARRAY(Text))  # pyright: ignore[reportArgumentType]
    changed_at: datetime = Field(sa_type=DateTime(timezone=True))  # pyright: ignore[reportArgumentType]


class SignInGuardRow(SQLModel, table=True):
    """Failed sign-ins of one name."""

    __tablename__ = "sign_in_guard"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    name_digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    since: datetime = Field(sa_type=DateTime(timezone=True))  # pyright: ignore[reportArgumentType]
