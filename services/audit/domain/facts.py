"""The facts that a special audit settles: 三龄二历一身份, and what is reviewed beside them.

三龄: birth date, party join date, work start date. 二历: education, work experience. 一身份: cadre identity.
Source: seeds 000 and 002; the others are compared with the dossier as well (奖惩, 家庭成员, 专业技术职务).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.values.partial_date import PartialDate
from contracts.values.text import line_schema, one_line


class AuditFact(StrEnum):
    """What a claim is about."""

    BIRTH_DATE = "birth_date"
    WORK_START_DATE = "work_start_date"
    PARTY_JOIN_DATE = "party_join_date"
    EDUCATION = "education"
    WORK_EXPERIENCE = "work_experience"
    CADRE_IDENTITY = "cadre_identity"
    NAME = "name"
    ETHNICITY = "ethnicity"
    NATIVE_PLACE = "native_place"
    FAMILY = "family"
    PROFESSIONAL_TITLE = "professional_title"
    REWARDS = "rewards"


THREE_AGES = (AuditFact.BIRTH_DATE, AuditFact.WORK_START_DATE, AuditFact.PARTY_JOIN_DATE)
"""三龄, in the order of the forms."""

FACT_ZH = {
    AuditFact.BIRTH_DATE: "出生日期",
    AuditFact.WORK_START_DATE: "参加工作时间",
    AuditFact.PARTY_JOIN_DATE: "入党时间",
    AuditFact.EDUCATION: "学历学位",
    AuditFact.WORK_EXPERIENCE: "工作经历",
    AuditFact.CADRE_IDENTITY: "干部身份",
    AuditFact.NAME: "姓名",
    AuditFact.ETHNICITY: "民族",
    AuditFact.NATIVE_PLACE: "籍贯",
    AuditFact.FAMILY: "家庭主要成员及重要社会关系",
    AuditFact.PROFESSIONAL_TITLE: "专业技术职务",
    AuditFact.REWARDS: "奖惩情况",
}

Line = Annotated[str, one_line(200), line_schema(200)]


class ClaimValue(BaseModel):
    """Base of what a paper says; `type` tells which."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DateClaim(ClaimValue):
    """A day, month or year: birth, work start."""

    type: Literal["date"] = "date"
    date: PartialDate


class PartyClaim(ClaimValue):
    """The steps into the party that the paper names; `join_date` is what a form states without saying of which step.

    Democratic parties: `party` names them, and no date is written (SEU form).
    """

    type: Literal["party"] = "party"
    party: Line = "中国共产党"
    join_date: PartialDate | None = None
    branch_meeting: PartialDate | None = Field(default=None, description="支部大会通过")
    committee_approval: PartialDate | None = Field(default=None, description="上级党委批准")
    full_member: PartialDate | None = Field(default=None, description="转正")


class EducationClaim(ClaimValue):
    """A stage of education. `full_time` None: the paper does not say."""

    type: Literal["education"] = "education"
    level: Line | None = Field(default=None, examples=["大学本科"])
    degree: Line | None = None
    school: Line
    begins: PartialDate | None = None
    ends: PartialDate | None = None
    full_time: bool | None = None
    foreign: bool | None = Field(default=None, description="境外学历学位")


class PostClaim(ClaimValue):
    """A segment of the résumé; `ends` None: it runs on."""

    type: Literal["post"] = "post"
    unit: Line
    post: Line | None = None
    begins: PartialDate
    ends: PartialDate | None = None


RouteId = Literal["graduate", "demobilised_officer", "returned_student", "recruited", "open_examination", "contract"]


class IdentityClaim(ClaimValue):
    """By which route the person became a cadre (audit rules 4.6)."""

    type: Literal["identity"] = "identity"
    route: RouteId
    date: PartialDate | None = None
    until: PartialDate | None = Field(default=None, description="聘期届满")


class TextClaim(ClaimValue):
    """A word or line: name, ethnicity, native place, professional title, reward, relative."""

    type: Literal["text"] = "text"
    text: Line


AnyClaimValue = Annotated[
    DateClaim | PartyClaim | EducationClaim | PostClaim | IdentityClaim | TextClaim, Field(discriminator="type")
]

VALUE_OF: dict[AuditFact, type[ClaimValue]] = {
    AuditFact.BIRTH_DATE: DateClaim,
    AuditFact.WORK_START_DATE: DateClaim,
    AuditFact.PARTY_JOIN_DATE: PartyClaim,
    AuditFact.EDUCATION: EducationClaim,
    AuditFact.WORK_EXPERIENCE: PostClaim,
    AuditFact.CADRE_IDENTITY: IdentityClaim,
    AuditFact.NAME: TextClaim,
    AuditFact.ETHNICITY: TextClaim,
    AuditFact.NATIVE_PLACE: TextClaim,
    AuditFact.FAMILY: TextClaim,
    AuditFact.PROFESSIONAL_TITLE: TextClaim,
    AuditFact.REWARDS: TextClaim,
}
"""The one kind of value that each fact takes."""


# What a determination says where one claim is not enough.


class EducationRecord(ClaimValue):
    """The highest recognised education and degree, full-time (全日制) and in service (在职), as forms ask for them."""

    type: Literal["education_record"] = "education_record"
    full_time: EducationClaim | None = None
    in_service: EducationClaim | None = None


class Career(ClaimValue):
    """The résumé, segment after segment."""

    type: Literal["career"] = "career"
    segments: tuple[PostClaim, ...]


class Lines(ClaimValue):
    """Several words or lines: titles, rewards, relatives."""

    type: Literal["lines"] = "lines"
    lines: tuple[Line, ...]


AnyDeterminedValue = Annotated[
    DateClaim | PartyClaim | EducationRecord | Career | IdentityClaim | TextClaim | Lines, Field(discriminator="type")
]
"""What a determination gives for a fact."""
