"""Fact matrices: what all papers say about a person, fact by fact, in order of the papers' own dates."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import PersonId
from services.audit.api.claim_shapes import ClaimOut
from services.audit.api.result_shapes import TrialIn, TrialOut
from services.audit.domain.claim_words import Pair
from services.audit.domain.fact_matrix import Apart, DoubtKind, FactRow, Finding, FindingKind, Flag, FlagKind
from services.audit.domain.facts import AuditFact
from services.audit.store.claims import KnownClaim
from services.audit.usecases.try_fact_matrix import try_fact_matrix
from services.audit.usecases.view_fact_matrix import view_fact_matrix

router = APIRouter(tags=["fact-matrices"])


class Words(BaseModel):
    """One sentence in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, words: Pair) -> "Words":
        return cls(zh=words.zh, en=words.en)


class ConflictOut(BaseModel):
    """Claims that cannot all be true; the first is the one that the others are held against."""

    kind: FindingKind
    claim_ids: list[str]
    months: int | None = Field(description="How far the later-standing date lies after (negative: before) the first")
    words: Words

    @classmethod
    def of(cls, found: Finding) -> "ConflictOut":
        return cls(kind=found.kind, claim_ids=list(found.claim_ids), months=found.months, words=Words.of(found.words))


class CannotTellOut(BaseModel):
    """Claims of which nobody can tell whether they agree, or which is the earlier; no conflict."""

    kind: DoubtKind
    claim_ids: list[str]
    words: Words

    @classmethod
    def of(cls, apart: Apart) -> "CannotTellOut":
        return cls(kind=apart.kind, claim_ids=list(apart.claim_ids), words=Words.of(apart.words))


class FlagOut(BaseModel):
    """Claims that are not to be taken as they stand, and why: a degree entered on a certificate that was refused."""

    kind: FlagKind
    claim_ids: list[str]
    words: Words

    @classmethod
    def of(cls, flag: Flag) -> "FlagOut":
        return cls(kind=flag.kind, claim_ids=list(flag.claim_ids), words=Words.of(flag.words))


class FactRowOut(BaseModel):
    """One fact: its claims in order of the papers' own dates, undated papers last."""

    fact: AuditFact
    claims: list[ClaimOut]
    earliest: str | None = Field(description="The claim of the earliest paper, excluded ones left out")
    earliest_unaltered: str | None = Field(description="The earliest whose place on the page was not altered")
    conflicts: list[ConflictOut]
    cannot_tell: list[CannotTellOut]
    flags: list[FlagOut]

    @classmethod
    def of(cls, row: FactRow, known: Mapping[str, KnownClaim]) -> "FactRowOut":
        return cls(
            fact=row.fact,
            claims=[ClaimOut.of(known[claim.id]) for claim in row.claims],
            earliest=row.earliest,
            earliest_unaltered=row.earliest_unaltered,
            conflicts=conflicts_out(row.conflicts),
            cannot_tell=[CannotTellOut.of(one) for one in row.cannot_tell],
            flags=[FlagOut.of(one) for one in row.flags],
        )


def conflicts_out(found: Sequence[Finding]) -> list[ConflictOut]:
    """Conflicts in the answer's shape."""
    return [ConflictOut.of(one) for one in found]


class FactMatrixOut(BaseModel):
    """All facts of which some paper says something, in the order of the forms."""

    person_id: str
    facts: list[FactRowOut]
    across: list[ConflictOut] = Field(description="What does not fit between facts, such as work before birth")


@router.get(
    "/fact-matrices/{person_id}", responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND)
)
async def get_fact_matrix(
    person_id: PersonId,
    caller: Annotated[Caller, requires("claim:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> FactMatrixOut:
    """Everything that was entered on a person and not withdrawn. It has no tag: the catalog's titles change too."""
    matrix, known = await view_fact_matrix(person_id, uow=uow, rules=deps.rules.determination)
    response.headers["Cache-Control"] = PRIVATE
    return FactMatrixOut(
        person_id=person_id,
        facts=[FactRowOut.of(row, known) for row in matrix.rows],
        across=conflicts_out(matrix.across),
    )


@router.post(
    "/fact-matrices/{person_id}/trials",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.DATE_IMPOSSIBLE,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
    ),
)
async def try_out_claims(
    person_id: PersonId,
    body: TrialIn,
    caller: Annotated[Caller, requires("claim:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> TrialOut:
    """What the rules make of the claims, and what they would make of them with some more, or without some of them.

    Nothing is kept and no key is needed; that somebody tried stands in the journal.
    """
    tried = await try_fact_matrix(body.command(person_id), uow=uow, deps=deps)
    response.headers["Cache-Control"] = PRIVATE
    return TrialOut.of(person_id, tried)
