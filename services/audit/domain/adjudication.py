"""What follows both first reviews (复审, 集体研究认定, 反馈, 审批): who may do what, and what a decision must be.

Sources: seeds 000 and 002 (先初审后复审, 集体研究, 由所在单位党组织反馈, 按干部管理权限审批); a determination is in
force only when the office that manages the person on that day has approved it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.events.catalog import AuthorityPeriod
from contracts.problems import FieldFault, SamePersonTwice, StateConflict, ValidationFailed, WrongAuthority
from services.audit.domain.determination import Cause, Status
from services.audit.domain.facts import (
    AuditFact,
    Career,
    ClaimValue,
    DateClaim,
    EducationRecord,
    IdentityClaim,
    Lines,
    PartyClaim,
    TextClaim,
)
from services.audit.domain.progress import Progress

Stage = Literal["rules", "second_review", "meeting", "superior"]
"""Who said last what stands: the rules, the second reviewer, the meeting, the superior office."""

Outcome = Literal["signed", "refused", "disputed"]
"""The person signed; refused to, which witnesses note; or disputes in writing."""

DossierResult = Literal["no_problem", "to_investigate", "verified"]
"""无问题, 需要调查核实, 已核实. The three sum to the number of dossiers (seed 000: 1513 = 780 + 300 + 433)."""

Inquiry = Literal["verified", "not_verifiable"]
"""What came of an inquiry."""

DETERMINED_AS: Mapping[AuditFact, type[ClaimValue]] = {
    AuditFact.BIRTH_DATE: DateClaim,
    AuditFact.WORK_START_DATE: DateClaim,
    AuditFact.PARTY_JOIN_DATE: PartyClaim,
    AuditFact.EDUCATION: EducationRecord,
    AuditFact.WORK_EXPERIENCE: Career,
    AuditFact.CADRE_IDENTITY: IdentityClaim,
    AuditFact.NAME: TextClaim,
    AuditFact.ETHNICITY: TextClaim,
    AuditFact.NATIVE_PLACE: TextClaim,
    AuditFact.FAMILY: Lines,
    AuditFact.PROFESSIONAL_TITLE: Lines,
    AuditFact.REWARDS: Lines,
}
"""The one kind of value that a determination of each fact gives."""

FORM_TITLE = "干部人事档案专项审核认定表"
CONFIRMATION_TITLE = "干部基本信息审核确认表"

ADJUDICATED = (Progress.SECOND_REVIEW, Progress.INVESTIGATION_COLLECTION)
"""States in which the second reviewer still settles facts."""


@dataclass(frozen=True)
class AdjudicationRules:
    """What an office may change; `digest` is that of the file's very text.

    `least_present`: persons at a meeting who vote. `witnesses`: who note a refusal to sign. `investigators` of one
    inquiry. `feedback_rounds`: how often materials are asked for. `spot_check_percent`: of what passed, drawn for a
    spot check.
    """

    least_present: int
    witnesses: int
    investigators: int
    feedback_rounds: int
    spot_check_percent: int
    digest: str


@dataclass(frozen=True)
class Settled:
    """What somebody decides of a fact. `reason` is needed where it is otherwise than before."""

    status: Status
    value: ClaimValue | None
    cause: Cause | None = None
    reason: str | None = None

    def says(self, other: Settled) -> bool:
        """Whether both decide the same."""
        return (self.status, self.value, self.cause) == (other.status, other.value, other.cause)


@dataclass(frozen=True)
class Vote:
    """How those present voted; `recused` left the room."""

    present: frozenset[str]
    recused: tuple[str, ...]
    in_favour: int
    against: int
    abstained: int


def settled_faults(fact: AuditFact, decided: Settled, before: Settled, pointer: str = "") -> list[FieldFault]:
    """What is wrong with a decision: `determined` is the approving office's word, a value where there is none, or of
    another kind, and another decision than the one before without a reason."""
    faults: list[FieldFault] = []
    if decided.status is Status.DETERMINED:
        allowed = ", ".join(status.value for status in Status if status is not Status.DETERMINED)
        faults.append(FieldFault(f"{pointer}/status", "not-allowed-value", {"allowed": allowed}))
    if decided.status is Status.UNDETERMINED and decided.value is not None:
        faults.append(FieldFault(f"{pointer}/value", "contradiction", {"other": "status"}))
    elif decided.status is not Status.UNDETERMINED and decided.value is None:
        faults.append(FieldFault(f"{pointer}/value", "required"))
    elif decided.value is not None and not isinstance(decided.value, DETERMINED_AS[fact]):
        faults.append(FieldFault(f"{pointer}/value", "contradiction", {"other": "fact"}))
    if decided.reason is None and not decided.says(before):
        faults.append(FieldFault(f"{pointer}/reason", "required"))
    return faults


def vote_faults(vote: Vote, related: Collection[str], rules: AdjudicationRules) -> list[FieldFault]:
    """What is wrong with a vote: too few at the table, votes that are not as many as the voters, no majority, or a
    relative of the subject who did not leave the room (回避)."""
    faults: list[FieldFault] = []
    voting = vote.present.difference(vote.recused)
    voters = len(voting)
    for position, account_id in enumerate(vote.recused):
        if account_id not in vote.present:
            faults.append(FieldFault(f"/recused_ids/{position}", "unknown-reference"))
    if voting.intersection(related):
        faults.append(FieldFault("/recused_ids", "required"))
    if voters < rules.least_present:
        faults.append(FieldFault("/recused_ids", "too-many", {"max": max(len(vote.present) - rules.least_present, 0)}))
    if vote.in_favour + vote.against + vote.abstained != voters:
        faults.append(FieldFault("/abstained", "sum-differs", {"sum": voters}))
    elif 2 * vote.in_favour <= voters:
        faults.append(FieldFault("/in_favour", "out-of-range", {"min": voters // 2 + 1, "max": voters}))
    return faults


def admit_second_reviewer(account_id: str, pair: Collection[str]) -> None:
    """Never one of the two first reviewers (先初审后复审，不能为同一人)."""
    if account_id in pair:
        raise SamePersonTwice()


def office_on(periods: Iterable[AuthorityPeriod], day: dt.date) -> AuthorityPeriod:
    """The office that manages the person on a day. StateConflict where none is known: nobody approves by guess."""
    for period in periods:
        if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
            return period
    raise StateConflict(state="authority unknown")


def admit_approver(office: AuthorityPeriod, roots: frozenset[str] | str, account_id: str, by: Collection[str]) -> None:
    """Only the managing office itself approves, and nobody what they proposed (按干部管理权限审批).

    `roots` are the units in which the caller holds the right; the whole deployment (`*`) is every office. `by` are
    those who reviewed, proposed, recorded or checked it by sample: five different people (audit rules, section 5).
    """
    unit_id = office.office_unit_id
    if unit_id is None or (roots != "*" and unit_id not in roots):
        raise WrongAuthority(authority=office.office)
    if account_id in by:
        raise SamePersonTwice()


def in_force(status: Status) -> Status:
    """What an approval makes of it: what was proposed is determined; a consistent fact stays one."""
    return Status.DETERMINED if status is Status.PROPOSED else status


def investigator_faults(
    investigator_ids: Sequence[str], known: Collection[str], related: Collection[str], least: int
) -> list[FieldFault]:
    """What is wrong with those who carry out an inquiry: too few, unknown, or related to the subject (回避)."""
    faults: list[FieldFault] = []
    for position, account_id in enumerate(investigator_ids):
        where = f"/investigator_ids/{position}"
        if account_id in investigator_ids[:position]:
            faults.append(FieldFault(where, "duplicate"))
        elif account_id not in known:
            faults.append(FieldFault(where, "unknown-reference"))
        elif account_id in related:
            faults.append(FieldFault(where, "related"))
    if len(set(investigator_ids)) < least:
        faults.append(FieldFault("/investigator_ids", "too-few", {"min": least}))
    return faults


def result_of(statuses: Collection[Status], inquiries: Collection[Inquiry] = ()) -> DossierResult:
    """How a dossier comes out of its second review; what no inquiry could verify is still to be investigated."""
    if Status.UNDETERMINED in statuses or "not_verifiable" in inquiries:
        return "to_investigate"
    return "no_problem" if set(statuses) <= {Status.CONSISTENT} else "verified"


def form_title(statuses: Collection[Status]) -> str:
    """The form that the person signs: 认定表 where something was determined, else 确认表 (every fact consistent)."""
    return CONFIRMATION_TITLE if set(statuses) <= {Status.CONSISTENT} else FORM_TITLE


def feedback_faults(outcome: Outcome, witnesses: Sequence[str], statement: str | None, least: int) -> list[FieldFault]:
    """A refusal is noted by witnesses who are two persons, a dispute is in writing; neither stands elsewhere."""
    faults: list[FieldFault] = []
    if outcome == "refused" and len(set(witnesses)) < least:
        faults.append(FieldFault("/witnesses", "too-few", {"min": least}))
    elif outcome != "refused" and witnesses:
        faults.append(FieldFault("/witnesses", "contradiction", {"other": "outcome"}))
    if outcome == "disputed" and statement is None:
        faults.append(FieldFault("/statement", "required"))
    elif outcome != "disputed" and statement is not None:
        faults.append(FieldFault("/statement", "contradiction", {"other": "outcome"}))
    return faults


def refuse(faults: Sequence[FieldFault]) -> None:
    """Raise what these faults amount to; nothing for none."""
    if faults:
        raise ValidationFailed(errors=list(faults))
