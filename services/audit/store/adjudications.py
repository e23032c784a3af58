"""The determinations of a dossier with every step of them, and who had a part in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import DETERMINED_AS, DossierResult, Settled, Stage
from services.audit.domain.determination import Cause, Prior, Status
from services.audit.domain.determination_record import ResultKept, value_out
from services.audit.domain.facts import AuditFact, ClaimValue
from services.audit.domain.progress import Progress
from services.audit.domain.superior_review import recalled
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import DecisionOnFact, DeterminationRow

MOST_STEPS = 200
"""Steps of one determination that are shown; none has had nearly as many."""


@dataclass(frozen=True)
class Step:
    """What is decided of a fact, by which voice, and by which vote."""

    stage: Stage
    settled: Settled
    vote_id: str | None = None
    result: ResultKept | None = None
    rules_digest: str | None = None


def settled_of(row: DeterminationRow) -> Settled:
    """What stands of a fact."""
    return Settled(Status(row.status), value_of(row), cast("Cause | None", row.cause))


def value_of(row: DeterminationRow) -> ClaimValue | None:
    """The value that stands, in the fact's own shape."""
    return None if row.value is None else DETERMINED_AS[AuditFact(row.fact)].model_validate(row.value)


async def move(
    uow: UnitOfWork, dossier: CampaignDossier, state: Progress, result: DossierResult | None = None
) -> CampaignDossier:
    """The dossier goes on; with `result`, how it came out."""
    values: dict[str, Any] = {"state": state.value, "version": dossier.version + 1}
    if result is not None:
        values["result"] = result
    await uow.session.exec(update(CampaignDossier).where(col(CampaignDossier.id) == dossier.id).values(**values))
    return CampaignDossier.model_validate({**dossier.model_dump(), **values})


async def add(uow: UnitOfWork, *rows: Any) -> None:
    """Keep new rows, in this order."""
    for row in rows:
        uow.session.add(row)
        await uow.session.flush()


async def reviewers_of(uow: UnitOfWork, campaign_dossier_id: str) -> set[str]:
    """Everybody who was a first or second reviewer of a dossier, whoever was taken off among them too."""
    async with uow.as_service():
        rows = await uow.raw().fetch(
            """select account_id from review where campaign_dossier_id = $1
            union select account_id from second_review where campaign_dossier_id = $1""",
            to_uuid(campaign_dossier_id),
        )
    return {from_uuid("acc", row["account_id"]) for row in rows}


async def first_reviewers_of(uow: UnitOfWork, campaign_dossier_id: str) -> set[str]:
    """Those who were given a sheet of the dossier, also one that was taken back; and who gave up its second review as
    a relative, which no list of relatives need tell."""
    async with uow.as_service():
        rows = await uow.raw().fetch(
            """select account_id from review where campaign_dossier_id = $1
            union select account_id from tainted_review where campaign_dossier_id = $1""",
            to_uuid(campaign_dossier_id),
        )
    return {from_uuid("acc", row["account_id"]) for row in rows}


async def deciders_of(uow: UnitOfWork, campaign_dossier_id: str) -> set[str]:
    """Everybody who settled a fact of a dossier or recorded a vote on it, in any round."""
    rows = await uow.raw().fetch(
        """select s.decided_by as account_id from determination_decision s join determination d
          on d.id = s.determination_id where d.campaign_dossier_id = $1
        union select recorded_by from meeting_vote where campaign_dossier_id = $1""",
        to_uuid(campaign_dossier_id),
    )
    return {from_uuid("acc", row["account_id"]) for row in rows}


async def disputed_facts(uow: UnitOfWork, campaign_dossier_id: str) -> set[AuditFact]:
    """Facts on which the two first reviewers differ."""
    rows = await uow.raw().fetch(
        "select fact from comparison where campaign_dossier_id = $1 and not agreed", to_uuid(campaign_dossier_id)
    )
    return {AuditFact(row["fact"]) for row in rows}


async def inapplicable_facts(uow: UnitOfWork, campaign_dossier_id: str) -> set[AuditFact]:
    """Facts that do not apply to the person, as the party date of who is in no party: both first reviewers say so,
    and no paper and no earlier determination speaks of them."""
    rows = await uow.raw().fetch(
        """select c.fact from comparison c join campaign_dossier d on d.id = c.campaign_dossier_id
        where c.campaign_dossier_id = $1 and first_verdict = 'not_applicable' and second_verdict = 'not_applicable'
          and not exists (select from claim k
            where k.person_id = d.person_id and k.fact = c.fact and k.withdrawn_at is null)
          and not exists (select from determination e where e.person_id = d.person_id and e.fact = c.fact
            and e.approved_at is not null)""",
        to_uuid(campaign_dossier_id),
    )
    return {AuditFact(row["fact"]) for row in rows}


async def compared_facts(uow: UnitOfWork, campaign_dossier_id: str) -> set[AuditFact]:
    """Facts on which a first reviewer has a word."""
    rows = await uow.raw().fetch(
        "select fact from comparison where campaign_dossier_id = $1", to_uuid(campaign_dossier_id)
    )
    return {AuditFact(row["fact"]) for row in rows}


async def determinations_of(
    uow: UnitOfWork, campaign_dossier_id: str, *, lock: bool = False
) -> Sequence[DeterminationRow]:
    """What stands of each fact of a dossier, in the order of their ids, which is that of the facts."""
    statement = (
        select(DeterminationRow)
        .where(DeterminationRow.campaign_dossier_id == campaign_dossier_id)
        .order_by(col(DeterminationRow.id))
        .execution_options(populate_existing=True)
    )
    return (await uow.session.exec(statement.with_for_update() if lock else statement)).all()


