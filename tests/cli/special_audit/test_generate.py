"""What is made up: proportions of the real audit, papers that are of one mind but for what was planted, and no chance
beside the seed. The truth is counted from the plants; here the rules of determination see the same in the papers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.special_audit.generate import LEAST, WHOLE, generate
from cli.special_audit.model import FACTS, Altered, Dossier, FalseAge, FalseEducation
from cli.special_audit.truth import truth_of
from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim, Evidence
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import beside
from services.audit.domain.determine_person import determine_person
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.facts import VALUE_OF, AuditFact
from services.audit.rulebook import load_audit_rules

ON = dt.date(2026, 11, 24)

REAL = {
    "dossiers": 271,
    "altered": 17,
    "altered.birth_date": 5,
    "altered.slip": 6,
    "altered.falsified": 0,
    "false": 37,
    "false.age": 12,
    "overstated": 11,
    "overstated.enlistment": 8,
    "overstated.recruitment": 3,
    "overstated.up_to_3_months": 0,
    "overstated.3_to_12_months": 1,
    "overstated.1_to_2_years": 9,
    "overstated.over_2_years": 1,
    "understated": 1,
    "understated.enlistment": 1,
    "understated.1_to_2_years": 1,
    "false.education": 25,
    "education.entry_qualification_false": 23,
    "forms": 54,
}
"""Figures of a real audit of 271 serving cadres (seed 000)."""


@cache
def rules() -> DeterminationRules:
    return load_audit_rules().determination


def determined(dossier: Dossier) -> dict[AuditFact, Determination]:
    """What the rules make of the papers of a dossier, its refused certificate set aside."""
    claims = [
        Claim(
            f"{paper.title}/{at}",
            AuditFact(said.fact),
            VALUE_OF[AuditFact(said.fact)].model_validate(said.value),
            Evidence(
                paper.title, rules().kind_of(paper.title), PartialDate(value=paper.formed_on), said.signed, paper.title
            ),
            "altered" if said.altered else "none",
            "not_recognised" if paper.refused else None,
        )
        for paper in dossier.papers
        for at, said in enumerate(paper.says)
    ]
    papers = [(paper.title, PartialDate(value=paper.formed_on)) for paper in dossier.papers]
    context = beside(Context(on=ON, birth=PartialDate(value=dossier.birth)), papers, rules())
    return determine_person(claims, {AuditFact(fact): context for fact in FACTS}, rules())


def test_the_whole_audit_has_the_figures_of_the_real_one():
    truth = truth_of(generate(2026))
    assert {code: truth.total[code] for code in REAL} == REAL
    assert truth.longest == {"overstated": 37, "understated": 16}  # 3年1月, 1年4月
    assert truth.meetings == 2


def test_materials_go_back_in_the_proportion_of_the_real_audit():
    truth = truth_of(generate(1, WHOLE, 3035))
    assert [truth.total[code] for code in ("materials", "materials.filed", "materials.returned")] == [3035, 2980, 55]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_the_rules_see_what_was_planted_and_nothing_else(seed: int):
    for dossier in generate(seed, 14).dossiers:
        for fact, found in determined(dossier).items():
            told = (dossier.number, dossier.plant, fact, found.paragraph)
            if dossier.plant is None or dossier.plant.fact != fact.value:
                assert found.status == "consistent", told
            elif isinstance(dossier.plant, FalseEducation) and dossier.plant.unqualified:
                assert found.status == "undetermined", told
                assert "entry_qualification_false" in {one.code for one in found.findings}
            else:
                assert found.status == "proposed", told
                _check(dossier.plant, found)


def _check(plant: Altered | FalseAge | FalseEducation, found: Determination) -> None:
    match plant:
        case Altered():
            assert found.cause == "alteration"
        case FalseAge():
            worst = found.gravest
            direction = "overstated" if plant.too_great else "understated"
            assert worst is not None
            assert (found.cause, worst.direction, worst.months) == ("false_statement", direction, plant.months)
            assert worst.purpose == plant.purpose
        case FalseEducation():
            assert "part_time_as_full_time" in {one.code for one in found.findings}


@given(seed=st.integers(0, 10_000), dossiers=st.integers(LEAST, 60))
@settings(max_examples=15, deadline=None)
def test_the_same_seed_makes_the_same_and_every_kind_of_fault_occurs(seed: int, dossiers: int):
    made = generate(seed, dossiers)
    assert made == generate(seed, dossiers)
    truth = truth_of(made)
    assert truth.total["dossiers"] == dossiers == len(made.dossiers)
    assert all(
        truth.total[code] for code, many in REAL.items() if many and "3_to_12" not in code and "1_to" not in code
    )
    answers = Counter(one.course.answer for one in made.dossiers)
    assert (answers["refused"], answers["disputed"]) == (1, 1)
    for parts in (truth.by_unit.values(), truth.by_rank.values()):
        assert sum(parts, Counter[str]()) == truth.total
    for one in made.dossiers:
        titles = [paper.title for paper in one.papers]
        assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("dossiers", "collected"), [(LEAST - 1, None), (20, 1), (20, 401)])
def test_too_few_dossiers_and_too_few_or_many_materials_are_refused(dossiers: int, collected: int | None):
    with pytest.raises(ValueError, match="at least"):
        generate(1, dossiers, collected)
