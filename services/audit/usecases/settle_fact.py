"""The second reviewer settles one fact: as the rules have it now, or otherwise with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict
from services.audit.domain.adjudication import ADJUDICATED, Settled, refuse, settled_faults
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.facts import AuditFact
from services.audit.domain.progress import Progress
from services.audit.domain.recusal import admit
from services.audit.store import adjudications, campaign_dossiers, second_reviews
from services.audit.store.adjudications import Step
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import DeterminationRow
from services.audit.usecases.apply_determination_rules import apply_determination_rules
from services.audit.usecases.recuse import caller_relation


@dataclass(frozen=True)
class SettleFact:
    """`settled` None: as the rules have it now, from the claims as they stand now."""

    determination_id: str
    seen_version: int
    settled: Settled | None
    not_related: bool | None = None


async def settle_fact(cmd: SettleFact, *, uow: UnitOfWork, deps: Deps) -> DeterminationRow:
    """The determination as it stands then. StateConflict once it is before the meeting, or another one reviews it."""
    async with uow:
        if earlier := await uow.replay_of():
            return await adjudications.get(uow, earlier)
        named = await adjudications.get(uow, cmd.determination_id)
        dossier = await campaign_dossiers.get(uow, named.campaign_dossier_id, lock=True)
        row = await adjudications.get(uow, cmd.determination_id)
        admit(await caller_relation(uow, row.person_id), cmd.not_related)
        await check_version(uow, row.id, row.version, cmd.seen_version)
        await refuse_others(uow, dossier)
        step = await _step(uow, dossier, row, cmd, deps)
        settled = await adjudications.settle(uow, row, step)
        told = settled.model_dump(mode="json", include={"campaign_dossier_id", "fact", "stage", "status", "value"})
        changed = ("stage", "status", "value", "cause")
        uow.record("determination.settled", row.id, settled.version, told, changed=changed)
        await uow.remember(row.id)
    return settled


async def refuse_others(uow: UnitOfWork, dossier: CampaignDossier) -> None:
    """Only the second reviewer settles, and only until the dossier goes before the meeting."""
    if Progress(dossier.state) not in ADJUDICATED:
        raise StateConflict(state=dossier.state)
    if (await second_reviews.open_second_review(uow, dossier.id)).account_id != uow.caller.account_id:
        raise StateConflict(state="taken by another")


async def _step(uow: UnitOfWork, dossier: CampaignDossier, row: DeterminationRow, cmd: SettleFact, deps: Deps) -> Step:
    fact = AuditFact(row.fact)
    if cmd.settled is None:
        found = (await apply_determination_rules(uow, dossier, [fact], deps))[fact]
        result = ResultKept.of(found)
        return Step("second_review", result.settled, result=result, rules_digest=found.rules_digest)
    by_rules = ResultKept.model_validate(row.result).settled
    refuse(settled_faults(fact, cmd.settled, by_rules))
    return Step("second_review", cmd.settled)
