"""The one place where the gate looks: all that audit knows against a person.

A further register joins by one more function in `SOURCES`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.alteration import Verdict
from services.audit.domain.clearance import ClearanceRules, Found, Kind
from services.audit.domain.determination import Status
from services.audit.domain.progress import Progress
from services.audit.store import tainted_reviews
from services.audit.store.tables import AppraisalRow, CampaignDossier, DecisionRow, HeardDossier
from services.audit.store.tables_adjudication import DeterminationRow
from services.audit.store.tables_alteration import AlterationRow, ConsequenceRow
from services.audit.store.tables_appraisal import QuarantineRow
from services.audit.store.tables_gate import ClearanceHold, DossierAudit, ExaminationRow, HeardGap, InboundPreview

SETTLED = frozenset({Progress.AUTHORITY_APPROVED.value, Progress.FILED.value, Progress.BOUND.value})
"""Where a special audit has its result: the managing authority has approved."""


@dataclass
class Known:
    """What audit knows of one person. `clean_at`: what came to light before this moment has been looked into since.

    `preview_id`: the dossier is lent for reading now; `previewed`: it was lent, and the audit of it counts still.
    """

    dossier: HeardDossier | None = None
    preview_id: str | None = None
    previewed: bool = False
    clean_at: datetime | None = None
    audited: bool = False
    running: bool = False
    found: list[Found] = field(default_factory=list)

    def add(self, found: Found, at: datetime | None = None) -> None:
        """Hold it against the person, unless an audit that found nothing came after it."""
        if at is None or self.clean_at is None or at > self.clean_at:
            self.found.append(found)

    def looked_into(self, at: datetime) -> None:
        """An audit of this moment found nothing wrong."""
        self.clean_at = at if self.clean_at is None else max(at, self.clean_at)

    def against(self, kind: Kind) -> list[Found]:
        """Everything, with what follows from there being no dossier or no audit.

        Who is to enter is audited on a dossier that is lent (先调档审核); nothing else can rest on one.
        """
        if kind is Kind.ENTER and self.previewed and (self.dossier is None or self.dossier.state != "closed"):
            return self.found
        if self.dossier is None:
            if kind is Kind.ENTER and self.preview_id is not None:
                return [*self.found, Found("not_audited", resource=f"inbound-previews/{self.preview_id}")]
            return [*self.found, Found("no_dossier")]
        where = f"dossiers/{self.dossier.dossier_id}"
        if self.dossier.state == "closed":
            return [*self.found, Found("dossier_closed", resource=where)]
        if self.audited:
            return self.found
        return [*self.found, Found("audit_running" if self.running else "not_audited", resource=where)]


async def findings_of(uow: UnitOfWork, person_ids: Collection[str], rules: ClearanceRules) -> Mapping[str, Known]:
    """What is known of each of these persons, now; look as the service, since some of it lies in other units.

    Rows that the transaction has read before are read again: it may have changed them since.
    """
    known: dict[str, Known] = defaultdict(Known)
    for person_id in person_ids:
        known[person_id] = Known()
    for source in SOURCES:
        await source(uow, known, rules)
    return known


async def _dossiers(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Each person has one dossier."""
    found = await uow.session.exec(
        select(HeardDossier)
        .where(col(HeardDossier.person_id).in_(known))
        .execution_options(populate_existing=True)
        .order_by(col(HeardDossier.dossier_id))
    )
    for row in found.all():
        known[row.person_id].dossier = row


