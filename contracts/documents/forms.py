"""Forms about a person: 干部任免审批表, 干部简历表, 干部基本信息表, 干部职务变动登记表.

Members are texts as they are printed; what nobody knows is empty and stays blank on paper.
"""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.documents.base import DocumentPart
from contracts.documents.prints import PrintDocument

Cell = str
"""What stands in a cell; empty when it stays blank."""


class ResumeLine(DocumentPart):
    """A line of the résumé (简历): months as `2001.07`; the last one's end is empty."""

    begins: Cell = Field(max_length=20)
    ends: Cell = Field(max_length=20)
    text: Cell = Field(max_length=1000)


class EducationCells(DocumentPart):
    """Highest education and degree of one mode (全日制 or 在职), each with school, department and major."""

    level: Cell = ""
    degree: Cell = ""
    level_school: Cell = ""
    degree_school: Cell = ""


class FamilyRow(DocumentPart):
    """A relative. The age is computed for the day of the form and never stored; empty for the dead."""

    appellation: Cell
    name: Cell
    age: int | None = Field(default=None, ge=0, le=150)
    political_status: Cell = ""
    work: Cell = ""


class PersonCells(PrintDocument):
    """What the head of each of these forms shows. `birth` is `1970.05`, and `age` full years on the form's day."""

    sex: Cell = ""
    birth: Cell = ""
    age: int | None = Field(default=None, ge=0, le=150)
    ethnicity: Cell = ""
    native_place: Cell = ""
    birth_place: Cell = ""
    party: Cell = ""
    work_start: Cell = ""
    health: Cell = ""
    technical_title: Cell = ""
    speciality: Cell = ""
    full_time: EducationCells = EducationCells()
    in_service: EducationCells = EducationCells()
    post_now: Cell = ""
    has_photo: bool = False


class AppointmentFormDocument(PersonCells):
    """干部任免审批表, front and back of one A4 sheet."""

    title_zh: ClassVar[str] = "干部任免审批表"

    template: str = Field(default="print/appointment-form", pattern=r"^print/appointment-form$")
    post_proposed: Cell = ""
    post_removed: Cell = ""
    resume: list[ResumeLine] = []
    rewards: Cell = ""
    assessments: Cell = ""
    reason: Cell = ""
    family: list[FamilyRow] = []
    family_rows: int = Field(default=7, ge=0, le=20, description="Rows of the family table, blank ones included")
    submitted_by: Cell = ""
    filled_by: Cell = ""
    filled_on: date | None = None
    computed_on: date
    determined: list[Cell] | None = Field(default=None, description="On the variant for audits: facts as determined")


class AuditAppointmentFormDocument(AppointmentFormDocument):
    """干部任免审批表（档案审核专用）: the same grid for a special audit. It proposes no post; below it stands which
    facts the organisation has determined, and the reviewers and the person sign."""

    title_zh: ClassVar[str] = "干部任免审批表（档案审核专用）"

    determined: list[Cell] = []  # pyright: ignore[reportIncompatibleVariableOverride]


class ResumeFormDocument(PersonCells):
    """干部简历表: the head and the whole résumé."""

    title_zh: ClassVar[str] = "干部简历表"

    template: str = Field(default="print/resume-form", pattern=r"^print/resume-form$")
    resume: list[ResumeLine] = []
    rewards: Cell = ""
    computed_on: date


class Settled(DocumentPart):
    """One of 三龄 with how it was settled: by determination, from which material, by import or entry."""

    name: Cell
    value: Cell
    years: int | None = None
    how: Cell


class BasicInfoDocument(PersonCells):
    """干部基本信息表: one sheet of all that is known, with the basis of 三龄. The identity number is masked."""

    title_zh: ClassVar[str] = "干部基本信息表"

    template: str = Field(default="print/basic-information", pattern=r"^print/basic-information$")
    person_no: Cell = ""
    former_names: Cell = ""
    id_number_masked: Cell = ""
    rank: Cell = ""
    unit: Cell = ""
    ages: list[Settled] = []
    posts: list[ResumeLine] = []
    educations: list[ResumeLine] = []
    rewards: Cell = ""
    assessments: Cell = ""
    family: list[FamilyRow] = []
    computed_on: date


class PostChange(DocumentPart):
    """A post with its beginning and end, and who decided by which document."""

    begins: Cell
    ends: Cell
    post: Cell
    rank: Cell = ""
    approved_by: Cell = ""
    document_no: Cell = ""


class PostChangesDocument(PrintDocument):
    """干部职务变动登记表, the second sheet of a first volume (seed 000)."""

    title_zh: ClassVar[str] = "干部职务变动登记表"

    template: str = Field(default="print/post-changes", pattern=r"^print/post-changes$")
    rows: list[PostChange] = []
