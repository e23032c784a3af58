"""Tables with ordinary store functions. Materials and pages, moved in bulk, are written by asyncpg."""

# SQLModel declares `__tablename__` as a descriptor and takes a string.
# pyright: reportAssignmentType=false

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from chassis.columns import id_column
from contracts.values.partial_date import PartialDate

_SCHEMA = {"schema": "catalog"}


class PartialDateType(TypeDecorator[PartialDate]):
    """A partial date as the JSON object that the API shows."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: PartialDate | None, dialect: Dialect) -> Any:
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> PartialDate | None:
        return None if value is None else PartialDate.model_validate(value)


def _moment() -> Any:
    return Field(sa_type=TIMESTAMP(timezone=True))  # pyright: ignore[reportArgumentType]


class Person(SQLModel, table=True):
    """The card of a person (干部/档案对象). `unit_id` is where the person serves; `custodian_unit_id` keeps the
    dossier, once it is open. `kin_complete` says whether the list of relatives is declared complete."""

    __tablename__ = "person"
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    unit_id: str = id_column("unt")
    custodian_unit_id: str | None = id_column("unt", nullable=True, default=None)
    version: int = 1
    person_no: str
    name: str
    former_names: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))  # pyright: ignore
    sex: str | None = None
    ethnicity: str | None = None
    native_place: str | None = None
    birth_date: PartialDate | None = Field(default=None, sa_type=PartialDateType)
    rank: str | None = None
    kin_complete: bool = False
    created_at: datetime = _moment()
    changed_at: datetime = _moment()


class KinPair(SQLModel, table=True):
    """`kin_person_id` is the `relation` of `person_id`; the other side has a row of its own."""

    __tablename__ = "kin"
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    kin_person_id: str = id_column("per", primary_key=True)
    relation: str
    since: datetime = _moment()


class Dossier(SQLModel, table=True):
    """A person's dossier. `filing_seq` counts filings; the counts are of filed materials."""

    __tablename__ = "dossier"
    __table_args__ = _SCHEMA

    dossier_id: str = id_column("dos", primary_key=True)
    unit_id: str = id_column("unt")
    version: int = 1
    dossier_no: str
    person_id: str = id_column("per")
    scheme: str
    state: str = "open"
    opened_on: date
    filing_seq: int = 0
    material_count: int = 0
    page_count: int = 0
    created_at: datetime = _moment()
    changed_at: datetime = _moment()


class FilingTask(SQLModel, table=True):
    """A material that waits for an archivist of its unit: why, since when, and until when."""

    __tablename__ = "filing_task"
    __table_args__ = _SCHEMA

    task_id: str = id_column("tskc", primary_key=True)
    unit_id: str = id_column("unt")
    material_id: str = id_column("mat")
    cause: str
    basis: str | None = None
    owner_role: str
    state: str = "pending"
    version: int = 1
    created_at: datetime = _moment()
    due_at: datetime = _moment()
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMP(timezone=True))  # pyright: ignore


class HeardDetermination(SQLModel, table=True):
    """The newest word on a determination (认定) of one fact that audit told."""

    __tablename__ = "heard_determination"
    __table_args__ = _SCHEMA

    determination_id: str = id_column("det", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    person_id: str = id_column("per")
    fact: str | None = None
    status: str | None = None