async def get(uow: UnitOfWork, determination_id: str) -> DeterminationRow:
    """One determination; NotFound outside the caller's scope."""
    statement = select(DeterminationRow).where(DeterminationRow.id == determination_id)
    return found_one((await uow.session.exec(statement.execution_options(populate_existing=True))).first())


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    campaign_dossier_id: str | None,
    person_id: str | None,
    hidden_persons: Collection[str],
) -> Sequence[DeterminationRow]:
    """Determinations by id, without those of `hidden_persons`; of a person those that are in force."""
    statement = select(DeterminationRow).where(in_scope(uow, DeterminationRow.unit_id))
    if campaign_dossier_id is not None:
        statement = statement.where(DeterminationRow.campaign_dossier_id == campaign_dossier_id)
    if person_id is not None:
        statement = statement.where(
            DeterminationRow.person_id == person_id, col(DeterminationRow.approved_at).is_not(None)
        )
    if after is not None:
        statement = statement.where(col(DeterminationRow.id) > after)
    if hidden_persons:
        statement = statement.where(col(DeterminationRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement.order_by(col(DeterminationRow.id)).limit(limit))).all()


async def steps_of(uow: UnitOfWork, determination_id: str) -> Sequence[DecisionOnFact]:
    """How a determination came to stand, in order."""
    statement = select(DecisionOnFact).where(DecisionOnFact.determination_id == determination_id)
    return (await uow.session.exec(statement.order_by(col(DecisionOnFact.version)).limit(MOST_STEPS))).all()


async def begin(uow: UnitOfWork, row: DeterminationRow, reason: str | None = None) -> None:
    """Keep a new determination with its first step."""
    await add(uow, row, _step_row(uow, row, reason, None))


async def settle(uow: UnitOfWork, row: DeterminationRow, step: Step) -> DeterminationRow:
    """Keep what is decided now; what stood before stays among its steps. It is not in force any more."""
    values: dict[str, Any] = {
        "version": row.version + 1,
        "stage": step.stage,
        "status": step.settled.status.value,
        "value": value_out(step.settled.value),
        "cause": step.settled.cause,
        "approved_at": None,
    }
    if step.result is not None:
        values |= {"result": step.result.model_dump(mode="json"), "rules_digest": step.rules_digest}
    changed = await _changed(uow, row, values)
    await add(uow, _step_row(uow, changed, step.settled.reason, step.vote_id))
    return changed


async def put_in_force(uow: UnitOfWork, row: DeterminationRow, status: Status) -> DeterminationRow:
    """The office has approved it."""
    return await _changed(uow, row, {"version": row.version + 1, "status": status.value, "approved_at": uow.now})


async def correct(uow: UnitOfWork, row: DeterminationRow, step: Step) -> DeterminationRow:
    """What the superior says is in force from now on; what stood before stays among the steps."""
    values = {
        "version": row.version + 1,
        "stage": step.stage,
        "status": step.settled.status.value,
        "value": value_out(step.settled.value),
        "cause": step.settled.cause,
        "approved_at": uow.now,
    }
    corrected = await _changed(uow, row, values)
    await add(uow, _step_row(uow, corrected, step.settled.reason, None))
    return corrected


async def recall(uow: UnitOfWork, row: DeterminationRow) -> DeterminationRow:
    """It is not in force any more, and to be decided anew."""
    values = {"version": row.version + 1, "status": recalled(Status(row.status)).value, "approved_at": None}
    return await _changed(uow, row, values)


async def put_disputed(uow: UnitOfWork, row: DeterminationRow, *, disputed: bool) -> DeterminationRow:
    """Whether the second reviewer has to settle it."""
    return await _changed(uow, row, {"version": row.version + 1, "disputed": disputed})


async def _changed(uow: UnitOfWork, row: DeterminationRow, values: dict[str, Any]) -> DeterminationRow:
    await uow.session.exec(update(DeterminationRow).where(col(DeterminationRow.id) == row.id).values(**values))
    return DeterminationRow.model_validate({**row.model_dump(), **values})


def _step_row(uow: UnitOfWork, row: DeterminationRow, reason: str | None, vote_id: str | None) -> DecisionOnFact:
    return DecisionOnFact(
        determination_id=row.id,
        version=row.version,
        unit_id=row.unit_id,
        stage=row.stage,
        status=row.status,
        value=row.value,
        cause=row.cause,
        reason=reason,
        vote_id=vote_id,
        decided_by=uow.caller.account_id,
        decided_at=uow.now,
    )


async def prior_of(uow: UnitOfWork, person_id: str, campaign_dossier_id: str) -> dict[AuditFact, Prior]:
    """By fact, the last determination of an earlier audit of the person that is in force, wherever it was made."""
    statement = (
        select(DeterminationRow)
        .where(DeterminationRow.person_id == person_id, col(DeterminationRow.approved_at).is_not(None))
        .where(
            col(DeterminationRow.campaign_dossier_id) != campaign_dossier_id, col(DeterminationRow.value).is_not(None)
        )
        .order_by(col(DeterminationRow.approved_at))
        .limit(len(AuditFact) * 20)
    )
    async with uow.as_service():
        rows = (await uow.session.exec(statement)).all()
    found: dict[AuditFact, Prior] = {}
    for row in rows:
        value = value_of(row)
        if value is not None and row.approved_at is not None:
            found[AuditFact(row.fact)] = Prior(value, PartialDate(value=_day(row.approved_at)), True)
    return found


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).date().isoformat()
