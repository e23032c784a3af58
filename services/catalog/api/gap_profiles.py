"""By what the rules tell what a dossier must hold: kind of body, stage, end of service, events."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import CurrentDeps, IfMatch, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import DossierId
from services.catalog.api.answers import tagged
from services.catalog.api.gaps import Year
from services.catalog.api.texts import Word
from services.catalog.domain.gaps import Event
from services.catalog.store.gaps import KeptProfile
from services.catalog.usecases.explain_gap import change_gap_profile
from services.catalog.usecases.view_review import view_gaps

router = APIRouter(tags=["gaps"])


class EventIn(RequestModel):
    """Something that leaves materials: which, and in what year."""

    kind: Word = Field(examples=["open_selection"])
    year: Year


class ProfileOut(BaseModel):
    """By what the rules tell what a dossier must hold."""

    body_kind: str
    stage: str
    service_until: int | None = Field(description="The last year that is assessed, where service has ended")
    events: list[EventIn]
    version: int

    @classmethod
    def of(cls, kept: KeptProfile) -> "ProfileOut":
        profile = kept.profile
        return cls(
            body_kind=profile.body_kind,
            stage=profile.stage,
            service_until=profile.service_until,
            events=[EventIn(kind=event.kind, year=event.year) for event in profile.events],
            version=kept.version,
        )


class ProfilePatch(RequestModel):
    """Members to change (RFC 7396)."""

    body_kind: Word = Field(default=None, examples=["enterprise"])  # pyright: ignore[reportAssignmentType]
    stage: Word = Field(default=None, examples=["retired"])  # pyright: ignore[reportAssignmentType]
    service_until: Year | None = None
    events: list[EventIn] = Field(default=None, max_length=50)  # pyright: ignore[reportAssignmentType]

    def changes(self) -> dict[str, Any]:
        """Only what was sent, as the domain has it."""
        told = {name: getattr(self, name) for name in self.model_fields_set}
        if "events" in told:
            told["events"] = tuple(Event(event.kind, event.year) for event in self.events)
        return told


@router.get(
    "/dossiers/{dossier_id}/gap-profile",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_dossier_gap_profile(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("gap:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ProfileOut:
    """By what the rules tell what this dossier must hold."""
    found = await view_gaps(dossier_id, ["open"], uow=uow, deps=deps)
    tagged(response, found.profile.version)
    return ProfileOut.of(found.profile)


@router.patch(
    "/dossiers/{dossier_id}/gap-profile",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_dossier_gap_profile(
    dossier_id: DossierId,
    body: ProfilePatch,
    caller: Annotated[Caller, requires("gap:explain")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ProfileOut:
    """Say of which kind of body and at which stage the person is, and what happened; the gaps follow at once."""
    kept = await change_gap_profile(dossier_id, if_match, body.changes(), uow=uow, deps=deps)
    tagged(response, kept.version)
    return ProfileOut.of(kept)
