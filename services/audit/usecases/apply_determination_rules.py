"""What the rules of determination make of a person's claims, fact by fact, for a dossier of a campaign."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.values.partial_date import PartialDate
from services.audit.domain.campaign import Settings
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import beside
from services.audit.domain.determine_person import determine_person
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.facts import AuditFact
from services.audit.store import adjudications, campaigns, claims, heard
from services.audit.store.papers import list_papers
from services.audit.store.tables import CampaignDossier


async def apply_determination_rules(
    uow: UnitOfWork, dossier: CampaignDossier, facts: Collection[AuditFact], deps: Deps
) -> dict[AuditFact, Determination]:
    """One result a fact, by the campaign's settings and what holds today. Counted in a worker process."""
    rules: DeterminationRules = deps.rules.determination
    campaign = await campaigns.get(uow, dossier.campaign_id)
    settings = Settings.model_validate(campaign.settings)
    person = await heard.find_person(uow, dossier.person_id)
    known = await claims.list_standing(uow, [dossier.person_id])
    born = PartialDate.model_validate(person.birth_date) if person and person.birth_date else None
    context = Context(
        on=uow.today, party_date_rule=settings.party_date_rule, graduate_rule=settings.graduate_rule, birth=born
    )
    context = beside(context, await list_papers(uow, dossier.dossier_id), rules)
    priors = await adjudications.prior_of(uow, dossier.person_id, dossier.id)
    contexts = {fact: replace(context, prior=priors.get(fact)) for fact in facts}
    return await deps.run_cpu(determine_person, [one.claim(rules.kind_of) for one in known], contexts, rules)
