"""Reads `prints.toml` strictly."""

import re
from typing import Literal

from pydantic import Field

from chassis.patterns import PatternText
from chassis.rules import RuleModel
from services.catalog.domain.form_rules import FormRules, PhotographRules


class _Age(RuleModel):
    precision: Literal["month", "day"]


class _Blank(RuleModel):
    rewards: str = Field(max_length=10)
    assessments: str = Field(max_length=10)


class _AppointmentForm(RuleModel):
    family_rows: int = Field(ge=0, le=20)
    assessment_years: int = Field(ge=1, le=10)
    deceased: PatternText
    audit_reason: str = Field(max_length=100)


class _SpineLabel(RuleModel):
    length: float = Field(ge=60, le=260)
    thickness: float = Field(ge=10, le=120)


class _Photograph(RuleModel):
    max_kib: int = Field(ge=50, le=700)
    least_width: int = Field(ge=60, le=2000)
    least_height: int = Field(ge=80, le=2000)


class PrintFile(RuleModel):
    """The file as it is written."""

    age: _Age
    blank: _Blank
    appointment_form: _AppointmentForm
    spine_label: _SpineLabel
    photograph: _Photograph

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
            audit_reason=form.audit_reason,
            label_length=self.spine_label.length,
            label_thickness=self.spine_label.thickness,
            photograph=PhotographRules(**self.photograph.model_dump()),
        )
