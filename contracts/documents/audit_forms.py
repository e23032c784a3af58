"""Forms of a special audit: 专项审核认定表, 专项审核情况登记表, 干部基本信息审核确认表 (audit rules, 6).

Members are texts as they are printed. What this system may not tell, or nobody knows, is empty and stays a ruled box
that is filled in by hand.
"""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.documents.base import DocumentPart, PrintedDate
from contracts.documents.forms import Cell
from contracts.documents.prints import PrintDocument

YesNo = Literal["", "是", "否"]
"""An answer on paper; empty where nobody can give it."""


class Signer(DocumentPart):
    """Who signs, and on which day it was done; the signature itself is by hand, and so is a name nobody knows."""

    name: Cell = ""
    on: PrintedDate | None = None


class FactDetermined(DocumentPart):
    """One fact on the determination form: what was found, what was proposed, what the meeting decided."""

    fact: Cell
    found: Cell
    proposed: Cell
    decided: Cell


class DeterminationFormDocument(PrintDocument):
    """干部人事档案专项审核认定表. `facts` are those that were not consistent; `consistent` names the others.

    `party_date_rule` is the campaign's rule for the party date in words; `answer` what the person said, once recorded.
    """

    title_zh: ClassVar[str] = "干部人事档案专项审核认定表"

    template: str = Field(default="print/determination-form", pattern=r"^print/determination-form$")
    campaign: Cell = ""
    post: Cell = Field(default="", description="工作单位及职务（职称）")
    facts: list[FactDetermined] = []
    consistent: list[Cell] = []
    problems: list[Cell] = Field(default=[], description="What was found beside the facts, such as alterations")
    party_date_rule: Cell = ""
    meeting: Cell = Field(default="", description="Which meeting determined")
    decided_on: PrintedDate | None = None
    approval: Cell = Field(default="", description="Which office approved, once it has")
    first_reviewers: list[Signer] = []
    second_reviewer: Signer = Signer()
    answer: Cell = ""
    signed_on: PrintedDate | None = None


class EarliestMaterial(DocumentPart):
    """A material as the register names it: 类号, 名称, 形成时间."""

    code: Cell = ""
    title: Cell = ""
    formed_on: Cell = ""


class FactRegistered(DocumentPart):
    """What the register says of one fact. `stated` lists every statement in order of its material (罗列)."""

    consistent: YesNo = ""
    altered: YesNo = ""
    doubtful: YesNo = ""
    determined_before: YesNo = ""
    material: EarliestMaterial = EarliestMaterial()
    stated: list[Cell] = []
    value: Cell = ""


class AuditRegisterRow(DocumentPart):
    """One person in the register (专项审核情况登记表), every column of the manual.

    Identity number, cabinet and layer, sex, and whether a title is held by appointment are filled in by hand.
    """

    name: Cell
    dossier_no: Cell = ""
    id_number: Cell = ""
    cabinet: Cell = ""
    layer: Cell = ""
    unit: Cell = ""
    sex: Cell = ""
    native_place: Cell = ""
    birth: FactRegistered = FactRegistered()
    work_start: FactRegistered = FactRegistered()
    gaps: Cell = Field(default="", description="间断情况")
    political_status: Cell = ""
    party: FactRegistered = FactRegistered()
    ethnicity: FactRegistered = FactRegistered()
    full_time: Cell = ""
    in_service: Cell = ""
    technical_title: Cell = ""
    engaged: Cell = Field(default="", description="是否被聘")
    first_reviewers: list[Signer] = []
    second_reviewer: Signer = Signer()
    meeting_on: PrintedDate | None = None
    signed_on: PrintedDate | None = None
    answer: Cell = ""
    problems: Cell = Field(default="", description="档案存在问题")


class AuditRegisterDocument(PrintDocument):
    """干部人事档案专项审核情况登记表 of one person."""

    title_zh: ClassVar[str] = "干部人事档案专项审核情况登记表"

    template: str = Field(default="print/audit-register", pattern=r"^print/audit-register$")
    campaign: Cell = ""
    row: AuditRegisterRow


class AuditRegister(DocumentPart):
    """The same register of many, as a table with one row a person."""

    campaign: Cell = ""
    printed_on: PrintedDate
    rows: list[AuditRegisterRow] = []


class FactConfirmed(DocumentPart):
    """A fact that the person confirms: how it came out, and the material that it rests on."""

    fact: Cell
    value: Cell
    conclusion: Cell
    basis: Cell = ""


class ConfirmationFormDocument(PrintDocument):
    """干部基本信息审核确认表: what was determined of each fact, for the person to confirm or to dispute."""

    title_zh: ClassVar[str] = "干部基本信息审核确认表"

    template: str = Field(default="print/confirmation-form", pattern=r"^print/confirmation-form$")
    campaign: Cell = ""
    post: Cell = ""
    facts: list[FactConfirmed] = []
    first_reviewers: list[Signer] = []
    second_reviewer: Signer = Signer()
    decided_on: PrintedDate | None = None
    answer: Cell = ""
    signed_on: PrintedDate | None = None
