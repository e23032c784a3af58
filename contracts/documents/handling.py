"""Forms of an audit that offices fill in and sign: 档案问题处理意见 and 任前审核登记表.

Members are texts as they are printed; what nobody knows is empty and is written by hand.
"""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.documents.base import DocumentPart, PrintedDate
from contracts.documents.prints import PrintDocument

Words = str
"""What stands in a cell; empty when it stays blank."""


class HandledProblem(DocumentPart):
    """A problem of the dossier: what, why (产生原因), what is to be done, by whom, until when, and what came of it."""

    kind: Words = Field(description="问题类别")
    problem: Words
    cause: Words = ""
    measure: Words
    responsible: Words = ""
    due_on: PrintedDate | None = None
    outcome: Words = ""


class HandlingOpinionDocument(PrintDocument):
    """档案问题处理意见: how each problem that was found is to be handled; three persons sign it by hand."""

    title_zh: ClassVar[str] = "干部人事档案问题处理意见"

    template: str = Field(default="print/handling-opinion", pattern=r"^print/handling-opinion$")
    person_no: Words = ""
    rank: Words = ""
    campaign: Words = ""
    rows: list[HandledProblem] = []


class FactLine(DocumentPart):
    """What was found of one fact (记载是否一致, 存在问题)."""

    fact: Words
    consistent: Words
    problem: Words = ""


class ReviewerOpinion(DocumentPart):
    """What one of the reviewers found; the signature is by hand, and `signed_on` the day of the electronic one."""

    role: Words = Field(description="初审 or 复审")
    opinion: Words = ""
    reviewer: Words = ""
    signed_on: PrintedDate | None = None


class Stage(DocumentPart):
    """A stage of an appointment; the one of this audit is ticked."""

    name: Words
    ticked: bool


class PreAppointmentDocument(PrintDocument):
    """任前审核登记表: person, proposed post, stage; each fact; what is missing; what the reviewers and the gate say."""

    title_zh: ClassVar[str] = "干部人事档案任前审核登记表"

    template: str = Field(default="print/pre-appointment-form", pattern=r"^print/pre-appointment-form$")
    person_no: Words = ""
    birth: Words = ""
    rank: Words = ""
    occasion: Words = Field(default="", description="凡提必审, 凡进必审 or 凡转必审")
    proposed_post: Words = ""
    asked_on: PrintedDate
    stages: list[Stage] = Field(min_length=1)
    facts: list[FactLine] = Field(min_length=1)
    missing: list[Words] = []
    reviewers: list[ReviewerOpinion] = Field(min_length=1)
    conclusion: Words
    reasons: list[Words] = []
    expires_on: PrintedDate | None = None
    facts_from: Literal["examination", "campaign", "none"] = Field(description="Where the facts come from")


class AlterationLine(DocumentPart):
    """An alteration as the register names it (涂改情况)."""

    no: int = Field(ge=1, description="序号")
    fact: Words = Field(description="涂改类型")
    material: Words
    formed_on: PrintedDate | None = None
    page: Words = ""
    reads_now: Words
    read_before: Words = ""
    means: Words
    remark: Words = ""


class AlterationRecordDocument(PrintDocument):
    """涂改情况登记表: one alteration, to be confirmed by the organisation and filed into the original volume."""

    title_zh: ClassVar[str] = "干部人事档案涂改情况登记表"

    template: str = Field(default="print/alteration-record", pattern=r"^print/alteration-record$")
    person_no: Words = ""
    rank: Words = ""
    rows: list[AlterationLine] = Field(min_length=1)
    verdict: Literal["slip", "falsified", "undetermined"]
    falsified_object: Words = ""
    recorded_by: Words = ""
    recorded_on: PrintedDate
    decided_by: Words = ""
    decided_on: PrintedDate | None = None
    document_no: Words = ""