async def _previews(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Dossiers that are lent for reading now: one at most of each person."""
    found = await uow.session.exec(
        select(InboundPreview.id, InboundPreview.person_id).where(
            col(InboundPreview.person_id).in_(known), col(InboundPreview.given_back_on).is_(None)
        )
    )
    for preview_id, person_id in found.all():
        known[person_id].preview_id = preview_id


async def _campaigns(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """The last special audit of each person, and whether an earlier one has its result."""
    found = await uow.session.exec(
        select(CampaignDossier)
        .where(col(CampaignDossier.person_id).in_(known))
        .order_by(col(CampaignDossier.id))
        .execution_options(populate_existing=True)
    )
    last: dict[str, Found | None] = {}
    for row in found.all():
        one = known[row.person_id]
        if row.result == "to_investigate":
            last[row.person_id] = Found("to_investigate", resource=f"campaigns/{row.campaign_id}")
            one.audited = True
        elif row.state in SETTLED:
            last[row.person_id] = None
            one.audited = True
            one.looked_into(row.entered_at)
        else:
            one.running = True
    for person_id, finding in last.items():
        if finding:
            known[person_id].add(finding)


async def _determinations(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Facts of which the last determination in force says that they cannot be settled (case B4)."""
    found = await uow.session.exec(
        select(DeterminationRow.id, DeterminationRow.person_id, DeterminationRow.fact, DeterminationRow.status)
        .where(col(DeterminationRow.person_id).in_(known), col(DeterminationRow.approved_at).is_not(None))
        .order_by(col(DeterminationRow.approved_at))
    )
    last = {(person_id, fact): (status, row_id) for row_id, person_id, fact, status in found.all()}
    for (person_id, fact), (status, determination_id) in last.items():
        if status == Status.UNDETERMINED.value:
            known[person_id].add(Found("undetermined", fact, f"determinations/{determination_id}"))


async def _audits(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Audits of the dossier by itself, as long as they count; a problem stays until one finds none."""
    first, last = aliased(ExaminationRow), aliased(ExaminationRow)
    found = await uow.session.exec(
        select(DossierAudit, first.signed_at, last.facts)
        .join(first, (col(first.task_id) == col(DossierAudit.task_id)) & (col(first.stage) == 1))
        .join(last, (col(last.task_id) == col(DossierAudit.task_id)) & (col(last.stage) == 2))
        .where(col(DossierAudit.person_id).in_(known), col(DossierAudit.state).in_(("approved", "rejected")))
        .order_by(col(DossierAudit.ended_at))
        .execution_options(populate_existing=True)
    )
    problems: dict[str, Sequence[Found]] = {}
    oldest = uow.now - timedelta(days=rules.audit_days)
    for task, begun_at, facts in found.all():
        one = known[task.person_id]
        if task.state == "approved":
            problems[task.person_id] = ()
            # What came in while the two were at work was not before both of them.
            one.looked_into(begun_at)
        else:
            problems[task.person_id] = [
                Found("audit_problem", fact["fact"], f"tasks/{task.task_id}")
                for fact in facts
                if fact["consistent"] != "yes"
            ]
        counts = task.ended_at is not None and task.ended_at >= oldest
        if task.preview_id is not None:
            one.previewed = one.previewed or counts
        else:
            one.audited = one.audited or counts
    for person_id, found_there in problems.items():
        for finding in found_there:
            known[person_id].add(finding)


async def _alterations(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Materials that were rejected or returned as altered: nobody has cleared that up by sending them back."""
    found = await uow.session.exec(
        select(AppraisalRow, DecisionRow.reasons)
        .join(DecisionRow, col(DecisionRow.appraisal_id) == col(AppraisalRow.id), isouter=True)
        .where(col(AppraisalRow.person_id).in_(known), col(AppraisalRow.state) == "rejected")
        .execution_options(populate_existing=True)
    )
    for appraisal, reasons in found.all():
        for code in rules.alteration_codes.intersection([*(reasons or ()), *(appraisal.return_reasons or ())]):
            altered = Found("altered_material", code, f"appraisals/{appraisal.id}")
            known[appraisal.person_id].add(altered, appraisal.ended_at)


async def _findings_on_papers(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Alterations in the register: until the organisation confirms what each is; then what it says and what followed.

    A confirmed slip speaks against nobody. What the organisation left open, and a falsification from which something
    followed, is looked into by an audit that began later. A disqualification ends by a later correction.
    """
    after, kind = col(ConsequenceRow.recorded_at), col(ConsequenceRow.kind)
    found = await uow.session.exec(
        select(
            AlterationRow,
            func.max(after),
            func.max(after).filter(kind == "disqualified"),
            func.max(after).filter(kind == "correction"),
        )
        .join(ConsequenceRow, col(ConsequenceRow.finding_id) == col(AlterationRow.id), isouter=True)
        .where(col(AlterationRow.person_id).in_(known))
        .group_by(col(AlterationRow.id))
        .execution_options(populate_existing=True)
    )
    for row, followed_at, disqualified_at, corrected_at in found.all():
        where, one = f"alterations/{row.id}", known[row.person_id]
        if row.state == "recorded":
            one.add(Found("altered_material", row.fact, where))
        elif row.verdict == Verdict.UNDETERMINED:
            one.add(Found("altered_material", row.fact, where), row.confirmed_at)
        elif row.verdict == Verdict.FALSIFIED and followed_at is None:
            one.add(Found("falsified", row.fact, where))
        elif disqualified_at and (corrected_at is None or corrected_at < disqualified_at):
            one.add(Found("disqualified", row.fact, where))
        elif row.verdict == Verdict.FALSIFIED:
            one.add(Found("falsification_settled", row.fact, where), followed_at)


async def _quarantines(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Materials that lie apart under suspicion (另行放置), until they are let go."""
    found = await uow.session.exec(
        select(QuarantineRow.id, QuarantineRow.person_id, QuarantineRow.reason)
        .where(col(QuarantineRow.person_id).in_(known), col(QuarantineRow.released).is_(None))
        .where(col(QuarantineRow.reason).in_(rules.suspect_reasons))
    )
    for quarantine_id, person_id, reason in found.all():
        known[person_id].add(Found("quarantined", reason, f"quarantines/{quarantine_id}"))


async def _gaps(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """Key originals that the dossier lacks."""
    found = await uow.session.exec(
        select(HeardGap.gap_id, HeardGap.person_id, HeardGap.rule)
        .where(col(HeardGap.person_id).in_(known), col(HeardGap.open))
        .where(col(HeardGap.rule).in_(rules.key_originals))
    )
    for gap_id, person_id, rule in found.all():
        known[person_id].add(Found("key_original_missing", rule, f"gaps/{gap_id}"))


async def _holds(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """What somebody reported, until an audit that began later finds nothing."""
    found = await uow.session.exec(
        select(ClearanceHold.clearance_id, ClearanceHold.person_id, ClearanceHold.held_at).where(
            col(ClearanceHold.person_id).in_(known)
        )
    )
    for clearance_id, person_id, held_at in found.all():
        known[person_id].add(Found("held", resource=f"clearances/{clearance_id}"), held_at)


async def _tainted_reviews(uow: UnitOfWork, known: dict[str, Known], rules: ClearanceRules) -> None:
    """A relative had a part in what is in force, and the superior has not spoken yet."""
    for person_id, campaign_id in await tainted_reviews.unconfirmed_of(uow, known):
        known[person_id].add(Found("tainted_review", resource=f"campaigns/{campaign_id}/tainted-reviews"))


Source = Callable[[UnitOfWork, dict[str, Known], ClearanceRules], Awaitable[None]]
SOURCES: Sequence[Source] = (
    _dossiers,
    _previews,
    _campaigns,
    _determinations,
    _audits,
    _alterations,
    _findings_on_papers,
    _quarantines,
    _gaps,
    _holds,
    _tainted_reviews,
)
"""Audits come before what they may have looked into."""
