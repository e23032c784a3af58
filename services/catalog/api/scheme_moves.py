"""Move a dossier to another classification scheme: the plan, the act; `undoings` of the dossier take it back."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, CurrentDeps, CurrentRoots, IfMatch, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import DossierId, MaterialId
from services.catalog.api.answers import created, tagged
from services.catalog.api.explanations import CandidateOut
from services.catalog.api.texts import CategoryCode, Remark, SchemeId
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.scheme_move import Cause, Move, Undecided
from services.catalog.store import dossiers, material_changes, scheme_moves
from services.catalog.usecases.move_scheme import MoveScheme, PlannedScheme, move_scheme, preview_scheme_move

router = APIRouter(tags=["dossiers"])


class SchemeDecision(RequestModel):
    """The archivist's place for one material; it goes before the rules."""

    material_id: MaterialId
    category: CategoryCode


class SchemeMoveIn(RequestModel):
    """To which scheme, and where those go that the plan leaves undecided."""

    scheme: SchemeId
    decisions: list[SchemeDecision] = Field(default=[], max_length=5000)
    reason: Remark


class PlannedMove(BaseModel):
    """One material before and after. `basis` is the rule of the new scheme, or `archivist`."""

    material_id: str
    title: str
    from_category: str | None
    from_item_no: int | None
    to_category: str | None
    basis: str | None
    source: str | None

    @classmethod
    def of(cls, move: Move) -> "PlannedMove":
        return cls(
            material_id=move.before.material_id,
            title=move.before.title,
            from_category=move.before.code,
            from_item_no=move.before.item_no,
            to_category=move.after.code,
            basis=move.after.basis,
            source=move.source,
        )


class UndecidedMove(BaseModel):
    """A material that the request must decide on: why, and what the new scheme offers."""

    material_id: str
    title: str
    category: str | None
    cause: Cause = Field(
        description="The new scheme asks, wants another title, or knows no rule; or its rule differs from the place "
        "that an archivist chose (`by_archivist`)"
    )
    candidates: list[CandidateOut]

    @classmethod
    def of(cls, undecided: Undecided, new: Scheme) -> "UndecidedMove":
        standing = undecided.standing
        candidates = [CandidateOut.of(one, new) for one in undecided.candidates]
        return cls(
            material_id=standing.material_id,
            title=standing.title,
            category=standing.code,
            cause=undecided.cause,
            candidates=candidates,
        )


class SchemePlanOut(BaseModel):
    """What a move means for every material: those not listed stay where they stand."""

    dossier_id: str
    dossier_version: int
    from_scheme: str
    to_scheme: str
    kept: int = Field(description="Materials that stay where they stand")
    moves: list[PlannedMove]
    undecided: list[UndecidedMove]

    @classmethod
    def planned(cls, dossier_id: str, planned: PlannedScheme, new: Scheme) -> "SchemePlanOut":
        return cls(
            dossier_id=dossier_id,
            dossier_version=planned.version,
            from_scheme=planned.from_scheme,
            to_scheme=new.id,
            kept=planned.plan.kept,
            moves=[PlannedMove.of(move) for move in planned.plan.moves],
            undecided=[UndecidedMove.of(one, new) for one in planned.plan.undecided],
        )


class SchemeMoved(BaseModel):
    """The move as it was made. `change_id` is what an undoing names, null when it was only tried."""

    change_id: str | None
    dossier_id: str
    dossier_version: int
    from_scheme: str
    to_scheme: str
    material_ids: list[str] = Field(description="Those that moved, or are ordered another way")


@router.get(
    "/dossiers/{dossier_id}/scheme-plan",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
    ),
)
async def get_dossier_scheme_plan(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("material:file")],
    scheme: Annotated[SchemeId, Query(description="The scheme to go to")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SchemePlanOut:
    """Where every material would go, by which rule, and which ones you would have to decide on. Nothing is changed."""
    planned = await preview_scheme_move(dossier_id, scheme, uow=uow, rules=deps.rules)
    tagged(response, planned.version)
    return SchemePlanOut.planned(dossier_id, planned, deps.rules.schemes[scheme])


@router.post(
    "/dossiers/{dossier_id}/scheme-moves",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_dossier_scheme_move(
    dossier_id: DossierId,
    body: SchemeMoveIn,
    caller: Annotated[Caller, requires("material:file", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
    validate_only: Annotated[bool, Query(description="Only try: the same checks, and nothing is changed")] = False,
) -> SchemeMoved:
    """Move the dossier with all its materials at once. If-Match names the version that the plan was made of."""
    decisions = [(one.material_id, one.category) for one in body.decisions]
    command = MoveScheme(dossier_id, if_match, body.scheme, decisions, body.reason)
    moved = await move_scheme(command, validate_only=validate_only, uow=uow, rules=deps.rules)
    if isinstance(moved, PlannedScheme):
        return SchemeMoved(
            change_id=None,
            dossier_id=dossier_id,
            dossier_version=moved.version,
            from_scheme=moved.from_scheme,
            to_scheme=body.scheme,
            material_ids=[standing.material_id for standing in moved.plan.standings()],
        )
    async with deps.db.reading(caller, roots) as connection:
        change = await material_changes.get(connection, moved)
        move = await scheme_moves.get(connection, change.change_id)
        card = await dossiers.get_card(connection, dossier_id)
    created(response, uow, card["version"])
    return SchemeMoved(
        change_id=change.change_id,
        dossier_id=dossier_id,
        dossier_version=card["version"],
        from_scheme=move.from_scheme,
        to_scheme=move.to_scheme,
        material_ids=list(change.before),
    )
