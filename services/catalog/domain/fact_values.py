"""The shape of each kind of fact, strictly: what no shape names is refused."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from contracts.values.id_number import IdNumber
from contracts.values.ids import PersonId
from contracts.values.partial_date import PartialDate
from contracts.values.text import line_schema, one_line
from services.catalog.domain.facts import FactKind, Mode

Word = Annotated[str, one_line(40), line_schema(40)]
Name = Annotated[str, one_line(100), line_schema(100)]
Line = Annotated[str, one_line(300), line_schema(300)]
Sentence = Annotated[str, one_line(1000), line_schema(1000)]


class FactValue(BaseModel):
    """Base of all shapes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NameValue(FactValue):
    """A name, place, rank or other short text."""

    text: Name


class FormerNameValue(NameValue):
    """A further name: a former one (曾用名), or only another spelling of the name (`variant`), which no form shows."""

    variant: Literal[True] | None = None

    @model_serializer(mode="wrap")
    def _bare(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A former name is the text alone, as it was before there were spellings.
        return {member: value for member, value in plain(self).items() if value is not None}


class WordValue(FactValue):
    """One word: ethnicity, health."""

    text: Word


class LineValue(FactValue):
    """One line of text: speciality, a line of the résumé."""

    text: Line


class SentenceValue(FactValue):
    """A longer statement, as a form has it."""

    text: Sentence


class SexValue(FactValue):
    """Sex as the form knows it."""

    sex: Literal["male", "female"]


class DateValue(FactValue):
    """A date: birth (出生年月), beginning of work (参加工作时间)."""

    date: PartialDate


class PartyValue(FactValue):
    """政治面貌. `joined_on` is the day that counts for the party's years; `also` a second party (中共 and 民建)."""

    party: Word
    joined_on: PartialDate | None = None
    also: Word | None = None


class EducationValue(FactValue):
    """An education (学历); its period is that of the course. `school` may hold school, department and major as a
    form gives them, `major` is then absent."""

    mode: Mode
    level: Word
    school: Name | None = None
    major: Name | None = None


class DegreeValue(FactValue):
    """A degree (学位); the period ends with its award."""

    mode: Mode
    degree: Word
    school: Name | None = None
    major: Name | None = None


class PostValue(FactValue):
    """A post (职务), with who approved it by which document."""

    title: Name
    unit: Name | None = None
    rank: Name | None = None
    approved_by: Name | None = None
    document_no: Name | None = None


class TitleValue(FactValue):
    """A professional title (专业技术职务). Without `level` it ranks below those that have one."""

    text: Name
    level: Literal["senior", "deputy_senior", "intermediate", "junior", "assistant"] | None = None


class RewardValue(FactValue):
    """A reward or a discipline (奖惩); `stated` is what a form says without telling which."""

    type: Literal["reward", "discipline", "stated"]
    text: Sentence
    by: Name | None = None


class AssessmentValue(FactValue):
    """A yearly assessment (年度考核)."""

    year: int = Field(ge=1949, le=2199)
    grade: Word


class FamilyValue(FactValue):
    """A relative as the form lists them. `person_id` when the relative is a person of the catalog too: then the
    pair of kin is recorded as well, and recusal counts by it."""

    appellation: Word
    name: Name
    birth_date: PartialDate | None = None
    political_status: Word | None = None
    work: Line | None = None
    person_id: PersonId | None = None


class PhotoValue(FactValue):
    """A photograph, kept as a blob of `blob_unit_id`."""

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: Literal["image/jpeg", "image/png"]
    bytes: int = Field(gt=0)
    blob_unit_id: str


class IdNumberValue(FactValue):
    """A citizen identity number as it is given; kept sealed, and shown masked."""

    id_number: IdNumber


SHAPES: Final[Mapping[FactKind, type[FactValue]]] = {
    "name": NameValue,
    "former_name": FormerNameValue,
    "sex": SexValue,
    "ethnicity": WordValue,
    "native_place": NameValue,
    "birth_place": NameValue,
    "birth_date": DateValue,
    "work_start": DateValue,
    "party": PartyValue,
    "health": WordValue,
    "speciality": LineValue,
    "id_number": IdNumberValue,
    "photo": PhotoValue,
    "rank": NameValue,
    "post": PostValue,
    "education": EducationValue,
    "degree": DegreeValue,
    "technical_title": TitleValue,
    "resume": LineValue,
    "reward": RewardValue,
    "assessment": AssessmentValue,
    "assessments_stated": SentenceValue,
    "family": FamilyValue,
}


def as_json(value: FactValue) -> dict[str, Any]:
    """The value as a fact keeps it; an identity number is masked by its own type."""
    return value.model_dump(mode="json")
