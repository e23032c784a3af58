"""Reads `prints.toml` strictly."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chassis.rules import RuleModel
from services.catalog.domain.form_rules import FormRules


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as fault:
        raise ValueError(f"the pattern does not compile: {fault}") from fault
    return pattern


class _Age(RuleModel):
    precision: Literal["month", "day"]


class _Blank(RuleModel):
    rewards: str = Field(max_length=10)
    assessments: str = Field(max_length=10)


class _AppointmentForm(RuleModel):
    family_rows: int = Field(ge=0, le=20)
    assessment_years: int = Field(ge=1, le=10)
    deceased: Annotated[str, Field(min_length=1), AfterValidator(_compiles)]


class _SpineLabel(RuleModel):
    length: float = Field(ge=60, le=260)
    thickness: float = Field(ge=10, le=120)


class PrintFile(RuleModel):
    """The file as it is written."""

    age: _Age
    blank: _Blank
    appointment_form: _AppointmentForm
    spine_label: _SpineLabel

    def rules(self) -> FormRules:
        """What forms are filled in by."""
        form = self.appointment_form
        return FormRules(
            age_precision=self.age.precision,
            no_rewards=self.blank.rewards,
            no_assessments=self.blank.assessments,
            family_rows=form.family_rows,
            assessment_years=form.assessment_years,
            deceased=re.compile(form.deceased),
            label_length=self.spine_label.length,
            label_thickness=self.spine_label.thickness,
        )
