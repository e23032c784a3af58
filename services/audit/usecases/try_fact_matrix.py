"""What if (试算): a person's claims with some added or left out, and what the rules make of them. Nothing is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.campaign import Settings
from services.audit.domain.claim import Claim, Evidence
from services.audit.domain.claim_entry import Entered
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import beside
from services.audit.domain.determine_person import determine_person
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.determine_trial import Trial, compare
from services.audit.domain.facts import AuditFact
from services.audit.store import adjudications, campaign_dossiers, campaigns, claims, heard
from services.audit.store.papers import list_papers
from services.audit.usecases.view_fact_matrix import claims_on

Contexts = dict[AuditFact, Context]


@dataclass(frozen=True)
class TryMatrix:
    """`add` stands for papers that may turn up, `discount` for claims that may fall. `facts`: all, if empty.

    With a campaign's dossier the campaign's own settings hold, as they will when its facts are determined.
    """

    person_id: str
    add: Sequence[Entered]
    discount: Sequence[str]
    facts: Collection[AuditFact]
    campaign_dossier_id: str | None


@dataclass(frozen=True)
class Told:
    """What one of the two results is made of: `papers` are the titles and dates of what the dossier holds."""

    claims: Sequence[Claim]
    contexts: Contexts
    papers: Sequence[tuple[str, PartialDate | None]]


@dataclass(frozen=True)
class Tried:
    """Ids under which the added claims stand in the results, and one trial a fact, in the order of the forms."""

    added: Sequence[str]
    trials: dict[AuditFact, Trial]
    rules_digest: str


async def try_fact_matrix(command: TryMatrix, *, uow: UnitOfWork, deps: Deps) -> Tried:
    """Both results of each fact that has a claim, and where they differ. A view, which the journal holds."""
    rules: DeterminationRules = deps.rules.determination
    async with uow:
        dossier, known = await claims_on(uow, command.person_id)
        told = [one.claim(rules.kind_of) for one in known]
        _check_discounted(command.discount, {claim.id for claim in told})
        added = await _added(uow, command, rules)
        facts = {claim.fact for claim in (*told, *added) if not command.facts or claim.fact in command.facts}
        papers = await list_papers(uow, dossier.dossier_id)
        contexts = await _contexts(uow, command, facts)
        uow.record("fact_matrix.tried", command.person_id, 1, {"discount": sorted(command.discount)})
    tried = [replace(claim, excluded="discounted") if claim.id in command.discount else claim for claim in told]
    turned_up = [(claim.evidence.title, claim.evidence.formed_on) for claim in added]
    before = Told(told, contexts, papers)
    after = Told([*tried, *added], contexts, [*papers, *turned_up])
    trials = await deps.run_cpu(both, before, after, rules)
    return Tried([claim.id for claim in added], trials, rules.digest)


def both(before: Told, after: Told, rules: DeterminationRules) -> dict[AuditFact, Trial]:
    """The results before and after. Each has its own birth date, against which the other facts are held."""
    was, now = _determined(before, rules), _determined(after, rules)
    return {fact: compare(found, now[fact]) for fact, found in was.items()}


def _determined(told: Told, rules: DeterminationRules) -> dict[AuditFact, Determination]:
    contexts = {fact: beside(context, told.papers, rules) for fact, context in told.contexts.items()}
    return determine_person(told.claims, contexts, rules)


def _check_discounted(discount: Sequence[str], known: Collection[str]) -> None:
    faults = [FieldFault(f"/discount/{at}", "unknown-reference") for at, one in enumerate(discount) if one not in known]
    if faults:
        raise ValidationFailed(errors=faults)


async def _added(uow: UnitOfWork, command: TryMatrix, rules: DeterminationRules) -> list[Claim]:
    """The claims that are tried. What contradicts is no fault here: just that may be worth a trial."""
    wanted = {entered.material_id for entered in command.add if entered.material_id}
    materials = await claims.materials_by_ids(uow, wanted)
    added: list[Claim] = []
    for at, entered in enumerate(command.add):
        title, formed_on = entered.title, entered.formed_on
        if entered.material_id is not None:
            material = materials.get(entered.material_id)
            if material is None or material.person_id != command.person_id:
                raise ValidationFailed(errors=[FieldFault(f"/add/{at}/material_id", "unknown-reference")])
            title, formed_on = material.title, _date(material.formed_on) or formed_on
        evidence = Evidence(title or "", rules.kind_of(title or ""), formed_on, entered.signed, entered.material_id)
        added.append(
            Claim(new_id("clm"), entered.fact, entered.value, evidence, entered.altered, None, entered.page_id)
        )
    return added


async def _contexts(uow: UnitOfWork, command: TryMatrix, facts: Collection[AuditFact]) -> Contexts:
    """What stands beside the claims: the day, the campaign's settings, what is on file, what was determined before."""
    person = await heard.find_person(uow, command.person_id)
    context = Context(on=uow.today, birth=_date(person.birth_date) if person else None)
    if command.campaign_dossier_id is not None:
        context = await _by_campaign(uow, context, command.campaign_dossier_id, command.person_id)
    # A dossier that is in no campaign has no determination of its own yet: all that were approved came before.
    dossier_id = command.campaign_dossier_id or new_id("cdo")
    priors = await adjudications.prior_of(uow, command.person_id, dossier_id)
    return {fact: replace(context, prior=priors.get(fact)) for fact in facts}


async def _by_campaign(uow: UnitOfWork, context: Context, campaign_dossier_id: str, person_id: str) -> Context:
    pointer = "/campaign_dossier_id"
    try:
        dossier = await campaign_dossiers.get(uow, campaign_dossier_id)
        campaign = await campaigns.get(uow, dossier.campaign_id)
    except NotFound:
        raise ValidationFailed(errors=[FieldFault(pointer, "unknown-reference")]) from None
    if dossier.person_id != person_id:
        raise ValidationFailed(errors=[FieldFault(pointer, "unknown-reference")])
    settings = Settings.model_validate(campaign.settings)
    return replace(context, party_date_rule=settings.party_date_rule, graduate_rule=settings.graduate_rule)


def _date(told: Any) -> PartialDate | None:
    return PartialDate.model_validate(told) if told else None
