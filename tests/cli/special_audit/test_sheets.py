"""Sheets of the made-up reviewers: finished by the rules of the first review, and different only as planned."""

from __future__ import annotations

import pytest

from cli.special_audit.generate import generate
from cli.special_audit.model import Dossier
from cli.special_audit.sheets import sheet_of
from contracts.values.ids import new_id
from services.audit.domain.review import Sheet, faults_of, unfinished
from services.audit.domain.review_comparison import compare

MADE = generate(5, 60).dossiers


def sheets(dossier: Dossier) -> tuple[Sheet, Sheet]:
    ids = {paper.title: new_id("mat") for paper in dossier.papers}
    one, other = (sheet_of(dossier, ids, careless=careless) for careless in (False, True))
    return Sheet.model_validate(one), Sheet.model_validate(other)


@pytest.mark.parametrize("dossier", MADE, ids=lambda one: str(one.number))
def test_both_sheets_can_be_handed_in_and_differ_only_where_it_was_planned(dossier: Dossier):
    pair = sheets(dossier)
    for sheet in pair:
        assert faults_of(sheet) == []
        assert unfinished(sheet) == []
    differing = [one.fact.value for one in compare(*pair) if not one.agreed]
    fact = dossier.plant.fact if dossier.plant else "birth_date"
    assert differing == ([] if dossier.course.slipped == "none" else [fact])


def test_both_ways_of_differing_occur():
    assert {one.course.slipped for one in MADE} == {"none", "missed", "precision"}
