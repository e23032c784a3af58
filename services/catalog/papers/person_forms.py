"""Forms about a person, filled in from the facts that are current; what nobody knows stays blank."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from chassis.printing import ENGINE
from chassis.sheets import day_of_print
from contracts.documents import (
    AppointmentFormDocument,
    BasicInfoDocument,
    EducationCells,
    FamilyRow,
    PostChange,
    PostChangesDocument,
    ResumeFormDocument,
    ResumeLine,
    Settled,
    SheetGeometry,
)
from contracts.values.partial_date import PartialDate
from services.catalog.domain.facts import Fact, Facts, Mode, is_communist
from services.catalog.domain.form_rules import FormRules, full_years

_SEX = {"male": "男", "female": "女"}
_A4 = {"width": 210, "height": 297}
_AGES = (("birth_date", "出生日期", "年龄"), ("work_start", "参加工作时间", "工龄"), ("party", "入党时间", "党龄"))


@dataclass(frozen=True)
class Sheet:
    """What every form of a person needs beside the facts. `today` is the day of print, `on` that of the ages;
    `sources` names the materials that facts come from."""

    geometry: SheetGeometry
    dossier_no: str
    person_no: str
    name: str
    today: date
    on: date
    sources: Mapping[str, str]
    has_photo: bool = False


@dataclass(frozen=True)
class Proposal:
    """What an appointment form says and no fact holds: posts to give and to take, why, who submits it."""

    post_proposed: str = ""
    post_removed: str = ""
    reason: str = ""
    submitted_by: str = ""
    filled_by: str = ""
    filled_on: date | None = None


def appointment_form(sheet: Sheet, facts: Facts, proposal: Proposal, rules: FormRules) -> AppointmentFormDocument:
    """干部任免审批表. Both sides of one sheet that is not punched: the back would carry the holes at the right."""
    return AppointmentFormDocument(**appointment_cells(sheet, facts, proposal, rules))


def appointment_cells(sheet: Sheet, facts: Facts, proposal: Proposal, rules: FormRules) -> dict[str, Any]:
    """What stands in the grid of 干部任免审批表, whatever it is for."""
    sheet = replace(sheet, geometry=sheet.geometry.model_copy(update={**_A4, "hole_heights": []}))
    return {
        **_head(sheet, facts, rules),
        "post_proposed": proposal.post_proposed,
        "post_removed": proposal.post_removed,
        "resume": resume(facts),
        "rewards": rewards(facts) or rules.no_rewards,
        "assessments": assessments(facts, rules) or rules.no_assessments,
        "reason": proposal.reason,
        "family": family(facts, sheet.on, rules),
        "family_rows": rules.family_rows,
        "submitted_by": proposal.submitted_by,
        "filled_by": proposal.filled_by,
        "filled_on": proposal.filled_on,
        "computed_on": sheet.on,
    }


def resume_form(sheet: Sheet, facts: Facts, rules: FormRules) -> ResumeFormDocument:
    """干部简历表, on A4 like the form that it shares its head with."""
    sheet = replace(sheet, geometry=sheet.geometry.model_copy(update=_A4))
    said = rewards(facts) or rules.no_rewards
    return ResumeFormDocument(**_head(sheet, facts, rules), resume=resume(facts), rewards=said, computed_on=sheet.on)


def basic_information(sheet: Sheet, facts: Facts, rules: FormRules) -> BasicInfoDocument:
    """干部基本信息表."""
    number = facts.one("id_number")
    return BasicInfoDocument(
        **_head(sheet, facts, rules),
        person_no=sheet.person_no,
        former_names="、".join(fact.text or "" for fact in facts.of("former_name") if not fact.value.get("variant")),
        id_number_masked=str(number.value["masked"]) if number else "",
        rank=(facts.rank_now.text or "") if facts.rank_now else "",
        unit="、".join(dict.fromkeys(unit for fact in facts.posts_now if (unit := fact.value.get("unit")))),
        ages=[_settled(facts.one(kind), name, sheet, rules) for kind, name, _ in _AGES],  # pyright: ignore
        posts=[_period(fact, _post(fact)) for fact in facts.of("post")],
        educations=[_period(fact, _course(fact)) for fact in facts.of("education")],
        rewards=rewards(facts) or rules.no_rewards,
        assessments=assessments(facts, rules) or rules.no_assessments,
        family=family(facts, sheet.on, rules),
        computed_on=sheet.on,
    )


def post_changes(sheet: Sheet, facts: Facts) -> PostChangesDocument:
    """干部职务变动登记表: every post in order of its beginning."""
    return PostChangesDocument(
        engine=ENGINE,
        issued_at=day_of_print(sheet.today),
        sheet=sheet.geometry,
        dossier_no=sheet.dossier_no,
        person_name=sheet.name,
        rows=[
            PostChange(
                begins=month_of(fact.valid_from),
                ends=month_of(fact.valid_to),
                post=_post(fact),
                rank=fact.value.get("rank") or "",
                approved_by=fact.value.get("approved_by") or "",
                document_no=fact.value.get("document_no") or "",
            )
            for fact in facts.of("post")
        ],
    )


def month_of(day: PartialDate | None) -> str:
    """A date as forms write it, to the month: `2001.07`; a year alone stays one."""
    return "" if day is None else day.value[:7].replace("-", ".")


def party_of(facts: Facts) -> str:
    """入党时间: the month for the Communist Party alone; another party, or none, is said in words (audit rules, 4)."""
    fact = facts.one("party")
    if fact is None:
        return ""
    joined = month_of(fact.date) if is_communist(fact.value["party"]) else ""
    return "；".join(part for part in (joined or fact.value["party"], fact.value.get("also")) if part)


def resume(facts: Facts) -> list[ResumeLine]:
    """简历 as recorded; where no line is, full-time studies and posts in order of their beginnings."""
    lines = facts.of("resume")
    if lines:
        return [_period(fact, fact.text or "") for fact in lines]
    studies = [fact for fact in facts.of("education") if fact.value["mode"] == "full_time" and fact.valid_from]
    career = [(fact, f"{_schooling(fact)}学习") for fact in studies]
    career += [(fact, _post(fact)) for fact in facts.of("post")]
    return [_period(fact, text) for fact, text in sorted(career, key=lambda pair: _begins(pair[0]))]


def rewards(facts: Facts) -> str:
    """奖惩情况: each with its month, or what a form states."""
    said = [(month_of(fact.valid_from), fact.value["text"]) for fact in facts.of("reward")]
    return "；".join(f"{month} {text}" if month and month[:4] not in text else text for month, text in said)


def assessments(facts: Facts, rules: FormRules) -> str:
    """年度考核结果: what a form states and no year was told after, else the last years by grade."""
    if stated := facts.assessments_said:
        return stated
    years = sorted(facts.of("assessment"), key=lambda fact: fact.value["year"])[-rules.assessment_years :]
    return "；".join(f"{fact.value['year']}年度{fact.value['grade']}" for fact in years)


def family(facts: Facts, on: date, rules: FormRules) -> list[FamilyRow]:
    """Relatives in the order of the form. An age is for the living: the dead have none."""
    return [_relative(fact.value, on, rules) for fact in facts.of("family")]


def _relative(value: Mapping[str, Any], on: date, rules: FormRules) -> FamilyRow:
    born = PartialDate.model_validate(value["birth_date"]) if value.get("birth_date") else None
    work = value.get("work") or ""
    dead = rules.deceased.search(work) is not None
    return FamilyRow(
        appellation=value["appellation"],
        name=value["name"],
        age=None if dead else full_years(born, on, rules.age_precision),
        political_status=value.get("political_status") or "",
        work=work,
    )


def _head(sheet: Sheet, facts: Facts, rules: FormRules) -> dict[str, Any]:
    title = facts.highest_title
    return {
        "engine": ENGINE,
        "issued_at": day_of_print(sheet.today),
        "sheet": sheet.geometry,
        "dossier_no": sheet.dossier_no,
        "person_name": sheet.name,
        "sex": _SEX.get(facts.sex or "", ""),
        "birth": month_of(facts.date("birth_date")),
        "age": full_years(facts.date("birth_date"), sheet.on, rules.age_precision),
        "ethnicity": facts.text("ethnicity") or "",
        "native_place": facts.text("native_place") or "",
        "birth_place": facts.text("birth_place") or "",
        "party": party_of(facts),
        "work_start": month_of(facts.date("work_start")),
        "health": facts.text("health") or "",
        "technical_title": (title.text or "") if title else "",
        "speciality": facts.text("speciality") or "",
        "full_time": _education(facts, "full_time"),
        "in_service": _education(facts, "in_service"),
        "post_now": "，".join(_post(fact) for fact in facts.posts_now),
        "has_photo": sheet.has_photo,
    }


def _education(facts: Facts, mode: Mode) -> EducationCells:
    """The second school stays blank where it is the first."""
    education, degree = facts.highest_education(mode), facts.highest_degree(mode)
    first, second = _school(education), _school(degree)
    return EducationCells(
        level=education.value["level"] if education else "",
        degree=degree.value["degree"] if degree else "",
        level_school=first,
        degree_school="" if first.startswith(second) else second,
    )


def _school(fact: Fact | None) -> str:
    return "" if fact is None else f"{fact.value.get('school') or ''}{fact.value.get('major') or ''}"


def _schooling(fact: Fact) -> str:
    where = _school(fact)
    return where if where else fact.value["level"]


def _course(fact: Fact) -> str:
    """Where, and to what level: `青岚学院汉语言文学（大学本科）`."""
    where = _school(fact)
    return f"{where}（{fact.value['level']}）" if where else fact.value["level"]


def _post(fact: Fact) -> str:
    unit, title = fact.value.get("unit") or "", fact.value["title"]
    return title if title.startswith(unit) else unit + title


def _period(fact: Fact, text: str) -> ResumeLine:
    return ResumeLine(begins=month_of(fact.valid_from), ends=month_of(fact.valid_to), text=text)


def _begins(fact: Fact) -> str:
    return fact.valid_from.value if fact.valid_from else ""


def _settled(fact: Fact | None, name: str, sheet: Sheet, rules: FormRules) -> Settled:
    if fact is None:
        return Settled(name=name, value="", how="")
    day = fact.date
    if fact.kind == "party" and not is_communist(fact.value["party"]):
        return Settled(name=name, value=fact.value["party"], how=_how(fact, sheet.sources))
    years = full_years(day, sheet.on, rules.age_precision)
    said = day.value.replace("-", ".") if day else ""
    return Settled(name=name, value=said, years=years, how=_how(fact, sheet.sources))


def _how(fact: Fact, sources: Mapping[str, str]) -> str:
    where = fact.provenance
    ways: Mapping[str, Callable[[], str]] = {
        "determination": lambda: "组织认定",
        "material": lambda: f"材料：{sources.get(where.material_id or '', '')}",
        "import": lambda: "导入",
        "entry": lambda: "录入",
    }
    return ways[where.kind]() + (f"（{where.reason}）" if where.reason else "")


def material_ids(facts: Facts) -> Sequence[str]:
    """Materials that the three ages are taken from, to be named on the sheet."""
    found = (facts.one(kind) for kind, _, _ in _AGES)  # pyright: ignore[reportArgumentType]
    return [fact.provenance.material_id for fact in found if fact and fact.provenance.material_id]
