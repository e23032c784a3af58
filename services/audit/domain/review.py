"""The sheet that one of the two first reviewers (初审) fills alone: what it says of each fact, and when it is finished.

Columns as in the registers of special audits in use (专项审核情况登记表): whether the records agree, the earliest
material, whether it is altered, whether its truth is in doubt, whether the organisation has determined the fact
before, what is recognised, and each issue with its cause and the measure proposed (seeds 000 and 002).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.problems import FieldFault
from contracts.values.ids import MaterialId, PageId
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from contracts.values.text import line_schema, one_line
from services.audit.domain.agreement import ONE_AT_A_TIME
from services.audit.domain.claim import Altered
from services.audit.domain.determination import Cause
from services.audit.domain.facts import VALUE_OF, AnyClaimValue, AuditFact, ClaimValue, DateClaim, PartyClaim

REQUIRED = (
    AuditFact.BIRTH_DATE,
    AuditFact.WORK_START_DATE,
    AuditFact.PARTY_JOIN_DATE,
    AuditFact.EDUCATION,
    AuditFact.WORK_EXPERIENCE,
    AuditFact.CADRE_IDENTITY,
)
"""三龄二历一身份: no review is finished without a word on each."""

MAX_VALUES = 60
MAX_ISSUES = 20
MAX_CLAIMS = 300

Note = Annotated[str, one_line(500), line_schema(500)]

IssueKind = Literal[
    "alteration",
    "false_statement",
    "forgery",
    "removal",
    "misfiled",
    "missing",
    "doubtful",
    "inconsistent",
    "inaccurate",
    "determination_irregular",
]
"""涂改, 虚填, 伪造材料, 撤换, 错装, 缺失, 真实性存疑 (kinds of issues of the special audit); and of its six problems
those that are none of these: 信息不一致, 信息不准, 认定说明不符合规定."""


class Verdict(StrEnum):
    """Whether what the materials record of a fact agrees."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    CANNOT_TELL = "cannot_tell"
    NOT_APPLICABLE = "not_applicable"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Issue(_Part):
    """One thing that is wrong, with its cause and what the reviewer proposes."""

    kind: IssueKind
    cause: Cause | None = None
    material_id: MaterialId | None = Field(default=None, description="The material at fault")
    measure: Note | None = Field(default=None, description="拟处理意见")


class FactEntry(_Part):
    """What the reviewer found on one fact. Several values only for stages, posts, titles, relatives, rewards."""

    fact: AuditFact
    verdict: Verdict
    values: tuple[AnyClaimValue, ...] = Field(default=(), max_length=MAX_VALUES, description="What is recognised")
    earliest_material_id: MaterialId | None = Field(default=None, description="最早材料")
    altered: bool = Field(default=False, description="是否有涂改")
    doubtful: bool = Field(default=False, description="真实性存疑")
    determined_before: bool = Field(default=False, description="组织是否进行过认定")
    issues: tuple[Issue, ...] = Field(default=(), max_length=MAX_ISSUES)
    note: Note | None = None


class Place(_Part):
    """Where on the page, in per cent of its width and height."""

    x: float = Field(ge=0, le=100)
    y: float = Field(ge=0, le=100)
    width: float = Field(gt=0, le=100)
    height: float = Field(gt=0, le=100)


class SheetClaim(_Part):
    """What one material says about a fact; it becomes a claim of the person once the pair is opened."""

    fact: AuditFact
    value: AnyClaimValue
    material_id: MaterialId
    page_id: PageId | None = None
    box: Place | None = None
    signed: bool | None = None
    altered: Altered = "none"


class Sheet(_Part):
    """A review sheet as its reviewer writes it."""

    facts: tuple[FactEntry, ...] = Field(default=(), max_length=len(AuditFact))
    claims: tuple[SheetClaim, ...] = Field(default=(), max_length=MAX_CLAIMS)
    note: Note | None = None

    def entry(self, fact: AuditFact) -> FactEntry | None:
        """What it says of a fact, if anything."""
        return next((one for one in self.facts if one.fact is fact), None)

    def materials(self) -> Iterator[tuple[str, str]]:
        """(pointer, material id) of everything that refers to a material."""
        for at, entry in enumerate(self.facts):
            if entry.earliest_material_id:
                yield f"/facts/{at}/earliest_material_id", entry.earliest_material_id
            for nth, issue in enumerate(entry.issues):
                if issue.material_id:
                    yield f"/facts/{at}/issues/{nth}/material_id", issue.material_id
        for at, claim in enumerate(self.claims):
            yield f"/claims/{at}/material_id", claim.material_id


