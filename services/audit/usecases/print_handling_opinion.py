"""Print how the problems of a dossier are to be handled (档案问题处理意见); each print is a view, recorded first."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.deps import Deps
from chassis.print_files import FormMedium, draw_file
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents.handling import HandlingOpinionDocument
from contracts.problems import StateConflict
from contracts.values.partial_date import PartialDate
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import Status
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.facts import AuditFact
from services.audit.domain.handling import (
    Altered,
    Inquired,
    PrintRules,
    Problem,
    alteration_problem,
    investigation_problem,
    missing_problem,
    settled_problem,
)
from services.audit.domain.progress import Progress
from services.audit.papers import audit_words
from services.audit.papers.handling_opinion import handling_opinion, handling_opinion_docx
from services.audit.store import (
    adjudications,
    alterations,
    campaign_dossiers,
    campaigns,
    determination_outcomes,
    gaps,
    print_facts,
)
from services.audit.store.tables import CampaignDossier
from services.audit.usecases.recuse import refuse_related
from services.audit.usecases.whose import names_of, owner_of

MOST_OF_A_KIND = 200


async def print_handling_opinion(campaign_dossier_id: str, medium: FormMedium, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker between two transactions.

    NotFound outside the caller's units; Recusal; StateConflict while the first reviews are under way; GlyphMissing.
    """
    async with uow:
        dossier = await campaign_dossiers.get(uow, campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        if Progress(dossier.state) in audit_words.UNSETTLED:
            raise StateConflict(state=dossier.state)
        document = await _document(dossier, uow, deps.rules.prints)
    content = await draw_file(document, medium, handling_opinion_docx, deps)
    async with uow:
        told = {"engine": ENGINE, "form": "handling-opinion", "medium": medium}
        uow.record("form.printed", dossier.id, dossier.version, told)
    return content


async def _document(dossier: CampaignDossier, uow: UnitOfWork, rules: PrintRules) -> HandlingOpinionDocument:
    owner, _ = await owner_of(uow, dossier.person_id, dossier.dossier_id)
    async with uow.as_service():  # the campaign may be that of a unit further up
        campaign = await campaigns.get(uow, dossier.campaign_id)
    problems = [
        *await _settled(dossier, uow, rules),
        *await _altered(dossier, uow, rules),
        *(missing_problem(gap.rule, gap.years, rules) for gap in await gaps.list_open(uow, dossier.person_id)),
        *await _inquired(dossier, uow, rules),
    ]
    return handling_opinion(owner, campaign.name, problems, uow.today)


async def _settled(dossier: CampaignDossier, uow: UnitOfWork, rules: PrintRules) -> Sequence[Problem]:
    rows = await adjudications.determinations_of(uow, dossier.id)
    order = list(AuditFact)
    found = [
        settled_problem(
            AuditFact(row.fact),
            Status(row.status),
            adjudications.value_of(row),
            row.cause,
            ResultKept.model_validate(row.result),
            rules,
        )
        for row in sorted(rows, key=lambda row: order.index(AuditFact(row.fact)))
    ]
    return [problem for problem in found if problem]


async def _altered(dossier: CampaignDossier, uow: UnitOfWork, rules: PrintRules) -> Sequence[Problem]:
    rows = await alterations.page_of(
        uow, after=None, limit=MOST_OF_A_KIND, person_id=dossier.person_id, hidden_persons=()
    )
    followed = await print_facts.consequences_of_each(uow, [row.id for row in rows])
    return [
        alteration_problem(
            Altered(
                fact=AuditFact(row.fact),
                material=row.material_title,
                formed_on=PartialDate.model_validate(row.material_formed_on) if row.material_formed_on else None,
                means=row.means,
                reads_now=row.reads_now,
                read_before=row.read_before,
                verdict=Verdict(row.verdict),
                confirmed_by=row.decided_by,
                consequences=followed.get(row.id, ()),
            ),
            rules,
        )
        for row in rows
    ]


async def _inquired(dossier: CampaignDossier, uow: UnitOfWork, rules: PrintRules) -> Sequence[Problem]:
    rows = await determination_outcomes.page_of_investigations(uow, dossier.id, after=None, limit=MOST_OF_A_KIND)
    names = await names_of(uow, {account_id for row in rows for account_id in row.investigator_ids})
    return [
        investigation_problem(
            Inquired(
                question=row.question,
                unit_visited=row.unit_visited,
                investigators=[names[one] for one in row.investigator_ids if one in names],
                due_on=row.due_on,
                result=row.result,  # pyright: ignore[reportArgumentType]  # the table's check admits only these
                evidence=row.evidence,
            ),
            rules,
        )
        for row in rows
    ]
