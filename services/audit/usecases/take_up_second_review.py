"""A second reviewer takes a dossier up (复审): the differences of the pair, and what the rules make of every fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.audit.domain.adjudication import admit_second_reviewer
from services.audit.domain.determination import Determination
from services.audit.domain.determination_record import ResultKept, value_out
from services.audit.domain.facts import AuditFact
from services.audit.domain.progress import Move
from services.audit.domain.review import REQUIRED
from services.audit.store import adjudications, bound_sets, second_reviews
from services.audit.store.adjudications import Step
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import DeterminationRow, SecondReview
from services.audit.usecases.apply_determination_rules import apply_determination_rules
from services.audit.usecases.hold_campaign_dossier import Held, OnDossier, hold_campaign_dossier
from services.audit.usecases.settle_clearances import gate_of, reconsider


@dataclass(frozen=True)
class TakeUpSecondReview:
    """With `reopened_because` a dossier that is filed is taken up once more."""

    on: OnDossier
    reopened_because: str | None = None


async def take_up_second_review(cmd: TakeUpSecondReview, *, uow: UnitOfWork, deps: Deps) -> SecondReview:
    """Of two at once exactly one takes it up. Refused: the two first reviewers, the subject, relatives."""
    async with uow:
        if earlier := await uow.replay_of():
            return await second_reviews.get_second_review(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.REOPEN if cmd.reopened_because else Move.TAKE_UP)
        admit_second_reviewer(uow.caller.account_id, await adjudications.first_reviewers_of(uow, held.dossier.id))
        dossier = await adjudications.move(uow, held.dossier, state)
        second_review = _begun(cmd, held, uow)
        await adjudications.add(uow, second_review)
        facts = await _propose(uow, dossier, deps, reopened=cmd.reopened_because is not None)
        told: dict[str, Any] = {"state": dossier.state, "second_review_id": second_review.id, "facts": facts}
        verb = "campaign_dossier.reopened" if cmd.reopened_because else "campaign_dossier.taken_up"
        uow.record(verb, dossier.id, dossier.version, told, changed=("state",))
        if cmd.reopened_because:  # what was settled is open again, and so is what was cleared by it
            await bound_sets.take_out(uow, dossier.id)
            await reconsider(uow, [dossier.person_id], gate_of(deps))
        await uow.remember(second_review.id)
    return second_review


def _begun(cmd: TakeUpSecondReview, held: Held, uow: UnitOfWork) -> SecondReview:
    return SecondReview(
        id=new_id("snd"),
        unit_id=held.dossier.unit_id,
        campaign_dossier_id=held.dossier.id,
        account_id=uow.caller.account_id,
        reopened_because=cmd.reopened_because,
        relation=held.relation.value,
        declared_not_related=cmd.on.not_related,
        taken_up_at=uow.now,
    )


async def _propose(uow: UnitOfWork, dossier: CampaignDossier, deps: Deps, *, reopened: bool) -> list[str]:
    """A determination of each fact that a reviewer must or did speak of, as the rules have it now; the facts.

    Of what does not apply there is nothing to determine.
    """
    standing = {AuditFact(row.fact): row for row in await adjudications.determinations_of(uow, dossier.id, lock=True)}
    compared = await adjudications.compared_facts(uow, dossier.id)
    disputed = await adjudications.disputed_facts(uow, dossier.id)
    idle = await adjudications.inapplicable_facts(uow, dossier.id)
    facts = [fact for fact in AuditFact if fact in {*REQUIRED, *compared} - idle or fact in standing]
    results = await apply_determination_rules(uow, dossier, facts, deps)
    for fact in facts:
        row = standing.get(fact)
        result = ResultKept.of(results[fact])
        if row is None:
            await adjudications.begin(uow, _new(dossier, fact, results[fact], disputed=fact in disputed))
        else:
            if not reopened and row.disputed != (fact in disputed):  # of a pair that was voided, others differed
                row = await adjudications.put_disputed(uow, row, disputed=fact in disputed)
            step = Step("rules", result.settled, result=result, rules_digest=results[fact].rules_digest)
            await adjudications.settle(uow, row, step)
    return [fact.value for fact in facts]


def _new(dossier: CampaignDossier, fact: AuditFact, found: Determination, *, disputed: bool) -> DeterminationRow:
    result = ResultKept.of(found)
    proposed = result.settled
    return DeterminationRow(
        id=new_id("det"),
        unit_id=dossier.unit_id,
        version=1,
        campaign_dossier_id=dossier.id,
        campaign_id=dossier.campaign_id,
        person_id=dossier.person_id,
        fact=fact.value,
        disputed=disputed,
        stage="rules",
        status=proposed.status.value,
        value=value_out(proposed.value),
        cause=proposed.cause,
        result=result.model_dump(mode="json"),
        rules_digest=found.rules_digest,
    )
