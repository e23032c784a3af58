"""What every printed document holds. A template draws from these members alone; nothing is looked up later."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from contracts.values.digest import Digest
from contracts.values.ids import ItemId, MaterialId, SubmissionId, UnitId
from contracts.values.partial_date import PartialDate

TEMPLATES: Final = Path(__file__).parent / "templates"

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment, always written in UTC: templates add the eight hours of China themselves."""


def _value_of(given: Any) -> Any:
    return given.value if isinstance(given, PartialDate) else given


PrintedDate = Annotated[
    str,
    BeforeValidator(_value_of),
    StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"),
]
"""The known parts of a date, as they are printed; made from a `PartialDate` or its canonical text."""


class DocumentPart(BaseModel):
    """Part of a document: closed, because a member that is not printed must not be signed unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(DocumentPart):
    """A document and how it is drawn.

    `template` names the drawing and its version, which never changes once used: a new layout is a new
    version beside the old. `engine` names the program that draws, because a PDF repeats byte for byte
    only on the same one. `issued_at` becomes the date of the PDF.
    """

    title_zh: ClassVar[str]

    template: str
    engine: str
    issued_at: Instant

    @property
    def template_path(self) -> Path:
        """File of the template, e.g. `receipt/1` → `receipt-1.typ`."""
        return TEMPLATES / f"{self.template.replace('/', '-')}.typ"

    def members(self) -> dict[str, Any]:
        """The document as JSON values: what is signed and what the template reads."""
        return self.model_dump(mode="json")


class SignedDocument(Document):
    """A document that is signed as JSON; its PDF is drawn from that alone and carries it."""

    number: ShortText = Field(description="As printed, e.g. 清组收〔2026〕0001号; without gaps per unit and year")


class Party(DocumentPart):
    """A unit as it is named on paper."""

    unit_id: UnitId
    name: ShortText


class Subject(DocumentPart):
    """The cadre whose dossier the document is about; `post` is unit and post as printed (单位职务)."""

    person_no: ShortText | None = None
    name: ShortText
    dossier_no: ShortText | None = None
    post: ShortText | None = None


class EndedItem(DocumentPart):
    """A delivered item that has ended, with what was declared and what was received."""

    item_id: ItemId
    material_id: MaterialId
    title: ShortText
    formed_on: PrintedDate | None
    declared_page_count: int = Field(ge=0)
    page_count: int = Field(ge=0, description="Pages received")
    page_digests: list[Digest]


class SubmissionDocument(SignedDocument):
    """What the archive tells a department about a submission whose last item has ended."""

    submission_id: SubmissionId
    issuer: Party
    sender: Party
    handed_in_by: ShortText | None = None
    delivered_on: date
    person: Subject


def document_number(mark: str, year: int, number: int) -> str:
    """The number as printed: the unit's mark with the kind, the year in brackets, four digits or more."""
    return f"{mark}〔{year}〕{number:04d}号"