class Declaration(_Part):
    """How the reviewer stood to the subject when handing in, as far as was known, and what they declared."""

    relation: str
    not_related: bool | None


class SubmittedSheet(Sheet):
    """A sheet as it was handed in; nothing of it changes any more."""

    declaration: Declaration


def committed(review_id: str, campaign_dossier_id: str, account_id: str, sheet: dict[str, Any]) -> dict[str, Any]:
    """What the journal's salted commitment to a submission is made of: whose sheet of which dossier, and the sheet."""
    return {
        "review_id": review_id,
        "campaign_dossier_id": campaign_dossier_id,
        "account_id": account_id,
        "sheet": sheet,
    }


def faults_of(sheet: Sheet) -> list[FieldFault]:
    """What cannot be so, also in a draft: a fact twice, a value of another kind, too many, or none expected."""
    faults: list[FieldFault] = []
    times = Counter(entry.fact for entry in sheet.facts)
    for at, entry in enumerate(sheet.facts):
        where = f"/facts/{at}"
        if times[entry.fact] > 1:
            faults.append(FieldFault(f"{where}/fact", "duplicate"))
        if len(entry.values) > 1 and entry.fact in ONE_AT_A_TIME:
            faults.append(FieldFault(f"{where}/values", "too-many", {"max": 1}))
        if entry.values and entry.verdict is Verdict.NOT_APPLICABLE:
            faults.append(FieldFault(f"{where}/values", "contradiction", {"other": "verdict"}))
        faults += [
            FieldFault(f"{where}/values/{nth}", "contradiction", {"other": "fact"})
            for nth, value in enumerate(entry.values)
            if not isinstance(value, VALUE_OF[entry.fact])
        ]
    for at, claim in enumerate(sheet.claims):
        if not isinstance(claim.value, VALUE_OF[claim.fact]):
            faults.append(FieldFault(f"/claims/{at}/value", "contradiction", {"other": "fact"}))
        if claim.box and not claim.page_id:
            faults.append(FieldFault(f"/claims/{at}/page_id", "required"))
        if claim.box and (claim.box.x + claim.box.width > 100 or claim.box.y + claim.box.height > 100):
            faults.append(FieldFault(f"/claims/{at}/box", "out-of-range", {"min": 0, "max": 100}))
    return faults


def unfinished(sheet: Sheet) -> list[FieldFault]:
    """What is missing or cannot stand before the sheet is handed in; empty when it is finished."""
    missing = [fact.value for fact in REQUIRED if sheet.entry(fact) is None]
    faults = [FieldFault("/sheet/facts", "facts-missing", {"facts": missing})] if missing else []
    for at, entry in enumerate(sheet.facts):
        where = f"/sheet/facts/{at}"
        if entry.verdict is Verdict.CONSISTENT and not entry.values:
            faults.append(FieldFault(f"{where}/values", "too-few", {"min": 1}))
        if entry.verdict is Verdict.INCONSISTENT and not entry.issues:
            faults.append(FieldFault(f"{where}/issues", "too-few", {"min": 1}))
    return faults + _before_birth(sheet)


def _before_birth(sheet: Sheet) -> list[FieldFault]:
    """What is recognised must be possible: nobody joins or works before being born."""
    birth = sheet.entry(AuditFact.BIRTH_DATE)
    born = next((date for value in birth.values for date in _dates(value)), None) if birth else None
    if born is None:
        return []
    later = (AuditFact.WORK_START_DATE, AuditFact.PARTY_JOIN_DATE)
    return [
        FieldFault(f"/sheet/facts/{at}/values/{nth}", "date-before", {"other": AuditFact.BIRTH_DATE.value})
        for at, entry in enumerate(sheet.facts)
        if entry.fact in later
        for nth, value in enumerate(entry.values)
        if any(date.before(born) is Ternary.YES for date in _dates(value))
    ]


def _dates(value: ClaimValue) -> list[PartialDate]:
    match value:
        case DateClaim():
            return [value.date]
        case PartyClaim():
            steps = (value.join_date, value.branch_meeting, value.committee_approval, value.full_member)
            return [step for step in steps if step is not None]
        case _:
            return []
