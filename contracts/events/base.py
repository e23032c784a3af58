"""What every event is: a CloudEvents 1.0 envelope around one past-tense fact of the closed catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from contracts.values.page import PageRef

__all__ = ["DATA_MODELS", "Envelope", "EventData", "PageRef"]

DATA_MODELS: dict[str, type[EventData]] = {}


class EventData(BaseModel):
    """The `data` of one type of event.

    A subclass declares `event_type` (`resource.fact`), `owner` (the only service that says it),
    `resource` (the path of its subject) and `subject_member` (which member holds the subject's id).
    It holds no id-card number, page content or free text; names stand only in `person.changed`.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    event_type: ClassVar[str]
    owner: ClassVar[str]
    resource: ClassVar[str]
    subject_member: ClassVar[str]
    partition_member: ClassVar[str | None] = "dossier_id"
    schema_version: ClassVar[int] = 1

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not hasattr(cls, "event_type"):
            return
        if cls.type_name() in DATA_MODELS:
            raise TypeError(f"two models for the event {cls.type_name()}")
        DATA_MODELS[cls.type_name()] = cls

    @classmethod
    def type_name(cls) -> str:
        """CloudEvents `type`, e.g. `dangan.material.received.v1`."""
        return f"dangan.{cls.event_type}.v{cls.schema_version}"

    @classmethod
    def broker_subject(cls) -> str:
        """Subject on the broker; a service may publish only under its own name."""
        return f"dangan.{cls.owner}.{cls.event_type}.v{cls.schema_version}"

    def subject_id(self) -> str:
        """Id of the resource that the fact is about."""
        return str(getattr(self, self.subject_member))

    def partition_key(self) -> str:
        """The dossier id where there is one, else the subject's id: for grouping, not for order."""
        member = self.partition_member
        return str(getattr(self, member)) if member and getattr(self, member, None) else self.subject_id()


DataT = TypeVar("DataT", bound=EventData)


class Envelope(BaseModel, Generic[DataT]):
    """CloudEvents 1.0, structured JSON. `sequence` is the subject's version, 20 digits."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(pattern=r"^evt_[0-9A-HJKMNP-TV-Z]{26}$")
    source: str = Field(pattern=r"^/deployments/[^/]+/services/[a-z]+$")
    type: str = Field(pattern=r"^dangan\.[a-z0-9_.]+\.v[0-9]+$")
    subject: str = Field(pattern=r"^[a-z-]+/[a-z]+_[0-9A-HJKMNP-TV-Z]{26}$")
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    partitionkey: str
    sequence: str = Field(pattern=r"^[0-9]{20}$")
    traceparent: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    data: DataT

    @property
    def version(self) -> int:
        """Version of the subject after this change."""
        return int(self.sequence)
